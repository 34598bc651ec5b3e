package handlers

import (
	"context"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/web"
)

// CopyProfile implements the operation of that name.
func (a restAPI) CopyProfile(ctx context.Context, req api.CopyProfileRequestObject) (api.CopyProfileResponseObject, error) {
	version, err := a.s.store.PublishedVersion(ctx, req.ID)
	if err != nil {
		return nil, err
	}
	c := profileCopy{to: req.ID, from: req.Body.From, parts: req.Body.Parts, at: &web.Edition{Revision: req.Body.Revision, Base: version}}
	var done copied
	if req.Body.DryRun {
		done, err = a.s.copyPreview(ctx, c)
	} else {
		done, err = a.s.copyProfileBy(ctx, actorOf(ctx), c)
	}
	if err != nil {
		return nil, err
	}
	return api.CopyProfile200JSONResponse{Revision: done.Revision, Warnings: each(done.Warnings, same[string]), Lists: each(done.Lists, same[string]),
		Changes: each(done.Changes, func(c mapping.Change) api.ProfileChange {
			return api.ProfileChange{Section: c.Section, Key: c.Key, Words: c.Words}
		})}, nil
}
