package netsuite

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// SearchBooks looks among the active customers or items. INSTR takes the text as it
// is, where LIKE would read % and _ as wildcards.
func (c *Connector) SearchBooks(ctx context.Context, noun staffing.BookNoun, text string) ([]staffing.BookEntry, error) {
	t, ok := map[staffing.BookNoun]table{staffing.BookCustomer: customers, staffing.BookItem: items}[noun]
	if !ok {
		return nil, staffing.Errorf(staffing.Invalid, "NetSuite is searched for customers and items only")
	}
	list, err := searched(ctx, c, t.search(strings.TrimSpace(cut(text))))
	if err != nil {
		return nil, explain(err, "cannot search for the %s", t.what)
	}
	var out []staffing.BookEntry
	times := map[string]int{}
	for _, row := range list {
		e := t.entry(row)
		out = append(out, e)
		times[e.Code]++
	}
	for i, row := range list {
		if times[out[i].Code] > 1 { // a bill must not have to choose
			out[i].Code = string(row["id"])
		}
	}
	return out, nil
}

// searched takes the first rows; that there are more is no error here.
func searched(ctx context.Context, c *Connector, q query) ([]map[string]text, error) {
	list, err := rows[map[string]text](ctx, c, q, staffing.MostBookEntries)
	if errors.Is(err, errTooMany) {
		err = nil
	}
	return list, err
}

func (t table) search(text string) query {
	where := "isinactive = 'F'"
	if text != "" {
		var either []string
		for _, col := range slices.Concat(t.columns, []string{t.label}) {
			either = append(either, "INSTR(LOWER("+col+"), LOWER("+quote(text)+")) > 0")
		}
		where += " AND (" + strings.Join(either, " OR ") + ")"
	}
	return query{columns: "id, " + strings.Join(t.columns, ", ") + ", " + t.label, from: t.name, where: where,
		order: "LOWER(NVL(" + t.label + ", " + t.called + ")), id"}
}

// entry names a record as a bill does: by the first of the columns that it has.
func (t table) entry(row map[string]text) staffing.BookEntry {
	code := string(row["id"])
	for i := len(t.columns) - 1; i >= 0; i-- {
		code = first(string(row[t.columns[i]]), code)
	}
	return staffing.BookEntry{Code: code, Name: first(string(row[t.label]), string(row[t.called]), code)}
}
