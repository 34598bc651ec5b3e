package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// PurchaseOrder is a client's order that bills are charged to.
type PurchaseOrder struct {
	ID        uuid.UUID        `db:"id"`
	ClientID  uuid.UUID        `db:"client_id"`
	Number    string           `db:"number"`
	ValidFrom staffing.Date    `db:"valid_from"` // "": from ever
	ValidTo   staffing.Date    `db:"valid_to"`   // "": for ever
	Amount    *decimal.Decimal `db:"amount"`     // nil: no budget is known
	Currency  string           `db:"currency"`
	CreatedAt time.Time        `db:"created_at"`
	UpdatedAt time.Time        `db:"updated_at"`
}

const purchaseOrderColumns = `select id, client_id, number, coalesce(valid_from::text, '') valid_from, coalesce(valid_to::text, '') valid_to, amount, currency, created_at, updated_at
	from purchase_orders`

// SavePurchaseOrder adds a client's order or changes the one with that number.
func (q queries) SavePurchaseOrder(ctx context.Context, po PurchaseOrder) error {
	return q.exec(ctx, "purchase order", `insert into purchase_orders (id, client_id, number, valid_from, valid_to, amount, currency, created_at, updated_at)
		values ($1, $2, $3, nullif($4, '')::date, nullif($5, '')::date, $6, $7, $8, $8)
		on conflict (client_id, number) do update set valid_from = excluded.valid_from, valid_to = excluded.valid_to, amount = excluded.amount,
			currency = excluded.currency, updated_at = excluded.updated_at`,
		NewID(), po.ClientID, clean(po.Number), string(po.ValidFrom), string(po.ValidTo), po.Amount, po.Currency, q.now())
}

// DropPurchaseOrder forgets a client's order.
func (q queries) DropPurchaseOrder(ctx context.Context, clientID, id uuid.UUID) error {
	return q.execOne(ctx, staffing.NotFound, "purchase order", `delete from purchase_orders where client_id = $1 and id = $2`, clientID, id)
}

// PurchaseOrders lists a client's orders by number.
func (q queries) PurchaseOrders(ctx context.Context, clientID uuid.UUID) (out []PurchaseOrder, err error) {
	return out, q.list(ctx, &out, "purchase orders", purchaseOrderColumns+` where client_id = $1 order by number`, clientID)
}

// PurchaseOrder gives a client's order by its number.
func (q queries) PurchaseOrder(ctx context.Context, clientID uuid.UUID, number string) (po PurchaseOrder, err error) {
	return po, q.get(ctx, &po, "purchase order", purchaseOrderColumns+` where client_id = $1 and number = $2`, clientID, clean(number))
}

// OtherTerms are the newest terms of another placement of the same client.
type OtherTerms struct {
	PlacementID uuid.UUID                `db:"placement_id"`
	CandidateID uuid.UUID                `db:"candidate_id"`
	Terms       JSON[staffing.Placement] `db:"terms"`
}

// OtherPlacements gives the newest terms of the client's other placements that were
// not taken back and are of that candidate or charged to that purchase order.
func (q queries) OtherPlacements(ctx context.Context, p Placement, candidateID uuid.UUID, purchaseOrder string) (out []OtherTerms, err error) {
	return out, q.list(ctx, &out, "placements", `select p.id placement_id, s.candidate_id, v.terms
		from placements p join submissions s on s.id = p.submission_id
		join lateral (select terms, kind from placement_versions where placement_id = p.id order by version desc limit 1) v on true
		where p.client_id = $1 and p.id <> $2 and p.state <> 'cancelled' and v.kind not in ('cancellation', 'no_show')
			and (s.candidate_id = $3 or $4 <> '' and v.terms->>'purchase_order' = $4) order by p.created_at, p.id`,
		p.ClientID, p.ID, candidateID, clean(purchaseOrder))
}
