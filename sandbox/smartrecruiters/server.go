// Package smartrecruiters simulates a client's SmartRecruiters account: the
// Customer API on the wire (API key or OAuth client, paging by page token, rate
// headers, one search of candidates at a time, merging by e-mail, attachments) and
// its signed webhooks. It answers what the vendor documents and is stricter where
// that is silent: an unknown parameter or body key is refused.
package smartrecruiters

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options are the account's settings. The zero value is a working account.
type Options struct {
	APIKey       string           // default "sandbox-smart-token"
	ClientID     string           // default "sandbox-client"
	ClientSecret string           // default "sandbox-client-secret"
	RateLimit    int              // requests a second; default 100,000
	ByOffset     bool             // lists page by offset, as the older generation does
	Now          func() time.Time // default time.Now
}

// Server is one account. It is an http.Handler.
type Server struct {
	opts       Options
	mu         sync.Mutex
	jobs       []*Job
	candidates []*Candidate
	offers     map[string][]Offer // by candidate and job
	tokens     map[string]time.Time
	next       int
	window     time.Time
	left       int
	hook       *hook
	searching  atomic.Int32 // searches of candidates that are running
	crowded    atomic.Int32 // how often two ran at once
}

// New makes an empty account.
func New(opts Options) *Server {
	for v, def := range map[*string]string{&opts.APIKey: "sandbox-smart-token", &opts.ClientID: "sandbox-client", &opts.ClientSecret: "sandbox-client-secret"} {
		if *v == "" {
			*v = def
		}
	}
	if opts.RateLimit == 0 {
		opts.RateLimit = 100_000
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{opts: opts, offers: map[string][]Offer{}, tokens: map[string]time.Time{}}
}

// now is the account's clock, in the form of the wire.
func (s *Server) now() string { return s.opts.Now().UTC().Format("2006-01-02T15:04:05.000Z") }

// id gives the next id, in the form of a UUID.
func (s *Server) id() string {
	s.next++
	return fmt.Sprintf("3f6b1c2e-0000-4000-8000-%012d", s.next)
}

// ServeHTTP answers one request of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodGet && r.URL.Path == "/candidates" {
		if s.searching.Add(1) > 1 {
			s.crowded.Add(1)
		}
		defer s.searching.Add(-1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	if r.Method == http.MethodPost && r.URL.Path == "/identity/oauth/token" {
		s.issue(w, r)
		return
	}
	if !s.admit(w) {
		refuse(w, http.StatusTooManyRequests, "Rate limit exceeded")
		return
	}
	if !s.known(r) {
		refuse(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	s.route(w, r, strings.Split(strings.Trim(r.URL.Path, "/"), "/"))
}

// Crowded says how often two searches of candidates ran at once; the vendor allows
// one.
func (s *Server) Crowded() int { return int(s.crowded.Load()) }

// route finds the handler by method and form of the path; * stands for an id.
func (s *Server) route(w http.ResponseWriter, r *http.Request, path []string) {
	form := slices.Clone(path)
	for i := 1; i < len(form); i += 2 {
		if form[0] != "configuration" {
			form[i] = "*"
		}
	}
	switch r.Method + " " + strings.Join(form, "/") {
	case "GET jobs":
		s.listJobs(w, r)
	case "GET jobs/*":
		s.showJob(w, path[1])
	case "GET jobs/*/positions":
		s.listOfJob(w, path[1], func(j *Job) any { return j.Positions })
	case "GET jobs/*/hiring-team":
		s.listOfJob(w, path[1], func(j *Job) any { return j.Team })
	case "POST jobs/*/candidates":
		s.addCandidate(w, r, path[1])
	case "GET candidates":
		s.listCandidates(w, r)
	case "GET candidates/*/jobs/*":
		s.showApplication(w, path[1], path[3])
	case "GET candidates/*/jobs/*/offers":
		s.listOffers(w, path[1], path[3])
	case "GET candidates/*/attachments":
		s.listAttachments(w, path[1])
	case "POST candidates/*/attachments":
		s.addAttachment(w, r, path[1])
	case "GET users", "GET users/*":
		s.showUsers(w, path)
	case "GET configuration/job-properties":
		answer(w, http.StatusOK, whole([]map[string]any{
			{"id": "5ac1", "label": "Cost Center", "category": "JOB_FIELD", "active": true, "visible": true, "required": true},
			{"id": "5ac2", "label": "Bill rate max", "category": "JOB_FIELD", "active": true, "visible": true, "required": false},
			{"id": "5ac3", "label": "Old field", "category": "JOB_FIELD", "active": false, "visible": true, "required": false}}))
	default:
		refuse(w, http.StatusNotFound, "Not found")
	}
}

// issue gives an access token for client credentials.
func (s *Server) issue(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil || r.PostForm.Get("grant_type") != "client_credentials" {
		answer(w, http.StatusBadRequest, map[string]string{"error": "unsupported_grant_type"})
		return
	}
	if r.PostForm.Get("client_id") != s.opts.ClientID || r.PostForm.Get("client_secret") != s.opts.ClientSecret {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	token := "sandbox-access-" + s.id()
	s.tokens[token] = s.opts.Now().Add(time.Hour)
	answer(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3600})
}

func (s *Server) known(r *http.Request) bool {
	if key := r.Header.Get("X-SmartToken"); key != "" {
		return key == s.opts.APIKey
	}
	until, ok := s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	return ok && s.opts.Now().Before(until)
}

// admit counts requests in windows of a second, and tells what is left.
func (s *Server) admit(w http.ResponseWriter) bool {
	if now := s.opts.Now(); now.Sub(s.window) >= time.Second {
		s.window, s.left = now, s.opts.RateLimit
	}
	s.left--
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(s.opts.RateLimit))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, s.left)))
	h.Set("X-RateLimit-Concurrent-Limit", "8")
	h.Set("X-RateLimit-Concurrent-Remaining", "7")
	return s.left >= 0
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, map[string]any{"message": message, "errors": []map[string]string{{"code": strconv.Itoa(status), "message": message}}})
}

// whole is a list that comes in one piece.
func whole[T any](rows []T) map[string]any {
	if rows == nil {
		rows = []T{}
	}
	return map[string]any{"totalFound": len(rows), "content": rows}
}

// checked refuses parameters that the list does not have.
func checked(q url.Values, known ...string) error {
	for name := range q {
		if !slices.Contains(append(known, "limit", "offset", "pageId", "updatedAfter", "q"), name) {
			return fmt.Errorf("unknown parameter %s", name)
		}
	}
	return nil
}

// page cuts one page out of all rows that match, in the order in which they were
// made.
func (s *Server) page(w http.ResponseWriter, q url.Values, rows []any) {
	limit, from := 10, 0
	var err error
	if v := q.Get("limit"); v != "" {
		if limit, err = strconv.Atoi(v); err != nil || limit < 1 || limit > 100 {
			refuse(w, http.StatusBadRequest, "limit must lie between 1 and 100")
			return
		}
	}
	at := q.Get("pageId")
	if at != "" {
		at = strings.TrimPrefix(at, "page-")
	} else {
		at = q.Get("offset")
	}
	if at != "" {
		if from, err = strconv.Atoi(at); err != nil || from < 0 {
			refuse(w, http.StatusBadRequest, "pageId is not valid")
			return
		}
	}
	from = min(from, len(rows))
	end := min(from+limit, len(rows))
	out := map[string]any{"totalFound": len(rows), "limit": limit, "content": append([]any{}, rows[from:end]...)}
	switch {
	case s.opts.ByOffset:
		out["offset"] = from
	case end < len(rows):
		out["nextPageId"] = fmt.Sprintf("page-%d", end)
	}
	answer(w, http.StatusOK, out)
}

// after reads the filter by the last change.
func after(q url.Values) (time.Time, error) {
	v := q.Get("updatedAfter")
	if v == "" {
		return time.Time{}, nil
	}
	return time.Parse("2006-01-02T15:04:05.000-07:00", v)
}

func fresh(updatedOn string, since time.Time) bool {
	at, err := time.Parse(time.RFC3339, updatedOn)
	return err == nil && at.After(since)
}
