package store

import (
	"context"
	"time"

	"github.com/google/uuid"
)

// NewestRequisitions gives a connection's requisitions, the last read first, at
// most limit, and how many there are.
func (q queries) NewestRequisitions(ctx context.Context, connectionID uuid.UUID, limit int) (out []RequisitionRow, total int, err error) {
	if err := q.get(ctx, &total, "requisitions", `select count(*) from requisitions where connection_id = $1`, connectionID); err != nil {
		return nil, 0, err
	}
	return out, total, q.list(ctx, &out, "requisitions", `select r.*, c.name client_name, 0 submissions from requisitions r join clients c on c.id = r.client_id
		where r.connection_id = $1 order by r.updated_at desc, r.id limit $2`, connectionID, limit)
}

// LastDelivery says when a connection's last webhook was taken; zero for none.
func (q queries) LastDelivery(ctx context.Context, connectionID uuid.UUID) (time.Time, error) {
	var at *time.Time
	err := q.get(ctx, &at, "delivery", `select max(received_at) from inbox where connection_id = $1`, connectionID)
	if at == nil {
		return time.Time{}, err
	}
	return *at, err
}
