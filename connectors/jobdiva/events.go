package jobdiva

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	activities = "NewUpdatedSubmittalInterviewHireActivityRecords"
	// window is the longest stretch of time that is asked for at once: a week takes the
	// vendor about 50 seconds.
	window = 6 * time.Hour
	// overlap is how far each window goes back: longer than the hour that is there
	// twice when summer time ends, since the vendor's times name no zone.
	overlap = 75 * time.Minute
	// ahead is how far the last window reaches over our clock.
	ahead = 5 * time.Minute
	// firstLook is how far the very first window goes back.
	firstLook = 24 * time.Hour
)

// cursor is where the feed stands: nothing older is missing.
type cursor struct {
	Seen time.Time `json:"seen"`
}

// CandidateEvents gives the milestones of the submittals that were changed in one
// window of time. The id of a record is the submittal with its milestone, so that
// overlapping windows give the same records.
func (c *Connector) CandidateEvents(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	var at cursor
	if len(cur) > 0 && string(cur) != "null" {
		if err := json.Unmarshal(cur, &at); err != nil {
			return staffing.Page{}, staffing.Errorf(staffing.Internal, "the saved position of the candidate feed cannot be read; reset the feed to read the last day again: %w", err)
		}
	}
	now := c.now().UTC().Truncate(time.Second)
	if at.Seen.IsZero() {
		at.Seen = now.Add(-firstLook)
	}
	to, more := at.Seen.Add(window), true
	if !to.Before(now) {
		to, more = now, false
	}
	end := to
	if !more {
		end = to.Add(ahead)
	}
	rows, err := c.report(ctx, activities, url.Values{"fromDate": {c.stamp(at.Seen.Add(-overlap))}, "toDate": {c.stamp(end)}})
	if err != nil {
		return staffing.Page{}, err
	}
	out := staffing.Page{More: more}
	for _, r := range rows {
		out.Records = append(out.Records, c.milestones(r)...)
	}
	if out.Next, err = json.Marshal(cursor{Seen: to}); err != nil {
		return staffing.Page{}, staffing.Errorf(staffing.Internal, "the position of the candidate feed cannot be written: %w", err)
	}
	return out, nil
}

// milestone is one step that a submittal has reached.
type milestone struct {
	word string
	at   time.Time
}

// milestones gives a record for each step that a submittal has reached: between two
// reads it may take several, and the one that matters must not be skipped. Of one
// that is over, only the end is told. An activity of another kind gives none; a row
// that lacks what the hub needs becomes a record that fails visibly.
func (c *Connector) milestones(r row) []staffing.Record {
	changed := c.moment(r, "DATEUPDATED", "ACTIVITYDATE", "SUBMITTALDATE")
	steps := c.steps(r, changed)
	if len(steps) == 0 {
		return nil
	}
	o := on{r.text("ACTIVITYID"), r.text("JOBID"), r.text("CANDIDATEID")}
	if _, err := readOn(o.String()); err != nil || changed.IsZero() {
		rec, err := r.record("unreadable activity "+o.String(), changed)
		if err != nil {
			return nil // it came from JSON
		}
		return []staffing.Record{rec}
	}
	var out []staffing.Record
	for _, s := range steps {
		if s.at.IsZero() {
			s.at = changed
		}
		raw, err := json.Marshal(staffing.CandidateStatusChanged{JobID: o.job, CandidateID: o.candidate, SubmissionID: o.String(), Status: s.word, OccurredAt: s.at})
		if err == nil { // texts and a time always marshal
			out = append(out, staffing.Record{ExternalID: o.submittal + "/" + s.word, UpdatedAt: changed, Raw: raw})
		}
	}
	return out
}

// steps derives the milestones from flags and dates.
func (c *Connector) steps(r row, changed time.Time) []milestone {
	date := func(name string) (time.Time, bool) { t := c.moment(r, name); return t, !t.IsZero() }
	if t, over := date("TERMINATIONDATE"); over {
		return []milestone{{terminated, t}}
	}
	if t, over := date("EXTERNALREJECTDATE"); over {
		return []milestone{{externalReject, t}}
	}
	if t, over := date("INTERNALREJECTDATE"); over {
		return []milestone{{internalReject, t}}
	}
	submitted := c.moment(r, "SUBMITTALDATE")
	internal, external := r.flag("INTERNALSUBMITTALFLAG"), r.flag("EXTERNALSUBMITTALFLAG")
	_, told := r["EXTERNALSUBMITTALFLAG"]
	if !told { // seen on many rows: external is what is not internal
		external = r.flag("SUBMITTALFLAG") && !internal
	}
	var out []milestone
	if internal && !external {
		out = append(out, milestone{internalSubmittal, submitted})
	}
	if external {
		out = append(out, milestone{externalSubmittal, submitted})
	}
	if r.flag("INTERVIEWFLAG") {
		out = append(out, milestone{interview, changed}) // its date may lie ahead
	}
	if r.flag("HIREFLAG") {
		out = append(out, milestone{hire, changed})
	}
	return out
}
