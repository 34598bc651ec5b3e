package jobs

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// What people and systems do, and what is then there.

// requisition lets the client open or change a requisition, and the hub read it.
func (b *bench) requisition(id, title string, with ...map[string]any) {
	b.t.Helper()
	b.client.push(&b.client.requisitions, id, rawRequisition(id, title, with...))
	b.pollNow(b.clientID)
}

func rawRequisition(id, title string, with ...map[string]any) map[string]any {
	raw := map[string]any{"id": id, "number": "R-" + id, "title": title, "status": "open", "openings": 1}
	for _, w := range with {
		for k, v := range w {
			raw[k] = v
		}
	}
	return raw
}

// req gives a requisition by the client's id; its state is "" before it is there.
func (b *bench) req(id string) store.Requisition {
	b.t.Helper()
	all, _, err := b.store.Requisitions(b.ctx, store.RequisitionFilter{Search: id, Limit: 500})
	b.must(err)
	for _, r := range all {
		if r.ExternalID == id {
			return r.Requisition
		}
	}
	return store.Requisition{}
}

// synced waits until the internal ATS has the requisition's job.
func (b *bench) synced(id string) store.Requisition {
	b.t.Helper()
	var r store.Requisition
	b.eventually("requisition "+id+" is in the internal ATS", func() string {
		if r = b.req(id); r.State != store.RequisitionSynced {
			return "state " + r.State
		}
		return ""
	})
	return r
}

// moved is a recruiter's move of a candidate, as the ATS tells it.
func moved(job, candidate, status string) staffing.CandidateStatusChanged {
	return staffing.CandidateStatusChanged{JobID: job, CandidateID: candidate, SubmissionID: candidate + "@" + job, Status: status, OccurredAt: time.Now().UTC()}
}

// tells lets the internal ATS tell events in its feed.
func (b *bench) tells(events ...staffing.CandidateStatusChanged) {
	b.t.Helper()
	for _, e := range events {
		b.ats.push(&b.ats.events, e.SubmissionID, e)
	}
	b.pollNow(b.atsID)
}

// webhook receives a delivery as the web side does: kept with its job, in one
// transaction.
func (b *bench) webhook(connection uuid.UUID, h hook) {
	b.t.Helper()
	body, err := json.Marshal(h)
	b.must(err)
	b.tx(func(tx *store.Tx) error {
		id, fresh, err := tx.InsertDelivery(b.ctx, store.Delivery{ConnectionID: connection, DeliveryID: uuid.NewString(), Headers: store.Doc(http.Header{}), Body: body})
		if err != nil || !fresh {
			return err
		}
		return b.hub.Received(b.ctx, tx, id)
	})
}

// hook tells an event of the internal ATS by webhook.
func (b *bench) hook(e staffing.CandidateStatusChanged) {
	b.t.Helper()
	raw, err := json.Marshal(e)
	b.must(err)
	b.webhook(b.atsID, hook{Feed: staffing.FeedCandidates, ID: e.SubmissionID, Raw: raw})
}

// sub gives the submission of a candidate on a job; its state is "" before it is
// there.
func (b *bench) sub(job, candidate string) store.Submission {
	b.t.Helper()
	s, err := b.store.SubmissionByATS(b.ctx, b.atsID, candidate+"@"+job)
	if staffing.CodeOf(err) == staffing.NotFound {
		return store.Submission{}
	}
	b.must(err)
	return s
}

// delivered waits until the client has the candidate.
func (b *bench) delivered(job, candidate string) store.Submission {
	b.t.Helper()
	var s store.Submission
	b.eventually(candidate+" is with the client", func() string {
		if s = b.sub(job, candidate); s.State != store.SubmissionDelivered {
			return "state " + s.State
		}
		return ""
	})
	return s
}

// says lets the client move an application. at is minutes from now.
func (b *bench) says(app, word string, at int) {
	b.t.Helper()
	b.client.push(&b.client.statuses, app, rawStatus(app, word, at))
	b.pollNow(b.clientID)
}

func rawStatus(app, word string, at int) map[string]any {
	return map[string]any{"app": app, "word": word, "at": time.Now().UTC().Truncate(time.Second).Add(time.Duration(at) * time.Minute).Format(time.RFC3339)}
}

// stage waits until a submission stands at a stage.
func (b *bench) stage(id uuid.UUID, want staffing.Stage) {
	b.t.Helper()
	b.eventually("the submission stands at "+string(want), func() string {
		s, err := b.store.Submission(b.ctx, id)
		if err != nil || s.Stage != want {
			return fmt.Sprintf("%s (%v)", s.Stage, err)
		}
		return ""
	})
}

// shows waits until the internal ATS shows a word for a candidate-on-job.
func (b *bench) shows(sub store.Submission, want string) {
	b.t.Helper()
	b.eventually("the internal ATS shows "+want, func() string {
		if got := b.ats.status(sub.ATSSubmissionID); got != want {
			return "it shows " + got
		}
		return ""
	})
}

var goodTerms = map[string]any{"id": "WO-1", "start": "2026-04-06", "end": "2026-10-02", "rate": "95.00", "po": "PO-1", "cc": "CC-1"}

// termsWith gives the good terms with one of them changed.
func termsWith(key string, value any) map[string]any {
	out := map[string]any{}
	for k, v := range goodTerms {
		out[k] = v
	}
	out[key] = value
	return out
}

// placement waits until the placement of a submission is in a state.
func (b *bench) placement(sub uuid.UUID, want string) store.Placement {
	b.t.Helper()
	var p store.Placement
	b.eventually("the placement is "+want, func() string {
		var err error
		if p, err = b.store.PlacementOf(b.ctx, sub); err != nil || p.State != want {
			return fmt.Sprintf("%s (%v)", p.State, err)
		}
		return ""
	})
	return p
}

// submitted takes a fresh requisition and a candidate to the client.
func (b *bench) submitted(req, candidate string) store.Submission {
	b.t.Helper()
	b.requisition(req, "Welder")
	job := *b.synced(req).JobID
	b.ats.person(candidate, "Ada", "Byron", candidate+"@example.com")
	b.tells(moved(job, candidate, "Submit"))
	return b.delivered(job, candidate)
}

// hired takes a fresh requisition and a candidate to a placement before finance.
func (b *bench) hired(req, candidate string) (store.Submission, store.Placement) {
	b.t.Helper()
	sub := b.submitted(req, candidate)
	b.client.hire(*sub.ClientRef, goodTerms)
	b.says(*sub.ClientRef, "Hired", 30)
	return sub, b.placement(sub.ID, store.PlacementAwaitingReview)
}

// failure waits for the live failure of a step with that subject.
func (b *bench) failure(step, subject, state string) store.Failure {
	b.t.Helper()
	var found store.Failure
	b.eventually("the failure of "+step+" is "+state, func() string {
		f, live := b.live(step, subject)
		if !live || f.State != state {
			return fmt.Sprintf("%v %s", live, f.State)
		}
		found = f
		return ""
	})
	return found
}

// live gives the live failure of a step; subject "" is any.
func (b *bench) live(step, subject string) (store.Failure, bool) {
	b.t.Helper()
	all, _, err := b.store.Failures(b.ctx, store.FailureFilter{Limit: 500})
	b.must(err)
	for _, f := range all {
		if f.Step == step && (subject == "" || f.SubjectID == subject) {
			return f.Failure, true
		}
	}
	return store.Failure{}, false
}

// noFailures says that the page of failed records is empty.
func (b *bench) noFailures() {
	b.t.Helper()
	b.eventually("the page of failed records is empty", func() string {
		all, n, err := b.store.Failures(b.ctx, store.FailureFilter{})
		if err != nil || n > 0 {
			return fmt.Sprintf("%d of them (%v): %+v", n, err, all)
		}
		return ""
	})
}

// effect gives the one effect of a kind on a subject.
func (b *bench) effect(subject staffing.Subject, id uuid.UUID, kind string) store.Effect {
	b.t.Helper()
	all, err := b.store.Effects(b.ctx, subject, id)
	b.must(err)
	for _, e := range all {
		if e.Kind == kind {
			return e
		}
	}
	return store.Effect{}
}

// state pauses or resumes a connection.
func (b *bench) state(connection uuid.UUID, s staffing.ConnectionState) {
	b.t.Helper()
	b.must(b.store.SetConnectionState(b.ctx, connection, s, "by a test"))
}

// publish makes a changed profile the one in force.
func (b *bench) publish(connection uuid.UUID, document string) {
	b.t.Helper()
	b.tx(func(tx *store.Tx) error {
		_, err := tx.PublishProfile(b.ctx, connection, document, "am@example.com", "a test")
		return err
	})
}

// retry is the operator's button.
func (b *bench) retry(f store.Failure) {
	b.t.Helper()
	b.tx(func(tx *store.Tx) error { return b.hub.Retry(b.ctx, tx, f) })
	b.must(b.hub.Wake(b.ctx))
}
