package web

import (
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// OverviewView is the page at / and its fragment at /fragments/overview.
type OverviewView struct {
	Page
	Clients     []ClientPipeline // the steps are their sums
	Stages      []StageCount
	Feeds       []Feed
	Causes      []Cause
	Activity    []Activity
	Connections int          // counts the connections
	Start       []ClientStep // how to a first client that is live; empty: there is one
}

// ClientPipeline counts one client's records per step.
type ClientPipeline struct {
	ID             string
	Name           string
	Received       int // requisitions, all
	NeedsAttention int
	Valid          int // valid, not yet in the internal ATS
	Synced         int // with a job in the internal ATS
	Submissions    int
	Delivered      int // at the client
	InProcess      int // client review, interview, offer
	Hired          int
	Placements     int
	AwaitingReview int
	Approved       int // approved, not yet posted
	Posted         int
}

// StageCount counts submissions in a stage.
type StageCount struct {
	Stage staffing.Stage
	Count int
}

// Activity is one thing that happened.
type Activity struct {
	At      time.Time
	Subject string // requisition, submission, placement
	Title   string
	Client  string
	Word    string // state or stage
	URL     string
}

// Feed is one stream that is read from a connection, with its freshness. The
// page puts the freshness into words.
type Feed struct {
	ConnectionID string
	Connection   string
	System       string // the vendor's label
	Client       string // empty for the firm's own systems
	Name         staffing.Feed
	State        staffing.ConnectionState
	StateReason  string
	Interval     time.Duration
	LastSuccess  time.Time // zero: never
	LastError    time.Time // zero: never
	NextPoll     time.Time
	Error        string // of the last poll, if it failed
	Failures     int    // in a row
	Records      int    // of the last successful poll
	Running      bool   // a poll is under way
}

// totals adds up the clients.
func (v OverviewView) totals() (t ClientPipeline) {
	for _, c := range v.Clients {
		t.Received += c.Received
		t.NeedsAttention += c.NeedsAttention
		t.Valid += c.Valid
		t.Synced += c.Synced
		t.Submissions += c.Submissions
		t.Delivered += c.Delivered
		t.InProcess += c.InProcess
		t.Hired += c.Hired
		t.Placements += c.Placements
		t.AwaitingReview += c.AwaitingReview
		t.Approved += c.Approved
		t.Posted += c.Posted
	}
	return t
}

// step is one station of the pipeline.
type step struct {
	label  string
	icon   string
	count  int
	url    string
	note   string
	tone   Tone
	notURL string // where the note leads
}

// steps gives the pipeline from requisition to billing record.
func (v OverviewView) steps() []step {
	t := v.totals()
	out := []step{
		{label: "Requisitions in", icon: "clipboard-list", count: t.Received, url: "/requisitions"},
		{label: "Validated", icon: "checklist", count: t.Valid + t.Synced, url: "/requisitions?state=valid"},
		{label: "In the ATS", icon: "briefcase", count: t.Synced, url: "/requisitions?state=synced"},
		{label: "Submitted", icon: "user-share", count: t.Delivered, url: "/submissions"},
		{label: "In process", icon: "messages", count: t.InProcess, url: "/submissions?view=board"},
		{label: "Placements", icon: "user-check", count: t.Placements, url: "/placements"},
		{label: "Awaiting review", icon: "eye-check", count: t.AwaitingReview, url: "/placements?tab=awaiting_review"},
		{label: "Posted", icon: "receipt", count: t.Posted, url: "/placements?tab=posted"},
	}
	note := func(i, n int, word string, tone Tone, url string) {
		if n > 0 {
			out[i].note, out[i].tone, out[i].notURL = number(n)+" "+word, tone, url
		}
	}
	note(1, t.NeedsAttention, "need attention", ToneWarn, "/requisitions?state=needs_attention")
	note(2, t.Valid, "on the way", ToneInfo, "/requisitions?state=valid")
	note(3, t.Submissions-t.Delivered, "not delivered yet", ToneWarn, "/submissions?state=pending")
	note(4, t.Hired, "hired", ToneOK, "/submissions?stage="+string(staffing.Placed))
	note(6, t.Approved, "being posted", ToneInfo, "/placements?tab=approved")
	return out
}
