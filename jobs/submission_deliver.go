package jobs

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// delivery is what a submission's way to the client needs.
type delivery struct {
	sub       store.Submission
	req       store.Requisition
	raw       store.RawRecord // the requisition's
	client    store.Client
	canonical staffing.Submission
	resume    *staffing.File
	gaps      []staffing.Gap
	findings  []staffing.Finding
	fields    json.RawMessage
}

// deliverSubmission reads the candidate in the internal ATS, checks the
// submission against the client's rules, and puts it into the client's system
// with the résumé, once.
func (h *Hub) deliverSubmission(ctx context.Context, r *run, a deliverArgs) error {
	d, err := h.loadDelivery(ctx, a.ID)
	if err != nil {
		return err
	}
	if d.sub.State == store.SubmissionDelivered {
		return nil
	}
	sys, err := r.open(ctx, d.sub.ConnectionID) // first: without a seat there, reading the candidate is in vain
	if err != nil {
		return err
	}
	if err := h.readCandidate(ctx, r, d); err != nil {
		return err
	}
	r.at(sys.Connection.ID)
	sink, err := can[staffing.SubmissionSink](sys, "take submissions")
	if err != nil {
		return err
	}
	if err := h.makeSubmission(sys, d); err != nil {
		return err
	}
	out := staffing.SubmissionRequest{Key: d.sub.ID.String(), RequisitionID: d.req.ExternalID, Requisition: d.raw.Raw, Fields: d.fields, Resume: d.resume}
	w := write{sys: sys, kind: store.EffectSubmission, key: out.Key, request: d.fields,
		find:  func(ctx context.Context) (staffing.Receipt, error) { return sink.FindSubmission(ctx, out) },
		put:   func(ctx context.Context) (staffing.Receipt, error) { return sink.Submit(ctx, out) },
		still: r.unlessShadow(ctx, d.sub.ConnectionID, nil)}
	shadow, err := r.holds(ctx, d.sub.ConnectionID)
	if err != nil {
		return err
	}
	if shadow {
		return h.leaveDelivery(ctx, r, d, w)
	}
	why, err := h.admit(ctx, r, d, w)
	if err != nil {
		return err
	}
	if why != nil {
		d.sub.State = store.SubmissionNeedsAttention
		return r.block(ctx, why, func(tx *store.Tx) error { return h.saveCheck(ctx, tx, d) })
	}
	rc, effect, err := r.once(ctx, w)
	if err != nil {
		return h.refusedByClient(ctx, d, err)
	}
	return r.finish(ctx, func(tx *store.Tx) error { return h.saveDelivery(ctx, tx, d, rc, effect) })
}

// admit asks the client's rules, and notes the intent to submit when nothing holds
// the submission back; why says what does. One submission of a requisition is
// admitted at a time: what is on its way counts for those that come with it.
func (h *Hub) admit(ctx context.Context, r *run, d *delivery, w write) (why, err error) {
	intent, err := r.intent(w)
	if err != nil {
		return nil, err
	}
	under, err := h.underWay(ctx, w.sys, d.sub.ID)
	if err != nil {
		return nil, err
	}
	err = h.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.FenceJob(ctx, r.jobID, r.attempt); err != nil {
			return err
		}
		if err := tx.LockRequisition(ctx, d.req.ID); err != nil {
			return err
		}
		if err := h.checkSubmission(ctx, tx, w.sys, d); err != nil {
			return err
		}
		if why = held(d.findings, d.gaps); why != nil && !under {
			return nil
		}
		why = nil
		if err := h.saveCheck(ctx, tx, d); err != nil {
			return err
		}
		_, err := tx.IntendEffect(ctx, intent)
		return err
	})
	return why, err
}

// refusedByClient shows the client's refusal on the submission: it waits for a
// person, and is not being delivered any more.
func (h *Hub) refusedByClient(ctx context.Context, d *delivery, refusal error) error {
	code := staffing.CodeOf(refusal)
	if staffing.IsOutcomeUnknown(refusal) || outcomes[code] != giveUp || code == staffing.Unauthorized {
		return refusal
	}
	d.sub.State = store.SubmissionNeedsAttention
	d.sub.Findings = store.Doc(append(d.findings, staffing.Finding{Rule: "REFUSED", Severity: staffing.SeverityError, Message: staffing.MessageOf(refusal)}))
	if err := h.store.SaveSubmissionCheck(ctx, d.sub); err != nil {
		h.log.Warn("a refusal was not noted on its submission", "submission_id", d.sub.ID, "error", err)
	}
	return refusal
}

func (h *Hub) loadDelivery(ctx context.Context, id uuid.UUID) (*delivery, error) {
	d := &delivery{}
	var err error
	if d.sub, err = h.store.Submission(ctx, id); err != nil {
		return nil, err
	}
	if d.req, err = h.store.Requisition(ctx, d.sub.RequisitionID); err != nil {
		return nil, err
	}
	if d.raw, err = h.store.RawRecord(ctx, d.req.RawID); err != nil {
		return nil, err
	}
	d.client, err = h.store.Client(ctx, d.sub.ClientID)
	return d, err
}

// readCandidate reads the person, the agreed rates and the résumé where the
// recruiter keeps them: in the internal ATS.
func (h *Hub) readCandidate(ctx context.Context, r *run, d *delivery) error {
	ats, err := r.open(ctx, d.sub.ATSConnectionID)
	if err != nil {
		return err
	}
	defer r.leave(ats)
	people, err := can[staffing.CandidateSource](ats, "be read for candidates")
	if err != nil {
		return err
	}
	external, err := h.store.CandidateExternalID(ctx, d.sub.CandidateID)
	if err != nil {
		return err
	}
	rec, err := people.Candidate(ctx, external)
	if err != nil {
		return err
	}
	person, gaps, err := ats.Program.Candidate(rec.Raw)
	if err != nil {
		return err
	}
	person.ExternalID = external
	d.gaps = append(d.gaps, gaps...)
	d.canonical = staffing.Submission{Key: d.sub.ID.String(), Internal: d.sub.ATSSubmissionID, Candidate: person, Status: d.sub.ATSStatus}
	if src, ok := ats.Connector.(staffing.SubmissionSource); ok {
		rec, err := src.Submission(ctx, d.sub.ATSSubmissionID)
		if err != nil {
			return err
		}
		offered, gaps, err := ats.Program.Offered(rec.Raw)
		if err != nil {
			return err
		}
		d.canonical.Offered, d.gaps = offered, append(d.gaps, gaps...)
	}
	if d.resume, err = people.Resume(ctx, external); err != nil {
		return err
	}
	if d.resume != nil {
		d.canonical.Candidate.ResumeFileName = first(d.canonical.Candidate.ResumeFileName, d.resume.Name)
	}
	return h.store.SaveCandidate(ctx, d.sub.CandidateID, person)
}

// underWay says that an earlier attempt may have delivered already: then the
// rules have had their say, and only the outcome is looked for.
func (h *Hub) underWay(ctx context.Context, sys *System, id uuid.UUID) (bool, error) {
	effects, err := h.store.Effects(ctx, staffing.SubjectSubmission, id)
	for _, e := range effects {
		sent := e.State == store.EffectSent || e.State == store.EffectUnknown || e.State == store.EffectIntended && e.Attempts > 0 // looked for, and not whole
		if sent && e.Kind == store.EffectSubmission && e.ConnectionID == sys.Connection.ID {
			return true, nil
		}
	}
	return false, err
}

// makeSubmission makes the client's body.
func (h *Hub) makeSubmission(sys *System, d *delivery) error {
	fields, gaps, err := sys.Program.Submission(mapping.SubmissionInput{Submission: d.canonical, Requisition: d.req.Canonical.V, RequisitionRaw: d.raw.Raw, Client: d.client.Domain()})
	d.fields, d.gaps = fields, append(d.gaps, gaps...)
	d.sub.ProfileVersion, d.sub.Canonical = sys.Version, store.Doc(d.canonical)
	return err
}

// checkSubmission asks the rules, while the requisition is locked.
func (h *Hub) checkSubmission(ctx context.Context, tx *store.Tx, sys *System, d *delivery) error {
	sub := d.sub
	sub.Canonical = store.Doc(d.canonical)
	facts, err := submissionFacts(ctx, tx, sub, d.req)
	if err != nil {
		return err
	}
	facts["has_resume"] = d.resume != nil
	d.findings = sys.Rules.Check(ctx, staffing.SubjectSubmission, rules.Input{Requisition: &d.req.Canonical.V, Submission: &d.canonical, Client: d.client.Domain(), Now: h.now(), Facts: facts})
	d.sub.Findings, d.sub.Gaps, d.sub.State = store.Doc(d.findings), store.Doc(d.gaps), store.SubmissionPending
	return nil
}

// counter is where submissions are counted: the database, or a transaction.
type counter interface {
	LiveSubmissions(ctx context.Context, requisitionID, except uuid.UUID) (int, error)
	SubmittedBefore(ctx context.Context, requisitionID, except uuid.UUID, email string) (bool, error)
	LastToClient(ctx context.Context, clientID, except uuid.UUID, email string) (string, error)
}

// submissionFacts are what the hub knows of a submission and the records do not say.
func submissionFacts(ctx context.Context, from counter, sub store.Submission, req store.Requisition) (map[string]any, error) {
	live, err := from.LiveSubmissions(ctx, req.ID, sub.ID)
	if err != nil {
		return nil, err
	}
	person := sub.Canonical.V.Candidate
	before, err := from.SubmittedBefore(ctx, req.ID, sub.ID, person.Email)
	if err != nil {
		return nil, err
	}
	last, err := from.LastToClient(ctx, sub.ClientID, sub.ID, person.Email)
	return map[string]any{"live_submissions": live, "duplicate_own": before, "last_to_client": last, "has_resume": person.ResumeFileName != "",
		"requisition_open": !req.Canonical.V.Status.Closed(), "do_not_use": false}, err
}

func (h *Hub) saveCheck(ctx context.Context, tx *store.Tx, d *delivery) error {
	if err := tx.SaveSubmissionCheck(ctx, d.sub); err != nil {
		return err
	}
	return tx.NoteGaps(ctx, d.sub.ConnectionID, d.gaps)
}

// saveDelivery keeps the receipt, moves the submission to the client's side of
// the timeline, and looks again at a status that came before the receipt.
func (h *Hub) saveDelivery(ctx context.Context, tx *store.Tx, d *delivery, rc staffing.Receipt, effect uuid.UUID) error {
	sub, err := tx.LockSubmission(ctx, d.sub.ID)
	if err != nil {
		return err
	}
	if err := tx.SettleEffect(ctx, effect, rc); err != nil {
		return err
	}
	if err := tx.SaveDelivery(ctx, sub.ID, rc); err != nil {
		return err
	}
	at := tx.Now()
	if !rc.At.IsZero() && rc.At.Before(at) {
		at = rc.At.UTC()
	}
	if _, err := tx.AddStageEvent(ctx, sub, store.StageEvent{Source: store.SourceHub, Stage: staffing.ClientSubmitted, RawStatus: "submitted", OccurredAt: at}); err != nil {
		return err
	}
	if err := h.enqueue(ctx, tx, syncStatusArgs{idArgs: idArgs{sub.ID}}); err != nil {
		return err
	}
	early, err := tx.LatestRaw(ctx, sub.ConnectionID, staffing.FeedStatuses, rc.ID)
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return h.enqueue(ctx, tx, applyStatus{rawArgs{early.ID}})
}

// requisitionOf finds the requisition whose job an event names.
func (h *Hub) requisitionOf(ctx context.Context, connection uuid.UUID, jobID string) (store.Requisition, error) {
	return requisitionOfJob(ctx, h.store, connection, jobID)
}

func requisitionOfJob(ctx context.Context, s *store.Store, connection uuid.UUID, jobID string) (store.Requisition, error) {
	req, err := s.RequisitionByJob(ctx, connection, jobID)
	if staffing.CodeOf(err) == staffing.NotFound {
		return s.RequisitionByAnyJob(ctx, jobID)
	}
	return req, err
}
