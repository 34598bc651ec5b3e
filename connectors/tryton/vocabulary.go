package tryton

import (
	"context"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// maxOptions is how many names a pick list may have: a longer one is no list that a
// person picks from, and a part of it would make the rest look gone.
const maxOptions = 500

// definition is what fields_get says of one field.
type definition struct {
	Label    string `json:"string"`
	Type     string `json:"type"`
	Required bool   `json:"required"`
}

// Fields gives what the bill map may set, with the labels of the invoice's own
// fields, and the payment terms and products that this company has.
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	var defs map[string]definition
	names := []string{"reference", "payment_term", "comment"}
	if err := c.read(ctx, "account.invoice.fields_get", list{names}, &defs); err != nil {
		return nil, explain(err, "cannot read the fields of Tryton's invoices")
	}
	var out []staffing.VendorField
	for _, name := range names {
		d := defs[name]
		if d.Label == "" {
			return nil, staffing.Errorf(staffing.Unavailable, "Tryton does not describe the field %s of an invoice", name)
		}
		out = append(out, staffing.VendorField{Section: "bill", Key: name, Label: d.Label, Type: typeWord(d.Type), Required: d.Required})
	}
	terms, err := c.names(ctx, "account.invoice.payment_term", list{}, "name")
	if err != nil {
		return nil, explain(err, "cannot read the payment terms")
	}
	products, err := c.names(ctx, "product.product", list{list{"code", "!=", nil}}, "code")
	if err != nil {
		return nil, explain(err, "cannot read the products")
	}
	out[1].Options, out[1].Type = terms, "choice"
	return append(out,
		staffing.VendorField{Section: "bill", Key: "product_code", Label: "Product of every line", Type: "choice", Options: products},
		staffing.VendorField{Section: "bill", Key: "description", Label: "Text of every line", Type: "text"}), nil
}

// names gives one field of all records of a model; none when there are too many.
func (c *Connector) names(ctx context.Context, model string, domain list, field string) ([]staffing.FieldOption, error) {
	var rows []map[string]any
	if err := c.search(ctx, model, domain, maxOptions+1, []string{field}, &rows); err != nil {
		return nil, err
	}
	var out []staffing.FieldOption
	seen := map[string]bool{}
	for _, r := range rows {
		name, _ := r[field].(string) // null: a record without one
		if name = strings.TrimSpace(name); name != "" && !seen[name] {
			seen[name] = true
			out = append(out, staffing.FieldOption{Value: name, Label: name})
		}
	}
	if len(rows) > maxOptions {
		return nil, nil
	}
	return out, nil
}

func typeWord(kind string) string {
	word := map[string]string{"text": "long text", "date": "date", "numeric": "amount", "integer": "number", "float": "number", "boolean": "yes or no", "many2one": "choice"}[kind]
	if word == "" {
		return "text"
	}
	return word
}
