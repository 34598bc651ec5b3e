package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// Gap is something that a connection's mapping does not know, with how often it
// was met.
type Gap struct {
	ConnectionID uuid.UUID        `db:"connection_id"`
	Kind         staffing.GapKind `db:"kind"`
	Field        string           `db:"field"`
	Value        string           `db:"value"`
	Message      string           `db:"message"`
	Count        int              `db:"count"`
	FirstAt      time.Time        `db:"first_at"`
	LastAt       time.Time        `db:"last_at"`
	ClosedAt     *time.Time       `db:"closed_at"`
}

// NoteGaps counts gaps that a record met.
func (q queries) NoteGaps(ctx context.Context, connectionID uuid.UUID, gaps []staffing.Gap) error {
	for _, g := range gaps {
		value := clean(g.Value)
		if r := []rune(value); len(r) > 200 {
			value = string(r[:200])
		}
		if err := q.exec(ctx, "gap", `insert into gaps (connection_id, kind, field, value, message, first_at, last_at) values ($1, $2, $3, $4, $5, $6, $6)
			on conflict (connection_id, kind, field, value) do update set count = case when gaps.closed_at is null then gaps.count + 1 else 1 end, last_at = excluded.last_at, message = excluded.message, closed_at = null`,
			connectionID, g.Kind, clean(g.Field), value, clean(g.Message), q.now()); err != nil {
			return err
		}
	}
	return nil
}

// Gaps lists the open gaps of a connection, or of all with the nil UUID: those that
// records wait for first, then the most frequent.
func (q queries) Gaps(ctx context.Context, connectionID uuid.UUID) (out []Gap, err error) {
	return out, q.list(ctx, &out, "gaps", `select * from gaps where closed_at is null and ($1 = '00000000-0000-0000-0000-000000000000'::uuid or connection_id = $1)
		order by kind in ('field', 'option'), count desc, last_at desc limit 500`, connectionID)
}

// CloseGaps closes all gaps of a connection, when a new profile is published:
// those that it does not close are met again.
func (q queries) CloseGaps(ctx context.Context, connectionID uuid.UUID) error {
	return q.exec(ctx, "gaps", `update gaps set closed_at = $2 where connection_id = $1 and closed_at is null`, connectionID, q.now())
}

// ClaimHeld takes the failures of a connection that a mapping or a rule holds back,
// and marks them as retrying, because a new profile may let them go on: the caller
// enqueues their steps in the same transaction.
func (t *Tx) ClaimHeld(ctx context.Context, connectionID uuid.UUID) (out []Failure, err error) {
	return out, t.list(ctx, &out, "failed records", `with held as (update failures set state = 'retrying', next_at = $2
			where connection_id = $1 and `+heldFailure+` returning *)
		select * from held order by first_at, id`, connectionID, t.now())
}

// PlacementsWaiting lists the submissions of a connection whose placement needs
// attention, for another reading under a new profile.
func (q queries) PlacementsWaiting(ctx context.Context, connectionID uuid.UUID) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "placements", `select s.id from placements p join submissions s on s.id = p.submission_id
		where s.connection_id = $1 and p.state = 'needs_attention' order by p.id`, connectionID)
}

// UnmappedRaw lists the newest records of the submissions of a connection whose
// client said a word that no table knew.
func (q queries) UnmappedRaw(ctx context.Context, connectionID uuid.UUID) (out []int64, err error) {
	return out, q.list(ctx, &out, "raw records", `select max(r.id) from raw_records r where r.connection_id = $1 and r.feed = 'statuses' and r.external_id in (
			select s.client_ref from submissions s join stage_events e on e.submission_id = s.id where s.connection_id = $1 and e.stage = '' and e.source = 'client')
		group by r.external_id order by 1`, connectionID)
}
