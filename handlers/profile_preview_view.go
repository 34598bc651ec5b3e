package handlers

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// verdicts are what a draft may do to a record, in the order of the summary.
var verdicts = []struct {
	key, label, help string
	count            func(store.PreviewSummary) int
}{
	{store.VerdictChanged, "Changed", "Other content, nothing is sent for it now.", func(s store.PreviewSummary) int { return s.Changed }},
	{store.VerdictHeld, "Newly held", "Went on so far, and would wait for a person.", func(s store.PreviewSummary) int { return s.Held }},
	{store.VerdictReleased, "Newly released", "Waits now, and would go on.", func(s store.PreviewSummary) int { return s.Released }},
	{store.VerdictResubmit, "Sent again", "Is outside already, and would be written there once more.", func(s store.PreviewSummary) int { return s.Resubmit }},
	{store.VerdictSame, "Same", "Nothing changes.", func(s store.PreviewSummary) int { return s.Same }},
}

func (s *Server) previewRun(r *http.Request, p profile, run store.Preview) (*web.PreviewRun, error) {
	q := queryOf(r, profileURL(p.id(), "preview"))
	sum := run.Summary.V
	v := &web.PreviewRun{State: run.State, Error: sentence(run.Error), Wanted: run.Wanted, Total: run.Total, Done: run.Done, By: run.CreatedBy, At: run.CreatedAt,
		Affected: sum.Affected(), Verdict: q.text("verdict"), Filtered: q.filtered("verdict")}
	if run.FinishedAt != nil {
		v.Took = run.FinishedAt.Sub(run.CreatedAt)
	}
	for _, c := range verdicts {
		v.Verdicts = append(v.Verdicts, web.VerdictCount{Key: c.key, Label: c.label, Help: c.help, Count: c.count(sum), URL: q.with("verdict", c.key) + "#result", Current: c.key == v.Verdict})
	}
	for _, reason := range slices.SortedFunc(maps.Keys(sum.Reasons), func(a, b string) int {
		return cmp.Or(sum.Reasons[b]-sum.Reasons[a], strings.Compare(a, b))
	}) {
		v.Reasons = append(v.Reasons, web.ReasonCount{Reason: reason, Count: sum.Reasons[reason]})
	}
	if run.State != store.PreviewDone {
		return v, nil
	}
	scope, err := s.store.PreviewScope(r.Context(), run.ID)
	if err != nil {
		return nil, err
	}
	v.Tried, v.Untried = triedWords(p.connection.Role, scope), untried(p)
	rows, total, err := s.store.PreviewRecords(r.Context(), run.ID, store.PreviewFilter{Verdict: v.Verdict, Differs: v.Verdict == "", Limit: rowsPerPage, Offset: q.offset()})
	for _, row := range rows {
		v.Rows = append(v.Rows, previewRow(p.connection.Role, row))
	}
	v.Pager = q.pager(total)
	return v, err
}

func previewRow(role staffing.Role, x store.PreviewRecord) web.PreviewRow {
	out := web.PreviewRow{Title: orText(x.Title, x.SubjectID), Verdict: x.Verdict, Reasons: x.Reasons.V}
	switch {
	case x.RequisitionID != nil:
		out.URL = subjectURL(staffing.SubjectRequisition, x.RequisitionID.String())
	case x.SubjectID != "" && x.Subject != staffing.SubjectRequisition && role != staffing.RoleInternalATS:
		out.URL = subjectURL(x.Subject, x.SubjectID)
	}
	for _, c := range x.Changes.V {
		out.Changes = append(out.Changes, changeInWords(mapOf(role, x), c))
	}
	return out
}

// problemWords gives what is wrong with a document: each problem with its place.
func problemWords(err error) string {
	var all mapping.Problems
	if !errors.As(err, &all) || len(all) == 0 {
		return sentence(staffing.MessageOf(err))
	}
	var out []string
	for _, p := range all[:min(len(all), 5)] {
		out = append(out, sentence(p.String()))
	}
	if more := len(all) - len(out); more > 0 {
		out = append(out, fmt.Sprintf("And %d more.", more))
	}
	return strings.Join(out, " ")
}
