package beeline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	pageSize  = 50     // the vendor documents limit and offset, and no largest limit
	maxSearch = 20_000 // entries that a search looks through
	detailed  = 25     // details read in one page of requisitions
	// staleAfter is when a detail is read again although its entry in the list did not
	// change: the list has few fields.
	staleAfter = 6 * time.Hour
)

// cursor is what is known of the list: no filter by time is documented, so each reading
// goes through the whole list and reads the details of what changed in it.
type cursor struct {
	Offset int              `json:"offset,omitempty"`
	Walk   int              `json:"walk,omitempty"`
	Known  map[string]known `json:"known,omitempty"`
}

type known struct {
	Hash string `json:"h"` // of the entry in the list
	At   int64  `json:"t"` // when the detail was read, in seconds since 1970
	Walk int    `json:"w"` // in which the entry was last seen
}

func readCursor(cur staffing.Cursor) (*cursor, error) {
	c := &cursor{}
	if len(cur) > 0 {
		if err := json.Unmarshal(cur, c); err != nil {
			return nil, staffing.Errorf(staffing.Internal, "the cursor cannot be read: %w", err)
		}
	}
	if c.Known == nil {
		c.Known = map[string]known{}
	}
	return c, nil
}

func (c *cursor) page(records []staffing.Record, more bool) (staffing.Page, error) {
	next, err := json.Marshal(c)
	if err != nil {
		return staffing.Page{}, staffing.Errorf(staffing.Internal, "the cursor cannot be written: %w", err)
	}
	return staffing.Page{Records: records, Next: next, More: more}, nil
}

// advance goes on after a page of the list; false at its end.
func (c *cursor) advance(rows int) bool {
	if rows == pageSize {
		c.Offset += rows
		return true
	}
	for uid, k := range c.Known {
		if k.Walk != c.Walk {
			delete(c.Known, uid)
		}
	}
	c.Offset, c.Walk = 0, c.Walk+1
	return false
}

func hashOf(raw json.RawMessage) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:8])
}

// Requisitions implements [staffing.RequisitionSource]: the list has few fields, so what
// is new or changed in it is read in full.
func (c *Connector) Requisitions(ctx context.Context, from staffing.Cursor) (staffing.Page, error) {
	cur, err := readCursor(from)
	if err != nil {
		return staffing.Page{}, err
	}
	rows, err := c.list(ctx, c.s["postings_path"], nil, cur.Offset)
	if err != nil {
		return staffing.Page{}, err
	}
	var records []staffing.Record
	for _, r := range rows {
		uid, hash := r.text("uid"), hashOf(r.raw)
		k, ok := cur.Known[uid]
		k.Walk = cur.Walk
		if !ok || k.Hash != hash || c.now().Sub(time.Unix(k.At, 0)) > staleAfter {
			if len(records) == detailed {
				return cur.page(records, true) // the same page of the list again
			}
			detail, err := c.get(ctx, nil, c.s["postings_path"], uid)
			if staffing.CodeOf(err) == staffing.NotFound {
				continue // withdrawn since the list was made
			}
			if err != nil {
				return staffing.Page{}, err
			}
			records = append(records, record(uid, detail))
			k.Hash, k.At = hash, c.now().Unix()
		}
		cur.Known[uid] = k
	}
	return cur.page(records, cur.advance(len(rows)))
}

func record(uid string, r row) staffing.Record {
	rec := staffing.Record{ExternalID: uid, Raw: r.raw}
	if t, err := time.Parse(time.RFC3339Nano, r.text("modified")); err == nil {
		rec.UpdatedAt = t.UTC()
	}
	return rec
}

// submissionFailed is the word for a candidate that the client's system refused after
// Beeline had taken it.
const submissionFailed = "SUBMISSION_FAILED"

// Statuses implements [staffing.StatusSource]: every candidate each time, because no
// filter by time is documented; what has not changed is known by the hub.
func (c *Connector) Statuses(ctx context.Context, from staffing.Cursor) (staffing.Page, error) {
	cur, err := readCursor(from)
	if err != nil {
		return staffing.Page{}, err
	}
	rows, err := c.list(ctx, c.s["candidates_path"], nil, cur.Offset)
	if err != nil {
		return staffing.Page{}, err
	}
	records := make([]staffing.Record, 0, len(rows))
	for _, r := range rows {
		uid := r.text("uid")
		if r.text("status") == submissionFailed && r.text("submissionErrorMessage") == "" {
			detail, err := c.get(ctx, nil, c.s["candidates_path"], uid) // the reason
			if err == nil {
				r = detail
			} else if staffing.CodeOf(err) != staffing.NotFound {
				return staffing.Page{}, err
			}
		}
		records = append(records, record(uid, r))
	}
	return cur.page(records, cur.advance(len(rows)))
}
