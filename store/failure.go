package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// The states of a failure.
const (
	FailureRetrying  = "retrying" // the queue tries again by itself
	FailureOpen      = "open"     // waits for a person
	FailureResolved  = "resolved"
	FailureDiscarded = "discarded"
)

// Failure is a record that did not arrive.
type Failure struct {
	ID           uuid.UUID             `db:"id"`
	Step         string                `db:"step"`
	Subject      staffing.Subject      `db:"subject"`
	SubjectID    string                `db:"subject_id"`
	ConnectionID *uuid.UUID            `db:"connection_id"`
	Code         staffing.Code         `db:"code"`
	Cause        string                `db:"cause"`
	Message      string                `db:"message"`
	State        string                `db:"state"`
	Attempts     int                   `db:"attempts"`
	Args         JSON[json.RawMessage] `db:"args"`
	FirstAt      time.Time             `db:"first_at"`
	LastAt       time.Time             `db:"last_at"`
	NextAt       *time.Time            `db:"next_at"`
	ClosedAt     *time.Time            `db:"closed_at"`
	ClosedBy     string                `db:"closed_by"`
	CloseReason  string                `db:"close_reason"`
}

// NoteFailure opens or continues the failure of one step on one record.
func (q queries) NoteFailure(ctx context.Context, f Failure) error {
	return q.exec(ctx, "failure", `insert into failures (id, step, subject, subject_id, connection_id, code, cause, message, state, args, first_at, last_at, next_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $12)
		on conflict (step, subject, subject_id) where state in ('retrying', 'open') do update set connection_id = coalesce(excluded.connection_id, failures.connection_id),
			code = excluded.code, cause = excluded.cause, message = excluded.message, state = excluded.state, args = excluded.args,
			attempts = failures.attempts + 1, last_at = excluded.last_at, next_at = excluded.next_at`,
		NewID(), f.Step, f.Subject, f.SubjectID, f.ConnectionID, f.Code, clean(f.Cause), clean(f.Message), f.State, f.Args, q.now(), f.NextAt)
}

// ResolveFailure closes the live failure of a step on a record, if there is one.
func (q queries) ResolveFailure(ctx context.Context, step string, subject staffing.Subject, subjectID string) error {
	return q.exec(ctx, "failure", `update failures set state = 'resolved', closed_at = $4, closed_by = 'hub', next_at = null
		where step = $1 and subject = $2 and subject_id = $3 and state in ('retrying', 'open')`, step, subject, subjectID, q.now())
}

// Failure gives one failure.
func (q queries) Failure(ctx context.Context, id uuid.UUID) (f Failure, err error) {
	return f, q.get(ctx, &f, "failed record", `select * from failures where id = $1`, id)
}

// LiveFailuresByCause gives the live failures that share a cause.
func (q queries) LiveFailuresByCause(ctx context.Context, cause string) (out []Failure, err error) {
	return out, q.list(ctx, &out, "failed records", `select * from failures where cause = $1 and state in ('retrying', 'open') order by first_at`, cause)
}

// RetryFailure notes that a person asked for another try.
func (t *Tx) RetryFailure(ctx context.Context, id uuid.UUID) error {
	return t.execOne(ctx, staffing.Conflict, "failed record", `update failures set state = 'retrying', next_at = $2 where id = $1 and state in ('retrying', 'open')`, id, t.now())
}

// DiscardFailure closes a failure for good, with the reason.
func (t *Tx) DiscardFailure(ctx context.Context, id uuid.UUID, by, reason string) error {
	return t.execOne(ctx, staffing.Conflict, "failed record", `update failures set state = 'discarded', closed_at = $2, closed_by = $3, close_reason = $4, next_at = null
		where id = $1 and state in ('retrying', 'open')`, id, t.now(), by, clean(reason))
}

// FailureFilter narrows a list. Zero values do not narrow; without a state only
// live failures are listed.
type FailureFilter struct {
	State        string
	Cause        string
	ConnectionID uuid.UUID
	Limit        int
	Offset       int
}

// FailureRow is a failure in a list.
type FailureRow struct {
	Failure
	ConnectionName *string `db:"connection_name"`
	SubjectTitle   *string `db:"subject_title"` // number and title, or the person; nil where there is none
}

// A subject's id is text; one that is no UUID has no title, and hides no other failure.
const failureRow = `select f.*, c.name connection_name,
	case f.subject
		when 'requisition' then (select trim(r.number || ' ' || r.title) from requisitions r where r.id = key.id)
		when 'submission' then (select trim(coalesce(p.canonical->>'first_name', '') || ' ' || coalesce(p.canonical->>'last_name', '')) || ', ' || r.title
			from submissions s join candidates p on p.id = s.candidate_id join requisitions r on r.id = s.requisition_id where s.id = key.id)
		when 'placement' then (select trim(coalesce(p.canonical->>'worker_name', '') || ', ' || r.title) from placements p join requisitions r on r.id = p.requisition_id where p.id = key.id)
	end subject_title
	from failures f left join connections c on c.id = f.connection_id
	cross join lateral (select case when f.subject_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' then f.subject_id::uuid end id) key`

// Failures lists failures, newest first, and counts all that match.
func (q queries) Failures(ctx context.Context, f FailureFilter) (out []FailureRow, total int, err error) {
	w := where{}
	if f.State == "" {
		w.conds = append(w.conds, "f.state in ('retrying', 'open')")
	}
	w.eq("f.state", f.State, f.State != "")
	w.eq("f.cause", f.Cause, f.Cause != "")
	w.eq("f.connection_id", f.ConnectionID, f.ConnectionID != uuid.Nil)
	if err := q.get(ctx, &total, "failed records", `select count(*) from failures f`+w.sql(), w.args...); err != nil {
		return nil, 0, err
	}
	return out, total, q.list(ctx, &out, "failed records", failureRow+w.sql()+` order by f.last_at desc, f.id`+w.page(f.Limit, f.Offset), w.args...)
}

// FailureRow gives one failure with the names beside it.
func (q queries) FailureRow(ctx context.Context, id uuid.UUID) (f FailureRow, err error) {
	return f, q.get(ctx, &f, "failed record", failureRow+` where f.id = $1`, id)
}

// LiveFailuresOf lists the live failures of a record, the newest first.
func (q queries) LiveFailuresOf(ctx context.Context, subject staffing.Subject, id string) (out []Failure, err error) {
	return out, q.list(ctx, &out, "failed records", `select * from failures where subject = $1 and subject_id = $2 and state in ('retrying', 'open') order by last_at desc`, subject, id)
}

// LiveFailuresByConnection counts the live failures per connection.
func (q queries) LiveFailuresByConnection(ctx context.Context) (map[uuid.UUID]int, error) {
	var rows []struct {
		ID    uuid.UUID `db:"connection_id"`
		Count int       `db:"count"`
	}
	if err := q.list(ctx, &rows, "failed records", `select connection_id, count(*) count from failures
		where state in ('retrying', 'open') and connection_id is not null group by connection_id`); err != nil {
		return nil, err
	}
	out := map[uuid.UUID]int{}
	for _, r := range rows {
		out[r.ID] = r.Count
	}
	return out, nil
}

// Cause is a group of live failures with the same reason.
type Cause struct {
	Cause   string        `db:"cause"`
	Step    string        `db:"step"`
	Code    staffing.Code `db:"code"`
	Message string        `db:"message"`
	Count   int           `db:"count"`
	Open    int           `db:"open"`
	FirstAt time.Time     `db:"first_at"`
	LastAt  time.Time     `db:"last_at"`
}

// Causes groups the live failures, the largest group first.
func (q queries) Causes(ctx context.Context) (out []Cause, err error) {
	return out, q.list(ctx, &out, "causes", `select cause, min(step) step, min(code) code, (array_agg(message order by last_at desc))[1] message,
		count(*) count, count(*) filter (where state = 'open') open, min(first_at) first_at, max(last_at) last_at
		from failures where state in ('retrying', 'open') group by cause order by count(*) desc, cause`)
}
