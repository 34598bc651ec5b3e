package web

import (
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// ConnectionsView is the list at /connections.
type ConnectionsView struct {
	Page
	Rows []ConnectionRow
	Due  int // things that somebody should see to soon
}

// ConnectionRow is a connection in the list.
type ConnectionRow struct {
	ID          string
	Name        string
	System      string // the vendor's label
	Role        staffing.Role
	Client      string
	ClientID    string
	State       staffing.ConnectionState
	StateReason string
	Mode        string   // shadow or live
	Live        []string // the flows that write outside: jobs, candidates, statuses, bills
	Feeds       []Feed
	Gaps        int
	Failed      int
}

// ConnectionView is the detail at /connections/{id}. Fragment of the feeds:
// /fragments/connections/{id}/feeds.
type ConnectionView struct {
	Page
	ConnectionRow
	DocsURL     string
	APIVersion  string
	WebhookURL  string // empty: the system sends no webhooks
	WebhookHelp string
	Settings    []Field // secrets masked
	Test        *TestReport
	GapList     []Gap
	Refusals    []Refusal
	Exchanges   []Exchange
	CreatedAt   time.Time
	Profile     int // version that is published
}

// TestReport is the result of the Test connection button. POST
// /connections/{id}/test renders the page with it.
type TestReport struct {
	At          time.Time
	Account     string
	Error       string // no report could be made
	Permissions []Permission
}

// Permission is one right that the connection needs.
type Permission struct {
	Name    string
	Purpose string
	Granted bool
	Do      string // what to do when it is missing
}

// Refusal counts webhook deliveries that were refused.
type Refusal struct {
	Reason string
	Count  int
	LastAt time.Time
}

// CatalogueView is the choice of a system at /connections/new.
type CatalogueView struct {
	Page
	Kinds    []KindCard
	ClientID string // whose system is being connected; empty: any system
	Client   string
	Have     map[staffing.Role][]string // names of what is connected
	Browse   bool                       // somebody looks around and connects nothing now
}

// KindCard is one system that can be connected.
type KindCard struct {
	Name       string // the kind in /connections/new?kind=
	Label      string
	Role       staffing.Role
	Summary    string
	DocsURL    string
	APIVersion string
	Webhooks   bool     // the vendor has a page for them
	Can        []string // what such a system does for the hub, in words; empty: that depends on the settings
	Pace       string   // what the vendor allows
	Needs      []string // the settings that must be given
	Ends       string   // when the version of the API ends; empty: nothing is announced
}

// ConnectionFormView is the form at /connections/new?kind= (POST /connections)
// and /connections/{id}/edit (POST /connections/{id}). It sends kind, name,
// client and one "setting.<key>" per field.
type ConnectionFormView struct {
	Page
	ID          string // empty: a new connection
	Kind        KindCard
	Name        string
	NameError   string
	Clients     []Option // empty for a system that belongs to no client
	ClientError string
	Fields      []FormField
	Error       string // about the whole form
	ClientID    string // the client that the form was opened for
	NoClient    bool   // there is no client yet that it could belong to
}

// FormField is one setting, made from the connector's spec.
type FormField struct {
	Key      string
	Label    string
	Help     string
	Required bool
	Secret   bool
	IsSet    bool // a secret that is stored: leave empty to keep it
	Value    string
	Options  []Option // a select when not empty
	URL      bool
	Error    string
	// Suggestions are offered and not insisted on.
	Suggestions []string
	Lines       bool   // several values, one per line
	Advanced    bool   // most people leave it as it is
	Changed     bool   // an advanced one that somebody set
	Offer       string // a fresh secret that the hub made for this form
}

// ClientsView is the page at /clients; POST /clients sends code, name, currency
// and timezone.
type ClientsView struct {
	Page
	Rows []ClientRow
	Form ClientForm
}

// ClientRow is a client in the list.
type ClientRow struct {
	ID          string
	Code        string
	Name        string
	Currency    string
	Timezone    string
	Connections int
	CreatedAt   time.Time
}

// ClientForm is the state of the form after a refused client.
type ClientForm struct {
	Code      string
	Name      string
	Currency  string
	Timezone  string
	CodeError string
	NameError string
	Error     string
}
