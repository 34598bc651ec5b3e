// Package connectors is the layer between the hub and the outside systems: what
// a connector is ([Kind]), what it needs ([Spec]), what it gets ([Deps]), and
// the registry that finds it by name. What a connector can do are the small
// capability interfaces of package staffing. One folder per system lies beside
// this file; all/ lists them.
package connectors

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"sort"
	"strconv"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// Kind is what a connector is.
type Kind struct {
	Name       string        // stable id, lower case; stored with every connection
	Label      string        // the vendor's own spelling
	Role       staffing.Role // what such a system is to the firm
	DocsURL    string        // the vendor's API documentation
	APIVersion string        // the version of the vendor's API this is built for
	Summary    string        // one sentence for the catalogue
	Spec       Spec
	Limits     Limits
	// WebhookHelp says where in the vendor's own pages a webhook is entered; empty
	// when the vendor has none.
	WebhookHelp string
	// Can lists what the opened connector can do, in any order; nil: that depends on its
	// settings.
	Can []Capability
	// End is the day on which the vendor has announced to end this version of its API;
	// nil: none is announced.
	End *End
	// Shaped says that what the connector can do depends on its settings: a change of
	// settings may add feeds.
	Shaped bool
	// Mapping is the default mapping document (YAML), embedded by the connector.
	Mapping []byte
	// Certificate makes the client certificate of settings that have one, for vendors that
	// ask for it (mutual TLS); see [ClientCertificate]. Nil: the kind has none.
	Certificate func(Settings) (*tls.Certificate, error)
	// Open makes a connector from settings. It does no I/O. The result is a
	// staffing.Checker and whatever further capabilities the system has.
	Open func(Deps) (staffing.Checker, error)
}

// End is a vendor's announcement.
type End struct {
	On     time.Time
	What   string // what ends, and what comes after it
	Source string // the page that says so
}

// Limits is the pace the vendor allows for one credential, and how much may be
// in flight at once. Vendor headers and Retry-After refine it at run time.
type Limits struct {
	PerSecond   float64
	Burst       int
	Concurrency int
}

// For gives the limits of a connection with these settings.
func (l Limits) For(s Settings) Limits {
	n, err := strconv.ParseFloat(s[CallsPerSecond], 64)
	if err != nil || n <= 0 {
		return l
	}
	return Limits{PerSecond: n, Burst: max(l.Burst, int(2*n)), Concurrency: max(l.Concurrency, int(n/3))}
}

// Deps is what the hub hands to a connector. It is valid for the life of the
// opened connector and safe for use by several goroutines.
type Deps struct {
	Settings Settings
	// HTTP is the only way out: it carries time-outs, egress guard, size caps, rate
	// limit and the recorder of exchanges, and gives coded errors. Its Dial is for what
	// is not HTTP.
	HTTP *httpx.Client
	// ShareDir is the one folder of this machine below which a connector may read and
	// write files; empty: none.
	ShareDir string
	Tokens   TokenStore
	Spool    Spool
	Now      func() time.Time
	Log      *slog.Logger
}

// Token is a bearer token that replicas share.
type Token struct {
	Value     string
	ExpiresAt time.Time
	Extra     map[string]string // e.g. the base URL that came with it
}

// TokenStore keeps one token per connection and name, encrypted, shared by all
// replicas: some vendors end the last token when they issue a new one.
type TokenStore interface {
	// Token gives the stored token while it has at least a minute to live; else
	// exactly one caller over all replicas runs fetch, and the others wait for it.
	Token(ctx context.Context, name string, fetch func(context.Context) (Token, error)) (Token, error)
	// Drop forgets the stored token if its value still is value: call it on a 401,
	// then ask Token again, once.
	Drop(ctx context.Context, name, value string) error
}

// Spooled is a raw body that waits to be parsed.
type Spooled struct {
	ID   int64
	Body []byte
	At   time.Time
}

// Spool keeps bodies whose reading consumed them at the vendor (a delta cursor
// on the server, an event queue that purges on read). A source first gives pages
// from Pending, and only then reads on. Whatever a page names in Page.Spooled is
// closed in the transaction that saves the page.
type Spool interface {
	// Append commits body before it returns.
	Append(ctx context.Context, feed staffing.Feed, body []byte) (Spooled, error)
	// Pending gives what is not closed yet, oldest first.
	Pending(ctx context.Context, feed staffing.Feed) ([]Spooled, error)
}

// Registry finds kinds by name.
type Registry struct{ kinds map[string]Kind }

// NewRegistry checks every kind and collects them. A duplicate name or an
// invalid spec is a fault of the program.
func NewRegistry(kinds ...Kind) (*Registry, error) {
	r := &Registry{kinds: map[string]Kind{}}
	for _, k := range kinds {
		if err := k.validate(); err != nil {
			return nil, fmt.Errorf("connector %q: %w", k.Name, err)
		}
		if _, dup := r.kinds[k.Name]; dup {
			return nil, fmt.Errorf("connector %q is registered twice", k.Name)
		}
		k.Open = withoutCommon(k)
		k.Spec = withCommon(k)
		r.kinds[k.Name] = k
	}
	return r, nil
}

// Kind gives the kind of that name; [staffing.NotFound] if there is none.
func (r *Registry) Kind(name string) (Kind, error) {
	k, ok := r.kinds[name]
	if !ok {
		return Kind{}, staffing.Errorf(staffing.NotFound, "there is no connector %q", name)
	}
	return k, nil
}

// Kinds lists all kinds by label.
func (r *Registry) Kinds() []Kind {
	out := make([]Kind, 0, len(r.kinds))
	for _, k := range r.kinds {
		out = append(out, k)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Label < out[j].Label })
	return out
}

func (k Kind) validate() error {
	switch {
	case k.Name == "" || k.Label == "" || k.Role == "" || k.DocsURL == "" || k.APIVersion == "":
		return fmt.Errorf("name, label, role, docs link and API version are all needed")
	case k.Open == nil:
		return fmt.Errorf("it cannot be opened")
	case len(k.Mapping) == 0:
		return fmt.Errorf("it ships no default mapping")
	}
	return k.Spec.validate()
}
