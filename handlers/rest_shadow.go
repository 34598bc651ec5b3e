package handlers

import (
	"context"

	"github.com/tributary-hub/tributary/api"
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
	return api.GetShadowScore200JSONResponse{Mode: c.Mode, Clean: s.Clean(), Requisitions: s.Requisitions, RequisitionsHeld: s.RequisitionHeld, Jobs: s.Jobs,
		Deliveries: s.Deliveries, SubmissionsHeld: s.SubmissionHeld, Statuses: s.Statuses, Bills: s.Bills, PlacementsHeld: s.PlacementHeld,
		OpenGaps: s.OpenGaps, Since: utc(s.Since)}, nil
}

// GoLive implements the operation of that name.
func (a restAPI) GoLive(ctx context.Context, req api.GoLiveRequestObject) (api.GoLiveResponseObject, error) {
	p, err := a.s.profiles()
	if err != nil {
		return nil, err
	}
	if err := p.GoLive(ctx, req.ID, actor(ctx)); err != nil {
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
	if err := p.GoShadow(ctx, req.ID, actor(ctx)); err != nil {
		return nil, err
	}
	c, err := a.connection(ctx, req.ID)
	return api.GoShadow200JSONResponse(c), err
}
