package quickbooks

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// searchPage is how many rows one query of a search asks for, and maxSearchPages how
// many queries it makes at most.
const (
	searchPage     = 100
	maxSearchPages = 5
)

// place is where a noun stands in the books.
type place struct {
	entity, name string
	entry        func(row) staffing.BookEntry
}

func placeOf(noun staffing.BookNoun) (place, error) {
	switch noun {
	case staffing.BookCustomer:
		return place{"Customer", "DisplayName", func(r row) staffing.BookEntry {
			return staffing.BookEntry{Code: r.DisplayName, Name: first(r.FullyQualifiedName, r.DisplayName)}
		}}, nil
	case staffing.BookItem:
		return place{"Item", "Name", func(r row) staffing.BookEntry {
			if r.Type == "Category" || r.Type == "Group" { // no line can sell one
				return staffing.BookEntry{}
			}
			return staffing.BookEntry{Code: r.ID, Name: first(r.FullyQualifiedName, r.Name)}
		}}, nil
	}
	return place{}, &staffing.Error{Code: staffing.Invalid, Field: "noun", Message: "QuickBooks is searched for customers and for items only"}
}

// SearchBooks gives active customers by their display name, which is their code too,
// and active products and services by name or id: only the id is an item's alone.
func (c *Connector) SearchBooks(ctx context.Context, noun staffing.BookNoun, text string) ([]staffing.BookEntry, error) {
	p, err := placeOf(noun)
	if err != nil {
		return nil, err
	}
	text = strings.TrimSpace(text)
	var out []staffing.BookEntry
	if noun == staffing.BookItem && text != "" && strings.Trim(text, "0123456789") == "" {
		if out, _, err = c.searchPage(ctx, p, text, is("Id", text)); err != nil {
			return nil, err
		}
	}
	for n, more := 0, true; more && n < maxSearchPages && len(out) < staffing.MostBookEntries; n++ {
		var found []staffing.BookEntry
		which := fmt.Sprintf("where Active = true%s orderby %s startposition %d maxresults %d", like(p.name, text), p.name, 1+n*searchPage, searchPage)
		if found, more, err = c.searchPage(ctx, p, text, which); err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return staffing.FirstEntries(out), nil
}

// searchPage asks once. QuickBooks may give more than what holds the text, see like.
func (c *Connector) searchPage(ctx context.Context, p place, text, which string) (out []staffing.BookEntry, more bool, err error) {
	rows, err := c.query(ctx, p.entity, which)
	if err != nil {
		return nil, false, explain(err, "cannot search QuickBooks")
	}
	list, err := decode(map[string][]json.RawMessage{"Customer": rows.Customer, "Item": rows.Item}[p.entity])
	if err != nil {
		return nil, false, err
	}
	for _, r := range list {
		e := p.entry(r)
		if e.Code != "" && (r.Active == nil || *r.Active) && (holds(e.Name, text) || holds(e.Code, text)) {
			out = append(out, e)
		}
	}
	return out, len(list) >= searchPage, nil
}

// like gives the condition that a name holds the text. % is the only wildcard, and no
// way to write it literally is documented; so it stands for itself as well as for
// anything else, and a backslash likewise. Parents of a name are not part of it.
func like(field, text string) string {
	if text = displayName(text); text == "" {
		return ""
	}
	return " and " + field + " LIKE '%" + strings.NewReplacer(`\`, `%`, `'`, `\'`).Replace(text) + "%'"
}

func holds(s, part string) bool { return strings.Contains(strings.ToLower(s), strings.ToLower(part)) }
