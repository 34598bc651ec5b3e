package handlers

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// ListBills implements the operation of that name.
func (a restAPI) ListBills(ctx context.Context, req api.ListBillsRequestObject) (api.ListBillsResponseObject, error) {
	p := req.Params
	f := store.BillFilter{ClientID: p.ClientID, Search: p.Q, Limit: p.Limit, Offset: p.Offset,
		States: each(p.State, func(s api.BillState) string { return string(s) }), Kinds: each(p.Kind, func(k api.BillKind) string { return string(k) })}
	rows, total, err := a.s.store.BillQueue(ctx, f)
	if err != nil {
		return nil, err
	}
	return api.ListBills200JSONResponse{Items: each(rows, billSummary), Total: total, Limit: p.Limit, Offset: p.Offset}, nil
}

// ListPlacementBills implements the operation of that name.
func (a restAPI) ListPlacementBills(ctx context.Context, req api.ListPlacementBillsRequestObject) (api.ListPlacementBillsResponseObject, error) {
	p, err := a.s.store.PlacementRow(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	bills, err := a.s.store.Bills(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	return api.ListPlacementBills200JSONResponse{Items: each(bills, billOf(p))}, nil
}

// billOf tells of the bills of one placement.
func billOf(p store.PlacementRow) func(store.Bill) api.BillSummary {
	return func(b store.Bill) api.BillSummary {
		return billSummary(store.BillRow{Bill: b, ClientID: p.ClientID, ClientName: p.ClientName, WorkerName: p.Canonical.V.WorkerName})
	}
}

func billSummary(r store.BillRow) api.BillSummary {
	bill := r.Bill.Bill.V
	return api.BillSummary{ID: r.ID, PlacementID: r.PlacementID, ClientID: r.ClientID, ClientName: r.ClientName, WorkerName: r.WorkerName, Version: r.Version,
		Kind: r.Kind, State: api.BillState(r.State), Reason: r.Reason, Reference: r.Reference, Corrects: bill.Corrects, Date: bill.Date, Currency: bill.Currency,
		Total: bill.Total, ApprovedAt: utc(r.ApprovedAt), ERPNumber: r.ERPNumber, ERPURL: r.ERPURL, ERPError: r.ERPError, PostedAt: utc(r.PostedAt),
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC()}
}

// GetBill implements the operation of that name.
func (a restAPI) GetBill(ctx context.Context, req api.GetBillRequestObject) (api.GetBillResponseObject, error) {
	b, err := a.s.store.Bill(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	p, err := a.s.store.PlacementRow(ctx, b.PlacementID)
	if err != nil {
		return nil, err
	}
	out := api.BillDetail{BillSummary: billOf(p)(b), ContentHash: b.ContentHash, ERPErrorField: b.ERPErrorField, Bill: b.Bill.V, Checks: []staffing.Check{}}
	if out.ApproverName, err = a.nameOf(ctx, b.ApprovedBy); err != nil {
		return nil, err
	}
	if out.ApprovedFor, err = a.nameOf(ctx, b.ApprovedFor); err != nil {
		return nil, err
	}
	if out.Effects, err = a.effectsOfBill(ctx, b); err != nil {
		return nil, err
	}
	if b.Kind == staffing.BillFirst {
		out.Checks, out.Findings = each(p.Checks.V, same), each(p.Findings.V, same)
		return api.GetBill200JSONResponse(out), nil
	}
	v, err := optional(a.s.store.TermsAt(ctx, b.PlacementID, b.Version))
	out.Findings = each(v.Findings.V, same)
	return api.GetBill200JSONResponse(out), err
}

// nameOf names a person; nobody has no name.
func (a restAPI) nameOf(ctx context.Context, id *uuid.UUID) (string, error) {
	if id == nil {
		return "", nil
	}
	u, err := optional(a.s.store.User(ctx, *id))
	return u.Name, err
}

// effectsOfBill lists what was written to the ERP under the reference of a bill.
func (a restAPI) effectsOfBill(ctx context.Context, b store.Bill) ([]api.Effect, error) {
	all, err := a.effectsOf(ctx, staffing.SubjectPlacement, b.PlacementID)
	out := []api.Effect{}
	for _, e := range all {
		if e.Key == b.Reference {
			out = append(out, e)
		}
	}
	return out, err
}

// ListApprovalLimits implements the operation of that name.
func (a restAPI) ListApprovalLimits(ctx context.Context, _ api.ListApprovalLimitsRequestObject) (api.ListApprovalLimitsResponseObject, error) {
	list, err := a.s.store.ApprovalLimits(ctx)
	if err != nil {
		return nil, err
	}
	return api.ListApprovalLimits200JSONResponse{Items: each(list, func(l store.ApprovalLimit) api.ApprovalLimit {
		return api.ApprovalLimit{Role: l.Role, Currency: l.Currency, Amount: l.Amount}
	})}, nil
}

// ListDelegations implements the operation of that name.
func (a restAPI) ListDelegations(ctx context.Context, _ api.ListDelegationsRequestObject) (api.ListDelegationsResponseObject, error) {
	list, err := a.s.store.Delegations(ctx)
	if err != nil {
		return nil, err
	}
	now := a.s.now()
	return api.ListDelegations200JSONResponse{Items: each(list, func(d store.DelegationRow) api.Delegation {
		return api.Delegation{ID: d.ID, FromUser: d.FromUser, FromName: d.FromName, ToUser: d.ToUser, ToName: d.ToName, FromAt: d.FromAt.UTC(), UntilAt: d.UntilAt.UTC(),
			State: delegationState(d.Delegation, now), EndedAt: utc(d.EndedAt), CreatedBy: d.CreatedBy, CreatedAt: d.CreatedAt.UTC()}
	})}, nil
}
