// Package workable simulates a client's Workable account: the SPI v3 on the wire
// (bearer token, paging by since_id, rate headers, candidates with résumés, offers)
// and its signed webhooks. It answers what the vendor documents or what recorded
// traffic shows, and is stricter where both are silent: an unknown parameter or
// body key is refused, so that a wrong request cannot pass here.
package workable

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

// Options are the account's settings. The zero value is a working account.
type Options struct {
	Token     string           // default "sandbox-token"
	Subdomain string           // default "sandbox"
	RateLimit int              // requests in 10 seconds; default 100,000
	Now       func() time.Time // default time.Now
}

// Server is one account. It is an http.Handler for /spi/v3/.
type Server struct {
	opts       Options
	mu         sync.Mutex
	jobs       []*Job
	candidates []*Candidate
	offers     map[string]Offer // by candidate
	next       int64            // of ids
	window     time.Time
	left       int
	post       func(http.Header, []byte)
}

// New makes an empty account.
func New(opts Options) *Server {
	if opts.Token == "" {
		opts.Token = "sandbox-token"
	}
	if opts.Subdomain == "" {
		opts.Subdomain = "sandbox"
	}
	if opts.RateLimit == 0 {
		opts.RateLimit = 100_000
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{opts: opts, offers: map[string]Offer{}, next: 0x5b5ce9}
}

// now is the account's clock, in the precision of the wire.
func (s *Server) now() time.Time { return s.opts.Now().UTC().Truncate(time.Second) }

// id gives the next id: hex, and growing.
func (s *Server) id() string {
	s.next++
	return strconv.FormatInt(s.next, 16)
}

// ServeHTTP answers one request of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	path, ok := strings.CutPrefix(r.URL.Path, "/spi/v3/")
	if !ok {
		refuse(w, http.StatusNotFound, "Not found")
		return
	}
	if !s.admit(w) {
		refuse(w, http.StatusTooManyRequests, "Rate limit exceeded")
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+s.opts.Token {
		refuse(w, http.StatusUnauthorized, "Not authorized")
		return
	}
	s.route(w, r, strings.Split(path, "/"))
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, path []string) {
	get := r.Method == http.MethodGet
	switch {
	case get && len(path) == 1 && path[0] == "jobs":
		s.listJobs(w, r)
	case get && len(path) == 2 && path[0] == "jobs":
		s.showJob(w, path[1])
	case get && len(path) == 3 && path[0] == "jobs" && path[2] == "candidates":
		s.listCandidates(w, r, path[1])
	case r.Method == http.MethodPost && len(path) == 3 && path[0] == "jobs" && path[2] == "candidates":
		s.createCandidate(w, r, path[1])
	case get && len(path) == 1 && path[0] == "candidates":
		s.listCandidates(w, r, "")
	case get && len(path) == 2 && path[0] == "candidates":
		s.showCandidate(w, path[1])
	case get && len(path) == 3 && path[0] == "candidates" && path[2] == "offer":
		s.showOffer(w, path[1])
	default:
		refuse(w, http.StatusNotFound, "Not found")
	}
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
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(s.window.Add(length).Unix(), 10))
	return s.left >= 0
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": message}) // the caller is gone: nobody to tell
}

// query reads the parameters of a list.
type query struct {
	limit         int
	sinceID       int64
	updatedAfter  time.Time
	createdAfter  time.Time
	state, email  string
	shortcode     string
	includeFields []string
}

func readQuery(q url.Values, known ...string) (out query, err error) {
	out.limit = 50
	for name := range q {
		if !slices.Contains(known, name) {
			return out, fmt.Errorf("unknown parameter %s", name)
		}
	}
	out.state, out.email, out.shortcode = q.Get("state"), q.Get("email"), q.Get("shortcode")
	if v := q.Get("limit"); v != "" {
		if out.limit, err = strconv.Atoi(v); err != nil || out.limit < 1 || out.limit > 100 {
			return out, fmt.Errorf("limit must lie between 1 and 100")
		}
	}
	if v := q.Get("since_id"); v != "" {
		if out.sinceID, err = strconv.ParseInt(v, 16, 64); err != nil {
			return out, fmt.Errorf("since_id is no id")
		}
	}
	for name, to := range map[string]*time.Time{"updated_after": &out.updatedAfter, "created_after": &out.createdAfter} {
		if *to, err = readTime(q.Get(name)); err != nil {
			return out, fmt.Errorf("%s is no time", name)
		}
	}
	if v := q.Get("include_fields"); v != "" {
		out.includeFields = strings.Split(v, ",")
	}
	return out, nil
}

func readTime(v string) (time.Time, error) {
	if v == "" {
		return time.Time{}, nil
	}
	if n, err := strconv.ParseInt(v, 10, 64); err == nil {
		return time.Unix(n, 0), nil
	}
	return time.Parse(time.RFC3339, v)
}

// page gives the rows of one page and the address of the next one, "" at the end.
func page[T interface{ key() (string, int64) }](r *http.Request, all []T, q query) (rows []T, next string) {
	for _, one := range all {
		id, n := one.key()
		if n <= q.sinceID {
			continue
		}
		if len(rows) == q.limit {
			last, _ := rows[len(rows)-1].key()
			u := *r.URL
			values := u.Query()
			values.Set("since_id", last)
			u.RawQuery, u.Host, u.Scheme = values.Encode(), r.Host, "http"
			return rows, u.String()
		}
		_ = id // the key is needed of the last row only
		rows = append(rows, one)
	}
	return rows, ""
}

func listing(name string, rows any, next string) map[string]any {
	out := map[string]any{name: rows, "paging": map[string]any{}}
	if next != "" {
		out["paging"] = map[string]any{"next": next}
	}
	return out
}
