// Package jobadder simulates a staffing firm's JobAdder account: OAuth 2 with
// refresh tokens that change with every use, jobs, companies, candidates with
// attachments, job applications, and webhooks that are suspended when they fail.
// It answers what the vendor's OpenAPI document says, and is stricter where that is
// silent: an unknown parameter or body key is refused, so that a wrong request
// cannot pass here.
package jobadder

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options are the account's settings. The zero value is a working account.
type Options struct {
	ClientID     string           // default "sandbox-client"
	ClientSecret string           // default "sandbox-secret"
	RefreshToken string           // the first one; default "sandbox-refresh"
	Now          func() time.Time // default time.Now
	// TakenJob makes the next new job meet a 409, after a job of the same source was
	// made by somebody else.
	TakenJob bool
}

// object is one of the vendor's JSON objects.
type object = map[string]any

// Server is one account. It is an http.Handler for /connect/token and /v2/.
type Server struct {
	opts         Options
	mu           sync.Mutex
	refresh      string // the only one that is good
	access       map[string]bool
	next         int64
	jobs         []object
	companies    []object
	candidates   []object
	attachments  []attachment
	applications []object
	hooks        []*hook
	custom       map[string][]object
}

// New makes an empty account with statuses, work types and custom fields.
func New(opts Options) *Server {
	for _, d := range []struct {
		v   *string
		def string
	}{{&opts.ClientID, "sandbox-client"}, {&opts.ClientSecret, "sandbox-secret"}, {&opts.RefreshToken, "sandbox-refresh"}} {
		if *d.v == "" {
			*d.v = d.def
		}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{opts: opts, refresh: opts.RefreshToken, access: map[string]bool{}, next: 1000, custom: customFields()}
}

// id gives the next number; the caller holds the lock.
func (s *Server) id() int64 {
	s.next++
	return s.next
}

// now is the account's clock as it stands on the wire.
func (s *Server) now() string { return s.opts.Now().UTC().Format("2006-01-02T15:04:05Z") }

// ServeHTTP answers one request of the sign-in or of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	if r.URL.Path == "/connect/token" {
		s.token(w, r)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/v2/")
	if !ok {
		refuse(w, http.StatusNotFound, "Not found")
		return
	}
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !bearer || !s.access[token] {
		refuse(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	s.route(w, r, strings.Split(path, "/"))
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.ParseForm() != nil || r.PostForm.Get("grant_type") != "refresh_token" ||
		r.PostForm.Get("client_id") != s.opts.ClientID || r.PostForm.Get("client_secret") != s.opts.ClientSecret {
		answer(w, http.StatusBadRequest, object{"error": "invalid_client"})
		return
	}
	if r.PostForm.Get("refresh_token") != s.refresh {
		answer(w, http.StatusBadRequest, object{"error": "invalid_grant"})
		return
	}
	access := fmt.Sprintf("access-%d-of-the-sandbox", s.id())
	s.access[access] = true
	s.refresh = fmt.Sprintf("refresh-%d-of-the-sandbox", s.id())
	answer(w, http.StatusOK, object{"access_token": access, "expires_in": 3600, "token_type": "Bearer", "refresh_token": s.refresh, "api": "http://" + r.Host + "/v2"})
}

// route finds the call by its path with numbers taken out.
func (s *Server) route(w http.ResponseWriter, r *http.Request, parts []string) {
	var ids []string
	for i, p := range parts {
		if strings.Trim(p, "0123456789abcdef-") == "" && strings.ContainsAny(p, "0123456789") {
			ids, parts[i] = append(ids, p), "*"
		}
	}
	calls := map[string]func(http.ResponseWriter, *http.Request, []string){
		"GET users/current":              s.currentUser,
		"GET jobs":                       s.listJobs,
		"POST jobs":                      s.addJob,
		"GET jobs/*":                     s.getJob,
		"PUT jobs/*":                     s.putJob,
		"GET jobs/lists/status":          s.jobStatuses,
		"GET worktypes":                  s.workTypes,
		"GET companies":                  s.listCompanies,
		"GET candidates":                 s.listCandidates,
		"GET candidates/*":               s.getCandidate,
		"GET candidates/*/attachments":   s.listAttachments,
		"GET candidates/*/attachments/*": s.getAttachment,
		"GET applications":               s.listApplications,
		"GET applications/*":             s.getApplication,
		"PUT applications/*/status":      s.putStatus,
		"GET applications/lists/status":  s.applicationStatuses,
		"GET jobs/fields/custom":         s.listCustom,
		"GET candidates/fields/custom":   s.listCustom,
		"GET applications/fields/custom": s.listCustom,
		"GET webhooks":                   s.listHooks,
		"POST webhooks":                  s.addHook,
		"PUT webhooks/*":                 s.putHook,
	}
	call, ok := calls[r.Method+" "+strings.Join(parts, "/")]
	if !ok {
		refuse(w, http.StatusNotFound, "Not found")
		return
	}
	call(w, r, ids)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

// refuse answers in the vendor's error form.
func refuse(w http.ResponseWriter, status int, message string, fields ...string) {
	out := object{"message": message}
	if len(fields) > 0 {
		out["errors"] = []object{{"code": "Invalid", "message": message, "fields": fields}}
	}
	answer(w, status, out)
}

// read reads a JSON body and refuses keys that are not known.
func read(w http.ResponseWriter, r *http.Request, known ...string) (object, bool) {
	var in object
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || in == nil {
		refuse(w, http.StatusUnprocessableEntity, "The body is no JSON object")
		return nil, false
	}
	for k := range in {
		if !slices.Contains(known, k) {
			refuse(w, http.StatusUnprocessableEntity, "Unknown field "+k, k)
			return nil, false
		}
	}
	return in, true
}

// query refuses parameters that are not known.
func query(w http.ResponseWriter, r *http.Request, known ...string) (url.Values, bool) {
	q := r.URL.Query()
	for k := range q {
		if !slices.Contains(known, k) {
			refuse(w, http.StatusUnprocessableEntity, "Unknown parameter "+k, k)
			return nil, false
		}
	}
	return q, true
}

func text(v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	return ""
}

func number(v any) int64 {
	switch n := v.(type) {
	case float64:
		return int64(n)
	case int64:
		return n
	case int:
		return int64(n)
	}
	return 0
}
