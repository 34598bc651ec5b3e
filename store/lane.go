package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// laneOf says, per kind of job, with which connection its step works: the sum of a
// job's arguments, read by the database. A kind that is not here works with all.
var laneOf = map[string]string{
	"submission.deliver": `(select s.connection_id from submissions s where s.id = (j.args->>'id')::uuid)`,
	"placement.extract":  `(select s.connection_id from submissions s where s.id = (j.args->>'id')::uuid)`,
	"status.sync":        `(select s.ats_connection_id from submissions s where s.id = (j.args->>'id')::uuid)`,
	"candidate.apply":    `(select r.connection_id from raw_records r where r.id = (j.args->>'raw_id')::bigint)`,
}

// ofLane are the jobs of a kind ($1) that wait for a connection ($2).
func ofLane(kind string) (string, error) {
	lane, ok := laneOf[kind]
	if !ok {
		return "", staffing.Errorf(staffing.Invalid, "jobs of the kind %s cannot be told apart by connection", kind)
	}
	return `from river_job j where j.state = 'available' and j.kind = $1 and ` + lane + ` = $2`, nil
}

// TellsLanes says whether jobs of that kind can be told apart by connection.
func TellsLanes(kind string) bool {
	_, ok := laneOf[kind]
	return ok
}

// CountLane counts the jobs of a kind that wait for a connection;
// [staffing.Invalid] for a kind whose jobs cannot be told apart.
func (q queries) CountLane(ctx context.Context, kind string, connectionID uuid.UUID) (n int64, err error) {
	from, err := ofLane(kind)
	if err != nil {
		return 0, err
	}
	return n, q.get(ctx, &n, "jobs", `select count(*) `+from, kind, connectionID)
}

// PutOff lets the jobs of a kind that wait for a connection come back later, spread
// evenly over a time, so that they do not stand before jobs for other systems.
func (q queries) PutOff(ctx context.Context, kind string, connectionID uuid.UUID, over time.Duration) error {
	from, err := ofLane(kind)
	if err != nil {
		return err
	}
	return q.exec(ctx, "jobs", `update river_job set state = 'scheduled', scheduled_at = $3::timestamptz + random() * make_interval(secs => $4)
		where id in (select j.id `+from+` for update of j skip locked)`, kind, connectionID, q.now().Add(time.Second), over.Seconds())
}
