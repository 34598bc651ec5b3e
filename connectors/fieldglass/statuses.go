package fieldglass

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// statusCursor is the cursor of the status feed.
type statusCursor struct {
	Seen   time.Time `json:"seen"`    // the newest change that was given
	FullAt time.Time `json:"full_at"` // when all job seekers were last read
}

// Statuses reads the tenant-built status download: what changed since the day
// before the newest change seen (the filter takes a date, in the tenant's zone),
// and everything every few hours. Uploads that failed when they were processed later,
// which no download shows, are given as well.
func (c *Connector) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	var at statusCursor
	if len(cur) > 0 {
		if err := json.Unmarshal(cur, &at); err != nil {
			return staffing.Page{}, staffing.Errorf(staffing.Internal, "the saved position of the job seeker feed cannot be read: %w", err)
		}
	}
	var since url.Values
	began := c.now()
	if at.Seen.IsZero() || c.full > 0 && began.Sub(at.FullAt) >= c.full {
		at.FullAt = began.UTC()
	} else {
		since = filter(at.Seen.In(c.zone).AddDate(0, 0, -1).Format(time.DateOnly))
	}
	seekers, err := c.seekers(ctx, since)
	if err != nil {
		return staffing.Page{}, err
	}
	records := make([]staffing.Record, 0, len(seekers))
	for _, s := range seekers {
		if s.ref() == "" {
			continue // a row without any id names nobody
		}
		records = append(records, s.record())
		if at.Seen.Before(s.updated) && !s.updated.After(began.Add(24*time.Hour)) {
			at.Seen = s.updated
		}
	}
	late, closed, err := c.late(ctx, seekers)
	if err != nil {
		return staffing.Page{}, err
	}
	next, err := json.Marshal(at)
	return staffing.Page{Records: append(records, late...), Next: staffing.Cursor(next), Spooled: closed}, err
}

// seeker is one row of the status download.
type seeker struct {
	id        string // Fieldglass's
	reference string // ours
	posting   string
	workOrder string
	updated   time.Time // zero when the row does not say
	row       obj
}

// ref is what the hub calls this job seeker: our reference where there is one,
// because it is the only id that is known from the first moment (an upload may be
// processed later); else Fieldglass's id, for those that a person entered.
func (s seeker) ref() string {
	if s.reference != "" {
		return s.reference
	}
	return s.id
}

func (s seeker) record() staffing.Record {
	r := record(s.ref(), s.row)
	r.UpdatedAt = s.updated.UTC()
	return r
}

func (c *Connector) seekers(ctx context.Context, query url.Values) ([]seeker, error) {
	body, _, err := c.run(ctx, job{connector: c.set["job_seeker_status"], query: query})
	if err != nil {
		return nil, err
	}
	list, err := rows(body, c.set["job_seeker_status"], c.zone)
	if err != nil {
		return nil, err
	}
	out := make([]seeker, len(list))
	for i, row := range list {
		out[i] = seeker{id: text(row[colJobSeeker]), reference: text(row[colReference]), posting: text(row[colPosting]),
			workOrder: text(row[colWorkOrder]), updated: when(text(row[colModified]), c.zone), row: row}
	}
	return out, nil
}

// seeker looks for one job seeker of a posting by our reference or by
// Fieldglass's id.
func (c *Connector) seeker(ctx context.Context, posting, reference, id string) (seeker, error) {
	list, err := c.seekers(ctx, byRef(posting))
	switch {
	case staffing.CodeOf(err) == staffing.NotFound && isObjectUnknown(err):
		return seeker{}, notSubmitted()
	case err != nil:
		return seeker{}, err
	}
	for _, s := range list {
		if s.posting != "" && s.posting != posting {
			continue // the tenant's download knows no object reference
		}
		if reference != "" && s.reference == reference || id != "" && (s.id == id || s.reference == id) {
			return s, nil
		}
	}
	return seeker{}, notSubmitted()
}

func notSubmitted() error {
	return staffing.Errorf(staffing.NotFound, "SAP Fieldglass has no job seeker with this reference on the job posting")
}
