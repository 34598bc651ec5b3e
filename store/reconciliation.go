package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// The states of a reconciliation.
const (
	ReconciliationRunning = "running"
	ReconciliationDone    = "done"
	ReconciliationFailed  = "failed"
)

// What a reconciliation finds of a bill.
const (
	InBoth    = "both"
	Different = "different"
	OnlyHere  = "only_here"
	OnlyThere = "only_there"
	NotKnown  = "unknown" // the ERP did not say
)

// Reconciliation is one comparison of the bills of a period with the ERP.
type Reconciliation struct {
	ID         uuid.UUID     `db:"id"`
	From       staffing.Date `db:"from_day"`
	To         staffing.Date `db:"to_day"`
	ClientID   *uuid.UUID    `db:"client_id"` // nil: all
	State      string        `db:"state"`
	ERP        string        `db:"erp"`
	CanList    bool          `db:"can_list"`
	CutOff     bool          `db:"cut_off"`
	Error      string        `db:"error"`
	CreatedBy  string        `db:"created_by"`
	CreatedAt  time.Time     `db:"created_at"`
	FinishedAt *time.Time    `db:"finished_at"`
}

// FieldDifference is one field that reads otherwise at the ERP.
type FieldDifference struct {
	Field string `json:"field"`
	Here  string `json:"here"`
	There string `json:"there"`
}

// ReconciliationRow is what was found of one bill.
type ReconciliationRow struct {
	ReconciliationID uuid.UUID               `db:"reconciliation_id"`
	BillID           uuid.UUID               `db:"bill_id"`
	Result           string                  `db:"result"`
	Differences      JSON[[]FieldDifference] `db:"differences"`
	Note             string                  `db:"note"`
	ERPNumber        string                  `db:"erp_number"`
	ERPURL           string                  `db:"erp_url"`
}

// ReconciliationLine is a row with the bill that it is about.
type ReconciliationLine struct {
	ReconciliationRow
	PlacementID uuid.UUID           `db:"placement_id"`
	Kind        staffing.BillKind   `db:"kind"`
	State       string              `db:"state"`
	Bill        JSON[staffing.Bill] `db:"bill"`
	ClientName  string              `db:"client_name"`
	WorkerName  string              `db:"worker_name"`
}

const reconciliationColumns = `select id, from_day::text from_day, to_day::text to_day, client_id, state, erp, can_list, cut_off, error, created_by, created_at, finished_at from reconciliations`

// InsertReconciliation begins one; id, state and time are set here.
func (t *Tx) InsertReconciliation(ctx context.Context, r Reconciliation) (Reconciliation, error) {
	r.ID, r.State, r.CreatedAt = NewID(), ReconciliationRunning, t.now()
	return r, t.exec(ctx, "reconciliation", `insert into reconciliations (id, from_day, to_day, client_id, state, created_by, created_at) values ($1, $2::date, $3::date, $4, $5, $6, $7)`,
		r.ID, string(r.From), string(r.To), r.ClientID, r.State, r.CreatedBy, r.CreatedAt)
}

// Reconciliation gives one.
func (q queries) Reconciliation(ctx context.Context, id uuid.UUID) (r Reconciliation, err error) {
	return r, q.get(ctx, &r, "reconciliation", reconciliationColumns+` where id = $1`, id)
}

// Reconciliations lists the newest.
func (q queries) Reconciliations(ctx context.Context, limit int) (out []Reconciliation, err error) {
	return out, q.list(ctx, &out, "reconciliations", reconciliationColumns+` order by created_at desc, id limit $1`, limit)
}

// LastReconciliation gives the newest of a period and client; nil: all clients.
func (q queries) LastReconciliation(ctx context.Context, from, to staffing.Date, client *uuid.UUID) (r Reconciliation, err error) {
	return r, q.get(ctx, &r, "reconciliation", reconciliationColumns+` where from_day = $1::date and to_day = $2::date and client_id is not distinct from $3
		order by created_at desc, id limit 1`, string(from), string(to), client)
}

// BillsToReconcile gives bills of the period that the run has not looked up yet: what
// is in the ERP, or should be, and what waits here.
func (q queries) BillsToReconcile(ctx context.Context, r Reconciliation, limit int) (out []Bill, err error) {
	return out, q.list(ctx, &out, "bills", `select b.* from bills b join placements p on p.id = b.placement_id
		where b.bill->>'date' between $1 and $2 and b.state in ('awaiting_review', 'approved', 'posted') and ($3::uuid is null or p.client_id = $3)
			and not exists (select from reconciliation_rows x where x.reconciliation_id = $4 and x.bill_id = b.id)
		order by b.bill->>'date', b.id limit $5`, string(r.From), string(r.To), r.ClientID, r.ID, limit)
}

// SaveReconciliationRow keeps what was found of a bill.
func (q queries) SaveReconciliationRow(ctx context.Context, r ReconciliationRow) error {
	if r.Differences.V == nil {
		r.Differences.V = []FieldDifference{}
	}
	return q.exec(ctx, "reconciliation", `insert into reconciliation_rows (reconciliation_id, bill_id, result, differences, note, erp_number, erp_url) values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (reconciliation_id, bill_id) do update set result = excluded.result, differences = excluded.differences, note = excluded.note,
			erp_number = excluded.erp_number, erp_url = excluded.erp_url`,
		r.ReconciliationID, r.BillID, r.Result, r.Differences, clean(r.Note), clean(r.ERPNumber), clean(r.ERPURL))
}

// CountReconciled counts the rows of a run.
func (q queries) CountReconciled(ctx context.Context, id uuid.UUID) (n int, err error) {
	return n, q.get(ctx, &n, "reconciliation", `select count(*) from reconciliation_rows where reconciliation_id = $1`, id)
}

// EndReconciliation keeps how a run ended.
func (q queries) EndReconciliation(ctx context.Context, r Reconciliation) error {
	return q.exec(ctx, "reconciliation", `update reconciliations set state = $2, erp = $3, can_list = $4, cut_off = $5, error = $6, finished_at = $7 where id = $1 and state = 'running'`,
		r.ID, r.State, clean(r.ERP), r.CanList, r.CutOff, clean(r.Error), q.now())
}

// ReconciliationLines lists the rows of a run that have one of the results, those to
// look at first; no results: all.
func (q queries) ReconciliationLines(ctx context.Context, id uuid.UUID, results ...string) (out []ReconciliationLine, err error) {
	return out, q.list(ctx, &out, "reconciliation", `select x.*, b.placement_id, b.kind, b.state, b.bill, c.name client_name, coalesce(p.canonical->>'worker_name', '') worker_name
		from reconciliation_rows x join bills b on b.id = x.bill_id join placements p on p.id = b.placement_id join clients c on c.id = p.client_id
		where x.reconciliation_id = $1 and (cardinality($2::text[]) = 0 or x.result = any ($2))
		order by array_position(array['different', 'only_here', 'only_there', 'unknown', 'both'], x.result), b.bill->>'date', b.id`, id, pq.Array(append([]string{}, results...)))
}

// ClosedPeriod is a month whose books are closed.
type ClosedPeriod struct {
	Month    staffing.Date `db:"month"` // its first day
	Note     string        `db:"note"`
	ClosedBy string        `db:"closed_by"`
	ClosedAt time.Time     `db:"closed_at"`
}

const closedColumns = `select month::text "month", note, closed_by, closed_at from closed_periods`

// ClosePeriod closes a month; one that is closed is a [staffing.Conflict].
func (t *Tx) ClosePeriod(ctx context.Context, p ClosedPeriod) error {
	return t.execOne(ctx, staffing.Conflict, "closed period", `insert into closed_periods (month, note, closed_by, closed_at) values ($1::date, $2, $3, $4) on conflict do nothing`,
		string(p.Month), clean(p.Note), p.ClosedBy, t.now())
}

// ReopenPeriod opens a closed month again.
func (t *Tx) ReopenPeriod(ctx context.Context, month staffing.Date) error {
	return t.execOne(ctx, staffing.NotFound, "closed period", `delete from closed_periods where month = $1::date`, string(month))
}

// ClosedPeriods lists the closed months, newest first.
func (q queries) ClosedPeriods(ctx context.Context) (out []ClosedPeriod, err error) {
	return out, q.list(ctx, &out, "closed periods", closedColumns+` order by month desc`)
}

// ClosedPeriod gives the first closed month that holds the day or lies after it: a
// change from that day on reaches into it. [staffing.NotFound]: all of them are open.
func (q queries) ClosedPeriod(ctx context.Context, day staffing.Date) (p ClosedPeriod, err error) {
	return p, q.get(ctx, &p, "closed period", closedColumns+` where month >= date_trunc('month', $1::date) order by month limit 1`, string(day))
}
