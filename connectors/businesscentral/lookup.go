package businesscentral

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// row is what the look-ups read of customers, accounts, items and dimensions. Blocked
// is a yes or no of accounts and items, and a word of customers.
type row struct {
	ID          string `json:"id"`
	Number      string `json:"number"`
	Code        string `json:"code"`
	DisplayName string `json:"displayName"`
	Blocked     any    `json:"blocked"`
	Category    string `json:"category"`
	// Of accounts only.
	AccountType   string `json:"accountType"`
	DirectPosting *bool  `json:"directPosting"`
}

// linePaths are the lists of what a line may point to.
var linePaths = map[string]string{"Account": "/accounts", "Item": "/items"}

// blocked: a customer that is blocked for shipping may still be invoiced.
func (r row) blocked() bool {
	return r.Blocked == true || r.Blocked == "All" || r.Blocked == "Invoice"
}

// books are the records of the firm's accounting that a bill refers to.
type books struct {
	customer string // number
	lineType string
}

// openBooks looks up everything that a bill refers to, before anything is written: a
// bill that cannot be made leaves no trace. A customer is not made: address, terms,
// posting groups and tax of a client are finance's.
func (c *Connector) openBooks(ctx context.Context, b staffing.Bill, f fields) (out books, err error) {
	if out.customer, err = c.customer(ctx, f.customer(b)); err != nil {
		return books{}, err
	}
	out.lineType = first(f.LineType, c.set["line_type"])
	var seen []string
	for _, l := range b.Lines {
		if n := c.lineNumber(l.Unit, f); !slices.Contains(seen, n) {
			seen = append(seen, n)
			if err := c.lineObject(ctx, out.lineType, n); err != nil {
				return books{}, err
			}
		}
	}
	return out, c.costCentres(ctx, b, f)
}

// customer gives the number of a customer, by number or exact name.
func (c *Connector) customer(ctx context.Context, wanted string) (string, error) {
	for _, field := range []string{"number", "displayName"} {
		if field == "number" && len(wanted) > 20 {
			continue
		}
		found, err := c.search(ctx, "/customers", field, wanted)
		if err != nil {
			return "", explain(err, "cannot look up the customer")
		}
		switch {
		case len(found) > 1:
			return "", &staffing.Error{Code: staffing.Invalid, Field: "customer", Message: "Business Central has more than one customer " + cut(wanted) + "; let the bill map give the number"}
		case len(found) == 1 && found[0].blocked():
			return "", &staffing.Error{Code: staffing.Invalid, Field: "customer", Message: "the customer " + cut(wanted) + " is blocked in Business Central; see the customer card, field Blocked"}
		case len(found) == 1 && found[0].Number == "":
			return "", staffing.Errorf(staffing.Unavailable, "Business Central's answer for the customer %s makes no sense", cut(wanted))
		case len(found) == 1:
			return found[0].Number, nil
		}
	}
	return "", &staffing.Error{Code: staffing.Invalid, Field: "customer",
		Message: "Business Central has no customer with the number or name " + cut(wanted) + "; see Customers, or let the bill map give another customer"}
}

// lineObject makes sure that an account or item is there. The API does not list
// resources: a wrong one is told when the draft is made.
func (c *Connector) lineObject(ctx context.Context, lineType, number string) error {
	path := linePaths[lineType]
	if path == "" {
		return nil
	}
	what := strings.ToLower(lineType)
	found, err := c.search(ctx, path, "number", number)
	if err != nil {
		return explain(err, "cannot look up the %s", what)
	}
	if len(found) == 0 || found[0].blocked() {
		return &staffing.Error{Code: staffing.Invalid, Field: "line_number",
			Message: "Business Central has no " + what + " " + cut(number) + " that is not blocked; see " + map[string]string{"Account": "Chart of Accounts", "Item": "Items"}[lineType]}
	}
	return nil
}

// search filters a list by one field; a quote in a text of OData is doubled.
func (c *Connector) search(ctx context.Context, path, field, value string) ([]row, error) {
	return c.list(ctx, path, url.Values{"$filter": {field + " eq '" + strings.ReplaceAll(value, "'", "''") + "'"}, "$top": {"2"}})
}

func (c *Connector) list(ctx context.Context, path string, q url.Values) ([]row, error) {
	var out struct{ Value []row }
	if err := c.get(ctx, path, q, &out); err != nil {
		return nil, err
	}
	if out.Value == nil {
		return nil, staffing.Errorf(staffing.Unavailable, "Business Central's answer for %s holds no list", path)
	}
	return out.Value, nil
}

// costCentres makes sure that each cost centre of a bill is a value of the dimension.
func (c *Connector) costCentres(ctx context.Context, b staffing.Bill, f fields) error {
	var wanted []string
	for _, l := range b.Lines {
		if code := f.centre(l); code != "" && !slices.Contains(wanted, code) {
			wanted = append(wanted, code)
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	id, err := c.dimension(ctx)
	if err != nil {
		return err
	}
	var missing []string
	for _, code := range wanted {
		found, err := c.search(ctx, "/dimensions("+id+")/dimensionValues", "code", code)
		if err != nil {
			return explain(err, "cannot look up the cost centre")
		}
		if len(found) == 0 {
			missing = append(missing, cut(code))
		}
	}
	if len(missing) > 0 {
		return &staffing.Error{Code: staffing.Invalid, Field: "cost_centres",
			Message: "the dimension " + c.set["cost_centre_dimension"] + " has no value " + strings.Join(missing, ", ") + "; add it at Dimensions > Dimension Values, or correct the placement"}
	}
	return nil
}

// dimension gives the id of the cost centres' dimension.
func (c *Connector) dimension(ctx context.Context) (string, error) {
	found, err := c.search(ctx, "/dimensions", "code", c.set["cost_centre_dimension"])
	if err != nil {
		return "", explain(err, "cannot look up the dimension")
	}
	if len(found) == 0 {
		return "", &staffing.Error{Code: staffing.Invalid, Field: "cost_centre_dimension",
			Message: "Business Central has no dimension " + c.set["cost_centre_dimension"] + "; see Dimensions, or name another in the connection's settings"}
	}
	if !isUUID(found[0].ID) {
		return "", staffing.Errorf(staffing.Unavailable, "Business Central's answer for the dimension makes no sense")
	}
	return found[0].ID, nil
}

// maxOptions is how many names a pick list may have: a longer one is no list that a
// person picks from, and a part of it would make the rest look gone.
const maxOptions = 500

// Fields gives what the bill map may set, with the customers, accounts or items, and
// dimension values that the company has.
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	read := map[string][]staffing.FieldOption{}
	top := url.Values{"$top": {strconv.Itoa(maxOptions + 1)}}
	paths := map[string]string{"customer": "/customers", "line_number": linePaths[c.set["line_type"]]}
	for _, key := range []string{"customer", "line_number"} {
		if paths[key] == "" {
			continue
		}
		rows, err := c.list(ctx, paths[key], top)
		if err != nil {
			return nil, explain(err, "cannot read %s", paths[key][1:])
		}
		read[key] = options(rows)
	}
	dimensions, err := c.search(ctx, "/dimensions", "code", c.set["cost_centre_dimension"])
	if err != nil {
		return nil, explain(err, "cannot read the dimensions")
	}
	if len(dimensions) == 1 && isUUID(dimensions[0].ID) {
		rows, err := c.list(ctx, "/dimensions("+dimensions[0].ID+")/dimensionValues", top)
		if err != nil {
			return nil, explain(err, "cannot read the values of the dimension")
		}
		read["cost_centre"] = options(rows)
	}
	kinds := []staffing.FieldOption{{Value: "Account", Label: "General ledger account"}, {Value: "Item", Label: "Item"}, {Value: "Resource", Label: "Resource"}}
	field := func(key, label, kind string, options []staffing.FieldOption) staffing.VendorField {
		return staffing.VendorField{Section: "bill", Key: key, Label: label, Type: kind, Options: options}
	}
	return []staffing.VendorField{
		field("customer", "Customer", "choice", read["customer"]), field("line_type", "Every line is", "choice", kinds), field("line_number", "No. of every line", "choice", read["line_number"]),
		field("unit", "Unit of measure code of every line", "text", nil), field("cost_centre", "Dimension value of lines without a cost centre", "choice", read["cost_centre"]),
		field("purchase_order", "Your Reference", "text", nil), field("description", "Text of every line", "text", nil),
	}, nil
}

func options(rows []row) []staffing.FieldOption {
	var out []staffing.FieldOption
	for _, r := range rows {
		if v := first(r.Number, r.Code); v != "" && !r.blocked() {
			out = append(out, staffing.FieldOption{Value: v, Label: strings.TrimSpace(v + " " + r.DisplayName)})
		}
	}
	if len(rows) > maxOptions {
		return nil
	}
	return out
}
