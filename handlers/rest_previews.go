package handlers

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/store"
)

// StartPreview implements the operation of that name. It changes nothing, so the
// audit log does not name it; the preview names who began it.
func (a restAPI) StartPreview(ctx context.Context, req api.StartPreviewRequestObject) (api.StartPreviewResponseObject, error) {
	p, err := a.s.profiles()
	if err != nil {
		return nil, err
	}
	id, err := p.StartPreview(ctx, req.ID, req.Body.Records, actorOf(ctx))
	if err != nil {
		return nil, err
	}
	out, err := a.preview(ctx, id)
	return api.StartPreview202JSONResponse(out), err
}

// GetPreview implements the operation of that name.
func (a restAPI) GetPreview(ctx context.Context, req api.GetPreviewRequestObject) (api.GetPreviewResponseObject, error) {
	out, err := a.preview(ctx, req.ID)
	return api.GetPreview200JSONResponse(out), err
}

func (a restAPI) preview(ctx context.Context, id uuid.UUID) (api.Preview, error) {
	p, err := a.s.store.Preview(ctx, id)
	s := p.Summary.V
	return api.Preview{ID: p.ID, ConnectionID: p.ConnectionID, Revision: p.Revision, BaseVersion: p.BaseVersion, State: p.State, Wanted: p.Wanted, Total: p.Total,
		Done: p.Done, Error: p.Error, CreatedBy: p.CreatedBy, CreatedAt: p.CreatedAt.UTC(), FinishedAt: utc(p.FinishedAt),
		Summary: api.PreviewSummary{Same: s.Same, Changed: s.Changed, Held: s.Held, Released: s.Released, Resubmit: s.Resubmit, Affected: s.Affected(),
			Fields: counts(s.Fields), Reasons: counts(s.Reasons)}}, err
}

// counts gives a map that is {} in JSON when it is empty.
func counts(m map[string]int) map[string]int {
	if m == nil {
		return map[string]int{}
	}
	return m
}

// ListPreviewRecords implements the operation of that name.
func (a restAPI) ListPreviewRecords(ctx context.Context, req api.ListPreviewRecordsRequestObject) (api.ListPreviewRecordsResponseObject, error) {
	if _, err := a.s.store.Preview(ctx, req.ID); err != nil {
		return nil, err
	}
	p := req.Params
	rows, total, err := a.s.store.PreviewRecords(ctx, req.ID, store.PreviewFilter{Verdict: string(p.Verdict), Field: p.Field, Differs: p.Differs, Limit: p.Limit, Offset: p.Offset})
	if err != nil {
		return nil, err
	}
	return api.ListPreviewRecords200JSONResponse{Items: each(rows, previewRecord), Total: total, Limit: p.Limit, Offset: p.Offset}, nil
}

func previewRecord(r store.PreviewRecord) api.PreviewRecord {
	return api.PreviewRecord{Ordinal: r.Ordinal, Subject: string(r.Subject), SubjectID: r.SubjectID, RequisitionID: value(r.RequisitionID), Title: r.Title,
		Verdict: api.Verdict(r.Verdict), Reasons: each(r.Reasons.V, same),
		Changes: each(r.Changes.V, func(c store.FieldChange) api.FieldChange {
			return api.FieldChange{Field: c.Field, Before: c.Before, After: c.After}
		})}
}
