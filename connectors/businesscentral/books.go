package businesscentral

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// listPage is how many documents one call asks for.
const listPage = 100

// listing is a page of a list. Next is there when the server holds more than it gave;
// it is not followed, for the place is known: what comes next is asked for by $skip,
// where the connection's own settings lead.
type listing[T any] struct {
	Value []T    `json:"value"`
	Next  string `json:"@odata.nextLink"`
}

// after gives the place behind this page; 0: that was all.
func (l listing[T]) after(skip, asked int) int {
	if len(l.Value) == 0 || l.Next == "" && len(l.Value) < asked {
		return 0
	}
	return skip + len(l.Value)
}

// ListBilling lists the sales invoices of the days from..to, then the credit memos,
// drafts and posted ones, whoever made them. Cancelled ones and those that cancel
// others are left out. The cursor names the list and the place in it.
func (c *Connector) ListBilling(ctx context.Context, from, to staffing.Date, cursor string) (staffing.BillingPage, error) {
	p, skip, err := place(cursor)
	if err != nil {
		return staffing.BillingPage{}, err
	}
	for _, d := range []staffing.Date{from, to} {
		if _, err := staffing.ParseDate(string(d)); err != nil {
			return staffing.BillingPage{}, &staffing.Error{Code: staffing.Invalid, Field: "date", Message: "documents are listed from a date to a date", Err: err}
		}
	}
	var out listing[document]
	q := url.Values{"$filter": {fmt.Sprintf("%s ge %s and %s le %s", p.date, from, p.date, to)}, "$orderby": {"number"}, "$top": {strconv.Itoa(listPage)}, "$skip": {strconv.Itoa(skip)}}
	if err := c.get(ctx, "/"+p.list, q, &out); err != nil {
		return staffing.BillingPage{}, explain(err, "cannot list the %ss", p.what)
	}
	if out.Value == nil {
		return staffing.BillingPage{}, staffing.Errorf(staffing.Unavailable, "Business Central's answer for the %ss holds no list", p.what)
	}
	var page staffing.BillingPage
	for _, d := range out.Value {
		if !isUUID(d.ID) || d.date() < string(from) || d.date() > string(to) {
			return staffing.BillingPage{}, staffing.Errorf(staffing.Unavailable, "Business Central's list of %ss makes no sense", p.what)
		}
		if !d.void() {
			page.Records = append(page.Records, staffing.BillingRecord{Receipt: c.receipt(d, p, true), Key: d.key(),
				CustomerCode: d.Customer, CustomerName: first(d.CustomerName, d.Customer), Date: staffing.Date(d.date())})
		}
	}
	if next := out.after(skip, listPage); next > 0 {
		page.Next = p.list + "/" + strconv.Itoa(next)
	} else if p == invoicePaper {
		page.Next = creditPaper.list + "/0"
	}
	return page, nil
}

// place reads a cursor.
func place(cursor string) (paper, int, error) {
	if cursor == "" {
		return invoicePaper, 0, nil
	}
	list, text, _ := strings.Cut(cursor, "/")
	skip, err := strconv.Atoi(text)
	for _, p := range []paper{invoicePaper, creditPaper} {
		if list == p.list && err == nil && skip >= 0 && strconv.Itoa(skip) == text {
			return p, skip, nil
		}
	}
	return paper{}, 0, &staffing.Error{Code: staffing.Invalid, Field: "cursor", Message: "the cursor is none that this list gave; begin without one"}
}
