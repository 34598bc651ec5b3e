package bullhorn

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// Reading a subscription takes the events out of it. Four things keep one from
// getting lost:
//
//   - an intent is spooled before each read. One that no events follow says that an
//     answer may have been lost: then the vendor is asked for the number of its last
//     read, and that read is asked for again;
//   - the events are spooled before anything in them is looked at;
//   - a subscription that is gone (idle for too long) is made again, and what changed
//     since the last good read is looked up in the database (repair.go);
//   - events say what changed, not how: the statuses come from the vendor's history
//     of the submission, so that two quick changes are two records (changes.go).

// intentMark is the body of an intent.
var intentMark = []byte(`"tributary: a read of the event subscription begins"`)

// maxEvents is the most that one read gives.
const maxEvents = 100

// cursor is where the feed stands.
type cursor struct {
	Request int64     `json:"request,omitempty"` // number of the last read whose events were given
	Seen    time.Time `json:"seen"`              // by the vendor's clock: nothing older is missing
	Repair  *repair   `json:"repair,omitempty"`  // under way
}

func readCursor(c staffing.Cursor) (cursor, error) {
	var out cursor
	if len(c) == 0 || string(c) == "null" {
		return out, nil
	}
	if err := json.Unmarshal(c, &out); err != nil {
		return out, staffing.Errorf(staffing.Internal, "the saved position of the candidate feed cannot be read; reset the feed to read the last day again: %w", err)
	}
	return out, nil
}

// page makes a page that closes spooled bodies.
func (at cursor) page(records []staffing.Record, more bool, closes []int64) (staffing.Page, error) {
	next, err := json.Marshal(at)
	if err != nil {
		return staffing.Page{}, staffing.Errorf(staffing.Internal, "the position of the candidate feed cannot be written: %w", err)
	}
	return staffing.Page{Records: records, Next: next, More: more || at.Repair != nil, Spooled: closes}, nil
}

// CandidateEvents gives what is spooled, then what a repair finds, then what waits
// at Bullhorn. A record's external id is the vendor's history row, so that the same
// change is the same record however it was found.
func (c *Connector) CandidateEvents(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	at, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	pending, err := c.spool.Pending(ctx, staffing.FeedCandidates)
	if err != nil {
		return staffing.Page{}, err
	}
	intents, body := waiting(pending)
	switch {
	case body != nil:
		return c.spooledPage(ctx, at, spooled{*body, intents, true})
	case at.Repair != nil:
		return c.repairPage(ctx, at)
	}
	if at.Seen.IsZero() { // the first time ever
		return c.subscribe(ctx, at, intents)
	}
	query := url.Values{"maxEvents": {strconv.Itoa(maxEvents)}}
	if len(intents) > 0 {
		last, _, err := c.lastRequest(ctx)
		switch {
		case err != nil:
			return staffing.Page{}, err
		case last > at.Request:
			query.Set("requestId", strconv.FormatInt(last, 10))
			at.Request = last // also when the vendor no longer has it
		case last < at.Request: // made anew since
			at.Request = last
			at.startRepair(at.Seen)
		}
	} else {
		in, err := c.spool.Append(ctx, staffing.FeedCandidates, intentMark)
		if err != nil {
			return staffing.Page{}, err
		}
		intents = append(intents, in.ID)
	}
	return c.read(ctx, at, query, intents)
}

// waiting gives the first spooled events with the intents before them; without
// events, the open intents.
func waiting(pending []connectors.Spooled) (intents []int64, body *connectors.Spooled) {
	for i := range pending {
		if !bytes.Equal(pending[i].Body, intentMark) {
			return intents, &pending[i]
		}
		intents = append(intents, pending[i].ID)
	}
	return intents, nil
}

// read takes events out of the subscription, or makes it.
func (c *Connector) read(ctx context.Context, at cursor, query url.Values, intents []int64) (staffing.Page, error) {
	resp, err := c.call(ctx, request{path: c.subscription(), query: query})
	if isGone(err) {
		return c.subscribe(ctx, at, intents)
	}
	if err != nil {
		return staffing.Page{}, explain(err, "cannot read Bullhorn's event subscription")
	}
	var b batch
	if len(bytes.TrimSpace(resp.Body)) > 0 { // an empty body is one way to say that nothing waits
		err = resp.Decode(&b)
	}
	if err != nil {
		return staffing.Page{}, explain(err, "the events that Bullhorn sent cannot be read; the next poll asks for them again")
	}
	if len(b.Events) == 0 {
		again := query.Has("requestId")
		if again { // the vendor does not have that read any more
			at.startRepair(at.Seen)
		}
		at.Request = max(at.Request, b.Request)
		at.saw(c.clock(resp.Header))
		return at.page(nil, again, intents)
	}
	kept, err := c.spool.Append(ctx, staffing.FeedCandidates, resp.Body)
	if err != nil {
		return staffing.Page{}, err
	}
	return c.spooledPage(ctx, at, spooled{kept, intents, query.Has("requestId")})
}

// spooled is a body that waits to be read, with the intents before it.
type spooled struct {
	connectors.Spooled
	intents []int64
	late    bool // it was read some time ago: more may wait by now
}

// spooledPage reads a spooled body and closes it with its intents.
func (c *Connector) spooledPage(ctx context.Context, at cursor, body spooled) (staffing.Page, error) {
	b := parseBatch(body.Body)
	records, err := c.changes(ctx, b.dirty())
	if err != nil {
		return staffing.Page{}, err
	}
	at.Request = max(at.Request, b.Request)
	at.saw(b.latest())
	return at.page(append(records, b.unparsed()...), body.late || len(b.Events) >= maxEvents, slices.Concat(body.intents, []int64{body.ID}))
}

func (c *Connector) subscription() string { return "event/subscription/" + c.set["subscription"] }

// subscribe makes the subscription. What changed before it was there, a repair
// looks up. Whether the vendor keeps, replaces or refuses one that exists already
// is not documented: each is good here.
func (c *Connector) subscribe(ctx context.Context, at cursor, intents []int64) (staffing.Page, error) {
	resp, err := c.call(ctx, request{method: http.MethodPut, path: c.subscription(), readOnly: true, // done twice it is done once
		query: url.Values{"type": {"entity"}, "names": {"JobSubmission"}, "eventTypes": {"INSERTED,UPDATED,DELETED"}}})
	if status := httpx.StatusOf(err); status == http.StatusBadRequest || status == http.StatusConflict {
		last, there, lastErr := c.lastRequest(ctx)
		if lastErr == nil && there {
			at.Request = last
			at.startRepair(c.now().UTC())
			return at.page(nil, false, intents)
		}
	}
	if err != nil {
		return staffing.Page{}, explain(err, "cannot make Bullhorn's event subscription")
	}
	var made struct {
		LastRequest int64 `json:"lastRequestId"`
	}
	if err := resp.Decode(&made); err != nil {
		return staffing.Page{}, explain(err, "Bullhorn's answer to the new event subscription cannot be read")
	}
	c.log.InfoContext(ctx, "made the event subscription", "subscription", c.set["subscription"])
	at.Request = made.LastRequest
	at.startRepair(c.clock(resp.Header))
	return at.page(nil, false, intents)
}

// lastRequest gives the number of the last read of the subscription, and whether
// there is a subscription.
func (c *Connector) lastRequest(ctx context.Context) (last int64, there bool, err error) {
	resp, err := c.call(ctx, request{path: c.subscription() + "/lastRequestId"})
	if isGone(err) {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, explain(err, "cannot ask Bullhorn for the last read of the event subscription")
	}
	var out struct {
		Result int64 `json:"result"`
	}
	if err := resp.Decode(&out); err != nil {
		return 0, false, explain(err, "Bullhorn's answer about the last read of the event subscription cannot be read")
	}
	return max(out.Result, 0), true, nil
}

// isGone tells a subscription that does not exist. The vendor does not document
// how it says so.
func isGone(err error) bool {
	switch httpx.StatusOf(err) {
	case http.StatusNotFound, http.StatusGone:
		return true
	case http.StatusBadRequest:
		return strings.Contains(strings.ToLower(string(httpx.BodyOf(err))), "subscription")
	}
	return false
}

// clock is the vendor's time of an answer, or a careful guess.
func (c *Connector) clock(h http.Header) time.Time {
	if t, err := http.ParseTime(h.Get("Date")); err == nil {
		return t.UTC()
	}
	return c.now().Add(-time.Minute).UTC()
}
