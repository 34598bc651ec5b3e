package intacct

import (
	"context"

	"github.com/tributary-hub/tributary/staffing"
)

// maxOptions is how many names a pick list may have: a longer one is no list that a
// person picks from, and a part of it would make the rest look gone.
const maxOptions = 500

// Fields gives what the bill map may set, with the customers, accounts, locations,
// departments and classes that this company has.
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	var out []staffing.VendorField
	for _, f := range []struct{ key, label, object string }{
		{"customer", "Customer", customerObject}, {"account", "GL account of every line", accountObject},
		{"location", "Location", dimensionObject("location")}, {"department", "Department", dimensionObject("department")}, {"class", "Class", dimensionObject("class")},
	} {
		rows, more, err := ask[struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		}](ctx, c, question{Object: f.object, Fields: []string{"id", "name"}, Filters: []map[string]any{equal("status", "active")}, Size: maxOptions, Order: []map[string]any{{"id": "asc"}}})
		if err != nil {
			return nil, explain(err, "cannot read the list of the field %s", f.label)
		}
		field := staffing.VendorField{Section: "bill", Key: f.key, Label: f.label, Type: "choice"}
		for _, r := range rows {
			if !more && r.ID != "" {
				field.Options = append(field.Options, staffing.FieldOption{Value: r.ID, Label: first(r.Name, r.ID)})
			}
		}
		out = append(out, field)
	}
	return append(out,
		staffing.VendorField{Section: "bill", Key: "reference", Label: "Reference number", Type: "text"},
		staffing.VendorField{Section: "bill", Key: "description", Label: "Memo of every line", Type: "text"},
		staffing.VendorField{Section: "bill", Key: "project", Label: "Project", Type: "text"},
		staffing.VendorField{Section: "bill", Key: "due_days", Label: "Days until due", Type: "number"}), nil
}
