package connectortest

import (
	"context"
	"fmt"
	"net/http"

	"github.com/tributary-hub/tributary/sandbox/fault"
	"github.com/tributary-hub/tributary/staffing"
)

const manyCalls = 60 // of one put; more is a fault of its own

func sinkCases(e effect) []testCase {
	name := e.name + ": "
	with := func(f func(*bench, effect)) func(*suite) {
		return func(s *suite) { f(s.bench(openOptions{}), e) }
	}
	list := []testCase{
		{name + "put twice gives one effect and one receipt", with(putTwice)},
		{name + "find of nothing gives not_found and writes nothing", with(findNothing)},
		{name + "two keys give two effects", with(twoKeys)},
	}
	for _, kind := range []fault.Kind{fault.Status500, fault.LostResponse, fault.Status403, fault.WrongContentType} {
		list = append(list, testCase{name + "a second put that meets " + string(kind) + " at any call writes nothing",
			func(s *suite) { s.sweepSecond(e, kind) }})
	}
	for _, kind := range []struct {
		fault fault.Kind
		what  string
	}{
		{fault.LostResponse, "the connection is cut after the vendor acted"},
		{fault.CutBody, "the answer is cut off after the vendor acted"},
		{fault.TruncatedJSON, "the answer is garbled after the vendor acted"},
		{fault.Status500, "the vendor fails before it acts"},
		{fault.Status429, "the vendor asks to slow down"},
		{fault.WrongContentType, "a proxy answers instead of the vendor"},
	} {
		list = append(list, testCase{name + kind.what + ", at any call: the next try leaves one effect",
			func(s *suite) { s.sweep(e, kind.fault) }})
	}
	return list
}

// got runs put or find, and checks the receipt.
func (b *bench) got(what string, f func(context.Context) (staffing.Receipt, error)) (staffing.Receipt, error) {
	b.Helper()
	var rec staffing.Receipt
	err := b.within(patient, what, func(ctx context.Context) (err error) { rec, err = f(ctx); return err })
	if err == nil && rec.ID == "" {
		b.Errorf("%s: the receipt has no id", what)
	}
	return rec, err
}

// must is got that has to succeed.
func (b *bench) must(what string, f func(context.Context) (staffing.Receipt, error)) staffing.Receipt {
	b.Helper()
	rec, err := b.got(what, f)
	if err != nil {
		b.Fatalf("%s: %v", what, err)
	}
	return rec
}

func putTwice(b *bench, e effect) {
	on := e.request(b.vendor)
	s := on(b.warm())
	before := s.count()
	first := b.must("the first put", s.put)
	second := b.must("the second put", s.put)
	third := b.must("a put by another process", on(b.open()).put)
	found := b.must("find", on(b.open()).find)
	for what, rec := range map[string]staffing.Receipt{"the second put": second, "a put by another process": third, "find": found} {
		if rec.ID != first.ID {
			b.Errorf("%s gives receipt %q, the first was %q", what, rec.ID, first.ID)
		}
	}
	if first.Existed || !second.Existed {
		b.Errorf("Existed is %v for the first put and %v for the second, want false and true", first.Existed, second.Existed)
	}
	if n := s.count() - before; n != 1 {
		b.Errorf("three puts of one key left %d effects, want 1", n)
	}
}

func findNothing(b *bench, e effect) {
	s := e.request(b.vendor)(b.warm())
	before := s.count()
	_, err := b.got("find", s.find)
	b.coded("find of nothing", err, staffing.NotFound)
	if n := s.count(); n != before {
		b.Errorf("find changed the number of effects from %d to %d", before, n)
	}
}

func twoKeys(b *bench, e effect) {
	c := b.warm()
	one, two := e.request(b.vendor)(c), e.request(b.vendor)(c)
	before := one.count()
	a, z := b.must("put", one.put), b.must("put of another key", two.put)
	if a.ID == z.ID || one.count()-before != 2 {
		b.Errorf("two keys gave receipts %q and %q and %d effects", a.ID, z.ID, one.count()-before)
	}
	if f := b.must("find", one.find); f.ID != a.ID {
		b.Errorf("find gives receipt %q for the key of %q", f.ID, a.ID)
	}
}

// sweep breaks the first call of a put, on another vendor the second, and so on.
func (s *suite) sweep(e effect, kind fault.Kind) {
	s.Helper()
	for n := 1; n <= manyCalls; n++ {
		b := s.bench(openOptions{})
		on := e.request(b.vendor)
		if !b.breakCall(n, kind, on) {
			if n == 1 {
				b.Errorf("put made no call")
			}
			return
		}
	}
	s.Errorf("one put made more than %d calls", manyCalls)
}

// onCall is a rule that breaks call n from now on, calls for tokens not counted.
func (b *bench) onCall(n int, kind fault.Kind) fault.Rule {
	seen := 0 // guarded by the injector's lock
	return fault.Rule{Kind: kind, Times: 1, Match: func(r *http.Request) bool {
		if !b.data(r) {
			return false
		}
		seen++
		return seen == n
	}}
}

// sweepSecond breaks every call of a put whose effect is there already: failing
// to look is no reason to write.
func (s *suite) sweepSecond(e effect, kind fault.Kind) {
	s.Helper()
	for n := 1; n <= manyCalls; n++ {
		b := s.bench(openOptions{})
		sink := e.request(b.vendor)(b.warm())
		first := b.must("the first put", sink.put)
		effects := sink.count()
		b.faults.Add(b.onCall(n, kind))
		mark := b.mark()
		again, err := b.got("the second put", sink.put)
		if sink.count() != effects {
			b.Errorf("call %d of the second put broken (%s): the number of effects went from %d to %d", n, kind, effects, sink.count())
		}
		if err == nil && again.ID != first.ID {
			b.Errorf("call %d of the second put broken (%s): it gives receipt %q, the first was %q", n, kind, again.ID, first.ID)
		}
		if !anyFault(b.faults.Log()[mark:]) {
			return
		}
	}
}

// breakCall breaks call n of a put and mends what came of it; false when the put
// makes fewer calls.
func (b *bench) breakCall(n int, kind fault.Kind, on func(staffing.Checker) sink) bool {
	b.Helper()
	s := on(b.warm())
	before := s.count()
	remove := b.faults.Add(b.onCall(n, kind))
	mark := b.mark()
	_, err := b.got("put", s.put)
	remove()
	hit := anyFault(b.faults.Log()[mark:])
	effects := s.count() - before
	switch {
	case effects > 1:
		b.Errorf("call %d broken (%s): one put left %d effects", n, kind, effects)
	case err == nil && effects != 1:
		b.Errorf("call %d broken (%s): put reports success, but the vendor has %d effects", n, kind, effects)
	case err != nil && !hit:
		b.Errorf("put fails although nothing was broken: %v", err)
	}
	b.settle(attempt{n, kind, err, before, effects}, on)
	return hit
}

// attempt is a put of which one call was broken.
type attempt struct {
	call    int
	kind    fault.Kind
	err     error
	before  int // effects before it
	effects int // that it left
}

// settle does what the hub does after a failed put: it looks, then puts again. An
// effect that takes several calls may be there in part: find then says not_found,
// and the next put completes it.
func (b *bench) settle(a attempt, on func(staffing.Checker) sink) {
	b.Helper()
	what := fmt.Sprintf("call %d broken (%s)", a.call, a.kind)
	s := on(b.open())
	found, err := b.got("find", s.find)
	switch {
	case err != nil:
		b.coded(what+": find after a failed put", err, staffing.NotFound)
	case a.effects == 0:
		b.Errorf("%s: the vendor has no effect, but find gives receipt %q", what, found.ID)
	case a.err != nil && !staffing.IsOutcomeUnknown(a.err):
		b.Errorf("%s: the vendor has acted, but the error does not say that the outcome is unknown: %v", what, a.err)
	}
	if err != nil && a.effects > 0 && a.err != nil && !staffing.IsOutcomeUnknown(a.err) {
		// Taken for refused, the part would stay there and the hub would forget it.
		b.Errorf("%s: a part of the effect is at the vendor, but the error does not say that the outcome is unknown: %v", what, a.err)
	}
	if err != nil && a.err == nil {
		b.Errorf("%s: put reports success, but find says: %v", what, err)
	}
	again, err := b.got("put again", s.put)
	switch {
	case err != nil:
		b.Errorf("%s: put again fails: %v", what, err)
	case found.ID != "" && again.ID != found.ID:
		b.Errorf("%s: put again gives receipt %q, find gave %q", what, again.ID, found.ID)
	}
	if rec, err := b.got("find", s.find); err != nil || rec.ID != again.ID {
		b.Errorf("%s: after the next try find gives receipt %q and %v, put gave %q", what, rec.ID, err, again.ID)
	}
	if total := s.count() - a.before; total != 1 {
		b.Errorf("%s: after the next try the vendor has %d effects, want 1", what, total)
	}
}

func jobUpdateCase() testCase {
	return testCase{"job: a put with the vendor's id updates that job", func(s *suite) {
		b := s.bench(openOptions{})
		jobs, ok := b.warm().(staffing.JobSink)
		if !ok {
			b.Fatalf("the connector has no such sink")
		}
		req := b.vendor.Job()
		before := b.vendor.CountJobs()
		first := b.must("put", func(ctx context.Context) (staffing.Receipt, error) { return jobs.PutJob(ctx, req) })
		req.ID = first.ID
		second := b.must("update", func(ctx context.Context) (staffing.Receipt, error) { return jobs.PutJob(ctx, req) })
		if second.ID != first.ID || b.vendor.CountJobs()-before != 1 {
			b.Errorf("the update of job %q gave receipt %q and %d jobs", first.ID, second.ID, b.vendor.CountJobs()-before)
		}
	}}
}

func statusCases() []testCase {
	list := []testCase{{"status: put twice is no error and leaves the status", func(s *suite) {
		b := s.bench(openOptions{})
		sink, req := b.statusSink(b.warm())
		for range 2 {
			if err := b.within(patient, "PutStatus", func(ctx context.Context) error { return sink.PutStatus(ctx, req) }); err != nil {
				b.Errorf("PutStatus: %v", err)
			}
			if got := b.vendor.StatusOf(req.SubmissionID); got != req.Status {
				b.Errorf("the vendor has status %q, want %q", got, req.Status)
			}
		}
	}}}
	for _, kind := range []fault.Kind{fault.LostResponse, fault.CutBody, fault.Status500} {
		list = append(list, testCase{"status: " + string(kind) + " at any call: the next try leaves the status", func(s *suite) { s.sweepStatus(kind) }})
	}
	return list
}

func (b *bench) statusSink(c staffing.Checker) (staffing.StatusSink, staffing.StatusRequest) {
	sink, ok := c.(staffing.StatusSink)
	if !ok {
		b.Fatalf("the connector has no such sink")
	}
	return sink, b.vendor.Status()
}

func (s *suite) sweepStatus(kind fault.Kind) {
	s.Helper()
	for n := 1; n <= manyCalls; n++ {
		b := s.bench(openOptions{})
		sink, req := b.statusSink(b.warm())
		b.faults.Add(b.onCall(n, kind))
		mark := b.mark()
		put := func(ctx context.Context) error { return sink.PutStatus(ctx, req) }
		err := b.within(patient, "PutStatus", put)
		set := b.vendor.StatusOf(req.SubmissionID) == req.Status
		if err != nil && set && !staffing.IsOutcomeUnknown(err) {
			b.Errorf("call %d broken (%s): the status is set, but the error does not say that the outcome is unknown: %v", n, kind, err)
		}
		if err == nil && !set {
			b.Errorf("call %d broken (%s): PutStatus reports success, but the vendor has another status", n, kind)
		}
		if !anyFault(b.faults.Log()[mark:]) {
			return
		}
		if err := b.within(patient, "PutStatus again", put); err != nil || b.vendor.StatusOf(req.SubmissionID) != req.Status {
			b.Errorf("call %d broken (%s): the next try gives %v, and status %q", n, kind, err, b.vendor.StatusOf(req.SubmissionID))
		}
	}
}

func anyFault(log []fault.Call) bool {
	for _, c := range log {
		if c.Fault != "" {
			return true
		}
	}
	return false
}
