package tryton

import (
	"context"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// books are the records of the firm's accounting that a bill refers to.
type books struct {
	currency   named
	journal    int64
	receivable int64
	term       int64
	taxes      []int64
	root       int64 // of the cost centres; 0 when the bill has none
	products   map[string]product
	units      map[staffing.Unit]named
	centres    map[string]int64
}

// unitNames are the units of measure that Tryton ships, in English. "Work Day" is
// another thing than "Day"; a placement's day rate is per day.
func unitNames() map[staffing.Unit]string {
	return map[staffing.Unit]string{staffing.Hour: "Hour", staffing.Day: "Day", staffing.Week: "Week", staffing.Month: "Month",
		staffing.Year: "Year", staffing.Each: "Unit", staffing.Flat: "Unit"}
}

// openBooks looks up everything that a bill needs, before anything is written: a
// bill that cannot be made leaves no trace.
func (c *Connector) openBooks(ctx context.Context, b staffing.Bill, f fields) (books, error) {
	out := books{products: map[string]product{}, units: map[staffing.Unit]named{}, centres: map[string]int64{}}
	for _, step := range []func() error{
		func() (err error) { out.currency, err = c.currency(ctx, b.Currency); return },
		func() (err error) { out.journal, err = c.journal(ctx); return },
		func() (err error) { out.receivable, err = c.receivable(ctx); return },
		func() (err error) { out.term, err = c.term(ctx, f.PaymentTerm); return },
		func() (err error) { out.taxes, err = c.taxes(ctx); return },
		func() error { return c.lineBooks(ctx, b, f, &out) },
		func() error { return c.costCentres(ctx, b, &out) },
	} {
		if err := step(); err != nil {
			return books{}, err
		}
	}
	return out, nil
}

func (c *Connector) currency(ctx context.Context, code string) (named, error) {
	return c.one(ctx, query{model: "currency.currency", domain: list{list{"code", "=", code}}, fields: []string{"digits"}, field: "currency",
		what: "currency " + cut(code), remedy: "add it at Currency > Currencies"})
}

func (c *Connector) journal(ctx context.Context) (int64, error) {
	var rows []named
	err := c.search(ctx, "account.journal", list{list{"type", "=", "revenue"}}, 1, []string{"name"}, &rows)
	if err != nil {
		return 0, explain(err, "cannot look up the revenue journal")
	}
	if len(rows) == 0 {
		return 0, &staffing.Error{Code: staffing.Invalid, Field: "journal", Message: "Tryton has no journal of type revenue; add one at Financial > Configuration > Journals"}
	}
	return rows[0].ID, nil
}

func (c *Connector) term(ctx context.Context, wanted string) (int64, error) {
	if wanted == "" {
		wanted = c.set["payment_term"]
	}
	found, err := c.one(ctx, query{model: "account.invoice.payment_term", domain: list{list{"name", "=", wanted}}, fields: []string{"name"},
		field: "payment_term", what: "payment term " + cut(wanted), remedy: "see Financial > Configuration > Payment Terms"})
	return found.ID, err
}

func (c *Connector) taxes(ctx context.Context) ([]int64, error) {
	if c.set["tax"] == "" {
		return nil, nil
	}
	found, err := c.one(ctx, query{model: "account.tax", domain: list{list{"name", "=", c.set["tax"]}, list{"company", "=", c.company}},
		fields: []string{"name"}, field: "tax", what: "tax " + cut(c.set["tax"]), remedy: "see Financial > Configuration > Taxes"})
	return []int64{found.ID}, err
}

// lineBooks looks up products and units, each once.
func (c *Connector) lineBooks(ctx context.Context, b staffing.Bill, f fields, out *books) error {
	names := unitNames()
	for _, l := range b.Lines {
		code := c.productCode(b, l.Unit, f)
		if _, known := out.products[code]; !known {
			p, err := c.product(ctx, code)
			if err != nil {
				return err
			}
			out.products[code] = p
		}
		if _, known := out.units[l.Unit]; !known {
			name := names[l.Unit]
			if name == "" {
				return &staffing.Error{Code: staffing.Invalid, Field: "unit", Message: "the bill has a line without a unit that Tryton could bill by"}
			}
			u, err := c.one(ctx, query{model: "product.uom", domain: list{list{"name", "=", name}}, fields: []string{"name", "digits"},
				field: "unit", what: "unit of measure " + name, remedy: "see Product > Configuration > Units of Measure"})
			if err != nil {
				return err
			}
			out.units[l.Unit] = u
		}
	}
	return nil
}

// productCode: the bill map comes first, then what the bill itself names, then the
// connection.
func (c *Connector) productCode(b staffing.Bill, u staffing.Unit, f fields) string {
	switch {
	case f.ProductCode != "":
		return f.ProductCode
	case b.Item != "":
		return b.Item
	case u == staffing.Flat || u == staffing.Each:
		return c.set["fee_product"]
	default:
		return c.set["hours_product"]
	}
}

// costCentres looks up the analytic accounts of a bill below the root.
func (c *Connector) costCentres(ctx context.Context, b staffing.Bill, out *books) error {
	var codes []string
	for _, l := range b.Lines {
		if l.CostCentre != "" && !slices.Contains(codes, l.CostCentre) {
			codes = append(codes, l.CostCentre)
		}
	}
	if len(codes) == 0 {
		return nil
	}
	root, err := c.analyticRoot(ctx)
	if err != nil {
		return err
	}
	var rows []named
	domain := list{list{"root", "=", root}, list{"code", "in", codes}, list{"type", "in", []string{"normal", "distribution"}}}
	if err := c.search(ctx, "analytic_account.account", domain, len(codes)+1, []string{"code", "name"}, &rows); err != nil {
		return explain(err, "cannot look up the cost centres")
	}
	for _, r := range rows {
		if r.Code != nil {
			out.centres[*r.Code] = r.ID
		}
	}
	var missing []string
	for _, code := range codes {
		if out.centres[code] == 0 {
			missing = append(missing, cut(code))
		}
	}
	if len(missing) > 0 {
		return &staffing.Error{Code: staffing.Invalid, Field: "cost_centres",
			Message: "Tryton has no cost centre " + strings.Join(missing, ", ") + " below " + c.set["analytic_root"] + "; add it at Financial > Configuration > Analytic > Accounts, or correct the placement"}
	}
	out.root = root
	return nil
}

func (c *Connector) analyticRoot(ctx context.Context) (int64, error) {
	found, err := c.one(ctx, query{model: "analytic_account.account", fields: []string{"name"}, field: "analytic_root",
		domain: list{list{"code", "=", c.set["analytic_root"]}, list{"type", "=", "root"}, list{"company", "=", c.company}},
		what:   "analytic root account " + cut(c.set["analytic_root"]), remedy: "give its code in the connection's settings"})
	return found.ID, err
}
