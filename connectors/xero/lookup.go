package xero

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// row is what the look-ups read of contacts, accounts, items and tax rates.
type row struct {
	ContactID, ContactStatus string
	AccountNumber            string
	Code, TaxType, Name      string
	Status, Class            string
	IsSold                   *bool
}

type category struct {
	TrackingCategoryID, Name, Status string
	Options                          []struct{ TrackingOptionID, Name, Status string }
}

type rows struct {
	Contacts, Accounts, Items, TaxRates []row
	TrackingCategories                  []category
}

var isUUID = regexp.MustCompile("^" + uuidPattern + "$").MatchString

// books are the records of the firm's accounting that a bill refers to.
type books struct {
	contact  string   // ContactID
	category category // of the cost centres; empty when the bill has none
}

// openBooks looks up everything that a bill refers to, before anything is written: a
// bill that cannot be made leaves no trace. A contact is not made: terms, tax and
// address of a client are finance's.
func (c *Connector) openBooks(ctx context.Context, b staffing.Bill, f fields) (out books, err error) {
	if out.contact, err = c.contact(ctx, f.contact(b)); err != nil {
		return books{}, err
	}
	for _, l := range b.Lines {
		if err := c.codes(ctx, c.accountCode(l.Unit, f), c.itemCode(b, l.Unit, f)); err != nil {
			return books{}, err
		}
		if !mixed(b.Lines) {
			break // all lines have the same unit, so the same codes
		}
	}
	if t := c.taxType(f); t != "" {
		if err := c.must(ctx, lookup{path: "/TaxRates", field: "TaxType", value: t, cell: "tax_type", what: "tax type", remedy: "see Accounting > Advanced > Tax rates"}); err != nil {
			return books{}, err
		}
	}
	out.category, err = c.costCentres(ctx, b, f)
	return out, err
}

// mixed says that lines of time and of fees stand in one bill.
func mixed(lines []staffing.BillLine) bool {
	return slices.ContainsFunc(lines, func(l staffing.BillLine) bool { return isFee(l.Unit) != isFee(lines[0].Unit) })
}

func isFee(u staffing.Unit) bool { return u == staffing.Flat || u == staffing.Each }

func (c *Connector) codes(ctx context.Context, account, item string) error {
	err := c.must(ctx, lookup{path: "/Accounts", field: "Code", value: account, cell: "account_code", what: "account", remedy: "see Accounting > Chart of accounts"})
	if err != nil || item == "" {
		return err
	}
	return c.must(ctx, lookup{path: "/Items", field: "Code", value: item, cell: "item_code", what: "item", remedy: "see Business > Products and services"})
}

// contact gives the ContactID of an account number, of an id, or of an exact name.
func (c *Connector) contact(ctx context.Context, wanted string) (string, error) {
	tries := []string{"AccountNumber", "Name"}
	if isUUID(wanted) {
		tries = []string{"ContactID"}
	}
	for _, field := range tries {
		found, err := c.search(ctx, lookup{path: "/Contacts", field: field, value: wanted, cell: "contact"})
		if err != nil {
			return "", explain(err, "cannot look up the contact")
		}
		found = slices.DeleteFunc(found, func(r row) bool { return r.ContactStatus != "" && r.ContactStatus != "ACTIVE" })
		switch {
		case len(found) == 1 && isUUID(found[0].ContactID):
			return found[0].ContactID, nil
		case len(found) == 1:
			return "", staffing.Errorf(staffing.Unavailable, "Xero's answer for the contact %s makes no sense", cut(wanted))
		case len(found) > 1:
			return "", &staffing.Error{Code: staffing.Invalid, Field: "contact",
				Message: "Xero has more than one active contact with the " + words(field) + " " + cut(wanted) + "; let the bill map give the ContactID"}
		}
	}
	return "", &staffing.Error{Code: staffing.Invalid, Field: "contact",
		Message: "Xero has no active contact with the account number, id or name " + cut(wanted) + "; enter the client's code as Account number at Contacts, or let the bill map give contact"}
}

func words(field string) string {
	if field == "AccountNumber" {
		return "account number"
	}
	return strings.ToLower(field)
}

// lookup asks one list for one value of one field.
type lookup struct {
	path, field, value string
	cell               string // of the bill map: the field of an error
	what, remedy       string
}

// must says in words that a record is missing or not active.
func (c *Connector) must(ctx context.Context, l lookup) error {
	found, err := c.search(ctx, l)
	if err != nil {
		return explain(err, "cannot look up the %s", l.what)
	}
	found = slices.DeleteFunc(found, func(r row) bool { return r.Status != "" && r.Status != "ACTIVE" })
	if len(found) == 0 {
		return &staffing.Error{Code: staffing.Invalid, Field: l.cell, Message: "Xero has no active " + l.what + " " + cut(l.value) + "; " + l.remedy}
	}
	return nil
}

// search filters a list by one field. Xero's filter is an expression, so a value that
// would end the text in it is refused.
func (c *Connector) search(ctx context.Context, l lookup) ([]row, error) {
	if !askable(l.value) {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: l.cell, Message: "Xero cannot be asked for " + cut(l.value) + ": empty, or with a quote, a backslash or a new line in it"}
	}
	q := url.Values{"where": {l.field + `=="` + l.value + `"`}}
	if l.field == "ContactID" {
		q = url.Values{"IDs": {l.value}}
	}
	var out rows
	if _, err := c.get(ctx, l.path, q, &out); err != nil {
		return nil, err
	}
	list := map[string][]row{"/Contacts": out.Contacts, "/Accounts": out.Accounts, "/Items": out.Items, "/TaxRates": out.TaxRates}[l.path]
	if list == nil {
		return nil, staffing.Errorf(staffing.Unavailable, "Xero's answer for %s holds no list", l.path)
	}
	return list, nil
}

// costCentres gives the tracking category when a line has a cost centre, and refuses
// one that is no active option of it.
func (c *Connector) costCentres(ctx context.Context, b staffing.Bill, f fields) (category, error) {
	var wanted []string
	for _, l := range b.Lines {
		if code := f.centre(l); code != "" && !slices.Contains(wanted, code) {
			wanted = append(wanted, code)
		}
	}
	if len(wanted) == 0 {
		return category{}, nil
	}
	cat, err := c.category(ctx)
	if err != nil {
		return category{}, err
	}
	var missing []string
	for _, code := range wanted {
		if cat.option(code) == "" {
			missing = append(missing, cut(code))
		}
	}
	if len(missing) > 0 {
		return category{}, &staffing.Error{Code: staffing.Invalid, Field: "cost_centres",
			Message: "the tracking category " + cat.Name + " has no active option " + strings.Join(missing, ", ") + "; add it at Accounting > Advanced > Tracking categories, or correct the placement"}
	}
	return cat, nil
}

func (c *Connector) category(ctx context.Context) (category, error) {
	var out rows
	if _, err := c.get(ctx, "/TrackingCategories", nil, &out); err != nil {
		return category{}, explain(err, "cannot look up the tracking category")
	}
	for _, cat := range out.TrackingCategories {
		if cat.Name == c.set["cost_centre_category"] && cat.Status == "ACTIVE" {
			return cat, nil
		}
	}
	if out.TrackingCategories == nil {
		return category{}, staffing.Errorf(staffing.Unavailable, "Xero's answer for the tracking categories holds no list")
	}
	return category{}, &staffing.Error{Code: staffing.Invalid, Field: "cost_centre_category",
		Message: "Xero has no active tracking category " + c.set["cost_centre_category"] + "; see Accounting > Advanced > Tracking categories, or name another in the connection's settings"}
}

func (cat category) option(name string) string {
	for _, o := range cat.Options {
		if o.Name == name && o.Status == "ACTIVE" {
			return o.TrackingOptionID
		}
	}
	return ""
}
