package store

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// Client is a company that the firm serves.
type Client struct {
	ID        uuid.UUID `db:"id"`
	Code      string    `db:"code"`
	Name      string    `db:"name"`
	Currency  string    `db:"currency"`
	Timezone  string    `db:"timezone"`
	CreatedAt time.Time `db:"created_at"`
	// ReviewThreshold is how many records a publication may change before a second
	// person has to confirm it; 0: always.
	ReviewThreshold int `db:"review_threshold"`
	Contract
	ClientBooks
}

// Contract is what was agreed with a client, for the checks of the finance desk.
// Empty values were not agreed, and are not checked.
type Contract struct {
	TaxRegion           string           `db:"tax_region"`
	MarginFloor         *decimal.Decimal `db:"margin_floor"` // percent of the bill rate
	PORequired          bool             `db:"po_required"`
	BillingContactName  string           `db:"billing_contact_name"`
	BillingContactEmail string           `db:"billing_contact_email"`
	NetDays             *int             `db:"net_days"`
	TaxPercent          *decimal.Decimal `db:"tax_percent"` // a hint; the ERP works tax out
}

// SaveContract changes what was agreed with a client.
func (q queries) SaveContract(ctx context.Context, clientID uuid.UUID, c Contract) error {
	return q.execOne(ctx, staffing.NotFound, "client", `update clients set tax_region = $2, margin_floor = $3, po_required = $4, billing_contact_name = $5,
		billing_contact_email = $6, net_days = $7, tax_percent = $8 where id = $1`,
		clientID, clean(c.TaxRegion), c.MarginFloor, c.PORequired, clean(c.BillingContactName), clean(c.BillingContactEmail), c.NetDays, c.TaxPercent)
}

// DefaultReviewThreshold is that of a client that has none of its own, and of the
// firm's own systems.
const DefaultReviewThreshold = 25

// Domain gives what maps and rules may know of the client.
func (c Client) Domain() staffing.Client {
	return staffing.Client{Code: c.Code, Name: c.Name, Currency: c.Currency, Timezone: c.Timezone}
}

// InsertClient adds a client; id and time are set here. A threshold of 0 becomes
// the default: [queries.UpdateClient] sets 0.
func (q queries) InsertClient(ctx context.Context, c Client) (Client, error) {
	c.ID, c.CreatedAt = NewID(), q.now()
	if c.ReviewThreshold == 0 {
		c.ReviewThreshold = DefaultReviewThreshold
	}
	return c, q.exec(ctx, "client", `insert into clients (id, code, name, currency, timezone, created_at, review_threshold) values ($1, $2, $3, $4, $5, $6, $7)`,
		c.ID, c.Code, clean(c.Name), c.Currency, c.Timezone, c.CreatedAt, c.ReviewThreshold)
}

// UpdateClient changes name, currency, time zone and threshold. The code stays: it
// is the client's key at the ERP.
func (q queries) UpdateClient(ctx context.Context, c Client) error {
	return q.execOne(ctx, staffing.NotFound, "client", `update clients set name = $2, currency = $3, timezone = $4, review_threshold = $5 where id = $1`,
		c.ID, clean(c.Name), c.Currency, c.Timezone, c.ReviewThreshold)
}

// Client gives one client.
func (q queries) Client(ctx context.Context, id uuid.UUID) (c Client, err error) {
	return c, q.get(ctx, &c, "client", `select * from clients where id = $1`, id)
}

// ClientByCode gives the client with that code.
func (q queries) ClientByCode(ctx context.Context, code string) (c Client, err error) {
	return c, q.get(ctx, &c, "client", `select * from clients where code = $1`, code)
}

// Clients lists all clients by name.
func (q queries) Clients(ctx context.Context) (out []Client, err error) {
	return out, q.list(ctx, &out, "clients", `select * from clients order by name`)
}
