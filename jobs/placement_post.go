package jobs

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// postPlacement puts an approved placement's bill into the ERP, once, and keeps
// its number. What leaves is exactly what was approved: that is asked again in
// the transaction after which the request may leave, and from then on the terms
// do not change.
func (h *Hub) postPlacement(ctx context.Context, r *run, a postArgs) error {
	p, err := h.store.Placement(ctx, a.ID)
	if err != nil {
		return err
	}
	if p.State != store.PlacementApproved {
		return nil // posted already, or no longer approved: a new approval posts anew
	}
	if p.Bill.V == nil {
		return staffing.Errorf(staffing.Internal, "an approved placement has no bill")
	}
	sub, err := h.store.Submission(ctx, p.SubmissionID)
	if err != nil {
		return err
	}
	sys, err := h.erp(ctx, r, p.ID)
	if staffing.CodeOf(err) == staffing.NotFound {
		return r.withoutSystem(ctx, sub.ConnectionID, "the bill would be posted as soon as an ERP is connected.", err)
	}
	if err != nil {
		return err
	}
	sink, err := can[staffing.BillingSink](sys, "take billing records")
	if err != nil {
		return err
	}
	client, err := h.store.Client(ctx, p.ClientID)
	if err != nil {
		return err
	}
	fields, gaps, err := sys.Program.Bill(*p.Bill.V, p.Canonical.V, client.Domain())
	if err != nil {
		return err
	}
	if why := held(nil, gaps); why != nil {
		return r.block(ctx, why, func(tx *store.Tx) error { return tx.NoteGaps(ctx, sys.Connection.ID, gaps) })
	}
	req := staffing.BillingRequest{Key: p.ID.String(), Bill: *p.Bill.V, Fields: fields}
	w := write{sys: sys, kind: store.EffectBilling, key: req.Key, request: fields,
		find:  func(ctx context.Context) (staffing.Receipt, error) { return sink.FindBilling(ctx, req.Key) },
		put:   func(ctx context.Context) (staffing.Receipt, error) { return sink.PutBilling(ctx, req) },
		still: r.unlessShadow(ctx, sub.ConnectionID, func(tx *store.Tx) error { return stillApproved(ctx, tx, p) })}
	shadow, err := r.holds(ctx, sub.ConnectionID)
	if err != nil {
		return err
	}
	if shadow {
		return r.leaveOut(ctx, sub.ConnectionID, w, "the bill would be posted in "+sys.Connection.Name+" now.", nil)
	}
	rc, effect, err := r.once(ctx, w)
	if err != nil {
		return err
	}
	return r.finish(ctx, func(tx *store.Tx) error {
		if err := tx.SettleEffect(ctx, effect, rc); err != nil {
			return err
		}
		return savePosting(ctx, tx, p, sys, rc)
	})
}

func savePosting(ctx context.Context, tx *store.Tx, p store.Placement, sys *System, rc staffing.Receipt) error {
	if err := tx.SavePosting(ctx, p.ID, sys.Connection.ID, rc); err != nil {
		return err
	}
	return tx.Audit(ctx, "hub", "placement.posted", string(staffing.SubjectPlacement), p.ID.String(),
		map[string]any{"erp_id": rc.ID, "erp_number": rc.Number, "content": p.ContentHash, "existed": rc.Existed})
}

// erp gives the system that the bill goes to: the one where an earlier attempt
// may have put it already, else the firm's ERP. A paused one is waited for.
func (h *Hub) erp(ctx context.Context, r *run, placement uuid.UUID) (*System, error) {
	effects, err := h.store.Effects(ctx, staffing.SubjectPlacement, placement)
	if err != nil {
		return nil, err
	}
	for _, e := range effects {
		if e.Kind == store.EffectBilling && (e.State == store.EffectSent || e.State == store.EffectUnknown || e.State == store.EffectDone) {
			return r.open(ctx, e.ConnectionID)
		}
	}
	id, err := h.firmSystem(ctx, staffing.RoleERP)
	if err != nil {
		return nil, err
	}
	return r.open(ctx, id)
}

// firmSystem gives the firm's own system of a role: the oldest that is not
// paused, else the oldest.
func (h *Hub) firmSystem(ctx context.Context, role staffing.Role) (uuid.UUID, error) {
	c, err := h.store.ConnectionByRole(ctx, role)
	if staffing.CodeOf(err) != staffing.NotFound {
		return c.ID, err
	}
	all, listErr := h.store.Connections(ctx)
	if listErr != nil {
		return uuid.Nil, listErr
	}
	var oldest *store.Connection
	for i := range all {
		if all[i].Role == role && (oldest == nil || all[i].CreatedAt.Before(oldest.CreatedAt)) {
			oldest = &all[i]
		}
	}
	if oldest == nil {
		return uuid.Nil, err
	}
	return oldest.ID, nil
}

// stillApproved holds the placement's row while the effect is marked as sent.
func stillApproved(ctx context.Context, tx *store.Tx, p store.Placement) error {
	now, err := tx.LockPlacement(ctx, p.ID)
	if err != nil {
		return err
	}
	if now.State != store.PlacementApproved || now.ContentHash != p.ContentHash {
		return staffing.Errorf(staffing.Conflict, "the terms changed before the bill was sent; it waits for a new approval")
	}
	return nil
}
