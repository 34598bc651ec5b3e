package handlers

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// DiffProfile implements the operation of that name.
func (a restAPI) DiffProfile(ctx context.Context, req api.DiffProfileRequestObject) (api.DiffProfileResponseObject, error) {
	from, before, err := a.documentOf(ctx, req.ID, req.Params.From, a.inForce)
	if err != nil {
		return nil, err
	}
	to, after, err := a.documentOf(ctx, req.ID, req.Params.To, a.s.store.Draft)
	if err != nil {
		return nil, err
	}
	return api.DiffProfile200JSONResponse{From: from, To: to, Changes: each(mapping.Diff(before, after), func(c mapping.Change) api.ProfileChange {
		return api.ProfileChange{Section: c.Section, Key: c.Key, Words: c.Words}
	})}, nil
}

// documentOf reads a version by its number, or what other gives where there is none.
func (a restAPI) documentOf(ctx context.Context, id uuid.UUID, version int, other func(context.Context, uuid.UUID) (store.Profile, error)) (int, mapping.Document, error) {
	get := other
	if version > 0 {
		get = func(ctx context.Context, id uuid.UUID) (store.Profile, error) {
			return a.s.store.ProfileVersion(ctx, id, version)
		}
	}
	p, err := get(ctx, id)
	if err != nil {
		return 0, mapping.Document{}, err
	}
	doc, err := mapping.Parse([]byte(p.Document))
	return p.Version, doc, err
}

// inForce gives what is in force; an empty document if nothing is yet.
func (a restAPI) inForce(ctx context.Context, id uuid.UUID) (store.Profile, error) {
	p, err := a.s.store.PublishedProfile(ctx, id)
	if staffing.CodeOf(err) == staffing.NotFound {
		_, err = a.s.store.Connection(ctx, id)
	}
	return p, err
}
