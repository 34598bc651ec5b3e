package jobs

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// postPlacement puts the oldest approved bill of a placement into the ERP, once, and
// keeps its number; the next one is another job. What leaves is exactly what was
// approved: that is asked again in the transaction after which the request may leave,
// and from then on the terms do not change.
func (h *Hub) postPlacement(ctx context.Context, r *run, a postArgs) error {
	p, err := h.store.Placement(ctx, a.ID)
	if err != nil {
		return err
	}
	b, terms, err := h.nextBill(ctx, p)
	if err != nil || b.ID == uuid.Nil {
		return err // posted already, or no longer approved: a new approval posts anew
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
	fields, gaps, err := sys.Program.Bill(b.Bill.V, terms, client.Domain())
	if err != nil {
		return err
	}
	if why := held(nil, gaps); why != nil {
		return r.block(ctx, why, func(tx *store.Tx) error { return tx.NoteGaps(ctx, sys.Connection.ID, gaps) })
	}
	req := staffing.BillingRequest{Key: b.Reference, Bill: b.Bill.V, Fields: fields}
	w := write{sys: sys, kind: store.EffectBilling, key: req.Key, request: fields,
		find:  func(ctx context.Context) (staffing.Receipt, error) { return sink.FindBilling(ctx, req.Key) },
		put:   func(ctx context.Context) (staffing.Receipt, error) { return sink.PutBilling(ctx, req) },
		still: r.unlessShadow(ctx, sub.ConnectionID, func(tx *store.Tx) error { return stillApproved(ctx, tx, b) })}
	shadow, err := r.holds(ctx, sub.ConnectionID)
	if err != nil {
		return err
	}
	if shadow {
		return r.leaveOut(ctx, sub.ConnectionID, w, "the bill would be posted in "+sys.Connection.Name+" now.", nil)
	}
	rc, effect, err := r.once(ctx, w)
	if staffing.CodeOf(err) == staffing.Invalid {
		return h.billRefused(ctx, r, b, err)
	}
	if err != nil {
		return err
	}
	return r.finish(ctx, func(tx *store.Tx) error {
		if err := tx.SettleEffect(ctx, effect, rc); err != nil {
			return err
		}
		return h.savePosting(ctx, tx, b, sys, rc)
	})
}

// nextBill gives the oldest approved bill of a placement and the terms that it is of;
// a bill without an id: there is none. A credit leaves before its re-bill.
func (h *Hub) nextBill(ctx context.Context, p store.Placement) (store.Bill, staffing.Placement, error) {
	all, err := h.store.Bills(ctx, p.ID)
	if err != nil {
		return store.Bill{}, staffing.Placement{}, err
	}
	for _, b := range all {
		switch {
		case b.State != store.BillApproved:
			continue
		case b.Kind == staffing.BillFirst:
			return b, p.Canonical.V, nil
		}
		v, err := h.store.TermsAt(ctx, p.ID, b.Version)
		return b, v.Terms.V, err
	}
	return store.Bill{}, staffing.Placement{}, nil
}

// billRefused brings a bill back to the desk that the ERP did not take, with the ERP's
// words and the field that they are about. Nothing was written there.
func (h *Hub) billRefused(ctx context.Context, r *run, b store.Bill, why error) error {
	words, field := staffing.MessageOf(why), fieldOf(why)
	return r.block(ctx, why, func(tx *store.Tx) error {
		p, err := tx.LockPlacement(ctx, b.PlacementID)
		if err != nil {
			return err
		}
		now, err := tx.LockBill(ctx, b.ID)
		if err != nil || !sameApproval(now, b) {
			return err // somebody changed it meanwhile: it is at the desk already
		}
		if b.Kind == staffing.BillFirst {
			findings := append(slices.Clone(p.Findings.V), staffing.Finding{Rule: "ERP_REFUSED", Severity: staffing.SeverityWarning, Message: "The ERP did not take the bill: " + words, Field: field})
			err = tx.RefusePosting(ctx, p.ID, words, field, findings)
		} else {
			err = tx.RefuseBill(ctx, b.ID, "", words, field)
		}
		if err != nil {
			return err
		}
		return tx.Audit(ctx, "hub", "placement.refused", string(staffing.SubjectPlacement), p.ID.String(), map[string]any{"bill": b.Reference, "field": field, "words": words})
	})
}

// savePosting keeps the receipt, and goes on with the next bill that was approved.
func (h *Hub) savePosting(ctx context.Context, tx *store.Tx, b store.Bill, sys *System, rc staffing.Receipt) error {
	save := tx.SaveBillPosting
	if b.Kind == staffing.BillFirst {
		save = tx.SavePosting
	}
	if err := save(ctx, b.ID, sys.Connection.ID, rc); err != nil {
		return err
	}
	if err := tx.Audit(ctx, "hub", "placement.posted", string(staffing.SubjectPlacement), b.PlacementID.String(),
		map[string]any{"erp_id": rc.ID, "erp_number": rc.Number, "content": b.ContentHash, "existed": rc.Existed, "kind": b.Kind}); err != nil {
		return err
	}
	all, err := tx.Bills(ctx, b.PlacementID)
	if err != nil || !slices.ContainsFunc(all, func(o store.Bill) bool { return o.State == store.BillApproved }) {
		return err
	}
	return h.Post(ctx, tx, b.PlacementID)
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
	id, err := h.firmERP(ctx)
	if err != nil {
		return nil, err
	}
	return r.open(ctx, id)
}

// firmERP gives the ERP that the firm posts to: the oldest that is not
// paused, else the oldest.
func (h *Hub) firmERP(ctx context.Context) (uuid.UUID, error) {
	c, err := h.store.ConnectionByRole(ctx, staffing.RoleERP)
	if staffing.CodeOf(err) != staffing.NotFound {
		return c.ID, err
	}
	all, listErr := h.store.Connections(ctx)
	if listErr != nil {
		return uuid.Nil, listErr
	}
	var oldest *store.Connection
	for i := range all {
		if all[i].Role == staffing.RoleERP && (oldest == nil || all[i].CreatedAt.Before(oldest.CreatedAt)) {
			oldest = &all[i]
		}
	}
	if oldest == nil {
		return uuid.Nil, err
	}
	return oldest.ID, nil
}

// stillApproved holds the rows of placement and bill while the effect is marked as sent.
func stillApproved(ctx context.Context, tx *store.Tx, b store.Bill) error {
	_, now, err := lockBill(ctx, tx, b.ID)
	if err != nil {
		return err
	}
	if !sameApproval(now, b) {
		return staffing.Errorf(staffing.Conflict, "the terms changed before the bill was sent; it waits for a new approval")
	}
	return nil
}

// sameApproval says that a bill is still approved, and is what was read before.
func sameApproval(now, before store.Bill) bool {
	return now.State == store.BillApproved && now.ContentHash == before.ContentHash
}
