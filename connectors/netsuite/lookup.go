package netsuite

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

var numeric = regexp.MustCompile(`^[1-9][0-9]{0,14}$`)

// found is a transaction that is there.
type found struct {
	paper paper
	id    string
}

// find gives the one transaction of the key. A cancelled or closed one keeps its
// external id, so it is in the way of another.
func (c *Connector) find(ctx context.Context, key string) (found, error) {
	type row struct {
		ID     text `json:"id"`
		Type   text `json:"type"`
		Number text `json:"tranid"`
		Status text `json:"status"`
	}
	list, err := rows[row](ctx, c, query{columns: "id, type, tranid, status", from: "transaction",
		where: "externalid = " + quote(key) + " AND type IN ('SalesOrd', 'RtnAuth')", order: "id"}, 10)
	if err != nil {
		return found{}, explain(err, "cannot look for the order %s", cut(key))
	}
	if len(list) == 0 {
		return found{}, staffing.Errorf(staffing.NotFound, "NetSuite has no order with the external id %s", cut(key))
	}
	r := list[0]
	p := orderPaper
	if string(r.Type) == creditPaper.kind {
		p = creditPaper
	}
	switch {
	case !numeric.MatchString(string(r.ID)):
		return found{}, staffing.Errorf(staffing.Unavailable, "NetSuite found the order %s, but gave no id", cut(key))
	case len(list) > 1:
		return found{}, &staffing.Error{Code: staffing.Conflict, Field: "reference",
			Message: fmt.Sprintf("NetSuite has more than one order with the external id %s (%s and %s); cancel all but one there and change its external id", cut(key), r.Number, list[1].Number)}
	case ended(p, string(r.Status)):
		return found{}, &staffing.Error{Code: staffing.Conflict, Field: "reference",
			Message: fmt.Sprintf("the %s %s with this reference is cancelled or closed in NetSuite; empty its external id there to have it made anew", p.words, first(string(r.Number), string(r.ID)))}
	}
	return found{paper: p, id: string(r.ID)}, nil
}

// ended says that finance took the transaction back: C is Cancelled, H is Closed.
// SuiteQL writes the letter alone, or behind the type: SalesOrd:C.
func ended(p paper, status string) bool {
	letter := strings.TrimPrefix(status, p.kind+":")
	return letter == "C" || letter == "H"
}

// text is a value that SuiteQL writes as a text or as a number.
type text string

// UnmarshalJSON takes a text, a number or null.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	*t = text(n)
	return nil
}

// books are the internal ids of the records that a bill refers to.
type books struct {
	customer string
	currency string
	items    map[string]string            // by what the map or the settings call them
	places   map[string]map[string]string // department, class, location: by code
}

// table says how a kind of record is found.
type table struct {
	name    string
	columns []string // that may hold the wanted text, beside the internal id; the first that matches wins
	field   string   // that an error names
	what    string   // for sentences
	menu    string
	called  string // the column that every record has; only of what is searched
	label   string // the column that names it for people; may be empty
}

var (
	customers = table{"customer", []string{"externalid", "entityid"}, "customer", "customer", "Lists > Relationships > Customers", "entityid", "companyname"}
	items     = table{"item", []string{"itemid", "externalid"}, "item", "item", "Lists > Accounting > Items", "itemid", "displayname"}
)

// placeTables are the three that a line can be booked on.
func placeTables() map[string]table {
	return map[string]table{
		"department": {"department", []string{"externalid", "name", "fullname"}, "cost_centres", "department", "Setup > Company > Departments", "", ""},
		"class":      {"classification", []string{"externalid", "name", "fullname"}, "cost_centres", "class", "Setup > Company > Classes", "", ""},
		"location":   {"location", []string{"externalid", "name", "fullname"}, "cost_centres", "location", "Setup > Company > Locations", "", ""},
	}
}

// openBooks looks up everything that a bill needs, before anything is written: a
// bill that cannot be made leaves no trace.
func (c *Connector) openBooks(ctx context.Context, b staffing.Bill, f fields) (books, error) {
	out := books{items: map[string]string{}, places: map[string]map[string]string{}}
	wanted := map[string][]string{}
	for _, l := range b.Lines {
		out.items[c.item(l.Unit, f)] = ""
		for dim, code := range c.dimensions(l, f) {
			wanted[dim] = append(wanted[dim], code)
		}
	}
	var err error
	if out.customer, err = c.one(ctx, customers, f.customer(b)); err != nil {
		return books{}, err
	}
	if out.currency, err = c.currency(ctx, b.Currency); err != nil {
		return books{}, err
	}
	for name := range out.items {
		if out.items[name], err = c.one(ctx, items, name); err != nil {
			return books{}, err
		}
	}
	for dim, codes := range wanted {
		if out.places[dim], err = c.ids(ctx, placeTables()[dim], codes); err != nil {
			return books{}, err
		}
	}
	return out, nil
}

func (c *Connector) currency(ctx context.Context, code string) (string, error) {
	list, err := rows[struct {
		ID text `json:"id"`
	}](ctx, c, query{columns: "id", from: "currency", where: "symbol = " + quote(code), order: "id"}, 2)
	if err != nil {
		return "", explain(err, "cannot look up the currency")
	}
	if len(list) != 1 {
		return "", &staffing.Error{Code: staffing.Invalid, Field: "currency", Message: "NetSuite has no currency " + cut(code) + "; add it at Lists > Accounting > Currencies"}
	}
	return string(list[0].ID), nil
}

func (c *Connector) one(ctx context.Context, t table, wanted string) (string, error) {
	ids, err := c.ids(ctx, t, []string{wanted})
	return ids[wanted], err
}

// ids finds records by internal id or by the columns of t. Each must be there, active
// and only once.
func (c *Connector) ids(ctx context.Context, t table, wanted []string) (map[string]string, error) {
	wanted = slices.Compact(slices.Sorted(slices.Values(wanted)))
	list, err := rows[map[string]text](ctx, c, t.query(wanted), 200)
	if err != nil {
		return nil, explain(err, "cannot look up the %s", t.what)
	}
	out := map[string]string{}
	for _, w := range wanted {
		row, err := t.pick(list, w)
		if err != nil {
			return nil, err
		}
		if row["isinactive"] == "T" {
			return nil, &staffing.Error{Code: staffing.Invalid, Field: t.field, Message: fmt.Sprintf("the %s %q is inactive in NetSuite: see %s", t.what, cut(w), t.menu)}
		}
		out[w] = string(row["id"])
	}
	return out, nil
}

func (t table) query(wanted []string) query {
	var values, numbers []string
	for _, w := range wanted {
		values = append(values, quote(w))
		if numeric.MatchString(w) {
			numbers = append(numbers, w)
		}
	}
	var either []string
	for _, col := range t.columns {
		either = append(either, col+" IN ("+strings.Join(values, ", ")+")")
	}
	if len(numbers) > 0 {
		either = append(either, "id IN ("+strings.Join(numbers, ", ")+")")
	}
	return query{columns: "id, " + strings.Join(t.columns, ", ") + ", isinactive", from: t.name, where: strings.Join(either, " OR "), order: "id"}
}

// pick takes the row that is called so: by the first column that has it, and by the
// internal id last.
func (t table) pick(list []map[string]text, wanted string) (map[string]text, error) {
	for _, col := range append(slices.Clone(t.columns), "id") {
		var hits []map[string]text
		for _, row := range list {
			if string(row[col]) == wanted {
				hits = append(hits, row)
			}
		}
		if len(hits) > 1 {
			return nil, &staffing.Error{Code: staffing.Invalid, Field: t.field,
				Message: fmt.Sprintf("NetSuite has more than one %s %q; give its external id or internal id instead: see %s", t.what, cut(wanted), t.menu)}
		}
		if len(hits) == 1 && numeric.MatchString(string(hits[0]["id"])) {
			return hits[0], nil
		}
	}
	return nil, &staffing.Error{Code: staffing.Invalid, Field: t.field, Message: fmt.Sprintf("NetSuite has no %s %q: see %s", t.what, cut(wanted), t.menu)}
}
