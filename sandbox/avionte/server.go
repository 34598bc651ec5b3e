// Package avionte simulates a staffing firm's Avionté BOLD account as far as a
// third party's copy of the vendor's reference shows it: client credentials, a key
// and a tenant with every call, talents with résumés, and nominations.
package avionte

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options are the account's settings. The zero value is a working account.
type Options struct {
	Tenant       string // default "sandbox"
	ClientID     string // default "sandbox-client"
	ClientSecret string // default "sandbox-secret"
	APIKey       string // default "sandbox-key"
	// Content is the member of talentResume that holds the file; default "fileContents".
	Content string
	Now     func() time.Time // default time.Now
}

type object = map[string]any

// Server is one account. It is an http.Handler for /authorize/token and
// /front-office/v1/.
type Server struct {
	opts    Options
	mu      sync.Mutex
	tokens  map[string]bool
	next    int64
	talents map[string]object
	resumes map[string]object
	stages  map[string]object
}

// New makes an empty account.
func New(opts Options) *Server {
	for _, d := range []struct {
		v   *string
		def string
	}{{&opts.Tenant, "sandbox"}, {&opts.ClientID, "sandbox-client"}, {&opts.ClientSecret, "sandbox-secret"}, {&opts.APIKey, "sandbox-key"}, {&opts.Content, "fileContents"}} {
		if *d.v == "" {
			*d.v = d.def
		}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{opts: opts, next: 70000, tokens: map[string]bool{}, talents: map[string]object{}, resumes: map[string]object{}, stages: map[string]object{}}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("X-Api-Key") != s.opts.APIKey {
		refuse(w, http.StatusUnauthorized, "Access denied due to invalid subscription key")
		return
	}
	if r.URL.Path == "/authorize/token" {
		s.token(w, r)
		return
	}
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	path, ok := strings.CutPrefix(r.URL.Path, "/front-office/v1/")
	switch {
	case !ok || r.Method != http.MethodGet:
		refuse(w, http.StatusNotFound, "Resource not found")
	case !bearer || !s.tokens[token]:
		refuse(w, http.StatusUnauthorized, "Unauthorized")
	case r.Header.Get("Tenant") != s.opts.Tenant:
		refuse(w, http.StatusBadRequest, "Either Tenant or FrontOfficeTenantId is required")
	default:
		s.route(w, r, strings.Split(path, "/"))
	}
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.ParseForm() != nil || r.PostForm.Get("grant_type") != "client_credentials" || r.PostForm.Get("scope") == "" ||
		r.PostForm.Get("client_id") != s.opts.ClientID || r.PostForm.Get("client_secret") != s.opts.ClientSecret {
		refuse(w, http.StatusBadRequest, "invalid_client")
		return
	}
	s.next++
	token := fmt.Sprintf("token-%d-of-the-sandbox", s.next)
	s.tokens[token] = true
	answer(w, object{"access_token": token, "token_type": "Bearer", "expires_in": 3600})
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, p []string) {
	switch {
	case len(p) == 1 && p[0] == "branch":
		answer(w, []object{{"id": 1, "name": "Denver"}})
	case len(p) == 1 && p[0] == "talent-statuses":
		answer(w, []object{{"id": 1, "name": "Active"}})
	case len(p) == 2 && p[0] == "talent":
		talent, ok := s.talents[p[1]]
		if !ok {
			refuse(w, http.StatusNotFound, "Talent not found")
			return
		}
		out := object{"talentResume": nil}
		for k, v := range talent {
			out[k] = v
		}
		if file, ok := s.resumes[p[1]]; ok && r.URL.Query().Get("includeResume") == "True" {
			out["talentResume"] = file
		}
		answer(w, out)
	case len(p) == 3 && p[0] == "talent" && p[1] == "stage" && s.stages[p[2]] != nil:
		answer(w, s.stages[p[2]])
	default:
		refuse(w, http.StatusNotFound, "Resource not found")
	}
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"statusCode": status, "message": message}) // as above
}

// AddTalent adds a talent, with a résumé unless content is nil.
func (s *Server) AddTalent(first, last, file string, content []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	id := fmt.Sprint(s.next)
	s.talents[id] = object{"id": s.next, "firstName": first, "lastName": last, "emailAddress": strings.ToLower(first) + "@mail.example", "mobilePhone": "555-0100",
		"taxIdNumber": "000-00-0000", "birthday": "1990-01-02T00:00:00", "gender": "F", "race": "x", "disability": "x", "veteranStatus": "x",
		"residentAddress": object{"street1": "1 Main St", "city": "Denver", "state_Province": "CO", "postalCode": "80202", "country": "US", "geoCode": "1"},
		"status":          "Active", "isArchived": false, "availabilityDate": "2027-01-11T00:00:00", "lastUpdatedDate": s.opts.Now().UTC().Format("2006-01-02T15:04:05")}
	if content != nil {
		s.resumes[id] = object{"fileName": file, s.opts.Content: base64.StdEncoding.EncodeToString(content)}
	}
	return id
}

// Nominate puts a talent on a job.
func (s *Server) Nominate(job int64, talent, stage string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	id := fmt.Sprint(s.next)
	s.stages[id] = object{"id": s.next, "jobId": job, "talentId": talent, "stageType": stage, "jobActivityName": stage, "stagedDate": s.opts.Now().UTC().Format("2006-01-02T15:04:05")}
	return id
}
