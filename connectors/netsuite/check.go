package netsuite

import (
	"context"
	"net/http"
	"net/url"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// Check signs in and goes through everything that a bill needs, so that what is
// missing shows before the first bill does. Whether the role could approve cannot be
// asked without trying it, so README.md says how the role is made.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: c.set["account_id"]}
	for i, q := range c.questions() {
		p := staffing.Permission{Name: q.name, Purpose: q.purpose, Granted: true}
		if err := q.ask(ctx); err != nil {
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

type question struct {
	name, purpose, remedy string
	ask                   func(context.Context) error
}

func (c *Connector) questions() []question {
	const roles = "Add it to the hub's role: Setup > Users/Roles > Manage Roles, tab Permissions."
	out := []question{
		{"Transactions: Sales Order", "to make sales orders pending approval", roles, c.list("salesOrder")},
		{"Transactions: Return Authorization", "to make credits pending approval", roles, c.list("returnAuthorization")},
		{"Transactions: Find Transaction, SuiteAnalytics Workbook", "to find an order by our reference, and to list what is there", roles, c.look("transaction")},
		{"Lists: Customers", "to find the client that is billed, and to look for one", roles, c.look(customers.name)},
		{"Lists: Items, " + c.set["item"], "to bill time", roles, c.askItem("item")},
	}
	if c.set["fee_item"] != "" {
		out = append(out, question{"Lists: Items, " + c.set["fee_item"], "to bill placement fees", roles, c.askItem("fee_item")})
	}
	return append(out, question{"Lists: " + placeTables()[c.set["cost_centre"]].menu, "to book lines on the client's cost centre", roles, c.look(placeTables()[c.set["cost_centre"]].name)})
}

// look asks whether SuiteQL lets us see a table.
func (c *Connector) look(table string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := rows[map[string]text](ctx, c, query{columns: "id", from: table, where: "externalid = 'tributary-connection-test'"}, 1)
		return err
	}
}

// list asks whether the record API lets us see a kind of transaction.
func (c *Connector) list(record string) func(context.Context) error {
	return func(ctx context.Context) error {
		resp, err := c.call(ctx, httpx.Request{Method: http.MethodGet, URL: recordPath + record, Query: url.Values{"limit": {"1"}}})
		if err != nil {
			return err
		}
		var out struct {
			Items []struct {
				ID string `json:"id"`
			} `json:"items"`
		}
		return resp.Decode(&out)
	}
}

func (c *Connector) askItem(setting string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := c.one(ctx, items, c.set[setting])
		return err
	}
}
