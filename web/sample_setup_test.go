package web_test

import (
	"time"

	"github.com/a-h/templ"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/web"
)

// setupSamples are the pages about connections, people and the hub itself.
func setupSamples() []sample {
	return []sample{
		{"/connections", "Connections", func(p web.Page) templ.Component {
			p.Nav, p.Title = web.NavConnections, "Connections"
			return web.ConnectionsPage(web.ConnectionsView{Page: p, Rows: connectionRows()})
		}},
		{"/connections/k1", "Meridian", func(p web.Page) templ.Component { p.Nav = web.NavConnections; return web.ConnectionPage(connection(p)) }},
		{"/connections/new", "Connect a system", func(p web.Page) templ.Component {
			p.Nav, p.Title = web.NavConnections, "Connect a system"
			return web.CataloguePage(web.CatalogueView{Page: p, Kinds: kinds()})
		}},
		{"/connections/new?client=c1", "Connect a system", func(p web.Page) templ.Component {
			p.Nav, p.Title = web.NavConnections, "Connect a system"
			return web.CataloguePage(web.CatalogueView{Page: p, Kinds: kinds(), ClientID: "c1", Client: "Meridian Health", Have: map[staffing.Role][]string{staffing.RoleERP: {"Ledger"}}})
		}},
		{"/connections/k1/setup", "Set up Meridian", func(p web.Page) templ.Component { return web.SetupPage(setup(p)) }},
		{"/connections/k1/profile/copy", "Profile of Meridian", func(p web.Page) templ.Component { return web.ProfileCopyPage(profileCopy(p)) }},
		{"/connections/k1/edit", "Settings of", func(p web.Page) templ.Component { p.Nav = web.NavConnections; return web.ConnectionFormPage(form(p)) }},
		{"/clients", "Clients", func(p web.Page) templ.Component {
			p.Nav, p.Title = web.NavClients, "Clients"
			return web.ClientsPage(web.ClientsView{Page: p, Form: web.ClientForm{Code: "meridian", CodeError: "Code must be capital letters, digits and hyphens."}, Rows: []web.ClientRow{
				{ID: "c1", Code: "MERIDIAN", Name: "Meridian Health", Currency: "USD", Timezone: "America/Chicago", Connections: 1, CreatedAt: ago(900 * time.Hour)},
				{ID: "c3", Code: "VANTAGE", Name: "Vantage Bank", Currency: "GBP", Timezone: "Europe/London", Connections: 1, CreatedAt: ago(90 * time.Hour)}}})
		}},
		{"/audit", "Audit log", func(p web.Page) templ.Component { p.Nav = web.NavAudit; return web.AuditPage(audit(p)) }},
		{"/users", "Users", func(p web.Page) templ.Component { p.Nav = web.NavUsers; return web.UsersPage(users(p)) }},
		{"/tokens", "API tokens", func(p web.Page) templ.Component { p.Nav = web.NavTokens; return web.TokensPage(tokens(p)) }},
		{"/help", "Glossary", func(p web.Page) templ.Component {
			p.Nav, p.Title = web.NavHelp, "Help"
			return web.HelpPage(web.HelpView{Page: p})
		}},
		{"/api/docs", "API", func(p web.Page) templ.Component { p.Nav = web.NavAPI; return web.APIDocsPage(apiDocs(p)) }},
		{"/login", "Sign in", func(p web.Page) templ.Component {
			p.User, p.Title = nil, "Sign in"
			return web.LoginPage(web.LoginView{Page: p, Next: "/placements", Error: "E-mail or password is wrong.", Hint: []string{"finance@demo.example / river-finance", "operator@demo.example / river-operator"}})
		}},
		{"/404", "There is nothing here", func(p web.Page) templ.Component {
			p.Title = "Not found"
			return web.ErrorPage(web.ErrorView{Page: p, Status: 404, RequestID: "01hxyz"})
		}},
	}
}

func connectionRows() []web.ConnectionRow {
	f := feeds()
	return []web.ConnectionRow{
		{ID: "k1", Name: "Meridian · Harbor ATS", System: "Harbor ATS", Role: staffing.RoleClient, Client: "Meridian Health", State: staffing.ConnectionActive, Feeds: f[:2], Gaps: 2, Failed: 9},
		{ID: "k2", Name: "Polaris · Northgate VMS", System: "Northgate VMS", Role: staffing.RoleClient, Client: "Polaris Logistics", State: staffing.ConnectionActive, Feeds: f[2:3], Failed: 1},
		{ID: "k3", Name: "Vantage · Keystone HR", System: "Keystone HR", Role: staffing.RoleClient, Client: "Vantage Bank", State: staffing.ConnectionNeedsAttention, StateReason: "The credentials are refused. Enter new ones and test the connection.", Feeds: f[3:]},
		{ID: "k4", Name: "Ledger ERP", System: "Ledger ERP", Role: staffing.RoleERP, State: staffing.ConnectionPaused, Failed: 4},
	}
}

func connection(p web.Page) web.ConnectionView {
	p.Title = "Meridian · Harbor ATS"
	return web.ConnectionView{
		Page: p, ConnectionRow: connectionRows()[0], DocsURL: "https://docs.harbor.example", APIVersion: "v3", Profile: 2, CreatedAt: ago(900 * time.Hour),
		WebhookURL: "https://hub.firm.example/hooks/0195d7b2-6c1e-7a90-9b1f-2f6f0c7d1c55", WebhookHelp: "In the vendor's pages under Configure, Web hooks. Choose the events for applications and jobs.",
		Settings: []web.Field{{Label: "Base URL", Value: "https://api.harbor.example"}, {Label: "Client id", Value: "trb-hub"}, {Label: "Client secret", Value: "***"}},
		Test: &web.TestReport{At: ago(10 * time.Second), Account: "integration@meridian.example", Permissions: []web.Permission{
			{Name: "jobs:read", Purpose: "Read requisitions", Granted: true},
			{Name: "applications:write", Purpose: "Submit candidates", Do: "Give the integration user the permission Submit applications, then test again."}}},
		GapList:   []web.Gap{{Kind: "status", Field: "status", Value: "Pending VP nod", Message: "The status “Pending VP nod” is in no status table.", Do: "Give it a stage in the status table.", Count: 14, LastAt: ago(6 * time.Hour)}},
		Refusals:  []web.Refusal{{Reason: "the signature is wrong", Count: 3, LastAt: ago(7 * time.Hour)}},
		Exchanges: exchanges(),
	}
}

// setup is the guide of a connection that was just tested and read.
func setup(p web.Page) web.SetupView {
	c := connection(p)
	c.ClientID = "c1"
	c.Mode = "shadow"
	return web.SetupView{Page: p, ConnectionRow: c.ConnectionRow, Test: c.Test, Profile: 1,
		Webhook: web.SetupWebhook{URL: c.WebhookURL, Help: c.WebhookHelp, Secrets: []web.SetupSecret{{Key: "a", Label: "Web hook secret", IsSet: true}, {Key: "b", Label: "Other secret", Fresh: "s3cr3t"}, {Key: "c", Label: "Third secret"}}},
		Sample:  web.SampleView{Page: p, ConnectionID: "k1", ClientID: "c1", Active: true, Feed: &c.Feeds[0], Total: 40, Gaps: c.GapList, Rows: []web.RequisitionRow{{ID: "r1", Number: "R-1", Title: "Welder", State: "needs_attention", Status: "open", Problem: "The posting has no start date."}}},
		Other:   []web.KindLink{{Label: "Connect the ERP", URL: "/connections/new"}}}
}

func profileCopy(p web.Page) web.ProfileCopyView {
	return web.ProfileCopyView{ProfileView: profileFrame(p, "copy"), Drafted: true, From: "k2", Shown: true, Error: "It does not fit.", Warnings: []string{"Nothing is found for the title."}, Lists: []string{"departments"},
		Sources: []web.CopySource{{Value: "template", Label: "The connector's template", Text: "As it is when it is connected."}, {Value: "k2", Label: "Polaris", Text: "Polaris Logistics · Harbor ATS", Chosen: true}},
		Parts:   []web.Option{{Value: "rules", Label: "Rules", Selected: true}, {Value: "fields", Label: "Field maps"}},
		Changes: []web.ChangeRow{{Section: "rules", Words: "Rule PO is new."}}}
}

func kinds() []web.KindCard {
	return []web.KindCard{
		{Name: "harbor", Label: "Harbor ATS", Role: staffing.RoleClient, Summary: "Requisitions, submissions, statuses and offers of a client's applicant tracking system.", DocsURL: "https://docs.harbor.example", APIVersion: "v3"},
		{Name: "ledger", Label: "Ledger ERP", Role: staffing.RoleERP, Summary: "One draft customer invoice per placement.", DocsURL: "https://docs.ledger.example", APIVersion: "7.0"},
	}
}

func form(p web.Page) web.ConnectionFormView {
	p.Title = "Settings"
	return web.ConnectionFormView{
		Page: p, ID: "k1", Kind: kinds()[0], Name: "Meridian · Harbor ATS", Clients: clientOptions(), Error: "Two settings need another look.",
		Fields: []web.FormField{
			{Key: "base_url", Label: "Base URL", Help: "The address of the API.", Required: true, URL: true, Value: "ftp://api", Error: "Base URL must be a plain http(s) address such as https://example.com"},
			{Key: "client_id", Label: "Client id", Help: "From the vendor's developer page.", Required: true, Value: "trb-hub"},
			{Key: "client_secret", Label: "Client secret", Help: "Shown once by the vendor.", Required: true, Secret: true, IsSet: true, Value: "must-not-appear"},
			{Key: "region", Label: "Region", Help: "Where the account lives.", Options: []web.Option{{Value: "us", Label: "us", Selected: true}, {Value: "eu", Label: "eu"}}},
		},
	}
}

func audit(p web.Page) web.AuditView {
	p.Title = "Audit log"
	return web.AuditView{
		Page: p, Chain: &web.ChainState{Verified: true, Entries: 18211, At: clock()}, Actions: []web.Option{{Value: "placement.approve", Label: "placement.approve"}}, Pager: web.Pager{Page: 1, Pages: 365, Total: 18211, NextURL: "/audit?page=2"},
		Rows: []web.AuditRow{
			{ID: 18211, At: ago(6 * time.Minute), Actor: "finn@firm.example", Action: "placement.approve", Subject: "placement p2", SubjectURL: "/placements/p2", Detail: `{"hash":"9f2c4be1","total":"USD 1084.00"}`, Hash: "4be19f2c"},
			{ID: 18210, At: ago(3 * time.Hour), Actor: "hub", Action: "connection.needs_attention", Subject: "connection k3", SubjectURL: "/connections/k3", Detail: "{}", Hash: "77aa01c4"},
		},
	}
}

func users(p web.Page) web.UsersView {
	p.Title = "Users"
	return web.UsersView{
		Page: p, Roles: []web.Option{{Value: "account_manager", Label: "Account manager"}, {Value: "finance", Label: "Finance"}, {Value: "operator", Label: "Operator"}, {Value: "admin", Label: "Admin"}},
		Rows: []web.UserRow{
			{ID: "u1", Name: "Maya Lindqvist", Email: "maya@firm.example", Role: "admin", Self: true, CreatedAt: ago(2000 * time.Hour)},
			{ID: "u2", Name: "Finn Okafor", Email: "finn@firm.example", Role: "finance", CreatedAt: ago(300 * time.Hour)},
			{ID: "u3", Name: "Old Account", Email: "old@firm.example", Role: "operator", Disabled: true, CreatedAt: ago(9000 * time.Hour)},
		},
	}
}

func tokens(p web.Page) web.TokensView {
	p.Title = "API tokens"
	return web.TokensView{
		Page: p, Issued: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJyZXBvcnRzIn0.c2lnbmF0dXJl", Scopes: []web.Option{{Value: "read", Label: "Read everything"}, {Value: "operate", Label: "Retry and discard", Selected: true}},
		Rows: []web.TokenRow{
			{ID: "t1", Name: "Reports", Scopes: []string{"read"}, CreatedBy: "maya@firm.example", CreatedAt: ago(time.Minute), ExpiresAt: clock().Add(90 * 24 * time.Hour)},
			{ID: "t2", Name: "Old robot", Scopes: []string{"read", "operate"}, CreatedBy: "maya@firm.example", CreatedAt: ago(3000 * time.Hour), ExpiresAt: ago(100 * time.Hour), Revoked: true},
		},
	}
}

func apiDocs(p web.Page) web.APIDocsView {
	p.Title = "API"
	return web.APIDocsView{Page: p, Version: "1.0", SpecURL: "/api/v1/openapi.yaml", Groups: []web.APIGroup{{Tag: "Requisitions", Description: "What clients ask for.", Operations: []web.APIOperation{
		{Method: "GET", Path: "/api/v1/requisitions", Summary: "List requisitions", Scope: "read"},
		{Method: "POST", Path: "/api/v1/requisitions/{id}/revalidate", Summary: "Validate again", Description: "Runs the rules of the published profile.", Scope: "operate"}}}}}
}
