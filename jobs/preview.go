package jobs

import (
	"context"

	"github.com/tributary-hub/tributary/store"
)

// previewProfile says that there is no preview yet.
func (h *Hub) previewProfile(ctx context.Context, r *run, a previewArgs) error {
	return r.finish(ctx, func(tx *store.Tx) error {
		return tx.EndPreview(ctx, a.ID, "this version of the hub cannot preview a profile yet")
	})
}
