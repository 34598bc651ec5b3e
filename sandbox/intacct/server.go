// Package intacct simulates a Sage Intacct company: the part of its REST API that a
// billing client uses. OAuth 2 tokens, invoices and adjustments that are posted unless
// the client says draft, and the query service. Names, required and read-only fields
// follow the vendor's OpenAPI document of accounts receivable; connectors/intacct's
// README.md tells what is unverified.
package intacct

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/sandbox/state"
)

// Options are the company's settings. The zero value is a working company.
type Options struct {
	ClientID     string // default "hub-client"
	ClientSecret string // default "hub-secret"
	Username     string // default "hub@acme"
	TokenLife    time.Duration
	ClosedBefore string // periods before this day are closed; default 2020-01-01
	// Sequencing stands for a company that numbers its invoices by itself.
	Sequencing bool
	// PostsDrafts stands for a company in which a draft does not stay one.
	PostsDrafts bool
	Now         func() time.Time
}

// Document is an invoice or an adjustment.
type Document struct {
	Key     int64           `json:"key"`
	Object  string          `json:"object"` // accounts-receivable/invoice or .../adjustment
	Number  string          `json:"number"`
	State   string          `json:"state"`
	Created time.Time       `json:"created"`
	Body    json.RawMessage `json:"body"` // as it was sent
}

// Server is one company. It is an http.Handler.
type Server struct {
	opts  Options
	docs  *state.Table[Document]
	lists map[string][]row // by object

	mu       sync.Mutex
	tokens   map[string]time.Time
	issued   int
	fault    string
	throttle int
	Refused  int // calls without a good token
	Calls    int // that are metered
}

// New makes a company whose documents are kept in j (nil: in memory only).
func New(j *state.Journal, opts Options) *Server {
	for _, d := range []struct {
		field *string
		value string
	}{{&opts.ClientID, "hub-client"}, {&opts.ClientSecret, "hub-secret"}, {&opts.Username, "hub@acme"}, {&opts.ClosedBefore, "2020-01-01"}} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if opts.TokenLife == 0 {
		opts.TokenLife = 12 * time.Hour
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{opts: opts, docs: state.NewTable[Document](j, "intacct.document", 11), lists: world(), tokens: map[string]time.Time{}}
}

// Documents gives all of them, oldest first.
func (s *Server) Documents() []Document {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all()
}

// MakeByHand is a person at the firm who makes a draft invoice or adjustment of one line.
func (s *Server) MakeByHand(object, customer, day, amount string) Document {
	s.mu.Lock()
	defer s.mu.Unlock()
	sch := schemas()[object]
	line := map[string]any{"txnAmount": amount}
	body := map[string]any{sch.dateField: day, "customer": map[string]string{"id": customer}, "description": "by hand", "currency": map[string]string{"txnCurrency": "USD"}}
	if object == adjustment {
		line = map[string]any{"txnCurrency": map[string]string{"amount": amount}}
		delete(body, "currency")
		body["txnCurrency"] = map[string]string{"currency": "USD"}
	}
	body["lines"] = []any{line}
	_, d := s.docs.Insert(func(id int64) Document {
		n := Document{Key: id, Object: object, Number: sch.numberedPrefix + strconv.FormatInt(id, 10), State: "draft", Created: s.opts.Now().UTC()}
		n.setBody(body)
		return n
	})
	return d
}

// AddCustomer puts an active customer into the company's list.
func (s *Server) AddCustomer(id, name string) { s.add("accounts-receivable/customer", id, name) }

// AddAccount is AddCustomer for a GL account.
func (s *Server) AddAccount(id, name string) { s.add("general-ledger/account", id, name) }

func (s *Server) add(object, id, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strconv.Itoa(1000 + len(s.lists[object]))
	s.lists[object] = append(s.lists[object], row{"key": key, "id": id, "name": name, "status": "active"})
}

// SetState is a person at the firm who posts or reverses a document.
func (s *Server) SetState(key int64, state string) {
	s.docs.Update(key, func(d *Document) { d.State = state })
}

// Edit is a person at the firm who changes a field of a document.
func (s *Server) Edit(key int64, field string, value any) {
	s.docs.Update(key, func(d *Document) {
		body := d.body()
		body[field] = value
		d.setBody(body)
	})
}

// Expire ends all tokens.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.tokens)
}

// RefuseWith200 answers the next write with status 200 and an error in the body, and
// does nothing.
func (s *Server) RefuseWith200(words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = words
}

// Throttle answers the next call with 429 and asks for so many seconds, in the
// vendor's own header.
func (s *Server) Throttle(seconds int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.throttle = seconds
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, ok := strings.CutPrefix(r.URL.Path, "/ia/api/v1")
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "invalidRequest", "The requested resource does not exist.")
		return
	case path == "/oauth2/token" && r.Method == http.MethodPost:
		s.token(w, r)
		return
	}
	if end, ok := s.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]; !ok || s.opts.Now().After(end) {
		s.Refused++
		refuse(w, http.StatusUnauthorized, "unauthorized", "The access token is invalid or has expired.")
		return
	}
	s.Calls++
	if s.throttle > 0 {
		w.Header().Set("X-IA-Minute-Rate-Limit-Retry-After", strconv.Itoa(s.throttle))
		s.throttle = 0
		refuse(w, http.StatusTooManyRequests, "tooManyRequests", "The rate limit is exceeded.")
		return
	}
	s.route(w, r, path)
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, path string) {
	if path == "/services/core/query" && r.Method == http.MethodPost {
		s.query(w, r)
		return
	}
	for _, object := range []string{invoice, adjustment} {
		rest, ok := strings.CutPrefix(path, "/objects/"+object)
		switch {
		case ok && rest == "" && r.Method == http.MethodPost:
			s.create(w, r, object)
			return
		case ok && strings.HasPrefix(rest, "/") && r.Method == http.MethodGet:
			s.read(w, object, rest[1:])
			return
		}
	}
	refuse(w, http.StatusNotFound, "invalidRequest", "The requested resource does not exist.")
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Grant    string `json:"grant_type"`
		ID       string `json:"client_id"`
		Secret   string `json:"client_secret"`
		Username string `json:"username"`
	}
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<10)).Decode(&in) != nil || in.Grant != "client_credentials" ||
		in.ID != s.opts.ClientID || in.Secret != s.opts.ClientSecret || in.Username != s.opts.Username {
		answer(w, http.StatusUnauthorized, map[string]any{"error": map[string]string{"code": "invalid_client", "message": "Client authentication failed"}})
		return
	}
	s.issued++
	value := "token-" + strconv.Itoa(s.issued)
	s.tokens[value] = s.opts.Now().Add(s.opts.TokenLife)
	answer(w, http.StatusOK, map[string]any{"token_type": "Bearer", "access_token": value, "expires_in": int(s.opts.TokenLife.Seconds())})
}

func refuse(w http.ResponseWriter, status int, code, message string, details ...string) {
	answer(w, status, faultBody(code, message, details...))
}

func faultBody(code, message string, details ...string) map[string]any {
	list := []map[string]string{}
	for _, d := range details {
		list = append(list, map[string]string{"message": d, "errorId": "REST-1064", "code": "invalidRequest"})
	}
	return map[string]any{"ia::result": map[string]any{"ia::error": map[string]any{"code": code, "message": message, "errorId": "REST-1028", "supportId": "Kxi78%7EZuyXBDEGVHD2UmO", "details": list}},
		"ia::meta": map[string]int{"totalCount": 1, "totalSuccess": 0, "totalError": 1}}
}

func result(v any) map[string]any {
	return map[string]any{"ia::result": v, "ia::meta": map[string]int{"totalCount": 1, "totalSuccess": 1, "totalError": 0}}
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}
