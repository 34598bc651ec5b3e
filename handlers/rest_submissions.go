package handlers

import (
	"context"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// ListSubmissions implements the operation of that name.
func (a restAPI) ListSubmissions(ctx context.Context, req api.ListSubmissionsRequestObject) (api.ListSubmissionsResponseObject, error) {
	p := req.Params
	rows, total, err := a.s.store.Submissions(ctx, store.SubmissionFilter{ClientID: p.ClientID, RequisitionID: p.RequisitionID, State: string(p.State),
		Stage: string(p.Stage), Search: p.Q, Limit: p.Limit, Offset: p.Offset})
	if err != nil {
		return nil, err
	}
	return api.ListSubmissions200JSONResponse{Items: each(rows, submissionSummary), Total: total, Limit: p.Limit, Offset: p.Offset}, nil
}

// GetSubmission implements the operation of that name.
func (a restAPI) GetSubmission(ctx context.Context, req api.GetSubmissionRequestObject) (api.GetSubmissionResponseObject, error) {
	r, err := a.s.store.SubmissionRow(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	effects, err := a.effectsOf(ctx, staffing.SubjectSubmission, r.ID)
	if err != nil {
		return nil, err
	}
	return api.GetSubmission200JSONResponse{SubmissionSummary: submissionSummary(r), ProfileVersion: r.ProfileVersion, Canonical: r.Canonical.V,
		Findings: each(r.Findings.V, same), Gaps: each(r.Gaps.V, same), Effects: effects}, nil
}

func submissionSummary(r store.SubmissionRow) api.SubmissionSummary {
	return api.SubmissionSummary{
		ID: r.ID, ClientID: r.ClientID, ClientName: r.ClientName, RequisitionID: r.RequisitionID, RequisitionTitle: r.RequisitionTitle, CandidateName: r.CandidateName,
		ConnectionID: r.ConnectionID, ATSConnectionID: r.ATSConnectionID, ATSSubmissionID: r.ATSSubmissionID, ATSStatus: r.ATSStatus,
		State: api.SubmissionState(r.State), Stage: r.Stage, StageAt: r.StageAt.UTC(), RawStatus: r.RawStatus, ClientRef: value(r.ClientRef), ClientURL: r.ClientURL,
		CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(), DeliveredAt: utc(r.DeliveredAt),
	}
}

// GetSubmissionTimeline implements the operation of that name.
func (a restAPI) GetSubmissionTimeline(ctx context.Context, req api.GetSubmissionTimelineRequestObject) (api.GetSubmissionTimelineResponseObject, error) {
	if _, err := a.s.store.Submission(ctx, req.ID); err != nil {
		return nil, err
	}
	events, err := a.s.store.StageEvents(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	return api.GetSubmissionTimeline200JSONResponse{Items: each(events, func(e store.StageEvent) api.StageEvent {
		return api.StageEvent{ID: e.ID, Source: api.StageEventSource(e.Source), Stage: e.Stage, RawStatus: e.RawStatus, Move: e.Move,
			OccurredAt: e.OccurredAt.UTC(), Original: e.Original, ReceivedAt: e.ReceivedAt.UTC(), SyncedAt: utc(e.SyncedAt)}
	})}, nil
}

// RetrySubmission implements the operation of that name.
func (a restAPI) RetrySubmission(ctx context.Context, req api.RetrySubmissionRequestObject) (api.RetrySubmissionResponseObject, error) {
	if err := a.s.retrySubmissionBy(ctx, actorOf(ctx), req.ID); err != nil {
		return nil, err
	}
	return api.RetrySubmission202JSONResponse{AcceptedJSONResponse: queued(1)}, nil
}
