// Package xero simulates one organisation in Xero: OAuth 2 with rotating refresh
// tokens or client credentials, contacts, accounts, items, tax rates, tracking
// categories, and draft sales invoices and credit notes with the vendor's limits,
// idempotency keys, validation errors and date format.
package xero

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options are the organisation's settings. The zero value is a working one.
type Options struct {
	ClientID     string           // default "sandbox-client"
	ClientSecret string           // default "sandbox-secret"
	RefreshToken string           // the first one; default "sandbox-refresh"
	DayLimit     int              // calls; default 5000
	MinuteLimit  int              // calls; default 100000, so that tests run
	Now          func() time.Time // default time.Now
}

// Tenant is the organisation's id.
const Tenant = "b2c885a9-4bb9-4a00-9b6e-6c2bf60b1a2b"

type object = map[string]any

// Server is one organisation. It is an http.Handler for /connect/token and
// /api.xro/2.0/.
type Server struct {
	opts     Options
	mu       sync.Mutex
	refresh  string // the only one that is good
	access   map[string]bool
	next     int
	day      int // calls so far
	minute   int
	lists    map[string][]object
	papers   map[string][]object
	kept     map[string]kept // answers by Idempotency-Key
	drop     int             // answers to lose after the act
	refusals []string        // to answer with status 200
}

type kept struct{ body, answer string }

// New makes an organisation with master data and no invoices.
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
	if opts.DayLimit == 0 {
		opts.DayLimit = 5000
	}
	if opts.MinuteLimit == 0 {
		opts.MinuteLimit = 100_000
	}
	return &Server{opts: opts, refresh: opts.RefreshToken, access: map[string]bool{}, lists: masterData(), papers: map[string][]object{}, kept: map[string]kept{}}
}

// DropAnswers loses the answers of the next n writes after they took effect.
func (s *Server) DropAnswers(n int) { s.mu.Lock(); defer s.mu.Unlock(); s.drop = n }

// RefuseNext answers the next write with status 200 and an error inside.
func (s *Server) RefuseNext(sentence string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, sentence)
}

// ExpireTokens ends every access token.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access = map[string]bool{}
}

// SetStatus is finance at work: it moves a document on, or deletes it.
func (s *Server) SetStatus(id, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, list := range s.papers {
		for _, d := range list {
			if d["InvoiceID"] == id || d["CreditNoteID"] == id {
				d["Status"] = status
			}
		}
	}
}

// Documents gives all invoices and credit notes as they are read.
func (s *Server) Documents() (out []map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Concat(s.papers["Invoices"], s.papers["CreditNotes"])
}

// HandMade is an invoice or credit note that somebody typed at Xero.
type HandMade struct {
	Type      string // ACCREC, ACCRECCREDIT, or ACCPAY of a supplier
	Number    string
	ContactID string
	Date      string // YYYY-MM-DD
	Total     string
}

// Enter takes a document in that finance made and approved, and gives its id.
func (s *Server) Enter(h HandMade) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, id, number := "Invoices", "InvoiceID", "InvoiceNumber"
	if strings.HasSuffix(h.Type, "CREDIT") {
		name, id, number = "CreditNotes", "CreditNoteID", "CreditNoteNumber"
	}
	contact := s.named("Contacts", "ContactID", h.ContactID)
	date, _ := time.Parse(time.DateOnly, h.Date) // the test's own
	made := s.uuid()
	s.papers[name] = append(s.papers[name], object{id: made, number: h.Number, "Type": h.Type, "Status": "AUTHORISED", "Contact": inShort(contact), "CurrencyCode": "USD", "Date": msDate(date),
		"DateString": date.Format("2006-01-02T15:04:05"), "SubTotal": json.Number(h.Total), "TotalTax": json.Number("0"), "Total": json.Number(h.Total), "LineItems": []any{}, "UpdatedDateUTC": msDate(s.opts.Now())})
	return made
}

// Add adds a record to a list of the master data, such as Contacts.
func (s *Server) Add(list string, record map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists[list] = append(s.lists[list], record)
}

// inShort is what a document has of its contact.
func inShort(contact object) object {
	return object{"ContactID": contact["ContactID"], "Name": contact["Name"]}
}

func (s *Server) uuid() string {
	s.next++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", s.next)
}

// ServeHTTP answers one request of the sign-in or of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/connect/token" {
		s.token(w, r)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/api.xro/2.0/")
	if !ok {
		problem(w, http.StatusNotFound, "The resource you're looking for cannot be found")
		return
	}
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !bearer || !s.access[token]:
		problem(w, http.StatusUnauthorized, "TokenExpired: token expired")
	case r.Header.Get("Xero-Tenant-Id") != Tenant:
		problem(w, http.StatusForbidden, "AuthenticationUnsuccessful")
	case s.spent(w):
	default:
		s.route(w, r, strings.Split(path, "/"))
	}
}

// spent counts a call and refuses it when a limit is reached.
func (s *Server) spent(w http.ResponseWriter) bool {
	s.day++
	s.minute++
	h := w.Header()
	h.Set("X-DayLimit-Remaining", strconv.Itoa(max(0, s.opts.DayLimit-s.day)))
	h.Set("X-MinLimit-Remaining", strconv.Itoa(max(0, s.opts.MinuteLimit-s.minute)))
	h.Set("X-AppMinLimit-Remaining", "9999")
	for _, l := range []struct {
		over bool
		name string
		wait string
	}{{s.day > s.opts.DayLimit, "day", "1800"}, {s.minute > s.opts.MinuteLimit, "minute", "42"}} {
		if l.over {
			h.Set("X-Rate-Limit-Problem", l.name)
			h.Set("Retry-After", l.wait)
			w.WriteHeader(http.StatusTooManyRequests)
			return true
		}
	}
	return false
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if r.Method != http.MethodPost || r.ParseForm() != nil || !basic || id != s.opts.ClientID || secret != s.opts.ClientSecret {
		answer(w, http.StatusBadRequest, object{"error": "invalid_client"})
		return
	}
	out := object{"expires_in": 1800, "token_type": "Bearer"}
	switch r.PostForm.Get("grant_type") {
	case "client_credentials":
		if r.PostForm.Get("scope") == "" {
			answer(w, http.StatusBadRequest, object{"error": "invalid_scope"})
			return
		}
	case "refresh_token":
		if r.PostForm.Get("refresh_token") != s.refresh {
			answer(w, http.StatusBadRequest, object{"error": "invalid_grant"})
			return
		}
		s.next++
		s.refresh = fmt.Sprintf("refresh-%d-of-the-sandbox", s.next)
		out["refresh_token"] = s.refresh
	default:
		answer(w, http.StatusBadRequest, object{"error": "unsupported_grant_type"})
		return
	}
	s.next++
	access := fmt.Sprintf("access-%d-of-the-sandbox", s.next)
	s.access[access] = true
	out["access_token"] = access
	answer(w, http.StatusOK, out)
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, parts []string) {
	name := parts[0]
	switch {
	case r.Method == http.MethodGet && len(parts) == 1 && name == "Organisation":
		s.envelope(w, "Organisations", []object{{"OrganisationID": Tenant, "Name": "Tributary Staffing LLC", "BaseCurrency": "USD", "CountryCode": "US", "IsDemoCompany": true}})
	case r.Method == http.MethodGet && len(parts) == 1 && s.lists[name] != nil:
		s.list(w, r, name, s.lists[name])
	case r.Method == http.MethodGet && len(parts) == 1 && isPaper(name):
		s.list(w, r, name, s.papers[name])
	case r.Method == http.MethodGet && len(parts) == 2 && isPaper(name):
		for _, d := range s.papers[name] {
			if d["InvoiceID"] == parts[1] || d["CreditNoteID"] == parts[1] {
				s.envelope(w, name, []object{d})
				return
			}
		}
		problem(w, http.StatusNotFound, "The resource you're looking for cannot be found")
	case r.Method == http.MethodPut && len(parts) == 1 && isPaper(name):
		s.write(w, r, name)
	default:
		problem(w, http.StatusNotFound, "The resource you're looking for cannot be found")
	}
}

func isPaper(name string) bool { return name == "Invoices" || name == "CreditNotes" }

func (s *Server) envelope(w http.ResponseWriter, name string, list []object) {
	answer(w, http.StatusOK, s.wrapped(name, list))
}

func (s *Server) wrapped(name string, list []object) object {
	return object{"Id": s.uuid(), "Status": "OK", "ProviderName": "Sandbox", "DateTimeUTC": msDate(s.opts.Now()), name: list}
}

// invalid answers a refusal with status 400.
func (s *Server) invalid(w http.ResponseWriter, number int, kind string, sentences ...string) {
	var said []object
	for _, t := range sentences {
		said = append(said, object{"Message": t})
	}
	answer(w, http.StatusBadRequest, object{"ErrorNumber": number, "Type": kind, "Message": "A validation exception occurred", "Elements": []object{{"ValidationErrors": said}}})
}

func problem(w http.ResponseWriter, status int, detail string) {
	answer(w, status, object{"Type": nil, "Title": http.StatusText(status), "Status": status, "Detail": detail})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func msDate(t time.Time) string { return fmt.Sprintf("/Date(%d+0000)/", t.UnixMilli()) }

func text(v any) string {
	s, _ := v.(string) // anything else is no text
	return s
}
