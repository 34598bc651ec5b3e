package greenhouse

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/sandbox/state"
)

// object is one row as it goes over the wire, its private fields included until
// it leaves.
type object map[string]any

// list is one list endpoint.
type list struct {
	read    func(keep func(Base) bool) []object
	filters map[string]filter
}

type based interface{ base() Base }

func read[T based](t *state.Table[T]) func(keep func(Base) bool) []object {
	return func(keep func(Base) bool) []object {
		rows := t.List(func(v T) bool { return keep(v.base()) })
		sort.Slice(rows, func(i, j int) bool { return rows[i].base().ID > rows[j].base().ID })
		out := make([]object, len(rows))
		for i, r := range rows {
			out[i] = wire(r)
		}
		return out
	}
}

func wire(v any) object {
	doc, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types
	}
	dec := json.NewDecoder(bytes.NewReader(doc))
	dec.UseNumber()
	var out object
	if err := dec.Decode(&out); err != nil {
		panic(err)
	}
	return out
}

// place is what a page cursor stands for.
type place struct {
	Path   string     `json:"p"`
	Query  url.Values `json:"q"`
	Before int64      `json:"b"`
}

func (s *Server) serveList(w http.ResponseWriter, r *http.Request, path string, scopes map[string]bool) {
	l, ok := s.lists[path]
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "Resource not found")
		return
	case !scopes["harvest:"+path+":list"] || r.ContentLength > 0:
		refuse(w, http.StatusForbidden, "Forbidden")
		return
	}
	at, problem := readPlace(path, r.URL.Query())
	if problem == "" {
		problem = l.check(at.Query)
	}
	if problem != "" {
		refuse(w, http.StatusUnprocessableEntity, "Unprocessable Content", problem)
		return
	}
	rows, next := s.page(path, l, at)
	if next != nil {
		doc, err := json.Marshal(next)
		if err != nil {
			panic(err)
		}
		link := url.URL{Scheme: "http", Host: r.Host, Path: "/v3/" + path,
			RawQuery: url.Values{"cursor": {base64.RawURLEncoding.EncodeToString(doc)}}.Encode()}
		w.Header().Set("Link", fmt.Sprintf(`<%s>; rel="next"`, link.String()))
	}
	answer(w, http.StatusOK, rows)
}

func readPlace(path string, q url.Values) (place, string) {
	cursor := q.Get("cursor")
	if cursor == "" {
		return place{Path: path, Query: q}, ""
	}
	if len(q) > 1 {
		return place{}, "When passing a cursor, do not include other query params."
	}
	doc, err := base64.RawURLEncoding.DecodeString(cursor)
	var at place
	if err != nil || json.Unmarshal(doc, &at) != nil || at.Path != path {
		return place{}, "The cursor is invalid."
	}
	return at, ""
}

// check refuses what the endpoint does not know, and values outside its form.
func (l list) check(q url.Values) string {
	for name, values := range q {
		v := values[0]
		switch name {
		case "per_page":
			if n, err := strconv.Atoi(v); err != nil || n < 1 || n > 500 {
				return "per_page must be between 1 and 500"
			}
		case "fields":
			if strings.Count(v, ",") >= 50 {
				return "fields takes 50 names at most"
			}
		default:
			f, ok := l.filters[name]
			if !ok {
				return name + " is not a parameter of this endpoint"
			}
			if f.check != nil && !f.check(v) {
				return name + " has an invalid value"
			}
		}
	}
	return ""
}

func (s *Server) page(path string, l list, at place) ([]object, *place) {
	size := 100
	if n, err := strconv.Atoi(at.Query.Get("per_page")); err == nil {
		size = n
	}
	rows := l.read(func(b Base) bool {
		return (at.Before == 0 || b.ID < at.Before) &&
			matchTime(b.UpdatedAt, at.Query.Get("updated_at")) && matchTime(b.CreatedAt, at.Query.Get("created_at"))
	})
	out := []object{}
	for i, o := range rows {
		if !l.match(o, at.Query) {
			continue
		}
		if len(out) == size {
			id, _ := out[len(out)-1]["id"].(json.Number) // our own objects have one
			last, _ := id.Int64()
			return s.present(path, out, at.Query), &place{Path: path, Query: at.Query, Before: last}
		}
		out = append(out, rows[i])
	}
	return s.present(path, out, at.Query), nil
}

func (l list) match(o object, q url.Values) bool {
	for name, f := range l.filters {
		want, given := "", q.Has(name)
		if given {
			want = q.Get(name)
		}
		if (given || f.always) && !f.match(o, want) {
			return false
		}
	}
	return true
}

// present drops private fields, applies a schema change and a choice of fields.
func (s *Server) present(path string, rows []object, q url.Values) []object {
	s.mu.Lock()
	change := s.schema[path]
	s.mu.Unlock()
	for i, o := range rows {
		rows[i] = change.apply(o.public())
		if fields := q.Get("fields"); fields != "" {
			rows[i] = rows[i].only(strings.Split(fields, ","))
		}
	}
	return rows
}

func (o object) public() object {
	for k := range o {
		if strings.HasPrefix(k, "_") {
			delete(o, k)
		}
	}
	return o
}

func (o object) only(fields []string) object {
	out := object{}
	for _, f := range fields {
		if v, ok := o[f]; ok {
			out[f] = v
		}
	}
	return out
}

// matchTime reads an operator filter: gte|2026-11-01T00:00:00Z.
func matchTime(t time.Time, want string) bool {
	if want == "" {
		return true
	}
	op, stamp, _ := strings.Cut(want, "|")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		return false
	}
	switch op {
	case "gte":
		return !t.Before(at)
	case "gt":
		return t.After(at)
	case "lte":
		return !t.After(at)
	case "lt":
		return t.Before(at)
	}
	return false
}
