package quickbooks

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// Check goes through what a bill needs, so that what is missing shows before the
// first bill does. An error means that no report could be made.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	var report staffing.Report
	for _, q := range c.questions(&report) {
		p := staffing.Permission{Name: q.name, Purpose: q.purpose, Granted: true}
		if err := q.ask(ctx); err != nil {
			if staffing.CodeOf(err) != staffing.Invalid && staffing.CodeOf(err) != staffing.Forbidden {
				return staffing.Report{}, explain(err, "the connection could not be tested")
			}
			p.Granted, p.Detail = false, staffing.MessageOf(err)
		}
		report.Permissions = append(report.Permissions, p)
	}
	if t, err := c.access(ctx); err == nil { // it is there: the questions used it
		report.ExpiresAt, _ = time.Parse(time.RFC3339, t.Extra[keptUntil]) // zero when QuickBooks did not say
	}
	return report, nil
}

type question struct {
	name, purpose string
	ask           func(context.Context) error
}

func (c *Connector) questions(report *staffing.Report) []question {
	out := []question{
		{"company", "whose books the estimates go into", func(ctx context.Context) error { return c.company(ctx, report) }},
		{"estimates", "to make a bill that is booked only when finance turns it into an invoice", func(ctx context.Context) error {
			prefs, err := c.preferences(ctx)
			if err == nil && prefs.SalesFormsPrefs.AllowEstimates != nil && !*prefs.SalesFormsPrefs.AllowEstimates {
				return &staffing.Error{Code: staffing.Invalid, Message: "estimates are turned off in this company: Settings > Account and settings > Sales"}
			}
			return err
		}},
		{"reading estimates", "to find a bill by our reference; that it can be made shows with the first", func(ctx context.Context) error {
			if _, err := c.find(ctx, "tributary-test"); err != nil && staffing.CodeOf(err) != staffing.NotFound {
				return err
			}
			return nil
		}},
		{"service " + c.set["hours_item"], "to bill time", func(ctx context.Context) error { _, err := c.item(ctx, c.set["hours_item"]); return err }},
	}
	if fee := c.set["fee_item"]; fee != "" {
		out = append(out, question{"service " + fee, "to bill placement fees", func(ctx context.Context) error { _, err := c.item(ctx, fee); return err }})
	}
	if tax := c.set["tax_code"]; tax != "" && !isAutomatic(tax) {
		out = append(out, question{"tax code " + tax, "on every line", func(ctx context.Context) error { _, err := c.taxCode(ctx, fields{}); return err }})
	}
	return out
}

func (c *Connector) company(ctx context.Context, report *staffing.Report) error {
	var out struct{ CompanyInfo struct{ CompanyName string } }
	if err := c.call(ctx, httpx.Request{URL: "/companyinfo/" + url.PathEscape(c.set["realm_id"])}, &out); err != nil {
		return err
	}
	if report.Account = out.CompanyInfo.CompanyName; report.Account == "" {
		return staffing.Errorf(staffing.Unavailable, "QuickBooks' answer for the company makes no sense")
	}
	return nil
}

// maxOptions is how many names a pick list may have: a longer one is no list that a
// person picks from, and a part of it would make the rest look gone.
const maxOptions = 500

// Fields gives what the bill map may set, with the customers, services, tax codes and
// classes that the company has.
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	field := func(key, label, kind string, options []staffing.FieldOption) staffing.VendorField {
		return staffing.VendorField{Section: "bill", Key: key, Label: label, Type: kind, Options: options}
	}
	var out []staffing.VendorField
	for _, l := range []struct{ entity, key, label string }{
		{"Customer", "customer", "Customer"}, {"Item", "item", "Product or service of every line"}, {"TaxCode", "tax_code", "Tax code of every line"},
		{"Class", "cost_centre", "Class of lines without a cost centre"},
	} {
		options, err := c.options(ctx, l.entity)
		if err != nil {
			return nil, err
		}
		out = append(out, field(l.key, l.label, "choice", options))
	}
	return append(out, field("purchase_order", "Purchase order", "text", nil), field("memo", "Message to the customer", "long text", nil),
		field("description", "Text of every line", "text", nil)), nil
}

// options reads the active records of an entity; none when there are too many.
func (c *Connector) options(ctx context.Context, entity string) ([]staffing.FieldOption, error) {
	rows, err := c.query(ctx, entity, "where Active = true startposition 1 maxresults "+strconv.Itoa(maxOptions+1))
	if err != nil {
		return nil, explain(err, "cannot read the list of %s", entity)
	}
	raw := map[string][]json.RawMessage{"Customer": rows.Customer, "Item": rows.Item, "Class": rows.Class, "TaxCode": rows.TaxCode}[entity]
	list, err := decode(raw)
	if err != nil || len(list) > maxOptions {
		return nil, err
	}
	var out []staffing.FieldOption
	for _, r := range list {
		o := staffing.FieldOption{Value: r.ID, Label: first(r.DisplayName, r.FullyQualifiedName, r.Name, r.ID)}
		if entity == "Class" { // a cost centre is named, in the placement and here
			o.Value = r.Name
		}
		if o.Value != "" {
			out = append(out, o)
		}
	}
	return out, nil
}
