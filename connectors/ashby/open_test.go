package ashby_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/ashby"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	sandbox "github.com/tributary-hub/tributary/sandbox/ashby"
	"github.com/tributary-hub/tributary/staffing"
)

// exchange is a call of the API and its answer.
type exchange struct {
	method      string
	body, reply []byte
}

// bench is a connector opened on a simulated account, with an eye on the wire.
type bench struct {
	*ashby.Connector
	*harness
	mu    sync.Mutex
	calls []exchange // without the storage
	fake  map[string]string
}

func setup(t *testing.T, opts sandbox.Options, more connectors.Settings) *bench {
	t.Helper()
	b := &bench{harness: newHarness(t, opts), fake: map[string]string{}}
	srv := httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(srv.Close)
	set := settings("sandbox-key")(srv.URL)
	for k, v := range more {
		set[k] = v
	}
	c, err := ashby.Kind().Open(connectortest.NewDeps(ashby.Kind(), set))
	if err != nil {
		t.Fatal(err)
	}
	var ok bool
	if b.Connector, ok = c.(*ashby.Connector); !ok {
		t.Fatalf("Open gave %T", c)
	}
	return b
}

func (b *bench) serve(w http.ResponseWriter, r *http.Request) {
	method := strings.TrimPrefix(r.URL.Path, "/")
	body, _ := io.ReadAll(r.Body) // a broken request shows in the answer
	r.Body = io.NopCloser(bytes.NewReader(body))
	rec := httptest.NewRecorder()
	b.mu.Lock()
	fake := b.fake[method]
	delete(b.fake, method)
	b.mu.Unlock()
	if fake != "" {
		_, _ = rec.WriteString(fake) // a recorder takes everything
	} else {
		b.account.ServeHTTP(rec, r)
	}
	if !strings.HasPrefix(method, "storage/") {
		b.mu.Lock()
		b.calls = append(b.calls, exchange{method, body, rec.Body.Bytes()})
		b.mu.Unlock()
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes()) // the connector went away: nobody to tell
}

// answerOnce puts an answer in the account's place, for the next call of a method.
func (b *bench) answerOnce(method, reply string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fake[method] = reply
}

func refusedWith(code string) string {
	return `{"success":false,"errors":["` + code + `"],"errorInfo":{"code":"` + code + `","message":"It is refused."}}`
}

// take gives the calls so far, and forgets them.
func (b *bench) take() []exchange {
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
