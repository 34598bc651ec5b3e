package netsuite

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"path"
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// fields is what the bill map of the profile may set; the rest comes from the bill.
type fields struct {
	Customer     string                     `json:"customer"`
	Item         string                     `json:"item"`
	Reference    *string                    `json:"reference"` // nil: the purchase order
	Description  string                     `json:"description"`
	Memo         string                     `json:"memo"`
	Department   string                     `json:"department"`
	Class        string                     `json:"class"`
	Location     string                     `json:"location"`
	CustomFields map[string]json.RawMessage `json:"custom_fields"`
}

var (
	keyForm    = regexp.MustCompile(`^[A-Za-z0-9_-]{1,60}$`)
	customForm = regexp.MustCompile(`^custbody_?[A-Za-z0-9_]{1,60}$`)
)

// PutBilling makes one transaction that waits for approval, unless there is one with
// the key already, and reads back what NetSuite made of it. The write is an upsert by
// external id, so two at the same time leave one; looking first keeps a late repeat
// from writing over what finance changed since.
func (c *Connector) PutBilling(ctx context.Context, req staffing.BillingRequest) (staffing.Receipt, error) {
	f, err := checkRequest(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	found, err := c.find(ctx, req.Key)
	if err == nil {
		return c.settle(ctx, found, expected{req: req, fields: f, existed: true})
	}
	if staffing.CodeOf(err) != staffing.NotFound {
		return staffing.Receipt{}, err
	}
	bk, err := c.openBooks(ctx, req.Bill, f)
	if err != nil {
		return staffing.Receipt{}, err
	}
	made, err := c.create(ctx, req, f, bk)
	if err != nil {
		return staffing.Receipt{}, err
	}
	rec, err := c.settle(ctx, made, expected{req: req, fields: f, books: bk})
	if err != nil && staffing.CodeOf(err) != staffing.Conflict {
		lost := explain(err, "the %s is made, but not proved", made.paper.words)
		lost.OutcomeUnknown = true
		return staffing.Receipt{}, lost
	}
	return rec, err
}

// FindBilling looks for the transaction whose external id is the key, by SuiteQL: an
// empty answer says so, where a missing page could be a wrong address as well.
func (c *Connector) FindBilling(ctx context.Context, key string) (staffing.Receipt, error) {
	if !keyForm.MatchString(key) {
		return staffing.Receipt{}, badKey()
	}
	found, err := c.find(ctx, key)
	if err != nil {
		return staffing.Receipt{}, err
	}
	rec, err := c.readRecord(ctx, found)
	if err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(found, rec, true), nil
}

func badKey() error {
	return &staffing.Error{Code: staffing.Invalid, Field: "reference",
		Message: "a bill is found by its reference, which for NetSuite has 1 to 60 letters, digits, hyphens or underscores"}
}

func checkRequest(req staffing.BillingRequest) (fields, error) {
	var f fields
	if len(req.Fields) > 0 {
		dec := json.NewDecoder(bytes.NewReader(req.Fields))
		dec.DisallowUnknownFields()
		if err := dec.Decode(&f); err != nil {
			return f, &staffing.Error{Code: staffing.Invalid, Field: "bill", Err: err,
				Message: "the bill map may set customer, item, reference, description, memo, department, class and location, each as a text, and custom_fields"}
		}
	}
	for name := range f.CustomFields {
		if !customForm.MatchString(name) {
			return f, &staffing.Error{Code: staffing.Invalid, Field: "custom_fields", Message: "the bill map sets a custom field whose id does not begin with custbody"}
		}
	}
	if !keyForm.MatchString(req.Key) {
		return f, badKey()
	}
	if f.Item == "" { // the client's own goes before the connection's
		f.Item = strings.TrimSpace(req.Bill.Item)
	}
	return f, checkBill(req.Bill, f)
}

func checkBill(b staffing.Bill, f fields) error {
	for _, need := range []struct {
		missing     bool
		field, what string
	}{
		{f.customer(b) == "", "customer", "the client's code, or a customer from the bill map"},
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

// create writes the transaction in one call, as an upsert by external id. NetSuite
// answers with nothing but its address.
func (c *Connector) create(ctx context.Context, req staffing.BillingRequest, f fields, bk books) (found, error) {
	p := paperOf(req.Bill)
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodPut, URL: recordPath + p.record + "/eid:" + req.Key, Body: c.draft(p, req, f, bk),
		Header: http.Header{"X-NetSuite-PropertyNameValidation": {"Error"}}})
	if err != nil {
		var e *staffing.Error
		if errors.As(err, &e) && e.OutcomeUnknown {
			e.RetryAfter = max(e.RetryAfter, settleTime)
		}
		return found{}, explain(err, "the %s was not made", p.words)
	}
	id := path.Base(resp.Header.Get("Location"))
	if !numeric.MatchString(id) {
		return found{}, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, RetryAfter: settleTime, Message: "NetSuite gave no id for what it created"}
	}
	return found{paper: p, id: id}, nil
}

func (f fields) customer(b staffing.Bill) string {
	if f.Customer != "" {
		return strings.TrimSpace(f.Customer)
	}
	return strings.TrimSpace(b.ClientCode)
}

func (f fields) reference(b staffing.Bill) string {
	if f.Reference != nil {
		return strings.TrimSpace(*f.Reference)
	}
	return strings.TrimSpace(b.PurchaseOrder)
}

func (f fields) memo(b staffing.Bill) string {
	if f.Memo != "" {
		return f.Memo
	}
	span := b.Period()
	text := string(span.From) + " to " + string(span.To)
	if span.From == span.To {
		text = string(span.From)
	}
	if b.Corrects != "" {
		text += ", corrects " + b.Corrects
	}
	return text
}

// item is what a line is billed with.
func (c *Connector) item(u staffing.Unit, f fields) string {
	switch {
	case f.Item != "":
		return f.Item
	case (u == staffing.Flat || u == staffing.Each) && c.set["fee_item"] != "":
		return c.set["fee_item"]
	}
	return c.set["item"]
}
