// Package fault makes a simulated vendor misbehave: an [Injector] stands before
// the vendor's handler, follows [Rule]s, and logs every call. The conformance
// suite and the sandbox use it.
package fault

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// keep is how many calls the log holds at least.
const keep = 20_000

// Kind is a way to misbehave.
type Kind string

// The kinds of faults. The first four answer in the vendor's place.
const (
	Status429        Kind = "status_429" // with Rule.RetryAfter
	Status500        Kind = "status_500"
	Status401        Kind = "status_401"
	Status403        Kind = "status_403"
	Latency          Kind = "latency"            // the vendor answers after Rule.Delay
	LostResponse     Kind = "lost_response"      // the vendor acts, then the connection is cut before any byte
	CutBody          Kind = "cut_body"           // half of the vendor's body, then the connection is cut
	SlowBody         Kind = "slow_body"          // the vendor's body byte by byte, Rule.Delay apart
	TruncatedJSON    Kind = "truncated_json"     // half of the vendor's body as a proper answer
	WrongContentType Kind = "wrong_content_type" // a web page with status 200
	HugeBody         Kind = "huge_body"          // valid JSON of HugeSize bytes
	Hang             Kind = "hang"               // nothing until the client gives up
)

// HugeSize is the size of a huge body, larger than any cap of the hub.
const HugeSize = 32 << 20

// Rule says which calls go wrong, how, and how often.
type Rule struct {
	Match      func(*http.Request) bool // nil: every call
	Kind       Kind
	Times      int           // after so many calls the rule is spent; 0: until removed
	RetryAfter time.Duration // of Status429 and Status500; 0: the header is not sent
	Delay      time.Duration // of Latency and SlowBody
	Chance     float64       // of a matching call to be hit; 0 means always
	Seed       uint64        // makes Chance repeatable
}

// Call is one logged request.
type Call struct {
	Method string
	Path   string
	At     time.Time
	Fault  Kind // empty: the vendor answered
}

// Injector is a handler that stands before a vendor. It is safe for several
// goroutines.
type Injector struct {
	next  http.Handler
	mu    sync.Mutex
	rules []*active
	calls []logged
	last  int
}

type active struct {
	Rule
	id   int
	left int
	rand *rand.Rand
}

type logged struct {
	Call
	request *http.Request // without its body
}

// New stands before next.
func New(next http.Handler) *Injector { return &Injector{next: next} }

// Add puts a rule behind those that are there; the first that matches a call is
// followed. remove takes it away again, also when it is spent.
func (i *Injector) Add(r Rule) (remove func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.last++
	id := i.last
	i.rules = append(i.rules, &active{Rule: r, id: id, left: r.Times, rand: rand.New(rand.NewPCG(r.Seed, 1))})
	return func() { i.remove(id) }
}

func (i *Injector) remove(id int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for n, r := range i.rules {
		if r.id == id {
			i.rules = append(i.rules[:n:n], i.rules[n+1:]...)
			return
		}
	}
}

// Clear takes all rules away. The log stays.
func (i *Injector) Clear() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.rules = nil
}

// Calls counts the logged calls that match; nil matches every call.
func (i *Injector) Calls(match func(*http.Request) bool) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	n := 0
	for _, c := range i.calls {
		if match == nil || match(c.request) {
			n++
		}
	}
	return n
}

// Log gives all calls so far, oldest first.
func (i *Injector) Log() []Call {
	i.mu.Lock()
	defer i.mu.Unlock()
	out := make([]Call, len(i.calls))
	for n, c := range i.calls {
		out[n] = c.Call
	}
	return out
}

// ServeHTTP implements http.Handler.
func (i *Injector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rule := i.pick(r)
	if rule == nil {
		i.next.ServeHTTP(w, r)
		return
	}
	i.misbehave(*rule, w, r)
}

// Meet is ServeHTTP for a vendor that speaks no HTTP: it logs an operation, as a call
// of the path /op, and gives the rule that it meets. The vendor plays the fault.
func (i *Injector) Meet(op string) (Rule, bool) {
	r := i.pick(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: "/" + op}, Header: http.Header{}})
	if r == nil {
		return Rule{}, false
	}
	return *r, true
}

// pick logs the call and finds its rule.
func (i *Injector) pick(r *http.Request) *Rule {
	i.mu.Lock()
	defer i.mu.Unlock()
	seen := r.Clone(r.Context())
	seen.Body = http.NoBody
	entry := logged{Call: Call{Method: r.Method, Path: r.URL.Path, At: time.Now()}, request: seen}
	defer func() {
		i.calls = append(i.calls, entry)
		if len(i.calls) > 2*keep { // a demo runs for days
			i.calls = slices.Clone(i.calls[len(i.calls)-keep:])
		}
	}()
	for _, a := range i.rules {
		if a.Times > 0 && a.left == 0 || a.Match != nil && !a.Match(seen) || a.Chance > 0 && a.rand.Float64() >= a.Chance {
			continue
		}
		a.left--
		entry.Fault = a.Kind
		rule := a.Rule
		return &rule
	}
	return nil
}
