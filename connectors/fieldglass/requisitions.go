package fieldglass

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

// The changes download keeps its cursor at Fieldglass, and a call that succeeds
// moves it: what that answer held is never given again. Three things keep it
// from getting lost:
//
//   - an intent is spooled before the call. One that no body follows says that an
//     answer may have been lost (a crash, a connection cut while the answer came),
//     and the full download repairs it;
//   - the body is spooled before anything in it is read;
//   - the full download is read every few hours in any case.
//
// At most two intents are open: the last belongs to the call that runs, an
// earlier one stands for the loss that is still to be repaired.

// intentMark is the body of an intent. No download answers it.
var intentMark = []byte("tributary: a job posting download begins")

const openIntents = 2

// reqCursor is the cursor of the requisition feed. The cursor of the changes
// themselves lies at Fieldglass.
type reqCursor struct {
	FullAt time.Time `json:"full_at"` // when all postings were last read
}

// Requisitions gives what is spooled, then the changes, then, when it is due, all
// postings. A body that is spooled but not whole gives the postings that can be
// read, and one record "spool-<id>" with the rest under "_unparsed", which no
// mapping can read: it waits as a failed record and holds nothing else up.
func (c *Connector) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	var at reqCursor
	if len(cur) > 0 {
		if err := json.Unmarshal(cur, &at); err != nil {
			return staffing.Page{}, staffing.Errorf(staffing.Internal, "the saved position of the job posting feed cannot be read: %w", err)
		}
	}
	pending, err := c.spool.Pending(ctx, staffing.FeedRequisitions)
	if err != nil {
		return staffing.Page{}, err
	}
	intents, body := waiting(pending)
	if body != nil {
		return c.spooledPage(*body, intents, at, true)
	}
	lost := len(intents) > 0
	if len(intents) < openIntents {
		in, err := c.spool.Append(ctx, staffing.FeedRequisitions, intentMark)
		if err != nil {
			return staffing.Page{}, err
		}
		intents = append(intents, in.ID)
	}
	data, st, err := c.run(ctx, job{connector: c.set["postings_delta"]})
	if err != nil {
		return staffing.Page{}, err
	}
	if st == nil {
		kept, err := c.spool.Append(ctx, staffing.FeedRequisitions, data)
		if err != nil {
			return staffing.Page{}, err
		}
		if _, _, err := parseRoots(data); err != nil {
			return staffing.Page{}, staffing.Errorf(staffing.Unavailable,
				"the job posting download cannot be read whole (%w); it is kept as spooled body %d, what can be read of it comes with the next poll, and a full download repairs the rest", err, kept.ID)
		}
		return c.spooledPage(kept, intents, at, lost || c.fullDue(at))
	}
	if c.full == 0 || !lost && !c.fullDue(at) {
		return page(nil, at, intents)
	}
	return c.fullPage(ctx, intents)
}

// waiting gives the first spooled body with the intent that it answers as the
// last of the intents before it; without a body, the open intents.
func waiting(pending []connectors.Spooled) (intents []int64, body *connectors.Spooled) {
	for i := range pending {
		if !bytes.Equal(pending[i].Body, intentMark) {
			return intents, &pending[i]
		}
		intents = append(intents, pending[i].ID)
	}
	return intents, nil
}

// spooledPage reads a spooled body. It closes the body with the intent that it
// answers, unless the body is damaged: then the intent stays, and the full
// download repairs what could not be read.
func (c *Connector) spooledPage(b connectors.Spooled, intents []int64, at reqCursor, more bool) (staffing.Page, error) {
	roots, rest, err := parseRoots(b.Body)
	records := c.postings(roots, "spool-"+strconv.FormatInt(b.ID, 10))
	closes := []int64{b.ID}
	if err != nil {
		records = append(records, unparsed("spool-"+strconv.FormatInt(b.ID, 10), rest, err.Error()))
		more = true
	} else if len(intents) > 0 {
		closes = append(closes, intents[len(intents)-1])
	}
	p, err := page(records, at, closes)
	p.More = more
	return p, err
}

func (c *Connector) fullDue(at reqCursor) bool {
	return c.full > 0 && c.now().Sub(at.FullAt) >= c.full
}

// fullPage reads every posting. Reading consumes nothing, so nothing is spooled.
// Once its page is saved, no earlier answer can be missing any more.
func (c *Connector) fullPage(ctx context.Context, intents []int64) (staffing.Page, error) {
	began := c.now()
	data, _, err := c.run(ctx, job{connector: c.set["postings_full"]})
	if err != nil {
		return staffing.Page{}, err
	}
	roots, err := parseAnswer(data, c.set["postings_full"])
	if err != nil {
		return staffing.Page{}, err
	}
	return page(c.postings(roots, "full"), reqCursor{FullAt: began.UTC()}, intents)
}

// parseAnswer reads a download that consumed nothing, so that it may simply fail.
func parseAnswer(data []byte, connector string) ([]root, error) {
	if onlyStatus(data).empty() {
		return nil, nil
	}
	roots, _, err := parseRoots(data)
	if err != nil {
		return nil, staffing.Errorf(staffing.Unavailable, "the answer of “%s” cannot be read whole: %w", connector, err)
	}
	return roots, nil
}

func page(records []staffing.Record, at reqCursor, closes []int64) (staffing.Page, error) {
	next, err := json.Marshal(at)
	return staffing.Page{Records: records, Next: staffing.Cursor(next), Spooled: closes}, err
}

// postings turns roots into records. A root that is no posting (a status in
// between that tells of an error, an element nobody knows) becomes a record that
// fails visibly under name.
func (c *Connector) postings(roots []root, name string) []staffing.Record {
	var out []staffing.Record
	for _, r := range unwrap(roots) {
		id := text(at(r.value, "OrderId", "IdValue"))
		if id != "" {
			out = append(out, record(id, r.value))
			continue
		}
		st := statusOf(r)
		if st != nil && st.err(job{connector: c.set["postings_delta"]}) == nil {
			continue
		}
		reason := "it has no OrderId"
		if st != nil {
			reason = "Fieldglass says: " + st.message
		}
		raw, _ := json.Marshal(r.value) // it was made from JSON values
		out = append(out, unparsed(name+"-"+hash(raw), raw, reason))
	}
	return out
}

// unwrap takes postings and work orders, which both are StaffingOrders, out of a
// wrapper that some tenants put around them.
func unwrap(roots []root) (out []root) {
	const name = "StaffingOrder"
	for _, r := range roots {
		inner := many(r.value[name])
		if r.name == name || len(inner) == 0 {
			out = append(out, r)
			continue
		}
		for _, o := range inner {
			out = append(out, root{name: name, value: o})
		}
	}
	return out
}

func record(id string, value obj) staffing.Record {
	raw, _ := json.Marshal(value) // it was made from JSON values
	return staffing.Record{ExternalID: id, Version: hash(raw), Raw: raw}
}

func unparsed(id string, body []byte, reason string) staffing.Record {
	return record(id, obj{"_unparsed": storable(string(body)), "_error": reason})
}

// hash is the version of an object: postings carry no time of change.
func hash(raw []byte) string {
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:6])
}
