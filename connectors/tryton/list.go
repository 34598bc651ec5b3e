package tryton

import (
	"context"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// listPage is how many invoices are read at once. Tryton works the amounts of each out
// while it reads.
const listPage = 100

// listed is an invoice with the name of whom it goes to.
type listed struct {
	invoice
	Party struct {
		Code *string `json:"code"`
		Name string  `json:"rec_name"`
	} `json:"party."`
}

// ListBilling gives the customer invoices of a time, credit notes among them (in Tryton
// an invoice whose total is negative), oldest record first. A page begins after the last
// id of the one before, so that an invoice which is cancelled meanwhile hides no other.
// A draft without a date is in no time, until it is posted and gets one.
func (c *Connector) ListBilling(ctx context.Context, from, to staffing.Date, cursor string) (staffing.BillingPage, error) {
	var out staffing.BillingPage
	after, err := listAfter(from, to, cursor)
	if err != nil {
		return out, err
	}
	var rows []listed
	domain := append(c.customerInvoices(), list{"invoice_date", ">=", day{from}}, list{"invoice_date", "<=", day{to}}, list{"id", ">", after})
	if err := c.search(ctx, "account.invoice", domain, listPage, append(invoiceFields(), "party.rec_name"), &rows); err != nil {
		return out, explain(err, "cannot list the invoices from %s to %s", from, to)
	}
	for _, r := range rows {
		if r.ID <= after || r.Date.Date < from || r.Date.Date > to {
			return staffing.BillingPage{}, staffing.Errorf(staffing.Unavailable, "Tryton was asked for the invoices from %s to %s and answered with others", from, to)
		}
		after = r.ID
		out.Records = append(out.Records, c.record(r))
	}
	if len(rows) >= listPage {
		out.Next = strconv.FormatInt(after, 10)
	}
	return out, nil
}

// listAfter reads the cursor: the id of the last invoice of the page before.
func listAfter(from, to staffing.Date, cursor string) (int64, error) {
	for _, d := range []staffing.Date{from, to} {
		if _, err := staffing.ParseDate(string(d)); err != nil || d == "" {
			return 0, &staffing.Error{Code: staffing.Invalid, Field: "date", Message: "invoices are listed from one date to another", Err: err}
		}
	}
	if cursor == "" {
		return 0, nil
	}
	after, err := strconv.ParseInt(cursor, 10, 64)
	if err != nil || after <= 0 {
		return 0, &staffing.Error{Code: staffing.Invalid, Field: "cursor", Message: "this is no place in a list of Tryton's invoices: " + cut(cursor), Err: err}
	}
	return after, nil
}

func (c *Connector) record(r listed) staffing.BillingRecord {
	out := staffing.BillingRecord{Receipt: c.receipt(r.invoice, true), CustomerCode: value(r.Party.Code), CustomerName: r.Party.Name, Date: r.Date.Date}
	if key := strings.TrimSpace(value(r.Description)); staffing.IsReference(key) {
		out.Key = key
	}
	return out
}
