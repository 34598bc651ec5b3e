// Package fieldglass simulates a client's SAP Fieldglass tenant as one of its
// staffing suppliers sees it: the OAuth token that ends its predecessor, and five
// connectors on the wire (postings as changes and in full, job seeker upload, job
// seeker statuses, work orders), traps included: a cursor on the server that a read
// moves, several roots in one body, plain text for no data, refusals inside a 200.
// The demo world drives it through Go methods; the connector and its tests reach it
// by HTTP only. Where the vendor is silent it is stricter: an unknown parameter or
// element is refused, so that a wrong request cannot pass here.
package fieldglass

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/sandbox/state"
)

// The names of the tenant's connectors.
const (
	PostingChanges  = "Job Posting Supplier Download"
	PostingFull     = "Job Posting Supplier Download Full"
	JobSeekerUpload = "Job Seeker Upload"
	JobSeekerStatus = "Job Seeker Status Download"
	WorkOrders      = "Work Order Supplier Download"
)

// Options are the tenant's settings. The zero value is a working tenant.
type Options struct {
	BuyerCode      string           // default "ACME"; ids start with it
	SupplierCode   string           // default "SUP1"
	User           string           // the web-service user; default "API_SUP1"
	LicenceKey     string           // its secret; default "sandbox-licence-key"
	ApplicationKey string           // must be sent when it is set
	Now            func() time.Time // default time.Now
	Zone           *time.Location   // of date-times in downloads; default UTC
	Disabled       []string         // connectors that exist but not for this user
	XML            bool             // JSON is not switched on: downloads are XML, JSON uploads are refused
	StatusCSV      bool             // the status download was built as CSV
	MaxRecords     int              // of one download, else return code 104; default 10,000
	MaxResume      int              // bytes of one attachment; default 10 MB
	RateLimit      int              // calls in a minute; default 100,000 (the vendor publishes none)
	FullDays       int              // the full download leaves out postings closed for longer; default 30
	RefuseRepeats  bool             // a job seeker with an external id that the posting has already is refused
	RetryDelays    []time.Duration  // between attempts of a push; default 0.2 s, 1 s, 3 s
}

// Server is one tenant. It is an http.Handler for the paths below /api.
type Server struct {
	opts Options
	mu   sync.Mutex // one change at a time, over all tables

	postings *state.Table[posting]
	seekers  *state.Table[seeker]
	files    *state.Table[File]
	orders   *state.Table[order]
	meta     *state.Table[meta]
	audit    *state.Table[auditEntry]

	seq    int64 // of the last change of a posting
	window window
	pusher pusher
}

// meta is the one row of what the tenant remembers besides objects.
type meta struct {
	Cursor       int64 // what the changes download has given
	Transactions int64
	Token        string
	TokenEnds    time.Time
	Held         bool // uploads wait to be processed
}

// New makes a tenant whose state is kept in j (nil: in memory only).
func New(j *state.Journal, opts Options) *Server {
	opts.fill()
	s := &Server{
		opts:     opts,
		postings: state.NewTable[posting](j, "fieldglass.postings", 101),
		seekers:  state.NewTable[seeker](j, "fieldglass.seekers", 5001),
		files:    state.NewTable[File](j, "fieldglass.files", 1),
		orders:   state.NewTable[order](j, "fieldglass.orders", 7001),
		meta:     state.NewTable[meta](j, "fieldglass.meta", 1),
		audit:    state.NewTable[auditEntry](j, "fieldglass.audit", 1),
	}
	if s.meta.Len() == 0 {
		s.meta.Put(1, meta{})
	}
	for _, p := range s.postings.List(nil) {
		s.seq = max(s.seq, p.Seq)
	}
	s.pusher.delays = opts.RetryDelays
	return s
}

func (o *Options) fill() {
	text := func(p *string, v string) {
		if *p == "" {
			*p = v
		}
	}
	number := func(p *int, v int) {
		if *p == 0 {
			*p = v
		}
	}
	text(&o.BuyerCode, "ACME")
	text(&o.SupplierCode, "SUP1")
	text(&o.User, "API_SUP1")
	text(&o.LicenceKey, "sandbox-licence-key")
	number(&o.MaxRecords, 10_000)
	number(&o.MaxResume, 10<<20)
	number(&o.RateLimit, 100_000)
	number(&o.FullDays, 30)
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.RetryDelays == nil {
		o.RetryDelays = []time.Duration{200 * time.Millisecond, time.Second, 3 * time.Second}
	}
}

func (s *Server) now() time.Time { return s.opts.Now().UTC().Truncate(time.Millisecond) }

// ref writes an id as people see it, e.g. ACMEJP00000101.
func (s *Server) ref(kind string, id int64) string {
	return fmt.Sprintf("%s%s%08d", s.opts.BuyerCode, kind, id)
}

// number reads such an id; 0 for one that is none.
func (s *Server) number(kind, ref string) int64 {
	digits, ok := strings.CutPrefix(ref, s.opts.BuyerCode+kind)
	n, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil || s.ref(kind, n) != ref {
		return 0
	}
	return n
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	if r.URL.Path == "/api/oauth2/v2.0/token" {
		s.issueToken(w, r)
		return
	}
	if r.URL.Path == "/api/vc/auditTrail" {
		s.serveAudit(w, r)
		return
	}
	name, ok := strings.CutPrefix(r.URL.Path, "/api/vc/connector/")
	if !ok {
		http.NotFound(w, r)
		return
	}
	a := s.answerer(w, r)
	switch {
	case !s.admit(w):
		a.status(http.StatusTooManyRequests, "-1", "Too many requests")
	case !s.authorized(r):
		a.status(http.StatusUnauthorized, "100", "Unable to authenticate")
	case !slices.Contains([]string{PostingChanges, PostingFull, JobSeekerUpload, JobSeekerStatus, WorkOrders}, name):
		a.status(http.StatusNotFound, "-1", "Connector not found")
	case slices.Contains(s.opts.Disabled, name):
		a.status(http.StatusForbidden, "-1", "Connector is not enabled for user "+s.opts.User)
	case name == JobSeekerUpload:
		s.serveUpload(a, r)
	default:
		s.serveDownload(a, r, name)
	}
}

// window counts the calls of the running minute.
type window struct {
	mu    sync.Mutex
	start time.Time
	used  int
}

// admit counts a call; false when the minute is full. The header is then set.
func (s *Server) admit(w http.ResponseWriter) bool {
	now := s.opts.Now()
	s.window.mu.Lock()
	defer s.window.mu.Unlock()
	if start := now.Truncate(time.Minute); !start.Equal(s.window.start) {
		s.window.start, s.window.used = start, 0
	}
	s.window.used++
	if s.window.used <= s.opts.RateLimit {
		return true
	}
	w.Header().Set("Retry-After", strconv.Itoa(int(s.window.start.Add(time.Minute).Sub(now).Seconds())+1))
	return false
}
