package jobs

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// deed is what the audit log says of a change to a connection's profile.
type deed struct {
	by, action string
	detail     map[string]any
}

func (d deed) note(ctx context.Context, tx *store.Tx, connectionID uuid.UUID) error {
	return tx.Audit(ctx, d.by, d.action, string(staffing.SubjectConnection), connectionID.String(), d.detail)
}

// inForce does what follows from a new version: feeds get its cadence, gaps close,
// what is held goes on its way once more.
func (h *Hub) inForce(ctx context.Context, tx *store.Tx, connectionID uuid.UUID, document string, d deed) error {
	doc, err := mapping.Parse([]byte(document))
	if err != nil {
		return err
	}
	feeds, err := tx.Feeds(ctx, connectionID)
	if err != nil {
		return err
	}
	for _, f := range feeds {
		every, says := doc.Poll[f.Feed]
		if !says {
			every = defaultCadence
		}
		if err := tx.UpsertFeed(ctx, connectionID, f.Feed, every); err != nil {
			return err
		}
	}
	if err := tx.CloseGaps(ctx, connectionID); err != nil {
		return err
	}
	if d.detail["released"], err = h.tryHeld(ctx, tx, connectionID); err != nil {
		return err
	}
	return d.note(ctx, tx, connectionID)
}

// ListSaved lets go what a mapping or a rule of the connection holds, because a code
// list changed: gaps that it does not close are met again. It gives how many records
// are on their way.
func (h *Hub) ListSaved(ctx context.Context, tx *store.Tx, connectionID uuid.UUID) (n int, err error) {
	if err := tx.CloseGaps(ctx, connectionID); err != nil {
		return 0, err
	}
	return h.tryHeld(ctx, tx, connectionID)
}

// tryHeld enqueues what a mapping or a rule of the connection holds back, and gives
// how many records that are. A new version may let them go on; those that it does
// not are held again, with today's reasons.
func (h *Hub) tryHeld(ctx context.Context, tx *store.Tx, connectionID uuid.UUID) (n int, err error) {
	failures, err := tx.ClaimHeld(ctx, connectionID)
	if err != nil {
		return 0, err
	}
	var todo []river.JobArgs
	on := map[string]bool{}
	add := func(kind string, args any) error {
		text, err := json.Marshal(args)
		if err != nil || on[kind+string(text)] {
			return err
		}
		on[kind+string(text)] = true
		todo = append(todo, sameAgain{kind, text})
		return nil
	}
	for _, f := range failures {
		if err := add(f.Step, f.Args.V); err != nil {
			return 0, err
		}
	}
	waiting, err := waitingRecords(ctx, tx, connectionID)
	if err != nil {
		return 0, err
	}
	for _, w := range waiting {
		if err := add(w.Kind(), w); err != nil {
			return 0, err
		}
	}
	return len(todo), h.enqueueMany(ctx, tx, todo)
}

// waitingRecords are those whose state says that they wait, whether or not they
// stand on the page of failed records.
func waitingRecords(ctx context.Context, tx *store.Tx, connectionID uuid.UUID) (out []river.JobArgs, err error) {
	requisitions, err := tx.RequisitionsWaiting(ctx, connectionID)
	if err != nil {
		return nil, err
	}
	for _, id := range requisitions {
		out = append(out, validateArgs{idArgs{id}})
	}
	statuses, err := tx.UnmappedRaw(ctx, connectionID)
	if err != nil {
		return nil, err
	}
	for _, id := range statuses {
		out = append(out, applyStatus{rawArgs{id}})
	}
	hires, err := tx.PlacementsWaiting(ctx, connectionID)
	for _, id := range hires {
		out = append(out, extractArgs{idArgs{id}})
	}
	return out, err
}

// enqueueBatch is how many jobs are inserted with one statement.
const enqueueBatch = 1000

func (h *Hub) enqueueMany(ctx context.Context, tx *store.Tx, args []river.JobArgs) error {
	for part := range slices.Chunk(args, enqueueBatch) {
		if err := h.enqueue(ctx, tx, part...); err != nil {
			return err
		}
	}
	return nil
}

// Reprocess maps and checks every record of a connection again that an older
// version made: of a client its requisitions, the submissions that are on their
// way and the terms that finance has not approved; of an internal ATS the jobs that
// it holds. What comes out the same is not written again. It gives how many records
// are on their way.
func (h *Hub) Reprocess(ctx context.Context, connectionID uuid.UUID, by store.User) (n int, err error) {
	err = h.store.InTx(ctx, func(tx *store.Tx) error {
		c, err := tx.Connection(ctx, connectionID)
		if err != nil {
			return err
		}
		todo, err := olderWork(ctx, tx, c)
		if err != nil {
			return err
		}
		n = len(todo)
		if err := h.enqueueMany(ctx, tx, todo); err != nil {
			return err
		}
		return deed{by.Email, "profile.reprocessed", map[string]any{"records": n}}.note(ctx, tx, connectionID)
	})
	if err != nil {
		return 0, err
	}
	return n, h.Wake(ctx)
}

// olderWork gives the jobs that do what an older version did once more.
func olderWork(ctx context.Context, tx *store.Tx, c store.Connection) (todo []river.JobArgs, err error) {
	again := func(list func(context.Context, uuid.UUID) ([]uuid.UUID, error), job func(idArgs) river.JobArgs) {
		if err != nil {
			return
		}
		var ids []uuid.UUID
		ids, err = list(ctx, c.ID)
		for _, id := range ids {
			todo = append(todo, job(idArgs{id}))
		}
	}
	switch c.Role {
	case staffing.RoleClient:
		again(tx.RequisitionsOfOlder, func(a idArgs) river.JobArgs { return validateArgs{a} })
		again(tx.SubmissionsOfOlder, func(a idArgs) river.JobArgs { return deliverArgs{a} })
		again(tx.PlacementsOfOlder, func(a idArgs) river.JobArgs { return extractArgs{a} })
		return todo, err
	case staffing.RoleInternalATS:
		again(func(ctx context.Context, id uuid.UUID) ([]uuid.UUID, error) {
			return tx.RequisitionsForJobs(ctx, id, MaxPreview)
		},
			func(a idArgs) river.JobArgs { return syncArgs{idArgs: a} })
		return todo, err
	default:
		return nil, staffing.Errorf(staffing.Invalid, "bills that are posted stay as they are; there is nothing to process again")
	}
}
