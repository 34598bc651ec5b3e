package lever

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	// overlap is how far a walk reaches back behind the start of the last one: a row
	// that was committed late carries a stamp that has passed already.
	overlap = 5 * time.Second
	// maxRestarts is how often a refused offset token starts a walk anew.
	maxRestarts = 3
)

// stream is a list that is read page by page.
type stream struct {
	name   string // key in the cursor, and the path
	filter string // by the time of the last change, in ms; empty: the whole list, every round
	query  url.Values
	// later streams are read from the second round on: what is gone before the first
	// round was never told.
	later    bool
	optional bool // without permission, or where the vendor has no such list, it is passed over
}

// cursor is how far the streams of a feed have been read.
type cursor struct {
	Marks map[string]int64  `json:"marks,omitempty"` // ms; where the next walk of a stream starts
	Walk  *walk             `json:"walk,omitempty"`  // nil: between rounds
	Due   []string          `json:"due,omitempty"`   // postings that are to be read one by one
	Seen  map[string]string `json:"seen,omitempty"`  // what the requisitions in work looked like
}

// walk is a stream being read, from its first page to its last.
type walk struct {
	Stream   string `json:"stream"`
	Offset   string `json:"offset,omitempty"`
	Start    int64  `json:"start,omitempty"` // the vendor's clock at the first page
	Restarts int    `json:"restarts,omitempty"`
}

func readCursor(c staffing.Cursor) (*cursor, error) {
	out := &cursor{}
	if len(c) > 0 && string(c) != "null" {
		if err := json.Unmarshal(c, out); err != nil {
			return nil, staffing.Errorf(staffing.Internal, "the saved position of this feed cannot be read; reset the feed to read it from the beginning: %w", err)
		}
	}
	if out.Marks == nil {
		out.Marks = map[string]int64{}
	}
	if out.Seen == nil {
		out.Seen = map[string]string{}
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

// owe adds postings that are to be read, each once.
func (cu *cursor) owe(ids ...string) {
	for _, id := range ids {
		if id != "" && !contains(cu.Due, id) {
			cu.Due = append(cu.Due, id)
		}
	}
}

// step reads the next page of the walk that cu is in, or the first page of the
// first stream, and moves cu behind it.
func (c *Connector) step(ctx context.Context, streams []stream, cu *cursor) (stream, []row, error) {
	i := position(streams, cu)
	s, w := streams[i], cu.Walk
	page, err := c.list(ctx, s.name, c.filters(s, cu.Marks[s.name]), w.Offset)
	switch {
	case errors.Is(err, errOffset) && w.Restarts < maxRestarts:
		cu.Walk = &walk{Stream: s.name, Restarts: w.Restarts + 1}
		return s, nil, nil
	case s.optional && (staffing.CodeOf(err) == staffing.Forbidden || staffing.CodeOf(err) == staffing.NotFound):
		cu.advance(streams, i)
		return s, nil, nil
	case err != nil:
		return s, nil, err
	}
	if w.Start == 0 {
		at := page.date
		if at.IsZero() {
			at = c.now().Add(-time.Minute) // the vendor's clock is unknown: stay behind ours
		}
		w.Start = at.UnixMilli()
	}
	if w.Offset = page.next; w.Offset == "" {
		cu.Marks[s.name] = max(w.Start, cu.Marks[s.name])
		cu.advance(streams, i)
	}
	return s, page.rows, nil
}

// filters are those of a stream's walk. With a filter by time, Lever takes no other
// but confidentiality, and it leaves confidential rows out unless asked.
func (c *Connector) filters(s stream, since int64) url.Values {
	q := cloneValues(s.query)
	if !s.later {
		q.Set("confidentiality", c.confidentiality)
	}
	if s.filter != "" && since > 0 {
		q.Set(s.filter, strconv.FormatInt(since-overlap.Milliseconds(), 10))
	}
	return q
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

// advance goes to the next stream, or ends the round. Streams that tell what is
// gone start where the first round started.
func (cu *cursor) advance(streams []stream, i int) {
	start := cu.Marks[streams[0].name]
	cu.Walk = nil
	for _, s := range streams[i+1:] {
		if s.later && cu.Marks[s.name] == 0 {
			cu.Marks[s.name] = start
			continue
		}
		cu.Walk = &walk{Stream: s.name}
		return
	}
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}
