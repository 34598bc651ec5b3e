package setu

import (
	"context"
	"encoding/json"
	"net/http"
	"sort"
	"strings"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// missed is how many readings in a row an order must be missing before it counts as
// deleted: version 2 has no status, so being gone is the only word for it.
const missed = 2

// cursor is what the list held.
type cursor struct {
	Seen map[string]int `json:"seen"` // order -> how often in a row it was missing
}

// Requisitions reads the client's list of staffing orders. It is no part of the
// standard, which only knows one order by its id; it comes whole.
func (l lister) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	at := cursor{}
	if len(cur) > 0 {
		if err := json.Unmarshal(cur, &at); err != nil {
			return staffing.Page{}, staffing.Errorf(staffing.Internal, "the saved position of this feed cannot be read; reset the feed to read it from the beginning: %w", err)
		}
	}
	list, err := l.c.orders(ctx)
	if err != nil {
		return staffing.Page{}, err
	}
	next := cursor{Seen: map[string]int{}}
	var records []staffing.Record
	for _, m := range list {
		id := m.orderID()
		if !m.requisition() || id == "" {
			continue // an order for an offer of ours is read where the placement is
		}
		r, err := m.record(id, nil)
		if err != nil {
			return staffing.Page{}, err
		}
		records, next.Seen[id] = append(records, r), 0
	}
	gone, err := at.gone(next.Seen)
	if err != nil {
		return staffing.Page{}, err
	}
	raw, err := json.Marshal(next)
	return staffing.Page{Records: append(records, gone...), Next: raw}, err
}

// gone gives a record for each order that is missing long enough, and keeps count
// of the others.
func (at cursor) gone(seen map[string]int) (out []staffing.Record, err error) {
	ids := make([]string, 0, len(at.Seen))
	for id := range at.Seen {
		if _, there := seen[id]; !there {
			ids = append(ids, id)
		}
	}
	sort.Strings(ids)
	for _, id := range ids {
		if n := at.Seen[id] + 1; n < missed {
			seen[id] = n
			continue
		}
		r, err := message{name: staffingOrder}.record(id, obj{"_gone": true})
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

func (c *Connector) orders(ctx context.Context) ([]message, error) {
	resp, err := c.do(ctx, httpx.Request{URL: c.set["orders_url"], Header: http.Header{"Accept": {"application/json, application/xml;q=0.9"}}})
	if err != nil {
		return nil, explain(err, "the list of staffing orders could not be read")
	}
	list, err := parse(resp.Body)
	if err != nil {
		return nil, staffing.Errorf(staffing.Unavailable, "the list of staffing orders is neither SETU's XML nor its JSON: %w", err)
	}
	var out []message
	for _, m := range list {
		switch {
		case m.kind() == staffingOrder:
			out = append(out, m)
		case known(m.kind()): // another message
		case m.name == "" || strings.EqualFold(m.name, "html") || len(m.v) > 0:
			return nil, staffing.Errorf(staffing.Unavailable, "the list of staffing orders holds something that is none")
		}
	}
	return out, nil
}
