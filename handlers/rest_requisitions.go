package handlers

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// ListRequisitions implements the operation of that name.
func (a restAPI) ListRequisitions(ctx context.Context, req api.ListRequisitionsRequestObject) (api.ListRequisitionsResponseObject, error) {
	p := req.Params
	rows, total, err := a.s.store.Requisitions(ctx, store.RequisitionFilter{ClientID: p.ClientID, State: string(p.State), Status: string(p.Status),
		Search: p.Q, Limit: p.Limit, Offset: p.Offset})
	if err != nil {
		return nil, err
	}
	return api.ListRequisitions200JSONResponse{Items: each(rows, requisitionSummary), Total: total, Limit: p.Limit, Offset: p.Offset}, nil
}

// GetRequisition implements the operation of that name.
func (a restAPI) GetRequisition(ctx context.Context, req api.GetRequisitionRequestObject) (api.GetRequisitionResponseObject, error) {
	r, err := a.s.store.Requisition(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	client, err := a.s.store.Client(ctx, r.ClientID)
	if err != nil {
		return nil, err
	}
	_, submissions, err := a.s.store.Submissions(ctx, store.SubmissionFilter{RequisitionID: r.ID, Limit: 1})
	if err != nil {
		return nil, err
	}
	effects, err := a.effectsOf(ctx, staffing.SubjectRequisition, r.ID)
	if err != nil {
		return nil, err
	}
	row := store.RequisitionRow{Requisition: r, ClientName: client.Name, Submissions: submissions}
	return api.GetRequisition200JSONResponse{RequisitionSummary: requisitionSummary(row), ProfileVersion: r.ProfileVersion, Canonical: r.Canonical.V,
		Findings: each(r.Findings.V, same), Gaps: each(r.Gaps.V, same), Effects: effects}, nil
}

func requisitionSummary(r store.RequisitionRow) api.RequisitionSummary {
	return api.RequisitionSummary{
		ID: r.ID, ClientID: r.ClientID, ClientName: r.ClientName, ConnectionID: r.ConnectionID, ExternalID: r.ExternalID, Number: r.Number, Title: r.Title,
		Status: staffing.RequisitionStatus(r.Status), State: api.RequisitionState(r.State), Version: r.Version, JobID: value(r.JobID), JobURL: r.JobURL,
		Submissions: r.Submissions, ReceivedAt: r.ReceivedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), SyncedAt: utc(r.SyncedAt),
	}
}

// GetRequisitionRaw implements the operation of that name.
func (a restAPI) GetRequisitionRaw(ctx context.Context, req api.GetRequisitionRawRequestObject) (api.GetRequisitionRawResponseObject, error) {
	r, err := a.s.store.Requisition(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	raw, err := a.s.store.RawRecord(ctx, r.RawID)
	if err != nil {
		return nil, err
	}
	return api.GetRequisitionRaw200JSONResponse{ConnectionID: raw.ConnectionID, ExternalID: raw.ExternalID, Version: raw.Version,
		VendorUpdatedAt: utc(raw.VendorUpdatedAt), ReceivedAt: raw.ReceivedAt.UTC(), Payload: asJSON(raw.Raw)}, nil
}

// asJSON gives a body as it is when it is JSON, else as a text.
func asJSON(body []byte) json.RawMessage {
	if json.Valid(body) {
		return body
	}
	quoted, err := json.Marshal(string(body))
	if err != nil { // a text always can be
		return json.RawMessage(`""`)
	}
	return quoted
}

// RevalidateRequisition implements the operation of that name.
func (a restAPI) RevalidateRequisition(ctx context.Context, req api.RevalidateRequisitionRequestObject) (api.RevalidateRequisitionResponseObject, error) {
	if err := a.s.revalidateBy(ctx, actorOf(ctx), req.ID); err != nil {
		return nil, err
	}
	return api.RevalidateRequisition202JSONResponse{AcceptedJSONResponse: queued(1)}, nil
}

// effectsOf lists what was written to outside systems for a record.
func (a restAPI) effectsOf(ctx context.Context, subject staffing.Subject, id uuid.UUID) ([]api.Effect, error) {
	list, err := a.s.store.Effects(ctx, subject, id)
	if err != nil {
		return nil, err
	}
	return each(list, func(e store.Effect) api.Effect {
		return api.Effect{ID: e.ID, ConnectionID: e.ConnectionID, Kind: api.EffectKind(e.Kind), Key: e.Key, State: api.EffectState(e.State), Attempts: e.Attempts,
			VendorID: e.VendorID, VendorNumber: e.VendorNumber, VendorURL: e.VendorURL, Existed: e.Existed, Code: staffing.Code(e.ErrorCode), Error: e.Error,
			CreatedAt: e.CreatedAt.UTC(), SentAt: utc(e.SentAt), SettledAt: utc(e.SettledAt)}
	}), nil
}
