// Package jobdiva simulates a staffing firm's JobDiva account as far as public
// clients show it: a sign-in that answers plain text, BI reports over windows of
// time, searches and writes that answer bare numbers, and the vendor's traps (padded
// texts, "Null", ids as texts, rows without names unless alternateFormat is asked
// for). Where nothing is known it is strict: an unknown body key is refused, although
// the vendor ignores it.
package jobdiva

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options are the account's settings. The zero value is a working account.
type Options struct {
	ClientID string           // default "1001"
	Username string           // default "api@firm.example"
	Password string           // default "sandbox-password"
	Now      func() time.Time // default time.Now
	// NoReference leaves the optional reference out of what SearchJob gives.
	NoReference bool
	// Misnumber makes createJob answer a wrong number.
	Misnumber bool
}

type object = map[string]any

// Server is one account. It is an http.Handler for /apiv2/.
type Server struct {
	opts       Options
	zone       *time.Location
	mu         sync.Mutex
	tokens     map[string]bool
	next       int64
	jobs       []object
	candidates []object
	resumes    []object
	submittals []object
}

// New makes an empty account.
func New(opts Options) *Server {
	for _, d := range []struct {
		v   *string
		def string
	}{{&opts.ClientID, "1001"}, {&opts.Username, "api@firm.example"}, {&opts.Password, "sandbox-password"}} {
		if *d.v == "" {
			*d.v = d.def
		}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		zone = time.FixedZone("Eastern", -5*3600)
	}
	return &Server{opts: opts, zone: zone, tokens: map[string]bool{}, next: 9000}
}

func (s *Server) id() int64 {
	s.next++
	return s.next
}

// now is the account's clock: Eastern time, without saying so.
func (s *Server) now() string { return s.opts.Now().In(s.zone).Format("2006-01-02T15:04:05") }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/apiv2/authenticate" {
		s.authenticate(w, r)
		return
	}
	if !s.tokens[r.Header.Get("Authorization")] {
		refuse(w, http.StatusUnauthorized, "Full authentication is required to access this resource")
		return
	}
	if name, ok := strings.CutPrefix(r.URL.Path, "/apiv2/bi/"); ok && r.Method == http.MethodGet {
		s.report(w, r, name)
		return
	}
	calls := map[string]func(http.ResponseWriter, object){"SearchJob": s.searchJob, "createJob": s.createJob, "updateJob": s.updateJob,
		"searchSubmittal": s.searchSubmittal, "updateSubmittal": s.updateSubmittal}
	call, ok := calls[strings.TrimPrefix(r.URL.Path, "/apiv2/jobdiva/")]
	if !ok || r.Method != http.MethodPost {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	var in object
	if json.NewDecoder(r.Body).Decode(&in) != nil || in == nil {
		refuse(w, http.StatusBadRequest, "JSON parse error")
		return
	}
	call(w, in)
}

func (s *Server) authenticate(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("clientid") != s.opts.ClientID || q.Get("username") != s.opts.Username || q.Get("password") != s.opts.Password {
		refuse(w, http.StatusUnauthorized, "Invalid credentials")
		return
	}
	token := fmt.Sprintf("token-%d-of-the-sandbox", s.id())
	s.tokens[token] = true
	w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
	_, _ = w.Write([]byte(token)) // the caller is gone: nobody to tell
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"status": status, "message": message}) // as above
}

// known refuses keys that an operation does not have.
func known(w http.ResponseWriter, in object, keys string) bool {
	for k := range in {
		if !slices.Contains(strings.Fields(keys), k) {
			refuse(w, http.StatusInternalServerError, "Error: unknown field "+k)
			return false
		}
	}
	return true
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return fmt.Sprintf("%.0f", v)
	}
	return strings.TrimSpace(fmt.Sprint(v))
}

func find(rows []object, key, id string) object {
	for _, o := range rows {
		if text(o[key]) == id {
			return o
		}
	}
	return nil
}
