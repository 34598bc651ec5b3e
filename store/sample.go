package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// What the editor and its preview read of the records that are here.

// RecentRaw gives the newest record of each external id of a feed, the newest
// first, at most n.
func (q queries) RecentRaw(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, n int) (out []RawRecord, err error) {
	ids, err := q.RecentRawIDs(ctx, connectionID, feed, n)
	if err != nil {
		return nil, err
	}
	return q.RawRecords(ctx, ids)
}

// RecentRawIDs is RecentRaw without the records.
func (q queries) RecentRawIDs(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, n int) (out []int64, err error) {
	return out, q.list(ctx, &out, "raw records", `select id from (select max(id) id from raw_records where connection_id = $1 and feed = $2 group by external_id) newest
		order by id desc limit $3`, connectionID, feed, n)
}

// RecentEvents gives the ids of the newest records of a feed, at most n, each
// change of a record being one: what was said before what was said last counts too.
func (q queries) RecentEvents(ctx context.Context, connectionID uuid.UUID, feed staffing.Feed, n int) (out []int64, err error) {
	return out, q.list(ctx, &out, "raw records", `select id from raw_records where connection_id = $1 and feed = $2 order by id desc limit $3`, connectionID, feed, n)
}

// RawRecords gives the records of those ids, the newest first.
func (q queries) RawRecords(ctx context.Context, ids []int64) (out []RawRecord, err error) {
	return out, q.list(ctx, &out, "raw records", `select * from raw_records where id = any ($1) order by id desc`, pq.Array(ids))
}

// RequisitionsByExternal gives the requisitions of a connection by their external ids.
func (q queries) RequisitionsByExternal(ctx context.Context, connectionID uuid.UUID, ids []string) (map[string]Requisition, error) {
	var rows []Requisition
	err := q.list(ctx, &rows, "requisitions", `select * from requisitions where connection_id = $1 and external_id = any ($2)`, connectionID, pq.Array(cleanAll(ids)))
	out := make(map[string]Requisition, len(rows))
	for _, r := range rows {
		out[r.ExternalID] = r
	}
	return out, err
}

// RequisitionsForJobs gives the ids of the newest requisitions that have a job in
// the internal ATS or are to have one, at most n.
func (q queries) RequisitionsForJobs(ctx context.Context, ats uuid.UUID, n int) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "requisitions", `select id from requisitions where state in ('valid', 'synced') and (job_connection_id = $1 or job_connection_id is null)
		order by updated_at desc, id limit $2`, ats, n)
}

// RequisitionsByID gives requisitions in the order of ids.
func (q queries) RequisitionsByID(ctx context.Context, ids []uuid.UUID) (out []Requisition, err error) {
	return out, q.list(ctx, &out, "requisitions", `select r.* from unnest($1::uuid[]) with ordinality o(id, n) join requisitions r on r.id = o.id order by o.n`, pq.Array(ids))
}

// SubmissionsByRef gives the submissions of a connection by the client's references.
func (q queries) SubmissionsByRef(ctx context.Context, connectionID uuid.UUID, refs []string) (map[string]Submission, error) {
	var rows []Submission
	err := q.list(ctx, &rows, "submissions", `select * from submissions where connection_id = $1 and client_ref = any ($2)`, connectionID, pq.Array(cleanAll(refs)))
	out := make(map[string]Submission, len(rows))
	for _, s := range rows {
		out[*s.ClientRef] = s
	}
	return out, err
}

// SubmissionsForPreview gives the ids of the newest submissions of a client's
// connection that have been read in the internal ATS, at most n.
func (q queries) SubmissionsForPreview(ctx context.Context, connectionID uuid.UUID, n int) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "submissions", `select id from submissions where connection_id = $1 and profile_version > 0 order by updated_at desc, id limit $2`, connectionID, n)
}

// SubmissionsByID gives submissions in the order of ids.
func (q queries) SubmissionsByID(ctx context.Context, ids []uuid.UUID) (out []Submission, err error) {
	return out, q.list(ctx, &out, "submissions", `select s.* from unnest($1::uuid[]) with ordinality o(id, n) join submissions s on s.id = o.id order by o.n`, pq.Array(ids))
}

// PlacementsForPreview gives the ids of the newest placements whose bill is not posted: of a client's
// connection those with a record of its, with the nil UUID all that have a bill; at most n.
func (q queries) PlacementsForPreview(ctx context.Context, clientConnection uuid.UUID, n int) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "placements", `select p.id from placements p join submissions s on s.id = p.submission_id
		where p.state <> 'posted' and ($1 = '00000000-0000-0000-0000-000000000000'::uuid and p.bill <> 'null' or s.connection_id = $1 and p.raw_id is not null) order by p.updated_at desc, p.id limit $2`, clientConnection, n)
}

// PlacementsByID gives placements in the order of ids.
func (q queries) PlacementsByID(ctx context.Context, ids []uuid.UUID) (out []Placement, err error) {
	return out, q.list(ctx, &out, "placements", `select p.* from unnest($1::uuid[]) with ordinality o(id, n) join placements p on p.id = o.id order by o.n`, pq.Array(ids))
}

// StatusWord is a word that a client has said of submissions, with what it was
// taken for.
type StatusWord struct {
	Word    string         `db:"word"`
	Stage   staffing.Stage `db:"stage"` // "": no table knew the word
	Count   int            `db:"count"`
	LastAt  time.Time      `db:"last_at"`
	Waiting int            `db:"waiting"` // submissions that wait for the word to be mapped
}

// StatusWords lists the words that a connection's client has said, those that
// nothing is mapped to first, then the most frequent.
func (q queries) StatusWords(ctx context.Context, connectionID uuid.UUID) (out []StatusWord, err error) {
	return out, q.list(ctx, &out, "status words", `select e.raw_status word, (array_agg(e.stage order by e.received_at desc, e.id desc))[1] stage,
			count(*) count, max(e.received_at) last_at, count(distinct e.submission_id) filter (where e.stage = '') waiting
		from stage_events e join submissions s on s.id = e.submission_id
		where s.connection_id = $1 and e.source = 'client' group by e.raw_status order by waiting desc, count desc, word limit 500`, connectionID)
}

// SubmissionsWithWord lists submissions of a connection of which the client said
// that word and nothing was mapped to it.
func (q queries) SubmissionsWithWord(ctx context.Context, connectionID uuid.UUID, word string, limit int) (out []SubmissionRow, err error) {
	return out, q.list(ctx, &out, "submissions", submissionRow+` where s.connection_id = $1 and exists (select 1 from stage_events e
		where e.submission_id = s.id and e.source = 'client' and e.stage = '' and e.raw_status = $2) order by s.updated_at desc, s.id limit $3`, connectionID, clean(word), limit)
}

// RequisitionWord is a client's word for the state of requisitions.
type RequisitionWord struct {
	Word    string    `db:"word"`
	Status  string    `db:"status"` // "": no table knew the word
	Count   int       `db:"count"`
	LastAt  time.Time `db:"last_at"`
	Waiting int       `db:"waiting"` // requisitions that need attention
}

// RequisitionWords lists a client's words for the state of requisitions.
func (q queries) RequisitionWords(ctx context.Context, connectionID uuid.UUID) (out []RequisitionWord, err error) {
	return out, q.list(ctx, &out, "status words", `select canonical->>'raw_status' word, (array_agg(status order by updated_at desc, id))[1] status, count(*) count, max(updated_at) last_at,
			count(*) filter (where state = 'needs_attention' and status = '') waiting
		from requisitions where connection_id = $1 and coalesce(canonical->>'raw_status', '') <> '' group by 1 order by waiting desc, count desc, word limit 500`, connectionID)
}
