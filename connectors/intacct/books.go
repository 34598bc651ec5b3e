package intacct

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// pageSize is how many documents are listed at once: a query is metered as one call,
// whatever it gives, and may give 4,000.
const pageSize = 500

// ListBilling lists the invoices and then the adjustments of some days, whoever made
// them. A reversed one and its counterpart are none. A page is one metered call.
func (c *Connector) ListBilling(ctx context.Context, from, to staffing.Date, cursor string) (staffing.BillingPage, error) {
	p, start, err := position(cursor)
	if err != nil {
		return staffing.BillingPage{}, err
	}
	for _, d := range []staffing.Date{from, to} {
		if _, err := staffing.ParseDate(string(d)); err != nil || d == "" {
			return staffing.BillingPage{}, &staffing.Error{Code: staffing.Invalid, Message: "invoices are listed from a date to a date", Err: err}
		}
	}
	list, next, err := askFrom[map[string]loose](ctx, c, question{Object: p.object, Start: start, Size: pageSize,
		Fields:  []string{"key", p.number, p.date, p.currency, p.total, "state", "description", "customer.id", "customer.name", "webURL", "audit.createdDateTime"},
		Filters: []map[string]any{{"$gte": map[string]string{p.date: string(from)}}, {"$lte": map[string]string{p.date: string(to)}}}, Order: []map[string]any{{"key": "asc"}}})
	if err != nil {
		return staffing.BillingPage{}, explain(err, "cannot list the %ss", p.words)
	}
	var out staffing.BillingPage
	for _, row := range list {
		switch row["state"] {
		case "reversed", "reversal", "voided":
			continue
		}
		if !isKey(string(row["key"])) {
			return staffing.BillingPage{}, staffing.Errorf(staffing.Unavailable, "Sage Intacct listed the %ss without their keys", p.words)
		}
		out.Records = append(out.Records, c.billing(p, row))
	}
	switch {
	case next > start:
		out.Next = p.words + " " + strconv.Itoa(next)
	case next != 0:
		return staffing.BillingPage{}, staffing.Errorf(staffing.Unavailable, "Sage Intacct's list of %ss does not end", p.words)
	case p == invoicePaper:
		out.Next = creditPaper.words + " 1"
	}
	return out, nil
}

// position reads a cursor: a kind of document and the row to begin with.
func position(cursor string) (paper, int, error) {
	if cursor == "" {
		return invoicePaper, 1, nil
	}
	words, at, _ := strings.Cut(cursor, " ")
	start, err := strconv.Atoi(at)
	for _, p := range []paper{invoicePaper, creditPaper} {
		if p.words == words && err == nil && start > 0 {
			return p, start, nil
		}
	}
	return paper{}, 0, staffing.Errorf(staffing.Invalid, "the place to go on from in Sage Intacct's list of invoices cannot be read")
}

// billing writes a row as the document that the object API gives, so that its receipt
// is the same.
func (c *Connector) billing(p paper, row map[string]loose) staffing.BillingRecord {
	text := func(field string) string { return string(row[field]) }
	d := document{Key: row["key"], Invoice: text(p.number), State: text("state"), Description: text("description"), URL: text("webURL")}
	d.Currency.Code = text(p.currency)
	total, err := decimal.NewFromString(text(p.total))
	if err != nil {
		total = decimal.Zero
	}
	d.Total, d.TxnCurrency.Total = total, total
	if at, err := time.Parse(time.RFC3339, text("audit.createdDateTime")); err == nil {
		d.Audit.Created = at
	}
	return staffing.BillingRecord{Receipt: c.receipt(p, d, true), Key: hubKey(d), Date: staffing.Date(text(p.date)),
		CustomerCode: text("customer.id"), CustomerName: first(text("customer.name"), text("customer.id"))}
}

// hubKey gives our reference on a document: the beginning of its description, or its
// number. The hub's are UUIDs, which nobody types.
func hubKey(d document) string {
	begin, _, _ := strings.Cut(d.Description, " · ")
	for _, s := range []string{begin, d.Invoice} {
		if staffing.IsReference(s) {
			return s
		}
	}
	return ""
}
