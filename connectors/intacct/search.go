package intacct

import (
	"context"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// SearchBooks looks among the active customers, or the active GL accounts: a line of an
// invoice sells no item, it is booked on an account.
func (c *Connector) SearchBooks(ctx context.Context, noun staffing.BookNoun, text string) ([]staffing.BookEntry, error) {
	object, ok := map[staffing.BookNoun]string{staffing.BookCustomer: customerObject, staffing.BookItem: accountObject}[noun]
	if !ok {
		return nil, staffing.Errorf(staffing.Invalid, "Sage Intacct is searched for customers and accounts only")
	}
	q := question{Object: object, Fields: []string{"id", "name"}, Filters: []map[string]any{equal("status", "active")}, Size: staffing.MostBookEntries, Order: []map[string]any{{"name": "asc"}, {"id": "asc"}}}
	if text = strings.TrimSpace(cut(text)); text != "" {
		q.Filters = append(q.Filters, contains("id", text), contains("name", text))
		q.Expression, q.Parameters = "1 and (2 or 3)", map[string]any{"caseSensitiveComparison": false}
	}
	rows, _, err := ask[struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}](ctx, c, q)
	if err != nil {
		return nil, explain(err, "cannot search Sage Intacct for the %s", noun)
	}
	var out []staffing.BookEntry
	for _, r := range rows {
		if r.ID != "" {
			out = append(out, staffing.BookEntry{Code: r.ID, Name: first(r.Name, r.ID)})
		}
	}
	return out, nil
}
