package lever

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	postings     = "postings"
	requisitions = "requisitions"
	// duePerPage is how many postings are read one by one for one page of records.
	duePerPage = 20
)

// requisitionStreams: a candidate is put forward on a posting, so a posting is the
// hub's requisition. Lever's own requisitions hold the headcount; they have no
// filter by change, so each round reads them all and looks which ones changed.
func requisitionStreams() []stream {
	return []stream{
		{name: postings, filter: "updated_at_start"},
		{name: requisitions, optional: true},
		{name: "postings/deleted", filter: "deleted_at_start", later: true, optional: true},
	}
}

// Requisitions gives the postings that changed, or whose requisition did.
func (c *Connector) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	if len(cu.Due) > 0 {
		return c.giveDue(ctx, cu)
	}
	s, rows, err := c.step(ctx, requisitionStreams(), cu)
	if err != nil {
		return staffing.Page{}, err
	}
	switch s.name {
	case postings:
		return c.givePostings(ctx, cu, rows)
	case requisitions:
		cu.notice(rows)
		return cu.page(nil)
	}
	records, err := deletedPostings(rows)
	if err != nil {
		return staffing.Page{}, err
	}
	return cu.page(records)
}

// givePostings gives the rows of a list. One that comes without its text is read
// by itself: Lever takes no include beside a filter by time.
func (c *Connector) givePostings(ctx context.Context, cu *cursor, rows []row) (staffing.Page, error) {
	var whole []row
	for _, r := range rows {
		if r.object("content") == nil {
			cu.owe(r.text("id"))
			continue
		}
		whole = append(whole, r)
	}
	return c.giveRecords(ctx, cu, whole)
}

// giveDue reads the next of the postings that were found to be due. One that is
// gone meanwhile is passed over.
func (c *Connector) giveDue(ctx context.Context, cu *cursor) (staffing.Page, error) {
	n := min(duePerPage, len(cu.Due))
	var rows []row
	for _, id := range cu.Due[:n] {
		r, err := c.get(ctx, "postings/"+url.PathEscape(id), nil)
		switch {
		case staffing.CodeOf(err) == staffing.NotFound:
			continue
		case err != nil:
			return staffing.Page{}, err
		}
		rows = append(rows, r)
	}
	cu.Due = cu.Due[n:]
	return c.giveRecords(ctx, cu, rows)
}

func (c *Connector) giveRecords(ctx context.Context, cu *cursor, rows []row) (staffing.Page, error) {
	joined, err := c.enrich(ctx, rows)
	if err != nil {
		return staffing.Page{}, err
	}
	cu.given(joined)
	records := make([]staffing.Record, 0, len(rows))
	for _, r := range rows {
		at := r.changed()
		if req := r.object("_requisition"); req != nil && req.changed().After(at) {
			at = req.changed()
		}
		rec, err := r.record(r.text("id"), at)
		if err != nil {
			return staffing.Page{}, err
		}
		records = append(records, rec)
	}
	return cu.page(records)
}

// given remembers what the requisitions looked like that were given with a page of
// postings. One that looked otherwise a page ago is left to notice.
func (cu *cursor) given(joined []row) {
	for _, r := range joined {
		id, looks := r.text("id"), look(r)
		if r.text("status") == "closed" {
			continue
		}
		if old, ok := cu.Seen[id]; ok && old != looks {
			looks = ""
		}
		cu.Seen[id] = looks
	}
}

// notice finds the requisitions that changed, and owes their postings. Closed ones
// are remembered by their absence, or an old account would fill the cursor.
func (cu *cursor) notice(rows []row) {
	for _, r := range rows {
		id, looks := r.text("id"), look(r)
		old, known := cu.Seen[id]
		isClosed := r.text("status") == "closed"
		if isClosed {
			delete(cu.Seen, id)
		} else {
			cu.Seen[id] = looks
		}
		if known && old == looks || !known && isClosed {
			continue
		}
		cu.owe(r.texts("postings")...)
	}
}

// look is a short hash of a requisition. updatedAt would not do: it moves for some
// of the properties only.
func look(r row) string {
	raw, err := json.Marshal(r)
	if err != nil {
		return "" // it then counts as changed
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:6])
}

// deletedPostings gives those of which the vendor still tells the title, with the
// state "deleted".
func deletedPostings(rows []row) ([]staffing.Record, error) {
	var records []staffing.Record
	for _, r := range rows {
		if r.text("text") == "" {
			continue
		}
		r["state"] = "deleted"
		rec, err := r.record(r.text("id"), r.changed())
		if err != nil {
			return nil, err
		}
		records = append(records, rec)
	}
	return records, nil
}
