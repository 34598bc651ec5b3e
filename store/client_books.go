package store

import (
	"context"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
)

// ClientBooks is what the bills of a client name in the firm's books.
type ClientBooks struct {
	ERPCustomer   string     `db:"erp_customer"` // empty: the client's own code
	ItemTime      string     `db:"item_time"`    // of lines by time; empty: the connection's own
	ItemFee       string     `db:"item_fee"`     // of fees
	BooksChosenBy *uuid.UUID `db:"books_chosen_by"`
}

// BillTo gives the code of the customer that the client's bills go to.
func (c Client) BillTo() string {
	if c.ERPCustomer != "" {
		return c.ERPCustomer
	}
	return c.Code
}

// Item gives the item that lines of a unit sell; empty: the ERP connection's own.
func (b ClientBooks) Item(unit staffing.Unit) string {
	if unit == staffing.Flat || unit == staffing.Each {
		return b.ItemFee
	}
	return b.ItemTime
}

// Address writes into a bill what the client's bills name in the books.
func (c Client) Address(b *staffing.Bill) {
	b.ClientCode, b.ClientName = c.BillTo(), c.Name
	if len(b.Lines) > 0 {
		b.Item = c.Item(b.Lines[0].Unit)
	}
}

// SaveClientBooks keeps customer and items, and who chose them.
func (q queries) SaveClientBooks(ctx context.Context, clientID uuid.UUID, b ClientBooks) error {
	return q.execOne(ctx, staffing.NotFound, "client", `update clients set erp_customer = $2, item_time = $3, item_fee = $4, books_chosen_by = $5 where id = $1`,
		clientID, clean(b.ERPCustomer), clean(b.ItemTime), clean(b.ItemFee), b.BooksChosenBy)
}

// PlacementsUnderReview gives the placements of a client whose first bill nobody has
// approved, oldest first.
func (q queries) PlacementsUnderReview(ctx context.Context, clientID uuid.UUID) (out []uuid.UUID, err error) {
	return out, q.list(ctx, &out, "placements", `select id from placements where client_id = $1 and state in ('awaiting_review', 'needs_attention', 'sent_back')
		order by created_at, id`, clientID)
}
