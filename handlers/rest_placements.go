package handlers

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// ListPlacements implements the operation of that name.
func (a restAPI) ListPlacements(ctx context.Context, req api.ListPlacementsRequestObject) (api.ListPlacementsResponseObject, error) {
	p := req.Params
	states := each(p.State, func(s api.PlacementState) string { return string(s) })
	rows, total, err := a.s.store.Placements(ctx, store.PlacementFilter{ClientID: p.ClientID, States: states, Search: p.Q, Limit: p.Limit, Offset: p.Offset})
	if err != nil {
		return nil, err
	}
	return api.ListPlacements200JSONResponse{Items: each(rows, placementSummary), Total: total, Limit: p.Limit, Offset: p.Offset}, nil
}

// GetPlacement implements the operation of that name.
func (a restAPI) GetPlacement(ctx context.Context, req api.GetPlacementRequestObject) (api.GetPlacementResponseObject, error) {
	p, err := a.placement(ctx, req.ID)
	return api.GetPlacement200JSONResponse(p), err
}

func (a restAPI) placement(ctx context.Context, id uuid.UUID) (out api.PlacementDetail, err error) {
	r, err := a.s.store.PlacementRow(ctx, id)
	if err != nil {
		return out, err
	}
	effects, err := a.effectsOf(ctx, staffing.SubjectPlacement, id)
	if err != nil {
		return out, err
	}
	corrections := map[string]api.Correction{}
	for field, c := range r.Corrections.V {
		corrections[field] = api.Correction{Value: c.Value, By: c.By, Reason: c.Reason, At: c.At.UTC()}
	}
	return api.PlacementDetail{PlacementSummary: placementSummary(r), ProfileVersion: r.ProfileVersion, ContentHash: r.ContentHash, Extracted: r.Extracted.V,
		Canonical: r.Canonical.V, Corrections: corrections, Provenance: provenance(r.Provenance.V), Checks: each(r.Checks.V, same), Bill: r.Bill.V,
		ERPError: r.ERPError, ERPErrorField: r.ERPErrorField, Findings: each(r.Findings.V, same), Gaps: each(r.Gaps.V, same), Effects: effects}, nil
}

func placementSummary(r store.PlacementRow) api.PlacementSummary {
	terms := r.Canonical.V
	out := api.PlacementSummary{
		ID: r.ID, ClientID: r.ClientID, ClientName: r.ClientName, SubmissionID: r.SubmissionID, RequisitionID: r.RequisitionID, RequisitionTitle: r.RequisitionTitle,
		WorkerName: terms.WorkerName, StartDate: terms.StartDate, State: api.PlacementState(r.State), Version: r.Version, SentBackReason: r.SentBackReason,
		ApproverName: value(r.ApproverName), ApprovedAt: utc(r.ApprovedAt), ERPNumber: r.ERPNumber, ERPURL: r.ERPURL, PostedAt: utc(r.PostedAt),
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
	}
	if bill := r.Bill.V; bill != nil {
		out.Currency, out.Total = bill.Currency, bill.Total
	}
	return out
}

// SendBackPlacement implements the operation of that name. The token acts in its
// own name: it is nobody who could approve or edit, so that four eyes hold.
func (a restAPI) SendBackPlacement(ctx context.Context, req api.SendBackPlacementRequestObject) (api.SendBackPlacementResponseObject, error) {
	if _, err := a.s.store.Placement(ctx, req.ID); err != nil {
		return nil, err
	}
	by := store.User{ID: tokenOf(ctx).ID, Email: actorOf(ctx), Name: actorOf(ctx), Role: finance}
	if err := a.s.cfg.Desk.SendBack(ctx, by, req.ID, req.Body.Reason); err != nil {
		return nil, err
	}
	p, err := a.placement(ctx, req.ID)
	return api.SendBackPlacement200JSONResponse(p), err
}

// RetryPlacement implements the operation of that name.
func (a restAPI) RetryPlacement(ctx context.Context, req api.RetryPlacementRequestObject) (api.RetryPlacementResponseObject, error) {
	if err := a.s.retryPostingBy(ctx, actorOf(ctx), req.ID); err != nil {
		return nil, err
	}
	return api.RetryPlacement202JSONResponse{AcceptedJSONResponse: queued(1)}, nil
}
