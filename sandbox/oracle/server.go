// Package oracle simulates a client's Oracle Recruiting Cloud: the HCM REST
// framework on the wire (HTTP Basic, q filters, pages by offset with hasMore,
// opaque keys in links, large ids) with requisitions, candidates, attachments, job
// applications and offers. Names of attributes are those of the vendor's pages;
// no real account has confirmed them. An unknown parameter or attribute is refused.
package oracle

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Base is the path of the API.
const Base = "/hcmRestApi/resources/11.13.18.05"

const (
	requisitions = "recruitingJobRequisitions"
	candidates   = "recruitingCandidates"
	applications = "recruitingJobApplications"
	partner      = "recruitingJobSiteJobApplications"
	offers       = "recruitingJobOffers"
)

// Options are the account's settings. The zero value is a working account.
type Options struct {
	Username, Password string           // default "sandbox-user" and "sandbox-password"
	NotPartner         bool             // creating applications is refused
	Now                func() time.Time // default time.Now
}

// Item is one thing of the account.
type Item map[string]any

// Server is one account. It is an http.Handler for [Base].
type Server struct {
	opts  Options
	mu    sync.Mutex
	items map[string][]Item
	files map[string][]Item // attachments by candidate number
	next  int64
}

// New makes an empty account.
func New(opts Options) *Server {
	opts.Username, opts.Password = cmp.Or(opts.Username, "sandbox-user"), cmp.Or(opts.Password, "sandbox-password")
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{opts: opts, items: map[string][]Item{}, files: map[string][]Item{}, next: 300000123456000}
}

func (s *Server) now() string { return s.opts.Now().UTC().Format("2006-01-02T15:04:05.000+00:00") }

// id gives the next id: 15 digits, as real ones have.
func (s *Server) id() int64 {
	s.next++
	return s.next
}

// key is the opaque key of a candidate in addresses.
func key(c Item) string {
	return "00020000000EACED" + base64.RawURLEncoding.EncodeToString([]byte(fmt.Sprint(c["CandidateNumber"])))
}

// ServeHTTP answers one request of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	path, ok := strings.CutPrefix(r.URL.Path, Base+"/")
	user, password, _ := r.BasicAuth()
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "Not Found")
	case user != s.opts.Username || password != s.opts.Password:
		refuse(w, http.StatusUnauthorized, "Unauthorized")
	case r.Header.Get("REST-Framework-Version") == "":
		refuse(w, http.StatusBadRequest, "this simulator wants the version of the framework")
	default:
		s.route(w, r, strings.Split(path, "/"))
	}
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, path []string) {
	lists := []string{requisitions, candidates, applications, offers}
	get, post := r.Method == http.MethodGet, r.Method == http.MethodPost
	switch {
	case get && len(path) == 1 && slices.Contains(lists, path[0]):
		s.list(w, r, path[0], s.items[path[0]])
	case post && len(path) == 1 && path[0] == candidates:
		s.addCandidate(w, r)
	case post && len(path) == 1 && path[0] == partner:
		s.addApplication(w, r)
	case len(path) == 4 && path[0] == candidates && path[2] == "child" && path[3] == "attachments":
		i := slices.IndexFunc(s.items[candidates], func(c Item) bool { return key(c) == path[1] })
		switch {
		case i < 0:
			refuse(w, http.StatusNotFound, "Not Found")
		case get:
			s.list(w, r, "attachments", s.files[fmt.Sprint(s.items[candidates][i]["CandidateNumber"])])
		case post:
			s.attach(w, r, fmt.Sprint(s.items[candidates][i]["CandidateNumber"]))
		}
	default:
		refuse(w, http.StatusNotFound, "Not Found")
	}
}

// list filters and pages.
func (s *Server) list(w http.ResponseWriter, r *http.Request, kind string, all []Item) {
	q := r.URL.Query()
	rows, err := filter(q, all)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	limit, offset := number(q.Get("limit"), 25), number(q.Get("offset"), 0)
	if limit < 1 || limit > 500 || offset < 0 {
		refuse(w, http.StatusBadRequest, "limit must lie between 1 and 500")
		return
	}
	from, end := min(offset, len(rows)), min(offset+limit, len(rows))
	shown := []Item{}
	for _, item := range rows[from:end] {
		shown = append(shown, s.show(kind, item, q.Get("onlyData") == "true"))
	}
	out := map[string]any{"items": shown, "count": len(shown), "hasMore": end < len(rows), "limit": limit, "offset": offset,
		"links": []map[string]string{{"rel": "self", "href": "https://host" + Base + "/" + kind, "name": kind, "kind": "collection"}}}
	if q.Get("totalResults") == "true" {
		out["totalResults"] = len(rows)
	}
	answer(w, http.StatusOK, out)
}

// show adds the links, which alone hold the key.
func (s *Server) show(kind string, item Item, onlyData bool) Item {
	out := Item{}
	for k, v := range item {
		out[k] = v
	}
	if kind == candidates && !onlyData {
		out["links"] = []map[string]string{{"rel": "self", "href": "https://host" + Base + "/" + candidates + "/" + key(item), "name": candidates, "kind": "item"}}
	}
	return out
}

func number(v string, def int) int {
	if v == "" {
		return def
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return -1
	}
	return n
}

var condition = regexp.MustCompile(`^([A-Za-z]+)(>=|=)('((?:[^']|'')*)'|[0-9]+)$`)

// filter reads q: conditions with a semicolon between, which stands for and.
func filter(q url.Values, all []Item) (rows []Item, err error) {
	for name := range q {
		if !slices.Contains([]string{"onlyData", "q", "fields", "expand", "limit", "offset", "orderBy", "totalResults"}, name) {
			return nil, fmt.Errorf("unknown parameter %s", name)
		}
	}
	rows = slices.Clone(all)
	if q.Get("q") == "" {
		return rows, nil
	}
	for _, part := range strings.Split(q.Get("q"), ";") {
		m := condition.FindStringSubmatch(part)
		if m == nil {
			return nil, fmt.Errorf("the filter %q cannot be read", part)
		}
		value := m[3]
		if strings.HasPrefix(value, "'") {
			value = strings.ReplaceAll(m[4], "''", "'")
		}
		rows = slices.DeleteFunc(rows, func(i Item) bool { return !holds(fmt.Sprint(i[m[1]]), m[2], value) })
	}
	return rows, nil
}

func holds(have, op, want string) bool {
	if op == "=" {
		return strings.EqualFold(have, want)
	}
	a, errA := time.Parse(time.RFC3339, have)
	b, errB := time.Parse(time.RFC3339, want)
	return errA == nil && errB == nil && !a.Before(b)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/vnd.oracle.adf.resourcecollection+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/vnd.oracle.adf.error+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"title": http.StatusText(status), "status": strconv.Itoa(status), "o:errorDetails": []map[string]string{{"detail": detail}}}) // the caller is gone: nobody to tell
}

// read reads a body that has the named attributes and no others.
func read(w http.ResponseWriter, r *http.Request, needed []string, more ...string) (Item, bool) {
	var in Item
	dec := json.NewDecoder(io.LimitReader(r.Body, 16<<20))
	dec.UseNumber()
	if err := dec.Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, "the body is no JSON object")
		return nil, false
	}
	for _, name := range needed {
		if in[name] == nil || in[name] == "" {
			refuse(w, http.StatusBadRequest, "You must enter a value for "+name)
			return nil, false
		}
	}
	for name := range in {
		if !slices.Contains(append(more, needed...), name) {
			refuse(w, http.StatusBadRequest, "Attribute "+name+" is not defined")
			return nil, false
		}
	}
	return in, true
}
