// Package web holds the pages of the admin UI: templ components, the view
// structs that they take, and the static files. It knows the domain's words
// (package staffing) and nothing of stores, jobs or connectors: handlers fill a
// view and render the page of the same name. Whatever comes from outside is
// escaped here; no page carries an inline script, handler or style, so the pages
// run under script-src 'nonce-…' and style-src 'self' (img-src needs data: for
// the style sheet's own icons).
package web

import "time"

// Page is what every page needs. It is embedded in each view.
type Page struct {
	Title  string
	Nonce  string // of the Content-Security-Policy header of this response
	Theme  string // value of the cookie "theme": light, dark, or empty to follow the system
	Nav    Nav    // the active entry of the navigation
	User   *User  // nil: nobody is signed in, the page has no navigation
	May    Permissions
	Flash  *Flash // nil: nothing to say
	Counts Counts
	// Now is the clock that relative times are told by. Zero: pages show exact times.
	Now time.Time
	// Notice stands above every page, e.g. that this is a demo. Empty: none.
	Notice string
}

// User is the person who is signed in.
type User struct {
	Name  string
	Email string
	Role  string // account_manager, finance, operator, admin
}

// Flash is one message after an action.
type Flash struct {
	Kind Tone
	Text string
}

// Counts are the numbers in the navigation.
type Counts struct {
	Failed int
	Review int
	Gaps   int
}

// Permissions says which actions the viewer may take, so that a page offers no
// button that would be refused. Handlers fill it from their table of routes and
// roles: it decides nothing by itself.
type Permissions struct {
	Revalidate bool // POST /requisitions/{id}/revalidate
	Review     bool // POST /placements/{id}/approve and send-back
	Correct    bool // POST /placements/{id}/correct
	Retry      bool // every retry: failed records, submissions, placements
	Discard    bool // POST /failed/{id}/discard
	Operate    bool // connections: test, poll, pause, resume, backfill
	Configure  bool // connections and clients: create and edit
	Audit      bool // GET /audit
	Administer bool // users, tokens, jobs
}

// Nav names an entry of the navigation.
type Nav string

// The entries of the navigation.
const (
	NavOverview     Nav = "overview"
	NavRequisitions Nav = "requisitions"
	NavSubmissions  Nav = "submissions"
	NavPlacements   Nav = "placements"
	NavFailed       Nav = "failed"
	NavConnections  Nav = "connections"
	NavClients      Nav = "clients"
	NavAudit        Nav = "audit"
	NavUsers        Nav = "users"
	NavTokens       Nav = "tokens"
	NavAPI          Nav = "api"
	NavHelp         Nav = "help"
)

// navItem is one link of the navigation.
type navItem struct {
	nav   Nav
	label string
	url   string
	icon  string
	count int
	tone  Tone
	key   string // second key of the shortcut that starts with g
}

// navGroup is a titled part of the navigation.
type navGroup struct {
	title string
	items []navItem
}

// navigation gives the groups that the viewer may open.
func (p Page) navigation() []navGroup {
	groups := []navGroup{
		{"Work", []navItem{
			{NavOverview, "Overview", "/", "layout-dashboard", 0, "", "o"},
			{NavRequisitions, "Requisitions", "/requisitions", "clipboard-list", 0, "", "r"},
			{NavSubmissions, "Submissions", "/submissions", "user-share", 0, "", "s"},
			{NavPlacements, "Placements", "/placements", "receipt", p.Counts.Review, ToneInfo, "p"},
			{NavFailed, "Failed records", "/failed", "alert-triangle", p.Counts.Failed, ToneBad, "f"},
		}},
		{"Set-up", []navItem{
			{NavConnections, "Connections", "/connections", "plug-connected", p.Counts.Gaps, ToneWarn, "c"},
			{NavClients, "Clients", "/clients", "building", 0, "", "l"},
		}},
	}
	return append(groups, p.adminNavigation()...)
}

func (p Page) adminNavigation() []navGroup {
	var control []navItem
	if p.May.Audit {
		control = append(control, navItem{NavAudit, "Audit log", "/audit", "history", 0, "", "a"})
	}
	if p.May.Administer {
		control = append(control,
			navItem{NavUsers, "Users", "/users", "users", 0, "", "u"},
			navItem{NavTokens, "API tokens", "/tokens", "key", 0, "", "t"},
			navItem{"jobs", "Jobs", "/ops/river", "stack-2", 0, "", "j"},
		)
	}
	help := navGroup{"Help", []navItem{
		{NavHelp, "Glossary and keys", "/help", "help-circle", 0, "", "h"},
		{NavAPI, "API", "/api/docs", "api", 0, "", "d"},
	}}
	if len(control) == 0 {
		return []navGroup{help}
	}
	return []navGroup{{"Control", control}, help}
}
