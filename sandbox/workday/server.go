// Package workday simulates a client's Workday tenant as far as a staffing agency
// sees it: three reports as a service (JSON, no paging, date prompts), the web
// service Recruiting (SOAP with WS-Security or a bearer token, faults inside status
// 500) and the token endpoint. Where Workday's documents are closed it is stricter
// than what is known of it: unknown prompts, unknown elements and elements out of
// order are refused, so that a wrong request cannot pass here.
package workday

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"
)

// What a tenant made with the zero Options is called.
const (
	Tenant       = "acme"
	User         = "ISU_Staffing@acme"
	Password     = "sandbox-password"
	ClientID     = "sandbox-client"
	ClientSecret = "sandbox-secret"
	RefreshToken = "sandbox-refresh-token"
	Version      = "v45.2"

	Requisitions = "TRIB_Requisitions"
	Applications = "TRIB_Applications"
	Contracts    = "TRIB_Contracts"
)

// Options are the tenant's settings. The zero value is a working tenant.
type Options struct {
	Now        func() time.Time // default time.Now
	Blanks     bool             // reports show empty columns as "", instead of leaving them out
	NoResume   bool             // the application report has no résumé column
	Unnamed    bool             // Put_Candidate names no application in its answer
	Forbidden  bool             // the user may not put candidates
	NoReadback bool             // new applications do not show in the report
	Zone       *time.Location   // of Last_Updated; default UTC
}

type object = map[string]string

// Server is one tenant. It is an http.Handler for /ccx/.
type Server struct {
	opts   Options
	mu     sync.Mutex
	reqs   []object
	apps   []object
	people []object
	hires  []object
	files  map[string][]byte // résumés by candidate
	tokens map[string]bool
	n      int
}

// New makes an empty tenant.
func New(opts Options) *Server {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Zone == nil {
		opts.Zone = time.UTC
	}
	return &Server{opts: opts, files: map[string][]byte{}, tokens: map[string]bool{}}
}

func reportRoot() string { return "/ccx/service/customreport2/" + Tenant + "/report_owner/" }

// ReportURL gives the address of a report of the tenant at base.
func ReportURL(base, name string) string { return base + reportRoot() + name }

// ServiceURL gives the address of the web service.
func ServiceURL(base string) string {
	return base + "/ccx/service/" + Tenant + "/Recruiting/" + Version
}

// TokenURL gives the address of the token endpoint.
func TokenURL(base string) string { return base + "/ccx/oauth2/" + Tenant + "/token" }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, isReport := strings.CutPrefix(r.URL.Path, reportRoot())
	switch {
	case r.URL.Path == TokenURL(""):
		s.token(w, r)
	case r.URL.Path == ServiceURL("") && r.Method == http.MethodPost:
		s.soap(w, r)
	case isReport && r.Method == http.MethodGet:
		s.report(w, r, name)
	default:
		http.Error(w, "not found", http.StatusNotFound)
	}
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if r.Method != http.MethodPost || r.ParseForm() != nil || id != ClientID || secret != ClientSecret ||
		r.PostForm.Get("grant_type") != "refresh_token" || r.PostForm.Get("refresh_token") != RefreshToken {
		answer(w, http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
		return
	}
	token := s.id("token-")
	s.tokens[token] = true
	answer(w, http.StatusOK, map[string]any{"access_token": token, "token_type": "Bearer", "expires_in": 3600})
}

// bearer says whether a request has a token, and whether it is good.
func (s *Server) bearer(r *http.Request) (has, good bool) {
	token, has := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return has, s.tokens[token]
}

// EndTokens makes every token refused.
func (s *Server) EndTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens = map[string]bool{}
}

// report answers a report as a service. It comes whole, whatever its size.
func (s *Server) report(w http.ResponseWriter, r *http.Request, name string) {
	user, password, _ := r.BasicAuth()
	if has, good := s.bearer(r); has && !good || !has && (user != User || password != Password) {
		w.Header().Set("WWW-Authenticate", `Basic realm="Workday"`)
		http.Error(w, "invalid username or password", http.StatusUnauthorized)
		return
	}
	list, prompts := s.rows(name)
	if list == nil {
		http.Error(w, "The report does not exist", http.StatusNotFound)
		return
	}
	q := r.URL.Query()
	if q.Get("format") != "json" {
		http.Error(w, "only format=json is simulated", http.StatusBadRequest)
		return
	}
	q.Del("format")
	out := []object{}
	for prompt, values := range q {
		if prompts[prompt] == nil || len(values) != 1 || prompt == "Updated_From" && !isDay(values[0]) {
			http.Error(w, "Invalid prompt: "+prompt, http.StatusInternalServerError)
			return
		}
	}
	for _, row := range list {
		fits := true
		for prompt, values := range q {
			fits = fits && prompts[prompt](row, values[0])
		}
		if fits {
			out = append(out, s.shown(row))
		}
	}
	answer(w, http.StatusOK, map[string]any{"Report_Entry": out})
}

const promptLayout = "2006-01-02-07:00"

func isDay(v string) bool {
	_, err := time.Parse(promptLayout, v)
	return err == nil
}

// rows gives a report's rows and what its prompts compare.
func (s *Server) rows(name string) (rows []object, prompts map[string]func(object, string) bool) {
	since := func(row object, v string) bool {
		from, _ := time.Parse(promptLayout, v) // see isDay
		at, err := time.Parse(time.RFC3339Nano, row["Last_Updated"])
		return err == nil && !at.Before(from)
	}
	equal := func(column string) func(object, string) bool {
		return func(row object, v string) bool { return strings.EqualFold(row[column], v) }
	}
	type filters = map[string]func(object, string) bool
	switch name {
	case Requisitions:
		return append([]object{}, s.reqs...), filters{"Updated_From": since}
	case Applications:
		return append([]object{}, s.visible()...), filters{"Updated_From": since, "Email": equal("Email")}
	case Contracts:
		return append([]object{}, s.hires...), filters{"Job_Application": equal("Job_Application_ID")}
	}
	return nil, nil
}

// visible are the applications with what the report takes from the candidate.
func (s *Server) visible() (out []object) {
	for _, a := range s.apps {
		if a["_hidden"] != "" && s.opts.NoReadback {
			continue
		}
		row := object{"Resume": ""}
		for k, v := range a {
			row[k] = v
		}
		if len(s.files[a["Candidate_ID"]]) > 0 {
			row["Resume"] = a["Candidate_ID"] + ".pdf"
		}
		if s.opts.NoResume {
			delete(row, "Resume")
		}
		out = append(out, row)
	}
	return out
}

// shown is a row as the wire has it.
func (s *Server) shown(row object) object {
	out := object{}
	for k, v := range row {
		if !strings.HasPrefix(k, "_") && (v != "" || s.opts.Blanks) {
			out[k] = v
		}
	}
	return out
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}
