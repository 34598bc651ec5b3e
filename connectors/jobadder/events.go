package jobadder

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	eventsPage = 200
	// overlap is how far every walk goes back before the one before it began: for
	// clocks, and for changes that were being written while it read.
	overlap = 2 * time.Minute
	// firstLook is how far the very first walk goes back.
	firstLook = 7 * 24 * time.Hour
	// watchEvery is how often the webhook is looked after.
	watchEvery = 15 * time.Minute
)

// cursor is where the feed of candidates stands.
type cursor struct {
	Seen    time.Time `json:"seen"`             // by the vendor's clock: nothing older is missing
	Began   time.Time `json:"began,omitzero"`   // of the walk under way
	Walk    *walk     `json:"walk,omitempty"`   // nil: none is under way
	Watched time.Time `json:"watched,omitzero"` // when the webhook was looked after
}

func readCursor(c staffing.Cursor) (cursor, error) {
	var out cursor
	if len(c) == 0 || string(c) == "null" {
		return out, nil
	}
	if err := json.Unmarshal(c, &out); err != nil {
		return out, staffing.Errorf(staffing.Internal, "the saved position of the candidate feed cannot be read; reset the feed to read the last week again: %w", err)
	}
	return out, nil
}

// CandidateEvents gives the applications that were changed since the last walk, each
// with its present status: the vendor keeps no history of them, so of two quick
// moves the last one is seen. The id of a record is the application with its status,
// so that the same move is the same record however often it is read.
func (c *Connector) CandidateEvents(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	at, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	starts := at.Walk == nil
	if at.Seen.IsZero() {
		at.Seen = c.now().UTC().Add(-firstLook).Truncate(time.Second)
	}
	if starts {
		at.Walk = &walk{Since: at.Seen.Format(time.RFC3339)}
	}
	p, next, err := c.step(ctx, "/applications", *at.Walk, eventsPage)
	if err != nil {
		return staffing.Page{}, err
	}
	if starts {
		at.Began = c.clock(p.header).Add(-overlap)
	}
	var out staffing.Page
	for _, a := range p.items {
		out.Records = append(out.Records, changed(a)...)
	}
	if at.Walk = next; next == nil {
		if at.Began.After(at.Seen) {
			at.Seen = at.Began
		}
		at.Began = time.Time{}
		c.watchWhenDue(ctx, &at)
	}
	out.More = next != nil
	if out.Next, err = json.Marshal(at); err != nil {
		return staffing.Page{}, staffing.Errorf(staffing.Internal, "the position of the candidate feed cannot be written: %w", err)
	}
	return out, nil
}

// changed makes the record of an application's status. One without a job is an
// application to an advertisement and concerns no job; one that lacks anything else
// becomes a record that fails visibly.
func changed(a row) []staffing.Record {
	if a["job"] == nil {
		return nil
	}
	e := staffing.CandidateStatusChanged{JobID: a.object("job").text("jobId"), CandidateID: a.object("candidate").text("candidateId"),
		SubmissionID: a.text("applicationId"), Status: a.object("status").text("name"), OccurredAt: a.changed()}
	if e.JobID == "" || e.CandidateID == "" || e.SubmissionID == "" || e.Status == "" || e.OccurredAt.IsZero() {
		rec, err := a.record("applicationId")
		if err != nil {
			return nil // it came from JSON
		}
		rec.ExternalID = "unreadable application " + rec.ExternalID
		return []staffing.Record{rec}
	}
	raw, err := json.Marshal(e)
	if err != nil {
		return nil // texts and a time always marshal
	}
	return []staffing.Record{{ExternalID: "application/" + e.SubmissionID + "/" + a.object("status").text("statusId"), UpdatedAt: e.OccurredAt, Raw: raw}}
}

// clock is the vendor's time of an answer, or a careful guess.
func (c *Connector) clock(h http.Header) time.Time {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		return t.UTC()
	}
	return c.now().Add(-time.Minute).UTC().Truncate(time.Second)
}
