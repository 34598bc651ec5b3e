package xero

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/staffing"
)

// SearchBooks looks for active contacts and for items that are sold.
func (c *Connector) SearchBooks(ctx context.Context, noun staffing.BookNoun, text string) ([]staffing.BookEntry, error) {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text))
	var out []staffing.BookEntry
	var err error
	switch noun {
	case staffing.BookCustomer:
		out, err = c.customers(ctx, text)
	case staffing.BookItem:
		out, err = c.items(ctx, text)
	default:
		err = staffing.Errorf(staffing.Invalid, "Xero is searched for customers and items, not for %q", noun)
	}
	if err != nil {
		return nil, err
	}
	return staffing.FirstEntries(out), nil
}

// customers asks twice: Xero's search term goes over names and e-mail addresses, and
// not over account numbers, which are the codes.
func (c *Connector) customers(ctx context.Context, text string) ([]staffing.BookEntry, error) {
	const active = `ContactStatus=="ACTIVE"`
	page := func(more url.Values) url.Values {
		more["order"], more["page"], more["pageSize"] = []string{"Name ASC"}, []string{"1"}, []string{strconv.Itoa(staffing.MostBookEntries)}
		return more
	}
	asks := []url.Values{page(url.Values{"where": {active}})}
	if text != "" {
		asks[0]["searchTerm"] = []string{text}
	}
	switch {
	case isUUID(text):
		asks = append(asks, url.Values{"IDs": {text}})
	case askable(text):
		// Xero fails at a contact without a number, unless the filter leaves those out first.
		asks = append(asks, page(url.Values{"where": {active + `&&AccountNumber!=null&&AccountNumber.ToLower().Contains("` + strings.ToLower(text) + `")`}}))
	}
	var out []staffing.BookEntry
	seen := map[string]bool{}
	for _, q := range asks {
		found, err := c.contacts(ctx, q)
		if err != nil {
			return nil, explain(err, "cannot search Xero's contacts")
		}
		for _, r := range found {
			code := r.customerCode()
			if r.ContactStatus != "ACTIVE" || !isUUID(r.ContactID) || seen[code] {
				continue
			}
			seen[code] = true
			out = append(out, staffing.BookEntry{Code: code, Name: first(strings.TrimSpace(r.Name), code)})
		}
	}
	return out, nil
}

// items reads all that are sold, since Xero gives them in one piece, and looks through
// them here.
func (c *Connector) items(ctx context.Context, text string) ([]staffing.BookEntry, error) {
	var all rows
	if _, err := c.get(ctx, "/Items", url.Values{"where": {"IsSold==true"}, "order": {"Code ASC"}}, &all); err != nil {
		return nil, explain(err, "cannot search Xero's items")
	}
	if all.Items == nil {
		return nil, staffing.Errorf(staffing.Unavailable, "Xero's answer for the items holds no list")
	}
	var out []staffing.BookEntry
	text = strings.ToLower(text)
	for _, r := range all.Items {
		bought := r.IsSold != nil && !*r.IsSold
		if !bought && askable(r.Code) && (strings.Contains(strings.ToLower(r.Code), text) || strings.Contains(strings.ToLower(r.Name), text)) {
			out = append(out, staffing.BookEntry{Code: r.Code, Name: first(strings.TrimSpace(r.Name), r.Code)})
		}
	}
	return out, nil
}

// customerCode is what a bill may call the contact: its account number, which Xero lets
// no two contacts share, else its id. A name may change.
func (r row) customerCode() string {
	if n := r.AccountNumber; askable(n) && strings.TrimSpace(n) == n && !isUUID(n) {
		return n
	}
	return r.ContactID
}

// askable says that a text can stand in a filter, which is an expression: one that
// would end the text in it cannot.
func askable(value string) bool {
	return !strings.ContainsAny(value, "\"\\\r\n") && strings.TrimSpace(value) != ""
}
