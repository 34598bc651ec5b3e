package quickbooks

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// fields is what the bill map of the profile may set; the rest comes from the bill.
type fields struct {
	Customer      string  `json:"customer"`
	Item          string  `json:"item"` // empty: the bill's own
	TaxCode       string  `json:"tax_code"`
	CostCentre    string  `json:"cost_centre"`
	PurchaseOrder *string `json:"purchase_order"` // nil: the bill's own
	Memo          string  `json:"memo"`
	Description   string  `json:"description"` // of every line; empty: the bill's own
}

// numberOf is the document number of a bill, which may have 21 characters: the same
// for the same key, always.
func numberOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "TRB-" + base32.StdEncoding.EncodeToString(sum[:])[:12]
}

// PutBilling makes one pending estimate, unless there is one with the key already,
// and reads back what QuickBooks made of it. It never makes an invoice. The request
// id covers two calls at the same time; what lasts is the document number, beside the
// key in the private note.
func (c *Connector) PutBilling(ctx context.Context, req staffing.BillingRequest) (staffing.Receipt, error) {
	f, err := checkRequest(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	have, err := c.find(ctx, req.Key)
	if err == nil {
		return c.settle(ctx, have.ID, expected{req: req, fields: f, existed: true})
	}
	if staffing.CodeOf(err) != staffing.NotFound {
		return staffing.Receipt{}, err
	}
	bk, err := c.openBooks(ctx, req.Bill, f)
	if err != nil {
		return staffing.Receipt{}, err
	}
	id, existed, err := c.create(ctx, request{req, f, bk})
	if err != nil {
		return staffing.Receipt{}, err
	}
	rec, err := c.settle(ctx, id, expected{req: req, fields: f, customer: bk.customer, existed: existed})
	if err != nil && !existed && staffing.CodeOf(err) != staffing.Conflict {
		lost := explain(err, "the estimate %s is made, but not proved", id)
		lost.OutcomeUnknown = true
		return staffing.Receipt{}, lost
	}
	return rec, err
}

// FindBilling looks for the estimate that bears the key.
func (c *Connector) FindBilling(ctx context.Context, key string) (staffing.Receipt, error) {
	if err := checkKey(key); err != nil {
		return staffing.Receipt{}, err
	}
	have, err := c.find(ctx, key)
	if err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(have, true), nil
}

func checkKey(key string) error {
	if strings.TrimSpace(key) == "" || len(key) > 100 {
		return &staffing.Error{Code: staffing.Invalid, Field: "reference", Message: "a bill is found by its reference, which has 1 to 100 characters"}
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
				Message: "the bill map may set customer, item, tax_code, cost_centre, purchase_order, memo and description, each as a text"}
		}
	}
	if err := checkKey(req.Key); err != nil {
		return f, err
	}
	f.Item = first(f.Item, req.Bill.Item)
	return f, checkBill(req.Bill, f)
}

func checkBill(b staffing.Bill, f fields) error {
	for _, need := range []struct {
		missing     bool
		field, what string
	}{
		{strings.TrimSpace(f.Customer+b.ClientCode+b.ClientName) == "", "customer", "the client's code or name, or a customer from the bill map"},
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
	switch {
	case !sum.Equal(b.Total):
		return &staffing.Error{Code: staffing.Invalid, Field: "total", Message: "the lines of the bill add up to " + sum.String() + ", not to its total of " + b.Total.String()}
	case b.Total.IsNegative():
		// A credit memo is booked the moment it is made, and an estimate takes nothing back.
		return &staffing.Error{Code: staffing.Invalid, Field: "total",
			Message: "QuickBooks has no draft of a credit memo: make the credit of " + b.Total.Neg().StringFixed(amountPlaces) + " " + b.Currency + " there by hand (+ New > Credit memo), with the number " + numberOf(b.Reference)}
	}
	return nil
}

// request is all that an estimate is made of.
type request struct {
	staffing.BillingRequest
	fields fields
	books  books
}

// replays is how many times a request id may answer with an estimate that finance has
// deleted since.
const replays = 5

// create writes the estimate in one call. Refused, it looks once more: somebody may
// have been faster. QuickBooks answers a known request id with its first answer; when
// that is of an estimate that was deleted since, the next id is taken.
func (c *Connector) create(ctx context.Context, r request) (id string, existed bool, err error) {
	doc, err := c.draft(r)
	if err != nil {
		return "", false, err
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return "", false, staffing.Errorf(staffing.Internal, "the estimate cannot be written as JSON: %w", err)
	}
	for n := range replays {
		made, err := c.post(ctx, requestID(body, r.Key, n), doc)
		if code := staffing.CodeOf(err); code == staffing.Invalid || code == staffing.Conflict {
			if have, lookErr := c.find(ctx, r.Key); lookErr == nil {
				return have.ID, true, nil
			}
		}
		if err != nil {
			return "", false, explain(err, "the estimate was not made")
		}
		if at := made.MetaData.CreateTime; at.IsZero() || c.now().Sub(at) < time.Hour {
			return made.ID, false, nil
		}
		have, err := c.find(ctx, r.Key)
		if staffing.CodeOf(err) != staffing.NotFound {
			return have.ID, true, err
		}
	}
	return "", false, &staffing.Error{Code: staffing.Conflict, Field: "reference", Message: fmt.Sprintf("this bill was made in QuickBooks and deleted there %d times; make it by hand", replays)}
}

// requestID has 40 of the 50 characters that are allowed.
func requestID(body []byte, key string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(body[:len(body):len(body)], "\n%s\n%d", key, n))
	return hex.EncodeToString(sum[:20])
}

func (c *Connector) post(ctx context.Context, requestID string, doc estimate) (estimate, error) {
	var out struct{ Estimate estimate }
	err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: "/estimate", Query: url.Values{"requestid": {requestID}}, Body: doc}, &out)
	if err == nil && out.Estimate.ID == "" {
		err = &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Message: "QuickBooks gave no id for what it created"}
	}
	var e *staffing.Error
	if errors.As(err, &e) && e.OutcomeUnknown {
		e.RetryAfter = max(e.RetryAfter, settleTime)
	}
	return out.Estimate, err
}

func (f fields) purchaseOrder(b staffing.Bill) string {
	if f.PurchaseOrder != nil {
		return strings.TrimSpace(*f.PurchaseOrder)
	}
	return strings.TrimSpace(b.PurchaseOrder)
}

func (f fields) centre(l staffing.BillLine) string { return first(l.CostCentre, f.CostCentre) }

func (f fields) lineText(l staffing.BillLine, note string) string {
	text := first(f.Description, l.Description)
	if note != "" {
		text += " (" + note + ")"
	}
	return text
}

func (c *Connector) itemName(u staffing.Unit, f fields) string {
	if u == staffing.Flat || u == staffing.Each {
		return first(f.Item, c.set["fee_item"], c.set["hours_item"])
	}
	return first(f.Item, c.set["hours_item"])
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
