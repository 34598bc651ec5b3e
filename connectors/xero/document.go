package xero

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// paper is what a bill becomes.
type paper struct {
	list     string // of the API's path and of its JSON
	kind     string // the field Type
	number   string // the field that bears our key
	what     string
	viewPath string // of the page that shows it
}

var (
	invoicePaper = paper{"Invoices", "ACCREC", "InvoiceNumber", "invoice", "AccountsReceivable/View.aspx?InvoiceID="}
	creditPaper  = paper{"CreditNotes", "ACCRECCREDIT", "CreditNoteNumber", "credit note", "AccountsReceivable/ViewCreditNote.aspx?creditNoteID="}
)

// paperOf: Xero lets no invoice have a negative total, so what takes money back is a
// credit note.
func paperOf(b staffing.Bill) paper {
	if b.Total.IsNegative() {
		return creditPaper
	}
	return invoicePaper
}

// document is what is read of an invoice or a credit note.
type document struct {
	InvoiceID, CreditNoteID         string
	InvoiceNumber, CreditNoteNumber string
	Type, Status, Reference         string
	Date, UpdatedDateUTC            string
	CurrencyCode                    string
	SubTotal, TotalTax, Total       number
	Contact                         struct{ ContactID, Name string }
	LineItems                       []struct {
		LineAmount number
		Tracking   []struct{ Name, Option string }
	}
	HasErrors             bool
	StatusAttributeString string
	ValidationErrors      []validation
}

type answer struct {
	Invoices, CreditNotes []document
	Pagination            pagination
}

func (a answer) of(p paper) []document {
	if p.list == creditPaper.list {
		return a.CreditNotes
	}
	return a.Invoices
}

func (d document) id() string     { return first(d.InvoiceID, d.CreditNoteID) }
func (d document) number() string { return first(d.InvoiceNumber, d.CreditNoteNumber) }

func (d document) dead() bool { return d.Status == "DELETED" || d.Status == "VOIDED" }

func (d document) paper() paper {
	if d.Type == creditPaper.kind {
		return creditPaper
	}
	return invoicePaper
}

// find gives the one document of that number that is neither deleted nor voided, and
// counts those that are.
func (c *Connector) find(ctx context.Context, p paper, key string) (found document, gone int, err error) {
	q := url.Values{"where": {p.number + `=="` + key + `"`}, "page": {"1"}}
	if p == invoicePaper {
		q = url.Values{p.number + "s": {key}, "page": {"1"}}
	}
	var out answer
	if _, err := c.get(ctx, "/"+p.list, q, &out); err != nil {
		return document{}, 0, explain(err, "cannot look for the %s %s", p.what, key)
	}
	if out.of(p) == nil {
		return document{}, 0, staffing.Errorf(staffing.Unavailable, "Xero's answer for the %s %s holds no list", p.what, key)
	}
	for _, d := range out.of(p) {
		switch {
		case !strings.EqualFold(d.number(), key):
			return document{}, 0, staffing.Errorf(staffing.Unavailable, "Xero was asked for the %s %s and answered with another", p.what, key)
		case d.Type != p.kind: // a purchase bill may have the same number
		case d.dead():
			gone++
		case !isUUID(d.id()):
			return document{}, 0, staffing.Errorf(staffing.Unavailable, "Xero found the %s %s, but gave no id", p.what, key)
		case found.id() != "":
			return document{}, 0, &staffing.Error{Code: staffing.Conflict, Field: "reference",
				Message: fmt.Sprintf("Xero has more than one %s with the number %s; delete all but one there", p.what, key)}
		default:
			found = d
		}
	}
	if found.id() == "" {
		return document{}, gone, staffing.Errorf(staffing.NotFound, "Xero has no %s with the number %s", p.what, key)
	}
	return found, gone, nil
}

// draft writes the bill as Xero's JSON. A credit note's figures are positive.
func (c *Connector) draft(p paper, r request) (map[string]any, error) {
	doc := map[string]any{"Type": p.kind, "Status": "DRAFT", p.number: r.Key, "Contact": map[string]any{"ContactID": r.books.contact},
		"Date": string(r.Bill.Date), "CurrencyCode": r.Bill.Currency, "LineAmountTypes": "Exclusive"}
	if ref := r.fields.reference(r.Bill); ref != "" {
		doc["Reference"] = ref
	}
	if days, err := strconv.Atoi(string(r.fields.DueDays)); err == nil && p == invoicePaper {
		doc["DueDate"] = string(staffing.DateOf(r.Bill.Date.Time().AddDate(0, 0, days)))
	}
	var lines []map[string]any
	for _, l := range r.Bill.Lines {
		if p == creditPaper {
			l.Quantity, l.Amount = l.Quantity.Neg(), l.Amount.Neg()
		}
		price, err := priceLine(l)
		if err != nil {
			return nil, err
		}
		line := map[string]any{"Description": r.fields.lineText(l, price.note), "Quantity": number{price.quantity}, "UnitAmount": number{price.price}, "AccountCode": c.accountCode(l.Unit, r.fields)}
		if item := c.itemCode(r.Bill, l.Unit, r.fields); item != "" {
			line["ItemCode"] = item
		}
		if t := c.taxType(r.fields); t != "" {
			line["TaxType"] = t
		}
		if centre := r.fields.centre(l); centre != "" {
			line["Tracking"] = []map[string]any{{"TrackingCategoryID": r.books.category.TrackingCategoryID, "TrackingOptionID": r.books.category.option(centre),
				"Name": r.books.category.Name, "Option": centre}}
		}
		lines = append(lines, line)
	}
	doc["LineItems"] = lines
	return doc, nil
}

// expected is what a document is held against.
type expected struct {
	req     staffing.BillingRequest
	fields  fields
	contact string // "": not looked up, so not compared
	existed bool   // it may have been approved by now
}

// settle reads the document back and proves it.
func (c *Connector) settle(ctx context.Context, p paper, id string, want expected) (staffing.Receipt, error) {
	var out answer
	_, err := c.get(ctx, "/"+p.list+"/"+id, url.Values{"unitdp": {"4"}}, &out)
	if err != nil {
		return staffing.Receipt{}, explain(err, "the %s could not be read back", p.what)
	}
	if len(out.of(p)) != 1 || !strings.EqualFold(out.of(p)[0].id(), id) {
		return staffing.Receipt{}, staffing.Errorf(staffing.Unavailable, "Xero's answer for the %s %s is about something else", p.what, id)
	}
	d := out.of(p)[0]
	if err := c.compare(d, p, want); err != nil {
		return staffing.Receipt{}, err
	}
	return c.receipt(d, want.existed), nil
}

// compare holds what Xero keeps against what was asked for, field by field.
func (c *Connector) compare(d document, p paper, want expected) error {
	bill := want.req.Bill
	total := bill.Total
	if p == creditPaper {
		total = total.Neg()
	}
	if want.contact == "" {
		want.contact = d.Contact.ContactID
	}
	for _, x := range []struct{ field, got, want string }{
		{"state", d.stateFor(want.existed), "DRAFT"},
		{"type", d.Type, p.kind},
		{"contact", d.Contact.ContactID, want.contact},
		{"reference", d.number(), want.req.Key},
		{"purchase_order", strings.TrimSpace(d.Reference), want.fields.reference(bill)},
		{"date", string(day(d.Date)), string(bill.Date)},
		{"currency", d.CurrencyCode, bill.Currency},
		{"total", money(d.SubTotal.Decimal), money(total)},
		{"total with tax", money(d.Total.Decimal), money(d.SubTotal.Add(d.TotalTax.Decimal))},
		{"lines", d.shape(c.set["cost_centre_category"], want), wanted(want)},
	} {
		if !strings.EqualFold(x.got, x.want) {
			return &staffing.Error{Code: staffing.Conflict, Field: x.field,
				Message: fmt.Sprintf("the %s %s in Xero differs from the bill: its %s is %q and should be %q", p.what, d.id(), x.field, cut(x.got), cut(x.want))}
		}
	}
	return nil
}

// stateFor gives DRAFT for a state that is as good as one: finance went on with it.
func (d document) stateFor(existed bool) string {
	if existed && (d.Status == "SUBMITTED" || d.Status == "AUTHORISED" || d.Status == "PAID") {
		return "DRAFT"
	}
	return d.Status
}

// shape and wanted write lines in a form that compares: amount and cost centre. The
// tracking of a line for which the bill names no cost centre is finance's.
func (d document) shape(category string, w expected) string {
	var out []string
	for _, l := range d.LineItems {
		entry := money(l.LineAmount.Decimal)
		named := len(out) >= len(w.req.Bill.Lines) || w.fields.centre(w.req.Bill.Lines[len(out)]) != ""
		for _, t := range l.Tracking {
			if named && t.Name == category {
				entry += " " + t.Option
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
		out = append(out, strings.TrimSpace(money(l.Amount)+" "+w.fields.centre(l)))
	}
	return strings.Join(out, ", ")
}

func (c *Connector) receipt(d document, existed bool) staffing.Receipt {
	r := staffing.Receipt{ID: d.id(), Number: d.number(), Existed: existed, URL: "https://go.xero.com/" + d.paper().viewPath + d.id(),
		Extra: map[string]string{"type": d.Type, "state": d.Status, "currency": d.CurrencyCode, "untaxed": money(d.SubTotal.Decimal), "tax": money(d.TotalTax.Decimal), "total": money(d.Total.Decimal)}}
	at, ok := moment(d.UpdatedDateUTC)
	if r.At = at; !ok {
		r.At = c.now()
	}
	return r
}
