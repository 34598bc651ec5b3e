package businesscentral

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// draftStatus is the status of a document that nobody has posted or sent for approval.
const draftStatus = "Draft"

// paper is what a bill becomes.
type paper struct {
	list, lines string // names in the API
	date        string // the field of its date
	what        string
	page        string // of the web client
}

var (
	invoicePaper = paper{"salesInvoices", "salesInvoiceLines", "invoiceDate", "sales invoice", "43"}
	creditPaper  = paper{"salesCreditMemos", "salesCreditMemoLines", "creditMemoDate", "sales credit memo", "44"}
)

// paperOf: what takes money back is a credit memo.
func paperOf(b staffing.Bill) paper {
	if b.Total.IsNegative() {
		return creditPaper
	}
	return invoicePaper
}

// document is what is read of a sales invoice or credit memo.
type document struct {
	Etag           string    `json:"@odata.etag"`
	ID             string    `json:"id"`
	Number         string    `json:"number"`
	External       string    `json:"externalDocumentNumber"`
	InvoiceDate    string    `json:"invoiceDate"`
	CreditMemoDate string    `json:"creditMemoDate"`
	Order          string    `json:"customerPurchaseOrderReference"`
	Customer       string    `json:"customerNumber"`
	CustomerName   string    `json:"customerName"`
	Currency       string    `json:"currencyCode"`
	Status         string    `json:"status"`
	Net            number    `json:"totalAmountExcludingTax"`
	Tax            number    `json:"totalTaxAmount"`
	Total          number    `json:"totalAmountIncludingTax"`
	Modified       time.Time `json:"lastModifiedDateTime"`
	InvoiceLines   []line    `json:"salesInvoiceLines"`
	CreditLines    []line    `json:"salesCreditMemoLines"`
}

// line is a line as it is sent and read back.
type line struct {
	Type        string      `json:"lineType"`
	Object      string      `json:"lineObjectNumber"`
	Description string      `json:"description"`
	Unit        string      `json:"unitOfMeasureCode,omitempty"`
	Quantity    number      `json:"quantity"`
	Price       number      `json:"unitPrice"`
	Net         *number     `json:"amountExcludingTax,omitempty"`
	Dimensions  []dimension `json:"dimensionSetLines,omitempty"`
}

type dimension struct {
	Code  string `json:"code"`
	Value string `json:"valueCode"`
}

// state gives the status as people read it: a blank in a name of OData is _x0020_.
func (d document) state() string {
	return strings.TrimSpace(strings.ReplaceAll(d.Status, "_x0020_", " "))
}

// void: a cancelled document and the one that cancels it are both no bill any more.
func (d document) void() bool { return d.state() == "Canceled" || d.state() == "Corrective" }

func (d document) date() string { return first(d.InvoiceDate, d.CreditMemoDate) }

// find gives the one document of the key's number that is not cancelled.
func (c *Connector) find(ctx context.Context, p paper, key string) (document, error) {
	external := numberOf(key)
	which := "externalDocumentNumber eq '" + strings.Join(numbersOf(key), "' or externalDocumentNumber eq '") + "'"
	var out struct{ Value []document }
	if err := c.get(ctx, "/"+p.list, url.Values{"$filter": {which}, "$top": {"20"}}, &out); err != nil {
		return document{}, explain(err, "cannot look for the %s %s", p.what, external)
	}
	if out.Value == nil {
		return document{}, staffing.Errorf(staffing.Unavailable, "Business Central's answer for the %s %s holds no list", p.what, external)
	}
	var found []document
	for _, d := range out.Value {
		switch {
		case !d.bears(key) || !isUUID(d.ID):
			return document{}, staffing.Errorf(staffing.Unavailable, "Business Central was asked for the %s %s and answered with another", p.what, external)
		case !d.void():
			found = append(found, d)
		}
	}
	switch len(found) {
	case 0:
		return document{}, staffing.Errorf(staffing.NotFound, "Business Central has no %s with the external document number %s", p.what, external)
	case 1:
		return found[0], nil
	}
	return document{}, &staffing.Error{Code: staffing.Conflict, Field: "reference",
		Message: fmt.Sprintf("Business Central has more than one %s with the external document number %s (%s and %s); delete or cancel all but one there", p.what, external, found[0].Number, found[1].Number)}
}

// draft writes the bill as Business Central's JSON. A credit memo's figures are
// positive.
func (c *Connector) draft(p paper, r request) (map[string]any, error) {
	doc := map[string]any{"externalDocumentNumber": numberOf(r.Key), p.date: string(r.Bill.Date), "postingDate": string(r.Bill.Date), "customerNumber": r.books.customer, "currencyCode": r.Bill.Currency}
	if po := r.fields.order(r.Bill); po != "" && p == invoicePaper {
		doc["customerPurchaseOrderReference"] = po
	}
	var lines []line
	for _, l := range r.Bill.Lines {
		if p == creditPaper {
			l.Quantity, l.Amount = l.Quantity.Neg(), l.Amount.Neg()
		}
		price, err := priceLine(l, r.Bill.Currency)
		if err != nil {
			return nil, err
		}
		out := line{Type: r.books.lineType, Object: c.lineNumber(l.Unit, r.fields), Description: r.fields.lineText(l, price.note), Unit: r.fields.Unit,
			Quantity: number{price.quantity}, Price: number{price.price}}
		if centre := r.fields.centre(l); centre != "" {
			out.Dimensions = []dimension{{c.set["cost_centre_dimension"], centre}}
		}
		lines = append(lines, out)
	}
	doc[p.lines] = lines
	return doc, nil
}

// expected is what a document is held against.
type expected struct {
	req      staffing.BillingRequest
	fields   fields
	customer string // "": not looked up, so not compared
	existed  bool   // it may have been posted by now
}

// settle reads the document back and proves it.
func (c *Connector) settle(ctx context.Context, p paper, id string, want expected) (staffing.Receipt, error) {
	var d document
	if err := c.get(ctx, "/"+p.list+"("+id+")", url.Values{"$expand": {p.lines + "($expand=dimensionSetLines)"}}, &d); err != nil {
		return staffing.Receipt{}, explain(err, "the %s could not be read back", p.what)
	}
	if !strings.EqualFold(d.ID, id) {
		return staffing.Receipt{}, staffing.Errorf(staffing.Unavailable, "Business Central's answer for the %s %s is about something else", p.what, id)
	}
	if err := c.compare(d, p, want); err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(d, p, want.existed), nil
}

// compare holds what Business Central keeps against what was asked for, field by
// field. Its codes are in capitals.
func (c *Connector) compare(d document, p paper, want expected) error {
	bill := want.req.Bill
	total, order, number := bill.Total, want.fields.order(bill), numberOf(want.req.Key)
	if d.bears(want.req.Key) { // in an older form, perhaps
		number = d.External
	}
	if p == creditPaper {
		total, order = total.Neg(), d.Order
	}
	if want.customer == "" {
		want.customer = d.Customer
	}
	for _, x := range []struct{ field, got, want string }{
		{"state", d.stateFor(want.existed), draftStatus},
		{"customer", d.Customer, want.customer},
		{"reference", d.External, number},
		{"purchase_order", strings.TrimSpace(d.Order), order},
		{"date", d.date(), string(bill.Date)},
		{"currency", d.Currency, bill.Currency},
		{"total", money(d.Net.Decimal, bill.Currency), money(total, bill.Currency)},
		{"total with tax", money(d.Total.Decimal, bill.Currency), money(d.Net.Add(d.Tax.Decimal), bill.Currency)},
		{"lines", d.shape(c.set["cost_centre_dimension"], want), wanted(want)},
	} {
		if !strings.EqualFold(x.got, x.want) {
			return &staffing.Error{Code: staffing.Conflict, Field: x.field,
				Message: fmt.Sprintf("the %s %s in Business Central differs from the bill: its %s is %q and should be %q", p.what, first(d.Number, d.ID), x.field, cut(x.got), cut(x.want))}
		}
	}
	return nil
}

// stateFor gives Draft for a state that is as good as one: finance went on with it.
func (d document) stateFor(existed bool) string {
	if s := d.state(); !existed || s != "In Review" && s != "Open" && s != "Paid" {
		return s
	}
	return draftStatus
}

// shape and wanted write lines in a form that compares: amount and cost centre.
// Comments that finance adds do not count, nor a default dimension of a line for which
// the bill names no cost centre.
func (d document) shape(code string, w expected) string {
	var out []string
	for _, l := range append(d.InvoiceLines, d.CreditLines...) {
		if l.Type == "Comment" || l.Net == nil {
			continue
		}
		entry := money(l.Net.Decimal, w.req.Bill.Currency)
		named := len(out) >= len(w.req.Bill.Lines) || w.fields.centre(w.req.Bill.Lines[len(out)]) != ""
		for _, dim := range l.Dimensions {
			if named && strings.EqualFold(dim.Code, code) {
				entry += " " + dim.Value
			}
		}
		out = append(out, entry)
	}
	return strings.Join(out, ", ")
}

func wanted(w expected) string {
	var out []string
	for _, l := range w.req.Bill.Lines {
		if w.req.Bill.Total.IsNegative() {
			l.Amount = l.Amount.Neg()
		}
		out = append(out, strings.TrimSpace(money(l.Amount, w.req.Bill.Currency)+" "+w.fields.centre(l)))
	}
	return strings.Join(out, ", ")
}

func (c *Connector) receipt(d document, p paper, existed bool) staffing.Receipt {
	r := staffing.Receipt{ID: d.ID, Number: first(d.Number, d.External), At: d.Modified, Existed: existed,
		URL: fmt.Sprintf("https://businesscentral.dynamics.com/%s/%s?page=%s&filter=%s", c.set["tenant_id"], url.PathEscape(c.set["environment"]), p.page, url.QueryEscape("'No.' IS '"+d.Number+"'")),
		Extra: map[string]string{"type": p.what, "state": d.state(), "currency": d.Currency, "reference": d.External, "etag": d.Etag,
			"untaxed": money(d.Net.Decimal, d.Currency), "tax": money(d.Tax.Decimal, d.Currency), "total": money(d.Total.Decimal, d.Currency)}}
	if r.At.IsZero() {
		r.At = c.now()
	}
	return r
}
