package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// SpooledBody is a raw body that waits to be parsed.
type SpooledBody struct {
	ID        int64     `db:"id"`
	Body      []byte    `db:"body"`
	CreatedAt time.Time `db:"created_at"`
}

// AppendSpool commits a body whose reading consumed it at the vendor.
func (q queries) AppendSpool(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, body []byte) (s SpooledBody, err error) {
	if body == nil {
		body = []byte{}
	}
	return s, q.get(ctx, &s, "spooled body", `insert into spool (connection_id, feed, body, created_at) values ($1, $2, $3, $4) returning id, body, created_at`,
		connectionID, feed, body, q.now())
}

// PendingSpool gives the bodies that are not closed yet, oldest first, at most 20.
func (q queries) PendingSpool(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed) (out []SpooledBody, err error) {
	return out, q.list(ctx, &out, "spooled bodies", `select id, body, created_at from spool
		where connection_id = $1 and feed = $2 and closed_at is null order by id limit 20`, connectionID, feed)
}

// CloseSpool marks bodies as wholly saved; in the transaction that saved them.
func (t *Tx) CloseSpool(ctx context.Context, connectionID uuid.UUID, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	return t.exec(ctx, "spooled bodies", `update spool set closed_at = $3 where connection_id = $1 and id = any ($2)`, connectionID, pq.Array(ids), t.now())
}
