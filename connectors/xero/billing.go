package xero

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// fields is what the bill map of the profile may set; the rest comes from the bill.
type fields struct {
	Contact     string  `json:"contact"`
	AccountCode string  `json:"account_code"`
	ItemCode    string  `json:"item_code"`
	TaxType     string  `json:"tax_type"`
	CostCentre  string  `json:"cost_centre"`
	Reference   *string `json:"reference"`   // nil: the purchase order
	Description string  `json:"description"` // of every line; empty: the bill's own
	DueDays     loose   `json:"due_days"`
}

// PutBilling makes one draft, unless there is one with the key already, and reads back
// what Xero made of it. It never approves. A bill whose total is negative becomes a
// credit note. The Idempotency-Key covers two calls at the same time; what lasts is
// the number, which Xero lets no two sales invoices share.
func (c *Connector) PutBilling(ctx context.Context, req staffing.BillingRequest) (staffing.Receipt, error) {
	f, err := checkRequest(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	p := paperOf(req.Bill)
	found, gone, err := c.find(ctx, p, req.Key)
	if err == nil {
		return c.settle(ctx, p, found.id(), expected{req: req, fields: f, existed: true})
	}
	if staffing.CodeOf(err) != staffing.NotFound {
		return staffing.Receipt{}, err
	}
	bk, err := c.openBooks(ctx, req.Bill, f)
	if err != nil {
		return staffing.Receipt{}, err
	}
	made, existed, err := c.create(ctx, p, request{req, f, bk, gone})
	if err != nil {
		return staffing.Receipt{}, err
	}
	rec, err := c.settle(ctx, p, made, expected{req: req, fields: f, contact: bk.contact, existed: existed})
	if err != nil && !existed && staffing.CodeOf(err) != staffing.Conflict {
		lost := explain(err, "the draft %s is made, but not proved", made)
		lost.OutcomeUnknown = true
		return staffing.Receipt{}, lost
	}
	return rec, err
}

// FindBilling looks for the invoice, then for the credit note, that bears the key as
// its number. Deleted and voided ones do not count: finance deletes a wrong draft to
// have it made anew.
func (c *Connector) FindBilling(ctx context.Context, key string) (staffing.Receipt, error) {
	if err := checkKey(key); err != nil {
		return staffing.Receipt{}, err
	}
	found, _, err := c.find(ctx, invoicePaper, key)
	if staffing.CodeOf(err) == staffing.NotFound {
		found, _, err = c.find(ctx, creditPaper, key)
	}
	if err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(found, true), nil
}

// checkKey refuses a reference that Xero's filters would read otherwise.
func checkKey(key string) error {
	if strings.TrimSpace(key) == "" || len(key) > 100 || strings.ContainsAny(key, "\"\\,\r\n") {
		return &staffing.Error{Code: staffing.Invalid, Field: "reference", Message: "a bill is found by its reference, which has 1 to 100 characters without quote, backslash or comma"}
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
				Message: "the bill map may set contact, account_code, item_code, tax_type, cost_centre, reference, description and due_days, each as a text"}
		}
	}
	if n, err := strconv.Atoi(string(f.DueDays)); f.DueDays != "" && (err != nil || n < 0 || n > 999) {
		return f, &staffing.Error{Code: staffing.Invalid, Field: "due_days", Message: "due_days must be a whole number of days"}
	}
	if err := checkKey(req.Key); err != nil {
		return f, err
	}
	return f, checkBill(req.Bill, f)
}

func checkBill(b staffing.Bill, f fields) error {
	for _, need := range []struct {
		missing     bool
		field, what string
	}{
		{f.contact(b) == "", "contact", "the client's code, or a contact from the bill map"},
		{b.Currency == "", "currency", "a currency"},
		{b.Date == "", "date", "a date"},
		{len(b.Lines) == 0, "lines", "a line"},
	} {
		if need.missing {
			return &staffing.Error{Code: staffing.Invalid, Field: need.field, Message: "the bill needs " + need.what}
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
	gone   int // deleted or voided drafts of the same key
}

// create writes the draft in one call. Refused, it looks once more: somebody may have
// been faster, and the number is taken then.
func (c *Connector) create(ctx context.Context, p paper, r request) (id string, existed bool, err error) {
	doc, err := c.draft(p, r)
	if err != nil {
		return "", false, err
	}
	body, err := json.Marshal(map[string]any{p.list: []any{doc}})
	if err != nil {
		return "", false, staffing.Errorf(staffing.Internal, "the draft cannot be written as JSON: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(body[:len(body):len(body)], "\n%s\n%d", r.Key, r.gone))
	var out answer
	_, err = c.call(ctx, httpx.Request{Method: http.MethodPut, URL: "/" + p.list, Query: url.Values{"unitdp": {"4"}}, Body: body,
		Header: http.Header{"Content-Type": {"application/json"}, "Idempotency-Key": {hex.EncodeToString(sum[:])}}}, &out)
	if err == nil {
		id, err = c.confirmed(out.of(p))
	}
	var e *staffing.Error
	if errors.As(err, &e) && e.OutcomeUnknown {
		e.RetryAfter = max(e.RetryAfter, settleTime)
	}
	if code := staffing.CodeOf(err); code == staffing.Invalid || code == staffing.Conflict {
		if found, _, lookErr := c.find(ctx, p, r.Key); lookErr == nil {
			return found.id(), true, nil
		}
	}
	if err != nil {
		return "", false, explain(err, "the draft was not made")
	}
	return id, false, nil
}

// confirmed reads the answer of a create: a refusal may come with status 200.
func (c *Connector) confirmed(list []document) (string, error) {
	if len(list) == 1 {
		d := list[0]
		if said := saying(struct{ ValidationErrors []validation }{d.ValidationErrors}); d.HasErrors || d.StatusAttributeString == "ERROR" || said != "" {
			return "", &staffing.Error{Code: staffing.Invalid, Field: fieldOf(said), Message: "Xero refused it: " + c.discreet(said+orNoReason(said), c.set["client_secret"])}
		}
		if isUUID(d.id()) {
			return d.id(), nil
		}
	}
	return "", &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Message: "Xero gave no id for what it created"}
}

func orNoReason(said string) string {
	if said == "" {
		return "it gave no reason"
	}
	return ""
}

func (f fields) contact(b staffing.Bill) string {
	if f.Contact != "" {
		return strings.TrimSpace(f.Contact)
	}
	return strings.TrimSpace(b.ClientCode)
}

func (f fields) reference(b staffing.Bill) string {
	if f.Reference != nil {
		return strings.TrimSpace(*f.Reference)
	}
	return strings.TrimSpace(b.PurchaseOrder)
}

func (f fields) centre(l staffing.BillLine) string {
	if l.CostCentre != "" {
		return l.CostCentre
	}
	return f.CostCentre
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

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

func (c *Connector) accountCode(u staffing.Unit, f fields) string {
	if isFee(u) {
		return first(f.AccountCode, c.set["fee_account_code"], c.set["account_code"])
	}
	return first(f.AccountCode, c.set["account_code"])
}

// itemCode: the bill map comes first, then what the bill itself names, then the
// connection.
func (c *Connector) itemCode(b staffing.Bill, u staffing.Unit, f fields) string {
	if isFee(u) {
		return first(f.ItemCode, b.Item, c.set["fee_item_code"])
	}
	return first(f.ItemCode, b.Item, c.set["item_code"])
}

func (c *Connector) taxType(f fields) string { return first(f.TaxType, c.set["tax_type"]) }
