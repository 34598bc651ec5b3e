package bullhorn

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	// slack is how far before its event a change may have been written.
	slack = 15 * time.Minute
	// maxIDs is how many submissions are asked for in one query.
	maxIDs = 100
	// historyPage is the most rows of one answer.
	historyPage  = 500
	historyPages = 50 // more is a fault
)

const historyFields = "id,status,dateAdded,jobSubmission(id,isDeleted,candidate(id),jobOrder(id))"

// changes gives the status changes of submissions since a time each, from the
// vendor's history. A submission without any such row gives its present status:
// that every change makes a row is not documented.
func (c *Connector) changes(ctx context.Context, dirty map[int64]int64) (out []staffing.Record, err error) {
	ids := slices.Sorted(maps.Keys(dirty))
	for part := range slices.Chunk(ids, maxIDs) {
		rows, err := c.history(ctx, part, dirty)
		if err != nil {
			return nil, err
		}
		told := map[int64]bool{}
		for _, h := range rows {
			sub := h.object("jobSubmission")
			since, asked := dirty[sub.int("id")]
			if !asked || h.int("dateAdded") < since-slack.Milliseconds() {
				continue
			}
			told[sub.int("id")] = true
			out = append(out, changed("JobSubmissionHistory/"+h.text("id"), h, sub, h.time("dateAdded"))...)
		}
		untold := slices.DeleteFunc(slices.Clone(part), func(id int64) bool { return told[id] })
		more, err := c.present(ctx, untold)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

// history reads the history rows of submissions, oldest first.
func (c *Connector) history(ctx context.Context, ids []int64, dirty map[int64]int64) (out []row, err error) {
	since := dirty[ids[0]]
	for _, id := range ids {
		since = min(since, dirty[id])
	}
	last := int64(0)
	for range historyPages {
		rows, err := c.list(ctx, "query/JobSubmissionHistory", url.Values{
			"where":  {fmt.Sprintf("jobSubmission.id IN (%s) AND dateAdded >= %d AND id > %d", joined(ids), max(since-slack.Milliseconds(), 0), last)},
			"fields": {historyFields}, "orderBy": {"id"}, "count": {strconv.Itoa(historyPage)}})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			last = max(last, r.int("id"))
		}
		if out = append(out, rows...); len(rows) < historyPage {
			return out, nil
		}
	}
	return nil, staffing.Errorf(staffing.Unavailable, "Bullhorn gives the history of submissions without an end")
}

// present gives the status that submissions have now. One that is not there any
// more was deleted, and says nothing.
func (c *Connector) present(ctx context.Context, ids []int64) (out []staffing.Record, err error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := c.list(ctx, "query/JobSubmission", url.Values{"where": {"id IN (" + joined(ids) + ")"},
		"fields": {"id,status,dateLastModified,isDeleted,candidate(id),jobOrder(id)"}, "orderBy": {"id"}, "count": {strconv.Itoa(maxIDs)}})
	for _, r := range rows {
		out = append(out, changed("JobSubmission/"+r.text("id")+"/"+r.text("status"), r, r, r.time("dateLastModified"))...)
	}
	return out, err
}

// changed makes the record of one change; none for a deleted submission. A row
// that lacks what the hub needs becomes a record that fails visibly.
func changed(id string, of, sub row, when time.Time) []staffing.Record {
	if sub.bool("isDeleted") {
		return nil
	}
	e := staffing.CandidateStatusChanged{JobID: sub.object("jobOrder").text("id"), CandidateID: sub.object("candidate").text("id"),
		SubmissionID: sub.text("id"), Status: of.text("status"), OccurredAt: when}
	raw, err := json.Marshal(e)
	if err != nil || e.JobID == "" || e.CandidateID == "" || e.SubmissionID == "" || e.Status == "" || when.IsZero() {
		whole, _ := json.Marshal(of) // it came from JSON
		return []staffing.Record{unreadable("status change", whole)}
	}
	return []staffing.Record{{ExternalID: id, UpdatedAt: when, Raw: raw}}
}

func joined(ids []int64) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(parts, ",")
}
