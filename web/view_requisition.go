package web

import "time"

// RequisitionsView is the list at /requisitions. Its form sends q, client,
// status, state and page.
type RequisitionsView struct {
	Page
	Q        string
	Clients  []Option
	Statuses []Option
	States   []Option
	Filtered bool // a filter narrows the list: the empty state says so
	Rows     []RequisitionRow
	Pager    Pager
}

// RequisitionRow is a requisition in a list.
type RequisitionRow struct {
	ID          string
	Number      string
	Title       string
	Client      string
	Location    string
	WorkerType  string
	Rate        string // formatted, e.g. USD 80.00-95.00 / hour
	Openings    int
	Status      string // the client's state
	State       string // ours: received, needs_attention, valid, synced
	Problem     string // the first reason why it waits; empty: none
	Submissions int
	UpdatedAt   time.Time
}

// RequisitionView is the detail at /requisitions/{id}.
type RequisitionView struct {
	Page
	ID          string
	Number      string
	Title       string
	Client      string
	System      string // name of the connection it came from
	SourceURL   string // the requisition in the client's system
	Status      string
	RawStatus   string
	State       string
	Version     int
	Profile     int // version of the profile that mapped it
	ReceivedAt  time.Time
	UpdatedAt   time.Time
	JobID       string // id of the job in the internal ATS; empty: none yet
	JobURL      string
	JobSystem   string
	SyncedAt    time.Time
	Description string // HTML as the client wrote it; the page shows its text
	Groups      []FieldGroup
	Findings    []Finding
	Gaps        []Gap
	Raw         Document
	History     []Event
	Effects     []Effect
	Submissions []SubmissionRow
}
