package jobs

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

func TestOtherApplicantsStatusesAreNotKept(t *testing.T) {
	b := newBench(t)
	sub := b.submitted("100", "ada")
	b.client.push(&b.client.statuses, "app-of-a-stranger", rawStatus("app-of-a-stranger", "Rejected", 1))
	b.says(*sub.ClientRef, "Review", 1)
	b.stage(sub.ID, staffing.ClientReview)
	if raw, err := b.store.LatestRaw(b.ctx, b.clientID, staffing.FeedStatuses, "app-of-a-stranger"); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("the stranger's status is kept: %s (%v)", raw.Raw, err)
	}
}

// keepsAnswer does what it is told, and holds the answer back until gate opens.
func keepsAnswer(gate <-chan struct{}) move {
	return func(_ context.Context, commit func()) error {
		commit()
		<-gate
		return nil
	}
}

// A client that moves an applicant before the hub has the receipt is heard all
// the same.
func TestAStatusBeforeTheReceiptIsApplied(t *testing.T) {
	b := newBench(t, patient)
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	gate := make(chan struct{})
	b.client.next("submit 100", keepsAnswer(gate))
	b.tells(moved(job, "ada", "Submit"))
	b.eventually("the application is there", func() string { return missing(b.client.count("submit 100") == 1) })
	b.says("app-1", "Review", 5)
	b.cursor(staffing.FeedStatuses, "1")
	close(gate)
	sub := b.delivered(job, "ada")
	b.stage(sub.ID, staffing.ClientReview)
	b.shows(sub, "In review")
}

// The same when both happen at one time: the page of statuses is being saved while
// the receipt comes.
func TestAStatusBesideTheReceiptIsApplied(t *testing.T) {
	b := newBench(t, patient)
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	gate := make(chan struct{})
	b.client.next("submit 100", keepsAnswer(gate))
	b.tells(moved(job, "ada", "Submit"))
	b.eventually("the application is there", func() string { return missing(b.client.count("submit 100") == 1) })
	sys, err := b.hub.Systems().Open(b.ctx, b.clientID)
	b.must(err)
	b.client.push(&b.client.statuses, "app-1", rawStatus("app-1", "Review", 5))
	records := b.client.statuses.records
	b.tx(func(tx *store.Tx) error {
		follow, err := b.hub.saveStatuses(b.ctx, tx, sys, records)
		if err != nil {
			return err
		}
		close(gate)
		b.eventually("the receipt is kept, or waits for the page", func() string {
			return missing(b.sub(job, "ada").State == store.SubmissionDelivered || b.blocked() > 0)
		})
		return b.hub.enqueue(b.ctx, tx, follow...)
	})
	sub := b.delivered(job, "ada")
	b.stage(sub.ID, staffing.ClientReview)
}

// blocked counts the queries of this database that wait for a lock.
func (b *bench) blocked() (n int) {
	b.t.Helper()
	b.must(b.store.DB().QueryRowContext(b.ctx, `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&n))
	return n
}

// A recruiter who is quick moves a candidate on a job whose receipt comes at the
// same moment.
func TestACandidateEventBesideTheJobsReceiptIsTaken(t *testing.T) {
	b := newBench(t, patient)
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	gate := make(chan struct{})
	b.ats.next("put job R-100", keepsAnswer(gate))
	b.requisition("100", "Welder")
	b.eventually("the job is there", func() string { return missing(b.ats.count("put job R-100") == 1) })
	b.tx(func(tx *store.Tx) error {
		if _, err := tx.SQL().ExecContext(b.ctx, `lock table effects in access exclusive mode`); err != nil {
			return err
		}
		b.hook(moved("job-1", "ada", "Submit"))
		b.eventually("the event waits for the effects", func() string { return missing(b.blocked() == 1) })
		close(gate)
		return b.settleByHand(tx)
	})
	b.delivered("job-1", "ada")
}

// settleByHand keeps the receipt of the one job as the sync does.
func (b *bench) settleByHand(tx *store.Tx) error {
	req := b.req("100")
	rc := staffing.Receipt{ID: "job-1"}
	e, err := tx.EffectByKey(b.ctx, b.atsID, store.EffectJob, req.ID.String())
	if err != nil {
		return err
	}
	if err := tx.SettleEffect(b.ctx, e.ID, rc); err != nil {
		return err
	}
	return tx.SaveJob(b.ctx, req, b.atsID, rc, []byte("x"))
}

// Whatever the order in which a client's words arrive, every submission ends where
// the client's clock says, and so does the internal ATS.
func TestStatusesConvergeWhateverTheirOrder(t *testing.T) {
	b := newBench(t, func(c *Config) { c.Workers = 12 })
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	words := []string{"Review", "Interview", "Rejected", "Offer"} // by the client's clock
	orders := permutations(len(words))
	var events []staffing.CandidateStatusChanged
	for i := range orders {
		id := fmt.Sprint("c", i)
		b.ats.person(id, "Ada", id, id+"@example.com")
		events = append(events, moved(job, id, "Submit"))
	}
	b.tells(events...)
	subs := make([]store.Submission, len(orders))
	for i := range orders {
		subs[i] = b.delivered(job, fmt.Sprint("c", i))
	}
	for n := range words { // one word of each at a time
		for i, order := range orders {
			b.client.push(&b.client.statuses, *subs[i].ClientRef, rawStatus(*subs[i].ClientRef, words[order[n]], 10*(1+order[n])))
		}
		b.pollNow(b.clientID)
		b.cursor(staffing.FeedStatuses, fmt.Sprint((n+1)*len(orders)))
	}
	b.drained()
	for i, order := range orders {
		sub, err := b.store.Submission(b.ctx, subs[i].ID)
		b.must(err)
		if shown := b.ats.status(sub.ATSSubmissionID); sub.Stage != staffing.Offer || shown != "Offered" {
			t.Errorf("in the order %v it ends at %s, and the ATS shows %s", order, sub.Stage, shown)
		}
		b.timelineIs(sub, "client_submitted client_review interview rejected_client offer")
	}
	b.noFailures()
}

func permutations(n int) (out [][]int) {
	if n == 0 {
		return [][]int{nil}
	}
	for _, p := range permutations(n - 1) {
		for i := 0; i < n; i++ {
			q := append(append(append([]int(nil), p[:i]...), n-1), p[i:]...)
			out = append(out, q)
		}
	}
	return out
}

// An update of the ATS that is slow lands after a newer one: the newer is written
// again.
func TestASlowStatusDoesNotHideANewerOne(t *testing.T) {
	b := newBench(t)
	sub := b.submitted("100", "ada")
	b.shows(sub, "Sent")
	gate := make(chan struct{})
	b.ats.next("put status", waitsFor(gate))
	b.says(*sub.ClientRef, "Review", 5)
	b.eventually("the first status is on its way", func() string { return missing(b.ats.count("put status") == 2) })
	b.says(*sub.ClientRef, "Interview", 10)
	b.shows(sub, "Interviewing")
	b.eventually("the second status is written down", func() string { return missing(b.jobsIn(kindSyncStatus, "running", "available") == 1) })
	close(gate)
	b.drained()
	if got := b.ats.status(sub.ATSSubmissionID); got != "Interviewing" {
		t.Errorf("the ATS shows %s", got)
	}
	if now, err := b.store.Submission(b.ctx, sub.ID); err != nil || now.ATSStatus != "Interviewing" {
		t.Errorf("the hub believes that the ATS shows %s (%v)", now.ATSStatus, err)
	}
}

func TestAnUnmappedStatusMovesNothingUntilItIsMapped(t *testing.T) {
	b := newBench(t)
	sub := b.submitted("100", "ada")
	b.says(*sub.ClientRef, "Background check", 5)
	f := b.failure(kindApplyStatus, "", store.FailureOpen)
	if f.Code != staffing.Invalid || !strings.Contains(f.Message, "Background check") || !strings.HasPrefix(f.Cause, kindApplyStatus+"/gap:status:") {
		t.Errorf("the failure is %+v", f)
	}
	b.gapIs("Background check")
	now, err := b.store.Submission(b.ctx, sub.ID)
	if err != nil || now.Stage != staffing.ClientSubmitted {
		t.Errorf("the unmapped word moved the submission to %s (%v)", now.Stage, err)
	}
	b.timelineIs(sub, "client_submitted ")
	if n := b.ats.count("put status"); n > 1 {
		t.Errorf("the ATS was told %d times", n)
	}
	b.publish(b.clientID, strings.Replace(clientProfile, "Review: client_review", "Review: client_review, Background check: offer", 1))
	b.retry(f)
	b.stage(sub.ID, staffing.Offer)
	b.shows(sub, "Offered")
	b.noFailures()
}

// gapIs compares the values of the client's open gaps.
func (b *bench) gapIs(want ...string) {
	b.t.Helper()
	gaps, err := b.store.Gaps(b.ctx, b.clientID)
	b.must(err)
	var got []string
	for _, g := range gaps {
		got = append(got, g.Value)
	}
	if strings.Join(got, ",") != strings.Join(want, ",") {
		b.t.Errorf("the gaps are %q, want %q", got, want)
	}
}
