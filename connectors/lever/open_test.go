package lever_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/lever"
	sandbox "github.com/tributary-hub/tributary/sandbox/lever"
	"github.com/tributary-hub/tributary/staffing"
)

// bench is a connector opened on a simulated account, with an eye on the wire.
type bench struct {
	*lever.Connector
	*harness
	mu       sync.Mutex
	calls    []string // method and path of every request
	posted   []byte   // the body of the last write
	refuse   string   // a path that answers 403
	settings connectors.Settings
}

func setup(t *testing.T, opts sandbox.Options, more connectors.Settings) *bench {
	t.Helper()
	b := &bench{harness: newHarness(t, opts)}
	srv := httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(srv.Close)
	b.settings = settings("sandbox-key")(srv.URL)
	for k, v := range more {
		b.settings[k] = v
	}
	c, err := lever.Kind().Open(connectortest.NewDeps(lever.Kind(), b.settings))
	if err != nil {
		t.Fatal(err)
	}
	var ok bool
	if b.Connector, ok = c.(*lever.Connector); !ok {
		t.Fatalf("Open gave %T", c)
	}
	return b
}

func (b *bench) serve(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/v1")
	body, _ := io.ReadAll(r.Body) // a broken request shows in the answer
	r.Body = io.NopCloser(bytes.NewReader(body))
	b.mu.Lock()
	if r.Method == http.MethodPost {
		b.posted = body
	}
	b.calls = append(b.calls, r.Method+" "+path)
	refused := b.refuse != "" && strings.HasPrefix(path, b.refuse)
	b.mu.Unlock()
	if refused {
		w.WriteHeader(http.StatusForbidden)
		_, _ = w.Write([]byte(`{"code":"Forbidden","message":"no"}`)) // the connector went away: nobody to tell
		return
	}
	b.account.ServeHTTP(w, r)
}

func (b *bench) forbid(path string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refuse = path
}

// take gives the calls so far, and forgets them.
func (b *bench) take() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := slices.Clone(b.calls)
	b.calls = nil
	return out
}

type source func(context.Context, staffing.Cursor) (staffing.Page, error)

// readAll reads a source until it has no more, and gives the records and the
// cursor.
func readAll(t *testing.T, src source, cur staffing.Cursor) ([]staffing.Record, staffing.Cursor) {
	t.Helper()
	var out []staffing.Record
	for range 100 {
		page, err := src(context.Background(), cur)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page.Records...)
		if cur = page.Next; !page.More {
			return out, cur
		}
	}
	t.Fatal("the source has no end")
	return nil, nil
}

func raw(t *testing.T, rec staffing.Record) map[string]any {
	t.Helper()
	var out map[string]any
	if err := json.Unmarshal(rec.Raw, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

func show(v ...any) string { return fmt.Sprintf("%v", v) }
