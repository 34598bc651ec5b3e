package handlers

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// TestConnection implements the operation of that name. What the system refuses
// is the report, not the answer's status: the token of the caller is good.
func (a restAPI) TestConnection(ctx context.Context, req api.TestConnectionRequestObject) (api.TestConnectionResponseObject, error) {
	if _, err := a.s.store.Connection(ctx, req.ID); err != nil {
		return nil, err
	}
	report, err := a.s.check(ctx, req.ID)
	return api.TestConnection200JSONResponse(reportAnswer(report, err)), nil
}

func reportAnswer(report staffing.Report, err error) api.TestReport {
	out := api.TestReport{Ok: err == nil && report.OK(), Account: report.Account, Permissions: each(report.Permissions, func(p staffing.Permission) api.Permission {
		return api.Permission{Name: p.Name, Purpose: p.Purpose, Granted: p.Granted, Detail: p.Detail}
	})}
	if err != nil {
		out.Code, out.Error = staffing.CodeOf(err), staffing.MessageOf(err)
	}
	return out
}

// PauseConnection implements the operation of that name.
func (a restAPI) PauseConnection(ctx context.Context, req api.PauseConnectionRequestObject) (api.PauseConnectionResponseObject, error) {
	err := a.s.audited(ctx, deed{actorOf(ctx), "connection.paused", staffing.SubjectConnection, req.ID}, func(tx *store.Tx) (map[string]any, error) {
		return nil, tx.SetConnectionState(ctx, req.ID, staffing.ConnectionPaused, req.Body.Reason)
	})
	if err != nil {
		return nil, err
	}
	a.s.cfg.Systems.Forget(req.ID)
	c, err := a.connection(ctx, req.ID)
	return api.PauseConnection200JSONResponse(c), err
}

// ResumeConnection implements the operation of that name.
func (a restAPI) ResumeConnection(ctx context.Context, req api.ResumeConnectionRequestObject) (api.ResumeConnectionResponseObject, error) {
	if err := a.s.activate(ctx, actorOf(ctx), req.ID, "connection.resumed"); err != nil {
		return nil, err
	}
	c, err := a.connection(ctx, req.ID)
	return api.ResumeConnection200JSONResponse(c), err
}

// PollConnection implements the operation of that name.
func (a restAPI) PollConnection(ctx context.Context, req api.PollConnectionRequestObject) (api.PollConnectionResponseObject, error) {
	n, err := a.due(ctx, req.ID, "connection.polled", nil, func(tx *store.Tx) error { return tx.PollNow(ctx, req.ID) })
	if err != nil {
		return nil, err
	}
	return api.PollConnection202JSONResponse{AcceptedJSONResponse: queued(n)}, nil
}

// BackfillConnection implements the operation of that name.
func (a restAPI) BackfillConnection(ctx context.Context, req api.BackfillConnectionRequestObject) (api.BackfillConnectionResponseObject, error) {
	feed := req.Body.Feed
	_, err := a.due(ctx, req.ID, "connection.backfilled", map[string]any{"feed": feed}, func(tx *store.Tx) error { return tx.Backfill(ctx, req.ID, feed) })
	if err != nil {
		return nil, err
	}
	return api.BackfillConnection202JSONResponse{AcceptedJSONResponse: queued(1)}, nil
}

// due makes feeds of an active connection due by what act does, and says how many
// feeds it has.
func (a restAPI) due(ctx context.Context, id uuid.UUID, action string, detail map[string]any, act func(tx *store.Tx) error) (n int, err error) {
	err = a.s.audited(ctx, deed{actorOf(ctx), action, staffing.SubjectConnection, id}, func(tx *store.Tx) (map[string]any, error) {
		c, err := tx.Connection(ctx, id)
		if err != nil {
			return nil, err
		}
		if c.State != staffing.ConnectionActive {
			return nil, staffing.Errorf(staffing.Conflict, "the connection is not active; resume it first")
		}
		feeds, err := tx.Feeds(ctx, id)
		if err != nil {
			return nil, err
		}
		n = len(feeds)
		return detail, act(tx)
	})
	if err == nil {
		a.s.wake(ctx)
	}
	return n, err
}
