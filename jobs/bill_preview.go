package jobs

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// PreviewBill gives a bill in the ERP's own fields, as the profile in force maps it,
// and the ERP's name. Nothing is called outside. [staffing.NotFound]: no ERP is
// connected, or its profile is not published.
func (d Desk) PreviewBill(ctx context.Context, billID uuid.UUID) (fields json.RawMessage, erp string, err error) {
	b, err := d.hub.store.Bill(ctx, billID)
	if err != nil {
		return nil, "", err
	}
	p, err := d.hub.store.Placement(ctx, b.PlacementID)
	if err != nil {
		return nil, "", err
	}
	terms, err := d.termsOf(ctx, p, b)
	if err != nil {
		return nil, "", err
	}
	client, err := d.hub.store.Client(ctx, p.ClientID)
	if err != nil {
		return nil, "", err
	}
	id, err := d.hub.firmERP(ctx)
	if err != nil {
		return nil, "", err
	}
	sys, err := d.hub.systems.Open(ctx, id)
	if err != nil {
		return nil, "", err
	}
	if sys.Program == nil {
		return nil, "", staffing.Errorf(staffing.NotFound, "%s has no profile in force", sys.Connection.Name)
	}
	fields, gaps, err := sys.Program.Bill(b.Bill.V, terms, client.Domain())
	if err == nil {
		err = held(nil, gaps)
	}
	return fields, sys.Connection.Name, err
}

// termsOf gives the terms that a bill is of.
func (d Desk) termsOf(ctx context.Context, p store.Placement, b store.Bill) (staffing.Placement, error) {
	if b.Kind == staffing.BillFirst {
		return p.Canonical.V, nil
	}
	v, err := d.hub.store.TermsAt(ctx, p.ID, b.Version)
	return v.Terms.V, err
}
