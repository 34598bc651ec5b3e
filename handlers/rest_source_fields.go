package handlers

import (
	"context"
	"encoding/json"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/store"
)

// discovered is how many records are looked at for their fields.
const discovered = 200

// ListSourceFields implements the operation of that name.
func (a restAPI) ListSourceFields(ctx context.Context, req api.ListSourceFieldsRequestObject) (api.ListSourceFieldsResponseObject, error) {
	if _, err := a.s.store.Connection(ctx, req.ID); err != nil {
		return nil, err
	}
	records, err := a.s.store.RecentRaw(ctx, req.ID, req.Params.Feed, discovered)
	if err != nil {
		return nil, err
	}
	fields := mapping.Discover(each(records, func(r store.RawRecord) json.RawMessage { return r.Raw }))
	return api.ListSourceFields200JSONResponse{Records: len(records), Items: each(fields, func(f mapping.SourceField) api.SourceField {
		return api.SourceField{Path: f.Path, Type: f.Type, Present: f.Present, Examples: each(f.Examples, same)}
	})}, nil
}
