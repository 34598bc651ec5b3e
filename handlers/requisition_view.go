package handlers

import (
	"sort"
	"strconv"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// requisitionFacts is what the page of a requisition is made of.
type requisitionFacts struct {
	requisition store.Requisition
	client      store.Client
	raw         store.RawRecord
	effects     []store.Effect
	submissions []store.SubmissionRow
	audit       []store.AuditEntry
	systems     map[uuid.UUID]string
	sources     sources
}

func statusOptions(chosen string) []web.Option {
	var pairs [][2]string
	for _, st := range staffing.RequisitionStatuses() {
		pairs = append(pairs, [2]string{string(st), words(string(st))})
	}
	return options(chosen, pairs...)
}

func requisitionStates(chosen string) []web.Option {
	return options(chosen, [2]string{store.RequisitionReceived, "Received"}, [2]string{store.RequisitionNeedsAttention, "Needs attention"},
		[2]string{store.RequisitionValid, "Valid"}, [2]string{store.RequisitionSynced, "In the ATS"})
}

func requisitionRowView(r store.RequisitionRow) web.RequisitionRow {
	c := r.Canonical.V
	return web.RequisitionRow{ID: r.ID.String(), Number: orText(r.Number, r.ExternalID), Title: r.Title, Client: r.ClientName, Location: locations(c.Locations),
		WorkerType: string(c.WorkerType), Rate: requisitionRate(c), Openings: c.Openings, Status: r.Status, State: r.State,
		Problem: firstProblem(r.State, r.Findings.V, r.Gaps.V), Submissions: r.Submissions, UpdatedAt: r.UpdatedAt}
}

// requisitionRate gives the rate that the client names: the bill rate, its
// ceiling, the pay rate or the salary.
func requisitionRate(c staffing.Requisition) string {
	for _, text := range []string{rateRange(c.BillRate), rate(c.NTE), rateRange(c.PayRate), rateRange(c.Salary)} {
		if text != "" {
			return text
		}
	}
	return ""
}

// firstProblem says why a record waits; empty when it does not.
func firstProblem(state string, findings []staffing.Finding, gaps []staffing.Gap) string {
	if state != store.RequisitionNeedsAttention { // the word is the same for all records
		return ""
	}
	for _, f := range findings {
		if f.Severity == staffing.SeverityError {
			return f.Message
		}
	}
	if len(gaps) > 0 {
		return gaps[0].Message
	}
	return ""
}

func requisitionView(f requisitionFacts) web.RequisitionView {
	r, c := f.requisition, f.requisition.Canonical.V
	v := web.RequisitionView{ID: r.ID.String(), Number: orText(r.Number, r.ExternalID), Title: r.Title, Client: f.client.Name, System: f.systems[r.ConnectionID], SourceURL: c.URL,
		Status: r.Status, RawStatus: c.RawStatus, State: r.State, Version: r.Version, Profile: r.ProfileVersion, ReceivedAt: r.ReceivedAt, UpdatedAt: r.UpdatedAt,
		JobID: value(r.JobID), JobURL: r.JobURL, JobSystem: f.systems[value(r.JobConnectionID)], SyncedAt: value(r.SyncedAt), Description: c.Description,
		Groups: requisitionGroups(c, f.sources), Findings: findingsView(r.Findings.V), Gaps: gapsView(r.Gaps.V), Effects: effectsView(f.effects, f.systems)}
	if f.raw.ID != 0 {
		v.Raw = web.Document{Title: "Payload, " + versionText(r.Version), Note: "received " + f.raw.ReceivedAt.UTC().Format("2006-01-02 15:04 UTC"), Body: string(f.raw.Raw)}
	}
	for _, sub := range f.submissions {
		v.Submissions = append(v.Submissions, submissionRowView(sub))
	}
	v.History = requisitionHistory(f)
	return v
}

func requisitionGroups(c staffing.Requisition, from sources) []web.FieldGroup {
	field := func(label, key, text string) web.Field {
		return web.Field{Label: label, Value: text, Source: from.of(key)}
	}
	manager := field("Hiring manager", "hiring_manager", c.HiringManager.Name)
	manager.Note = c.HiringManager.Email
	return []web.FieldGroup{
		{Title: "Work", Fields: []web.Field{field("Worker type", "worker_type", words(string(c.WorkerType))), field("Where", "locations", locations(c.Locations)),
			field("Department", "department", c.Department), field("Start", "start_date", string(c.StartDate)), field("End", "end_date", string(c.EndDate)),
			field("Hours per week", "hours_per_week", decimalText(c.HoursPerWeek)), manager}},
		{Title: "Rates", Fields: []web.Field{field("Bill rate", "bill_rate", rateRange(c.BillRate)), field("Not to exceed", "nte", rate(c.NTE)),
			field("Pay rate", "pay_rate", rateRange(c.PayRate)), field("Salary", "salary", rateRange(c.Salary))}},
		{Title: "Submitting", Fields: []web.Field{field("Openings", "openings", count(c.Openings)), field("Takes submissions", "accepting_submissions", yesNo(c.AcceptingSubmissions)),
			field("Most submissions", "max_submissions", count(c.MaxSubmissions)), field("Respond by", "respond_by", instant(c.RespondBy)),
			field("Résumé", "resume_required", required(c.ResumeRequired))}},
		{Title: "Billing", Fields: []web.Field{field("Purchase order", "purchase_order", c.PurchaseOrder), field("Cost centres", "cost_centres", allocations(c.CostCentres))}},
	}
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func required(b bool) string {
	if b {
		return "required"
	}
	return "optional"
}

// requisitionHistory tells what happened in all systems, the oldest first.
func requisitionHistory(f requisitionFacts) []web.Event {
	r := f.requisition
	events := []web.Event{{At: r.ReceivedAt, Title: "Received, " + versionText(r.Version), Actor: f.systems[r.ConnectionID], Tone: web.ToneInfo, Icon: "download"}}
	if r.SyncedAt != nil {
		events = append(events, web.Event{At: *r.SyncedAt, Title: "Job " + value(r.JobID) + " is current", Actor: f.systems[value(r.JobConnectionID)], URL: r.JobURL, Tone: web.ToneOK, Icon: "briefcase"})
	}
	for _, sub := range f.submissions {
		events = append(events, web.Event{At: sub.CreatedAt, Title: orText(sub.CandidateName, "A candidate") + " put forward", Actor: f.systems[sub.ATSConnectionID],
			URL: "/submissions/" + sub.ID.String(), Tone: web.ToneInfo, Icon: "user-share"})
	}
	return inOrder(append(events, auditEvents(f.audit)...))
}

// inOrder sorts a history by time.
func inOrder(events []web.Event) []web.Event {
	sort.SliceStable(events, func(i, j int) bool { return events[i].At.Before(events[j].At) })
	return events
}

// auditEvents tells what people did, from the audit log.
func auditEvents(entries []store.AuditEntry) (out []web.Event) {
	for _, e := range entries {
		out = append(out, web.Event{At: e.At, Title: actionWords(e.Action), Actor: e.Actor, Tone: web.ToneMuted, Icon: "user"})
	}
	return out
}
