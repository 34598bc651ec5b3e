package tryton

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/tributary-hub/tributary/staffing"
)

// invoice is what is read back of an account.invoice.
type invoice struct {
	ID          int64   `json:"id"`
	Number      *string `json:"number"`
	State       string  `json:"state"`
	Description *string `json:"description"`
	Reference   *string `json:"reference"`
	Date        day     `json:"invoice_date"`
	Created     moment  `json:"create_date"`
	Untaxed     amount  `json:"untaxed_amount"`
	Tax         amount  `json:"tax_amount"`
	Total       amount  `json:"total_amount"`
	Taxes       []int64 `json:"taxes"` // rows that Tryton worked out; none in a fresh draft
	Party       struct {
		Code *string `json:"code"`
	} `json:"party."`
	Currency struct {
		Code string `json:"code"`
	} `json:"currency."`
}

func invoiceFields() []string {
	return []string{"number", "state", "description", "reference", "invoice_date", "create_date", "untaxed_amount", "tax_amount", "total_amount", "taxes",
		"party.code", "currency.code"}
}

// invoiceLine is what is read back of an account.invoice.line.
type invoiceLine struct {
	Amount  amount `json:"amount"`
	Centres []struct {
		Account struct {
			Code *string `json:"code"`
		} `json:"account."`
	} `json:"analytic_accounts."`
}

// findInvoice gives the one customer invoice of the key that is not cancelled.
func (c *Connector) findInvoice(ctx context.Context, key string) (invoice, error) {
	var rows []invoice
	domain := append(c.customerInvoices(), list{"description", "=", key})
	if err := c.search(ctx, "account.invoice", domain, 2, invoiceFields(), &rows); err != nil {
		return invoice{}, explain(err, "cannot look for the invoice %s", cut(key))
	}
	switch len(rows) {
	case 0:
		return invoice{}, staffing.Errorf(staffing.NotFound, "Tryton has no invoice with the description %s", cut(key))
	case 1:
		if rows[0].ID <= 0 {
			return invoice{}, staffing.Errorf(staffing.Unavailable, "Tryton found the invoice %s, but gave no id", cut(key))
		}
		return rows[0], nil
	}
	return invoice{}, &staffing.Error{Code: staffing.Conflict, Field: "reference",
		Message: fmt.Sprintf("Tryton has more than one invoice with the description %s (numbers %d and %d); cancel all but one there", cut(key), rows[0].ID, rows[1].ID)}
}

// customerInvoices is the domain of what counts: the company's, and not cancelled.
func (c *Connector) customerInvoices() list {
	return list{list{"type", "=", "out"}, list{"company", "=", c.company}, list{"state", "!=", "cancelled"}}
}

// settle brings the invoice to its end and proves it. Tryton leaves the tax at 0
// until the draft is written once more, so the draft is given the description that
// it has; that also completes a draft whose maker died half-way.
func (c *Connector) settle(ctx context.Context, id int64, req staffing.BillingRequest, f fields, existed bool) (staffing.Receipt, error) {
	inv, err := c.readInvoice(ctx, id)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if !c.whole(inv) {
		if err := c.write(ctx, "account.invoice.write", list{[]int64{id}, object{"description": req.Key}}, nil); err != nil {
			return staffing.Receipt{}, explain(err, "the tax of the draft invoice was not worked out")
		}
		if inv, err = c.readInvoice(ctx, id); err != nil {
			return staffing.Receipt{}, err
		}
	}
	lines, err := c.readLines(ctx, id, req.Bill)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if err := compare(inv, lines, req, f, existed); err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(inv, existed), nil
}

// whole says whether the tax of an invoice that needs one has been worked out.
func (c *Connector) whole(inv invoice) bool {
	return inv.State != "draft" || c.set["tax"] == "" || len(inv.Taxes) > 0
}

func (c *Connector) readInvoice(ctx context.Context, id int64) (invoice, error) {
	var rows []invoice
	if err := c.read(ctx, "account.invoice.read", list{[]int64{id}, invoiceFields()}, &rows); err != nil {
		return invoice{}, explain(err, "the invoice could not be read back")
	}
	if len(rows) != 1 {
		return invoice{}, staffing.Errorf(staffing.Conflict, "the invoice %d is gone from Tryton", id)
	}
	return rows[0], nil
}

// readLines asks for cost centres only where the bill has some: books without the
// module analytic_invoice do not know the field.
func (c *Connector) readLines(ctx context.Context, id int64, b staffing.Bill) ([]invoiceLine, error) {
	var rows []invoiceLine
	domain := list{list{"invoice", "=", id}, list{"type", "=", "line"}}
	names := []string{"amount"}
	if slices.ContainsFunc(b.Lines, func(l staffing.BillLine) bool { return l.CostCentre != "" }) {
		names = append(names, "analytic_accounts.account.code")
	}
	if err := c.search(ctx, "account.invoice.line", domain, 1000, names, &rows); err != nil {
		return nil, explain(err, "the lines of the invoice could not be read back")
	}
	return rows, nil
}

// compare holds what Tryton keeps against what was asked for, field by field. An
// invoice that was there before may have been posted by now; a new one must be a
// draft.
func compare(inv invoice, lines []invoiceLine, req staffing.BillingRequest, f fields, existed bool) error {
	for _, d := range []struct{ field, got, want string }{
		{"state", inv.stateFor(existed), "draft"},
		{"client_code", value(inv.Party.Code), req.Bill.ClientCode},
		{"purchase_order", strings.TrimSpace(value(inv.Reference)), f.reference(req.Bill)},
		{"reference", value(inv.Description), req.Key},
		{"date", string(inv.Date.Date), string(req.Bill.Date)},
		{"currency", inv.Currency.Code, req.Bill.Currency},
		{"total", money(inv.Untaxed.Decimal), money(req.Bill.Total)},
		{"total with tax", money(inv.Total.Decimal), money(inv.Untaxed.Add(inv.Tax.Decimal))},
		{"lines", shape(lines), wanted(req.Bill)},
	} {
		if d.got != d.want {
			return &staffing.Error{Code: staffing.Conflict, Field: d.field,
				Message: fmt.Sprintf("the invoice %d in Tryton differs from the bill: its %s is %q and should be %q", inv.ID, d.field, cut(d.got), cut(d.want))}
		}
	}
	return nil
}

// stateFor gives "draft" for a state that is as good as one.
func (i invoice) stateFor(existed bool) string {
	if existed && (i.State == "validated" || i.State == "posted" || i.State == "paid") {
		return "draft"
	}
	return i.State
}

// shape and wanted write lines in a form that compares: amount and cost centre.
func shape(lines []invoiceLine) string {
	var out []string
	for _, l := range lines {
		entry := money(l.Amount.Decimal)
		for _, centre := range l.Centres {
			if code := value(centre.Account.Code); code != "" {
				entry += " " + code
			}
		}
		out = append(out, entry)
	}
	return strings.Join(out, ", ")
}

func wanted(b staffing.Bill) string {
	var out []string
	for _, l := range b.Lines {
		out = append(out, strings.TrimSpace(money(l.Amount)+" "+l.CostCentre))
	}
	return strings.Join(out, ", ")
}

func (c *Connector) receipt(inv invoice, existed bool) staffing.Receipt {
	id := strconv.FormatInt(inv.ID, 10)
	r := staffing.Receipt{ID: id, Number: value(inv.Number), At: inv.Created.Time, Existed: existed,
		Extra: map[string]string{"state": inv.State, "currency": inv.Currency.Code,
			"untaxed": money(inv.Untaxed.Decimal), "tax": money(inv.Tax.Decimal), "total": money(inv.Total.Decimal)}}
	if r.Number == "" { // Tryton numbers an invoice when it is posted
		r.Number = inv.State + " " + id
	}
	if pattern := c.set["invoice_url"]; pattern != "" {
		r.URL = strings.ReplaceAll(pattern, "{id}", id)
	}
	if r.At.IsZero() {
		r.At = c.now()
	}
	return r
}

// money writes an amount with at least two places, and with all that it has: some
// currencies have three.
func money(d decimal.Decimal) string {
	places := int32(2)
	for !d.Equal(d.Truncate(places)) {
		places++
	}
	return d.StringFixed(places)
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
