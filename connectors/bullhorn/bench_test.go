package bullhorn_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/bullhorn"
	sandbox "github.com/tributary-hub/tributary/sandbox/bullhorn"
)

// bench is a connector opened on a simulated account, with an eye on the wire.
type bench struct {
	*bullhorn.Connector
	account *sandbox.Server
	spool   *connectors.MemorySpool
	url     string
	mu      sync.Mutex
	calls   []string // method and path below the account's base
	before  func(w http.ResponseWriter, r *http.Request) (handled bool)
	after   func(r *http.Request) (cut bool)
}

func setup(t *testing.T, opts sandbox.Options, more connectors.Settings) *bench {
	t.Helper()
	b := &bench{account: sandbox.New(nil, opts), spool: &connectors.MemorySpool{}}
	srv := httptest.NewServer(http.HandlerFunc(b.serve))
	t.Cleanup(srv.Close)
	b.url = srv.URL
	b.Connector = b.open(t, more)
	return b
}

// open opens the connector anew, as another replica would; the spool is shared.
func (b *bench) open(t *testing.T, more connectors.Settings) *bullhorn.Connector {
	t.Helper()
	s := settings(b.url)
	for k, v := range more {
		s[k] = v
	}
	return openAt(t, s, func(d *connectors.Deps) { d.Spool = b.spool })
}

func (b *bench) serve(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	b.calls = append(b.calls, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/rest-services/sandbox1/"))
	before, after := b.before, b.after
	b.mu.Unlock()
	if before != nil && before(w, r) {
		return
	}
	rec := httptest.NewRecorder()
	b.account.ServeHTTP(rec, r)
	if after != nil && after(r) {
		panic(http.ErrAbortHandler) // the line is cut after the account acted
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
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

// count counts the calls that begin with prefix, and forgets them.
func (b *bench) count(prefix string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.calls {
		if strings.HasPrefix(c, prefix) {
			n++
		}
	}
	return n
}

func (b *bench) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls = nil
}

func text(n int64) string { return strconv.FormatInt(n, 10) }

func day(t *testing.T, s string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d.Add(12 * time.Hour)
}

// shared reads a file of the vendor material beside the repository. Without it the
// test is left out, except in CI.
func shared(t *testing.T, path ...string) []byte {
	t.Helper()
	dir := os.Getenv("TRIBUTARY_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	raw, err := os.ReadFile(filepath.Join(append([]string{dir}, path...)...))
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("CI needs the vendor samples: %v", err)
	}
	if err != nil {
		t.Skip("the vendor samples are not beside the repository")
	}
	return raw
}
