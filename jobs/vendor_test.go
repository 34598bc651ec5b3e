package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// vendor is an outside system in memory. What each call does can be scripted; how
// often each effect happened is counted, because a vendor that has no idempotency
// of its own shows what the hub does twice.
type vendor struct {
	mu      sync.Mutex
	script  map[string][]move
	calls   map[string][]time.Time
	effects map[string][]json.RawMessage // verb/key -> what was written, oldest first
	nextID  int
}

// move is what a vendor does with one call. commit makes the effect.
type move func(ctx context.Context, commit func()) error

func newVendor() *vendor {
	return &vendor{script: map[string][]move{}, calls: map[string][]time.Time{}, effects: map[string][]json.RawMessage{}}
}

// next says what the next calls of a verb do, one move each; after them the
// vendor works.
func (v *vendor) next(verb string, moves ...move) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.script[verb] = append(v.script[verb], moves...)
}

func (v *vendor) do(ctx context.Context, verb string, commit func()) error {
	v.mu.Lock()
	v.calls[verb] = append(v.calls[verb], time.Now())
	var m move
	if moves := v.script[verb]; len(moves) > 0 {
		m, v.script[verb] = moves[0], moves[1:]
	}
	v.mu.Unlock()
	if m != nil {
		return m(ctx, commit)
	}
	commit()
	return nil
}

func (v *vendor) count(verb string) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.calls[verb])
}

// waited gives the time between the first two calls of a verb.
func (v *vendor) waited(verb string) time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.calls[verb]) < 2 {
		return 0
	}
	return v.calls[verb][1].Sub(v.calls[verb][0])
}

// made gives what was written under a key, oldest first.
func (v *vendor) made(verb, key string) []json.RawMessage {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]json.RawMessage(nil), v.effects[verb+"/"+key]...)
}

// write notes an effect and gives its number. It holds the lock itself.
func (v *vendor) write(verb, key string, body json.RawMessage) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.nextID++
	v.effects[verb+"/"+key] = append(v.effects[verb+"/"+key], body)
	return v.nextID
}

// The moves.

// works does what it is told.
func works(_ context.Context, commit func()) error {
	commit()
	return nil
}

// refuses fails with a code and does nothing.
func refuses(code staffing.Code) move {
	return func(context.Context, func()) error {
		return staffing.Errorf(code, "the vendor says %s", code)
	}
}

// failsWith fails as it is told; nothing is written.
func failsWith(err error) move {
	return func(context.Context, func()) error { return err }
}

// refusesFor fails and asks to wait.
func refusesFor(code staffing.Code, wait time.Duration) move {
	return func(context.Context, func()) error {
		return &staffing.Error{Code: code, Message: "the vendor asks to wait", RetryAfter: wait}
	}
}

func lostAnswer() error {
	return &staffing.Error{Code: staffing.Unavailable, Message: "the answer was lost", OutcomeUnknown: true}
}

// losesAnswer does what it is told, and the answer is lost.
func losesAnswer(_ context.Context, commit func()) error {
	commit()
	return lostAnswer()
}

// losesRequest does nothing, and nobody can know.
func losesRequest(context.Context, func()) error { return lostAnswer() }

// outlives does what it is told when the caller has given up, and gives the
// caller's own error, without a code.
func outlives(ctx context.Context, commit func()) error {
	<-ctx.Done()
	commit()
	return ctx.Err()
}

// commitsLate loses the answer at once and does what it is told after a while.
func commitsLate(after time.Duration) move {
	return func(_ context.Context, commit func()) error {
		time.AfterFunc(after, commit)
		return lostAnswer()
	}
}

// waitsFor ignores its context until gate opens, and then works.
func waitsFor(gate <-chan struct{}) move {
	return func(_ context.Context, commit func()) error {
		<-gate
		commit()
		return nil
	}
}

// panicsAfter is a connector with a fault behind what it has done.
func panicsAfter(_ context.Context, commit func()) error {
	commit()
	panic("the answer is not what was expected")
}

// panics is a connector with a fault.
func panics(context.Context, func()) error { panic("nil map in a connector") }

func times(n int, m move) []move {
	out := make([]move, n)
	for i := range out {
		out[i] = m
	}
	return out
}

// feed is a stream of records that grows at its end; the cursor is how many of
// them were read.
type feed struct {
	records []staffing.Record
	page    int // records per page; 0: all
}

func (f *feed) after(cur staffing.Cursor) (staffing.Page, error) {
	n := 0
	if len(cur) > 0 {
		if err := json.Unmarshal(cur, &n); err != nil {
			return staffing.Page{}, err
		}
	}
	n = min(n, len(f.records))
	rest := f.records[n:]
	if f.page > 0 && len(rest) > f.page {
		rest = rest[:f.page]
	}
	return staffing.Page{Records: append([]staffing.Record(nil), rest...), Next: staffing.Cursor(fmt.Sprint(n + len(rest))), More: n+len(rest) < len(f.records)}, nil
}

// read gives a page of a feed of the vendor.
func (v *vendor) read(ctx context.Context, verb string, f *feed, cur staffing.Cursor) (page staffing.Page, err error) {
	failed := v.do(ctx, verb, func() {
		v.mu.Lock()
		defer v.mu.Unlock()
		page, err = f.after(cur)
	})
	if failed != nil {
		return staffing.Page{}, failed
	}
	return page, err
}

func (v *vendor) push(f *feed, id string, raw any) {
	body, err := json.Marshal(raw)
	if err != nil {
		panic(err)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	f.records = append(f.records, staffing.Record{ExternalID: id, Raw: body})
}
