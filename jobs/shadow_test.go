package jobs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// shadow puts the client's connection into shadow mode, and live ends it.
func (b *bench) shadow() { b.t.Helper(); b.must(b.hub.GoShadow(b.ctx, b.clientID, b.manager())) }
func (b *bench) goLive() { b.t.Helper(); b.must(b.hub.GoLive(b.ctx, b.clientID, b.manager())) }

// leftOut waits until a step of a record was left out, and gives what was noted.
func (b *bench) leftOut(step string, subject staffing.Subject, words string) store.ShadowEvent {
	b.t.Helper()
	var found store.ShadowEvent
	b.eventually(step+" is left out", func() string {
		all, err := b.store.ShadowEvents(b.ctx, b.clientID, 100)
		b.must(err)
		for _, e := range all {
			if e.Step == step && e.Subject == subject {
				found = e
				return ""
			}
		}
		return fmt.Sprintf("%d others", len(all))
	})
	if !strings.Contains(found.Words, words) {
		b.t.Errorf("of %s it says %s", step, found.Words)
	}
	return found
}

// remark gives what a record says of shadow mode.
func remark(findings []staffing.Finding) (out []string) {
	for _, f := range findings {
		if f.Rule == store.ShadowRule && f.Severity == staffing.SeverityWarning {
			out = append(out, f.Message)
		}
	}
	return out
}

func (b *bench) writes() int {
	b.ats.mu.Lock()
	defer b.ats.mu.Unlock()
	b.client.mu.Lock()
	defer b.client.mu.Unlock()
	b.erp.mu.Lock()
	defer b.erp.mu.Unlock()
	return len(b.ats.effects) + len(b.client.effects) + len(b.erp.effects)
}

func TestAConnectionInShadowModeWritesNothingUntilItIsLive(t *testing.T) {
	b := newBench(t)
	b.shadow()
	b.requisition("100", "Welder")
	b.requisition("101", "Fitter", map[string]any{"status": "frozen"})
	b.waits("101")
	e := b.leftOut(kindSync, staffing.SubjectRequisition, "a job would be created in internal_ats")
	b.drained()
	r := b.req("100")
	if said := remark(r.Findings.V); r.State != store.RequisitionValid || len(said) != 1 || !strings.HasPrefix(said[0], "Shadow mode: ") || !strings.Contains(e.Body, "Welder") {
		t.Errorf("the requisition is %s and says %v; kept is %s", r.State, said, e.Body)
	}
	b.requisition("100", "Welder II") // the client changes it meanwhile
	b.eventually("the newest is noted", func() string {
		all, err := b.store.ShadowOf(b.ctx, staffing.SubjectRequisition, r.ID)
		return missing(err == nil && len(all) == 1 && all[0].Count == 2 && strings.Contains(all[0].Body, "Welder II"))
	})
	score, err := b.store.ShadowScore(b.ctx, b.clientID)
	if err != nil || score.Requisitions != 2 || score.Jobs != 1 || score.RequisitionHeld != 1 || score.OpenGaps != 1 || score.Clean() != 50 || score.Since == nil {
		t.Errorf("the score is %+v (%v)", score, err)
	}
	if n := b.writes(); n != 0 {
		t.Errorf("%d things were written outside", n)
	}
	b.goLive()
	if r := b.synced("100"); len(remark(r.Findings.V)) != 0 || r.Title != "Welder II" || len(b.ats.made("put job", r.ID.String())) != 1 {
		t.Errorf("live it is %+v", r)
	}
	if score, err := b.store.ShadowScore(b.ctx, b.clientID); err != nil || score.Jobs != 0 {
		t.Errorf("live the score is %+v (%v)", score, err)
	}
	refusedWith(t, b.hub.GoLive(b.ctx, b.clientID, b.manager()), staffing.Conflict, "is in live mode already")
	refusedWith(t, b.hub.GoShadow(b.ctx, b.atsID, b.manager()), staffing.Invalid, "only a client's connection")
	log, n, err := b.store.AuditLog(b.ctx, store.AuditFilter{Action: "connection.went_"})
	if err != nil || n != 2 || log[0].Action != "connection.went_live" || !strings.Contains(log[0].Detail, `"released":1`) {
		t.Errorf("the audit log says %+v (%v)", log, err)
	}
}

func TestCandidatesStatusesAndBillsWaitInShadowMode(t *testing.T) {
	b := newBench(t)
	sub, placement := b.hired("1", "zoe") // live
	other := b.submitted("2", "yan")
	b.requisition("100", "Welder", map[string]any{"max": 1})
	job := *b.synced("100").JobID
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	b.ats.person("bob", "Bob", "Hall", "bob@example.com")
	b.shows(sub, "Placed")
	b.drained()
	b.shadow()
	before := b.writes()
	b.tells(moved(job, "ada", "Submit"))
	b.leftOut(kindDeliver, staffing.SubjectSubmission, "with the résumé")
	b.tells(moved(job, "bob", "Submit"))
	b.heldBy(job, "bob", "MAX_SUBMISSIONS") // Ada counts, as if she were there
	b.says(*other.ClientRef, "Interview", 90)
	b.leftOut(kindSyncStatus, staffing.SubjectSubmission, "would show Interviewing")
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, placement.ID, placement.ContentHash))
	b.leftOut(kindPost, staffing.SubjectPlacement, "the bill would be posted")
	b.drained()
	p, err := b.store.Placement(b.ctx, placement.ID)
	if err != nil || p.State != store.PlacementApproved || len(remark(p.Findings.V)) != 1 {
		t.Errorf("the placement is %s with %v (%v)", p.State, p.Findings.V, err)
	}
	if s := b.sub(job, "ada"); s.State != store.SubmissionPending || len(remark(s.Findings.V)) != 1 {
		t.Errorf("the submission is %s with %v", s.State, s.Findings.V)
	}
	if n := b.writes(); n != before {
		t.Errorf("%d things were written outside", n-before)
	}
	b.goLive()
	b.delivered(job, "ada")
	b.shows(other, "Interviewing")
	if p := b.placement(sub.ID, store.PlacementPosted); len(remark(p.Findings.V)) != 0 {
		t.Errorf("posted, it says %v", p.Findings.V)
	}
	if n := b.client.count("submit 100"); n != 1 {
		t.Errorf("%d candidates were submitted", n)
	}
}

// The moment in which a connection goes live, or stops being live, loses nothing
// and lets nothing slip.
func TestGoingLiveAndBackAtAnyMomentLosesNothing(t *testing.T) {
	b := newBench(t)
	by := b.manager()
	b.shadow()
	const n = 40
	for i := range n {
		b.client.push(&b.client.requisitions, fmt.Sprint(1000+i), rawRequisition(fmt.Sprint(1000+i), "Welder"))
		if i%10 == 0 {
			b.pollNow(b.clientID)
			b.must(b.hub.GoLive(b.ctx, b.clientID, by))
			b.must(b.hub.GoShadow(b.ctx, b.clientID, by))
			b.drained() // what had left before has ended
			at := b.writes()
			b.requisition(fmt.Sprint(2000+i), "Fitter")
			b.drained()
			if now := b.writes(); now != at {
				t.Errorf("in shadow mode %d things were written", now-at)
			}
		}
	}
	b.pollNow(b.clientID)
	b.drained()
	b.must(b.hub.GoLive(b.ctx, b.clientID, by))
	for i := range n {
		if i%10 == 0 {
			b.synced(fmt.Sprint(2000 + i))
		}
		if made := b.ats.made("put job", b.synced(fmt.Sprint(1000+i)).ID.String()); len(made) != 1 {
			t.Errorf("requisition %d made %d jobs", i, len(made))
		}
	}
}
