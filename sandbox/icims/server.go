// Package icims simulates a client's iCIMS platform: OAuth 2.0 or Basic, searches
// that give ids only and from a cache, records whose fields are asked for by name,
// times without a zone, people, résumés as binary fields, applicant workflows and
// events. It answers what the vendor's pages say, and is stricter where they are
// silent: an unknown filter or body key is refused, so that a wrong request cannot
// pass here.
package icims

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options are the platform's settings. The zero value is a working platform.
type Options struct {
	ClientID     string // default "sandbox-client"
	ClientSecret string // default "sandbox-secret"
	Audience     string // default "https://api.icims.com/v1/"
	Customer     string // default "1234"
	Daily        int    // calls a day; default 1,000,000
	MaxResults   int    // of a search; default 1,000
	Zone         *time.Location
	// Lag is how old a search is that may be older than it: what changed since does
	// not appear in it.
	Lag time.Duration
	Now func() time.Time // default time.Now
}

type object = map[string]any

// record is one profile or workflow.
type record struct {
	id      int64
	fields  object
	changed time.Time
	resume  []byte
}

// Server is one platform. It is an http.Handler for /oauth/token and /customers/.
type Server struct {
	opts   Options
	mu     sync.Mutex
	lists  map[string][]*record // by path, in the order of ids
	next   int64
	tokens map[string]time.Time // and when they end
	day    string
	left   int
	post   func([]byte)
}

// New makes an empty platform.
func New(opts Options) *Server {
	for _, d := range []struct {
		to  *string
		def string
	}{{&opts.ClientID, "sandbox-client"}, {&opts.ClientSecret, "sandbox-secret"}, {&opts.Audience, "https://api.icims.com/v1/"}, {&opts.Customer, "1234"}} {
		if *d.to == "" {
			*d.to = d.def
		}
	}
	if opts.Daily == 0 {
		opts.Daily = 1_000_000
	}
	if opts.MaxResults == 0 {
		opts.MaxResults = 1000
	}
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{opts: opts, lists: map[string][]*record{"jobs": nil, "people": nil, "applicantworkflows": nil}, next: 998, tokens: map[string]time.Time{}}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	if r.URL.Path == "/oauth/token" {
		s.token(w, r)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/customers/"+s.opts.Customer+"/")
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "the customer was not found")
	case !s.signedIn(r):
		refuse(w, http.StatusUnauthorized, "access_denied")
	case !s.admit(w):
		refuse(w, http.StatusTooManyRequests, "the daily limit of API calls is reached")
	default:
		s.route(w, r, strings.Split(path, "/"))
	}
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
	if err := r.ParseForm(); err != nil || r.PostForm.Get("grant_type") != "client_credentials" || r.PostForm.Get("client_id") != s.opts.ClientID ||
		r.PostForm.Get("client_secret") != s.opts.ClientSecret || r.PostForm.Get("audience") != s.opts.Audience {
		answer(w, http.StatusForbidden, object{"error": "access_denied", "error_description": "Unauthorized"})
		return
	}
	s.next++
	t := fmt.Sprintf("sandbox-access-token-%d", s.next)
	s.tokens[t] = s.opts.Now().Add(time.Hour)
	answer(w, http.StatusOK, object{"access_token": t, "token_type": "Bearer", "expires_in": 3600})
}

func (s *Server) signedIn(r *http.Request) bool {
	if user, password, ok := r.BasicAuth(); ok {
		return user == s.opts.ClientID && password == s.opts.ClientSecret
	}
	t, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return ok && s.tokens[t].After(s.opts.Now())
}

// admit counts the calls of a day, which begins at midnight in UTC.
func (s *Server) admit(w http.ResponseWriter) bool {
	now := s.opts.Now().UTC()
	if day := now.Format(time.DateOnly); day != s.day {
		s.day, s.left = day, s.opts.Daily
	}
	s.left--
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(s.opts.Daily))
	w.Header().Set("X-RateLimit-Remaining", strconv.Itoa(max(0, s.left)))
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(now.Truncate(24*time.Hour).Add(24*time.Hour).Unix(), 10))
	return s.left >= 0
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, path []string) {
	list, known := s.lists[path[0]]
	get, post := r.Method == http.MethodGet, r.Method == http.MethodPost
	switch {
	case post && len(path) == 2 && path[0] == "search":
		s.search(w, r, path[1])
	case get && len(path) == 2 && known:
		s.show(w, r, path[0], find(list, path[1]))
	case get && len(path) == 5 && path[0] == "applicantworkflows" && path[1] == "person" && path[3] == "job":
		s.show(w, r, path[0], s.pair(path[2], path[4]))
	case post && len(path) == 1 && (path[0] == "people" || path[0] == "applicantworkflows"):
		s.create(w, r, path[0])
	case r.Method == http.MethodPatch && len(path) == 5 && path[0] == "people" && strings.Join(path[2:], "/") == "fields/resume/binary":
		s.upload(w, r, find(list, path[1]))
	default:
		refuse(w, http.StatusNotFound, "the resource was not found")
	}
}

func find(list []*record, id string) *record {
	for _, r := range list {
		if strconv.FormatInt(r.id, 10) == id {
			return r
		}
	}
	return nil
}

func (s *Server) url(r *http.Request, what string, id int64) string {
	return fmt.Sprintf("http://%s/customers/%s/%s/%d", r.Host, s.opts.Customer, what, id)
}

// show gives the fields that were asked for. One that is not there is left out
// without a word, as one that the user may not see.
func (s *Server) show(w http.ResponseWriter, r *http.Request, what string, rec *record) {
	if rec == nil {
		refuse(w, http.StatusNotFound, "the profile was not found")
		return
	}
	out := object{"links": []object{{"rel": "self", "title": "The current profile being viewed.", "url": s.url(r, what, rec.id)}}}
	fields := rec.fields
	if q := r.URL.Query().Get("fields"); q != "" {
		fields = object{}
		for _, f := range strings.Split(q, ",") {
			if v, ok := rec.fields[f]; ok {
				fields[f] = v
			}
			if f == "updateddate" {
				fields[f] = true
			}
		}
	} else {
		out["updateddate"] = nil
	}
	for k, v := range fields {
		out[k] = v
	}
	if _, wanted := out["updateddate"]; wanted {
		out["updateddate"] = rec.changed.In(s.opts.Zone).Format("2006-01-02 03:04 PM")
	}
	answer(w, http.StatusOK, out)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, object{"errors": []object{{"errorMessage": message, "errorCode": status}}})
}
