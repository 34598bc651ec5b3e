package web

import "time"

// ProfileView is what every page of a connection's profile has: which connection,
// which version is in force, and the draft, if somebody has begun one.
type ProfileView struct {
	Page
	ID       string // of the connection
	Name     string
	System   string
	Client   string
	ClientID string // empty: a system of the firm
	Tab      string // fields, statuses, rules, lists, preview, versions
	Version  int    // in force; 0: none
	Draft    *Draft // nil: what is shown is in force
	Locked   string // why nothing can be changed here; empty: the viewer's role says
	Problem  string // the document as a whole has this problem
}

// canEdit says that the viewer is offered changes.
func (v ProfileView) canEdit() bool { return v.May.Configure && v.Locked == "" }

// Draft is a profile that somebody changes.
type Draft struct {
	Revision    int
	Base        int // the version that it was begun from
	By          string
	At          time.Time
	Requested   string // who wants it published; empty: nobody
	RequestedAt time.Time
	Note        string // of that request
	Yours       bool   // the viewer asked for it
}

// FieldsView is the tab of a profile's cells at /connections/{id}/profile.
type FieldsView struct {
	ProfileView
	Sections []SectionTab
	Section  string
	Label    string
	Help     string
	Rows     []FieldRow
	Sample   string // which record the live values come from; empty: none is here yet
	SampleOf string // its page in the hub
	Open     bool   // the section takes keys that nobody listed: an outbound map
	Words    VocabularyView
	New      []NewField
	Vendor   []FieldRow // fields of the system itself that are not mapped
}

// SectionTab is one map of the document.
type SectionTab struct {
	Key     string
	Label   string
	URL     string
	Current bool
	Missing int // required fields that have no source
}

// FieldRow is one canonical field with where its value comes from.
type FieldRow struct {
	Key       string
	Label     string
	Help      string
	Required  bool
	Mapped    bool
	Source    string // the field of the payload; empty: the expression says it
	Transform string // in words; empty: the value as it is
	CEL       string // shown when no named transform says the same
	Default   string
	List      string
	Live      string   // the value in the newest record
	Type      string   // of a field of the system itself
	Values    []string // of its pick list
	Gone      bool     // the system no longer has it
	Problem   string   // why there is none
	URL       string
}

// CellView is the editor of one cell at /connections/{id}/profile/cell. It posts
// section, key, revision, base, mode (pick or cel), source, transform, one
// "param.<transform>.<name>" each, cel, default, list, required, and do: save, try.
type CellView struct {
	ProfileView
	At         Edition
	Section    string
	Label      string // of the section
	Key        string
	KeyOpen    bool // a new cell of an outbound map: the key is entered here
	KeyError   string
	Title      string
	Help       string
	Required   bool // the canonical field must have a value
	Exists     bool // there is a cell that can be removed
	Mode       string
	Source     string
	Transforms []TransformChoice
	CEL        string
	CELError   string
	CELAt      string // "line 1, column 9"
	Default    string
	List       string
	Lists      []Option
	Must       bool // an empty value is a gap
	Error      string
	Conflict   string // who saved meanwhile
	Live       *LiveValue
	Values     []Option // of the pick list that the cell writes to; Label may differ
	Type       string   // of the system's field
	Sources    []SourceRow
	More       int // sources that are not listed
}

// Edition names what a form was opened on, so that no newer change is lost.
type Edition struct {
	Revision int // of the draft; 0: there was none
	Base     int // the version in force
}

// TransformChoice is one named transform with its parameters.
type TransformChoice struct {
	Name   string
	Label  string
	Help   string
	Chosen bool
	Params []FormField // Key is the name of the form's field
}

// LiveValue is what a cell gives for the newest record.
type LiveValue struct {
	Value   string
	Problem string
	Sample  string
}

// SourceRow is a field that was found in payloads.
type SourceRow struct {
	Path     string
	Label    string // as the system's people see it; empty: not told
	Type     string
	Present  string // "98 of 100"
	Examples []string
	Chosen   bool
}

// StatusesView is the tab of status tables. POST
// /connections/{id}/profile/statuses sends word.N and stage.N, reqword.N and
// reqstage.N, internal.<stage> and triggers.
type StatusesView struct {
	ProfileView
	At           Edition
	ShowWords    bool // the system sends statuses of submissions
	Words        []WordRow
	ShowRequests bool // the system sends requisitions
	Requests     []WordRow
	ShowInternal bool // an internal ATS
	Internal     []FormField
	Triggers     string
	Boxes        []Option // words of the system that can be ticked as triggers
	Vocabulary   VocabularyView
	Error        string
	Conflict     string
}

// WordRow is one word of the vendor with the meaning that it has.
type WordRow struct {
	Word       string // empty: a row for a new word
	Count      int
	LastAt     time.Time
	Waiting    int
	WaitingURL string
	Choices    []Option
	Mapped     bool
	Marked     bool // the page was opened for this word
	Declared   bool // the system's own setup holds it
	Gone       bool // it once did
	Foreign    bool // the system told its words, and this is none of them
}

// ListsView is the tab of code lists. POST /connections/{id}/profile/lists sends
// name and either text or file.
type ListsView struct {
	ProfileView
	Rows      []ListRow
	Name      string
	NameError string
	Text      string
	Error     string
	Lines     []LineError
	More      int // errors that are not listed
}

// ListRow is one code list.
type ListRow struct {
	Name    string
	Count   int
	Version int // 0: it stands in the profile itself
	By      string
	At      time.Time
	URL     string
}

// LineError is what is wrong with a line of a file.
type LineError struct {
	Line int
	Text string
}

// ListView is one code list at /connections/{id}/profile/lists/{name}.
type ListView struct {
	ProfileView
	ListRow
	Entries  []ListEntry
	Total    int // that match
	Q        string
	Versions []ListRow
	Code     string // to add
	Value    string
	Error    string
	Uses     []string // what of the profile needs the list
	Refused  string   // why it was not deleted
}

// ListEntry is one code with what it means.
type ListEntry struct {
	Code  string
	Value string
}
