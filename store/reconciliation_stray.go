package store

import (
	"context"

	"github.com/google/uuid"
	"github.com/lib/pq"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// ReconciliationStray is a document of the period that only the ERP has: for a customer
// of ours, or with a reference such as the hub's.
type ReconciliationStray struct {
	ReconciliationID uuid.UUID        `db:"reconciliation_id"`
	ERPID            string           `db:"erp_id"`
	Reference        string           `db:"reference"` // as the hub would have left it; empty: somebody made it by hand
	ERPNumber        string           `db:"erp_number"`
	ERPURL           string           `db:"erp_url"`
	ClientID         *uuid.UUID       `db:"client_id"` // nil: no client has that customer code
	CustomerCode     string           `db:"customer_code"`
	CustomerName     string           `db:"customer_name"`
	Day              staffing.Date    `db:"day"`
	Currency         string           `db:"currency"`
	Untaxed          *decimal.Decimal `db:"untaxed"` // nil: the ERP does not say
}

// SaveReconciliationStray keeps one.
func (q queries) SaveReconciliationStray(ctx context.Context, s ReconciliationStray) error {
	return q.exec(ctx, "reconciliation", `insert into reconciliation_strays (reconciliation_id, erp_id, reference, erp_number, erp_url, client_id, customer_code, customer_name, day, currency, untaxed)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9::date, $10, $11) on conflict do nothing`,
		s.ReconciliationID, clean(s.ERPID), clean(s.Reference), clean(s.ERPNumber), clean(s.ERPURL), s.ClientID, clean(s.CustomerCode), clean(s.CustomerName), string(s.Day), clean(s.Currency), s.Untaxed)
}

// ReconciliationStrays lists what only the ERP has, oldest first.
func (q queries) ReconciliationStrays(ctx context.Context, id uuid.UUID) (out []ReconciliationStray, err error) {
	return out, q.list(ctx, &out, "reconciliation", `select reconciliation_id, erp_id, reference, erp_number, erp_url, client_id, customer_code, customer_name, day::text "day", currency, untaxed
		from reconciliation_strays where reconciliation_id = $1 order by day, erp_number, erp_id`, id)
}

// CountStrays counts what only the ERP has.
func (q queries) CountStrays(ctx context.Context, id uuid.UUID) (n int, err error) {
	return n, q.get(ctx, &n, "reconciliation", `select count(*) from reconciliation_strays where reconciliation_id = $1`, id)
}

// BillsInBooks says which of the references, or of the ERP's ids, belong to a bill that
// is in the ERP or on its way there.
func (q queries) BillsInBooks(ctx context.Context, references, erpIDs []string) (out []Bill, err error) {
	return out, q.list(ctx, &out, "bills", `select * from bills where state in ('awaiting_review', 'approved', 'posted') and (reference = any ($1) or erp_id = any ($2))`,
		pq.Array(references), pq.Array(erpIDs))
}
