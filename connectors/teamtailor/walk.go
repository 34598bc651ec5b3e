package teamtailor

import (
	"context"
	"encoding/json"
	"maps"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	// overlap is how far a walk reaches back behind the start of the last one: a row
	// that was committed late carries a stamp that has passed already.
	overlap = 10 * time.Second
	// maxRestarts is how often a walk starts anew because its pages moved.
	maxRestarts = 3
)

// cursor is how far a feed has been read.
type cursor struct {
	Since *time.Time `json:"since,omitempty"` // start of the last whole walk; nil: read everything
	Walk  *walk      `json:"walk,omitempty"`  // nil: between rounds
}

// walk is a list being read, from its first page to its last.
type walk struct {
	Query    string    `json:"query,omitempty"` // of the next page
	Count    int       `json:"count"`           // how many matched when the walk began
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
func (c *Connector) step(ctx context.Context, path string, q url.Values, cu *cursor) (listing, error) {
	q = maps.Clone(q)
	if cu.Since != nil {
		q.Set("filter[updated-at][from]", cu.Since.Add(-overlap).UTC().Format(time.RFC3339))
	}
	w := cu.Walk
	if w == nil {
		w = &walk{}
	}
	if w.Query != "" {
		var err error
		if q, err = url.ParseQuery(w.Query); err != nil {
			return listing{}, staffing.Errorf(staffing.Internal, "the saved page of this feed cannot be read; reset the feed to read it from the beginning: %w", err)
		}
	}
	page, err := c.list(ctx, path, q)
	if err != nil {
		return listing{}, err
	}
	if w.Query == "" {
		w.Count = page.count
	}
	if w.Start.IsZero() {
		if w.Start = page.date; w.Start.IsZero() {
			w.Start = c.now().Add(-time.Minute) // the vendor's clock is unknown: stay behind ours
		}
	}
	cu.advance(w, page)
	return page, nil
}

// advance moves behind a page. Pages have numbers: when rows go, what follows moves
// up, so that a page may miss some. The walk is then repeated.
func (cu *cursor) advance(w *walk, page listing) {
	gone := page.count >= 0 && page.count < w.Count
	switch {
	case gone && w.Restarts < maxRestarts:
		cu.Walk = &walk{Restarts: w.Restarts + 1}
	case page.next != "":
		w.Query = page.next
		cu.Walk = w
	default:
		start := w.Start.UTC()
		cu.Since, cu.Walk = &start, nil
	}
}
