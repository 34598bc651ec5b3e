package jobs

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// lossCase is one way in which the answer to a write gets lost.
type lossCase struct {
	says    string
	move    move
	existed bool // the hub finds it and does not send it again
	sent    int  // requests
	sub     store.Submission
	p       store.Placement
}

func lossCases() []*lossCase {
	return []*lossCase{
		{says: "the answer is lost after the commit", move: losesAnswer, existed: true, sent: 1},
		{says: "the answer is lost and nothing was done", move: losesRequest, sent: 2},
		{says: "the commit comes after the caller's time", move: commitsLate(1500 * time.Millisecond), existed: true, sent: 1},
		{says: "the step's time ends before the commit, and the error has no code", move: outlives, existed: true, sent: 1},
		{says: "the connector has a fault behind the commit", move: panicsAfter, existed: true, sent: 1},
		{says: "the vendor is away, and then there", move: refuses(staffing.Unavailable), sent: 2},
	}
}

// Three writes, and each way in which an answer gets lost. The vendors of the
// bench make another thing at every call: that there is one is the hub's doing.
func TestOneEffectWhateverGetsLost(t *testing.T) {
	b := newBench(t, func(c *Config) { c.JobTimeout, c.SettleAfter = 2*time.Second, 2*time.Second })
	cases := lossCases()
	id := func(i int) string { return fmt.Sprint(100 + i) }
	for i, c := range cases {
		b.ats.next("put job R-"+id(i), c.move)
		b.requisition(id(i), "Welder")
	}
	for i, c := range cases {
		req := b.synced(id(i))
		b.onlyOnce(c, staffing.SubjectRequisition, req.ID, *req.JobID, b.ats.vendor, "put job", "R-"+id(i))
		b.ats.person(id(i), "Ada", id(i), id(i)+"@example.com")
		b.client.next("submit "+id(i), c.move)
		b.tells(moved(*req.JobID, id(i), "Submit"))
	}
	for i, c := range cases {
		c.sub = b.delivered(*b.req(id(i)).JobID, id(i))
		b.onlyOnce(c, staffing.SubjectSubmission, c.sub.ID, *c.sub.ClientRef, b.client.vendor, "submit", id(i))
		b.client.hire(*c.sub.ClientRef, goodTerms)
		b.says(*c.sub.ClientRef, "Hired", 30)
	}
	for _, c := range cases {
		c.p = b.placement(c.sub.ID, store.PlacementAwaitingReview)
		b.erp.next("bill "+c.p.ID.String(), c.move)
		b.must(b.hub.Desk().Approve(b.ctx, b.finance, c.p.ID, c.p.ContentHash))
	}
	for _, c := range cases {
		p := b.placement(c.sub.ID, store.PlacementPosted)
		b.onlyOnce(c, staffing.SubjectPlacement, p.ID, *p.ERPID, b.erp.vendor, "bill", p.ID.String())
	}
	b.drained()
	b.noFailures()
}

// onlyOnce compares what a vendor has with what the hub kept of it.
func (b *bench) onlyOnce(c *lossCase, subject staffing.Subject, id uuid.UUID, kept string, v *vendor, verb, script string) {
	b.t.Helper()
	all, err := b.store.Effects(b.ctx, subject, id)
	b.must(err)
	var e store.Effect
	for _, x := range all {
		if x.Key == id.String() {
			e = x
		}
	}
	made, sent := v.made(verb, id.String()), v.count(verb+" "+script)
	if len(made) != 1 || sent != c.sent {
		b.t.Errorf("%s, %s: %d effects after %d requests, want one after %d", verb, c.says, len(made), sent, c.sent)
	}
	if e.State != store.EffectDone || e.VendorID != kept || e.Existed != c.existed || e.Attempts != c.sent || e.Request == "" {
		b.t.Errorf("%s, %s: the effect kept is %+v, and the record says %s", verb, c.says, e, kept)
	}
}

// patient waits for an open outcome longer than the test holds it open.
func patient(c *Config) { c.SettleAfter = 3 * time.Second }

// Two versions of a fresh requisition in quick succession make one job, with the
// newest fields, whichever sync comes first.
func TestTwoVersionsMakeOneJob(t *testing.T) {
	b := newBench(t, patient)
	gate := make(chan struct{})
	b.ats.next("put job R-100", waitsFor(gate))
	b.requisition("100", "Welder")
	b.eventually("the first version is on its way", func() string { return missing(b.ats.count("put job R-100") == 1) })
	b.requisition("100", "Senior welder")
	b.eventually("the second version is valid", func() string {
		r := b.req("100")
		return missing(r.Version == 2 && r.State == store.RequisitionValid)
	})
	b.eventually("the second sync waits for the first", func() string { return missing(b.waiting(kindSync)) })
	close(gate)
	req := b.synced("100")
	b.drained()
	if made := b.ats.made("put job", req.ID.String()); len(made) != 1 {
		t.Errorf("%d jobs were made", len(made))
	}
	want := `{"client":"` + b.code() + `","number":"R-100","openings":1,"title":"Senior welder"}`
	if got := b.ats.job(*req.JobID); got != want {
		t.Errorf("the job shows %s, want %s", got, want)
	}
	b.noFailures()
}

// An update that is slow at the vendor lands after a newer one: the newer is
// written again.
func TestASlowUpdateDoesNotHideANewerOne(t *testing.T) {
	b := newBench(t)
	b.requisition("100", "Welder")
	b.synced("100")
	gate := make(chan struct{})
	b.ats.next("update job R-100", waitsFor(gate))
	b.requisition("100", "Welder II")
	b.eventually("the second version is on its way", func() string { return missing(b.ats.count("update job R-100") == 1) })
	b.requisition("100", "Welder III")
	b.eventually("the third version is there", func() string { return missing(b.req("100").SyncedVersion == 3) })
	close(gate)
	b.drained()
	req := b.req("100")
	if got := b.ats.job(*req.JobID); got != `{"client":"`+b.code()+`","number":"R-100","openings":1,"title":"Welder III"}` || req.State != store.RequisitionSynced {
		t.Errorf("the job shows %s, the requisition is %s", got, req.State)
	}
}

func (b *bench) code() string {
	b.t.Helper()
	all, err := b.store.Clients(b.ctx)
	b.must(err)
	return all[0].Code
}

// waiting says that a job of a kind is snoozed or retried.
func (b *bench) waiting(kind string) bool {
	b.t.Helper()
	return b.jobsIn(kind, "retryable", "scheduled") > 0 || b.snoozed(kind)
}

// jobsIn counts the jobs of a kind in any of the states.
func (b *bench) jobsIn(kind string, states ...string) (n int) {
	b.t.Helper()
	depths, err := b.store.JobDepths(b.ctx)
	b.must(err)
	for _, d := range depths {
		for _, s := range states {
			if d.Kind == kind && d.State == s {
				n += d.Count
			}
		}
	}
	return n
}

func (b *bench) snoozed(kind string) (yes bool) {
	b.t.Helper()
	b.must(b.store.DB().QueryRowContext(b.ctx, `select exists (select 1 from river_job where kind = $1 and metadata ? 'snoozes')`, kind).Scan(&yes))
	return yes
}

// Events that say the same, by webhook and feed, twice each, make one submission
// and one application.
func TestRepeatedTriggersMakeOneSubmission(t *testing.T) {
	b := newBench(t, patient)
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	gate := make(chan struct{})
	b.client.next("submit 100", waitsFor(gate))
	e := moved(job, "ada", "Submit")
	again := e
	again.OccurredAt = e.OccurredAt.Add(time.Second)
	for _, x := range []staffing.CandidateStatusChanged{e, again, e} {
		b.hook(x)
		b.tells(x)
	}
	b.eventually("the delivery is under way and the events are read", func() string {
		return missing(b.client.count("submit 100") == 1 && b.jobsIn(kindApplyCandidate, "available", "running")+b.jobsIn(kindReceive, "available", "running") == 0)
	})
	close(gate)
	sub := b.delivered(job, "ada")
	b.drained()
	b.tells(e)
	b.hook(again)
	b.drained()
	if made, asked := b.client.made("submit", sub.ID.String()), b.client.count("submit 100"); len(made) != 1 || asked != 1 {
		t.Errorf("%d applications after %d requests", len(made), asked)
	}
	subs, n, err := b.store.Submissions(b.ctx, store.SubmissionFilter{})
	if err != nil || n != 1 {
		t.Errorf("%d submissions: %+v (%v)", n, subs, err)
	}
	b.noFailures()
}

// A recruiter who moves the candidate again, after a delivery that failed for good,
// asks for another.
func TestATriggerAfterAFailureTriesAgain(t *testing.T) {
	b := newBench(t)
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	b.tells(moved(job, "ada", "Submit")) // the ATS does not find her
	f := b.failure(kindDeliver, "", store.FailureOpen)
	if f.Code != staffing.NotFound {
		t.Errorf("the failure is %+v", f)
	}
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	e := moved(job, "ada", "Submit")
	e.OccurredAt = e.OccurredAt.Add(time.Minute)
	b.hook(e)
	b.delivered(job, "ada")
	b.noFailures()
}

// Concurrent deliveries of one submission, as a retry beside a trigger makes them.
func TestConcurrentDeliveriesMakeOneApplication(t *testing.T) {
	b := newBench(t)
	sub := b.submittedBy(6)
	if made := b.client.made("submit", sub.ID.String()); len(made) != 1 {
		t.Errorf("%d applications", len(made))
	}
	b.drained()
	b.noFailures()
}

// submittedBy delivers one submission by several jobs at once.
func (b *bench) submittedBy(n int) store.Submission {
	b.t.Helper()
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	b.ats.next("candidate ada", refuses(staffing.NotFound))
	b.tells(moved(job, "ada", "Submit"))
	b.eventually("the first delivery has failed", func() string { _, live := b.live(kindDeliver, ""); return missing(live) })
	id := b.sub(job, "ada").ID
	b.tx(func(tx *store.Tx) error {
		for range n {
			if err := b.hub.Deliver(b.ctx, tx, id); err != nil {
				return err
			}
		}
		return nil
	})
	return b.delivered(job, "ada")
}
