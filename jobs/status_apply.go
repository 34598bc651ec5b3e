package jobs

import (
	"context"
	"time"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// applyStatus puts a client's word on the submission's timeline. The current
// stage follows the client's clock; a word that no status table knows is kept,
// raises a gap, and moves nothing.
func (h *Hub) applyStatus(ctx context.Context, r *run, a applyStatus) error {
	raw, err := h.store.RawRecord(ctx, a.RawID)
	if err != nil {
		return err
	}
	r.at(raw.ConnectionID)
	sys, err := h.systems.Open(ctx, raw.ConnectionID)
	if err != nil {
		return err
	}
	sub, err := h.store.SubmissionByClientRef(ctx, raw.ConnectionID, raw.ExternalID)
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil // not ours; were its receipt on the way, the delivery looks again
	}
	if err != nil {
		return err
	}
	said, gaps, err := sys.Program.Status(raw.Raw)
	if err != nil {
		return err
	}
	do := func(tx *store.Tx) error { return h.moveStage(ctx, tx, sub, raw, said, gaps) }
	if why := held(nil, gaps); why != nil {
		return r.block(ctx, why, do)
	}
	return r.finish(ctx, do)
}

// moveStage adds the event to the timeline and enqueues what follows from it.
func (h *Hub) moveStage(ctx context.Context, tx *store.Tx, sub store.Submission, raw store.RawRecord, said mapping.Status, gaps []staffing.Gap) error {
	if err := tx.NoteGaps(ctx, raw.ConnectionID, gaps); err != nil {
		return err
	}
	if err := h.mayHavePassed(ctx, tx, sub.ID, raw.ID, gaps); err != nil {
		return err
	}
	if said.Word == "" {
		return nil
	}
	sub, err := tx.LockSubmission(ctx, sub.ID)
	if err != nil {
		return err
	}
	move, err := tx.AddStageEvent(ctx, sub, store.StageEvent{Source: store.SourceClient, Stage: said.Stage, RawStatus: said.Word,
		OccurredAt: whenSaid(said, raw), Original: said.Original})
	if err != nil {
		return err
	}
	switch move {
	case staffing.MoveForward, staffing.MoveExit, staffing.MoveBack, staffing.MoveReopened:
		if err := h.enqueue(ctx, tx, syncStatusArgs{idArgs: idArgs{sub.ID}}); err != nil {
			return err
		}
	}
	if said.Stage.Hired() { // also when nothing moved: the terms of the hire may have changed
		return h.enqueue(ctx, tx, extractArgs{idArgs{sub.ID}})
	}
	if !said.Stage.Exit() && move != staffing.MoveBack {
		return nil
	}
	switch _, err := tx.PlacementOf(ctx, sub.ID); staffing.CodeOf(err) {
	case "": // a hire that did not come about
		return h.enqueue(ctx, tx, extractArgs{idArgs{sub.ID}})
	case staffing.NotFound:
		return nil
	default:
		return err
	}
}

// whenSaid is the client's clock where it says, else the time of the record.
func whenSaid(said mapping.Status, raw store.RawRecord) time.Time {
	switch {
	case !said.At.IsZero():
		return said.At
	case raw.VendorUpdatedAt != nil:
		return *raw.VendorUpdatedAt
	default:
		return raw.ReceivedAt
	}
}
