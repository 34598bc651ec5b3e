package document

import (
	"log/slog"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// The settings that the engine itself reads. A Kind that is a document has
// BaseURL in its Spec; TokenURL only where the token comes from another host.
const (
	BaseURL  = "base_url"
	TokenURL = "token_url"
)

// engine is an opened document. It keeps nothing but its settings; all methods may
// run at the same time.
type engine struct {
	doc      *Document
	http     *httpx.Client
	tokens   connectors.TokenStore
	now      func() time.Time
	log      *slog.Logger
	base     *url.URL
	tokenURL string
	auth     auth
	hooks    []string    // the secrets of the webhook
	settings expr.Object // without secrets
	host     string
}

// Open makes a connector of a document. Spec are the fields of d.Settings, which
// are complete; more are further values that expressions see as settings. The
// result has the capabilities that the document has, and no others.
func Open(d connectors.Deps, spec connectors.Spec, doc *Document, more map[string]string) (staffing.Checker, error) {
	e := &engine{doc: doc, http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log, settings: expr.Object{}}
	if e.now == nil {
		e.now = time.Now
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	var err error
	if e.base, err = url.Parse(d.Settings.URL(BaseURL)); err != nil || e.base.Host == "" {
		return nil, staffing.Errorf(staffing.Invalid, "the base URL is not a plain http(s) address")
	}
	e.host = e.base.Host
	for _, f := range spec {
		if !f.Secret && !f.Multiline && d.Settings[f.Key] != "" {
			e.settings[f.Key] = d.Settings[f.Key]
		}
	}
	for name, v := range more {
		e.settings[name] = v
	}
	if e.auth, err = newAuth(doc.Auth, d.Settings); err != nil {
		return nil, err
	}
	if err := e.findToken(d.Settings); err != nil {
		return nil, err
	}
	if doc.Webhook != nil {
		for _, name := range doc.Webhook.Secrets {
			if s := d.Settings[name]; s != "" {
				e.hooks = append(e.hooks, s)
			}
		}
	}
	return compose(e), nil
}

func (e *engine) findToken(s connectors.Settings) error {
	o := e.doc.Auth.OAuth2
	switch {
	case o == nil:
		return nil
	case o.TokenPath != "":
		e.tokenURL = e.base.String() + o.TokenPath
	case s[TokenURL] != "":
		e.tokenURL = s[TokenURL]
	default:
		return &staffing.Error{Code: staffing.Invalid, Field: TokenURL, Message: "the document fetches a token, so the token address is needed: enter it, or write auth.oauth2.token_path"}
	}
	return nil
}

// scope is what every expression sees.
func (e *engine) scope() scope {
	return scope{now: e.now()}.with(expr.Settings, e.settings)
}
