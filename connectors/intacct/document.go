package intacct

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// paper is a kind of document.
type paper struct {
	object string // as the API calls it
	number string // the field that holds our reference
	words  string

	date, currency, total string // the fields of a list
}

var (
	invoicePaper = paper{"accounts-receivable/invoice", "invoiceNumber", "invoice", "invoiceDate", "currency.txnCurrency", "totalTxnAmount"}
	creditPaper  = paper{"accounts-receivable/adjustment", "adjustmentNumber", "adjustment", "createdDate", "txnCurrency.currency", "txnCurrency.totalEntered"}
)

// paperOf says what a bill becomes: an invoice, or an adjustment when it takes money
// back. Both have a draft state.
func paperOf(b staffing.Bill) paper {
	if b.Total.IsNegative() {
		return creditPaper
	}
	return invoicePaper
}

// draftState must be sent: without it the API posts at once.
const draftState = "draft"

var keyForm = regexp.MustCompile(`^[1-9][0-9]{0,14}$`)

func isKey(s string) bool { return keyForm.MatchString(s) }

type object = map[string]any

func ref(id string) object { return object{"id": id} }

// draft is the body of the document.
func (c *Connector) draft(p paper, req staffing.BillingRequest, f fields) object {
	b := req.Bill
	lines := make([]object, 0, len(b.Lines))
	for _, l := range b.Lines {
		line := object{"glAccount": ref(c.account(l.Unit, f)), "memo": memo(l, f), "dimensions": c.dimensions(l, f)}
		if p == creditPaper {
			line["txnCurrency"] = object{"currency": b.Currency, "amount": c.credit(l.Amount).StringFixed(2)}
		} else {
			line["txnAmount"] = l.Amount.StringFixed(2)
		}
		lines = append(lines, line)
	}
	out := object{p.number: req.Key, "state": draftState, "description": describe(req, f), "customer": ref(f.customer(b)), "lines": lines}
	rate := object{"date": string(b.Date), "typeId": c.set["exchange_rate_type"]}
	foreign := c.set["base_currency"] != "" && c.set["base_currency"] != b.Currency
	if p == creditPaper {
		out["createdDate"], out["txnCurrency"] = string(b.Date), object{"currency": b.Currency}
		if b.Corrects != "" {
			out["documentNumber"] = b.Corrects
		}
		if foreign {
			out["exchangeRate"] = rate
		}
		return out
	}
	currency := object{"txnCurrency": b.Currency}
	if foreign {
		currency["exchangeRate"] = rate
	}
	out["invoiceDate"], out["dueDate"], out["currency"] = string(b.Date), string(b.Date.AddDays(c.dueDays(f))), currency
	if r := f.reference(b); r != "" {
		out["referenceNumber"] = r
	}
	return out
}

// credit writes an amount of a credit as the setting says.
func (c *Connector) credit(amount decimal.Decimal) decimal.Decimal {
	if c.set["credit_amounts"] == "positive" {
		return amount.Neg()
	}
	return amount
}

// describe begins with the key: companies that number their invoices by themselves
// keep it nowhere else.
func describe(req staffing.BillingRequest, f fields) string {
	span := req.Bill.Period()
	out := req.Key + " · " + string(span.From)
	if span.To != span.From {
		out += " to " + string(span.To)
	}
	if r := f.reference(req.Bill); r != "" && req.Bill.Total.IsNegative() {
		out += " · " + r
	}
	return cut(out)
}

// memo says what a line is of: it has no quantity and no rate of its own.
func memo(l staffing.BillLine, f fields) string {
	text := l.Description
	if f.Description != "" {
		text = f.Description
	}
	if l.Unit != staffing.Flat {
		text += fmt.Sprintf(" (%s %s at %s)", l.Quantity, l.Unit, l.UnitPrice)
	}
	return cut(text)
}

func (c *Connector) dimensions(l staffing.BillLine, f fields) object {
	out := object{}
	for dim, id := range map[string]string{"location": first(f.Location, c.set["location"]), "department": f.Department, "class": f.Class, "project": f.Project} {
		if dim == c.set["cost_centre"] && l.CostCentre != "" {
			id = l.CostCentre
		}
		if id != "" {
			out[dim] = ref(id)
		}
	}
	return out
}

// find gives the key of the one document that bears our reference as its number or at
// the beginning of its description.
func (c *Connector) find(ctx context.Context, p paper, key string) (string, error) {
	type row struct {
		Key   loose  `json:"key"`
		State string `json:"state"`
	}
	list, _, err := ask[row](ctx, c, question{Object: p.object, Fields: []string{"key", p.number, "state"}, Size: 10,
		Filters:    []map[string]any{equal(p.number, key), {"$startsWith": map[string]string{"description": key + " · "}}},
		Expression: "1 or 2", Order: []map[string]any{{"key": "asc"}}})
	if err != nil {
		return "", explain(err, "cannot look for the %s %s", p.words, cut(key))
	}
	var found []row
	for _, r := range list {
		if r.State != "reversal" { // the counterpart of a reversed one
			found = append(found, r)
		}
	}
	switch {
	case len(found) == 0:
		return "", staffing.Errorf(staffing.NotFound, "Sage Intacct has no %s %s", p.words, cut(key))
	case !isKey(string(found[0].Key)):
		return "", staffing.Errorf(staffing.Unavailable, "Sage Intacct found the %s %s, but gave no key", p.words, cut(key))
	case len(found) > 1:
		return "", &staffing.Error{Code: staffing.Conflict, Field: "reference",
			Message: fmt.Sprintf("Sage Intacct has more than one %s with the reference %s (records %s and %s); delete all drafts but one there", p.words, cut(key), found[0].Key, found[1].Key)}
	case found[0].State == "reversed":
		return "", &staffing.Error{Code: staffing.Conflict, Field: "reference",
			Message: fmt.Sprintf("the %s %s is reversed in Sage Intacct, and its number is taken: amend the placement to bill it anew", p.words, cut(key))}
	}
	return string(found[0].Key), nil
}

// document is what is read back of an invoice or an adjustment.
type document struct {
	Key         loose               `json:"key"`
	Invoice     string              `json:"invoiceNumber"`
	Adjustment  string              `json:"adjustmentNumber"`
	State       string              `json:"state"`
	Reference   string              `json:"referenceNumber"`
	Description string              `json:"description"`
	InvoiceDate string              `json:"invoiceDate"`
	CreatedDate string              `json:"createdDate"`
	Customer    struct{ ID string } `json:"customer"`
	Currency    struct {
		Code string `json:"txnCurrency"`
	} `json:"currency"`
	TxnCurrency struct {
		Code  string          `json:"currency"`
		Total decimal.Decimal `json:"totalEntered"`
	} `json:"txnCurrency"`
	Total decimal.Decimal `json:"totalTxnAmount"`
	URL   string          `json:"webURL"`
	Audit struct {
		Created time.Time `json:"createdDateTime"`
	} `json:"audit"`
	Lines []struct {
		Amount      *decimal.Decimal `json:"txnAmount"`
		TxnCurrency struct {
			Amount *decimal.Decimal `json:"amount"`
		} `json:"txnCurrency"`
		Special    *string                        `json:"isSubtotal"`
		Dimensions map[string]struct{ ID string } `json:"dimensions"`
	} `json:"lines"`
}

func (c *Connector) readDocument(ctx context.Context, p paper, key string) (document, error) {
	var out document
	_, err := c.call(ctx, httpx.Request{Method: http.MethodGet, URL: "/objects/" + p.object + "/" + url.PathEscape(key)}, &out)
	switch {
	case httpx.StatusOf(err) == http.StatusNotFound:
		return document{}, staffing.Errorf(staffing.Conflict, "the %s %s is gone from Sage Intacct", p.words, key)
	case err != nil:
		return document{}, explain(err, "the %s could not be read back", p.words)
	case string(out.Key) != key:
		return document{}, staffing.Errorf(staffing.Unavailable, "Sage Intacct's answer is not the %s %s", p.words, key)
	}
	return out, nil
}

// expected is what a document is held against.
type expected struct {
	req     staffing.BillingRequest
	fields  fields
	existed bool
}

func (c *Connector) settle(ctx context.Context, p paper, key string, want expected) (staffing.Receipt, error) {
	doc, err := c.readDocument(ctx, p, key)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if err := c.compare(p, doc, want); err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(p, doc, want.existed), nil
}

// compare holds what Sage Intacct keeps against what was asked for, field by field. A
// document that was there before may be posted by now; a new one must be a draft.
func (c *Connector) compare(p paper, d document, want expected) error {
	b := want.req.Bill
	state := d.State
	if want.existed && state != "" && state != "reversed" {
		state = draftState
	}
	pairs := []struct{ field, got, want string }{
		{"state", state, draftState},
		{"customer", d.Customer.ID, want.fields.customer(b)},
		{"date", first(d.InvoiceDate, d.CreatedDate), string(b.Date)},
		{"currency", first(d.Currency.Code, d.TxnCurrency.Code), b.Currency},
		{"lines", d.shape(c.set["cost_centre"], b), c.wanted(p, b)},
	}
	if p == invoicePaper {
		pairs = append(pairs, struct{ field, got, want string }{"purchase_order", strings.TrimSpace(d.Reference), want.fields.reference(b)})
	}
	for _, v := range pairs {
		if v.got != v.want {
			return &staffing.Error{Code: staffing.Conflict, Field: v.field,
				Message: fmt.Sprintf("the %s %s in Sage Intacct differs from the bill: its %s is %q and should be %q", p.words, d.Key, v.field, cut(v.got), cut(v.want))}
		}
	}
	return nil
}

// shape and wanted write lines in a form that compares: amount and cost centre. Lines
// that Sage Intacct added for tax are no part of the bill.
func (d document) shape(dim string, b staffing.Bill) string {
	var out []string
	for _, l := range d.Lines {
		if l.Special != nil && *l.Special != "" {
			continue
		}
		entry := "none"
		for _, a := range []*decimal.Decimal{l.TxnCurrency.Amount, l.Amount} {
			if a != nil {
				entry = a.StringFixed(2)
			}
		}
		if i := len(out); i < len(b.Lines) && b.Lines[i].CostCentre != "" {
			entry += " " + l.Dimensions[dim].ID
		}
		out = append(out, strings.TrimSpace(entry))
	}
	return strings.Join(out, ", ")
}

func (c *Connector) wanted(p paper, b staffing.Bill) string {
	var out []string
	for _, l := range b.Lines {
		amount := l.Amount
		if p == creditPaper {
			amount = c.credit(amount)
		}
		out = append(out, strings.TrimSpace(amount.StringFixed(2)+" "+l.CostCentre))
	}
	return strings.Join(out, ", ")
}

func (c *Connector) receipt(p paper, d document, existed bool) staffing.Receipt {
	total := d.Total
	if p == creditPaper {
		total = d.TxnCurrency.Total
	}
	out := staffing.Receipt{ID: p.words + "/" + string(d.Key), Number: first(d.Invoice, d.Adjustment, string(d.Key)), At: d.Audit.Created, Existed: existed,
		Extra: map[string]string{"state": d.State, "kind": p.words, "currency": first(d.Currency.Code, d.TxnCurrency.Code), "total": total.StringFixed(2)}}
	if strings.HasPrefix(d.URL, "https://") {
		out.URL = d.URL
	}
	if out.At.IsZero() {
		out.At = c.now()
	}
	return out
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
