package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// The kinds of notice.
const (
	NoticeOverdue  = "review.overdue"      // a placement waits for finance past its due time
	NoticePosting  = "posting.failed"      // a bill could not be posted
	NoticeSentBack = "placement.sent_back" // finance sent a placement back
)

// NoticeKinds are all of them, in order.
func NoticeKinds() []string { return []string{NoticeOverdue, NoticePosting, NoticeSentBack} }

// Notice is something that people should know of without looking. It names no
// worker: it leaves the house.
type Notice struct {
	ID        int64            `db:"id"`
	Kind      string           `db:"kind"`
	Subject   staffing.Subject `db:"subject"`
	SubjectID uuid.UUID        `db:"subject_id"`
	ClientID  *uuid.UUID       `db:"client_id"`
	Words     string           `db:"words"`
	Since     time.Time        `db:"since"`
	OpenedAt  time.Time        `db:"opened_at"`
	ClosedAt  *time.Time       `db:"closed_at"` // nil: it is so now
}

// noticesNow are the notices that hold at $1, reviews being due after $2 seconds.
const noticesNow = `
	select n.kind, 'placement' subject, p.id subject_id, p.client_id, min(n.since) since, min(case n.kind
		when 'review.overdue' then 'The placement for ' || r.title || ' at ' || c.name || ' waits for finance.'
		when 'placement.sent_back' then 'Finance sent the placement for ' || r.title || ' at ' || c.name || ' back: ' || n.why
		else 'The bill of the placement for ' || r.title || ' at ' || c.name || ' could not be posted: ' || n.why end) words
	from (
		select 'review.overdue' kind, id placement_id, updated_at since, '' why from placements
			where state = 'awaiting_review' and updated_at < $1::timestamptz - make_interval(secs => $2)
		union all select 'review.overdue', placement_id, updated_at, '' from bills
			where kind <> 'first' and state = 'awaiting_review' and updated_at < $1::timestamptz - make_interval(secs => $2)
		union all select 'placement.sent_back', id, updated_at, sent_back_reason from placements where state = 'sent_back'
		union all select 'posting.failed', id, updated_at, erp_error from placements where state = 'awaiting_review' and erp_error <> ''
		union all select 'posting.failed', placement_id, updated_at, erp_error from bills where kind <> 'first' and state = 'awaiting_review' and erp_error <> ''
		union all select 'posting.failed', p.id, f.first_at, f.message from failures f join placements p on p.id::text = f.subject_id
			where f.step = 'placement.post' and f.state = 'open'
	) n join placements p on p.id = n.placement_id join requisitions r on r.id = p.requisition_id join clients c on c.id = p.client_id
	group by n.kind, p.id, p.client_id`

// FindNotices opens what holds now and closes what does not any more. It gives both,
// the closed ones with their time.
func (t *Tx) FindNotices(ctx context.Context, due time.Duration) (out []Notice, err error) {
	return out, t.list(ctx, &out, "notices", `with found as (`+noticesNow+`),
		closed as (update notices n set closed_at = $1 where closed_at is null
			and not exists (select 1 from found f where f.kind = n.kind and f.subject_id = n.subject_id) returning n.*),
		opened as (insert into notices (kind, subject, subject_id, client_id, words, since, opened_at)
			select kind, subject, subject_id, client_id, words, since, $1 from found
			on conflict (kind, subject_id) where closed_at is null do nothing returning *)
		select * from closed union all select * from opened order by id`, t.now(), due.Seconds())
}

// Notices lists what is open, the oldest first.
func (q queries) Notices(ctx context.Context, limit int) (out []Notice, err error) {
	return out, q.list(ctx, &out, "notices", `select * from notices where closed_at is null order by since, id limit $1`, limit)
}

// Notice gives one, open or closed.
func (q queries) Notice(ctx context.Context, id int64) (n Notice, err error) {
	return n, q.get(ctx, &n, "notice", `select * from notices where id = $1`, id)
}

// DueDigests gives the people whose digest is due at now, and marks them: a digest
// is tried once, and the next one tells what is still so. hour is the hour of the
// daily one, in UTC.
func (t *Tx) DueDigests(ctx context.Context, hour int) (out []User, err error) {
	return out, t.list(ctx, &out, "digests", `update users set digest_at = $1 where disabled_at is null and (
			digest = 'hourly' and (digest_at is null or digest_at < date_trunc('hour', $1::timestamptz))
			or digest = 'daily' and extract(hour from $1::timestamptz at time zone 'UTC') >= $2::int
				and (digest_at is null or digest_at < date_trunc('day', $1::timestamptz at time zone 'UTC') at time zone 'UTC' + make_interval(hours => $2::int)))
		returning *`, t.now(), hour)
}

// SetDigest says how often a person wants to hear: off, hourly or daily.
func (q queries) SetDigest(ctx context.Context, user uuid.UUID, digest string) error {
	return q.execOne(ctx, staffing.NotFound, "user", `update users set digest = $2 where id = $1`, user, digest)
}
