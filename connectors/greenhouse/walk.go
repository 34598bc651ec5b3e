package greenhouse

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	// overlap is how far a walk reaches back behind its watermark: a row that was
	// committed late carries a stamp that has passed already.
	overlap = 5 * time.Second
	// settled is how old a stamp must be to be sure that a second change within the
	// same second of the vendor's clock would have been seen.
	settled = 2 * time.Second
	// maxEdge caps the rows remembered at the watermark; the rest is read again.
	maxEdge = 500
	// maxRestarts is how often a refused page cursor starts a walk anew.
	maxRestarts = 3
)

// stream is a list that is read by the time of its last change. Lists come by id
// from high to low [vendor], so the watermark is known only after the last page.
type stream struct {
	name     string // key in the cursor
	path     string
	stamp    string // the field and filter: updated_at or last_activity_at
	perPage  int
	fields   string // fields to ask for; empty: all
	optional bool   // without permission the stream is passed over
}

// cursor is how far the streams of a feed have been read.
type cursor struct {
	Marks map[string]mark `json:"marks,omitempty"`
	Walk  *walk           `json:"walk,omitempty"` // nil: between walks
	Due   []int64         `json:"due,omitempty"`  // jobs that are to be read before the next round
}

// mark is where the next walk of a stream starts. Edge holds the rows (id@stamp)
// at the watermark that were given already, so that a quiet account gives none.
type mark struct {
	Since time.Time `json:"since"`
	Edge  []string  `json:"edge,omitempty"`
}

// walk is a stream being read, from its first page to its last.
type walk struct {
	Stream   string    `json:"stream"`
	Page     string    `json:"page,omitempty"` // the vendor's page cursor; it carries the filter
	Start    time.Time `json:"start"`          // the vendor's clock at the first page
	High     time.Time `json:"high"`           // the latest stamp so far
	Edge     []string  `json:"edge,omitempty"`
	Restarts int       `json:"restarts,omitempty"`
}

func readCursor(c staffing.Cursor) (*cursor, error) {
	out := &cursor{Marks: map[string]mark{}}
	if len(c) == 0 || string(c) == "null" {
		return out, nil
	}
	if err := json.Unmarshal(c, out); err != nil {
		return nil, staffing.Errorf(staffing.Internal, "the saved position of this feed cannot be read; reset the feed to read it from the beginning: %w", err)
	}
	if out.Marks == nil {
		out.Marks = map[string]mark{}
	}
	return out, nil
}

func (cu *cursor) page(records []staffing.Record) (staffing.Page, error) {
	next, err := json.Marshal(cu)
	if err != nil {
		return staffing.Page{}, staffing.Errorf(staffing.Internal, "the position of this feed cannot be written: %w", err)
	}
	return staffing.Page{Records: records, Next: next, More: cu.Walk != nil || len(cu.Due) > 0}, nil
}

// owe adds jobs that are to be read, each once.
func (cu *cursor) owe(ids []int64) {
	for _, id := range ids {
		if !containsID(cu.Due, id) {
			cu.Due = append(cu.Due, id)
		}
	}
}

// step reads the next page of the walk that cu is in, or the first page of the
// first stream, and moves cu behind it. It gives the rows that are new.
func (c *Connector) step(ctx context.Context, streams []stream, cu *cursor) (stream, []row, error) {
	i := position(streams, cu)
	s, w := streams[i], cu.Walk
	page, err := c.list(ctx, s.path, firstPage(s, cu.Marks[s.name]), w.Page)
	switch {
	case errors.Is(err, errCursor) && w.Restarts < maxRestarts:
		cu.Walk = &walk{Stream: s.name, Restarts: w.Restarts + 1}
		return s, nil, nil
	case staffing.CodeOf(err) == staffing.Forbidden && s.optional:
		cu.advance(streams, i)
		return s, nil, nil
	case err != nil:
		return s, nil, err
	}
	if w.Start.IsZero() {
		w.Start = page.date
		if w.Start.IsZero() {
			w.Start = c.now().Add(-time.Minute) // the vendor's clock is unknown: stay behind ours
		}
	}
	fresh := w.take(page.rows, s.stamp, cu.Marks[s.name].Edge)
	if w.Page = page.next; w.Page == "" {
		cu.finish(s)
		cu.advance(streams, i)
	}
	return s, fresh, nil
}

// position finds the stream of the running walk, and starts a walk when none is.
func position(streams []stream, cu *cursor) int {
	if cu.Walk != nil {
		for i, s := range streams {
			if s.name == cu.Walk.Stream {
				return i
			}
		}
	}
	cu.Walk = &walk{Stream: streams[0].name}
	return 0
}

func firstPage(s stream, m mark) url.Values {
	q := url.Values{"per_page": {fmt.Sprint(s.perPage)}}
	if s.fields != "" {
		q.Set("fields", s.fields)
	}
	if !m.Since.IsZero() {
		q.Set(s.stamp, "gte|"+m.Since.Add(-overlap).UTC().Format(time.RFC3339))
	}
	return q
}

// take notes the rows of a page and gives those that edge does not hold.
func (w *walk) take(rows []row, stamp string, edge []string) []row {
	known := make(map[string]bool, len(edge))
	for _, k := range edge {
		known[k] = true
	}
	var fresh []row
	for _, r := range rows {
		at := r.time(stamp)
		if at.After(w.High) {
			w.High = at
		}
		key := r.text("id") + "@" + r.text(stamp)
		if !known[key] {
			fresh = append(fresh, r)
		}
		if !at.After(w.Start.Add(-settled)) {
			w.Edge = append(w.Edge, key)
		}
	}
	w.prune()
	return fresh
}

// prune keeps the rows within reach of the next walk's overlap.
func (w *walk) prune() {
	var keep []string
	for _, k := range w.Edge {
		at, err := time.Parse(time.RFC3339Nano, k[indexAfterAt(k):])
		if err == nil && !at.Before(w.High.Add(-overlap-time.Second)) && len(keep) < maxEdge {
			keep = append(keep, k)
		}
	}
	w.Edge = keep
}

func indexAfterAt(k string) int {
	for i := range k {
		if k[i] == '@' {
			return i + 1
		}
	}
	return len(k)
}

// finish sets the watermark of a stream that was read to its end. It is never
// later than the start of the walk by the vendor's clock: what changed while the
// walk went on may have been passed already.
func (cu *cursor) finish(s stream) {
	w, old := cu.Walk, cu.Marks[s.name]
	since := w.High
	if since.After(w.Start) || since.IsZero() && old.Since.IsZero() {
		since = w.Start
	}
	if since.Before(old.Since) {
		since = old.Since
	}
	cu.Marks[s.name] = mark{Since: since, Edge: w.Edge}
}

// advance goes to the next stream, or ends the round. The first stream carries
// whole objects: after its first full walk the others start from there.
func (cu *cursor) advance(streams []stream, i int) {
	if i == 0 {
		for _, s := range streams[1:] {
			if _, ok := cu.Marks[s.name]; !ok {
				cu.Marks[s.name] = mark{Since: cu.Walk.Start}
			}
		}
	}
	cu.Walk = nil
	if i+1 < len(streams) {
		cu.Walk = &walk{Stream: streams[i+1].name}
	}
}
