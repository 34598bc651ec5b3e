package tryton

import (
	"context"
	"fmt"
	"strconv"

	"github.com/tributary-hub/tributary/staffing"
)

// named is what the look-ups read of a record.
type named struct {
	ID     int64   `json:"id"`
	Code   *string `json:"code"`
	Name   string  `json:"name"`
	Digits int32   `json:"digits"`
}

// search reads records that match a domain, oldest first.
func (c *Connector) search(ctx context.Context, model string, domain list, limit int, fields []string, out any) error {
	return c.read(ctx, model+".search_read", list{domain, 0, limit, list{list{"id", "ASC"}}, fields}, out)
}

// one looks a record up that must be there exactly once. what and where make the
// sentence when it is not; field is the field that asked for it.
func (c *Connector) one(ctx context.Context, q query) (named, error) {
	var rows []named
	if err := c.search(ctx, q.model, q.domain, 2, q.fields, &rows); err != nil {
		return named{}, explain(err, "cannot look up %s", q.what)
	}
	switch len(rows) {
	case 1:
		if d := rows[0].Digits; rows[0].ID <= 0 || d < 0 || d > maxPlaces {
			return named{}, staffing.Errorf(staffing.Unavailable, "Tryton's answer for %s makes no sense", q.what)
		}
		return rows[0], nil
	case 0:
		return named{}, &staffing.Error{Code: staffing.Invalid, Field: q.field, Message: "Tryton has no " + q.what + "; " + q.remedy}
	default:
		return named{}, &staffing.Error{Code: staffing.Invalid, Field: q.field, Message: "Tryton has more than one " + q.what + "; " + q.remedy}
	}
}

type query struct {
	model  string
	domain list
	fields []string
	field  string // the field or setting that the error names
	what   string // "currency USD"
	remedy string // what a person does when it is missing
}

// account looks up an account of a type (receivable, revenue) by code, name or id.
func (c *Connector) account(ctx context.Context, kind, wanted, field string) (int64, error) {
	either := list{"OR", list{"code", "=", wanted}, list{"name", "=", wanted}}
	id, err := strconv.ParseInt(wanted, 10, 32)
	if err == nil {
		either = append(either, list{"id", "=", id})
	}
	var rows []named
	domain := list{list{"company", "=", c.company}, list{"type." + kind, "=", true}, either}
	if err := c.search(ctx, "account.account", domain, 20, []string{"code", "name"}, &rows); err != nil {
		return 0, explain(err, "cannot look up the %s account", kind)
	}
	for _, same := range []func(named) bool{
		func(n named) bool { return n.Code != nil && *n.Code == wanted },
		func(n named) bool { return n.Name == wanted },
		func(n named) bool { return n.ID == id },
	} {
		if found := matching(rows, same); len(found) == 1 {
			return found[0].ID, nil
		} else if len(found) > 1 {
			return 0, &staffing.Error{Code: staffing.Invalid, Field: field,
				Message: fmt.Sprintf("Tryton has more than one %s account %q; give its id instead", kind, cut(wanted))}
		}
	}
	return 0, &staffing.Error{Code: staffing.Invalid, Field: field,
		Message: fmt.Sprintf("Tryton has no %s account %q in company %d", kind, cut(wanted), c.company)}
}

func matching(rows []named, same func(named) bool) (out []named) {
	for _, r := range rows {
		if same(r) {
			out = append(out, r)
		}
	}
	return out
}

// onlyAccount gives the account of a type when there is just one.
func (c *Connector) onlyAccount(ctx context.Context, kind, field string) (int64, error) {
	found, err := c.one(ctx, query{model: "account.account", fields: []string{"name"}, field: field,
		domain: list{list{"company", "=", c.company}, list{"type." + kind, "=", true}, list{"closed", "!=", true}},
		what:   kind + " account", remedy: "name it in the connection's settings"})
	return found.ID, err
}

// receivable gives the account that the invoice is booked on.
func (c *Connector) receivable(ctx context.Context) (int64, error) {
	if wanted := c.set["receivable_account"]; wanted != "" {
		return c.account(ctx, "receivable", wanted, "receivable_account")
	}
	var rows []struct {
		Account *int64 `json:"default_account_receivable"`
	}
	err := c.read(ctx, "account.configuration.read", list{list{1}, list{"default_account_receivable"}}, &rows)
	if err != nil {
		return 0, explain(err, "cannot look up the default receivable account")
	}
	if len(rows) == 1 && rows[0].Account != nil {
		return *rows[0].Account, nil
	}
	return c.onlyAccount(ctx, "receivable", "receivable_account")
}

// product is what lines are billed with, and the account they are booked on.
type product struct{ id, revenue int64 }

func (c *Connector) product(ctx context.Context, code string) (product, error) {
	var rows []struct {
		ID       int64 `json:"id"`
		Template struct {
			Category struct {
				Revenue *int64 `json:"account_revenue"`
			} `json:"account_category."`
		} `json:"template."`
	}
	domain := list{list{"code", "=", code}}
	if err := c.search(ctx, "product.product", domain, 2, []string{"template.account_category.account_revenue"}, &rows); err != nil {
		return product{}, explain(err, "cannot look up the product")
	}
	if len(rows) != 1 {
		count := map[int]string{0: "no product", 2: "more than one product"}[len(rows)]
		return product{}, &staffing.Error{Code: staffing.Invalid, Field: "product_code",
			Message: fmt.Sprintf("Tryton has %s with the code %q: see Product > Products > Variants", count, cut(code))}
	}
	p := product{id: rows[0].ID}
	var err error
	switch own := rows[0].Template.Category.Revenue; {
	case c.set["revenue_account"] != "":
		p.revenue, err = c.account(ctx, "revenue", c.set["revenue_account"], "revenue_account")
	case own != nil:
		p.revenue = *own
	default:
		p.revenue, err = c.onlyAccount(ctx, "revenue", "revenue_account")
	}
	return p, err
}
