package handlers

import (
	"context"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/store"
)

// ListProfileVersions implements the operation of that name.
func (a restAPI) ListProfileVersions(ctx context.Context, req api.ListProfileVersionsRequestObject) (api.ListProfileVersionsResponseObject, error) {
	if _, err := a.s.store.Connection(ctx, req.ID); err != nil {
		return nil, err
	}
	list, err := a.s.store.Profiles(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	if len(list) > 0 && list[0].State == store.ProfileDraft {
		list = list[1:]
	}
	return api.ListProfileVersions200JSONResponse{Items: each(list, versionSummary)}, nil
}

func versionSummary(p store.Profile) api.ProfileVersionSummary {
	return api.ProfileVersionSummary{Version: p.Version, State: p.State, Author: p.Author, Note: p.Note, BaseVersion: p.BaseVersion, CreatedAt: p.CreatedAt.UTC(),
		RequestedBy: p.RequestedBy, PublishedBy: p.PublishedBy, PublishedAt: utc(p.PublishedAt)}
}

// GetProfileVersion implements the operation of that name.
func (a restAPI) GetProfileVersion(ctx context.Context, req api.GetProfileVersionRequestObject) (api.GetProfileVersionResponseObject, error) {
	p, err := a.s.store.ProfileVersion(ctx, req.ID, req.Version)
	if err != nil {
		return nil, err
	}
	return api.GetProfileVersion200JSONResponse{ProfileVersionSummary: versionSummary(p), YAML: p.Document, Document: documentJSON(p.Document)}, nil
}

// actor is the token as who changes a profile. It has no id: it is no person, and
// so never one of the two that some publications need.
func actor(ctx context.Context) store.User {
	return store.User{Email: actorOf(ctx), Name: actorOf(ctx)}
}

// PublishProfile implements the operation of that name.
func (a restAPI) PublishProfile(ctx context.Context, req api.PublishProfileRequestObject) (api.PublishProfileResponseObject, error) {
	p, err := a.s.profiles()
	if err != nil {
		return nil, err
	}
	older, err := a.s.store.OlderRecords(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	version, waiting, err := p.Publish(ctx, req.ID, req.Body.Revision, actor(ctx), req.Body.Note)
	switch {
	case err != nil:
		return nil, err
	case waiting:
		return api.PublishProfile202JSONResponse{State: "waiting"}, nil
	}
	return api.PublishProfile200JSONResponse(publication(version, older.Held)), nil
}

func publication(version, held int) api.Publication {
	return api.Publication{State: store.ProfilePublished, Version: version, Held: held}
}

// WithdrawPublication implements the operation of that name.
func (a restAPI) WithdrawPublication(ctx context.Context, req api.WithdrawPublicationRequestObject) (api.WithdrawPublicationResponseObject, error) {
	if err := a.s.withdrawBy(ctx, actorOf(ctx), req.ID, req.Params.Revision); err != nil {
		return nil, err
	}
	return api.WithdrawPublication204Response{}, nil
}

// GetOlderRecords implements the operation of that name.
func (a restAPI) GetOlderRecords(ctx context.Context, req api.GetOlderRecordsRequestObject) (api.GetOlderRecordsResponseObject, error) {
	c, err := a.s.store.Connection(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	older, err := a.s.olderRecords(ctx, c)
	return api.GetOlderRecords200JSONResponse{Requisitions: older.Requisitions, Submissions: older.Submissions, Placements: older.Placements,
		Jobs: older.jobs, Held: older.Held}, err
}

// ReprocessProfile implements the operation of that name.
func (a restAPI) ReprocessProfile(ctx context.Context, req api.ReprocessProfileRequestObject) (api.ReprocessProfileResponseObject, error) {
	p, err := a.s.profiles()
	if err != nil {
		return nil, err
	}
	n, err := p.Reprocess(ctx, req.ID, actor(ctx))
	if err != nil {
		return nil, err
	}
	return api.ReprocessProfile202JSONResponse{AcceptedJSONResponse: queued(n)}, nil
}

// RollBackProfile implements the operation of that name.
func (a restAPI) RollBackProfile(ctx context.Context, req api.RollBackProfileRequestObject) (api.RollBackProfileResponseObject, error) {
	p, err := a.s.profiles()
	if err != nil {
		return nil, err
	}
	older, err := a.s.store.OlderRecords(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	version, err := p.RollBack(ctx, req.ID, req.Body.Version, actor(ctx), req.Body.Note)
	if err != nil {
		return nil, err
	}
	return api.RollBackProfile200JSONResponse(publication(version, older.Held)), nil
}

// ListStatusWords implements the operation of that name.
func (a restAPI) ListStatusWords(ctx context.Context, req api.ListStatusWordsRequestObject) (api.ListStatusWordsResponseObject, error) {
	if _, err := a.s.store.Connection(ctx, req.ID); err != nil {
		return nil, err
	}
	requisitions, err := a.s.store.RequisitionWords(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	submissions, err := a.s.store.StatusWords(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	return api.ListStatusWords200JSONResponse{
		Requisitions: each(requisitions, func(w store.RequisitionWord) api.RequisitionWord {
			return api.RequisitionWord{Word: w.Word, Status: api.RequisitionStatus(w.Status), Count: w.Count, LastAt: w.LastAt.UTC(), Waiting: w.Waiting}
		}),
		Submissions: each(submissions, func(w store.StatusWord) api.StatusWord {
			return api.StatusWord{Word: w.Word, Stage: w.Stage, Count: w.Count, LastAt: w.LastAt.UTC(), Waiting: w.Waiting}
		}),
	}, nil
}
