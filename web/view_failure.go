package web

import "time"

// FailuresView is the page at /failed. Its form sends state, cause, connection
// and page. Fragment: /fragments/failed.
type FailuresView struct {
	Page
	Causes      []Cause
	States      []Option
	Connections []Option
	Cause       string // the cause that the list is narrowed to; empty: all
	Filtered    bool
	Rows        []FailureRow
	Pager       Pager
	Query       string // the query string of this list, for its live fragment
}

// Cause is a group of records that failed for the same reason.
type Cause struct {
	Cause   string // stable id; path-escaped in POST /failed/causes/{cause}/retry
	Message string // in words, of the newest record
	Step    string // in words or the job's kind
	Code    string
	Count   int
	Open    int // of Count: wait for a person; the others are tried again by themselves
	FirstAt time.Time
	LastAt  time.Time
}

// FailureRow is a failed record in a list.
type FailureRow struct {
	ID         string
	Step       string
	Subject    string // what failed, e.g. "Requisition 4711, Data engineer"
	Connection string
	Code       string
	Message    string
	State      string // retrying, open, resolved, discarded
	Attempts   int
	LastAt     time.Time
	NextAt     time.Time // zero: no automatic try
}

// FailureView is the detail at /failed/{id}.
type FailureView struct {
	Page
	FailureRow
	SubjectURL   string
	ConnectionID string
	Cause        string
	SameCause    int    // how many live records share the cause, this one included
	Do           string // what to do, by code
	FirstAt      time.Time
	ClosedAt     time.Time
	ClosedBy     string
	CloseReason  string
	Payload      Document // empty body: none is kept
	Exchanges    []Exchange
	Effects      []Effect
	DiscardError string // the reason was refused
}

// Live says that the record still waits.
func (f FailureRow) Live() bool { return f.State == "open" || f.State == "retrying" }
