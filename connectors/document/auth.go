package document

import (
	"encoding/base64"
	"net/http"
	"sort"
	"strings"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

// auth is the sign-in with its settings filled in.
type auth struct {
	header map[string]string // of every call
	oauth  *OAuth2           // filled in; nil: no token
}

func newAuth(a Auth, s connectors.Settings) (auth, error) {
	f := &filler{settings: s}
	out := auth{header: map[string]string{}}
	switch {
	case a.Basic != nil:
		pair := f.fill(a.Basic.Username) + ":" + f.fill(a.Basic.Password)
		out.header["Authorization"] = "Basic " + base64.StdEncoding.EncodeToString([]byte(pair))
	case a.OAuth2 != nil:
		o := *a.OAuth2
		o.ClientID, o.ClientSecret, o.Scope = f.fill(o.ClientID), f.fill(o.ClientSecret), f.fill(o.Scope)
		if o.Grant == grantRefresh {
			o.RefreshToken = f.fill(o.RefreshToken)
		}
		o.Extra = map[string]string{}
		for k, v := range a.OAuth2.Extra {
			o.Extra[k] = f.fill(v)
		}
		out.oauth = &o
	}
	for name, v := range a.Header {
		out.header[name] = f.fill(v)
	}
	return out, f.err()
}

// filler puts settings into templates, and notes those that are missing.
type filler struct {
	settings connectors.Settings
	missing  map[string]bool
}

func (f *filler) fill(template string) string {
	return placeholders.ReplaceAllStringFunc(template, func(m string) string {
		name := strings.Trim(m, "{}")
		v := f.settings[name]
		if v == "" {
			if f.missing == nil {
				f.missing = map[string]bool{}
			}
			f.missing[name] = true
		}
		return strings.Map(noControl, v)
	})
}

// noControl drops what would break a header in two.
func noControl(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

func (f *filler) err() error {
	if len(f.missing) == 0 {
		return nil
	}
	var list []string
	for name := range f.missing {
		list = append(list, name)
	}
	sort.Strings(list)
	return &staffing.Error{Code: staffing.Invalid, Field: list[0], Message: "the document signs in with settings that are empty: " + strings.Join(list, ", ")}
}

// sign puts the sign-in on a request; token is the access token, where one is used.
func (a auth) sign(h http.Header, token string) {
	for name, v := range a.header {
		h.Set(name, v)
	}
	if a.oauth != nil {
		h.Set(a.oauth.Header, strings.ReplaceAll(a.oauth.Value, "{access_token}", token))
	}
}
