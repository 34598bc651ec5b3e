package handlers

import (
	"context"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/store"
)

// GetShadowScore implements the operation of that name.
func (a restAPI) GetShadowScore(ctx context.Context, req api.GetShadowScoreRequestObject) (api.GetShadowScoreResponseObject, error) {
	c, err := a.s.store.Connection(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	s, err := a.s.store.ShadowScore(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	return api.GetShadowScore200JSONResponse{Mode: c.Mode, LiveFlows: liveFlows(c), Clean: s.Clean(), Requisitions: s.Requisitions, RequisitionsHeld: s.RequisitionHeld, Jobs: s.Jobs,
		Deliveries: s.Deliveries, SubmissionsHeld: s.SubmissionHeld, Statuses: s.Statuses, Bills: s.Bills, PlacementsHeld: s.PlacementHeld,
		OpenGaps: s.OpenGaps, Since: utc(s.Since)}, nil
}

// ListShadowEvents implements the operation of that name.
func (a restAPI) ListShadowEvents(ctx context.Context, req api.ListShadowEventsRequestObject) (api.ListShadowEventsResponseObject, error) {
	if _, err := a.s.store.Connection(ctx, req.ID); err != nil {
		return nil, err
	}
	list, err := a.s.store.ShadowEvents(ctx, req.ID, req.Params.Limit)
	if err != nil {
		return nil, err
	}
	return api.ListShadowEvents200JSONResponse{Items: each(list, func(e store.ShadowEvent) api.ShadowEvent {
		return api.ShadowEvent{Step: e.Step, Subject: string(e.Subject), SubjectID: e.SubjectID, Words: e.Words, Body: e.Body, TargetID: value(e.TargetID),
			Count: e.Count, FirstAt: e.FirstAt.UTC(), LastAt: e.LastAt.UTC()}
	})}, nil
}

func liveFlows(c store.Connection) api.LiveFlows {
	return each(c.Live(), func(f store.Flow) string { return string(f) })
}

// GoLive implements the operation of that name.
func (a restAPI) GoLive(ctx context.Context, req api.GoLiveRequestObject) (api.GoLiveResponseObject, error) {
	p, err := a.s.profiles()
	if err != nil {
		return nil, err
	}
	if flow := store.Flow(req.Params.Flow); flow != "" {
		err = p.SwitchFlow(ctx, req.ID, flow, true, actor(ctx))
	} else {
		err = p.GoLive(ctx, req.ID, actor(ctx))
	}
	if err != nil {
		return nil, err
	}
	c, err := a.connection(ctx, req.ID)
	return api.GoLive200JSONResponse(c), err
}

// GoShadow implements the operation of that name.
func (a restAPI) GoShadow(ctx context.Context, req api.GoShadowRequestObject) (api.GoShadowResponseObject, error) {
	p, err := a.s.profiles()
	if err != nil {
		return nil, err
	}
	if flow := store.Flow(req.Params.Flow); flow != "" {
		err = p.SwitchFlow(ctx, req.ID, flow, false, actor(ctx))
	} else {
		err = p.GoShadow(ctx, req.ID, actor(ctx))
	}
	if err != nil {
		return nil, err
	}
	c, err := a.connection(ctx, req.ID)
	return api.GoShadow200JSONResponse(c), err
}
