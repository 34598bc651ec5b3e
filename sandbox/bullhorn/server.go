// Package bullhorn simulates a staffing firm's Bullhorn account: sign-in in
// three hops, entities with the vendor's own validation, query and search, files,
// and event subscriptions that a read uses up. The demo world drives it through
// Go methods, as recruiters would by hand; the connector and its tests reach it
// by HTTP only. It answers what the vendor documents, and is stricter where the
// vendor is silent: an unknown parameter, field or value is refused, so that a
// wrong request cannot pass here.
package bullhorn

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/sandbox/state"
)

// corp is the account's token in every address below /rest-services/.
const corp = "sandbox1"

// Options are the account's settings. The zero value is a working account.
type Options struct {
	Username     string // of the API user; default "api.tributary"
	Password     string // default "sandbox-password"
	ClientID     string // default "sandbox-client"
	ClientSecret string // default "sandbox-secret"
	// Statuses are the words of a submission, as the account's administrator set
	// them; default [DefaultStatuses].
	Statuses []string
	// RequiredJobFields are further fields that this account asks of every job.
	RequiredJobFields []string
	// Entitlements of the API user by entity; an entity that is absent has all.
	Entitlements map[string][]string
	MaxSessions  int           // live at once; 0: no limit
	PerMinute    int           // requests allowed; default 1,500
	IndexLag     time.Duration // how far search is behind the database; default none
	// NoInsertHistory leaves a new submission without a history row, which the vendor
	// does not rule out.
	NoInsertHistory bool
	Now             func() time.Time // default time.Now
}

// DefaultStatuses are the words of a new account.
func DefaultStatuses() []string {
	return []string{"New Lead", "Internally Submitted", "Client Submission", "Client Review", "Interview Scheduled", "Offer Extended", "Offer Accepted",
		"Placed", "Client Rejected", "Sales Rep Rejected", "Candidate Not Interested", "Offer Rejected", "Position Closed", "Not Compliant"}
}

// Server is one account. It is an http.Handler for both of the vendor's hosts:
// /oauth/ and /rest-services/.
type Server struct {
	opts Options
	mu   sync.Mutex // one change at a time, over all tables

	schemas  map[string]*schema
	tables   map[string]*state.Table[row]
	contents *state.Table[content]
	subs     *state.Table[subscription]
	events   *state.Table[event]
	access   access
	watchers []func(StatusChange)
}

// New makes an account whose state is kept in j (nil: in memory only). Sessions
// are not kept: after a restart every client signs in again.
func New(j *state.Journal, opts Options) *Server {
	opts.fill()
	s := &Server{opts: opts, schemas: schemas(), tables: map[string]*state.Table[row]{},
		contents: state.NewTable[content](j, "bullhorn.contents", 1),
		subs:     state.NewTable[subscription](j, "bullhorn.subscriptions", 1),
		events:   state.NewTable[event](j, "bullhorn.events", 40000517),
		access:   newAccess(),
	}
	for i, name := range entityNames() {
		s.tables[name] = state.NewTable[row](j, "bullhorn."+name, int64(1000*(i+1)+1))
	}
	for _, name := range opts.RequiredJobFields {
		if f, ok := s.schemas["JobOrder"].field(name); ok {
			f.required, f.def = true, nil
		}
	}
	s.seed()
	return s
}

func (o *Options) fill() {
	for _, d := range []struct {
		v   *string
		def string
	}{{&o.Username, "api.tributary"}, {&o.Password, "sandbox-password"}, {&o.ClientID, "sandbox-client"}, {&o.ClientSecret, "sandbox-secret"}} {
		if *d.v == "" {
			*d.v = d.def
		}
	}
	if o.Statuses == nil {
		o.Statuses = DefaultStatuses()
	}
	if o.PerMinute == 0 {
		o.PerMinute = 1500
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// seed puts in the people every account is born with: the API user and a
// recruiter.
func (s *Server) seed() {
	if s.tables["CorporateUser"].Len() > 0 {
		return
	}
	for _, u := range []row{
		{"firstName": "Tributary", "lastName": "Integration", "name": "Tributary Integration", "username": s.opts.Username},
		{"firstName": "Rita", "lastName": "Recruiter", "name": "Rita Recruiter", "username": "rita"},
	} {
		s.tables["CorporateUser"].Insert(func(id int64) row {
			u["id"] = id
			return u
		})
	}
}

const (
	apiUser   = 1001
	recruiter = 1002
)

func (s *Server) now() time.Time { return s.opts.Now().UTC() }

// ServeHTTP answers one request of sign-in or of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.now().Format(http.TimeFormat))
	switch r.URL.Path {
	case "/rest-services/loginInfo":
		s.loginInfo(w, r)
	case "/oauth/authorize":
		s.authorize(w, r)
	case "/oauth/token":
		s.token(w, r)
	case "/rest-services/login":
		s.login(w, r)
	default:
		path, ok := strings.CutPrefix(r.URL.Path, "/rest-services/"+corp+"/")
		if !ok {
			refuse(w, http.StatusNotFound, "errors.notFound", "There is nothing at this address")
			return
		}
		s.serveAPI(w, r, path)
	}
}

// serveAPI checks pace and session, and finds the call.
func (s *Server) serveAPI(w http.ResponseWriter, r *http.Request, path string) {
	if !s.admit() {
		refuse(w, http.StatusTooManyRequests, "errors.rateLimit", "Rate limit exceeded, wait 1 second and retry")
		return
	}
	token := r.Header.Get("BhRestToken")
	if token == "" {
		refuse(w, http.StatusPreconditionFailed, "errors.authentication.missingToken", "BhRestToken is missing")
		return
	}
	if !s.session(token) {
		refuse(w, http.StatusUnauthorized, "errors.authentication.invalidRestToken", "Bad 'BhRestToken' or timed-out.")
		return
	}
	parts := strings.Split(path, "/")
	calls := map[string]func(http.ResponseWriter, *http.Request, []string){
		"entity": s.serveEntity, "query": s.serveQuery, "search": s.serveSearch, "file": s.serveFile,
		"event": s.serveEvent, "settings": s.serveSettings, "meta": s.serveMeta, "entitlements": s.serveEntitlements, "ping": s.servePing,
	}
	call, ok := calls[parts[0]]
	if !ok {
		refuse(w, http.StatusNotFound, "errors.notFound", "There is no call "+parts[0])
		return
	}
	call(w, r, parts[1:])
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

// refuse answers in the vendor's error form.
func refuse(w http.ResponseWriter, status int, key, message string) {
	answer(w, status, map[string]any{"errorMessage": message, "errorMessageKey": key, "errorCode": status})
}

func notAllowed(w http.ResponseWriter) {
	refuse(w, http.StatusMethodNotAllowed, "errors.methodNotAllowed", "Method not allowed")
}
