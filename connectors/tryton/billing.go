package tryton

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/shopspring/decimal"
	"github.com/tributary-hub/tributary/staffing"
)

// fields is what the bill map of the profile may set; the rest comes from the bill.
type fields struct {
	ProductCode string  `json:"product_code"`
	Description string  `json:"description"` // of every line; empty: the bill's own
	Reference   *string `json:"reference"`   // nil: the purchase order
	PaymentTerm string  `json:"payment_term"`
	Comment     string  `json:"comment"` // for the firm's staff; not printed by default
}

// PutBilling makes one draft customer invoice, unless there is one with the key
// already, and reads back what Tryton made of it. It never posts. Calls with the
// same key must not run at the same time: Tryton has no idempotency of its own, so
// the hub's lock per placement is what keeps two from looking before either creates.
func (c *Connector) PutBilling(ctx context.Context, req staffing.BillingRequest) (staffing.Receipt, error) {
	f, err := checkRequest(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	found, err := c.findInvoice(ctx, req.Key)
	if err == nil {
		return c.settle(ctx, found.ID, req, f, true)
	}
	if staffing.CodeOf(err) != staffing.NotFound {
		return staffing.Receipt{}, err
	}
	id, existed, err := c.create(ctx, req, f)
	if err != nil {
		return staffing.Receipt{}, err
	}
	rec, err := c.settle(ctx, id, req, f, existed)
	if err != nil && !existed && staffing.CodeOf(err) != staffing.Conflict {
		return staffing.Receipt{}, created(id, err)
	}
	return rec, err
}

// created says that the draft is there although it could not be proved: whoever
// goes on must look for it.
func created(id int64, err error) error {
	out := explain(err, "the draft invoice %d is made, but not proved", id)
	out.OutcomeUnknown = true
	return out
}

// FindBilling looks for the invoice that carries the key. Cancelled ones do not
// count: finance cancels a wrong draft to have it made anew. A draft whose tax is
// not worked out yet counts as not found until PutBilling has completed it.
func (c *Connector) FindBilling(ctx context.Context, key string) (staffing.Receipt, error) {
	if strings.TrimSpace(key) == "" {
		return staffing.Receipt{}, staffing.Errorf(staffing.Invalid, "a bill is found by its reference, and there is none")
	}
	inv, err := c.findInvoice(ctx, key)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if !c.whole(inv) {
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "the draft invoice %d in Tryton is not complete yet: its tax is not worked out", inv.ID)
	}
	return c.receipt(inv, true), nil
}

func checkRequest(req staffing.BillingRequest) (fields, error) {
	var f fields
	if len(req.Fields) > 0 {
		dec := json.NewDecoder(bytes.NewReader(req.Fields))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&f); err != nil {
			return f, &staffing.Error{Code: staffing.Invalid, Field: "bill", Err: err,
				Message: "the bill map may set product_code, description, reference, payment_term and comment, each as a text"}
		}
	}
	b := req.Bill
	for _, need := range []struct {
		missing     bool
		field, what string
	}{
		{strings.TrimSpace(req.Key) == "", "reference", "our reference"},
		{strings.TrimSpace(b.ClientCode) == "", "client_code", "the code of the client"},
		{b.Currency == "", "currency", "a currency"},
		{b.Date == "", "date", "a date"},
		{len(b.Lines) == 0, "lines", "a line"},
	} {
		if need.missing {
			return f, &staffing.Error{Code: staffing.Invalid, Field: need.field, Message: "the bill needs " + need.what}
		}
	}
	if _, err := staffing.ParseDate(string(b.Date)); err != nil {
		return f, &staffing.Error{Code: staffing.Invalid, Field: "date", Message: "the bill's date is no date", Err: err}
	}
	sum := decimal.Zero
	for _, l := range b.Lines {
		sum = sum.Add(l.Amount)
	}
	if !sum.Equal(b.Total) {
		return f, &staffing.Error{Code: staffing.Invalid, Field: "total", Message: "the lines of the bill add up to " + sum.String() + ", not to its total of " + b.Total.String()}
	}
	return f, nil
}

// create writes the draft. existed says that a unique index of the database knew
// the key, and that the invoice of the faster one is taken.
func (c *Connector) create(ctx context.Context, req staffing.BillingRequest, f fields) (id int64, existed bool, err error) {
	bk, err := c.openBooks(ctx, req.Bill, f)
	if err != nil {
		return 0, false, err
	}
	lines, err := c.lines(req.Bill, f, bk)
	if err != nil {
		return 0, false, err
	}
	p, err := c.ensureParty(ctx, req.Bill.ClientCode, req.Bill.ClientName)
	if err != nil {
		return 0, false, err
	}
	values := object{
		"type": "out", "company": c.company, "party": p.id, "invoice_address": p.address,
		"currency": bk.currency.ID, "journal": bk.journal, "account": bk.receivable, "payment_term": bk.term,
		"description": req.Key, "invoice_date": day{req.Bill.Date}, "lines": list{list{"create", lines}},
	}
	if r := f.reference(req.Bill); r != "" {
		values["reference"] = r
	}
	if f.Comment != "" {
		values["comment"] = f.Comment
	}
	var ids []int64
	err = c.write(ctx, "account.invoice.create", list{list{values}}, &ids)
	if staffing.CodeOf(err) == staffing.Conflict {
		if found, lookErr := c.findInvoice(ctx, req.Key); lookErr == nil {
			return found.ID, true, nil
		}
	}
	if err != nil || len(ids) != 1 || ids[0] <= 0 {
		return 0, false, explain(orMissing(err), "the draft invoice was not confirmed")
	}
	return ids[0], false, nil
}

// lines writes each line out in full: over JSON-RPC Tryton fills nothing in that
// its own client would.
func (c *Connector) lines(b staffing.Bill, f fields, bk books) ([]object, error) {
	var out []object
	for _, l := range b.Lines {
		unit, p := bk.units[l.Unit], bk.products[c.productCode(b, l.Unit, f)]
		price, err := priceLine(l, unit.Digits, bk.currency.Digits)
		if err != nil {
			return nil, err
		}
		line := object{
			"type": "line", "company": c.company, "currency": bk.currency.ID, "product": p.id, "unit": unit.ID, "account": p.revenue,
			"quantity": quantity(price.quantity), "unit_price": amount{price.price}, "description": f.lineText(l, price.note),
		}
		if len(bk.taxes) > 0 {
			line["taxes"] = list{list{"add", bk.taxes}}
		}
		if l.CostCentre != "" {
			line["analytic_accounts"] = list{list{"create", list{object{"root": bk.root, "account": bk.centres[l.CostCentre]}}}}
		}
		out = append(out, line)
	}
	return out, nil
}

func (f fields) lineText(l staffing.BillLine, note string) string {
	text := l.Description
	if f.Description != "" {
		text = f.Description
	}
	if note != "" {
		text += " (" + note + ")"
	}
	return text
}

func (f fields) reference(b staffing.Bill) string {
	if f.Reference != nil {
		return strings.TrimSpace(*f.Reference)
	}
	return strings.TrimSpace(b.PurchaseOrder)
}
