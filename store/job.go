package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// FenceJob makes sure that the caller is still the attempt that works on a job,
// and keeps the job's row locked until the transaction ends. The queue itself
// does not look: a first attempt that was given up and comes back could complete
// the job of a second one that runs ([staffing.Conflict]).
func (t *Tx) FenceJob(ctx context.Context, id int64, attempt int) error {
	var row struct {
		Attempt int    `db:"attempt"`
		State   string `db:"state"`
	}
	err := t.get(ctx, &row, "job", `select attempt, state from river_job where id = $1 for update`, id)
	if err != nil {
		return err
	}
	if row.Attempt != attempt || row.State != "running" {
		return staffing.Errorf(staffing.Conflict, "this job has passed to another worker")
	}
	return nil
}

// JobDepth counts jobs of one kind that are not finished.
type JobDepth struct {
	Kind  string `db:"kind"`
	State string `db:"state"`
	Count int    `db:"count"`
}

// JobDepths counts the unfinished jobs per kind and state.
func (q queries) JobDepths(ctx context.Context) (out []JobDepth, err error) {
	return out, q.list(ctx, &out, "jobs", `select kind, state::text state, count(*) count from river_job
		where state in ('available', 'running', 'retryable', 'scheduled', 'pending') group by 1, 2 order by 1, 2`)
}

// ClaimReleasable takes up to limit failures that waited for a connection to be
// put right and whose connection works again, and marks them as retrying: the
// caller enqueues their steps in the same transaction.
func (t *Tx) ClaimReleasable(ctx context.Context, limit int) (out []Failure, err error) {
	return out, t.list(ctx, &out, "failed records", `update failures f set state = 'retrying', next_at = $1
		from (select d.id from failures d join connections c on c.id = d.connection_id
			where d.state = 'open' and c.state = 'active' and (d.cause like 'connection/%' or (d.code = 'unauthorized' and c.updated_at > d.last_at))
			order by d.last_at limit $2 for update of d skip locked) due
		where f.id = due.id returning f.*`, t.now(), limit)
}

// EffectByKey gives the write of that kind and key, if it was ever intended;
// [staffing.NotFound] if not. The row stays locked until the transaction ends.
func (t *Tx) EffectByKey(ctx context.Context, connectionID uuid.UUID, kind, key string) (e Effect, err error) {
	return e, t.get(ctx, &e, "effect", `select * from effects where connection_id = $1 and kind = $2 and key = $3 for update`, connectionID, kind, key)
}

// BillingOpen says that a billing record of the placement is on its way to the
// ERP or there: its terms must not change any more.
func (t *Tx) BillingOpen(ctx context.Context, placementID uuid.UUID) (open bool, err error) {
	return open, t.get(ctx, &open, "effect", `select exists (select 1 from effects where kind = 'billing.put' and subject_id = $1 and state in ('sent', 'unknown', 'done'))`, placementID)
}
