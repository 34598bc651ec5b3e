package ashby

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/tributary-hub/tributary/staffing"
)

// maxRestarts is how often a refused cursor or sync token starts a walk anew.
const maxRestarts = 3

// stream is a list that is read page by page, each round only what changed.
type stream struct {
	method string // also its key in the cursor
	body   map[string]any
	limit  int // rows a page; 0: the list comes in one piece, every round
	what   string
}

// cursor is how far the streams of a feed have been read.
type cursor struct {
	Tokens   map[string]string  `json:"tokens,omitempty"` // sync tokens by stream
	Walk     *walk              `json:"walk,omitempty"`   // nil: between rounds
	Due      []string           `json:"due,omitempty"`    // jobs that are to be read one by one
	Rounds   int                `json:"rounds,omitempty"` // that were read to their end
	Openings map[string]string  `json:"openings,omitempty"`
	Postings map[string]posting `json:"postings,omitempty"`
}

// walk is a stream being read, from its first page to its last.
type walk struct {
	Stream   string `json:"stream"`
	Cursor   string `json:"cursor,omitempty"`
	Restarts int    `json:"restarts,omitempty"`
}

// posting is what was known of a job posting when it was read last.
type posting struct {
	Job    string `json:"job"`
	At     string `json:"at"`               // its updatedAt
	Listed bool   `json:"listed,omitempty"` // it stood in the list of published postings
}

func readCursor(c staffing.Cursor) (*cursor, error) {
	out := &cursor{}
	if len(c) > 0 && string(c) != "null" {
		if err := json.Unmarshal(c, out); err != nil {
			return nil, staffing.Errorf(staffing.Internal, "the saved position of this feed cannot be read; reset the feed to read it from the beginning: %w", err)
		}
	}
	if out.Tokens == nil {
		out.Tokens = map[string]string{}
	}
	if out.Openings == nil {
		out.Openings = map[string]string{}
	}
	if out.Postings == nil {
		out.Postings = map[string]posting{}
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
func (cu *cursor) owe(ids ...string) {
	for _, id := range ids {
		if id != "" && !slices.Contains(cu.Due, id) {
			cu.Due = append(cu.Due, id)
		}
	}
}

// step reads the next page of the walk that cu is in, or the first page of the
// first stream, and moves cu behind it. The sync token stays with its cursor, and
// a new one comes on the last page only.
func (c *Connector) step(ctx context.Context, streams []stream, cu *cursor) (stream, []row, error) {
	i := position(streams, cu)
	s, w := streams[i], cu.Walk
	body := map[string]any{}
	for k, v := range s.body {
		body[k] = v
	}
	if s.limit > 0 {
		body["limit"] = s.limit
	}
	for key, v := range map[string]string{"syncToken": cu.Tokens[s.method], "cursor": w.Cursor} {
		if v != "" {
			body[key] = v
		}
	}
	out, err := c.call(ctx, request{method: s.method, body: body, what: s.what})
	if stale(err) && w.Restarts < maxRestarts {
		delete(cu.Tokens, s.method)
		cu.Walk = &walk{Stream: s.method, Restarts: w.Restarts + 1}
		return s, nil, nil
	}
	if err != nil {
		return s, nil, err
	}
	list, err := rows(out, s.what)
	if err != nil {
		return s, nil, err
	}
	if out.More && out.Cursor == "" {
		return s, nil, staffing.Errorf(staffing.Unavailable, "Ashby says there is more of %s but gives no cursor for it", s.what)
	}
	if w.Cursor = out.Cursor; out.More {
		return s, list, nil
	}
	delete(cu.Tokens, s.method) // without a new one the next walk is a full one
	if out.SyncToken != "" {
		cu.Tokens[s.method] = out.SyncToken
	}
	cu.advance(streams, i)
	return s, list, nil
}

// stale says that the vendor no longer takes a cursor or a sync token: the list is
// read from its beginning then.
func stale(err error) bool {
	switch refusalCode(err) {
	case "next_cursor_expired", "invalid_next_cursor", "sync_token_expired", "sync_token_invalid", "incremental_sync_too_large":
		return true
	}
	return false
}

// position finds the stream of the running walk, and starts a walk when none is.
func position(streams []stream, cu *cursor) int {
	if cu.Walk != nil {
		for i, s := range streams {
			if s.method == cu.Walk.Stream {
				return i
			}
		}
	}
	cu.Walk = &walk{Stream: streams[0].method}
	return 0
}

// advance goes to the next stream, or ends the round.
func (cu *cursor) advance(streams []stream, i int) {
	cu.Walk = nil
	if i+1 < len(streams) {
		cu.Walk = &walk{Stream: streams[i+1].method}
		return
	}
	cu.Rounds++
}
