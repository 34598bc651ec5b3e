package jobs

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// applyCandidate takes a recruiter's move of a candidate. A trigger status makes
// the submission, once per candidate and requisition, and puts it on its way;
// another status is noted when the submission is ours.
func (h *Hub) applyCandidate(ctx context.Context, r *run, a applyCandidate) error {
	raw, err := h.store.RawRecord(ctx, a.RawID)
	if err != nil {
		return err
	}
	r.at(raw.ConnectionID)
	var e staffing.CandidateStatusChanged
	if err := json.Unmarshal(raw.Raw, &e); err != nil {
		return &staffing.Error{Code: staffing.Invalid, Message: "the candidate event is not of the form that the hub knows", Err: err}
	}
	sys, err := h.systems.Open(ctx, raw.ConnectionID)
	if err != nil {
		return err
	}
	flying, err := h.store.EffectsInFlight(ctx, store.EffectJob) // asked first: a job that arrives meanwhile is found
	if err != nil {
		return err
	}
	req, err := h.requisitionOf(ctx, raw.ConnectionID, e.JobID)
	if staffing.CodeOf(err) == staffing.NotFound {
		return h.strangerJob(r, e, flying)
	}
	if err != nil {
		return err
	}
	if !sys.Program.Trigger(e.Status) {
		return h.noteATSStatus(ctx, r, req, e)
	}
	return h.submit(ctx, r, req, e, raw.ReceivedAt)
}

// strangerJob is an event on a job that no requisition has. While jobs are being
// made, it may be one of them whose receipt is not here yet.
func (h *Hub) strangerJob(r *run, e staffing.CandidateStatusChanged, flying int) error {
	if flying > 0 {
		r.quiet = true
		return &staffing.Error{Code: staffing.Unavailable, RetryAfter: 3 * time.Second,
			Message: "The job " + e.JobID + " is not known yet, and jobs are being made; the hub looks again."}
	}
	h.log.Debug("candidate event on a job that is not ours", "job", e.JobID)
	return nil
}

func (h *Hub) noteATSStatus(ctx context.Context, r *run, req store.Requisition, e staffing.CandidateStatusChanged) error {
	sub, err := h.store.SubmissionByATS(ctx, *req.JobConnectionID, e.SubmissionID)
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil // not submitted: the recruiter's own business
	}
	if err != nil {
		return err
	}
	return r.finish(ctx, func(tx *store.Tx) error { return tx.SetATSStatus(ctx, sub.ID, e.Status) })
}

// submit makes the submission and enqueues its delivery. A repeated trigger puts
// one that waits on its way again; one that is delivered stays as it is.
func (h *Hub) submit(ctx context.Context, r *run, req store.Requisition, e staffing.CandidateStatusChanged, received time.Time) error {
	ats := *req.JobConnectionID
	at := e.OccurredAt
	if at.IsZero() {
		at = received
	}
	return r.finish(ctx, func(tx *store.Tx) error {
		candidate, err := tx.EnsureCandidate(ctx, ats, e.CandidateID)
		if err != nil {
			return err
		}
		id, created, err := tx.EnsureSubmission(ctx, store.Submission{ClientID: req.ClientID, RequisitionID: req.ID, CandidateID: candidate,
			ATSConnectionID: ats, ATSSubmissionID: e.SubmissionID, ATSStatus: e.Status, ConnectionID: req.ConnectionID, StageAt: at})
		if err != nil {
			return err
		}
		if !created {
			if waits, err := waitsForAPerson(ctx, tx, id); err != nil || !waits {
				return err // delivered, or on its way: the same move often comes twice, by webhook and by poll
			}
		}
		return h.enqueue(ctx, tx, deliverArgs{idArgs{id}})
	})
}

// waitsForAPerson says that a submission is held back, or that its delivery has
// failed for good.
func waitsForAPerson(ctx context.Context, tx *store.Tx, id uuid.UUID) (bool, error) {
	sub, err := tx.Submission(ctx, id)
	if err != nil || sub.State != store.SubmissionPending {
		return sub.State == store.SubmissionNeedsAttention, err
	}
	failures, err := tx.LiveFailuresOf(ctx, staffing.SubjectSubmission, id.String())
	return slices.ContainsFunc(failures, func(f store.Failure) bool { return f.Step == kindDeliver && f.State == store.FailureOpen }), err
}
