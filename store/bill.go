package store

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/lib/pq"

	"github.com/tributary-hub/tributary/staffing"
)

// The states of a bill.
const (
	BillProposed       = "proposed"        // something of its terms is open: it cannot be approved yet
	BillAwaitingReview = "awaiting_review" //
	BillApproved       = "approved"        //
	BillPosted         = "posted"          //
	BillRefused        = "refused"         // by the ERP, by a person, or because newer terms took its place
)

// Bill is a billing record of a placement. The first one follows the placement's own
// columns and has the placement's id; the others are changed here.
type Bill struct {
	ID              uuid.UUID           `db:"id"`
	PlacementID     uuid.UUID           `db:"placement_id"`
	Version         int                 `db:"version"` // of the terms
	Kind            staffing.BillKind   `db:"kind"`
	Reference       string              `db:"reference"` // our key at the ERP
	Bill            JSON[staffing.Bill] `db:"bill"`
	ContentHash     string              `db:"content_hash"`
	State           string              `db:"state"`
	Reason          string              `db:"reason"`
	Editors         pq.StringArray      `db:"editors"`
	Makers          pq.StringArray      `db:"makers"`
	ApprovedBy      *uuid.UUID          `db:"approved_by"`
	ApprovedAt      *time.Time          `db:"approved_at"`
	ApprovedHash    *string             `db:"approved_hash"`
	ApprovedFor     *uuid.UUID          `db:"approved_for"`
	ERPConnectionID *uuid.UUID          `db:"erp_connection_id"`
	ERPID           *string             `db:"erp_id"`
	ERPNumber       string              `db:"erp_number"`
	ERPURL          string              `db:"erp_url"`
	ERPError        string              `db:"erp_error"`
	ERPErrorField   string              `db:"erp_error_field"`
	CreatedAt       time.Time           `db:"created_at"`
	UpdatedAt       time.Time           `db:"updated_at"`
	PostedAt        *time.Time          `db:"posted_at"`
}

// NewBill gives a bill of a placement its id and the reference that the ERP keeps.
func NewBill(p Placement, b staffing.Bill) Bill {
	id := NewID()
	b.Reference = id.String()
	return Bill{ID: id, PlacementID: p.ID, Kind: b.Kind, Reference: b.Reference, Bill: Doc(b), State: BillProposed}
}

// InsertBill adds a bill that is not the first.
func (t *Tx) InsertBill(ctx context.Context, b Bill) error {
	for _, a := range []*pq.StringArray{&b.Editors, &b.Makers} {
		if *a == nil {
			*a = pq.StringArray{}
		}
	}
	return t.exec(ctx, "bill", `insert into bills (id, placement_id, version, kind, reference, bill, content_hash, state, editors, makers, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9::uuid[], $10::uuid[], $11, $11)`,
		b.ID, b.PlacementID, b.Version, b.Kind, b.Reference, b.Bill, b.ContentHash, b.State, b.Editors, b.Makers, t.now())
}

// SupersedeBills refuses what older versions proposed from that day on ("": none; the
// year 1: all) and nobody has posted; an approval of it ends. A bill on its way to the
// ERP must not be there: see [Tx.BillingMoving].
func (t *Tx) SupersedeBills(ctx context.Context, placementID uuid.UUID, from staffing.Date, version int) error {
	return t.exec(ctx, "bills", `update bills b set state = 'refused', reason = 'Newer terms took its place.', approved_by = null, approved_at = null, approved_hash = null,
			approved_for = null, updated_at = $4
		from placement_versions v where v.placement_id = b.placement_id and v.version = b.version
			and b.placement_id = $1 and b.version < $2 and b.kind <> 'first' and b.state in ('proposed', 'awaiting_review', 'approved')
			and (v.effective_from = nullif($3, '')::date or $3 = '0001-01-01')`, placementID, version, string(from), t.now())
}

// LockBill gives a bill and keeps its row until the transaction ends. Lock the
// placement first.
func (t *Tx) LockBill(ctx context.Context, id uuid.UUID) (b Bill, err error) {
	return b, t.get(ctx, &b, "bill", `select * from bills where id = $1 for update`, id)
}

// ApproveBill is [Tx.Approve] for a bill that is not the first.
func (t *Tx) ApproveBill(ctx context.Context, id, user uuid.UUID, forUser *uuid.UUID, hash string) error {
	return t.execOne(ctx, staffing.Conflict, "bill", `update bills set state = 'approved', approved_by = $2, approved_at = $4, approved_hash = content_hash,
			approved_for = $5, reason = '', erp_error = '', erp_error_field = '', updated_at = $4
		where id = $1 and kind <> 'first' and (state = 'awaiting_review' or state = 'refused' and erp_error <> '') and content_hash = $3`, id, user, hash, t.now(), forUser)
}

// RefuseBill takes a bill that is not the first off the desk. Words of the ERP leave
// it there to be approved again; a person's reason ends it.
func (t *Tx) RefuseBill(ctx context.Context, id uuid.UUID, reason, erpWords, erpField string) error {
	return t.execOne(ctx, staffing.Conflict, "bill", `update bills set state = 'refused', reason = $2, erp_error = $3, erp_error_field = $4, approved_by = null, approved_at = null,
			approved_hash = null, approved_for = null, updated_at = $5
		where id = $1 and kind <> 'first' and state <> 'posted'`, id, clean(reason), clean(erpWords), clean(erpField), t.now())
}

// SaveBillPosting is [Tx.SavePosting] for a bill that is not the first.
func (t *Tx) SaveBillPosting(ctx context.Context, id, erp uuid.UUID, rc staffing.Receipt) error {
	return t.execOne(ctx, staffing.Conflict, "bill", `update bills set state = 'posted', erp_connection_id = $2, erp_id = $3, erp_number = $4, erp_url = $5,
		posted_at = coalesce(posted_at, $6), updated_at = coalesce(posted_at, $6)
		where id = $1 and kind <> 'first' and (state = 'approved' or (state = 'posted' and erp_connection_id = $2 and erp_id = $3))`,
		id, erp, clean(rc.ID), clean(rc.Number), clean(rc.URL), t.now())
}

// BillingMoving says that a bill of the placement has left for the ERP and nobody
// knows yet whether it arrived: nothing of the placement may change meanwhile.
func (t *Tx) BillingMoving(ctx context.Context, placementID uuid.UUID) (moving bool, err error) {
	return moving, t.get(ctx, &moving, "effect", `select exists (select 1 from effects where kind = 'billing.put' and subject_id = $1 and (state in ('sent', 'unknown')
		or state = 'done' and exists (select from bills b where b.reference = effects.key and b.state <> 'posted')))`, placementID)
}

// Bill gives one bill.
func (q queries) Bill(ctx context.Context, id uuid.UUID) (b Bill, err error) {
	return b, q.get(ctx, &b, "bill", `select * from bills where id = $1`, id)
}

// Bills lists the bills of a placement, oldest first; a credit stands before the
// re-bill of the same change.
func (q queries) Bills(ctx context.Context, placementID uuid.UUID) (out []Bill, err error) {
	return out, q.list(ctx, &out, "bills", `select * from bills where placement_id = $1 order by version, id`, placementID)
}

// BillFilter narrows a list. Zero values do not narrow.
type BillFilter struct {
	ClientID uuid.UUID
	States   []string
	Kinds    []string // of BillKind
	Search   string   // words of worker, job title or ERP number
	Limit    int
	Offset   int
}

// BillRow is a bill in a list.
type BillRow struct {
	Bill
	ClientID   uuid.UUID `db:"client_id"`
	ClientName string    `db:"client_name"`
	WorkerName string    `db:"worker_name"`
}

// BillQueue lists bills, oldest first, and counts all that match.
func (q queries) BillQueue(ctx context.Context, f BillFilter) (out []BillRow, total int, err error) {
	w := where{}
	w.eq("p.client_id", f.ClientID, f.ClientID != uuid.Nil)
	if len(f.States) > 0 {
		w.add("b.state = any (?)", pq.Array(f.States))
	}
	if len(f.Kinds) > 0 {
		w.add("b.kind = any (?)", pq.Array(f.Kinds))
	}
	for _, word := range strings.Fields(f.Search) {
		w.add("(coalesce(p.canonical->>'worker_name', '') || ' ' || coalesce(p.canonical->>'job_title', '') || ' ' || b.erp_number) ilike ?", "%"+likeEscape(word)+"%")
	}
	const from = ` from bills b join placements p on p.id = b.placement_id join clients c on c.id = p.client_id`
	if err := q.get(ctx, &total, "bills", `select count(*)`+from+w.sql(), w.args...); err != nil {
		return nil, 0, err
	}
	return out, total, q.list(ctx, &out, "bills", `select b.*, p.client_id, c.name client_name, coalesce(p.canonical->>'worker_name', '') worker_name`+from+w.sql()+
		` order by b.created_at, b.id`+w.page(f.Limit, f.Offset), w.args...)
}
