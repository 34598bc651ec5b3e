package handlers

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// ListFailures implements the operation of that name.
func (a restAPI) ListFailures(ctx context.Context, req api.ListFailuresRequestObject) (api.ListFailuresResponseObject, error) {
	p := req.Params
	rows, total, err := a.s.store.Failures(ctx, store.FailureFilter{State: string(p.State), Cause: p.Cause, ConnectionID: p.ConnectionID, Limit: p.Limit, Offset: p.Offset})
	if err != nil {
		return nil, err
	}
	return api.ListFailures200JSONResponse{Items: each(rows, failureAnswer), Total: total, Limit: p.Limit, Offset: p.Offset}, nil
}

// GetFailure implements the operation of that name.
func (a restAPI) GetFailure(ctx context.Context, req api.GetFailureRequestObject) (api.GetFailureResponseObject, error) {
	f, err := a.failure(ctx, req.ID)
	return api.GetFailure200JSONResponse(f), err
}

func (a restAPI) failure(ctx context.Context, id uuid.UUID) (api.Failure, error) {
	row, err := a.s.store.FailureRow(ctx, id)
	return failureAnswer(row), err
}

func failureAnswer(f store.FailureRow) api.Failure {
	return api.Failure{ID: f.ID, Step: f.Step, Subject: api.FailureSubject(f.Subject), SubjectID: f.SubjectID, ConnectionID: value(f.ConnectionID),
		ConnectionName: value(f.ConnectionName), Code: f.Code, Cause: f.Cause, Message: f.Message, State: api.FailureState(f.State), Attempts: f.Attempts,
		FirstAt: f.FirstAt.UTC(), LastAt: f.LastAt.UTC(), NextAt: utc(f.NextAt), ClosedAt: utc(f.ClosedAt), ClosedBy: f.ClosedBy, CloseReason: f.CloseReason}
}

// ListCauses implements the operation of that name.
func (a restAPI) ListCauses(ctx context.Context, _ api.ListCausesRequestObject) (api.ListCausesResponseObject, error) {
	causes, err := a.s.store.Causes(ctx)
	if err != nil {
		return nil, err
	}
	return api.ListCauses200JSONResponse{Items: each(causes, func(c store.Cause) api.Cause {
		return api.Cause{Cause: c.Cause, Step: c.Step, Code: c.Code, Message: c.Message, Count: c.Count, Open: c.Open, FirstAt: c.FirstAt.UTC(), LastAt: c.LastAt.UTC()}
	})}, nil
}

// RetryFailure implements the operation of that name.
func (a restAPI) RetryFailure(ctx context.Context, req api.RetryFailureRequestObject) (api.RetryFailureResponseObject, error) {
	if err := a.s.retryFailureBy(ctx, actorOf(ctx), req.ID); err != nil {
		return nil, err
	}
	return api.RetryFailure202JSONResponse{AcceptedJSONResponse: queued(1)}, nil
}

// RetryCause implements the operation of that name.
func (a restAPI) RetryCause(ctx context.Context, req api.RetryCauseRequestObject) (api.RetryCauseResponseObject, error) {
	n, err := a.s.retryCauseBy(ctx, actorOf(ctx), req.Body.Cause)
	if err == nil && n == 0 {
		err = staffing.Errorf(staffing.NotFound, "no record waits for this cause")
	}
	if err != nil {
		return nil, err
	}
	return api.RetryCause202JSONResponse{AcceptedJSONResponse: queued(n)}, nil
}

// DiscardFailure implements the operation of that name.
func (a restAPI) DiscardFailure(ctx context.Context, req api.DiscardFailureRequestObject) (api.DiscardFailureResponseObject, error) {
	if err := a.s.discardFailureBy(ctx, actorOf(ctx), req.ID, req.Body.Reason); err != nil {
		return nil, err
	}
	f, err := a.failure(ctx, req.ID)
	return api.DiscardFailure200JSONResponse(f), err
}
