package jobs

import (
	"context"
	"encoding/json"
	"slices"

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
	c, err := shadowable(ctx, tx, connectionID)
	if err != nil {
		return err
	}
	flows, action := store.Flows(), "connection.went_live"
	if mode == store.ModeShadow {
		flows, action = nil, "connection.went_shadow"
	}
	if len(c.Live()) == len(flows) {
		return staffing.Errorf(staffing.Conflict, "%s is in %s mode already", c.Name, mode)
	}
	return h.setFlows(ctx, tx, c, flows, deed{by, action, map[string]any{}})
}

// SwitchFlow lets one flow of a client's connection write, and does what was left
// out of it; or holds it back. The others stay as they are. With all flows the
// connection is live.
func (h *Hub) SwitchFlow(ctx context.Context, connectionID uuid.UUID, flow store.Flow, on bool, by store.User) error {
	err := h.store.InTx(ctx, func(tx *store.Tx) error {
		c, err := shadowable(ctx, tx, connectionID)
		if err != nil {
			return err
		}
		if err := maySwitch(c, flow, on); err != nil {
			return err
		}
		flows, action := append(c.Live(), flow), "connection.flow_live"
		if !on {
			flows, action = without(c.Live(), flow), "connection.flow_held"
		}
		return h.setFlows(ctx, tx, c, flows, deed{by.Email, action, map[string]any{"flow": flow}})
	})
	if err != nil || !on {
		return err
	}
	return h.Wake(ctx)
}

// ChangeFlows lets exactly these flows of a client's connection write, in the
// caller's transaction. Nothing happens when it is so already.
func (h *Hub) ChangeFlows(ctx context.Context, tx *store.Tx, connectionID uuid.UUID, flows []store.Flow, by string) error {
	c, err := shadowable(ctx, tx, connectionID)
	if err != nil {
		return err
	}
	for _, f := range flows {
		if !f.Known() {
			return unknownFlow(f)
		}
	}
	want := slices.DeleteFunc(store.Flows(), func(f store.Flow) bool { return !slices.Contains(flows, f) })
	if slices.Equal(want, c.Live()) {
		return nil
	}
	return h.setFlows(ctx, tx, c, want, deed{by, "connection.flows_set", map[string]any{"live": want}})
}

// shadowable locks a connection whose flows can be switched.
func shadowable(ctx context.Context, tx *store.Tx, id uuid.UUID) (store.Connection, error) {
	c, err := tx.LockFlows(ctx, id)
	if err == nil && c.Role != staffing.RoleClient {
		err = staffing.Errorf(staffing.Invalid, "only a client's connection has a shadow mode: %s is the firm's own", c.Name)
	}
	return c, err
}

func maySwitch(c store.Connection, flow store.Flow, on bool) error {
	switch needs := flow.Needs(); {
	case !flow.Known():
		return unknownFlow(flow)
	case c.Writes(flow) == on && on:
		return staffing.Errorf(staffing.Conflict, "the %s of %s are live already", flow, c.Name)
	case c.Writes(flow) == on:
		return staffing.Errorf(staffing.Conflict, "the %s of %s are held back already", flow, c.Name)
	case on && needs != "" && !c.Writes(needs):
		return staffing.Errorf(staffing.Conflict, "the %s go live first: without them there are no %s", needs, flow)
	}
	return nil
}

func unknownFlow(f store.Flow) error {
	return staffing.Errorf(staffing.Invalid, "there is no flow %q: jobs, candidates, statuses and bills can be switched", string(f))
}

func without(flows []store.Flow, one store.Flow) []store.Flow {
	return slices.DeleteFunc(flows, func(f store.Flow) bool { return f == one })
}

// setFlows lets exactly these flows write, and enqueues what was left out of those
// that did not.
func (h *Hub) setFlows(ctx context.Context, tx *store.Tx, c store.Connection, flows []store.Flow, d deed) error {
	if err := tx.SetFlows(ctx, c.ID, flows); err != nil {
		return err
	}
	fresh := slices.DeleteFunc(slices.Clone(flows), c.Writes)
	if len(fresh) > 0 {
		left, err := tx.ReleaseShadow(ctx, c.ID, fresh...)
		if err != nil {
			return err
		}
		if err := h.again(ctx, tx, left); err != nil {
			return err
		}
		d.detail["released"] = len(left)
	}
	return d.note(ctx, tx, c.ID)
}

// again enqueues the steps of writes that were left out. A requisition is mapped and
// checked anew before its job is written: a version that was published since then
// counts.
func (h *Hub) again(ctx context.Context, tx *store.Tx, left []store.ShadowEvent) error {
	todo := make([]river.JobArgs, len(left))
	for i, e := range left {
		if e.Step == kindSync {
			todo[i] = validateArgs{idArgs{e.SubjectID}}
			continue
		}
		args, err := json.Marshal(idArgs{e.SubjectID})
		if err != nil {
			return err
		}
		todo[i] = sameAgain{e.Step, args}
	}
	return h.enqueueMany(ctx, tx, todo)
}

// retarget lets what was left out for want of a system look again at the one that
// is being connected: it then says where it would write to.
func (h *Hub) retarget(ctx context.Context, tx *store.Tx, c store.Connection) error {
	step := map[staffing.Role]string{staffing.RoleInternalATS: kindSync, staffing.RoleERP: kindPost}[c.Role]
	if step == "" {
		return nil
	}
	left, err := tx.ShadowWithoutTarget(ctx, step)
	if err != nil {
		return err
	}
	return h.again(ctx, tx, left)
}
