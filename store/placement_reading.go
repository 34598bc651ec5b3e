package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	// ReadEvery is how often the terms of a placement are read again by themselves.
	ReadEvery = 24 * time.Hour
	readAfter = 60  // days after its end are read too: ends move
	readFee   = 180 // days after the start of a placement without an end, as long as a guarantee may last
)

// ClaimDueReadings takes up to limit placements whose terms are to be read again, and
// puts the next time a day off. It gives their submissions. Those whose client's system
// is paused or needs attention, and those that are long over, are left alone.
func (t *Tx) ClaimDueReadings(ctx context.Context, limit int) (out []uuid.UUID, err error) {
	now := t.now()
	return out, t.list(ctx, &out, "due readings", `update placements set next_read_at = $2 where id in (
			select p.id from placements p join submissions s on s.id = p.submission_id join connections c on c.id = s.connection_id
			where p.next_read_at <= $1 and p.state <> 'cancelled' and c.state = 'active' and s.stage in ($6, $7) and s.client_ref is not null
				and coalesce(nullif(p.canonical->>'end_date', '') >= $4, nullif(p.canonical->>'start_date', '') >= $5, true)
			order by p.next_read_at limit $3 for update of p skip locked)
		returning submission_id`, now, now.Add(ReadEvery), limit, staffing.DateOf(now.AddDate(0, 0, -readAfter)), staffing.DateOf(now.AddDate(0, 0, -readFee)),
		staffing.OfferAccepted, staffing.Placed)
}

// MakeReadingsDue lets the terms of a connection's hires be read again now.
func (q queries) MakeReadingsDue(ctx context.Context, connectionID uuid.UUID) error {
	return q.exec(ctx, "due readings", `update placements p set next_read_at = $2 from submissions s where s.id = p.submission_id and s.connection_id = $1 and p.next_read_at > $2`,
		connectionID, q.now())
}
