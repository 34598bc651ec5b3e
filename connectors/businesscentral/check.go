package businesscentral

import (
	"context"
	"net/url"

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
	reads := func(path string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := c.list(ctx, path, url.Values{"$top": {"1"}})
			return err
		}
	}
	out := []question{
		{"company", "whose books the invoices go into", func(ctx context.Context) error {
			var company row
			err := c.get(ctx, "", nil, &company)
			if err == nil && company.ID == "" {
				return staffing.Errorf(staffing.Unavailable, "Business Central's answer for the company makes no sense")
			}
			report.Account = company.DisplayName + " (" + c.set["environment"] + ")"
			return err
		}},
		{"salesInvoices", "to find drafts by our reference; that they can be made shows with the first", reads("/salesInvoices")},
		{"salesCreditMemos", "the same for what takes money back", reads("/salesCreditMemos")},
		{"customers", "to find the client as a customer", reads("/customers")},
		{c.set["line_type"] + " " + c.set["hours_number"], "to bill time", func(ctx context.Context) error { return c.lineObject(ctx, c.set["line_type"], c.set["hours_number"]) }},
	}
	if fee := c.set["fee_number"]; fee != "" {
		out = append(out, question{c.set["line_type"] + " " + fee, "to bill placement fees", func(ctx context.Context) error { return c.lineObject(ctx, c.set["line_type"], fee) }})
	}
	return append(out, question{"dimension " + c.set["cost_centre_dimension"], "to book a bill on the client's cost centre",
		func(ctx context.Context) error { _, err := c.dimension(ctx); return err }})
}
