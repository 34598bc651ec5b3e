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
			on conflict (connection_id, kind, field, value) do update set count = gaps.count + 1, last_at = excluded.last_at, message = excluded.message, closed_at = null`,
			connectionID, g.Kind, clean(g.Field), value, clean(g.Message), q.now()); err != nil {
			return err
		}
	}
	return nil
}

// Gaps lists the open gaps of a connection, or of all with the nil UUID.
func (q queries) Gaps(ctx context.Context, connectionID uuid.UUID) (out []Gap, err error) {
	return out, q.list(ctx, &out, "gaps", `select * from gaps where closed_at is null and ($1 = '00000000-0000-0000-0000-000000000000'::uuid or connection_id = $1)
		order by count desc, last_at desc limit 500`, connectionID)
}

// CloseGaps closes all gaps of a connection, when a new profile is published:
// those that it does not close are met again.
func (q queries) CloseGaps(ctx context.Context, connectionID uuid.UUID) error {
	return q.exec(ctx, "gaps", `update gaps set closed_at = $2 where connection_id = $1 and closed_at is null`, connectionID, q.now())
}
