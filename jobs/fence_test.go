package jobs

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/riverqueue/river"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// rescue does to the running jobs of a kind what the queue does to those whose
// attempt is long over: others may take them.
func (b *bench) rescue(kind string) {
	b.t.Helper()
	res, err := b.store.DB().ExecContext(b.ctx, `update river_job set state = 'available', scheduled_at = now() where kind = $1 and state = 'running'`, kind)
	b.must(err)
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		b.t.Fatalf("%d jobs were rescued (%v)", n, err)
	}
}

// steps counts the attempts of a kind that have ended.
func (b *bench) steps(h *Hub, kind string) (n float64) {
	b.t.Helper()
	reg := prometheus.NewRegistry()
	b.must(reg.Register(h.metrics.steps))
	families, err := reg.Gather()
	b.must(err)
	for _, f := range families {
		for _, m := range f.GetMetric() {
			for _, l := range m.GetLabel() {
				if l.GetName() == "kind" && l.GetValue() == kind {
					n += m.GetCounter().GetValue()
				}
			}
		}
	}
	return n
}

// queueHasHeard waits until the queue has written down what attempts told it so
// far: it does so in the order in which they end.
func (b *bench) queueHasHeard() {
	b.t.Helper()
	events, cancel := b.hub.River().Subscribe(river.EventKindJobCompleted)
	defer cancel()
	res, err := b.hub.River().Insert(b.ctx, pruneArgs{}, nil)
	b.must(err)
	deadline := time.After(20 * time.Second)
	for {
		select {
		case e := <-events:
			if e.Job.ID == res.Job.ID {
				return
			}
		case <-deadline:
			b.t.Fatal("the queue does not work")
		}
	}
}

// hangs makes a submission whose first delivery hangs in the reading of the
// candidate until gate opens.
func (b *bench) hangs(gate chan struct{}) (job string) {
	b.t.Helper()
	b.requisition("100", "Welder")
	job = *b.synced("100").JobID
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	b.ats.next("candidate ada", waitsFor(gate))
	b.tells(moved(job, "ada", "Submit"))
	b.eventually("the first attempt hangs", func() string { return missing(b.ats.count("candidate ada") == 1) })
	return job
}

// A first attempt that ignores its time and comes back when a second one has done
// the work neither sends nor completes anything, and leaves no failure behind.
func TestALateFirstAttemptDoesNothing(t *testing.T) {
	for name, refusal := range map[string]move{"and finds the work done": nil, "and brings an error of the vendor": refuses(staffing.Unavailable), "and brings a final error": refuses(staffing.Invalid)} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			gate := make(chan struct{})
			if refusal == nil {
				refusal = works
			}
			job := b.hangs(gate)
			b.ats.next("submission", works, refusal) // the second attempt's, then the first's
			b.rescue(kindDeliver)
			sub := b.delivered(job, "ada")
			b.drained()
			ended := b.steps(b.hub, kindDeliver)
			close(gate)
			b.eventually("the first attempt has ended", func() string { return missing(b.steps(b.hub, kindDeliver) == ended+1) })
			b.queueHasHeard()
			b.drained()
			if made, asked := b.client.made("submit", sub.ID.String()), b.client.count("submit 100"); len(made) != 1 || asked != 1 {
				t.Errorf("%d applications after %d requests", len(made), asked)
			}
			b.noFailures()
			if e := b.effect(staffing.SubjectSubmission, sub.ID, store.EffectSubmission); e.State != store.EffectDone || e.Attempts != 1 {
				t.Errorf("the effect is %+v", e)
			}
		})
	}
}

// It does not disturb a second attempt that is at work either.
func TestALateFirstAttemptLeavesTheSecondAlone(t *testing.T) {
	for name, refusal := range map[string]move{"when it finds the effect under way": works, "when the vendor refuses it": refuses(staffing.Invalid), "when the vendor is away": refuses(staffing.Unavailable)} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, patient)
			first, second := make(chan struct{}), make(chan struct{})
			job := b.hangs(first)
			b.ats.next("submission", works, refusal)
			b.client.next("submit 100", waitsFor(second))
			b.rescue(kindDeliver)
			b.eventually("the second attempt sends", func() string { return missing(b.client.count("submit 100") == 1) })
			close(first)
			b.eventually("the first attempt has ended", func() string { return missing(b.steps(b.hub, kindDeliver) == 1) })
			b.queueHasHeard()
			var attempt int
			var state string
			b.must(b.store.DB().QueryRowContext(b.ctx, `select attempt, state from river_job where kind = $1`, kindDeliver).Scan(&attempt, &state))
			if attempt != 2 || state != "running" {
				t.Errorf("the second attempt's job is now at attempt %d, %s", attempt, state)
			}
			close(second)
			sub := b.delivered(job, "ada")
			b.drained()
			if made, asked := b.client.made("submit", sub.ID.String()), b.client.count("submit 100"); len(made) != 1 || asked != 1 {
				t.Errorf("%d applications after %d requests", len(made), asked)
			}
			b.noFailures()
		})
	}
}

// A stop during a step is nobody's failure: nothing stands on the page of failed
// records, no feed has failed, and the next hub goes on.
func TestAStopIsNoFailure(t *testing.T) {
	b := newBench(t, patient)
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	obeys := func(ctx context.Context, _ func()) error { <-ctx.Done(); return ctx.Err() }
	b.ats.next("candidate ada", obeys)
	b.client.next("statuses", obeys)
	b.tells(moved(job, "ada", "Submit"))
	b.pollNow(b.clientID)
	b.eventually("both hang", func() string {
		return missing(b.ats.count("candidate ada") == 1 && b.jobsIn(kindPollStatuses, "running") == 1)
	})
	began := time.Now()
	b.halt(b.hub)
	if d := time.Since(began); d > 8*time.Second {
		t.Errorf("the stop took %s", d)
	}
	b.noFailures()
	feeds, err := b.store.Feeds(b.ctx, b.clientID)
	b.must(err)
	for _, f := range feeds {
		if f.Failures != 0 || f.LastError != "" {
			t.Errorf("the feed %s has failed: %s", f.Feed, f.LastError)
		}
	}
	b.hub = b.newHub(b.store)
	b.start(b.hub)
	b.delivered(job, "ada")
	b.eventually("the statuses are read again", func() string { return missing(b.feed(b.clientID, staffing.FeedStatuses).Lease == nil) })
	b.noFailures()
}

// A vendor that ignores the stop does not hold it up; what it did is looked for
// by the next hub.
func TestAStopEndsInTimeWhateverTheVendorDoes(t *testing.T) {
	b := newBench(t)
	gate := make(chan struct{})
	b.ats.next("put job R-100", waitsFor(gate))
	b.requisition("100", "Welder")
	b.eventually("the job is on its way", func() string { return missing(b.ats.count("put job R-100") == 1) })
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	began := time.Now()
	err := b.hub.Stop(ctx)
	if d := time.Since(began); err == nil || d > 6*time.Second {
		t.Errorf("the stop took %s and says %v", d, err)
	}
	close(gate)
	b.eventually("the old hub has ended", func() string { return missing(b.jobsIn(kindSync, "running") == 0) })
	b.hub = b.newHub(b.store)
	b.start(b.hub)
	req := b.synced("100")
	if made := b.ats.made("put job", req.ID.String()); len(made) != 1 {
		t.Errorf("%d jobs were made", len(made))
	}
	b.drained()
	b.noFailures()
}

// feed gives one feed of a connection.
func (b *bench) feed(connection fmt.Stringer, name staffing.Feed) (out store.Feed) {
	b.t.Helper()
	feeds, err := b.store.Feeds(b.ctx, noConnection)
	b.must(err)
	for _, f := range feeds {
		if f.Feed == name && f.ConnectionID.String() == connection.String() {
			out = f
		}
	}
	return out
}
