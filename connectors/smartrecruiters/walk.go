package smartrecruiters

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	// overlap is how far a walk reaches back behind the start of the last one: lists
	// come from a search index, which may be behind.
	overlap = time.Minute
	// maxRestarts is how often a walk starts anew because its pages moved.
	maxRestarts = 3
	// vendorTime is how filters write a moment [vendor].
	vendorTime = "2006-01-02T15:04:05.000-07:00"
)

// cursor is how far a feed has been read.
type cursor struct {
	Since *time.Time `json:"since,omitempty"` // start of the last whole walk; nil: read everything
	Walk  *walk      `json:"walk,omitempty"`  // nil: between rounds
}

// walk is a list being read, from its first page to its last.
type walk struct {
	Token    string    `json:"token,omitempty"`
	Offset   int       `json:"offset,omitempty"`
	Total    int       `json:"total,omitempty"` // at the first page of a walk by offset
	Start    time.Time `json:"start"`           // the vendor's clock at the first page
	Restarts int       `json:"restarts,omitempty"`
}

func readCursor(c staffing.Cursor) (*cursor, error) {
	out := &cursor{}
	if len(c) > 0 && string(c) != "null" {
		if err := json.Unmarshal(c, out); err != nil {
			return nil, staffing.Errorf(staffing.Internal, "the saved position of this feed cannot be read; reset the feed to read it from the beginning: %w", err)
		}
	}
	return out, nil
}

func (cu *cursor) page(records []staffing.Record) (staffing.Page, error) {
	next, err := json.Marshal(cu)
	if err != nil {
		return staffing.Page{}, staffing.Errorf(staffing.Internal, "the position of this feed cannot be written: %w", err)
	}
	return staffing.Page{Records: records, Next: next, More: cu.Walk != nil}, nil
}

// step reads the next page of the walk that cu is in, or the first of a new one,
// and moves cu behind it.
func (c *Connector) step(ctx context.Context, path string, q url.Values, cu *cursor) ([]row, error) {
	q = maps.Clone(q)
	if cu.Since != nil {
		q.Set("updatedAfter", cu.Since.Add(-overlap).UTC().Format(vendorTime))
	}
	w := cu.Walk
	if w == nil {
		w = &walk{}
		cu.Walk = w
	}
	page, err := c.list(ctx, path, q, w.Token, w.Offset)
	switch {
	case errors.Is(err, errPage) && w.Restarts < maxRestarts:
		cu.Walk = &walk{Restarts: w.Restarts + 1}
		return nil, nil
	case err != nil:
		return nil, err
	}
	if w.Start.IsZero() {
		if w.Start = page.date; w.Start.IsZero() {
			w.Start = c.now().Add(-time.Minute) // the vendor's clock is unknown: stay behind ours
		}
	}
	c.advance(cu, page)
	return page.rows, nil
}

// advance moves behind a page. Pages by offset shift when the number of matches
// changes: then the walk is repeated.
func (c *Connector) advance(cu *cursor, page listing) {
	w := cu.Walk
	shifted := w.Offset > 0 && page.total != w.Total
	if w.Offset == 0 {
		w.Total = page.total
	}
	w.Token, w.Offset = page.token, page.next
	switch {
	case shifted && w.Restarts < maxRestarts:
		cu.Walk = &walk{Restarts: w.Restarts + 1, Start: w.Start}
	case w.Token == "" && w.Offset == 0:
		start := w.Start.UTC()
		cu.Since, cu.Walk = &start, nil
	}
}
