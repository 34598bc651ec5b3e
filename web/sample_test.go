package web_test

import (
	"time"

	"github.com/a-h/templ"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/web"
)

// sample is one page with its address, as a reader would meet it.
type sample struct {
	path  string
	title string
	page  func(web.Page) templ.Component
}

// clock is the time of all samples.
func clock() time.Time { return time.Date(2026, 3, 12, 14, 20, 0, 0, time.UTC) }

func ago(d time.Duration) time.Time { return clock().Add(-d) }

// everything lets the viewer do all that pages offer.
func everything() web.Permissions {
	return web.Permissions{Revalidate: true, Review: true, Correct: true, Retry: true, Discard: true, Operate: true, Configure: true, Audit: true, Administer: true}
}

// signedIn is the page of an admin.
func signedIn() web.Page {
	return web.Page{
		Nonce: "n0nce", Now: clock(), May: everything(),
		User:   &web.User{Name: "Maya Lindqvist", Email: "maya@firm.example", Role: "admin"},
		Counts: web.Counts{Failed: 14, Review: 3, Gaps: 2},
	}
}

// samples gives a rich example of every page.
func samples() []sample {
	list := []sample{
		{"/", "Overview", func(p web.Page) templ.Component { p.Nav = web.NavOverview; return web.OverviewPage(overview(p)) }},
		{"/requisitions", "Requisitions", func(p web.Page) templ.Component {
			p.Nav = web.NavRequisitions
			return web.RequisitionsPage(requisitions(p))
		}},
		{"/requisitions/r1", "Data engineer", func(p web.Page) templ.Component {
			p.Nav = web.NavRequisitions
			return web.RequisitionPage(requisition(p))
		}},
		{"/submissions", "Submissions", func(p web.Page) templ.Component {
			p.Nav = web.NavSubmissions
			return web.SubmissionsPage(submissions(p, false))
		}},
		{"/submissions?view=board", "Submissions", func(p web.Page) templ.Component {
			p.Nav = web.NavSubmissions
			return web.SubmissionsPage(submissions(p, true))
		}},
		{"/submissions/s1", "Ines Carvalho", func(p web.Page) templ.Component { p.Nav = web.NavSubmissions; return web.SubmissionPage(submission(p)) }},
		{"/placements", "Placements", func(p web.Page) templ.Component { p.Nav = web.NavPlacements; return web.PlacementsPage(placements(p)) }},
		{"/placements/p1", "Ines Carvalho", func(p web.Page) templ.Component { p.Nav = web.NavPlacements; return web.PlacementPage(placement(p)) }},
		{"/placements/p2", "Tomasz Wrona", func(p web.Page) templ.Component { p.Nav = web.NavPlacements; return web.PlacementPage(posted(p)) }},
		{"/failed", "Failed records", func(p web.Page) templ.Component { p.Nav = web.NavFailed; return web.FailuresPage(failures(p)) }},
		{"/failed/f1", "Submission", func(p web.Page) templ.Component { p.Nav = web.NavFailed; return web.FailurePage(failure(p)) }},
	}
	return append(append(list, setupSamples()...), profileSamples()...)
}

func clientOptions() []web.Option {
	return []web.Option{{Value: "c1", Label: "Meridian Health"}, {Value: "c2", Label: "Polaris Logistics"}, {Value: "c3", Label: "Vantage Bank"}}
}

func overview(p web.Page) web.OverviewView {
	p.Title = "Overview"
	return web.OverviewView{
		Page: p, Connections: 5,
		Clients: []web.ClientPipeline{
			{ID: "c1", Name: "Meridian Health", Received: 412, NeedsAttention: 6, Valid: 3, Synced: 403, Submissions: 371, Delivered: 369, InProcess: 88, Hired: 41, Placements: 41, AwaitingReview: 2, Approved: 1, Posted: 37},
			{ID: "c2", Name: "Polaris Logistics", Received: 1288, NeedsAttention: 0, Valid: 9, Synced: 1279, Submissions: 940, Delivered: 940, InProcess: 203, Hired: 96, Placements: 95, AwaitingReview: 1, Posted: 94},
			{ID: "c3", Name: "Vantage Bank", Received: 57, NeedsAttention: 2, Synced: 55, Submissions: 61, Delivered: 60, InProcess: 19, Hired: 4, Placements: 4, Posted: 4},
		},
		Stages: []web.StageCount{{staffing.ClientSubmitted, 412}, {staffing.ClientReview, 221}, {staffing.Interview, 67}, {staffing.Offer, 22}, {staffing.OfferAccepted, 9}, {staffing.Placed, 132}, {staffing.RejectedClient, 509}},
		Feeds:  feeds(),
		Causes: causes(),
		Activity: []web.Activity{
			{At: ago(12 * time.Second), Subject: "submission", Title: "Ines Carvalho for Data engineer", Client: "Meridian Health", Word: "offer_accepted", URL: "/submissions/s1"},
			{At: ago(4 * time.Minute), Subject: "placement", Title: "Tomasz Wrona, Forklift operator", Client: "Polaris Logistics", Word: "posted", URL: "/placements/p2"},
			{At: ago(9 * time.Minute), Subject: "requisition", Title: "ICU nurse, nights", Client: "Meridian Health", Word: "needs_attention", URL: "/requisitions/r2"},
			{At: ago(3 * time.Hour), Subject: "requisition", Title: "Payments analyst", Client: "Vantage Bank", Word: "synced", URL: "/requisitions/r3"},
		},
	}
}

func feeds() []web.Feed {
	return []web.Feed{
		{ConnectionID: "k1", Connection: "Meridian · Harbor ATS", System: "Harbor ATS", Client: "Meridian Health", Name: staffing.FeedRequisitions, State: staffing.ConnectionActive, Interval: 5 * time.Minute, LastSuccess: ago(70 * time.Second), NextPoll: clock().Add(4 * time.Minute), Records: 3},
		{ConnectionID: "k1", Connection: "Meridian · Harbor ATS", System: "Harbor ATS", Client: "Meridian Health", Name: staffing.FeedStatuses, State: staffing.ConnectionActive, Interval: 5 * time.Minute, LastSuccess: ago(2 * time.Minute), Running: true},
		{ConnectionID: "k2", Connection: "Polaris · Northgate VMS", System: "Northgate VMS", Client: "Polaris Logistics", Name: staffing.FeedRequisitions, State: staffing.ConnectionActive, Interval: 15 * time.Minute, LastSuccess: ago(72 * time.Minute), LastError: ago(3 * time.Minute), NextPoll: clock().Add(11 * time.Minute), Failures: 4, Error: "the system answered 503 and asks to come back in 15 minutes"},
		{ConnectionID: "k3", Connection: "Vantage · Keystone HR", System: "Keystone HR", Client: "Vantage Bank", Name: staffing.FeedStatuses, State: staffing.ConnectionNeedsAttention, StateReason: "the credentials are refused", Interval: 10 * time.Minute, LastSuccess: ago(26 * time.Hour)},
	}
}

func causes() []web.Cause {
	return []web.Cause{
		{Cause: "submission.deliver/invalid/security-id", Message: "The client requires a security id, and the candidate has none.", Step: "submission.deliver", Code: "invalid", Count: 9, Open: 9, FirstAt: ago(50 * time.Hour), LastAt: ago(20 * time.Minute)},
		{Cause: "requisition.poll/unavailable/503", Message: "Polaris · Northgate VMS answered 503 and asks to come back in 15 minutes.", Step: "requisition.poll", Code: "unavailable", Count: 1, FirstAt: ago(70 * time.Minute), LastAt: ago(3 * time.Minute)},
		{Cause: "placement.post/forbidden/invoice", Message: "The ERP user may not create invoices for the company Firm UK.", Step: "placement.post", Code: "forbidden", Count: 4, Open: 4, FirstAt: ago(5 * time.Hour), LastAt: ago(2 * time.Hour)},
	}
}

func requisitions(p web.Page) web.RequisitionsView {
	p.Title = "Requisitions"
	return web.RequisitionsView{
		Page: p, Clients: clientOptions(),
		Statuses: []web.Option{{Value: "open", Label: "Open"}, {Value: "on_hold", Label: "On hold"}},
		States:   []web.Option{{Value: "needs_attention", Label: "Needs attention"}, {Value: "synced", Label: "In the ATS"}},
		Pager:    web.Pager{Page: 2, Pages: 71, Total: 1757, PrevURL: "/requisitions?page=1", NextURL: "/requisitions?page=3"},
		Rows: []web.RequisitionRow{
			{ID: "r1", Number: "MH-20418", Title: "Data engineer", Client: "Meridian Health", Location: "Minneapolis, US-MN", WorkerType: "contract", Rate: "USD 92.00–110.00 / hour", Openings: 2, Status: "open", State: "synced", Submissions: 5, UpdatedAt: ago(3 * time.Minute)},
			{ID: "r2", Number: "MH-20511", Title: "ICU nurse, nights", Client: "Meridian Health", Location: "Duluth, US-MN", WorkerType: "contract", Rate: "USD 78.50 / hour", Openings: 6, Status: "open", State: "needs_attention", Problem: "The bill rate is above the not-to-exceed rate of USD 75.00.", UpdatedAt: ago(9 * time.Minute)},
			{ID: "r3", Number: "VB-77", Title: "Payments analyst", Client: "Vantage Bank", Location: "Remote, GB", WorkerType: "permanent", Rate: "GBP 64,000 / year", Openings: 1, Status: "filled", State: "synced", Submissions: 12, UpdatedAt: ago(3 * time.Hour)},
			{ID: "r4", Number: "PL-991204", Title: "Forklift operator, second shift, cold storage, certified", Client: "Polaris Logistics", Location: "Memphis, US-TN", WorkerType: "temp_to_perm", Rate: "USD 27.10 / hour", Openings: 40, Status: "on_hold", State: "valid", Submissions: 31, UpdatedAt: ago(49 * time.Hour)},
		},
	}
}

func requisition(p web.Page) web.RequisitionView {
	p.Title = "Data engineer"
	return web.RequisitionView{
		Page: p, ID: "r1", Number: "MH-20418", Title: "Data engineer", Client: "Meridian Health", System: "Meridian · Harbor ATS", SourceURL: "https://ats.example/jobs/20418",
		Status: "open", RawStatus: "Open - Sourcing", State: "synced", Version: 3, Profile: 2, ReceivedAt: ago(80 * time.Hour), UpdatedAt: ago(3 * time.Minute),
		JobID: "88121", JobURL: "https://internal.example/jobs/88121", JobSystem: "Bridge ATS", SyncedAt: ago(2 * time.Minute),
		Description: "<h2>About the work</h2><p>You build the <b>claims</b> pipeline.</p><ul><li>Python &amp; SQL</li><li>Streaming</li></ul><script>alert('no')</script>",
		Groups: []web.FieldGroup{
			{Title: "Work", Fields: []web.Field{{Label: "Worker type", Value: "Contract", Source: "raw.employment_type"}, {Label: "Location", Value: "Minneapolis, US-MN", Source: "lists.sites['MSP-2']", Note: "from the code list"}, {Label: "Start", Value: "2026-04-01", Source: "raw.openings[0].start"}, {Label: "End", Source: "raw.openings[0].end"}, {Label: "Openings", Value: "2 of 3"}}},
			{Title: "Money", Fields: []web.Field{{Label: "Bill rate", Value: "USD 92.00–110.00 / hour", Source: "raw.rate"}, {Label: "Not to exceed", Value: "USD 112.00 / hour"}, {Label: "Purchase order", Value: "PO-55102"}, {Label: "Cost centres", Value: "4410 (60 %), 4420 (40 %)"}}},
		},
		Findings: []web.Finding{{Rule: "END_DATE_MISSING", Severity: "warning", Message: "The requisition has no end date.", Field: "end_date", Do: "Ask the client, or leave it: the job is created without one."}},
		Gaps:     []web.Gap{{Kind: "code", Field: "requisition.department", Value: "IT-CLAIMS-7", Message: "The department IT-CLAIMS-7 is not in the code list.", Do: "Add it to the list of departments of this connection.", Count: 2, LastAt: ago(3 * time.Minute)}},
		Raw:      web.Document{Title: "Raw record, version 3", Note: "received 3 minutes ago", Body: `{"id":20418,"title":"Data engineer","openings":[{"start":"2026-04-01","html":"<script>alert(1)</script>"}]}`},
		History: []web.Event{
			{At: ago(80 * time.Hour), Title: "Received", Detail: "From the poll of requisitions.", Actor: "Meridian · Harbor ATS", Tone: web.ToneInfo, Icon: "download"},
			{At: ago(80 * time.Hour), Title: "Validated", Detail: "Profile version 2, one warning.", Actor: "Tributary", Tone: web.ToneWarn, Icon: "checklist"},
			{At: ago(79 * time.Hour), Title: "Job 88121 created", Actor: "Bridge ATS", URL: "https://internal.example/jobs/88121", Tone: web.ToneOK, Icon: "briefcase"},
			{At: ago(26 * time.Hour), Title: "Ines Carvalho submitted", Actor: "Bridge ATS", URL: "/submissions/s1", Tone: web.ToneOK, Icon: "user-share"},
		},
		Effects:     effects(),
		Submissions: submissionRows()[:2],
	}
}

func effects() []web.Effect {
	return []web.Effect{
		{What: "Job written", System: "Bridge ATS", Key: "trb-req-01hv", State: "done", Attempts: 1, Number: "88121", URL: "https://internal.example/jobs/88121", At: ago(79 * time.Hour)},
		{What: "Application created", System: "Meridian · Harbor ATS", Key: "trb-sub-01hw", State: "unknown", Attempts: 2, Error: "the answer did not come within 30 s", Existed: true, At: ago(time.Minute)},
	}
}

func exchanges() []web.Exchange {
	return []web.Exchange{
		{ID: "1", At: ago(20 * time.Minute), Connection: "Meridian · Harbor ATS", Method: "POST", Host: "api.harbor.example", Path: "/v3/applications", Status: 422, DurationMS: 1312, RequestHeaders: "Authorization: ***\nContent-Type: application/json", RequestBody: `{"job_id":20418,"candidate":{"first_name":"***"}}`, ResponseHeaders: "Content-Type: application/json", ResponseBody: `{"errors":[{"field":"security_id","message":"is required"}]}`},
		{ID: "2", At: ago(22 * time.Minute), Connection: "Meridian · Harbor ATS", Method: "GET", Host: "api.harbor.example", Path: "/v3/jobs/20418", Status: 0, DurationMS: 30000, Error: "no answer within 30 s"},
	}
}
