package store

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// DeskRow is one thing that finance decides about: a placement with its first bill,
// or a bill that came later.
type DeskRow struct {
	ID               uuid.UUID                `db:"id"` // of the bill; that of a first bill is the placement's
	PlacementID      uuid.UUID                `db:"placement_id"`
	Kind             staffing.BillKind        `db:"kind"`
	State            string                   `db:"state"` // of the placement: later bills are told in its words
	ClientID         uuid.UUID                `db:"client_id"`
	ClientName       string                   `db:"client_name"`
	RequisitionTitle string                   `db:"requisition_title"`
	Terms            JSON[staffing.Placement] `db:"terms"`
	Bill             JSON[*staffing.Bill]     `db:"bill"`
	ContentHash      string                   `db:"content_hash"`
	Findings         JSON[[]staffing.Finding] `db:"findings"`
	Gaps             JSON[[]staffing.Gap]     `db:"gaps"`
	Editors          pq.StringArray           `db:"editors"`
	Makers           pq.StringArray           `db:"makers"`
	Reason           string                   `db:"reason"` // why it was sent back
	ERPError         string                   `db:"erp_error"`
	ERPNumber        string                   `db:"erp_number"`
	ERPURL           string                   `db:"erp_url"`
	ApprovedAt       *time.Time               `db:"approved_at"`
	PostedAt         *time.Time               `db:"posted_at"`
	CreatedAt        time.Time                `db:"created_at"`
	UpdatedAt        time.Time                `db:"updated_at"`
	Amount           *decimal.Decimal         `db:"amount"`
	Errors           int                      `db:"errors"`   // findings that block, and gaps
	Warnings         int                      `db:"warnings"` // findings that do not
}

// Clean says that nothing of the row asks for a look of its own.
func (r DeskRow) Clean() bool { return r.Errors == 0 && r.Warnings == 0 && r.ERPError == "" }

// DeskOrder sorts finance's queue.
type DeskOrder string

// The orders of the queue.
const (
	DeskOldest   DeskOrder = "oldest"
	DeskNewest   DeskOrder = "newest"
	DeskHighest  DeskOrder = "highest"
	DeskLowest   DeskOrder = "lowest"
	DeskFindings DeskOrder = "findings" // most of them first
)

// DeskOrders lists every order.
func DeskOrders() []DeskOrder {
	return []DeskOrder{DeskOldest, DeskNewest, DeskHighest, DeskLowest, DeskFindings}
}

// by is the SQL of an order; what is not known sorts as a queue does.
func (o DeskOrder) by() string {
	switch o {
	case DeskNewest:
		return " order by q.updated_at desc, q.id"
	case DeskHighest:
		return " order by abs(q.amount) desc nulls last, q.id"
	case DeskLowest:
		return " order by abs(q.amount) nulls last, q.id"
	case DeskFindings:
		return " order by q.errors desc, q.warnings desc, q.created_at, q.id"
	case DeskOldest:
	}
	return " order by q.created_at, q.id"
}

// What the findings of a row are to be.
const (
	FindingsNone     = "none"
	FindingsWarnings = "warnings"
	FindingsBlocking = "blocking"
)

// DeskFilter narrows the queue. Zero values do not narrow.
type DeskFilter struct {
	ClientID uuid.UUID
	State    string // of a placement
	Search   string // words of worker, job title or ERP number
	Findings string
	Min, Max *decimal.Decimal // of the amount without its sign, in whatever currency
	Before   time.Time        // waiting since then, or longer
	Order    DeskOrder
	Limit    int
	Offset   int
}

// deskQueue puts placements and later bills into one list. A bill that the ERP did not
// take waits for review again; one that a person refused is over.
const deskQueue = `(select p.id, p.id placement_id, 'first' kind, p.state, p.client_id, p.requisition_id, p.canonical terms, p.bill, p.content_hash, p.findings, p.gaps,
		p.editors, p.makers, p.sent_back_reason reason, p.erp_error, p.erp_number, p.erp_url, p.approved_at, p.posted_at, p.created_at, p.updated_at, p.version
	from placements p
	union all
	select b.id, b.placement_id, b.kind, case when b.state = 'refused' and b.erp_error <> '' then 'awaiting_review' when b.state = 'proposed' then 'needs_attention' else b.state end,
		p.client_id, p.requisition_id, coalesce(v.terms, p.canonical), b.bill, b.content_hash, coalesce(v.findings, '[]'), '[]'::jsonb,
		b.editors, b.makers, b.reason, b.erp_error, b.erp_number, b.erp_url, b.approved_at, b.posted_at, b.created_at, b.updated_at, b.version
	from bills b join placements p on p.id = b.placement_id left join placement_versions v on v.placement_id = b.placement_id and v.version = b.version
	where b.kind <> 'first' and (b.state <> 'refused' or b.erp_error <> ''))`

const deskRows = ` from (select d.*, c.name client_name, r.title requisition_title, (nullif(d.bill, 'null')->>'total')::numeric amount,
		(select count(*) from jsonb_array_elements(case jsonb_typeof(d.findings) when 'array' then d.findings else '[]' end) f where f->>'severity' = 'error')
			+ jsonb_array_length(case jsonb_typeof(d.gaps) when 'array' then d.gaps else '[]' end) errors,
		(select count(*) from jsonb_array_elements(case jsonb_typeof(d.findings) when 'array' then d.findings else '[]' end) f where f->>'severity' <> 'error') warnings
	from ` + deskQueue + ` d join clients c on c.id = d.client_id join requisitions r on r.id = d.requisition_id) q`

// DeskQueue lists what finance decides about, and counts all that match.
func (q queries) DeskQueue(ctx context.Context, f DeskFilter) (out []DeskRow, total int, err error) {
	w := f.where()
	if err := q.get(ctx, &total, "placements", `select count(*)`+deskRows+w.sql(), w.args...); err != nil {
		return nil, 0, err
	}
	return out, total, q.list(ctx, &out, "placements", deskColumns+deskRows+w.sql()+f.Order.by()+w.page(f.Limit, f.Offset), w.args...)
}

func (f DeskFilter) where() where {
	w := where{}
	w.eq("q.client_id", f.ClientID, f.ClientID != uuid.Nil)
	w.eq("q.state", f.State, f.State != "")
	for _, word := range strings.Fields(f.Search) {
		w.add("(q.requisition_title || ' ' || coalesce(q.terms->>'worker_name', '') || ' ' || q.erp_number) ilike ?", "%"+likeEscape(word)+"%")
	}
	if f.Min != nil {
		w.add("abs(q.amount) >= ?", *f.Min)
	}
	if f.Max != nil {
		w.add("abs(q.amount) <= ?", *f.Max)
	}
	if !f.Before.IsZero() {
		w.add("q.updated_at <= ?", f.Before)
	}
	switch f.Findings {
	case FindingsNone:
		w.conds = append(w.conds, "q.errors = 0 and q.warnings = 0 and q.erp_error = ''")
	case FindingsWarnings:
		w.conds = append(w.conds, "q.warnings > 0")
	case FindingsBlocking:
		w.conds = append(w.conds, "q.errors > 0")
	}
	return w
}

// DeskCounts counts the queue by state; a state without any is not there.
func (q queries) DeskCounts(ctx context.Context) (map[string]int, error) {
	var rows []struct {
		State string `db:"state"`
		Count int    `db:"count"`
	}
	if err := q.list(ctx, &rows, "placements", `select q.state, count(*) count from `+deskQueue+` q group by q.state`); err != nil {
		return nil, err
	}
	out := map[string]int{}
	for _, r := range rows {
		out[r.State] = r.Count
	}
	return out, nil
}

const deskColumns = `select id, placement_id, kind, state, client_id, client_name, requisition_title, terms, bill, content_hash, findings, gaps, editors, makers, reason,
	erp_error, erp_number, erp_url, approved_at, posted_at, created_at, updated_at, amount, errors, warnings`

// DeskRow gives one row of the queue, in whatever state.
func (q queries) DeskRow(ctx context.Context, id uuid.UUID) (d DeskRow, err error) {
	return d, q.get(ctx, &d, "placement", deskColumns+deskRows+` where q.id = $1`, id)
}
