package intacct

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// fields is what the bill map of the profile may set; the rest comes from the bill.
type fields struct {
	Customer    string  `json:"customer"`
	Account     string  `json:"account"`
	Reference   *string `json:"reference"` // nil: the purchase order
	Description string  `json:"description"`
	Location    string  `json:"location"`
	Department  string  `json:"department"`
	Class       string  `json:"class"`
	Project     string  `json:"project"`
	DueDays     loose   `json:"due_days"`
}

// PutBilling makes one draft, unless there is one with the key already, and reads back
// what Sage Intacct made of it: three calls, because they are metered. What the draft
// refers to is for Sage Intacct to check. It never submits. Calls with the same key
// must not run at the same time where the company numbers its invoices by itself: the
// number is then no key, and the hub's lock per placement is what keeps two apart.
func (c *Connector) PutBilling(ctx context.Context, req staffing.BillingRequest) (staffing.Receipt, error) {
	f, err := checkRequest(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	p := paperOf(req.Bill)
	key, err := c.find(ctx, p, req.Key)
	if err == nil {
		return c.settle(ctx, p, key, expected{req, f, true})
	}
	if staffing.CodeOf(err) != staffing.NotFound {
		return staffing.Receipt{}, err
	}
	key, existed, err := c.create(ctx, p, req, f)
	if err != nil {
		return staffing.Receipt{}, err
	}
	rec, err := c.settle(ctx, p, key, expected{req, f, existed})
	if err != nil && !existed && staffing.CodeOf(err) != staffing.Conflict {
		lost := explain(err, "the draft %s is made, but not proved", key)
		lost.OutcomeUnknown = true
		return staffing.Receipt{}, lost
	}
	return rec, err
}

// FindBilling looks for the invoice, then for the adjustment, that bears the key.
func (c *Connector) FindBilling(ctx context.Context, key string) (staffing.Receipt, error) {
	if err := checkKey(key); err != nil {
		return staffing.Receipt{}, err
	}
	p := invoicePaper
	id, err := c.find(ctx, p, key)
	if staffing.CodeOf(err) == staffing.NotFound {
		p = creditPaper
		id, err = c.find(ctx, p, key)
	}
	if err != nil {
		return staffing.Receipt{}, err
	}
	doc, err := c.readDocument(ctx, p, id)
	if err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(p, doc, true), nil
}

func checkKey(key string) error {
	if strings.TrimSpace(key) == "" || len(key) > 45 || strings.ContainsAny(key, "\"\\\r\n") {
		return &staffing.Error{Code: staffing.Invalid, Field: "reference", Message: "a bill is found by its reference, which for Sage Intacct has 1 to 45 characters without quote or backslash"}
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
				Message: "the bill map may set customer, account, reference, description, location, department, class, project and due_days, each as a text"}
		}
	}
	if n, err := strconv.Atoi(string(f.DueDays)); f.DueDays != "" && (err != nil || n < 0 || n > 999) {
		return f, &staffing.Error{Code: staffing.Invalid, Field: "due_days", Message: "due_days must be a whole number of days"}
	}
	if err := checkKey(req.Key); err != nil {
		return f, err
	}
	if f.Account == "" { // the client's own goes before the connection's
		f.Account = strings.TrimSpace(req.Bill.Item)
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
		if !l.Amount.Equal(l.Amount.Round(2)) {
			return &staffing.Error{Code: staffing.Invalid, Field: "lines", Message: "the amount " + l.Amount.String() + " has more than the two places that Sage Intacct keeps"}
		}
		sum = sum.Add(l.Amount)
	}
	if !sum.Equal(b.Total) {
		return &staffing.Error{Code: staffing.Invalid, Field: "total", Message: "the lines of the bill add up to " + sum.String() + ", not to its total of " + b.Total.String()}
	}
	return nil
}

// create writes the draft in one call. Refused, it looks once more: somebody may have
// been faster, and the number is taken then.
func (c *Connector) create(ctx context.Context, p paper, req staffing.BillingRequest, f fields) (key string, existed bool, err error) {
	var out struct {
		Key loose `json:"key"`
	}
	_, err = c.call(ctx, httpx.Request{Method: http.MethodPost, URL: "/objects/" + p.object, Body: c.draft(p, req, f)}, &out)
	if code := staffing.CodeOf(err); code == staffing.Invalid || code == staffing.Conflict {
		if found, lookErr := c.find(ctx, p, req.Key); lookErr == nil {
			return found, true, nil
		}
	}
	switch {
	case err != nil:
		lost := explain(err, "the draft was not made")
		if lost.OutcomeUnknown {
			lost.RetryAfter = max(lost.RetryAfter, settleTime)
		}
		return "", false, lost
	case !isKey(string(out.Key)):
		return "", false, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, RetryAfter: settleTime, Message: "Sage Intacct gave no key for what it created"}
	}
	return string(out.Key), false, nil
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

// account is what a line is booked on.
func (c *Connector) account(u staffing.Unit, f fields) string {
	switch {
	case f.Account != "":
		return f.Account
	case (u == staffing.Flat || u == staffing.Each) && c.set["fee_account"] != "":
		return c.set["fee_account"]
	}
	return c.set["account"]
}

func (c *Connector) dueDays(f fields) int {
	n, err := strconv.Atoi(string(f.DueDays))
	if err != nil {
		n, err = strconv.Atoi(c.set["due_days"])
	}
	if err != nil { // the setting's pattern keeps it from happening
		return 0
	}
	return n
}

// loose is a text that may come as a number.
type loose string

// UnmarshalJSON takes a text, a number or null.
func (l *loose) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*l = loose(strings.TrimSpace(s))
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*l = loose(n)
	return nil
}
