package web

import "time"

// PlacementsView is the finance queue at /placements. Its links send tab (a state of
// a placement), client, q, findings, age, min, max, sort and page. Fragment:
// /fragments/placements. POST /placements/approve-batch sends pick (once per chosen
// row) or all=clean, and the filters.
type PlacementsView struct {
	Page
	Tab      string // the state that is listed
	Tabs     PlacementCounts
	Q        string
	Clients  []Option
	Findings []Option
	Ages     []Option
	Sorts    []Option
	Min, Max string // of the amount
	Filtered bool
	Rows     []PlacementRow
	Pager    Pager
	// Query is the query string of this list, for its live fragment.
	Query string
}

// PlacementCounts counts placements and later bills by state.
type PlacementCounts struct {
	AwaitingReview int
	NeedsAttention int
	SentBack       int
	Approved       int
	Posted         int
	Cancelled      int
}

// PlacementRow is a placement, or a later bill of one, in the queue.
type PlacementRow struct {
	ID        string
	URL       string
	Kind      string // of the bill: first, delta, credit, rebill
	Worker    string
	Title     string
	Client    string
	Currency  string
	Amount    string // the total of the bill, formatted; empty: it cannot be worked out
	Rate      string
	StartDate string
	State     string
	Since     time.Time // when it came into this state
	Errors    int
	Warnings  int
	Problem   string // the first finding, or why it was sent back
	Edited    bool   // the viewer edited it, or made its map, and cannot approve it
	ERPNumber string
	ERPURL    string
	Pick      string // what the batch sends for it; empty: it cannot be approved in a batch
}

// BatchView asks once more before several bills are approved.
type BatchView struct {
	Page
	Rows  []PlacementRow
	Sums  []string // per currency, e.g. USD 12,400.00
	Left  []string // what was chosen and cannot be approved, each with why
	Query string   // of the queue that it came from
}

// BatchResultView says what became of a batch.
type BatchResultView struct {
	Page
	Approved []PlacementRow
	Sums     []string
	Left     []BatchLeft
	Query    string
}

// BatchLeft is a record that a batch left out.
type BatchLeft struct {
	Words string
	URL   string
	Why   string
}
