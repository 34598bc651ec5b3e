package jobs

import (
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

func TestARequisitionWaitsWithItsReasonUntilTheProfileKnowsBetter(t *testing.T) {
	b := newBench(t)
	b.requisition("100", "Welder", map[string]any{"status": "frozen"})
	b.requisition("101", " ")
	b.requisition("102", "Fitter")
	b.synced("102") // the others hold nobody up
	f := b.failure(kindValidate, b.req("100").ID.String(), store.FailureOpen)
	if f.Cause != kindValidate+"/gap:status:requisition_status:frozen" && !strings.Contains(f.Cause, "gap:status:") || !strings.Contains(f.Message, "frozen") {
		t.Errorf("the failure is %+v", f)
	}
	b.gapIs("frozen")
	untitled := b.failure(kindValidate, b.req("101").ID.String(), store.FailureOpen)
	if r := b.req("101"); untitled.Cause != kindValidate+"/rule:TITLE_MISSING" || r.State != store.RequisitionNeedsAttention || len(r.Findings.V) != 1 {
		t.Errorf("the untitled one is %s with %+v: %s", r.State, r.Findings.V, untitled.Cause)
	}
	if n := b.ats.count("put job R-100") + b.ats.count("put job R-101"); n != 0 {
		t.Errorf("%d jobs were made of requisitions that wait", n)
	}
	b.retry(f) // too early: it waits again
	b.drained()
	f = b.failure(kindValidate, b.req("100").ID.String(), store.FailureOpen)
	b.publish(b.clientID, strings.Replace(clientProfile, "hold: on_hold", "hold: on_hold, frozen: on_hold", 1))
	b.retry(f)
	if r := b.synced("100"); r.ProfileVersion != 2 || r.Canonical.V.Status != staffing.ReqOnHold {
		t.Errorf("the requisition is %+v", r)
	}
	b.requisition("101", "Rigger") // the client mends the other
	b.synced("101")
	b.noFailures()
}

func TestADraftMakesNoJob(t *testing.T) {
	b := newBench(t)
	b.requisition("100", "Welder", map[string]any{"status": "draft"})
	b.eventually("it is valid", func() string { return missing(b.req("100").State == store.RequisitionValid) })
	b.drained()
	if n := b.ats.count("put job R-100"); n != 0 {
		t.Error("a draft made a job")
	}
	b.requisition("100", "Welder")
	b.synced("100")
	b.requisition("100", "Welder", map[string]any{"status": "closed"}) // the job follows to its end
	b.eventually("the close is synced", func() string {
		r := b.req("100")
		return missing(r.SyncedVersion == 3 && r.State == store.RequisitionSynced)
	})
	b.noFailures()
}

// blocked waits until a submission is held back by a rule.
func (b *bench) heldBy(job, candidate, rule string) store.Failure {
	b.t.Helper()
	b.eventually("the submission of "+candidate+" is held", func() string { return missing(b.sub(job, candidate).State == store.SubmissionNeedsAttention) })
	sub := b.sub(job, candidate)
	f := b.failure(kindDeliver, sub.ID.String(), store.FailureOpen)
	if f.Cause != kindDeliver+"/rule:"+rule || f.Code != staffing.Invalid || f.Message == "" {
		b.t.Errorf("%s is held by %+v, want %s", candidate, f, rule)
	}
	if made := b.client.made("submit", sub.ID.String()); len(made) != 0 {
		b.t.Errorf("%s was submitted all the same", candidate)
	}
	return f
}

func TestASubmissionThatTheClientDoesNotTakeIsHeld(t *testing.T) {
	b := newBench(t)
	b.requisition("100", "Welder", map[string]any{"max": 2, "resume_required": true})
	job := *b.synced("100").JobID
	for id, email := range map[string]string{"ada": "ada@example.com", "twin": "ADA@example.com", "bare": "bare@example.com", "bob": "bob@example.com", "eve": "eve@example.com"} {
		b.ats.person(id, "A", id, email)
	}
	b.ats.noResume["bare"] = true
	b.tells(moved(job, "ada", "Submit"))
	b.delivered(job, "ada")
	b.tells(moved(job, "twin", "Submit"), moved(job, "bare", "Submit"))
	b.heldBy(job, "twin", "DUPLICATE_OWN")
	bare := b.heldBy(job, "bare", "RESUME_REQUIRED")
	b.tells(moved(job, "bob", "Submit"))
	bob := b.delivered(job, "bob")
	b.tells(moved(job, "eve", "Submit"))
	eve := b.heldBy(job, "eve", "MAX_SUBMISSIONS")
	b.says(*bob.ClientRef, "Withdrawn", 5) // a place is free
	b.stage(bob.ID, staffing.Withdrawn)
	b.retry(eve)
	b.delivered(job, "eve")
	b.ats.mu.Lock()
	delete(b.ats.noResume, "bare")
	b.ats.mu.Unlock()
	b.retry(bare)
	b.heldBy(job, "bare", "MAX_SUBMISSIONS")
}

// Candidates that are submitted in one breath are counted like those that come one
// after the other.
func TestTheClientsLimitHoldsForCandidatesInOneBreath(t *testing.T) {
	b := newBench(t, patient)
	b.requisition("100", "Welder", map[string]any{"max": 2})
	job := *b.synced("100").JobID
	gate := make(chan struct{})
	b.client.next("submit 100", times(6, waitsFor(gate))...)
	var events []staffing.CandidateStatusChanged
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		b.ats.person(id, "A", id, id+"@example.com")
		events = append(events, moved(job, id, "Submit"))
	}
	b.ats.person("twin", "A", "twin", "a@example.com")
	b.tells(append(events, moved(job, "twin", "Submit"))...)
	b.eventually("all six have been checked", func() string {
		held := 0
		for _, id := range []string{"a", "b", "c", "d", "e", "twin"} {
			if b.sub(job, id).State == store.SubmissionNeedsAttention {
				held++
			}
		}
		return missing(held+b.client.count("submit 100") == 6)
	})
	close(gate)
	b.drained()
	if n := b.client.count("submit 100"); n != 2 {
		t.Errorf("the client takes 2 candidates and got %d", n)
	}
}

// One person under two ids of the internal ATS is one applicant.
func TestOnePersonUnderTwoIdsIsSubmittedOnce(t *testing.T) {
	b := newBench(t, patient)
	b.requisition("100", "Welder")
	job := *b.synced("100").JobID
	gate := make(chan struct{})
	b.client.next("submit 100", times(2, waitsFor(gate))...)
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	b.ats.person("twin", "Ada", "King", "Ada@Example.com")
	b.tells(moved(job, "ada", "Submit"), moved(job, "twin", "Submit"))
	b.eventually("both have been checked", func() string {
		_, held := b.live(kindDeliver, "")
		return missing(b.client.count("submit 100") == 2 || b.client.count("submit 100") == 1 && held)
	})
	close(gate)
	b.drained()
	if n := b.client.count("submit 100"); n != 1 {
		t.Errorf("one person was submitted %d times", n)
	}
}

// What a client's rule may know of a person: when they were last put before it, for
// whatever requisition.
func TestARuleKnowsWhenAPersonWasLastSentToTheClient(t *testing.T) {
	b := newBench(t)
	b.publish(b.clientID, clientProfile+"rules:\n  - {id: WINDOW, on: submission, assert: 'facts.last_to_client == \"\"', severity: error, message: 'Last sent on {{ facts.last_to_client }}.'}\n")
	b.requisition("100", "Welder")
	b.requisition("101", "Fitter")
	first, second := *b.synced("100").JobID, *b.synced("101").JobID
	b.ats.person("ada", "Ada", "Byron", "ada@example.com")
	b.ats.person("twin", "Ada", "King", "Ada@Example.com")
	b.tells(moved(first, "ada", "Submit"))
	sub := b.delivered(first, "ada")
	b.tells(moved(second, "twin", "Submit"))
	if f := b.heldBy(second, "twin", "WINDOW"); !strings.Contains(f.Message, "Last sent on "+sub.DeliveredAt.UTC().Format("2006-01-02")) {
		t.Errorf("it is held with %s", f.Message)
	}
}
