package intacct

import (
	"context"
	"fmt"

	"github.com/tributary-hub/tributary/staffing"
)

// Check signs in and asks for everything that a bill refers to, so that what is
// missing shows before the first bill does. Whether the user could post cannot be
// asked without trying it.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: c.set["username"]}
	for i, q := range c.checks() {
		p := staffing.Permission{Name: q.name, Purpose: q.purpose, Granted: true}
		if err := c.probe(ctx, q); err != nil {
			code := staffing.CodeOf(err)
			if code != staffing.Forbidden && (code != staffing.Invalid || i == 0) {
				return staffing.Report{}, explain(err, "the connection could not be tested")
			}
			p.Granted, p.Detail = false, staffing.MessageOf(err)+". "+q.remedy
		}
		report.Permissions = append(report.Permissions, p)
	}
	return report, nil
}

type check struct {
	name, purpose, remedy string
	object, id            string // id "": any record does, also none
}

func (c *Connector) checks() []check {
	const roles = "Give it to the user's role: Company > Admin > Roles."
	out := []check{
		{"Accounts Receivable: Invoices", "to make draft invoices, find them again and list them", roles, invoicePaper.object, ""},
		{"Accounts Receivable: Adjustments", "to make draft credits, find them again and list them", roles, creditPaper.object, ""},
		{"Accounts Receivable: Customers", "to bill the client, and to look for one", roles, customerObject, ""},
		{"GL account " + c.set["account"], "to book time", "See General Ledger > Setup > Accounts.", accountObject, c.set["account"]},
		{"Location " + c.set["location"], "which every line needs", "See Company > Setup > Locations.", "company-config/location", c.set["location"]},
	}
	if c.set["fee_account"] != "" {
		out = append(out, check{"GL account " + c.set["fee_account"], "to book fees", "See General Ledger > Setup > Accounts.", accountObject, c.set["fee_account"]})
	}
	return append(out, check{"Dimension " + c.set["cost_centre"], "to book lines on the client's cost centre", roles, dimensionObject(c.set["cost_centre"]), ""})
}

const (
	accountObject  = "general-ledger/account"
	customerObject = "accounts-receivable/customer"
)

func dimensionObject(name string) string {
	if name == "project" {
		return "projects/project"
	}
	return "company-config/" + name
}

func (c *Connector) probe(ctx context.Context, q check) error {
	ask1 := question{Object: q.object, Fields: []string{"key"}, Size: 1}
	if q.id != "" {
		ask1.Filters = []map[string]any{equal("id", q.id)}
	}
	rows, _, err := ask[struct {
		Key loose `json:"key"`
	}](ctx, c, ask1)
	if err == nil && q.id != "" && len(rows) == 0 {
		return staffing.Errorf(staffing.Invalid, "%s", fmt.Sprintf("Sage Intacct has no %s with the ID %s", q.object, cut(q.id)))
	}
	return err
}
