package netsuite

import (
	"context"
	"errors"

	"github.com/tributary-hub/tributary/staffing"
)

// maxOptions is how many names a pick list may have: a longer one is no list that a
// person picks from, and a part of it would make the rest look gone.
const maxOptions = 500

// Fields gives what the bill map may set, with the customers, items, departments,
// classes and locations that this account has.
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	out := []staffing.VendorField{
		{Section: "bill", Key: "customer", Label: "Customer", Type: "choice"},
		{Section: "bill", Key: "item", Label: "Item of every line", Type: "choice"},
		{Section: "bill", Key: "department", Label: "Department", Type: "choice"},
		{Section: "bill", Key: "class", Label: "Class", Type: "choice"},
		{Section: "bill", Key: "location", Label: "Location", Type: "choice"},
	}
	places := placeTables()
	for i, t := range []struct{ table, value, label string }{
		{customers.name, "entityid", "companyname"}, {items.name, "itemid", "displayname"},
		{places["department"].name, "name", "fullname"}, {places["class"].name, "name", "fullname"}, {places["location"].name, "name", "fullname"},
	} {
		var err error
		if out[i].Options, err = c.options(ctx, t.table, t.value, t.label); err != nil {
			return nil, explain(err, "cannot read the list of the field %s", out[i].Label)
		}
	}
	return append(out,
		staffing.VendorField{Section: "bill", Key: "reference", Label: "PO #", Type: "text"},
		staffing.VendorField{Section: "bill", Key: "description", Label: "Description of every line", Type: "text"},
		staffing.VendorField{Section: "bill", Key: "memo", Label: "Memo", Type: "text"}), nil
}

// options gives the active records of a table by name; none when there are too many.
func (c *Connector) options(ctx context.Context, table, value, label string) ([]staffing.FieldOption, error) {
	list, err := rows[map[string]text](ctx, c, query{columns: "id, " + value + ", " + label, from: table, where: "isinactive = 'F'", order: value}, maxOptions)
	if errors.Is(err, errTooMany) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var out []staffing.FieldOption
	seen := map[string]bool{}
	for _, row := range list {
		name := string(row[value])
		if name == "" || seen[name] {
			continue
		}
		seen[name] = true
		out = append(out, staffing.FieldOption{Value: name, Label: first(string(row[label]), name)})
	}
	return out, nil
}
