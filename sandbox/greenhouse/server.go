// Package greenhouse simulates a client's Greenhouse Recruiting account: Harvest
// v3 on the wire (tokens, scopes, cursor paging, filters, validation, rate limit)
// and its web hooks. The demo world drives it through Go methods; the connector
// and its tests reach it by HTTP only. It answers what the vendor documents, and
// is stricter where the vendor is silent: an unknown parameter or body key is
// refused, so that a wrong request cannot pass here.
package greenhouse

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/sandbox/state"
)

// Options are the account's settings. The zero value is a working account.
type Options struct {
	ClientID     string           // default "sandbox-client"
	ClientSecret string           // default "sandbox-secret"
	Scopes       []string         // of the credential; nil: every scope
	HideScopes   bool             // the token does not tell its scopes
	RateLimit    int              // requests in 30 seconds; default 100,000
	Now          func() time.Time // default time.Now
	RetryDelays  []time.Duration  // between attempts of a web hook; default 0.2 s, 1 s, 3 s
}

// Server is one account. It is an http.Handler for both of the vendor's hosts:
// /token and /v3/.
type Server struct {
	opts Options
	mu   sync.Mutex // one change at a time, over all tables

	jobs         *state.Table[Job]
	posts        *state.Table[JobPost]
	places       *state.Table[PostLocation]
	ranges       *state.Table[PayRange]
	openings     *state.Table[Opening]
	offices      *state.Table[Office]
	departments  *state.Table[Department]
	users        *state.Table[User]
	managers     *state.Table[HiringManager]
	stages       *state.Table[InterviewStage]
	candidates   *state.Table[Candidate]
	applications *state.Table[Application]
	stays        *state.Table[ApplicationStage]
	attachments  *state.Table[Attachment]
	offers       *state.Table[Offer]
	reasons      *state.Table[RejectionReason]
	details      *state.Table[RejectionDetail]
	sources      *state.Table[Source]
	fields       *state.Table[FieldDefinition]
	fieldOptions *state.Table[FieldOption]

	lists  map[string]list
	hooks  hooks
	window window
	epoch  int // tokens of an earlier epoch are refused
	schema map[string]SchemaChange
}

// New makes an account whose state is kept in j (nil: in memory only).
func New(j *state.Journal, opts Options) *Server {
	opts.fill()
	s := &Server{
		opts:         opts,
		jobs:         state.NewTable[Job](j, "greenhouse.jobs", 4000101),
		posts:        state.NewTable[JobPost](j, "greenhouse.job_posts", 7200101),
		places:       state.NewTable[PostLocation](j, "greenhouse.job_post_locations", 880101),
		ranges:       state.NewTable[PayRange](j, "greenhouse.pay_input_ranges", 91001),
		openings:     state.NewTable[Opening](j, "greenhouse.openings", 5500101),
		offices:      state.NewTable[Office](j, "greenhouse.offices", 60101),
		departments:  state.NewTable[Department](j, "greenhouse.departments", 70101),
		users:        state.NewTable[User](j, "greenhouse.users", 4080101),
		managers:     state.NewTable[HiringManager](j, "greenhouse.job_hiring_managers", 3300101),
		stages:       state.NewTable[InterviewStage](j, "greenhouse.job_interview_stages", 9900101),
		candidates:   state.NewTable[Candidate](j, "greenhouse.candidates", 35800101),
		applications: state.NewTable[Application](j, "greenhouse.applications", 46100101),
		stays:        state.NewTable[ApplicationStage](j, "greenhouse.application_stages", 120000101),
		attachments:  state.NewTable[Attachment](j, "greenhouse.attachments", 84000101),
		offers:       state.NewTable[Offer](j, "greenhouse.offers", 506101),
		reasons:      state.NewTable[RejectionReason](j, "greenhouse.rejection_reasons", 14001),
		details:      state.NewTable[RejectionDetail](j, "greenhouse.rejection_details", 640101),
		sources:      state.NewTable[Source](j, "greenhouse.sources", 2501),
		fields:       state.NewTable[FieldDefinition](j, "greenhouse.custom_fields", 310101),
		fieldOptions: state.NewTable[FieldOption](j, "greenhouse.custom_field_options", 2700101),
		schema:       map[string]SchemaChange{},
	}
	s.lists = s.allLists()
	s.hooks.delays = opts.RetryDelays
	s.seed()
	return s
}

func (o *Options) fill() {
	if o.ClientID == "" {
		o.ClientID = "sandbox-client"
	}
	if o.ClientSecret == "" {
		o.ClientSecret = "sandbox-secret"
	}
	if o.RateLimit == 0 {
		o.RateLimit = 100_000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.RetryDelays == nil {
		o.RetryDelays = []time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second}
	}
}

// seed puts in what every account is born with.
func (s *Server) seed() {
	s.seedFields()
	if s.reasons.Len() > 0 {
		return
	}
	we := ReasonType{ID: 1, Key: "WE_REJECTED_THEM", Name: "We rejected them"}
	they := ReasonType{ID: 2, Key: "THEY_REJECTED_US", Name: "They rejected us"}
	none := ReasonType{ID: 3, Key: "NONE_SPECIFIED", Name: "None specified"}
	for _, r := range []RejectionReason{
		{Name: "Lacking skill(s)/qualification(s)", Type: we}, {Name: "Hired another candidate", Type: we}, {Name: "Rate too high", Type: we},
		{Name: "Candidate withdrew", Type: they}, {Name: "Took another job", Type: they}, {Name: "Other (add notes below)", Type: none},
	} {
		s.reasons.Insert(func(id int64) RejectionReason {
			r.Base, r.BuiltIn = s.born(id), true
			return r
		})
	}
	s.sources.Insert(func(id int64) Source {
		return Source{Base: s.born(id), Name: "Tributary Staffing", Type: SourceType{ID: 4, Name: "Agencies"}}
	})
	s.sources.Insert(func(id int64) Source {
		return Source{Base: s.born(id), Name: "Jobs page on your website", Type: SourceType{ID: 1, Name: "Company marketing"}}
	})
}

// now is the account's clock, in the precision of the wire.
func (s *Server) now() time.Time { return s.opts.Now().UTC().Truncate(time.Millisecond) }

func (s *Server) born(id int64) Base {
	now := s.now()
	return Base{ID: id, CreatedAt: now, UpdatedAt: now}
}

// ServeHTTP answers one request of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	if r.URL.Path == "/token" {
		s.issueToken(w, r)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/v3/")
	if !ok {
		refuse(w, http.StatusNotFound, "Resource not found")
		return
	}
	if !s.admit(w) {
		return
	}
	scopes, ok := s.authorize(r)
	if !ok {
		refuse(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	if r.Method == http.MethodGet {
		s.serveList(w, r, path, scopes)
		return
	}
	s.serveWrite(w, r, path, scopes)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

// refuse answers in the vendor's error form.
func refuse(w http.ResponseWriter, status int, message string, errs ...any) {
	if errs == nil {
		errs = []any{}
	}
	answer(w, status, map[string]any{"message": message, "errors": errs})
}
