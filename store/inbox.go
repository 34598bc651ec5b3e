package store

import (
	"context"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// Delivery is one webhook as it came in.
type Delivery struct {
	ID           int64             `db:"id"`
	ConnectionID uuid.UUID         `db:"connection_id"`
	DeliveryID   string            `db:"delivery_id"`
	Headers      JSON[http.Header] `db:"headers"`
	Body         []byte            `db:"body"`
	ReceivedAt   time.Time         `db:"received_at"`
	ProcessedAt  *time.Time        `db:"processed_at"`
	Outcome      string            `db:"outcome"`
}

// InsertDelivery keeps a webhook; fresh is false when that delivery is here
// already.
func (t *Tx) InsertDelivery(ctx context.Context, d Delivery) (id int64, fresh bool, err error) {
	var rows []int64
	if d.Body == nil {
		d.Body = []byte{}
	}
	err = t.list(ctx, &rows, "delivery", `insert into inbox (connection_id, delivery_id, headers, body, received_at) values ($1, $2, $3, $4, $5)
		on conflict (connection_id, delivery_id) do nothing returning id`, d.ConnectionID, clean(d.DeliveryID), d.Headers, d.Body, t.now())
	if err != nil || len(rows) == 0 {
		return 0, false, err
	}
	return rows[0], true, nil
}

// Delivery gives one webhook delivery.
func (q queries) Delivery(ctx context.Context, id int64) (d Delivery, err error) {
	return d, q.get(ctx, &d, "delivery", `select * from inbox where id = $1`, id)
}

// MarkDeliveryProcessed notes what became of a delivery.
func (q queries) MarkDeliveryProcessed(ctx context.Context, id int64, outcome string) error {
	return q.exec(ctx, "delivery", `update inbox set processed_at = $2, outcome = $3 where id = $1`, id, q.now(), clean(outcome))
}

// Refusal counts deliveries that were refused for a reason on a day.
type Refusal struct {
	ConnectionID string    `db:"connection_id"`
	Reason       string    `db:"reason"`
	Day          time.Time `db:"day"`
	Count        int       `db:"count"`
	LastAt       time.Time `db:"last_at"`
}

// CountRefusal counts one refused delivery. connection is the id as it stood in
// the address, or "unknown".
func (q queries) CountRefusal(ctx context.Context, connection, reason string) error {
	return q.AddRefusals(ctx, connection, reason, 1)
}

// AddRefusals counts n refused deliveries at once.
func (q queries) AddRefusals(ctx context.Context, connection, reason string, n int) error {
	now := q.now()
	return q.exec(ctx, "refusal", `insert into refusals (connection_id, reason, day, count, last_at) values ($1, $2, $3, $5, $4)
		on conflict (connection_id, reason, day) do update set count = refusals.count + excluded.count, last_at = excluded.last_at`,
		clean(connection), reason, now.Truncate(24*time.Hour), now, n)
}

// Refusals lists what was refused in the last 30 days, for one connection or,
// with "", for all.
func (q queries) Refusals(ctx context.Context, connection string) (out []Refusal, err error) {
	return out, q.list(ctx, &out, "refusals", `select * from refusals where ($1 = '' or connection_id = $1) and day > $2 order by last_at desc`,
		connection, q.now().AddDate(0, 0, -30))
}
