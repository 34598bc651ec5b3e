package xero

import (
	"context"
	"net/url"
	"strconv"

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
	return report, nil
}

type question struct {
	name, purpose string
	ask           func(context.Context) error
}

func (c *Connector) questions(report *staffing.Report) []question {
	out := []question{
		{"accounting.settings.read", "to read the organisation, its accounts, tax rates and tracking categories", func(ctx context.Context) error { return c.organisation(ctx, report) }},
		{"accounting.invoices", "to find drafts by our reference; that they can be made shows with the first", func(ctx context.Context) error {
			_, _, err := c.find(ctx, invoicePaper, "TRIBUTARY-TEST")
			return unlessMissing(err)
		}},
		{"accounting.contacts.read", "to find the client as a contact", func(ctx context.Context) error {
			_, err := c.search(ctx, lookup{path: "/Contacts", field: "AccountNumber", value: "TRIBUTARY-TEST"})
			return err
		}},
		{"account " + c.set["account_code"], "to book time on", func(ctx context.Context) error { return c.codes(ctx, c.set["account_code"], c.set["item_code"]) }},
	}
	if fee := c.accountCode(staffing.Flat, fields{}); fee != c.set["account_code"] || c.set["fee_item_code"] != "" {
		out = append(out, question{"account " + fee, "to book fees on", func(ctx context.Context) error { return c.codes(ctx, fee, c.set["fee_item_code"]) }})
	}
	if t := c.set["tax_type"]; t != "" {
		out = append(out, question{"tax type " + t, "on every line", func(ctx context.Context) error {
			return c.must(ctx, lookup{path: "/TaxRates", field: "TaxType", value: t, what: "tax type", remedy: "see Accounting > Advanced > Tax rates"})
		}})
	}
	return append(out, question{"tracking category " + c.set["cost_centre_category"], "to book a bill on the client's cost centre", func(ctx context.Context) error {
		_, err := c.category(ctx)
		return err
	}})
}

// organisation names the books, and how many of the day's calls are left.
func (c *Connector) organisation(ctx context.Context, report *staffing.Report) error {
	var out struct {
		Organisations []struct{ Name, BaseCurrency string }
	}
	header, err := c.get(ctx, "/Organisation", nil, &out)
	if err != nil {
		return err
	}
	if len(out.Organisations) != 1 {
		return staffing.Errorf(staffing.Unavailable, "Xero's answer for the organisation makes no sense")
	}
	report.Account = out.Organisations[0].Name + " (" + out.Organisations[0].BaseCurrency + ")"
	if left, err := strconv.Atoi(header.Get("X-DayLimit-Remaining")); err == nil {
		report.Account += ", " + strconv.Itoa(left) + " calls left today"
		if left < 200 {
			c.log.WarnContext(ctx, "few of the day's calls are left", "left", left)
		}
	}
	return nil
}

func unlessMissing(err error) error {
	if staffing.CodeOf(err) == staffing.NotFound {
		return nil
	}
	return err
}

// maxOptions is how many names a pick list may have: a longer one is no list that a
// person picks from, and a part of it would make the rest look gone.
const maxOptions = 500

// Fields gives what the bill map may set, with the contacts, revenue accounts, items,
// tax rates and tracking options that the organisation has.
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	var all rows
	for _, ask := range []struct {
		path string
		q    url.Values
	}{
		{"/Contacts", url.Values{"page": {"1"}, "pageSize": {strconv.Itoa(maxOptions + 1)}, "summaryOnly": {"true"}}},
		{"/Accounts", url.Values{"where": {`Class=="REVENUE"`}}}, {"/Items", nil}, {"/TaxRates", nil}, {"/TrackingCategories", nil},
	} {
		if _, err := c.get(ctx, ask.path, ask.q, &all); err != nil {
			return nil, explain(err, "cannot read %s", ask.path[1:])
		}
	}
	var centres []staffing.FieldOption
	for _, cat := range all.TrackingCategories {
		if cat.Name == c.set["cost_centre_category"] {
			for _, o := range cat.Options {
				if o.Status == "ACTIVE" {
					centres = append(centres, staffing.FieldOption{Value: o.Name, Label: o.Name})
				}
			}
		}
	}
	field := func(key, label, kind string, options []staffing.FieldOption) staffing.VendorField {
		if len(options) > maxOptions {
			options = nil
		}
		return staffing.VendorField{Section: "bill", Key: key, Label: label, Type: kind, Options: options}
	}
	return []staffing.VendorField{
		field("contact", "Contact", "choice", options(all.Contacts, func(r row) string { return r.ContactID })),
		field("account_code", "Account of every line", "choice", options(all.Accounts, func(r row) string { return r.Code })),
		field("item_code", "Item of every line", "choice", options(all.Items, func(r row) string { return r.Code })),
		field("tax_type", "Tax rate of every line", "choice", options(all.TaxRates, func(r row) string { return r.TaxType })),
		field("cost_centre", "Tracking option of lines without a cost centre", "choice", centres),
		field("reference", "Reference", "text", nil),
		field("description", "Text of every line", "text", nil),
		field("due_days", "Due after days", "number", nil),
	}, nil
}

func options(list []row, value func(row) string) []staffing.FieldOption {
	var out []staffing.FieldOption
	seen := map[string]bool{}
	for _, r := range list {
		dead := r.Status != "" && r.Status != "ACTIVE" || r.ContactStatus != "" && r.ContactStatus != "ACTIVE"
		v := value(r)
		if dead || v == "" || seen[v] {
			continue
		}
		seen[v] = true
		label := v
		switch {
		case r.ContactID != "":
			label = first(r.Name, v)
		case r.Name != "" && r.Name != v:
			label = v + " " + r.Name
		}
		out = append(out, staffing.FieldOption{Value: v, Label: label})
	}
	return out
}
