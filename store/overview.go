package store

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// ClientPipeline counts one client's records per step.
type ClientPipeline struct {
	ClientID       uuid.UUID `db:"client_id"`
	ClientName     string    `db:"client_name"`
	Received       int       `db:"received"` // requisitions, all
	NeedsAttention int       `db:"needs_attention"`
	Valid          int       `db:"valid"`  // valid, not yet in the internal ATS
	Synced         int       `db:"synced"` // a job in the internal ATS
	Open           int       `db:"open"`   // of all, open at the client
	Submissions    int       `db:"submissions"`
	Delivered      int       `db:"delivered"`
	InProcess      int       `db:"in_process"` // client review, interview, offer
	Hired          int       `db:"hired"`
	Placements     int       `db:"placements"`
	AwaitingReview int       `db:"awaiting_review"`
	Approved       int       `db:"approved"`
	Posted         int       `db:"posted"`
}

// Pipeline counts every client's records per step, by client name.
func (q queries) Pipeline(ctx context.Context) (out []ClientPipeline, err error) {
	return out, q.list(ctx, &out, "pipeline", `
		select c.id client_id, c.name client_name,
			coalesce(r.received, 0) received, coalesce(r.needs_attention, 0) needs_attention, coalesce(r.valid, 0) valid, coalesce(r.synced, 0) synced, coalesce(r.open, 0) open,
			coalesce(s.submissions, 0) submissions, coalesce(s.delivered, 0) delivered, coalesce(s.in_process, 0) in_process, coalesce(s.hired, 0) hired,
			coalesce(p.placements, 0) placements, coalesce(p.awaiting_review, 0) awaiting_review, coalesce(p.approved, 0) approved, coalesce(p.posted, 0) posted
		from clients c
		left join (select client_id, count(*) received, count(*) filter (where state = 'needs_attention') needs_attention,
			count(*) filter (where state in ('received', 'valid') and job_id is null) as valid, count(*) filter (where job_id is not null) synced, count(*) filter (where status = 'open') open
			from requisitions group by client_id) r on r.client_id = c.id
		left join (select client_id, count(*) submissions, count(*) filter (where state = 'delivered') delivered,
			count(*) filter (where stage in ('client_review', 'interview', 'offer')) in_process, count(*) filter (where stage in ('offer_accepted', 'placed')) hired
			from submissions group by client_id) s on s.client_id = c.id
		left join (select client_id, count(*) placements, count(*) filter (where state = 'awaiting_review') awaiting_review,
			count(*) filter (where state = 'approved') approved, count(*) filter (where state = 'posted') posted
			from placements group by client_id) p on p.client_id = c.id
		order by c.name`)
}

// StageCount counts submissions in a stage.
type StageCount struct {
	Stage staffing.Stage `db:"stage"`
	Count int            `db:"count"`
}

// StageCounts counts the submissions per stage.
func (q queries) StageCounts(ctx context.Context) (out []StageCount, err error) {
	return out, q.list(ctx, &out, "stages", `select stage, count(*) count from submissions group by stage`)
}

// Counts are the numbers in the navigation.
type Counts struct {
	Failed int `db:"failed"`
	Review int `db:"review"`
	Gaps   int `db:"gaps"`
}

// Counts gives the numbers in the navigation.
func (q queries) Counts(ctx context.Context) (c Counts, err error) {
	return c, q.get(ctx, &c, "counts", `select (select count(*) from failures where state in ('retrying', 'open')) failed,
		(select count(*) from placements where state = 'awaiting_review') review, (select count(*) from gaps where closed_at is null and kind not in ('field', 'option')) gaps`)
}

// Activity is one thing that happened, for the overview.
type Activity struct {
	At        time.Time `db:"at"`
	Subject   string    `db:"subject"`
	SubjectID string    `db:"subject_id"`
	Client    string    `db:"client"`
	Title     string    `db:"title"`
	Word      string    `db:"word"` // state or stage
}

// RecentActivity lists the newest changes across the pipeline.
func (q queries) RecentActivity(ctx context.Context, limit int) (out []Activity, err error) {
	return out, q.list(ctx, &out, "activity", `select * from (
			(select r.updated_at at, 'requisition' subject, r.id::text subject_id, c.name client, r.title title, r.state word
				from requisitions r join clients c on c.id = r.client_id order by r.updated_at desc limit $1)
			union all (select s.updated_at, 'submission', s.id::text, c.name, r.title, s.stage
				from submissions s join clients c on c.id = s.client_id join requisitions r on r.id = s.requisition_id order by s.updated_at desc limit $1)
			union all (select p.updated_at, 'placement', p.id::text, c.name, r.title, p.state
				from placements p join clients c on c.id = p.client_id join requisitions r on r.id = p.requisition_id order by p.updated_at desc limit $1)
		) a order by at desc limit $1`, limit)
}

// Pulse gives a value that changes when anything on the overview changed.
func (q queries) Pulse(ctx context.Context) (s string, err error) {
	return s, q.get(ctx, &s, "pulse", `select concat_ws('/', (select max(updated_at) from requisitions), (select max(updated_at) from submissions), (select max(updated_at) from placements),
		(select count(*) from clients), (select count(*) || '+' || count(*) filter (where state = 'open') from failures where state in ('retrying', 'open')), (select max(last_at) from failures),
		(select count(*) from gaps where closed_at is null), (select max(last_at) from gaps), (select max(greatest(last_success_at, last_error_at)) from feeds),
		(select max(updated_at) from connections))`)
}

// DatabaseTime gives the database's clock, to measure the skew against ours.
func (q queries) DatabaseTime(ctx context.Context) (t time.Time, err error) {
	return t, q.get(ctx, &t, "clock", `select clock_timestamp()`)
}
