package tryton

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/tributary-hub/tributary/staffing"
)

// Check signs in and goes through everything that a bill needs, so that what is
// missing shows before the first bill does. An error means that no report could be
// made; whatever Tryton answered to a question is a line of the report.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	var prefs struct {
		Company     *int64 `json:"company"`
		CompanyName string `json:"company.rec_name"`
	}
	if err := c.read(ctx, "res.user.get_preferences", list{true}, &prefs); err != nil {
		return staffing.Report{}, explain(err, "the connection could not be tested")
	}
	report := staffing.Report{Account: c.set["login"]}
	if prefs.CompanyName != "" {
		report.Account += " at " + prefs.CompanyName
	}
	rights, err := c.rights(ctx)
	if err != nil {
		return staffing.Report{}, err
	}
	report.Permissions = rights
	for _, q := range c.questions() {
		p := staffing.Permission{Name: q.name, Purpose: q.purpose, Granted: true}
		if err := q.ask(ctx); err != nil {
			if staffing.CodeOf(err) != staffing.Invalid && staffing.CodeOf(err) != staffing.Forbidden {
				return staffing.Report{}, err
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

func (c *Connector) questions() []question {
	out := []question{
		{"company", "whose books the invoices go into", c.askCompany},
		{"fiscal year", "an invoice can be posted only into an open period", c.askYear},
		{"receivable account", "what clients owe", func(ctx context.Context) error { _, err := c.receivable(ctx); return err }},
		{"revenue journal", "where invoices are booked", func(ctx context.Context) error { _, err := c.journal(ctx); return err }},
		{"payment term", "when invoices are due", func(ctx context.Context) error { _, err := c.term(ctx, ""); return err }},
		{"product " + c.set["hours_product"], "to bill time, and its revenue account", c.askProduct("hours_product")},
		{"product " + c.set["fee_product"], "to bill placement fees, and its revenue account", c.askProduct("fee_product")},
	}
	if c.set["tax"] != "" {
		out = append(out, question{"tax", "on every line", func(ctx context.Context) error { _, err := c.taxes(ctx); return err }})
	}
	return append(out, question{"cost centres", "to book a bill on the client's cost centre",
		func(ctx context.Context) error { _, err := c.analyticRoot(ctx); return err }})
}

// rights asks for the access that the user's groups give.
func (c *Connector) rights(ctx context.Context) ([]staffing.Permission, error) {
	needs := []struct{ model, right, purpose string }{
		{"account.invoice", "create", "to make draft invoices"},
		{"account.invoice", "read", "to find an invoice by our reference and read it back"},
		{"account.invoice", "write", "to have the tax of a draft worked out"},
		{"party.party", "create", "to add a client that is billed for the first time"},
		{"party.address", "create", "to give that client an invoice address"},
	}
	var models []string
	for _, n := range needs {
		models = append(models, n.model)
	}
	var access map[string]map[string]json.RawMessage // true, false, 1, 0 or null, by how the rule was found
	if err := c.read(ctx, "ir.model.access.get_access", list{models}, &access); err != nil {
		return nil, explain(err, "the rights of the user could not be read")
	}
	var out []staffing.Permission
	for _, n := range needs {
		said := string(access[n.model][n.right])
		p := staffing.Permission{Name: n.model + " " + n.right, Purpose: n.purpose, Granted: said != "false" && said != "0"}
		if !p.Granted {
			p.Detail = "Add the user to the group Account: Administration > Users > Users, tab Access Permissions."
		}
		out = append(out, p)
	}
	return out, nil
}

func (c *Connector) askCompany(ctx context.Context) error {
	_, err := c.one(ctx, query{model: "company.company", domain: list{list{"id", "=", c.company}}, fields: []string{"rec_name"},
		field: "company_id", what: fmt.Sprintf("company %d", c.company), remedy: "see Company > Companies, and whether the user may use it"})
	return err
}

func (c *Connector) askYear(ctx context.Context) error {
	today := day{staffing.DateOf(c.now())}
	_, err := c.one(ctx, query{model: "account.fiscalyear", fields: []string{"name"},
		domain: list{list{"company", "=", c.company}, list{"state", "=", "open"}, list{"start_date", "<=", today}, list{"end_date", ">=", today}},
		what:   "open fiscal year for " + string(today.Date), remedy: "open one at Financial > Configuration > Fiscal Years"})
	return err
}

func (c *Connector) askProduct(setting string) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := c.product(ctx, c.set[setting])
		return err
	}
}
