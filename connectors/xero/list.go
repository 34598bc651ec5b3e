package xero

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// listPage is how many documents are read at once, Xero's own default.
const listPage = 100

// pagination is what Xero says of a list that was asked for by pages.
type pagination struct{ PageCount int }

// ListBilling gives the sales invoices of a time, and then the credit notes to
// customers, each by number. Deleted and voided ones are left out. The cursor is the
// list and the page, such as CreditNotes:2.
func (c *Connector) ListBilling(ctx context.Context, from, to staffing.Date, cursor string) (staffing.BillingPage, error) {
	p, page, err := listPlace(from, to, cursor)
	if err != nil {
		return staffing.BillingPage{}, err
	}
	q := url.Values{"where": {fmt.Sprintf(`Type=="%s"&&Date>=%s&&Date<=%s`, p.kind, dateTime(from), dateTime(to))},
		"order": {p.number + " ASC"}, "page": {strconv.Itoa(page)}, "pageSize": {strconv.Itoa(listPage)}}
	var got answer
	if _, err := c.get(ctx, "/"+p.list, q, &got); err != nil {
		return staffing.BillingPage{}, explain(err, "cannot list the %ss from %s to %s", p.what, from, to)
	}
	if got.of(p) == nil {
		return staffing.BillingPage{}, staffing.Errorf(staffing.Unavailable, "Xero's answer for the %ss holds no list", p.what)
	}
	var docs []document
	for _, d := range got.of(p) {
		if on := day(d.Date); d.Type == p.kind && !d.dead() && from <= on && on <= to {
			docs = append(docs, d)
		}
	}
	out := staffing.BillingPage{Next: next(p, page, got)}
	out.Records, err = c.records(ctx, docs)
	return out, err
}

// listPlace reads the cursor.
func listPlace(from, to staffing.Date, cursor string) (p paper, page int, err error) {
	for _, d := range []staffing.Date{from, to} {
		if _, err := staffing.ParseDate(string(d)); err != nil || d == "" {
			return p, 0, &staffing.Error{Code: staffing.Invalid, Field: "date", Message: "documents are listed from one date to another", Err: err}
		}
	}
	if cursor == "" {
		return invoicePaper, 1, nil
	}
	list, number, _ := strings.Cut(cursor, ":")
	page, err = strconv.Atoi(number)
	for _, p := range []paper{invoicePaper, creditPaper} {
		if p.list == list && err == nil && page > 0 {
			return p, page, nil
		}
	}
	return p, 0, &staffing.Error{Code: staffing.Invalid, Field: "cursor", Message: "this is no place in a list of Xero's documents: " + cut(cursor), Err: err}
}

// next: Xero says how many pages there are; where it does not, a full page may have
// another one after it.
func next(p paper, page int, got answer) string {
	more := len(got.of(p)) >= listPage
	if got.Pagination.PageCount > 0 {
		more = page < got.Pagination.PageCount
	}
	switch {
	case more:
		return p.list + ":" + strconv.Itoa(page+1)
	case p == invoicePaper:
		return creditPaper.list + ":1"
	}
	return ""
}

func dateTime(d staffing.Date) string {
	t := d.Time()
	return fmt.Sprintf("DateTime(%d,%02d,%02d)", t.Year(), t.Month(), t.Day())
}

// records looks the contacts up: the lists of documents have only their ids and names.
func (c *Connector) records(ctx context.Context, docs []document) ([]staffing.BillingRecord, error) {
	var ids []string
	for _, d := range docs {
		if !isUUID(d.id()) || !isUUID(d.Contact.ContactID) {
			return nil, staffing.Errorf(staffing.Unavailable, "Xero listed a document without an id or without a contact")
		}
		if !slices.Contains(ids, d.Contact.ContactID) {
			ids = append(ids, d.Contact.ContactID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := c.contacts(ctx, url.Values{"IDs": {strings.Join(ids, ",")}, "includeArchived": {"true"}, "page": {"1"}, "pageSize": {strconv.Itoa(listPage)}})
	if err != nil {
		return nil, explain(err, "cannot look up whom the documents go to")
	}
	known := map[string]row{}
	for _, r := range found {
		known[r.ContactID] = r
	}
	var out []staffing.BillingRecord
	for _, d := range docs {
		r := known[d.Contact.ContactID]
		r.ContactID = d.Contact.ContactID
		record := staffing.BillingRecord{Receipt: c.receipt(d, true), CustomerCode: r.customerCode(), CustomerName: first(d.Contact.Name, r.Name, r.ContactID), Date: day(d.Date)}
		if staffing.IsReference(d.number()) { // what Xero numbers itself is none
			record.Key = d.number()
		}
		out = append(out, record)
	}
	return out, nil
}

func (c *Connector) contacts(ctx context.Context, q url.Values) ([]row, error) {
	var out rows
	if _, err := c.get(ctx, "/Contacts", q, &out); err != nil {
		return nil, err
	}
	if out.Contacts == nil {
		return nil, staffing.Errorf(staffing.Unavailable, "Xero's answer for the contacts holds no list")
	}
	return out.Contacts, nil
}
