package quickbooks

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// pending is the state of an estimate that nobody has decided on.
const pending = "Pending"

// noteSign stands before our reference in the private note.
const noteSign = "Tributary reference: "

// estimate is an Estimate as it is sent and read back.
type estimate struct {
	ID           string        `json:"Id,omitempty"`
	SyncToken    string        `json:"SyncToken,omitempty"`
	MetaData     meta          `json:"MetaData,omitzero"`
	DocNumber    string        `json:"DocNumber"`
	TxnDate      string        `json:"TxnDate"`
	TxnStatus    string        `json:"TxnStatus"`
	CustomerRef  ref           `json:"CustomerRef"`
	CurrencyRef  *ref          `json:"CurrencyRef,omitempty"`
	PrivateNote  string        `json:"PrivateNote"`
	CustomerMemo *ref          `json:"CustomerMemo,omitempty"`
	CustomField  []customField `json:"CustomField,omitempty"`
	Line         []line        `json:"Line"`
	TaxMode      string        `json:"GlobalTaxCalculation,omitempty"`
	TxnTaxDetail *struct {
		TotalTax number
	} `json:"TxnTaxDetail,omitempty"`
	TotalAmt *number `json:"TotalAmt,omitempty"`
}

type meta struct{ CreateTime time.Time }

type customField struct {
	DefinitionID string `json:"DefinitionId"`
	Type         string `json:"Type"`
	StringValue  string `json:"StringValue,omitempty"`
}

type line struct {
	Description string `json:"Description,omitempty"`
	Amount      number `json:"Amount"`
	DetailType  string `json:"DetailType"`
	Detail      *sale  `json:"SalesItemLineDetail,omitempty"`
}

type sale struct {
	ItemRef    ref    `json:"ItemRef"`
	Qty        number `json:"Qty"`
	UnitPrice  number `json:"UnitPrice"`
	ClassRef   *ref   `json:"ClassRef,omitempty"`
	TaxCodeRef *ref   `json:"TaxCodeRef,omitempty"`
}

// draft writes the bill as QuickBooks' JSON.
func (c *Connector) draft(r request) (estimate, error) {
	out := estimate{DocNumber: numberOf(r.Key), TxnDate: string(r.Bill.Date), TxnStatus: pending, CustomerRef: ref{Value: r.books.customer}, PrivateNote: noteSign + r.Key}
	if r.books.currency != "" {
		out.CurrencyRef = &ref{Value: r.books.currency}
	}
	c.reference(&out, r)
	if t := r.books.taxCode; t != "" && !isAutomatic(t) {
		out.TaxMode = "TaxExcluded"
	}
	for _, l := range r.Bill.Lines {
		price, err := priceLine(l)
		if err != nil {
			return estimate{}, err
		}
		detail := &sale{ItemRef: ref{Value: r.books.items[l.Unit]}, Qty: number{price.quantity}, UnitPrice: number{price.price}}
		if class := r.books.classes[r.fields.centre(l)]; class != "" {
			detail.ClassRef = &ref{Value: class}
		}
		if r.books.taxCode != "" {
			detail.TaxCodeRef = &ref{Value: r.books.taxCode}
		}
		out.Line = append(out.Line, line{Description: r.fields.lineText(l, price.note), Amount: number{l.Amount}, DetailType: "SalesItemLineDetail", Detail: detail})
	}
	return out, nil
}

// reference puts the purchase order into its custom field, or into the message to the
// customer.
func (c *Connector) reference(out *estimate, r request) {
	memo := r.fields.Memo
	po := r.fields.purchaseOrder(r.Bill)
	switch {
	case po != "" && c.set["po_field"] != "":
		out.CustomField = []customField{{DefinitionID: c.set["po_field"], Type: "StringType", StringValue: po}}
	case po != "":
		memo = strings.TrimSpace("Purchase order: " + po + "\n" + memo)
	}
	if memo != "" {
		out.CustomerMemo = &ref{Value: memo}
	}
}

// find gives the one estimate of the key. One that bears the number without the key is
// somebody else's.
func (c *Connector) find(ctx context.Context, key string) (estimate, error) {
	number := numberOf(key)
	rows, err := c.query(ctx, "Estimate", is("DocNumber", number))
	if err != nil {
		return estimate{}, explain(err, "cannot look for the estimate %s", number)
	}
	var list []estimate
	for _, raw := range rows.Estimate {
		var e estimate
		if err := json.Unmarshal(raw, &e); err != nil || e.ID == "" || e.DocNumber != number {
			return estimate{}, staffing.Errorf(staffing.Unavailable, "QuickBooks' answer for the estimate %s makes no sense", number)
		}
		list = append(list, e)
	}
	switch {
	case len(list) == 0:
		return estimate{}, staffing.Errorf(staffing.NotFound, "QuickBooks has no estimate with the number %s", number)
	case len(list) > 1:
		return estimate{}, &staffing.Error{Code: staffing.Conflict, Field: "reference", Message: "QuickBooks has more than one estimate with the number " + number + "; delete all but one there"}
	case !strings.Contains(list[0].PrivateNote, key):
		return estimate{}, &staffing.Error{Code: staffing.Conflict, Field: "reference",
			Message: "the estimate " + number + " in QuickBooks does not have our reference in its memo on statement (hidden): put " + noteSign + key + " back, or delete it"}
	}
	return list[0], nil
}

// expected is what an estimate is held against.
type expected struct {
	req      staffing.BillingRequest
	fields   fields
	customer string // "": not looked up, so not compared
	existed  bool   // finance may have gone on with it by now
}

// settle reads the estimate back and proves it.
func (c *Connector) settle(ctx context.Context, id string, want expected) (staffing.Receipt, error) {
	var out struct{ Estimate estimate }
	if err := c.call(ctx, httpx.Request{URL: "/estimate/" + url.PathEscape(id)}, &out); err != nil {
		return staffing.Receipt{}, explain(err, "the estimate could not be read back")
	}
	e := out.Estimate
	if e.ID != id {
		return staffing.Receipt{}, staffing.Errorf(staffing.Unavailable, "QuickBooks' answer for the estimate %s is about something else", id)
	}
	if err := e.compare(want); err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(e, want.existed), nil
}

// compare holds what QuickBooks keeps against what was asked for, field by field.
func (e estimate) compare(want expected) error {
	bill := want.req.Bill
	if want.customer == "" {
		want.customer = e.CustomerRef.Value
	}
	currency := bill.Currency
	if e.CurrencyRef != nil {
		currency = e.CurrencyRef.Value
	}
	net, total := e.sums()
	for _, x := range []struct{ field, got, want string }{
		{"state", e.stateFor(want.existed), pending},
		{"customer", e.CustomerRef.Value, want.customer},
		{"reference", e.DocNumber, numberOf(want.req.Key)},
		{"date", e.TxnDate, string(bill.Date)},
		{"currency", currency, bill.Currency},
		{"total", money(net), money(bill.Total)},
		{"total with tax", money(total), money(net.Add(e.tax()))},
		{"lines", e.shape(), wanted(bill)},
		{"cost_centres", e.classed(want), classed(want)},
		{"purchase_order", e.order(want), want.fields.purchaseOrder(bill)},
	} {
		if x.got != x.want {
			return &staffing.Error{Code: staffing.Conflict, Field: x.field,
				Message: fmt.Sprintf("the estimate %s in QuickBooks differs from the bill: its %s is %q and should be %q", e.ID, x.field, cut(x.got), cut(x.want))}
		}
	}
	return nil
}

// stateFor gives Pending for a state that is as good as it: finance went on with it.
func (e estimate) stateFor(existed bool) string {
	if existed && (e.TxnStatus == "Accepted" || e.TxnStatus == "Converted" || e.TxnStatus == "Closed") {
		return pending
	}
	return e.TxnStatus
}

func (e estimate) tax() decimal.Decimal {
	if e.TxnTaxDetail == nil {
		return decimal.Zero
	}
	return e.TxnTaxDetail.TotalTax.Decimal
}

// sums gives the lines' sum and the total with tax.
func (e estimate) sums() (net, total decimal.Decimal) {
	for _, l := range e.Line {
		if l.DetailType == "SalesItemLineDetail" {
			net = net.Add(l.Amount.Decimal)
		}
	}
	if e.TotalAmt != nil {
		total = e.TotalAmt.Decimal
	}
	return net, total
}

func (e estimate) shape() string {
	var out []string
	for _, l := range e.Line {
		if l.DetailType == "SalesItemLineDetail" {
			out = append(out, money(l.Amount.Decimal))
		}
	}
	return strings.Join(out, ", ")
}

func wanted(b staffing.Bill) string {
	var out []string
	for _, l := range b.Lines {
		out = append(out, money(l.Amount))
	}
	return strings.Join(out, ", ")
}

// classed gives the class of each line as the bill names it: a class below another is
// told with its parents, and one without a name is told by its id only.
func (e estimate) classed(w expected) string {
	var out []string
	for _, l := range e.Line {
		if l.DetailType != "SalesItemLineDetail" || l.Detail == nil {
			continue
		}
		name := ""
		if l.Detail.ClassRef != nil {
			name = l.Detail.ClassRef.Name
		}
		if n := len(out); n < len(w.req.Bill.Lines) && l.Detail.ClassRef != nil {
			want := w.fields.centre(w.req.Bill.Lines[n])
			if want == "" || name == "" || strings.HasSuffix(name, ":"+want) { // "": the class is finance's
				name = want
			}
		}
		out = append(out, name)
	}
	return strings.Join(out, ", ")
}

// order gives the purchase order where a new estimate bears it. Finance may write
// another later.
func (e estimate) order(w expected) string {
	po := w.fields.purchaseOrder(w.req.Bill)
	if w.existed || e.CustomerMemo != nil && strings.Contains(e.CustomerMemo.Value, po) {
		return po
	}
	for _, f := range e.CustomField {
		if f.StringValue == po {
			return po
		}
	}
	return ""
}

func classed(w expected) string {
	var out []string
	for _, l := range w.req.Bill.Lines {
		out = append(out, w.fields.centre(l))
	}
	return strings.Join(out, ", ")
}

func (c *Connector) receipt(e estimate, existed bool) staffing.Receipt {
	net, total := e.sums()
	r := staffing.Receipt{ID: e.ID, Number: e.DocNumber, At: e.MetaData.CreateTime, Existed: existed, URL: "https://app.qbo.intuit.com/app/estimate?txnId=" + url.QueryEscape(e.ID),
		Extra: map[string]string{"type": "Estimate", "state": e.TxnStatus, "untaxed": money(net), "tax": money(e.tax()), "total": money(total)}}
	if r.At.IsZero() {
		r.At = c.now()
	}
	return r
}
