package connectortest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/sandbox/fault"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	quick   = 3 * time.Second  // a failing call is told within
	patient = 20 * time.Second // nothing takes longer
)

// openOptions differ between cases.
type openOptions struct {
	timeout time.Duration // of one outgoing call
}

// bench is one vendor, served with faults before it, and what the hub would keep
// for a connection to it.
type bench struct {
	*suite
	vendor   Vendor
	faults   *fault.Injector
	settings connectors.Settings
	options  openOptions
	base     string
	tokens   *watchedTokens
	spool    *connectors.MemorySpool
}

func (s *suite) bench(o openOptions) *bench {
	s.Helper()
	b := &bench{suite: s, vendor: s.start(), options: o, spool: &connectors.MemorySpool{}}
	if b.vendor.Handler == nil {
		b.vendor.Handler = http.NotFoundHandler()
	}
	b.faults = fault.New(b.vendor.Handler)
	if b.vendor.Wire != nil {
		b.vendor.Wire(b.faults.Meet)
	}
	server := httptest.NewServer(b.faults)
	s.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
	})
	b.base = server.URL
	b.settings = b.vendor.Settings(server.URL)
	b.tokens = &watchedTokens{faults: b.faults, auth: map[string]bool{}}
	return b
}

// NewDeps gives what the hub hands to a connector of that kind, on loopback:
// connectors' own tests open with it.
func NewDeps(kind connectors.Kind, settings connectors.Settings) connectors.Deps {
	return deps(kind, settings, openOptions{})
}

func deps(kind connectors.Kind, settings connectors.Settings, o openOptions) connectors.Deps {
	if o.timeout == 0 {
		o.timeout = 10 * time.Second
	}
	client := httpx.New(httpx.Config{
		Timeout: o.timeout, StreamTimeout: o.timeout, AllowHTTP: true, Secrets: kind.Spec.Secrets(settings),
		AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")},
	})
	return connectors.Deps{Settings: settings, HTTP: client, Tokens: &connectors.MemoryTokens{}, Spool: &connectors.MemorySpool{},
		Now: time.Now, Log: slog.New(slog.DiscardHandler)}
}

// open opens the connector anew, with the tokens and the spool that a replica
// would find.
func (b *bench) open() staffing.Checker { b.Helper(); return b.openWith(b.settings) }

func (b *bench) openWith(settings connectors.Settings) staffing.Checker {
	b.Helper()
	d := deps(b.kind, settings, b.options)
	d.Tokens, d.Spool = b.tokens, b.spool
	c, err := b.kind.Open(d)
	if err != nil {
		b.Fatalf("the connector does not open: %v", err)
	}
	return c
}

// warm opens the connector and has it fetch its token, so that faults meet the
// calls that matter.
func (b *bench) warm() staffing.Checker {
	b.Helper()
	c := b.open()
	if err := b.within(patient, "Check", func(ctx context.Context) error { _, err := c.Check(ctx); return err }); err != nil {
		b.Fatalf("Check of a healthy vendor fails: %v", err)
	}
	b.tokens.learn()
	return c
}

// within runs f and gives its error. A panic and an overrun fail the case.
func (b *bench) within(limit time.Duration, what string, f func(context.Context) error) error {
	b.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	return b.withinCtx(ctx, limit, what, f)
}

func (b *bench) withinCtx(ctx context.Context, limit time.Duration, what string, f func(context.Context) error) error {
	b.Helper()
	type panicked struct{ text string }
	done := make(chan any, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				done <- panicked{fmt.Sprintf("%v\n%s", p, debug.Stack())}
			}
		}()
		done <- f(ctx)
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case v := <-done:
		if p, ok := v.(panicked); ok {
			b.Fatalf("%s panics: %s", what, p.text)
		}
		err, _ := v.(error)
		b.silent(what, err)
		return err
	case <-timer.C:
		b.Fatalf("%s takes longer than %s", what, limit)
		return nil
	}
}

// coded checks that err is a coded error with that code.
func (b *bench) coded(what string, err error, want staffing.Code) {
	b.Helper()
	var e *staffing.Error
	switch {
	case err == nil:
		b.Errorf("%s: no error, want code %s", what, want)
	case !errors.As(err, &e):
		b.Errorf("%s: the error has no code, want %s: %v", what, want, err)
	case e.Code != want:
		b.Errorf("%s: code %s, want %s: %v", what, e.Code, want, err)
	case strings.TrimSpace(e.Message) == "":
		b.Errorf("%s: the error has no sentence for a person", what)
	}
}

// silent checks that an error names no secret.
func (b *bench) silent(what string, err error) {
	b.Helper()
	if err != nil {
		b.discreet(what, err.Error()+" "+staffing.MessageOf(err)+fmt.Sprintf(" %+v", err))
	}
}

func (b *bench) discreet(what, text string) {
	b.Helper()
	for _, secret := range append(b.kind.Spec.Secrets(b.settings), b.tokens.seen()...) {
		if len(secret) >= 4 && strings.Contains(text, secret) {
			b.Errorf("%s: the text holds a secret of %d characters", what, len(secret))
		}
	}
}

// mark remembers how many calls the vendor has seen.
func (b *bench) mark() int { return len(b.faults.Log()) }

// dataCalls counts the calls since mark that do not fetch a token.
func (b *bench) dataCalls(mark int) int {
	n := 0
	for _, c := range b.faults.Log()[mark:] {
		if !b.tokens.isAuth(c.Path) {
			n++
		}
	}
	return n
}

// data matches the calls that do not fetch a token.
func (b *bench) data(r *http.Request) bool { return !b.tokens.isAuth(r.URL.Path) }
