package handlers

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// fakeProfiles publishes by the store's own rules, and says for how many records a
// second person is needed. Its previews wait until a test ends them.
type fakeProfiles struct {
	store    *store.Store
	affected int // records that a draft changes
	limit    int // from more than these a second person is needed
	did      []string
	err      error
}

func (f *fakeProfiles) note(words ...any) error {
	f.did = append(f.did, fmt.Sprintln(words...))
	return f.err
}

func (f *fakeProfiles) StartPreview(ctx context.Context, id uuid.UUID, records int, by string) (uuid.UUID, error) {
	draft, err := f.store.Draft(ctx, id)
	if err != nil {
		return uuid.Nil, err
	}
	p, err := f.store.InsertPreview(ctx, store.Preview{ConnectionID: id, Revision: draft.Revision, Document: draft.Document, Wanted: records, CreatedBy: by})
	if err != nil {
		return uuid.Nil, err
	}
	return p.ID, f.note("preview", records)
}

func (f *fakeProfiles) Publish(ctx context.Context, id uuid.UUID, revision int, by store.User, note string) (version int, waiting bool, err error) {
	if err := f.note("publish", by.Email, note); err != nil {
		return 0, false, err
	}
	err = f.store.InTx(ctx, func(tx *store.Tx) error {
		draft, err := tx.RequireRevision(ctx, id, revision)
		if err != nil {
			return err
		}
		if f.affected > f.limit && draft.RequestedBy == by.Email {
			return staffing.Errorf(staffing.Forbidden, "you asked for this publication; somebody else has to confirm it")
		}
		if waiting = f.affected > f.limit && draft.RequestedBy == ""; waiting {
			return tx.RequestPublication(ctx, id, revision, by.Email, note)
		}
		version, err = tx.PublishDraft(ctx, id, revision, by.Email, note)
		return err
	})
	return version, waiting, err
}

func (f *fakeProfiles) RollBack(ctx context.Context, id uuid.UUID, version int, by store.User, note string) (n int, err error) {
	if err := f.note("roll back", version, note); err != nil {
		return 0, err
	}
	err = f.store.InTx(ctx, func(tx *store.Tx) error {
		n, err = tx.RollBack(ctx, id, version, by.Email, note)
		return err
	})
	return n, err
}

func (f *fakeProfiles) ListSaved(ctx context.Context, tx *store.Tx, id uuid.UUID) (int, error) {
	older, err := tx.OlderRecords(ctx, id)
	if err != nil {
		return 0, err
	}
	return older.Held, f.note("list saved", older.Held)
}

func (f *fakeProfiles) Reprocess(ctx context.Context, id uuid.UUID, _ store.User) (int, error) {
	if _, err := f.store.Connection(ctx, id); err != nil {
		return 0, err
	}
	older, err := f.store.OlderRecords(ctx, id)
	if err != nil {
		return 0, err
	}
	return older.Total(), f.note("reprocess", older.Total())
}

func (f *fakeProfiles) GoLive(ctx context.Context, id uuid.UUID, _ store.User) error {
	return f.mode(ctx, id, store.ModeLive)
}

func (f *fakeProfiles) GoShadow(ctx context.Context, id uuid.UUID, _ store.User) error {
	return f.mode(ctx, id, store.ModeShadow)
}

func (f *fakeProfiles) mode(ctx context.Context, id uuid.UUID, mode string) error {
	return f.store.InTx(ctx, func(tx *store.Tx) error { return tx.SetMode(ctx, id, mode) })
}

func (f *fakeProfiles) SwitchFlow(ctx context.Context, id uuid.UUID, flow store.Flow, on bool, _ store.User) error {
	if err := f.note("switch", flow, on); err != nil {
		return err
	}
	return f.store.InTx(ctx, func(tx *store.Tx) error {
		c, err := tx.LockFlows(ctx, id)
		if err != nil {
			return err
		}
		flows := slices.DeleteFunc(c.Live(), func(x store.Flow) bool { return x == flow })
		if on {
			flows = append(flows, flow)
		}
		return tx.SetFlows(ctx, id, flows)
	})
}
