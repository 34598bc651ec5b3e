package businesscentral

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// The lengths of Business Central's fields.
const (
	maxOrder = 35  // customerPurchaseOrderReference
	maxText  = 100 // description of a line
	maxCode  = 20
)

var isUUID = regexp.MustCompile("^" + uuidPattern + "$").MatchString

// fields is what the bill map of the profile may set; the rest comes from the bill.
type fields struct {
	Customer      string  `json:"customer"`
	LineType      string  `json:"line_type"`
	LineNumber    string  `json:"line_number"` // empty: the bill's own
	Unit          string  `json:"unit"`
	CostCentre    string  `json:"cost_centre"`
	PurchaseOrder *string `json:"purchase_order"` // nil: the bill's own
	Description   string  `json:"description"`    // of every line; empty: the bill's own
}

// PutBilling makes one draft, unless there is one with the key already, and reads back
// what Business Central made of it. It never posts. A bill whose total is negative
// becomes a credit memo. Calls with the same key must not run at the same time:
// Business Central has no request key, so the hub's lock per placement is what keeps
// two from looking before either creates.
func (c *Connector) PutBilling(ctx context.Context, req staffing.BillingRequest) (staffing.Receipt, error) {
	f, err := checkRequest(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	p := paperOf(req.Bill)
	have, err := c.find(ctx, p, req.Key)
	if err == nil {
		return c.settle(ctx, p, have.ID, expected{req: req, fields: f, existed: true})
	}
	if staffing.CodeOf(err) != staffing.NotFound {
		return staffing.Receipt{}, err
	}
	bk, err := c.openBooks(ctx, req.Bill, f)
	if err != nil {
		return staffing.Receipt{}, err
	}
	id, err := c.create(ctx, p, request{req, f, bk})
	if err != nil {
		return staffing.Receipt{}, err
	}
	rec, err := c.settle(ctx, p, id, expected{req: req, fields: f, customer: bk.customer})
	if err != nil && staffing.CodeOf(err) != staffing.Conflict {
		lost := explain(err, "the draft %s is made, but not proved", id)
		lost.OutcomeUnknown = true
		return staffing.Receipt{}, lost
	}
	return rec, err
}

// FindBilling looks for the invoice, then for the credit memo, that bears the key's
// number, drafts and posted ones. Cancelled ones do not count: finance cancels a wrong
// one to have it made anew.
func (c *Connector) FindBilling(ctx context.Context, key string) (staffing.Receipt, error) {
	if err := checkKey(key); err != nil {
		return staffing.Receipt{}, err
	}
	p := invoicePaper
	have, err := c.find(ctx, p, key)
	if staffing.CodeOf(err) == staffing.NotFound {
		p = creditPaper
		have, err = c.find(ctx, p, key)
	}
	if err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(have, p, true), nil
}

func checkKey(key string) error {
	if strings.TrimSpace(key) == "" {
		return &staffing.Error{Code: staffing.Invalid, Field: "reference", Message: "a bill is found by its reference, and there is none"}
	}
	return nil
}

func checkRequest(req staffing.BillingRequest) (fields, error) {
	var f fields
	if len(req.Fields) > 0 {
		dec := json.NewDecoder(bytes.NewReader(req.Fields))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&f); err != nil {
			return f, &staffing.Error{Code: staffing.Invalid, Field: "bill", Err: err,
				Message: "the bill map may set customer, line_type, line_number, unit, cost_centre, purchase_order and description, each as a text"}
		}
	}
	if f.LineType != "" && !slices.Contains([]string{"Account", "Item", "Resource"}, f.LineType) {
		return f, &staffing.Error{Code: staffing.Invalid, Field: "line_type", Message: "line_type must be Account, Item or Resource"}
	}
	if err := checkKey(req.Key); err != nil {
		return f, err
	}
	f.LineNumber = first(f.LineNumber, req.Bill.Item)
	return f, checkBill(req.Bill, f)
}

func checkBill(b staffing.Bill, f fields) error {
	for _, need := range []struct {
		wrong       bool
		field, what string
	}{
		{f.customer(b) == "", "customer", "needs the client's code, or a customer from the bill map"},
		{b.Currency == "", "currency", "needs a currency"},
		{b.Date == "", "date", "needs a date"},
		{len(b.Lines) == 0, "lines", "needs a line"},
		{len([]rune(f.order(b))) > maxOrder, "purchase_order", "has a purchase order of more than the 35 characters of Your Reference in Business Central"},
		{len(f.LineNumber) > maxCode, "line_number", "has a line number of more than 20 characters"},
	} {
		if need.wrong {
			return &staffing.Error{Code: staffing.Invalid, Field: need.field, Message: "the bill " + need.what}
		}
	}
	if _, err := staffing.ParseDate(string(b.Date)); err != nil {
		return &staffing.Error{Code: staffing.Invalid, Field: "date", Message: "the bill's date is no date", Err: err}
	}
	sum := decimal.Zero
	for _, l := range b.Lines {
		sum = sum.Add(l.Amount)
	}
	if !sum.Equal(b.Total) {
		return &staffing.Error{Code: staffing.Invalid, Field: "total", Message: "the lines of the bill add up to " + sum.String() + ", not to its total of " + b.Total.String()}
	}
	return nil
}

// request is all that a draft is made of.
type request struct {
	staffing.BillingRequest
	fields fields
	books  books
}

// create writes header, lines and dimensions in one call, so that no part of a draft
// can be missing.
func (c *Connector) create(ctx context.Context, p paper, r request) (string, error) {
	doc, err := c.draft(p, r)
	if err != nil {
		return "", err
	}
	var out document
	err = c.call(ctx, httpx.Request{Method: http.MethodPost, URL: "/" + p.list, Body: doc}, &out)
	if err == nil && !isUUID(out.ID) {
		err = &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Message: "Business Central gave no id for what it created"}
	}
	var e *staffing.Error
	if errors.As(err, &e) && e.OutcomeUnknown {
		e.RetryAfter = max(e.RetryAfter, settleTime)
	}
	if err != nil {
		return "", explain(err, "the draft was not made")
	}
	return out.ID, nil
}

func (f fields) customer(b staffing.Bill) string {
	return strings.TrimSpace(first(f.Customer, b.ClientCode))
}

func (f fields) order(b staffing.Bill) string {
	if f.PurchaseOrder != nil {
		return strings.TrimSpace(*f.PurchaseOrder)
	}
	return strings.TrimSpace(b.PurchaseOrder)
}

func (f fields) centre(l staffing.BillLine) string { return first(l.CostCentre, f.CostCentre) }

// lineText keeps the note whole and cuts the text before it.
func (f fields) lineText(l staffing.BillLine, note string) string {
	text := first(f.Description, l.Description)
	if note == "" {
		return clip(text, maxText)
	}
	note = " (" + note + ")"
	return clip(text, max(10, maxText-len([]rune(note)))) + note
}

func (c *Connector) lineNumber(u staffing.Unit, f fields) string {
	if u == staffing.Flat || u == staffing.Each {
		return first(f.LineNumber, c.set["fee_number"], c.set["hours_number"])
	}
	return first(f.LineNumber, c.set["hours_number"])
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
