package web

import "time"

// RulesView is the tab of a profile's rules.
type RulesView struct {
	ProfileView
	Rows  []RuleRow
	House []RuleRow // the hub's own, which always apply
	Forms []RuleCard
	Error string // why a rule was not removed
}

// RuleRow is one rule in the list.
type RuleRow struct {
	ID       string
	On       string
	Form     string // label of the ready-made form; empty: free
	Words    string // what must hold
	Severity string
	Message  string
	URL      string
}

// RuleCard is one ready-made form.
type RuleCard struct {
	Label string
	Help  string
	URL   string
}

// RuleView is the editor of one rule at /connections/{id}/profile/rule. It posts
// form, was_on, was_id, on, id, severity, message, field, one "param.<name>" each,
// or when and assert.
type RuleView struct {
	ProfileView
	At       Edition
	WasOn    string // what is edited; empty: a new rule
	WasID    string
	Form     string
	Label    string
	Help     string
	Free     bool
	On       []Option
	Key      string // the rule's id
	KeyError string
	Params   []FormField
	When     string
	Assert   string
	Severity []Option
	Message  string
	Field    string
	Error    string
	Conflict string
}

// PreviewView is the tab that tries a draft and publishes it. Fragment:
// /fragments/connections/{id}/preview.
type PreviewView struct {
	ProfileView
	At      Edition
	Sizes   []Option
	Run     *PreviewRun // nil: this draft was not tried yet
	Changes []ChangeRow // what the draft changes, in words
	Note    string
	Error   string
	Limit   int        // records that one person may change
	Again   *AgainView // what publishing tries by itself, and what it leaves alone
}

// PreviewRun is one run of a draft over records that are here.
type PreviewRun struct {
	State    string // running, done, failed
	Error    string
	Stale    string // why it does not count any more; empty: it does
	Wanted   int
	Total    int
	Done     int
	By       string
	At       time.Time
	Took     time.Duration
	Verdicts []VerdictCount
	Fields   []Option // fields that change, with how often
	Reasons  []ReasonCount
	Rows     []PreviewRow
	Verdict  string // the filter
	Filtered bool
	Pager    Pager
	Affected int
	Tried    []string // which records were tried, in words
	Untried  []string // what the draft changes and no record here can show
}

// VerdictCount is one number of the summary; URL narrows the list to it.
type VerdictCount struct {
	Key     string
	Label   string
	Help    string
	Count   int
	URL     string
	Current bool
}

// ReasonCount is a rule or gap with how many records it would hold.
type ReasonCount struct {
	Reason string
	Count  int
}

// PreviewRow is what a draft would do to one record.
type PreviewRow struct {
	Title   string
	URL     string
	Verdict string
	Changes []FieldChange
	Reasons []string
}

// FieldChange is one field before and after.
type FieldChange struct {
	Path   string // in the record
	Field  string // in words
	Before string
	After  string
}

// ChangeRow is one change of a document in words.
type ChangeRow struct {
	Section string
	Words   string
}

// VersionsView is the tab of a profile's history.
type VersionsView struct {
	ProfileView
	Rows    []VersionRow
	From    []Option
	To      []Option
	Heading string // which two are compared; empty: none
	Changes []ChangeRow
	Notes   []VersionRow // the two that are compared, with their notes
	Error   string
	Note    string     // of a refused roll back
	Rolled  int        // the version that was to come back then
	Again   *AgainView // nil: there is nothing that could be processed again
}

// VersionRow is one version.
type VersionRow struct {
	Version     int
	State       string
	Author      string
	RequestedBy string // who asked for it, when a second person confirmed
	PublishedBy string
	At          time.Time
	Note        string
	DiffURL     string // against the one before
}
