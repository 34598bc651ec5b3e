package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// Feed is one stream that is read from a connection, with its schedule.
type Feed struct {
	ConnectionID  uuid.UUID             `db:"connection_id"`
	Feed          staffing.Feed         `db:"feed"`
	IntervalS     int                   `db:"interval_s"`
	Cursor        JSON[json.RawMessage] `db:"cursor"`
	NextPollAt    time.Time             `db:"next_poll_at"`
	WantedAt      *time.Time            `db:"wanted_at"`
	Lease         *uuid.UUID            `db:"lease"`
	LeaseUntil    *time.Time            `db:"lease_until"`
	LastStartedAt *time.Time            `db:"last_started_at"`
	LastSuccessAt *time.Time            `db:"last_success_at"`
	LastErrorAt   *time.Time            `db:"last_error_at"`
	LastError     string                `db:"last_error"`
	Failures      int                   `db:"failures"`
	LastRecords   int                   `db:"last_records"`
}

// UpsertFeed makes sure that the feed exists with that interval; a new one is due
// at once, one that is polled more often now does not wait out the old interval.
func (q queries) UpsertFeed(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, interval time.Duration) error {
	return q.exec(ctx, "feed", `insert into feeds (connection_id, feed, interval_s, next_poll_at) values ($1, $2, $3, $4)
		on conflict (connection_id, feed) do update set interval_s = excluded.interval_s,
			next_poll_at = case when excluded.interval_s < feeds.interval_s and feeds.failures = 0
				then least(feeds.next_poll_at, excluded.next_poll_at + make_interval(secs => excluded.interval_s)) else feeds.next_poll_at end`,
		connectionID, feed, max(1, int(interval.Seconds())), q.now())
}

// Feeds lists the feeds of a connection, or of all when id is the nil UUID.
func (q queries) Feeds(ctx context.Context, id uuid.UUID) (out []Feed, err error) {
	return out, q.list(ctx, &out, "feeds", `select * from feeds where $1 = '00000000-0000-0000-0000-000000000000'::uuid or connection_id = $1 order by connection_id, feed`, id)
}

// ClaimDueFeeds takes a lease on up to limit feeds that are due on active
// connections. Replicas do not take the same one; after a downtime a feed is due
// once, not once per missed poll. A lease that ran out counts as free.
func (t *Tx) ClaimDueFeeds(ctx context.Context, limit int, lease time.Duration) (out []Feed, err error) {
	now := t.now()
	return out, t.list(ctx, &out, "due feeds", `
		update feeds f set lease = gen_random_uuid(), lease_until = $2::timestamptz, last_started_at = $1
		from (
			select d.connection_id, d.feed from feeds d join connections c on c.id = d.connection_id
			where d.next_poll_at <= $1 and (d.lease_until is null or d.lease_until <= $1) and c.state = 'active'
			order by d.next_poll_at limit $3 for update of d skip locked
		) due
		where f.connection_id = due.connection_id and f.feed = due.feed
		returning f.*`, now, now.Add(lease), limit)
}

// HoldLease gives the feed while lease is still its lease, and keeps the row
// locked until the transaction ends: a poll that lost its lease gets
// [staffing.Conflict] and stops, so two never advance one cursor.
func (t *Tx) HoldLease(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, lease uuid.UUID) (f Feed, err error) {
	err = t.get(ctx, &f, "feed", `select * from feeds where connection_id = $1 and feed = $2 and lease = $3 for update`, connectionID, feed, lease)
	if staffing.CodeOf(err) == staffing.NotFound {
		return f, staffing.Errorf(staffing.Conflict, "the lease on this poll has passed to another worker")
	}
	return f, err
}

// ExtendLease keeps a poll's lease while it works; [staffing.Conflict] says that
// another worker has the feed.
func (q queries) ExtendLease(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, lease uuid.UUID, hold time.Duration) error {
	return q.execOne(ctx, staffing.Conflict, "lease", `update feeds set lease_until = $4 where connection_id = $1 and feed = $2 and lease = $3`,
		connectionID, feed, lease, q.now().Add(hold))
}

// SaveCursor advances the cursor and extends the lease; only after [Tx.HoldLease].
func (t *Tx) SaveCursor(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, cursor json.RawMessage, lease time.Duration) error {
	if len(cursor) == 0 {
		return t.execOne(ctx, staffing.NotFound, "feed", `update feeds set lease_until = $3 where connection_id = $1 and feed = $2`, connectionID, feed, t.now().Add(lease))
	}
	return t.execOne(ctx, staffing.NotFound, "feed", `update feeds set cursor = $3, lease_until = $4 where connection_id = $1 and feed = $2`,
		connectionID, feed, Doc(cursor), t.now().Add(lease))
}

// FinishPoll ends a successful poll: the lease is free, the next one is due after
// the interval with up to a tenth of jitter, or at once when more is there or a
// hint came after the start.
func (q queries) FinishPoll(ctx context.Context, f Feed, lease uuid.UUID, records int, more bool, jitter time.Duration) error {
	now := q.now()
	next := now.Add(time.Duration(f.IntervalS)*time.Second + jitter)
	if more {
		next = now
	}
	return q.exec(ctx, "feed", `update feeds set lease = null, lease_until = null, last_success_at = $4, failures = 0, last_error = '', last_records = $5,
		next_poll_at = case when wanted_at is not null and wanted_at >= last_started_at then $4 else $6::timestamptz end, wanted_at = null
		where connection_id = $1 and feed = $2 and lease = $3`, f.ConnectionID, f.Feed, lease, now, records, next)
}

// FailPoll ends a poll that failed: the next one comes after wait.
func (q queries) FailPoll(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, lease uuid.UUID, message string, wait time.Duration) error {
	now := q.now()
	return q.exec(ctx, "feed", `update feeds set lease = null, lease_until = null, last_error_at = $4, last_error = $5, failures = failures + 1, next_poll_at = $6
		where connection_id = $1 and feed = $2 and lease = $3`, connectionID, feed, lease, now, clean(message), now.Add(wait))
}

// RestFeed ends a poll that did not happen, by plan: the next one comes at until.
func (q queries) RestFeed(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, lease uuid.UUID, until time.Time) error {
	return q.exec(ctx, "feed", `update feeds set lease = null, lease_until = null, next_poll_at = $4 where connection_id = $1 and feed = $2 and lease = $3`,
		connectionID, feed, lease, until)
}

// WantPoll makes a feed due at once: a hint or a button. While a poll runs, it is
// repeated when that ends. A connection without that feed is left alone.
func (q queries) WantPoll(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed) error {
	now := q.now()
	return q.exec(ctx, "feed", `update feeds set wanted_at = $3, next_poll_at = least(next_poll_at, case when failures = 0 then $3 else next_poll_at end)
		where connection_id = $1 and feed = $2`, connectionID, feed, now)
}

// PollNow is WantPoll by a person, on all feeds of a connection: it does not wait
// out a failure's pause.
func (q queries) PollNow(ctx context.Context, connectionID uuid.UUID) error {
	now := q.now()
	return q.exec(ctx, "feed", `update feeds set wanted_at = $2, next_poll_at = $2 where connection_id = $1`, connectionID, now)
}

// PollFeedNow is PollNow for one feed; [staffing.NotFound] when the connection has
// no such feed.
func (q queries) PollFeedNow(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed) error {
	return q.execOne(ctx, staffing.NotFound, "feed", `update feeds set wanted_at = $3, next_poll_at = $3 where connection_id = $1 and feed = $2`, connectionID, feed, q.now())
}

// Backfill forgets the cursor of a feed, so that the next poll reads all from the
// beginning. With statuses, the terms of the hires are read again as well.
func (q queries) Backfill(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed) error {
	if err := q.execOne(ctx, staffing.NotFound, "feed", `update feeds set cursor = null, lease = null, lease_until = null, next_poll_at = $3 where connection_id = $1 and feed = $2`,
		connectionID, feed, q.now()); err != nil || feed != staffing.FeedStatuses {
		return err
	}
	return q.MakeReadingsDue(ctx, connectionID)
}
