package handlers

import (
	"fmt"
	"sort"
	"strings"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// submissionFacts is what the page of a submission is made of.
type submissionFacts struct {
	submission store.SubmissionRow
	placement  store.Placement
	timeline   []store.StageEvent
	effects    []store.Effect
	exchanges  []store.Exchange
	failures   []store.Failure
	systems    map[uuid.UUID]string
}

func stageOptions(chosen string) []web.Option {
	var pairs [][2]string
	for _, st := range staffing.Stages() {
		pairs = append(pairs, [2]string{string(st), st.Label()})
	}
	return options(chosen, pairs...)
}

func submissionStates(chosen string) []web.Option {
	return options(chosen, [2]string{store.SubmissionPending, "Being delivered"}, [2]string{store.SubmissionNeedsAttention, "Needs attention"},
		[2]string{store.SubmissionDelivered, "Delivered"})
}

func submissionRowView(s store.SubmissionRow) web.SubmissionRow {
	return web.SubmissionRow{ID: s.ID.String(), Candidate: s.CandidateName, Requisition: s.RequisitionTitle, Client: s.ClientName,
		Rate: rate(s.Canonical.V.Offered.BillRate), Stage: s.Stage, RawStatus: s.RawStatus, State: s.State, StageAt: s.StageAt, UpdatedAt: s.UpdatedAt}
}

// boardView makes a column per stage of the path, and one per exit that holds
// somebody.
func boardView(rows []store.BoardRow, list listQuery) []web.BoardColumn {
	columns := map[staffing.Stage]*web.BoardColumn{}
	for _, row := range rows {
		c := columns[row.Stage]
		if c == nil {
			c = &web.BoardColumn{}
			columns[row.Stage] = c
		}
		c.Total = row.StageTotal
		c.Cards = append(c.Cards, submissionRowView(row.SubmissionRow))
	}
	var out []web.BoardColumn
	for _, stage := range staffing.Stages() {
		c := columns[stage]
		if c == nil && stage.Exit() {
			continue
		}
		column := value(c)
		column.Stage, column.URL = stage, list.with("stage", string(stage))
		out = append(out, column)
	}
	return out
}

func submissionView(f submissionFacts) web.SubmissionView {
	s := f.submission
	v := web.SubmissionView{ID: s.ID.String(), Candidate: s.CandidateName, Requisition: s.RequisitionTitle, RequisitionID: s.RequisitionID.String(), Client: s.ClientName,
		Stage: s.Stage, RawStatus: s.RawStatus, State: s.State, StageAt: s.StageAt, CreatedAt: s.CreatedAt, DeliveredAt: value(s.DeliveredAt),
		ClientSystem: f.systems[s.ConnectionID], ClientRef: value(s.ClientRef), ClientURL: s.ClientURL,
		InternalSystem: f.systems[s.ATSConnectionID], InternalID: s.ATSSubmissionID, InternalStatus: s.ATSStatus,
		Groups: submissionGroups(s.Canonical.V), Findings: findingsView(s.Findings.V), Gaps: gapsView(s.Gaps.V),
		Effects: effectsView(f.effects, f.systems), Exchanges: exchangesView(f.exchanges, f.systems),
		CanRetry: s.State != store.SubmissionDelivered || len(f.failures) > 0}
	if f.placement.ID != uuid.Nil {
		v.PlacementID = f.placement.ID.String()
	}
	for _, e := range f.timeline {
		v.Timeline = append(v.Timeline, web.StageEvent{Stage: e.Stage, RawStatus: e.RawStatus, Move: e.Move, Source: e.Source,
			OccurredAt: e.OccurredAt, Original: e.Original, ReceivedAt: e.ReceivedAt, SyncedAt: value(e.SyncedAt)})
	}
	return v
}

func submissionGroups(s staffing.Submission) []web.FieldGroup {
	c, o := s.Candidate, s.Offered
	groups := []web.FieldGroup{
		{Title: "Candidate", Fields: []web.Field{{Label: "Name", Value: c.Name()}, {Label: "Title", Value: c.Title}, {Label: "Company", Value: c.Company},
			{Label: "City", Value: location(staffing.Location{City: c.City, Region: c.Region, Country: c.Country})}, {Label: "E-mail", Value: c.Email}, {Label: "Phone", Value: c.Phone},
			{Label: "Skills", Value: strings.Join(c.Skills, ", ")}, {Label: "Right to represent", Value: instant(c.RightToRepr)}, {Label: "Résumé", Value: c.ResumeFileName}}},
		{Title: "Offered", Fields: []web.Field{{Label: "Bill rate", Value: rate(o.BillRate)}, {Label: "Pay rate", Value: rate(o.PayRate)}, {Label: "Margin", Value: percent(o.Margin())},
			{Label: "Start", Value: string(o.StartDate)}, {Label: "End", Value: string(o.EndDate)}, {Label: "Comments", Value: s.Comments}}},
	}
	if len(s.Answers) == 0 {
		return groups
	}
	answers := web.FieldGroup{Title: "Answers"}
	for name, a := range s.Answers {
		answers.Fields = append(answers.Fields, web.Field{Label: name, Value: fmt.Sprint(a)})
	}
	sort.Slice(answers.Fields, func(i, j int) bool { return answers.Fields[i].Label < answers.Fields[j].Label })
	return append(groups, answers)
}
