package jobs

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// A client's connection in shadow mode reads, maps and checks; the steps that write
// outside for its records end here instead, and go on when their flow is live.

// holds says that this step is not to write outside for the records of a client's
// connection.
func (r *run) holds(ctx context.Context, client uuid.UUID) (bool, error) {
	c, err := r.hub.store.Connection(ctx, client)
	return !c.Writes(store.FlowOf(r.kind)), err
}

// leaveOut ends a step without its write: what would have happened is kept, and
// stands on the record. w may be empty when there is no system to write to; do may
// be nil. A flow that goes live at this very moment makes it a conflict: the step
// runs again, and writes.
func (r *run) leaveOut(ctx context.Context, client uuid.UUID, w write, words string, do func(tx *store.Tx) error) error {
	id, err := uuid.Parse(r.subjectID)
	if err != nil {
		return staffing.Errorf(staffing.Internal, "shadow mode needs a record of the hub: %w", err)
	}
	return r.finish(ctx, func(tx *store.Tx) error {
		writes, err := tx.HoldFlow(ctx, client, store.FlowOf(r.kind))
		if err != nil {
			return err
		}
		if writes {
			return staffing.Errorf(staffing.Conflict, "the connection went live meanwhile")
		}
		if do != nil {
			if err := do(tx); err != nil {
				return err
			}
		}
		e := store.ShadowEvent{ConnectionID: client, Step: r.kind, Subject: r.subject, SubjectID: id, Words: "Shadow mode: " + words}
		if w.sys != nil {
			e.TargetID, e.Body = &w.sys.Connection.ID, w.sys.mask(w.request)
		}
		return tx.NoteShadow(ctx, e)
	})
}

// withoutSystem ends a step that has no system to write to: what is held back is
// noted like any other write, else missing is the failure.
func (r *run) withoutSystem(ctx context.Context, client uuid.UUID, words string, missing error) error {
	holds, err := r.holds(ctx, client)
	switch {
	case err != nil:
		return err
	case !holds:
		return missing
	}
	return r.leaveOut(ctx, client, write{}, words, nil)
}

// unlessShadow is asked in the transaction after which a request may leave: from
// the moment in which the step's flow is held back, none does.
func (r *run) unlessShadow(ctx context.Context, client uuid.UUID, also func(tx *store.Tx) error) func(tx *store.Tx) error {
	return func(tx *store.Tx) error {
		writes, err := tx.HoldFlow(ctx, client, store.FlowOf(r.kind))
		if err != nil {
			return err
		}
		if !writes {
			return staffing.Errorf(staffing.Conflict, "the connection went into shadow mode meanwhile")
		}
		if also == nil {
			return nil
		}
		return also(tx)
	}
}

// leaveDelivery checks a submission as a delivery does, and leaves the delivery out.
func (h *Hub) leaveDelivery(ctx context.Context, r *run, d *delivery, w write) error {
	var why error
	err := h.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.LockRequisition(ctx, d.req.ID); err != nil {
			return err
		}
		if err := h.checkSubmission(ctx, tx, w.sys, d); err != nil {
			return err
		}
		why = held(d.findings, d.gaps)
		return nil
	})
	if err != nil {
		return err
	}
	save := func(tx *store.Tx) error { return h.saveCheck(ctx, tx, d) }
	if why != nil {
		d.sub.State = store.SubmissionNeedsAttention
		return r.block(ctx, why, save)
	}
	with := "without a résumé"
	if d.resume != nil {
		with = "with the résumé"
	}
	return r.leaveOut(ctx, d.sub.ConnectionID, w, fmt.Sprintf("the candidate would go to %s now, %s.", w.sys.Connection.Name, with), save)
}
