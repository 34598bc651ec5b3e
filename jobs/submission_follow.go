package jobs

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// followArgs name a submission whose application may have passed into another one,
// and the record that made the hub think so.
type followArgs struct {
	idArgs
	RawID int64 `json:"raw_id"`
}

func (followArgs) Kind() string { return kindFollow }
func (a followArgs) about() (staffing.Subject, string) {
	return staffing.SubjectSubmission, a.ID.String()
}

// followSubmission looks for a delivered submission at the client again, as before
// a delivery: a client that merges two records of one person gives up one of the
// applications, and the person goes on in the other. What is found under another id
// is followed from now on; nothing is written at the client.
func (h *Hub) followSubmission(ctx context.Context, r *run, a followArgs) error {
	d, err := h.loadDelivery(ctx, a.ID)
	if err != nil {
		return err
	}
	if d.sub.State != store.SubmissionDelivered || d.sub.ClientRef == nil {
		return nil
	}
	sys, err := r.open(ctx, d.sub.ConnectionID)
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
	rc, err := sink.FindSubmission(ctx, staffing.SubmissionRequest{Key: d.sub.ID.String(), RequisitionID: d.req.ExternalID, Requisition: d.raw.Raw, Fields: d.fields, Resume: d.resume})
	if staffing.CodeOf(err) == staffing.NotFound || err == nil && rc.ID == *d.sub.ClientRef {
		return nil // it is where it was, or gone: the word that the client says stands
	}
	if err != nil {
		return err
	}
	return r.finish(ctx, func(tx *store.Tx) error { return h.saveFollowed(ctx, tx, d.sub, a.RawID, rc) })
}

// saveFollowed keeps the other id, closes what the old one left open, and looks at
// what the client says of the new one.
func (h *Hub) saveFollowed(ctx context.Context, tx *store.Tx, sub store.Submission, rawID int64, rc staffing.Receipt) error {
	now, err := tx.LockSubmission(ctx, sub.ID)
	if err != nil {
		return err
	}
	if now.ClientRef == nil || *now.ClientRef != *sub.ClientRef {
		return nil // somebody was faster
	}
	if err := tx.SaveDelivery(ctx, sub.ID, rc); err != nil {
		return err
	}
	subject, id := applyStatus{rawArgs{rawID}}.about()
	if err := tx.ResolveFailure(ctx, kindApplyStatus, subject, id); err != nil {
		return err
	}
	if err := tx.Audit(ctx, "hub", "submission.followed", string(staffing.SubjectSubmission), sub.ID.String(), map[string]any{"was": *sub.ClientRef, "is": rc.ID}); err != nil {
		return err
	}
	if err := tx.WantPoll(ctx, sub.ConnectionID, staffing.FeedStatuses); err != nil {
		return err
	}
	said, err := tx.LatestRaw(ctx, sub.ConnectionID, staffing.FeedStatuses, rc.ID)
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return h.enqueue(ctx, tx, applyStatus{rawArgs{said.ID}})
}

// mayHavePassed enqueues a look at the client when it says a word that nobody knows:
// it may be the word for an application that was given up.
func (h *Hub) mayHavePassed(ctx context.Context, tx *store.Tx, sub uuid.UUID, rawID int64, gaps []staffing.Gap) error {
	for _, g := range gaps {
		if g.Kind == staffing.GapStatus {
			return h.enqueue(ctx, tx, followArgs{idArgs{sub}, rawID})
		}
	}
	return nil
}
