package ashby

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// list answers a paged list. A cursor carries the number of changes at the start of
// the walk, which becomes the sync token on the last page: what changes meanwhile
// shows in the next walk.
func (s *Server) list(method string, in object) (object, *refusal) {
	limit := 100
	if v, ok := in["limit"].(json.Number); ok {
		n, err := v.Int64()
		if err != nil || n < 1 || n > 100 {
			return nil, &refusal{"invalid_input", "limit must lie between 1 and 100"}
		}
		limit = int(n)
	}
	since, bad := number(in["syncToken"], "sync:", "sync_token_invalid")
	if bad != nil {
		return nil, bad
	}
	at, bad := s.position(in)
	if bad != nil {
		return nil, bad
	}
	if in["syncToken"] != nil && at.page >= s.opts.MaxSyncPages {
		return nil, &refusal{"incremental_sync_too_large", "Discard the sync token and perform a full sync"}
	}
	found := []object{}
	for i, e := range s.lists[method] {
		if i < at.index || e.changed <= since || !s.fits(method, e.object, in) {
			continue
		}
		if len(found) == limit {
			return object{"results": found, "moreDataAvailable": true, "nextCursor": fmt.Sprintf("cursor:%d:%d:%d", at.start, i, at.page+1)}, nil
		}
		found = append(found, s.view(method, e.object, in))
	}
	return object{"results": found, "moreDataAvailable": false, "syncToken": fmt.Sprintf("sync:%d", at.start)}, nil
}

// place is where a walk stands.
type place struct {
	start int // changes at its first page
	index int // of the next row; rows keep their place
	page  int
}

// position reads a cursor.
func (s *Server) position(in object) (place, *refusal) {
	if in["cursor"] == nil {
		return place{start: s.tick}, nil
	}
	var p place
	if n, err := fmt.Sscanf(fmt.Sprint(in["cursor"]), "cursor:%d:%d:%d", &p.start, &p.index, &p.page); n != 3 || err != nil {
		return place{}, &refusal{"invalid_next_cursor", "The cursor cannot be decoded. Start over without one"}
	}
	return p, nil
}

func number(v any, prefix, code string) (int, *refusal) {
	if v == nil {
		return 0, nil
	}
	digits, ok := strings.CutPrefix(fmt.Sprint(v), prefix)
	n, err := strconv.Atoi(digits)
	if !ok || err != nil {
		return 0, &refusal{code, "The token cannot be decoded. Perform a full sync"}
	}
	return n, nil
}

func (s *Server) fits(method string, o, in object) bool {
	if method == "job.list" {
		asked, _ := in["status"].([]any) // absent: all but drafts
		if len(asked) == 0 {
			return o["status"] != "Draft"
		}
		return slices.Contains(asked, o["status"])
	}
	for name, key := range map[string]string{"applicationId": "applicationId", "status": "status"} {
		if in[name] != nil && in[name] != o[key] {
			return false
		}
	}
	return true
}

func (s *Server) find(method string, id any, code string) (object, *refusal) {
	if e := s.entry(method, id); e != nil {
		return object{"results": s.view(method, e.object, object{"expand": []any{"location", "openings"}})}, nil
	}
	return nil, &refusal{code, "There is no object with this id"}
}

func (s *Server) entry(method string, id any) *entry {
	for _, e := range s.lists[method] {
		if e.object["id"] == id {
			return e
		}
	}
	return nil
}

// view is an object as the wire shows it, with what was asked to be expanded.
func (s *Server) view(method string, o, in object) object {
	out := object{}
	for k, v := range o {
		out[k] = v
	}
	expand, _ := in["expand"].([]any) // absent: nothing
	if !slices.Contains(expand, any("location")) {
		delete(out, "location")
	}
	if (method == "job.list" || method == "application.list") && slices.Contains(expand, any("openings")) {
		list := []object{}
		for _, op := range s.lists["opening.list"] {
			latest, _ := op.object["latestVersion"].(object) // every opening has one
			jobs, _ := latest["jobIds"].([]string)
			job := o["id"]
			if method == "application.list" {
				its, _ := o["job"].(object)
				job = its["id"]
			}
			if slices.Contains(jobs, fmt.Sprint(job)) && (method == "job.list" || op.object["id"] == o["_opening"]) {
				list = append(list, op.object)
			}
		}
		out["openings"] = list
	}
	delete(out, "_opening")
	return out
}

// touch notes a change, so that sync tokens show it.
func (s *Server) touch(e *entry) {
	s.tick++
	e.changed = s.tick
	if _, stamped := e.object["updatedAt"]; stamped {
		e.object["updatedAt"] = s.now()
	}
}

func (s *Server) add(method string, o object) {
	e := &entry{object: o}
	s.touch(e)
	s.lists[method] = append(s.lists[method], e)
}
