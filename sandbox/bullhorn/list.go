package bullhorn

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	pageDefault = 20
	pageMost    = 500
	longestGet  = 7500 // characters of a where or query in an address
)

// page is what a list call asks for.
type page struct {
	fields       []want
	start, count int
	order        string
}

func readPage(q url.Values, known ...string) (page, error) {
	p := page{count: pageDefault, order: q.Get("orderBy") + q.Get("sort")}
	for k := range q {
		if !slices.Contains(append(known, "fields", "start", "count", "orderBy", "sort", "meta", "showEditable"), k) {
			return p, fmt.Errorf("unknown parameter %s", k)
		}
	}
	for name, v := range map[string]*int{"start": &p.start, "count": &p.count} {
		if s := q.Get(name); s != "" {
			n, err := strconv.Atoi(s)
			if err != nil || n < 0 {
				return p, fmt.Errorf("%s must be a number", name)
			}
			*v = n
		}
	}
	p.count = min(p.count, pageMost)
	var err error
	if q.Get("fields") == "" {
		return p, fmt.Errorf("one of fields and layout is required")
	}
	p.fields, err = parseFields(q.Get("fields"))
	return p, err
}

// clause gives a where or query from the address or, for a POST, from the body.
func clause(r *http.Request, name string) (string, error) {
	if r.Method == http.MethodPost {
		var body map[string]string
		if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody)).Decode(&body); err != nil {
			return "", fmt.Errorf("the body is not a JSON object with %s", name)
		}
		return body[name], nil
	}
	s := r.URL.Query().Get(name)
	if len(s) > longestGet {
		return "", fmt.Errorf("%s is longer than %d characters: use POST", name, longestGet)
	}
	return s, nil
}

func (s *Server) serveQuery(w http.ResponseWriter, r *http.Request, path []string) {
	s.serveRows(w, r, path, "where", func(entity, where string) (condition, error) { return s.parseWhere(entity, where) })
}

// serveSearch answers from the index, which is behind the database.
func (s *Server) serveSearch(w http.ResponseWriter, r *http.Request, path []string) {
	s.serveRows(w, r, path, "query", func(entity, query string) (condition, error) {
		if !s.schemas[entity].search {
			return nil, fmt.Errorf("%s has no index", entity)
		}
		c, err := s.parseLucene(entity, query)
		seen := float64(s.now().Add(-s.opts.IndexLag).UnixMilli())
		return func(r row) bool { at, _ := r["dateLastModified"].(float64); return at <= seen && c(r) }, err
	})
}

func (s *Server) serveRows(w http.ResponseWriter, r *http.Request, path []string, name string, parse func(entity, clause string) (condition, error)) {
	if len(path) != 1 || s.schemas[path[0]] == nil {
		refuse(w, http.StatusNotFound, "errors.unknownEntity", "The entity could not be found")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		notAllowed(w)
		return
	}
	entity := path[0]
	if !s.may(entity, "READ") {
		forbid(w, entity)
		return
	}
	ask, err := readPage(r.URL.Query(), name)
	text := ""
	if err == nil {
		text, err = clause(r, name)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var keep condition
	if err == nil {
		keep, err = parse(entity, text)
	}
	if err == nil {
		err = s.answerRows(w, entity, s.tables[entity].List(keep), ask)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "errors.invalidQuery", err.Error())
	}
}

// answerRows gives one page. The vendor leaves total out for some entities.
func (s *Server) answerRows(w http.ResponseWriter, entity string, rows []row, ask page) error {
	if err := s.sort(entity, rows, ask.order); err != nil {
		return err
	}
	from := min(ask.start, len(rows))
	data := []any{}
	for _, r := range rows[from:min(from+ask.count, len(rows))] {
		v, err := s.view(entity, r, ask.fields)
		if err != nil {
			return err
		}
		data = append(data, v)
	}
	if _, err := s.view(entity, row{}, ask.fields); err != nil { // an unknown field is wrong also where nothing is found
		return err
	}
	out := map[string]any{"start": ask.start, "count": len(data), "data": data}
	if entity != "JobSubmission" {
		out["total"] = len(rows)
	}
	answer(w, http.StatusOK, out)
	return nil
}

// sort orders rows by field,-field.
func (s *Server) sort(entity string, rows []row, order string) error {
	if order == "" {
		return nil
	}
	for _, name := range slices.Backward(strings.Split(order, ",")) {
		name, down := strings.CutPrefix(strings.TrimSpace(name), "-")
		if _, ok := s.schemas[entity].field(name); !ok {
			return fmt.Errorf("could not resolve property: %s of: %s", name, entity)
		}
		slices.SortStableFunc(rows, func(a, b row) int {
			c := compare(a[name], b[name])
			if c == 2 {
				c = 0
			}
			if down {
				return -c
			}
			return c
		})
	}
	return nil
}

func millis(t time.Time) float64 { return float64(t.UnixMilli()) }
