package connectors

import "github.com/tributary-hub/tributary/staffing"

// Capability is one thing that a connector can do, by the name that the API gives it.
type Capability string

// The capabilities, in the order of the hub's steps.
const (
	ReadsRequisitions    Capability = "requisitions"
	WritesJobs           Capability = "jobs"
	ReadsCandidateEvents Capability = "candidate_events"
	ReadsCandidates      Capability = "candidates"
	ReadsSubmissions     Capability = "ats_submissions"
	WritesSubmissions    Capability = "submissions"
	ReadsStatuses        Capability = "statuses"
	WritesStatuses       Capability = "candidate_statuses"
	ReadsPlacements      Capability = "placements"
	WritesBilling        Capability = "billing"
	TakesWebhooks        Capability = "webhooks"
	TellsFields          Capability = "fields"
	TellsStatuses        Capability = "status_words"
	ListsBilling         Capability = "billing_list"
	SearchesBooks        Capability = "book_search"
)

// capabilities are all of them: how each is found, and what it is in words.
var capabilities = []struct {
	name  Capability
	words string
	has   func(staffing.Checker) bool
}{
	{ReadsRequisitions, "reads requisitions", is[staffing.RequisitionSource]},
	{WritesJobs, "creates and updates jobs", is[staffing.JobSink]},
	{ReadsCandidateEvents, "is read for moves of candidates", is[staffing.CandidateEventSource]},
	{ReadsCandidates, "reads candidates and their résumés", is[staffing.CandidateSource]},
	{ReadsSubmissions, "reads the rates that a recruiter agreed", is[staffing.SubmissionSource]},
	{WritesSubmissions, "submits candidates with their résumés", is[staffing.SubmissionSink]},
	{ReadsStatuses, "reads the statuses of submissions", is[staffing.StatusSource]},
	{WritesStatuses, "shows statuses to recruiters", is[staffing.StatusSink]},
	{ReadsPlacements, "reads the terms of a hire", is[staffing.PlacementSource]},
	{WritesBilling, "writes billing records", is[staffing.BillingSink]},
	{TakesWebhooks, "sends signed webhooks", is[staffing.WebhookReceiver]},
	{TellsFields, "tells its own fields and pick lists", is[staffing.FieldLister]},
	{TellsStatuses, "tells its own statuses", is[staffing.StatusLister]},
	{ListsBilling, "lists what stands in the books", is[staffing.BillingLister]},
	{SearchesBooks, "is searched for customers and items", is[staffing.BookSearcher]},
}

func is[T any](c staffing.Checker) bool {
	_, ok := c.(T)
	return ok
}

// CapabilitiesOf finds what an opened connector can do. [Kind.Can] says the same of
// a kind that is not opened; the conformance suite holds one against the other.
func CapabilitiesOf(c staffing.Checker) (out []Capability) {
	for _, k := range capabilities {
		if k.has(c) {
			out = append(out, k.name)
		}
	}
	return out
}

// Words says a capability for people: "reads requisitions".
func (c Capability) Words() string {
	for _, k := range capabilities {
		if k.name == c {
			return k.words
		}
	}
	return string(c)
}
