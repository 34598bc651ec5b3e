package jobs

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// GoLive ends the shadow mode of a client's connection: everything that was left
// out goes on its way, under the rules of now.
func (h *Hub) GoLive(ctx context.Context, connectionID uuid.UUID, by store.User) error {
	if err := h.changeMode(ctx, connectionID, store.ModeLive, by.Email); err != nil {
		return err
	}
	return h.Wake(ctx)
}

// GoShadow lets a client's connection read, map and check, but write nothing
// outside. A write whose request has left already ends as it ends.
func (h *Hub) GoShadow(ctx context.Context, connectionID uuid.UUID, by store.User) error {
	return h.changeMode(ctx, connectionID, store.ModeShadow, by.Email)
}

func (h *Hub) changeMode(ctx context.Context, connectionID uuid.UUID, mode, by string) error {
	return h.store.InTx(ctx, func(tx *store.Tx) error { return h.ChangeMode(ctx, tx, connectionID, mode, by) })
}

// ChangeMode is GoLive and GoShadow in the caller's transaction.
func (h *Hub) ChangeMode(ctx context.Context, tx *store.Tx, connectionID uuid.UUID, mode, by string) error {
	c, err := tx.Connection(ctx, connectionID)
	switch {
	case err != nil:
		return err
	case c.Role != staffing.RoleClient:
		return staffing.Errorf(staffing.Invalid, "only a client's connection has a shadow mode: %s is the firm's own", c.Name)
	case c.Mode == mode:
		return staffing.Errorf(staffing.Conflict, "%s is in %s mode already", c.Name, mode)
	}
	if err := tx.SetMode(ctx, connectionID, mode); err != nil {
		return err
	}
	if mode == store.ModeShadow {
		return deed{by, "connection.went_shadow", nil}.note(ctx, tx, connectionID)
	}
	left, err := tx.ReleaseShadow(ctx, connectionID)
	if err != nil {
		return err
	}
	todo := make([]river.JobArgs, len(left))
	for i, e := range left {
		args, err := json.Marshal(idArgs{e.SubjectID})
		if err != nil {
			return err
		}
		todo[i] = sameAgain{e.Step, args}
	}
	if err := h.enqueueMany(ctx, tx, todo); err != nil {
		return err
	}
	return deed{by, "connection.went_live", map[string]any{"released": len(left)}}.note(ctx, tx, connectionID)
}
