package web

import "time"

// Option is one entry of a select.
type Option struct {
	Value    string
	Label    string
	Selected bool
}

// Pager links the pages of a list. Page counts from 1; an empty URL means that
// there is no such page.
type Pager struct {
	Page    int
	Pages   int
	Total   int
	PrevURL string
	NextURL string
}

// Finding is a rule that a record broke, with what the viewer can do about it.
type Finding struct {
	Rule     string
	Severity string // error or warning
	Message  string
	Field    string
	Do       string // what to do; empty: the message says it
}

// Gap is a value that no mapping knows.
type Gap struct {
	Kind    string // status, code, required, value
	Field   string
	Value   string
	Message string
	Do      string
	URL     string    // the place that closes it; empty: not known here
	Count   int       // how often it was met; 0 where that is not counted
	LastAt  time.Time // zero where that is not kept
}

// Field is one canonical value with where it came from.
type Field struct {
	Label  string
	Value  string // empty: the page says "not given"
	Source string // provenance, e.g. raw.openings[0].start_date; empty: not known
	Note   string
	URL    string // the value is a link there
}

// FieldGroup is a titled list of fields.
type FieldGroup struct {
	Title  string
	Fields []Field
}

// Document is a body as an outside system sent it. The page shows it escaped;
// JSON is indented.
type Document struct {
	Title string
	Note  string // e.g. when it was received
	Body  string
}

// Event is one entry of a history across systems.
type Event struct {
	At     time.Time
	Title  string
	Detail string
	Actor  string // who or which system
	URL    string // opens the thing in the hub or, when absolute, in the outside system
	Tone   Tone
	Icon   string // name of a Tabler icon; empty: a dot
}

// Effect is one write to an outside system.
type Effect struct {
	What     string // in words, e.g. "Application created"
	System   string // name of the connection
	Key      string // our reference
	State    string // intended, sent, unknown, done, refused
	Attempts int
	Number   string // the vendor's id or number
	URL      string
	Existed  bool // it was found by our reference and not written again
	Error    string
	At       time.Time
}

// Exchange is one masked call to an outside system.
type Exchange struct {
	ID              string
	At              time.Time
	Connection      string
	Method          string
	Host            string
	Path            string
	Status          int // 0: no answer
	DurationMS      int
	RequestHeaders  string
	RequestBody     string
	ResponseHeaders string
	ResponseBody    string
	Error           string
}
