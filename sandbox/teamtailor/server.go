// Package teamtailor simulates a client's Teamtailor account: the JSON:API on the
// wire (token, dated version, includes, numbered pages of 30 with links, rate
// headers, joining by e-mail) and its webhooks, whose signature stands in the body.
// It answers what the vendor documents or what recorded traffic shows, and is
// stricter where both are silent: an unknown parameter, include or attribute is
// refused.
package teamtailor

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	mediaType = "application/vnd.api+json"
	maxPage   = 30
)

// Options are the account's settings. The zero value is a working account.
type Options struct {
	Key         string           // default "sandbox-key"
	RateLimit   int              // requests in 10 seconds; default 100,000
	RefuseTwice bool             // a second application on one job is refused with 422
	Now         func() time.Time // default time.Now
}

// Resource is one thing of the account, in the form of the wire.
type Resource struct {
	ID            string
	Type          string
	Attributes    map[string]any
	Relationships map[string][]Ref
}

// Ref names a resource.
type Ref struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

// Server is one account. It is an http.Handler for /v1/.
type Server struct {
	opts   Options
	mu     sync.Mutex
	things map[string][]*Resource // by type, in the order of their making
	next   int
	window time.Time
	left   int
	hook   func([]byte)
	key    string // of webhooks
}

// New makes an account with stages and custom fields, and nothing else.
func New(opts Options) *Server {
	if opts.Key == "" {
		opts.Key = "sandbox-key"
	}
	if opts.RateLimit == 0 {
		opts.RateLimit = 100_000
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	s := &Server{opts: opts, things: map[string][]*Resource{}}
	for _, stage := range []string{"inbox", "in_process", "interview", "offer", "hired"} {
		s.add("stages", map[string]any{"name": "Our " + stage, "stage-type": stage}, nil)
	}
	for _, f := range [][2]string{{"Cost center", "Job"}, {"Bill rate max", "Job"}, {"Bill rate", "Candidate"}} {
		s.add("custom-fields", map[string]any{"name": f[0], "owner-type": f[1], "field-type": "CustomField::Text"}, nil)
	}
	s.add("reject-reasons", map[string]any{"reason": "Not a fit", "rejected-by-company": true}, nil)
	s.add("reject-reasons", map[string]any{"reason": "Candidate withdrew", "rejected-by-company": false}, nil)
	return s
}

// now is the account's clock, in the form of the wire.
func (s *Server) now() string {
	return s.opts.Now().In(time.FixedZone("", 3600)).Format("2006-01-02T15:04:05.000-07:00")
}

func (s *Server) add(kind string, attributes map[string]any, relationships map[string][]Ref) *Resource {
	s.next++
	attributes["created-at"], attributes["updated-at"] = s.now(), s.now()
	if relationships == nil {
		relationships = map[string][]Ref{}
	}
	r := &Resource{ID: strconv.Itoa(s.next), Type: kind, Attributes: attributes, Relationships: relationships}
	s.things[kind] = append(s.things[kind], r)
	return r
}

func (s *Server) find(to Ref) *Resource {
	for _, r := range s.things[to.Type] {
		if r.ID == to.ID {
			return r
		}
	}
	return nil
}

// named finds a thing by one of its attributes.
func (s *Server) named(kind, attribute, value string) *Resource {
	for _, r := range s.things[kind] {
		if r.Attributes[attribute] == value {
			return r
		}
	}
	return nil
}

// ServeHTTP answers one request of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	path, ok := strings.CutPrefix(r.URL.Path, "/v1/")
	version := r.Header.Get("X-Api-Version")
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "Not found")
	case !s.admit(w):
		refuse(w, http.StatusTooManyRequests, "Too many requests")
	case r.Header.Get("Authorization") != "Token token="+s.opts.Key:
		refuse(w, http.StatusUnauthorized, "Unauthorized")
	case len(version) != 8 || version < "20210218":
		refuse(w, http.StatusNotAcceptable, "X-Api-Version is missing or too old")
	case r.Method == http.MethodPost && r.Header.Get("Content-Type") != mediaType:
		refuse(w, http.StatusUnsupportedMediaType, "the content must be "+mediaType)
	default:
		s.route(w, r, strings.Split(path, "/"))
	}
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, path []string) {
	lists := []string{"jobs", "candidates", "job-applications", "custom-fields", "stages"}
	get := r.Method == http.MethodGet
	switch {
	case !slices.Contains(lists, path[0]):
		refuse(w, http.StatusNotFound, "Not found")
	case get && len(path) == 1:
		s.list(w, r, s.things[path[0]])
	case get && len(path) == 2:
		if one := s.find(Ref{path[1], path[0]}); one != nil {
			s.answer(w, http.StatusOK, r, one)
			return
		}
		refuse(w, http.StatusNotFound, "Record not found")
	case get && len(path) == 3 && path[0] == "candidates":
		s.listOf(w, r, path[1], path[2])
	case r.Method == http.MethodPost && len(path) == 1:
		s.create(w, r, path[0])
	default:
		refuse(w, http.StatusNotFound, "Not found")
	}
}

// listOf shows what hangs on a candidate.
func (s *Server) listOf(w http.ResponseWriter, r *http.Request, candidate, kind string) {
	who := s.find(Ref{candidate, "candidates"})
	if who == nil || kind != "job-applications" && kind != "custom-field-values" {
		refuse(w, http.StatusNotFound, "Record not found")
		return
	}
	var mine []*Resource
	for _, to := range who.Relationships[kind] {
		mine = append(mine, s.find(to))
	}
	s.list(w, r, mine)
}

// list filters and pages, with links and counts.
func (s *Server) list(w http.ResponseWriter, r *http.Request, all []*Resource) {
	q := r.URL.Query()
	rows, err := filter(q, all)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	size, number := count(q.Get("page[size]"), 10), count(q.Get("page[number]"), 1)
	if size < 1 || size > maxPage || number < 1 {
		refuse(w, http.StatusBadRequest, "page[size] must lie between 1 and 30")
		return
	}
	from, end := min((number-1)*size, len(rows)), min(number*size, len(rows))
	links := map[string]string{}
	if end < len(rows) {
		q.Set("page[number]", strconv.Itoa(number+1))
		links["next"] = "https://api.teamtailor.com" + r.URL.Path + "?" + q.Encode()
	}
	data := []any{}
	included := map[Ref]bool{}
	for _, one := range rows[from:end] {
		shown, err := s.show(one, r.URL.Query().Get("include"), included)
		if err != nil {
			refuse(w, http.StatusBadRequest, err.Error())
			return
		}
		data = append(data, shown)
	}
	out := map[string]any{"data": data, "links": links, "meta": map[string]int{"record-count": len(rows), "page-count": (len(rows) + size - 1) / size}}
	s.write(w, http.StatusOK, out, included)
}

func count(v string, def int) int {
	if v == "" {
		return def
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return -1
	}
	return n
}

func filter(q url.Values, all []*Resource) (rows []*Resource, err error) {
	known := []string{"include", "page[size]", "page[number]", "sort", "filter[status]", "filter[email]", "filter[updated-at][from]", "filter[updated-at][to]"}
	for name := range q {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%s is not allowed", name)
		}
	}
	var since time.Time
	if v := q.Get("filter[updated-at][from]"); v != "" {
		if since, err = time.Parse(time.RFC3339, v); err != nil {
			return nil, fmt.Errorf("filter[updated-at][from] is no time")
		}
	}
	for _, r := range all {
		at, err := time.Parse(time.RFC3339, fmt.Sprint(r.Attributes["updated-at"]))
		hidden := r.Type == "jobs" && r.Attributes["status"] != "open" && q.Get("filter[status]") != "all"
		mail := q.Get("filter[email]")
		if err == nil && !at.Before(since) && !hidden && (mail == "" || strings.EqualFold(fmt.Sprint(r.Attributes["email"]), mail)) {
			rows = append(rows, r)
		}
	}
	return rows, nil
}

// show writes a resource. A relationship names the other side only when it is
// included.
func (s *Server) show(r *Resource, include string, included map[Ref]bool) (map[string]any, error) {
	relationships := map[string]any{}
	for _, name := range relationsOf(r.Type) {
		relationships[name] = map[string]any{"links": map[string]string{
			"related": fmt.Sprintf("https://api.teamtailor.com/v1/%s/%s/%s", r.Type, r.ID, name)}}
	}
	for _, want := range strings.Split(include, ",") {
		name, deeper, _ := strings.Cut(want, ".")
		if name == "" {
			continue
		}
		if !slices.Contains(relationsOf(r.Type), name) {
			return nil, fmt.Errorf("%s is not a valid include of %s", name, r.Type)
		}
		relationships[name] = map[string]any{"data": linkage(r, name)}
		for _, to := range r.Relationships[name] {
			included[to] = included[to] || deeper != ""
		}
	}
	return map[string]any{"id": r.ID, "type": r.Type, "attributes": r.Attributes, "relationships": relationships}, nil
}

func linkage(r *Resource, name string) any {
	list := r.Relationships[name]
	if strings.HasSuffix(name, "s") {
		return append([]Ref{}, list...)
	}
	if len(list) == 0 {
		return nil
	}
	return list[0]
}

func relationsOf(kind string) []string {
	return map[string][]string{
		"jobs":                {"department", "locations", "user", "custom-field-values", "stages"},
		"candidates":          {"job-applications", "custom-field-values", "uploads"},
		"job-applications":    {"candidate", "job", "stage", "reject-reason"},
		"custom-field-values": {"custom-field"},
	}[kind]
}

// answer shows one resource.
func (s *Server) answer(w http.ResponseWriter, status int, r *http.Request, one *Resource) {
	included := map[Ref]bool{}
	shown, err := s.show(one, r.URL.Query().Get("include"), included)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	s.write(w, status, map[string]any{"data": shown}, included)
}

// write adds what is included; true: with its own custom field.
func (s *Server) write(w http.ResponseWriter, status int, out map[string]any, included map[Ref]bool) {
	var list []any
	fields := map[Ref]bool{}
	for to, deeper := range included {
		r, include := s.find(to), ""
		if deeper {
			include = "custom-field"
		}
		if shown, err := s.show(r, include, fields); err == nil {
			list = append(list, shown)
		}
	}
	for to := range fields {
		if shown, err := s.show(s.find(to), "", nil); err == nil {
			list = append(list, shown)
		}
	}
	if len(list) > 0 {
		out["included"] = list
	}
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(out) // the caller is gone: nobody to tell
}

// admit counts requests in windows of ten seconds, and tells what is left.
func (s *Server) admit(w http.ResponseWriter) bool {
	const length = 10 * time.Second
	now := s.opts.Now()
	if now.Sub(s.window) >= length {
		s.window, s.left = now, s.opts.RateLimit
	}
	s.left--
	h := w.Header()
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(s.opts.RateLimit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(max(0, s.left)))
	h.Set("X-Rate-Limit-Reset", strconv.Itoa(int(s.window.Add(length).Sub(now).Seconds())+1))
	return s.left >= 0
}

func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []map[string]string{
		{"title": http.StatusText(status), "detail": detail, "status": strconv.Itoa(status)}}}) // the caller is gone: nobody to tell
}
