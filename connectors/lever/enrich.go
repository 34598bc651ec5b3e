package lever

import (
	"context"
	"net/url"

	"github.com/tributary-hub/tributary/staffing"
)

// fewCodes is how many requisitions are asked for by their code; more are found by
// reading the whole list.
const fewCodes = 10

// enrich puts the requisitions and the hiring manager into each posting, under
// keys that begin with an underscore, so that they cannot be taken for Lever's own
// fields. It gives the requisitions that it put there.
func (c *Connector) enrich(ctx context.Context, rows []row) ([]row, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	all, missing, err := c.requisitionsOf(ctx, rows)
	if err != nil {
		return nil, err
	}
	var joined []row
	managers := map[string]row{}
	for _, p := range rows {
		mine := []row{}
		for _, r := range all {
			if contains(r.texts("postings"), p.text("id")) || contains(codes(p), r.text("requisitionCode")) {
				mine = append(mine, r)
			}
		}
		joined = append(joined, mine...)
		p["_requisitions"], p["_requisition"] = mine, best(mine)
		if id := manager(p); id != "" {
			managers[id] = row{"id": id}
		}
	}
	if err := c.name(ctx, managers, &missing); err != nil {
		return nil, err
	}
	for _, p := range rows {
		p["_hiring_manager"] = nil
		if m := managers[manager(p)]; m != nil {
			p["_hiring_manager"] = m
		}
		if len(missing) > 0 {
			p["_unavailable"] = missing
		}
	}
	return joined, nil
}

// requisitionsOf reads the requisitions that the postings name. An account may use
// none, and a key may not see them.
func (c *Connector) requisitionsOf(ctx context.Context, rows []row) (all []row, missing []string, err error) {
	var wanted []string
	for _, p := range rows {
		for _, code := range codes(p) {
			if !contains(wanted, code) {
				wanted = append(wanted, code)
			}
		}
	}
	queries := []url.Values{}
	for _, code := range wanted {
		queries = append(queries, url.Values{"requisition_code": {code}, "confidentiality": {c.confidentiality}})
	}
	if len(wanted) > fewCodes {
		queries = []url.Values{{"confidentiality": {c.confidentiality}}}
	}
	for _, q := range queries {
		some, err := c.all(ctx, requisitions, q)
		if staffing.CodeOf(err) == staffing.Forbidden {
			return nil, []string{requisitions}, nil
		}
		if err != nil {
			return nil, nil, err
		}
		all = append(all, some...)
	}
	return all, nil, nil
}

// codes are a posting's requisition codes; reqCode is the older field.
func codes(p row) []string {
	out := p.texts("requisitionCodes")
	if code := p.text("reqCode"); code != "" && !contains(out, code) {
		out = append(out, code)
	}
	return out
}

// best picks the requisition that stands for the posting: an open one first, then
// the one that changed last.
func best(list []row) row {
	var out row
	for _, r := range list {
		open, was := r.text("status") == "open", out.text("status") == "open"
		if out == nil || open && !was || open == was && r.changed().After(out.changed()) {
			out = r
		}
	}
	return out
}

// manager is who hires: by the requisition, else by the posting.
func manager(p row) string {
	if id := p.object("_requisition").ref("hiringManager"); id != "" {
		return id
	}
	return p.ref("hiringManager")
}

// name reads names and addresses of users. Without the permission only the id is
// known; a user may be gone.
func (c *Connector) name(ctx context.Context, users map[string]row, missing *[]string) error {
	for id := range users {
		u, err := c.get(ctx, "users/"+url.PathEscape(id), nil)
		switch {
		case staffing.CodeOf(err) == staffing.NotFound:
			continue
		case staffing.CodeOf(err) == staffing.Forbidden:
			*missing = append(*missing, "users")
			return nil
		case err != nil:
			return err
		}
		users[id] = u.only("id", "name", "email")
	}
	return nil
}
