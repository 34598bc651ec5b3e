package businesscentral

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	// schemaVersion is the first one that takes a function within a function.
	// https://learn.microsoft.com/dynamics365/business-central/dev-itpro/webservices/use-filter-expressions-in-odata-uris
	schemaVersion = "2.1"
	// searchPage is how many rows one call of a search asks for, and maxSearchPages how
	// many calls it makes at most for a field.
	searchPage     = 100
	maxSearchPages = 5
)

// SearchBooks gives customers that may be invoiced, and what the connection's lines
// are, accounts or items, by number or name. Resources are in no list of the API.
func (c *Connector) SearchBooks(ctx context.Context, noun staffing.BookNoun, text string) ([]staffing.BookEntry, error) {
	path := map[staffing.BookNoun]string{staffing.BookCustomer: "/customers", staffing.BookItem: linePaths[c.set["line_type"]]}[noun]
	switch {
	case path == "" && noun == staffing.BookItem:
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "noun", Message: "Business Central's API lists no resources; take the number from Resources, column No."}
	case path == "":
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "noun", Message: "Business Central is searched for customers and for items only"}
	}
	text = strings.TrimSpace(text)
	var out []staffing.BookEntry
	for _, f := range []struct {
		name  string
		holds int // characters
	}{{"displayName", maxText}, {"number", maxCode}} { // no or over two fields
		if len([]rune(text)) > f.holds || text == "" && f.name == "number" {
			continue
		}
		found, err := c.searchField(ctx, path, f.name, text)
		if err != nil {
			return nil, explain(err, "cannot search %s", path[1:])
		}
		out = append(out, found...)
	}
	return staffing.FirstEntries(out), nil
}

// searchField gives the first entries by name whose field holds the text.
func (c *Connector) searchField(ctx context.Context, path, field, text string) (out []staffing.BookEntry, err error) {
	q := url.Values{"$orderby": {"displayName"}, "$top": {strconv.Itoa(searchPage)}}
	if text != "" {
		q.Set("$schemaversion", schemaVersion)
		q.Set("$filter", "contains(tolower("+field+"),'"+strings.ReplaceAll(strings.ToLower(text), "'", "''")+"')")
	}
	for n, skip := 0, 0; n < maxSearchPages && len(out) < staffing.MostBookEntries && (n == 0 || skip > 0); n++ {
		q.Set("$skip", strconv.Itoa(skip))
		var page listing[row]
		if err := c.get(ctx, path, q, &page); err != nil {
			return nil, err
		}
		if page.Value == nil {
			return nil, staffing.Errorf(staffing.Unavailable, "Business Central's answer for %s holds no list", path)
		}
		for _, r := range page.Value {
			// Some characters are wildcards of Business Central's own filters.
			if r.usable() && (holds(r.Number, text) || holds(r.DisplayName, text)) {
				out = append(out, staffing.BookEntry{Code: r.Number, Name: first(strings.TrimSpace(r.DisplayName), r.Number)})
			}
		}
		skip = page.after(skip, searchPage)
	}
	return out, nil
}

// usable: a heading or total in the chart of accounts and an account that cannot be
// posted to directly are on no line.
func (r row) usable() bool {
	return r.Number != "" && !r.blocked() && (r.AccountType == "" || r.AccountType == "Posting") && (r.DirectPosting == nil || *r.DirectPosting)
}

func holds(s, part string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(part)) }
