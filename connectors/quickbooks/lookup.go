package quickbooks

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// row is what the look-ups read of customers, services, classes and tax codes.
type row struct {
	ID                                    string `json:"Id"`
	DisplayName, Name, FullyQualifiedName string
	Type                                  string // of a product or service
	Active                                *bool
	CurrencyRef                           ref
}

type ref struct {
	Value string `json:"value,omitempty"`
	Name  string `json:"name,omitempty"`
}

// preferences are the company's own settings.
type preferences struct {
	CurrencyPrefs struct {
		MultiCurrencyEnabled bool
		HomeCurrency         ref
	}
	AccountingInfoPrefs struct{ ClassTrackingPerTxnLine bool }
	SalesFormsPrefs     struct{ AllowEstimates *bool }
}

// maxCustom is how many characters a custom field holds.
const maxCustom = 31

// books are the records of the firm's accounting that a bill refers to, by id.
type books struct {
	customer string
	currency string // "": the company has one currency only, and is not told it
	items    map[staffing.Unit]string
	taxCode  string
	classes  map[string]string
}

// openBooks looks up everything that a bill refers to, before anything is written: a
// bill that cannot be made leaves no trace. A customer is not made: names, terms and
// tax of a client are finance's.
func (c *Connector) openBooks(ctx context.Context, b staffing.Bill, f fields) (out books, err error) {
	if c.set["po_field"] != "" && len([]rune(f.purchaseOrder(b))) > maxCustom {
		return books{}, &staffing.Error{Code: staffing.Invalid, Field: "purchase_order", Message: "the purchase order has more than the 31 characters of a custom field in QuickBooks"}
	}
	prefs, err := c.preferences(ctx)
	if err != nil {
		return books{}, err
	}
	customer, err := c.customer(ctx, b, f)
	if err != nil {
		return books{}, err
	}
	out.customer, out.items = customer.ID, map[staffing.Unit]string{}
	if out.currency, err = currency(b.Currency, prefs, customer); err != nil {
		return books{}, err
	}
	for _, l := range b.Lines {
		if _, known := out.items[l.Unit]; !known {
			item, err := c.item(ctx, c.itemName(l.Unit, f))
			if err != nil {
				return books{}, err
			}
			out.items[l.Unit] = item
		}
	}
	if out.taxCode, err = c.taxCode(ctx, f); err != nil {
		return books{}, err
	}
	out.classes, err = c.classes(ctx, b, f, prefs)
	return out, err
}

// currency: a customer has one currency for good, and a company without
// multicurrency has one for all.
func currency(wanted string, p preferences, customer row) (string, error) {
	has, whose := p.CurrencyPrefs.HomeCurrency.Value, "the company in QuickBooks has the currency "
	if p.CurrencyPrefs.MultiCurrencyEnabled {
		has, whose = customer.CurrencyRef.Value, "the customer in QuickBooks has the currency "
	}
	if has != wanted {
		return "", &staffing.Error{Code: staffing.Invalid, Field: "currency", Message: whose + cut(has) + ", the bill is in " + wanted + "; QuickBooks needs a customer of that currency"}
	}
	if p.CurrencyPrefs.MultiCurrencyEnabled {
		return wanted, nil
	}
	return "", nil
}

func (c *Connector) preferences(ctx context.Context) (preferences, error) {
	rows, err := c.query(ctx, "Preferences", "")
	if err != nil {
		return preferences{}, explain(err, "cannot read the company's preferences")
	}
	if len(rows.Preferences) != 1 || rows.Preferences[0].CurrencyPrefs.HomeCurrency.Value == "" {
		return preferences{}, staffing.Errorf(staffing.Unavailable, "QuickBooks' answer for the company's preferences makes no sense")
	}
	return rows.Preferences[0], nil
}

// lookup asks one entity for one value of one field.
type lookup struct {
	entity, field, value string
	cell                 string // of the bill map: the field of an error
	what, remedy         string
}

// customer gives whom the bill map names, by display name or id. Else the client's code
// is a display name, and when nobody has it, the client's name: never an id, for a
// client's code may be a number of another kind.
func (c *Connector) customer(ctx context.Context, b staffing.Bill, f fields) (row, error) {
	l := lookup{"Customer", "DisplayName", strings.TrimSpace(f.Customer), "customer", "customer", "see Sales > Customers, or let the client or the bill map name another customer"}
	if l.value != "" {
		return c.one(ctx, l)
	}
	names := slices.Compact([]string{strings.TrimSpace(b.ClientCode), strings.TrimSpace(b.ClientName)})
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	for _, name := range names {
		list, err := c.active(ctx, l, is(l.field, name))
		if err != nil || len(list) > 0 {
			l.value = name
			return only(l, list, err)
		}
	}
	l.value = strings.Join(names, " or ")
	return only(l, nil, nil)
}

func (c *Connector) item(ctx context.Context, name string) (string, error) {
	r, err := c.one(ctx, lookup{"Item", "Name", name, "item", "product or service", "see Sales > Products & services"})
	return r.ID, err
}

// taxCode gives the id of a tax code. TAX and NON stand for themselves.
func (c *Connector) taxCode(ctx context.Context, f fields) (string, error) {
	name := first(f.TaxCode, c.set["tax_code"])
	if name == "" || isAutomatic(name) {
		return name, nil
	}
	r, err := c.one(ctx, lookup{"TaxCode", "Name", name, "tax_code", "tax code", "see Taxes > Sales tax"})
	return r.ID, err
}

func isAutomatic(code string) bool { return code == "TAX" || code == "NON" }

// classes gives the ids of the cost centres of a bill.
func (c *Connector) classes(ctx context.Context, b staffing.Bill, f fields, p preferences) (map[string]string, error) {
	out := map[string]string{}
	for _, l := range b.Lines {
		name := f.centre(l)
		if _, known := out[name]; name == "" || known {
			continue
		}
		if !p.AccountingInfoPrefs.ClassTrackingPerTxnLine {
			return nil, &staffing.Error{Code: staffing.Invalid, Field: "cost_centres",
				Message: "QuickBooks keeps no class for each line; turn it on at Settings > Account and settings > Advanced > Categories, Track classes, one to each row in transaction"}
		}
		r, err := c.one(ctx, lookup{"Class", "Name", name, "cost_centres", "class", "add it at Settings > All lists > Classes, or correct the placement"})
		if err != nil {
			return nil, err
		}
		out[name] = r.ID
	}
	return out, nil
}

// one gives the active record of that name, or of that id when the value is a number.
func (c *Connector) one(ctx context.Context, l lookup) (row, error) {
	if strings.TrimSpace(l.value) == "" {
		return row{}, &staffing.Error{Code: staffing.Invalid, Field: l.cell, Message: "the bill needs a " + l.what + "; " + l.remedy}
	}
	field := l.field
	if strings.Trim(l.value, "0123456789") == "" {
		field = "Id"
	}
	list, err := c.active(ctx, l, is(field, l.value))
	return only(l, list, err)
}

// active gives the records that a condition finds and that are not put away.
func (c *Connector) active(ctx context.Context, l lookup, which string) ([]row, error) {
	rows, err := c.query(ctx, l.entity, which)
	if err != nil {
		return nil, explain(err, "cannot look up the %s", l.what)
	}
	list, err := decode(map[string][]json.RawMessage{"Customer": rows.Customer, "Item": rows.Item, "Class": rows.Class, "TaxCode": rows.TaxCode}[l.entity])
	return slices.DeleteFunc(list, func(r row) bool { return r.Active != nil && !*r.Active }), err
}

// only gives the one record of a list, or says why there is none.
func only(l lookup, list []row, err error) (row, error) {
	switch {
	case err != nil:
		return row{}, err
	case len(list) == 0:
		return row{}, &staffing.Error{Code: staffing.Invalid, Field: l.cell, Message: "QuickBooks has no active " + l.what + " " + cut(l.value) + "; " + l.remedy}
	case len(list) > 1:
		return row{}, &staffing.Error{Code: staffing.Invalid, Field: l.cell, Message: "QuickBooks has more than one " + l.what + " " + cut(l.value) + "; give its id instead"}
	case list[0].ID == "":
		return row{}, staffing.Errorf(staffing.Unavailable, "QuickBooks' answer for the %s %s makes no sense", l.what, cut(l.value))
	}
	return list[0], nil
}

func decode(list []json.RawMessage) ([]row, error) {
	out := make([]row, len(list))
	for i, raw := range list {
		if err := json.Unmarshal(raw, &out[i]); err != nil {
			return nil, staffing.Errorf(staffing.Unavailable, "QuickBooks' answer to a query makes no sense: %w", err)
		}
	}
	return out, nil
}
