package jobs

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// What finance does with the bills that follow the first one.

// lockBill locks a bill that is not the first, behind its placement.
func lockBill(ctx context.Context, tx *store.Tx, id uuid.UUID) (store.Placement, store.Bill, error) {
	b, err := tx.Bill(ctx, id)
	if err != nil {
		return store.Placement{}, b, err
	}
	p, err := tx.LockPlacement(ctx, b.PlacementID)
	if err != nil {
		return p, b, err
	}
	b, err = tx.LockBill(ctx, id)
	return p, b, err
}

// ApproveBill lets a bill go to the ERP that an amendment proposed. The first bill of
// a placement is approved with the placement, by its hash, too.
func (d Desk) ApproveBill(ctx context.Context, by store.User, id uuid.UUID, hash string) error {
	b, err := d.hub.store.Bill(ctx, id)
	if err != nil {
		return err
	}
	if b.Kind == staffing.BillFirst {
		return d.Approve(ctx, by, b.PlacementID, hash)
	}
	return d.hub.store.InTx(ctx, func(tx *store.Tx) error {
		_, b, err := lockBill(ctx, tx, id)
		if err != nil {
			return err
		}
		instead, err := d.authority(ctx, tx, by, decision{bill: &b.Bill.V, editors: b.Editors, makers: b.Makers})
		switch {
		case err != nil:
			return err
		case b.State == store.BillApproved || b.State == store.BillPosted:
			return staffing.Errorf(staffing.Conflict, "This bill is approved already.")
		case b.State == store.BillProposed:
			return staffing.Errorf(staffing.Conflict, "This bill cannot be approved while something of its terms is open.")
		case b.ContentHash != hash:
			return staffing.Errorf(staffing.Conflict, "The bill changed while you looked at it. Look again, then approve.")
		}
		if err := tx.ApproveBill(ctx, id, by.ID, instead.user(), hash); err != nil {
			return err
		}
		detail := instead.note(map[string]any{"bill": b.Reference, "kind": b.Kind, "content": hash, "version": b.Version})
		if err := tx.Audit(ctx, by.Email, "bill.approved", string(staffing.SubjectPlacement), b.PlacementID.String(), detail); err != nil {
			return err
		}
		return d.hub.Post(ctx, tx, b.PlacementID)
	})
}

// RefuseBill takes a proposed bill off the desk, with a reason. The terms stay as they
// are: another amendment proposes anew.
func (d Desk) RefuseBill(ctx context.Context, by store.User, id uuid.UUID, reason string) error {
	reason, err := reasoned("A refusal", reason)
	if err != nil {
		return err
	}
	return d.hub.store.InTx(ctx, func(tx *store.Tx) error {
		p, b, err := lockBill(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := still(ctx, tx, p); err != nil {
			return err
		}
		if b.Kind == staffing.BillFirst {
			return staffing.Errorf(staffing.Conflict, "The first bill is sent back with its placement.")
		}
		if err := tx.RefuseBill(ctx, id, reason, "", ""); err != nil {
			return err
		}
		return tx.Audit(ctx, by.Email, "bill.refused", string(staffing.SubjectPlacement), b.PlacementID.String(), map[string]any{"bill": b.Reference, "kind": b.Kind})
	})
}
