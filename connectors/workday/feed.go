package workday

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// cursor is how far a report has been read.
type cursor struct {
	Since  time.Time `json:"since"`   // our clock when the last whole walk began
	FullAt time.Time `json:"full_at"` // when everything was last read
	Walk   *walk     `json:"walk,omitempty"`
}

// walk is a reading in several pages. From stays the same over it, so that every
// page is cut out of the same rows.
type walk struct {
	Began time.Time `json:"began"`
	From  time.Time `json:"from"` // zero: everything
	Last  string    `json:"last"`
}

// feed is a report that is read for changes.
type feed struct{ report, prompt, id string }

// Requisitions reads the requisition report: what changed since the day before the
// last reading where the report asks for a date, and everything once a day.
func (c *Connector) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return c.read(ctx, feed{c.set["requisition_report"], c.set["requisition_prompt"], c.set["requisition_id"]}, cur)
}

// Statuses reads the application report in the same way.
func (c *Connector) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return c.read(ctx, feed{c.set["application_report"], c.set["application_prompt"], c.set["application_id"]}, cur)
}

func (c *Connector) read(ctx context.Context, f feed, cur staffing.Cursor) (staffing.Page, error) {
	var at cursor
	if len(cur) > 0 {
		if err := json.Unmarshal(cur, &at); err != nil {
			return staffing.Page{}, staffing.Errorf(staffing.Internal, "the saved position of this feed cannot be read; reset the feed to read it from the beginning: %w", err)
		}
	}
	if at.Walk == nil {
		at.Walk = c.begin(f, at)
	}
	prompts := url.Values{}
	if !at.Walk.From.IsZero() {
		prompts.Set(f.prompt, c.prompted(at.Walk.From))
	}
	p, err := c.after(ctx, f.report, prompts, f.id, at.Walk.Last)
	if err != nil {
		return staffing.Page{}, err
	}
	records, err := c.records(&p)
	if err != nil {
		return staffing.Page{}, err
	}
	if p.more {
		at.Walk.Last = records[len(records)-1].ExternalID
	} else {
		at.end()
	}
	next, err := json.Marshal(at)
	return staffing.Page{Records: records, Next: next, More: p.more}, err
}

// begin starts a walk. A prompt is a day, so it reaches a day back: that covers
// what was stamped late, and clocks and zones that differ.
func (c *Connector) begin(f feed, at cursor) *walk {
	w := &walk{Began: c.now().UTC()}
	whole := f.prompt == "" || at.Since.IsZero() || c.full > 0 && w.Began.Sub(at.FullAt) >= c.full
	if !whole {
		w.From = at.Since.AddDate(0, 0, -1)
	}
	return w
}

func (at *cursor) end() {
	at.Since = at.Walk.Began
	if at.Walk.From.IsZero() {
		at.FullAt = at.Walk.Began
	}
	at.Walk = nil
}

func (c *Connector) records(p *page) ([]staffing.Record, error) {
	ids := p.ids()
	out := make([]staffing.Record, len(ids))
	for i, id := range ids {
		r, err := c.record(id, p.rows[id])
		if err != nil {
			return nil, err
		}
		out[i] = r
	}
	return out, nil
}

func (c *Connector) record(id string, r row) (staffing.Record, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return staffing.Record{}, staffing.Errorf(staffing.Internal, "a row of a report cannot be written as JSON: %w", err)
	}
	return staffing.Record{ExternalID: id, UpdatedAt: c.changed(r), Raw: raw}, nil
}

// Placement reads the row of a job application in the contract report.
func (p contracts) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	c := p.c
	prompts := url.Values{}
	if name := c.set["placement_prompt"]; name != "" {
		prompts.Set(name, ref.ID)
	}
	var found row
	err := c.report(ctx, c.set["placement_report"], prompts, func(r row) error {
		id := r.text(c.set["application_id"])
		if id == "" {
			return missing(c.set["placement_report"], c.set["application_id"], r)
		}
		if id == ref.ID && (found == nil || c.changed(r).After(c.changed(found))) {
			found = r
		}
		return nil
	})
	if err != nil {
		return staffing.Record{}, err
	}
	if found == nil {
		return staffing.Record{}, staffing.Errorf(staffing.NotFound, "the contract report has no row for application %s yet", ref.ID)
	}
	return c.record(ref.ID, found)
}
