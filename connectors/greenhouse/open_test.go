package greenhouse_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/greenhouse"
	sandbox "github.com/tributary-hub/tributary/sandbox/greenhouse"
	"github.com/tributary-hub/tributary/staffing"
)

// clock is a clock that only the test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// bench is a connector opened on a simulated account, with an eye on the wire.
type bench struct {
	*greenhouse.Connector
	account  *sandbox.Server
	clock    *clock
	settings connectors.Settings
	mu       sync.Mutex
	calls    []string // method and path of every request to the API
	before   func(w http.ResponseWriter, r *http.Request) (handled bool)
	after    func(r *http.Request) (cut bool)
}

func setup(t *testing.T, opts sandbox.Options, settings connectors.Settings) *bench {
	t.Helper()
	// The real day, so that token lives agree with the token store's own clock.
	b := &bench{clock: &clock{at: time.Now().UTC().Truncate(time.Second)}}
	opts.Now = b.clock.now
	b.account = sandbox.New(nil, opts)
	t.Cleanup(b.account.StopWebhook)
	srv := httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(srv.Close)
	b.settings = connectors.Settings{"client_id": "sandbox-client", "client_secret": "sandbox-secret",
		"base_url": srv.URL + "/v3", "token_url": srv.URL + "/token"}
	for k, v := range settings {
		b.settings[k] = v
	}
	b.Connector = b.open(t)
	return b
}

// open opens the connector anew, as another replica would.
func (b *bench) open(t *testing.T) *greenhouse.Connector {
	t.Helper()
	d := connectortest.NewDeps(greenhouse.Kind(), b.settings)
	d.Now = b.clock.now
	c, err := greenhouse.Kind().Open(d)
	if err != nil {
		t.Fatal(err)
	}
	g, ok := c.(*greenhouse.Connector)
	if !ok {
		t.Fatalf("Open gave %T", c)
	}
	return g
}

// serve stands between connector and account: it notes the calls, and a test can
// answer in the account's place or cut the line after it.
func (b *bench) serve(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	before, after := b.before, b.after
	if r.URL.Path != "/token" {
		b.calls = append(b.calls, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/v3/"))
	}
	b.mu.Unlock()
	if before != nil && before(w, r) {
		return
	}
	if after == nil {
		b.account.ServeHTTP(w, r)
		return
	}
	rec := httptest.NewRecorder()
	b.account.ServeHTTP(rec, r)
	if after(r) {
		panic(http.ErrAbortHandler) // the line is cut after the account committed
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes()) // the connector went away: nobody to tell
}

func (b *bench) intercept(before func(w http.ResponseWriter, r *http.Request) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.before = before
}

func (b *bench) cutAfter(after func(r *http.Request) bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.after = after
}

func (b *bench) count(call string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := 0
	for _, c := range b.calls {
		if c == call {
			n++
		}
	}
	return n
}

func (b *bench) requests() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.calls)
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

func idsOf(records []staffing.Record) map[string]int {
	out := map[string]int{}
	for _, r := range records {
		out[r.ExternalID]++
	}
	return out
}

func resume(name, content string) *staffing.File {
	return &staffing.File{Name: name, ContentType: "application/pdf", Size: int64(len(content)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(content)), nil }}
}
