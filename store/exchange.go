package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// Exchange is one call to a vendor, masked before it came here.
type Exchange struct {
	ID              int64            `db:"id"`
	ConnectionID    uuid.UUID        `db:"connection_id"`
	Subject         staffing.Subject `db:"subject"`
	SubjectID       *uuid.UUID       `db:"subject_id"`
	At              time.Time        `db:"at"`
	Method          string           `db:"method"`
	Host            string           `db:"host"`
	Path            string           `db:"path"`
	Status          int              `db:"status"`
	DurationMS      int              `db:"duration_ms"`
	RequestHeaders  string           `db:"request_headers"`
	RequestBody     string           `db:"request_body"`
	ResponseHeaders string           `db:"response_headers"`
	ResponseBody    string           `db:"response_body"`
	Error           string           `db:"error"`
}

// InsertExchange keeps one call.
func (q queries) InsertExchange(ctx context.Context, e Exchange) error {
	return q.exec(ctx, "exchange", `insert into exchanges (connection_id, subject, subject_id, at, method, host, path, status, duration_ms,
			request_headers, request_body, response_headers, response_body, error)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		e.ConnectionID, e.Subject, e.SubjectID, e.At, e.Method, clean(e.Host), clean(e.Path), e.Status, e.DurationMS,
		clean(e.RequestHeaders), clean(e.RequestBody), clean(e.ResponseHeaders), clean(e.ResponseBody), clean(e.Error))
}

// ExchangesOf lists the newest calls made for a subject.
func (q queries) ExchangesOf(ctx context.Context, subject staffing.Subject, id uuid.UUID, limit int) (out []Exchange, err error) {
	return out, q.list(ctx, &out, "exchanges", `select * from exchanges where subject = $1 and subject_id = $2 order by id desc limit $3`, subject, id, limit)
}

// ExchangesWith lists the newest calls to a connection.
func (q queries) ExchangesWith(ctx context.Context, connectionID uuid.UUID, limit int) (out []Exchange, err error) {
	return out, q.list(ctx, &out, "exchanges", `select * from exchanges where connection_id = $1 order by id desc limit $2`, connectionID, limit)
}

// Prune forgets what is past its time: calls, processed deliveries, closed spool
// bodies, superseded raw records, counts of refusals and ended sessions. At most a few thousand rows
// of each a call.
func (q queries) Prune(ctx context.Context, now time.Time) error {
	for _, p := range []struct {
		query string
		keep  time.Duration
	}{
		{`delete from exchanges where id in (select id from exchanges where at < $1 order by at limit 5000)`, 7 * 24 * time.Hour},
		{`delete from inbox where id in (select id from inbox where processed_at < $1 limit 5000)`, 30 * 24 * time.Hour},
		{`delete from spool where id in (select id from spool where closed_at < $1 limit 1000)`, 7 * 24 * time.Hour},
		{`delete from raw_records where id in (select r.id from raw_records r where r.received_at < $1
			and not exists (select 1 from requisitions q where q.raw_id = r.id) and not exists (select 1 from placements p where p.raw_id = r.id)
			and exists (select 1 from raw_records n where n.connection_id = r.connection_id and n.feed = r.feed and n.external_id = r.external_id and n.id > r.id) limit 5000)`, 30 * 24 * time.Hour},
		{`delete from refusals where last_at < $1`, 30 * 24 * time.Hour},
		{`delete from previews p where created_at < $1 and exists (select 1 from previews n where n.connection_id = p.connection_id and n.created_at > p.created_at)`, 7 * 24 * time.Hour},
		{`delete from sessions where expiry < $1`, 0},
		{`delete from login_throttle where last_at < $1`, 24 * time.Hour},
	} {
		if err := q.exec(ctx, "old rows", p.query, now.Add(-p.keep)); err != nil {
			return err
		}
	}
	return nil
}
