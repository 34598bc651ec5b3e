package tryton

import (
	"cmp"
	"context"
	"strings"
	"unicode"

	"github.com/tributary-hub/tributary/staffing"
)

// entry is a party or a product as a search reads it.
type entry struct {
	Code     *string `json:"code"`
	Name     string  `json:"rec_name"` // of a party without a name its code
	Template struct {
		Name string `json:"name"`
	} `json:"template."`
}

// SearchBooks looks for parties and for products, among those that are active and have
// a code. A code that no party has is no mistake of a bill: the party is made then.
func (c *Connector) SearchBooks(ctx context.Context, noun staffing.BookNoun, text string) ([]staffing.BookEntry, error) {
	pattern := like(text)
	switch noun {
	case staffing.BookCustomer:
		return c.entries(ctx, "party.party", "name", list{}, pattern)
	case staffing.BookItem:
		wanted, err := c.salable(ctx)
		if err != nil {
			return nil, err
		}
		return c.entries(ctx, "product.product", "template.name", append(wanted, list{"template.active", "=", true}), pattern)
	}
	return nil, staffing.Errorf(staffing.Invalid, "Tryton is searched for customers and items, not for %q", noun)
}

// salable gives the clause that leaves out what the firm only buys. The field comes
// with Tryton's module for sales orders; without it there is no such difference.
func (c *Connector) salable(ctx context.Context) (list, error) {
	var defs map[string]definition
	if err := c.read(ctx, "product.template.fields_get", list{[]string{"salable"}}, &defs); err != nil {
		return nil, explain(err, "cannot read the fields of Tryton's products")
	}
	if _, known := defs["salable"]; !known {
		return list{}, nil
	}
	return list{list{"template.salable", "=", true}}, nil
}

func (c *Connector) entries(ctx context.Context, model, name string, domain list, pattern string) ([]staffing.BookEntry, error) {
	domain = append(domain, list{"code", "!=", nil}, list{"code", "!=", ""})
	if pattern != "" {
		domain = append(domain, list{"OR", list{"code", "ilike", pattern}, list{name, "ilike", pattern}})
	}
	fields := []string{"code", "rec_name"}
	if name != "name" {
		fields = append(fields, name)
	}
	var rows []entry
	order := list{list{name, "ASC"}, list{"id", "ASC"}}
	if err := c.read(ctx, model+".search_read", list{domain, 0, staffing.MostBookEntries, order, fields}, &rows); err != nil {
		return nil, explain(err, "cannot search Tryton's books")
	}
	var out []staffing.BookEntry
	for _, r := range rows {
		code := value(r.Code)
		if strings.TrimSpace(code) == "" {
			continue
		}
		out = append(out, staffing.BookEntry{Code: code, Name: cmp.Or(strings.TrimSpace(r.Template.Name), strings.TrimSpace(r.Name), code)})
	}
	return staffing.FirstEntries(out), nil
}

// like makes a pattern that finds the text itself wherever it stands; "" for no text.
// The database would refuse a NUL, and nobody searches for the other control characters.
func like(text string) string {
	text = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text))
	if text == "" {
		return ""
	}
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}
