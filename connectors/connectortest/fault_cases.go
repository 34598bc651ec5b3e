package connectortest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/sandbox/fault"
	"github.com/tributary-hub/tributary/staffing"
)

// misfortune is a fault that meets every call but those for a token.
type misfortune struct {
	name    string
	rule    fault.Rule
	want    staffing.Code
	wait    time.Duration // RetryAfter of the error; 0: not looked at
	timeout time.Duration // of the client, where the fault is to be slow
	files   bool          // also told when it meets a file
}

func misfortunes() []misfortune {
	const impatient = 900 * time.Millisecond // patient enough for a busy machine
	return []misfortune{
		{name: "403 gives forbidden", rule: fault.Rule{Kind: fault.Status403}, want: staffing.Forbidden, files: true},
		{name: "429 with Retry-After: 7 gives rate_limited with 7 s", rule: fault.Rule{Kind: fault.Status429, RetryAfter: 7 * time.Second},
			want: staffing.RateLimited, wait: 7 * time.Second, files: true},
		{name: "500 gives unavailable", rule: fault.Rule{Kind: fault.Status500}, want: staffing.Unavailable, files: true},
		{name: "truncated JSON gives unavailable", rule: fault.Rule{Kind: fault.TruncatedJSON}, want: staffing.Unavailable},
		{name: "a body that is cut off gives unavailable", rule: fault.Rule{Kind: fault.CutBody}, want: staffing.Unavailable, files: true},
		{name: "a body that drips gives unavailable", rule: fault.Rule{Kind: fault.SlowBody, Delay: 60 * time.Millisecond}, want: staffing.Unavailable,
			timeout: impatient, files: true},
		{name: "no answer at all gives unavailable", rule: fault.Rule{Kind: fault.Hang}, want: staffing.Unavailable, timeout: impatient, files: true},
		{name: "a web page instead of data gives unavailable", rule: fault.Rule{Kind: fault.WrongContentType}, want: staffing.Unavailable},
		{name: "a huge body gives unavailable", rule: fault.Rule{Kind: fault.HugeBody}, want: staffing.Unavailable, files: true},
	}
}

func faultCases() []testCase {
	list := []testCase{
		{"calls: a token that was ended early is fetched again, once", tokenOnce},
		{"calls: 401 gives unauthorized after one new token", tokenRefused},
		{"calls: the end of the context ends the call within 1 s", contextObeyed},
		{"calls: a refusal that repeats the request leaks no secret", refusalRepeats},
	}
	for _, m := range misfortunes() {
		list = append(list, testCase{"calls: " + m.name + ", in one call and at once", func(s *suite) { s.suffer(m) }})
	}
	return list
}

// wireCases are those of checkCases and faultCases that have a meaning without HTTP.
func wireCases() []testCase {
	list := []testCase{
		{"check: refused credentials are called unauthorized", wrongSecret},
		{"check: a missing permission is named", missingPermission},
		{"calls: the end of the context ends the call within 1 s", contextObeyed},
	}
	for _, m := range misfortunes() {
		switch m.rule.Kind {
		case fault.Status403, fault.Status500, fault.CutBody, fault.TruncatedJSON, fault.Hang:
			list = append(list, testCase{"calls: " + m.name + ", in one call and at once", func(s *suite) { s.suffer(m) }})
		}
	}
	return list
}

// eachOperation runs f on every operation, each on a fresh vendor and prepared.
func (s *suite) eachOperation(o openOptions, f func(b *bench, op operation, call func(context.Context) error)) {
	s.Helper()
	for i := 0; ; i++ {
		b := s.bench(o)
		list := b.operations(b.warm())
		if i >= len(list) {
			return
		}
		f(b, list[i], list[i].prepare())
	}
}

func (s *suite) suffer(m misfortune) {
	s.Helper()
	s.eachOperation(openOptions{timeout: m.timeout}, func(b *bench, op operation, call func(context.Context) error) {
		if op.file && !m.files {
			return
		}
		rule := m.rule
		rule.Match = b.data
		b.faults.Add(rule)
		mark := b.mark()
		err := b.within(quick, op.name, call)
		b.coded(op.name, err, m.want)
		if m.wait != 0 && err != nil && staffing.RetryAfterOf(err) != m.wait {
			b.Errorf("%s: RetryAfter is %s, the vendor said %s", op.name, staffing.RetryAfterOf(err), m.wait)
		}
		if n := b.dataCalls(mark); n != 1 && !(op.probes && m.want == staffing.Forbidden) {
			b.Errorf("%s: %d calls were made, want exactly one: a connector never retries", op.name, n)
		}
	})
}

func tokenOnce(s *suite) {
	s.eachOperation(openOptions{}, func(b *bench, op operation, call func(context.Context) error) {
		if !b.tokens.used() {
			return // no token, nothing to fetch again
		}
		b.faults.Add(fault.Rule{Kind: fault.Status401, Match: b.data, Times: 1})
		err := b.within(patient, op.name, call)
		if err != nil && staffing.CodeOf(err) != staffing.NotFound { // a find may find nothing
			b.Errorf("%s: one 401 should cost no more than a new token, but: %v", op.name, err)
		}
	})
}

func tokenRefused(s *suite) {
	s.eachOperation(openOptions{}, func(b *bench, op operation, call func(context.Context) error) {
		b.faults.Add(fault.Rule{Kind: fault.Status401, Match: b.data})
		mark := b.mark()
		b.coded(op.name, b.within(quick, op.name, call), staffing.Unauthorized)
		if n := b.dataCalls(mark); n > 2 {
			b.Errorf("%s: %d calls were refused with 401; one new token is the limit", op.name, n)
		}
	})
}

func contextObeyed(s *suite) {
	s.eachOperation(openOptions{}, func(b *bench, op operation, call func(context.Context) error) {
		b.faults.Add(fault.Rule{Kind: fault.Hang})
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		mark := b.mark()
		err := b.withinCtx(ctx, patient, op.name, func(ctx context.Context) error {
			ended := make(chan error, 1)
			go func() { ended <- call(ctx) }()
			deadline := time.Now().Add(patient / 2)
			for b.mark() == mark && time.Now().Before(deadline) {
				time.Sleep(time.Millisecond) // until the call is at the vendor
			}
			cancel()
			select {
			case err := <-ended:
				return err
			case <-time.After(time.Second):
				return errDeaf
			}
		})
		switch {
		case errors.Is(err, errDeaf):
			b.Fatalf("%s: it went on for a second after the context had ended", op.name)
		case err == nil:
			b.Errorf("%s: it succeeded although the context had ended", op.name)
		}
	})
}

var errDeaf = errors.New("the context's end was not obeyed")

func refusalRepeats(s *suite) {
	inner := s.start
	var gate *echoGate
	s.start = func() Vendor {
		v := inner()
		gate = &echoGate{next: v.Handler}
		v.Handler = gate
		return v
	}
	s.eachOperation(openOptions{}, func(b *bench, op operation, call func(context.Context) error) {
		gate.shut()
		if err := b.within(quick, op.name, call); err == nil {
			b.Errorf("%s: the vendor refused it, but there is no error", op.name)
		}
	})
}

// echoGate answers 400 and repeats the request, once it is shut.
type echoGate struct {
	next http.Handler
	mu   sync.Mutex
	on   bool
}

func (g *echoGate) shut() { g.mu.Lock(); defer g.mu.Unlock(); g.on = true }

// ServeHTTP implements http.Handler.
func (g *echoGate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	on := g.on
	g.mu.Unlock()
	if !on {
		g.next.ServeHTTP(w, r)
		return
	}
	body, _ := io.ReadAll(io.LimitReader(r.Body, 64<<10)) // an echo may be short
	var said strings.Builder
	fmt.Fprintf(&said, "bad request %s ", r.URL)
	for k, v := range r.Header {
		fmt.Fprintf(&said, "%s: %s ", k, strings.Join(v, " "))
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = fmt.Fprintf(w, `{"message":%q,"errors":[{"message":%q}]}`, said.String(), body)
}

func healthyCase() testCase {
	return testCase{"check: a healthy vendor gives a report without gaps", func(s *suite) {
		b := s.bench(openOptions{})
		var report staffing.Report
		err := b.within(patient, "Check", func(ctx context.Context) (err error) { report, err = b.open().Check(ctx); return err })
		if err != nil {
			b.Errorf("Check: %v", err)
		}
		if !report.OK() {
			b.Errorf("Check of good credentials reports %v", missing(report))
		}
	}}
}

// silentCase is for a connector without a vendor to call.
func silentCase() testCase {
	return testCase{"check: a connector without a Handler calls nobody", func(s *suite) {
		b := s.bench(openOptions{})
		b.warm()
		if n := b.faults.Calls(nil); n != 0 {
			b.Errorf("it made %d calls; set Vendor.Handler", n)
		}
	}}
}

func checkCases() []testCase {
	return []testCase{
		{"check: refused credentials are called unauthorized", wrongSecret},
		{"check: a missing permission is named", missingPermission},
		{"check: a vendor that cannot be reached is unavailable", unreachable},
	}
}

func wrongSecret(s *suite) {
	b := s.bench(openOptions{})
	b.settings = b.vendor.WrongSecret(b.base)
	c := b.open()
	b.coded("Check", b.within(patient, "Check", func(ctx context.Context) error { _, err := c.Check(ctx); return err }), staffing.Unauthorized)
}

func missingPermission(s *suite) {
	b := s.bench(openOptions{})
	c := b.warm()
	b.faults.Add(fault.Rule{Kind: fault.Status403, Match: b.data})
	var report staffing.Report
	err := b.within(patient, "Check", func(ctx context.Context) (err error) { report, err = c.Check(ctx); return err })
	if err != nil {
		b.coded("Check", err, staffing.Forbidden)
		return
	}
	if report.OK() {
		b.Errorf("every call is forbidden, but Check reports no missing permission")
	}
	for _, p := range report.Permissions {
		b.discreet("the report", p.Name+" "+p.Purpose+" "+p.Detail)
		if p.Name == "" || p.Purpose == "" || !p.Granted && p.Detail == "" {
			b.Errorf("permission %+v lacks a name, a purpose or what to do", p)
		}
	}
}

func unreachable(s *suite) {
	b := s.bench(openOptions{})
	settings := connectors.Settings{}
	for k, v := range b.settings { // nobody listens on port 1
		settings[k] = strings.ReplaceAll(v, b.base, "http://127.0.0.1:1")
	}
	c := b.openWith(settings)
	b.coded("Check", b.within(quick, "Check", func(ctx context.Context) error { _, err := c.Check(ctx); return err }), staffing.Unavailable)
}
