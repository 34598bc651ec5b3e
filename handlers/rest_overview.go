package handlers

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/store"
)

// GetOverview implements the operation of that name.
func (a restAPI) GetOverview(ctx context.Context, _ api.GetOverviewRequestObject) (api.GetOverviewResponseObject, error) {
	counts, err := a.s.store.Counts(ctx)
	if err != nil {
		return nil, err
	}
	clients, err := a.s.store.Pipeline(ctx)
	if err != nil {
		return nil, err
	}
	stages, err := a.s.store.StageCounts(ctx)
	if err != nil {
		return nil, err
	}
	feeds, err := a.s.store.Feeds(ctx, uuid.Nil)
	if err != nil {
		return nil, err
	}
	return api.GetOverview200JSONResponse{
		Counts:   api.Counts{Failed: counts.Failed, Review: counts.Review, Gaps: counts.Gaps},
		Pipeline: each(clients, pipelineAnswer),
		Stages:   each(stages, func(s store.StageCount) api.StageCount { return api.StageCount{Stage: s.Stage, Count: s.Count} }),
		Feeds:    each(feeds, func(f store.Feed) api.Feed { return feedAnswer(f, a.s.now()) }),
	}, nil
}

func pipelineAnswer(p store.ClientPipeline) api.ClientPipeline {
	return api.ClientPipeline{ClientID: p.ClientID, ClientName: p.ClientName, Received: p.Received, NeedsAttention: p.NeedsAttention, Valid: p.Valid, Synced: p.Synced,
		Open: p.Open, Submissions: p.Submissions, Delivered: p.Delivered, InProcess: p.InProcess, Hired: p.Hired, Placements: p.Placements,
		AwaitingReview: p.AwaitingReview, Approved: p.Approved, Posted: p.Posted}
}

// ListGaps implements the operation of that name.
func (a restAPI) ListGaps(ctx context.Context, req api.ListGapsRequestObject) (api.ListGapsResponseObject, error) {
	gaps, err := a.s.store.Gaps(ctx, req.Params.ConnectionID)
	if err != nil {
		return nil, err
	}
	return api.ListGaps200JSONResponse{Items: each(gaps, func(g store.Gap) api.OpenGap {
		return api.OpenGap{ConnectionID: g.ConnectionID, Kind: g.Kind, Field: g.Field, Value: g.Value, Message: g.Message, Count: g.Count,
			FirstAt: g.FirstAt.UTC(), LastAt: g.LastAt.UTC()}
	})}, nil
}
