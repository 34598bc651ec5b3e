package web_test

import (
	"github.com/a-h/templ"

	"github.com/tributary-hub/tributary/web"
)

// emptySamples gives every page without any data; title is what its empty state
// says.
func emptySamples() []sample {
	return []sample{
		{"/", "Add a client", func(p web.Page) templ.Component {
			return web.OverviewPage(web.OverviewView{Page: p, Start: []web.ClientStep{{Name: "The client", Text: "No client yet.", URL: "/clients", Do: "Add a client"}}})
		}},
		{"/requisitions", "No requisition yet", func(p web.Page) templ.Component { return web.RequisitionsPage(web.RequisitionsView{Page: p}) }},
		{"/requisitions/r1", "The client gave no description", func(p web.Page) templ.Component { return web.RequisitionPage(web.RequisitionView{Page: p}) }},
		{"/submissions", "No submission yet", func(p web.Page) templ.Component { return web.SubmissionsPage(web.SubmissionsView{Page: p}) }},
		{"/submissions?view=board", "No submission yet", func(p web.Page) templ.Component {
			return web.SubmissionsPage(web.SubmissionsView{Page: p, Board: true})
		}},
		{"/submissions/s1", "No event yet", func(p web.Page) templ.Component { return web.SubmissionPage(web.SubmissionView{Page: p}) }},
		{"/placements", "Nothing waits for review", func(p web.Page) templ.Component {
			return web.PlacementsPage(web.PlacementsView{Page: p, Tab: "awaiting_review"})
		}},
		{"/placements/p1", "No bill can be worked out", func(p web.Page) templ.Component { return web.PlacementPage(web.PlacementView{Page: p}) }},
		{"/failed", "Every record arrived", func(p web.Page) templ.Component { return web.FailuresPage(web.FailuresView{Page: p}) }},
		{"/failed/f1", "No payload is kept", func(p web.Page) templ.Component { return web.FailurePage(web.FailureView{Page: p}) }},
		{"/connections", "No system is connected", func(p web.Page) templ.Component { return web.ConnectionsPage(web.ConnectionsView{Page: p}) }},
		{"/connections/k1", "Nothing is read from this system", func(p web.Page) templ.Component { return web.ConnectionPage(web.ConnectionView{Page: p}) }},
		{"/connections/new", "No connector is built in", func(p web.Page) templ.Component { return web.CataloguePage(web.CatalogueView{Page: p}) }},
		{"/connections/k1/edit", "What the hub calls this connection", func(p web.Page) templ.Component { return web.ConnectionFormPage(web.ConnectionFormView{Page: p}) }},
		{"/clients", "No client yet", func(p web.Page) templ.Component { return web.ClientsPage(web.ClientsView{Page: p}) }},
		{"/clients/c1", "No system is connected", func(p web.Page) templ.Component { return web.ClientPage(web.ClientView{Page: p}) }},
		{"/connections/k1/profile", "Nothing is mapped here", func(p web.Page) templ.Component {
			return web.ProfileFieldsPage(web.FieldsView{ProfileView: web.ProfileView{Page: p}})
		}},
		{"/connections/k1/profile/cell", "No record of this kind is here yet", func(p web.Page) templ.Component {
			return web.ProfileCellPage(web.CellView{ProfileView: web.ProfileView{Page: p}})
		}},
		{"/connections/k1/profile/statuses", "No statuses here", func(p web.Page) templ.Component {
			return web.ProfileStatusesPage(web.StatusesView{ProfileView: web.ProfileView{Page: p}})
		}},
		{"/connections/k1/profile/rules", "No rule of its own yet", func(p web.Page) templ.Component {
			return web.ProfileRulesPage(web.RulesView{ProfileView: web.ProfileView{Page: p}})
		}},
		{"/connections/k1/profile/lists", "No code list yet", func(p web.Page) templ.Component {
			return web.ProfileListsPage(web.ListsView{ProfileView: web.ProfileView{Page: p}})
		}},
		{"/connections/k1/profile/preview", "There is no draft", func(p web.Page) templ.Component {
			return web.ProfilePreviewPage(web.PreviewView{ProfileView: web.ProfileView{Page: p}})
		}},
		{"/connections/k1/profile/versions", "No version yet", func(p web.Page) templ.Component {
			return web.ProfileVersionsPage(web.VersionsView{ProfileView: web.ProfileView{Page: p}})
		}},
		{"/audit", "Nothing is recorded yet", func(p web.Page) templ.Component { return web.AuditPage(web.AuditView{Page: p}) }},
		{"/users", "Nobody may sign in", func(p web.Page) templ.Component { return web.UsersPage(web.UsersView{Page: p}) }},
		{"/tokens", "No token yet", func(p web.Page) templ.Component { return web.TokensPage(web.TokensView{Page: p}) }},
		{"/api/docs", "No operation is described", func(p web.Page) templ.Component { return web.APIDocsPage(web.APIDocsView{Page: p}) }},
		{"/404", "Something broke on our side", func(p web.Page) templ.Component { return web.ErrorPage(web.ErrorView{Page: p}) }},
	}
}
