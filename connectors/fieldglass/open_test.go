package fieldglass_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/fieldglass"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/sandbox/fault"
	sandbox "github.com/tributary-hub/tributary/sandbox/fieldglass"
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

// bench is a tenant on the wire, and what the hub keeps for a connection to it.
type bench struct {
	*tenant
	clock    *clock
	faults   *fault.Injector
	tokens   *connectors.MemoryTokens
	spool    *connectors.MemorySpool
	settings connectors.Settings
	cursor   staffing.Cursor
}

func setup(t *testing.T, opts sandbox.Options, settings connectors.Settings) *bench {
	t.Helper()
	// The real day, so that token lives agree with the token store's own clock.
	b := &bench{clock: &clock{at: time.Now().UTC().Truncate(time.Second)}, tokens: &connectors.MemoryTokens{}, spool: &connectors.MemorySpool{}}
	opts.Now = b.clock.now
	b.tenant = &tenant{Server: sandbox.New(nil, opts), t: t}
	t.Cleanup(b.StopPush)
	b.faults = fault.New(b.Server)
	srv := httptest.NewServer(b.faults)
	t.Cleanup(srv.Close)
	b.settings = b.tenant.settings(srv.URL)
	for k, v := range settings {
		b.settings[k] = v
	}
	return b
}

// open opens the connector anew, as another process would.
func (b *bench) open() *fieldglass.Connector {
	b.t.Helper()
	d := connectortest.NewDeps(fieldglass.Kind(), b.settings)
	d.Now, d.Tokens, d.Spool = b.clock.now, b.tokens, b.spool
	return open(b.t, d)
}

func open(t *testing.T, d connectors.Deps) *fieldglass.Connector {
	t.Helper()
	c, err := fieldglass.Kind().Open(d)
	if err != nil {
		t.Fatal(err)
	}
	f, ok := c.(*fieldglass.Connector)
	if !ok {
		t.Fatalf("Open gave %T", c)
	}
	return f
}

// poll reads one page of postings without saving it.
func (b *bench) poll() (staffing.Page, error) {
	return b.open().Requisitions(context.Background(), b.cursor)
}

// save is the hub's transaction.
func (b *bench) save(p staffing.Page) {
	b.cursor = p.Next
	b.spool.Close(p.Spooled...)
}

// drain polls and saves until there is no more, and gives the records by id.
func (b *bench) drain() map[string]staffing.Record {
	b.t.Helper()
	out := map[string]staffing.Record{}
	for range 20 {
		p, err := b.poll()
		if err != nil {
			b.t.Fatal(err)
		}
		b.save(p)
		for _, r := range p.Records {
			out[r.ExternalID] = r
		}
		if !p.More {
			return out
		}
	}
	b.t.Fatal("the feed has no end")
	return nil
}

// calls counts the runs of a connector.
func (b *bench) calls(name string) int {
	return b.faults.Calls(func(r *http.Request) bool { return r.URL.Path == "/api/vc/connector/"+name })
}

func onCall(name string) func(*http.Request) bool {
	return func(r *http.Request) bool { return r.URL.Path == "/api/vc/connector/"+name }
}

func wantCode(t *testing.T, err error, want staffing.Code, words ...string) {
	t.Helper()
	if staffing.CodeOf(err) != want {
		t.Fatalf("code %q, want %q: %v", staffing.CodeOf(err), want, err)
	}
	for _, w := range words {
		if !strings.Contains(staffing.MessageOf(err), w) {
			t.Errorf("the message %q does not say %q", staffing.MessageOf(err), w)
		}
	}
}

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(fieldglass.Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tree(t *testing.T, raw []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v: %s", err, raw)
	}
	return v
}

var acme = staffing.Client{Code: "ACME", Name: "Acme", Currency: "USD", Timezone: "America/Denver"}

func onToken(r *http.Request) bool { return r.URL.Path == "/api/oauth2/v2.0/token" }
