package document_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/document"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// spec are the settings of the tests.
func spec() connectors.Spec {
	return connectors.Spec{{Key: "base_url"}, {Key: "document", Multiline: true}, {Key: "token", Secret: true}, {Key: "client_id"}, {Key: "client_secret", Secret: true},
		{Key: "refresh_token", Secret: true}, {Key: "username"}, {Key: "password", Secret: true}, {Key: "token_url"}, {Key: "hook", Secret: true}, {Key: "hook_old", Secret: true}}
}

// bench serves a vendor and opens documents against it.
type bench struct {
	t        *testing.T
	url      string
	settings connectors.Settings
	tokens   connectors.TokenStore
}

func newBench(t *testing.T, vendor http.HandlerFunc) *bench {
	t.Helper()
	srv := httptest.NewServer(vendor)
	t.Cleanup(srv.Close)
	return &bench{t: t, url: srv.URL, tokens: &connectors.MemoryTokens{}, settings: connectors.Settings{"base_url": srv.URL + "/api", "token": "top-secret-token",
		"client_id": "the-client", "client_secret": "client-top-secret", "refresh_token": "refresh-0", "username": "ada", "password": "river-password", "hook": "hook-secret"}}
}

func (b *bench) open(source string) staffing.Checker {
	b.t.Helper()
	doc, err := document.Parse([]byte(source))
	if err != nil {
		b.t.Fatal(err)
	}
	c, err := document.Open(b.deps(), spec(), doc, map[string]string{"member": "m-1"})
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func (b *bench) deps() connectors.Deps {
	client := httpx.New(httpx.Config{AllowHTTP: true, AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, Secrets: spec().Secrets(b.settings)})
	return connectors.Deps{Settings: b.settings, HTTP: client, Tokens: b.tokens, Now: time.Now}
}

// drain reads a source to its end, and gives the ids in the order in which they came.
func drain(t *testing.T, read func(staffing.Cursor) (staffing.Page, error), cur staffing.Cursor) (ids []string, next staffing.Cursor) {
	t.Helper()
	for range 200 {
		page, err := read(cur)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			ids = append(ids, r.ExternalID)
		}
		if cur = page.Next; !page.More {
			return ids, cur
		}
	}
	t.Fatal("the source has no end")
	return nil, nil
}

func (b *bench) requisitions(source string) func(staffing.Cursor) (staffing.Page, error) {
	b.t.Helper()
	src, ok := b.open(source).(staffing.RequisitionSource)
	if !ok {
		b.t.Fatal("the document reads no requisitions")
	}
	return func(cur staffing.Cursor) (staffing.Page, error) { return src.Requisitions(b.t.Context(), cur) }
}

func answer(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte(body)) // the caller is gone: nobody to tell
}
