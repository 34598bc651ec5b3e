// Package netsuite simulates a NetSuite account: the part of its REST web services
// that a billing client uses. Tokens for signed assertions, upsert by external id,
// records that wait for approval, and enough of SuiteQL to look things up. What is
// answered follows Oracle's help pages as far as these say it; connectors/netsuite's
// README.md tells what is unverified.
package netsuite

import (
	"crypto"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/tributary-hub/tributary/sandbox/state"
)

// Options are the account's settings. Key is needed; the rest has defaults.
type Options struct {
	Key           crypto.PublicKey // of the certificate that the mapping holds
	ClientID      string           // default "hub-client"
	CertificateID string           // default "hub-certificate"
	TokenLife     time.Duration    // default one hour
	ClosedBefore  string           // accounting periods before this day are closed; default 2020-01-01
	// PreApproves stands for an account whose own scripts approve new orders.
	PreApproves bool
	// HidesDepartments stands for a form without the column, which drops what is sent.
	HidesDepartments bool
	// TaxPercent is what NetSuite adds to every transaction.
	TaxPercent int64
	Now        func() time.Time // default time.Now
}

// Transaction is a sales order, a return authorization or, by hand, an invoice.
type Transaction struct {
	ID       int64           `json:"id"`
	Record   string          `json:"record"` // salesOrder, returnAuthorization, invoice
	External string          `json:"external_id"`
	Number   string          `json:"number"`
	Status   string          `json:"status"` // A pending approval, B approved, C cancelled, G billed, H closed
	Created  time.Time       `json:"created"`
	Body     json.RawMessage `json:"body"` // as it was sent
}

// Server is one account. It is an http.Handler.
type Server struct {
	opts   Options
	orders *state.Table[Transaction]
	lists  map[string][]row // by SuiteQL table

	mu      sync.Mutex
	tokens  map[string]time.Time
	issued  int
	fault   string // the next write is refused with status 200 and these words
	Refused int    // calls without a good token
}

// New makes an account whose transactions are kept in j (nil: in memory only).
func New(j *state.Journal, opts Options) *Server {
	if opts.ClientID == "" {
		opts.ClientID = "hub-client"
	}
	if opts.CertificateID == "" {
		opts.CertificateID = "hub-certificate"
	}
	if opts.TokenLife == 0 {
		opts.TokenLife = time.Hour
	}
	if opts.ClosedBefore == "" {
		opts.ClosedBefore = "2020-01-01"
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{opts: opts, orders: state.NewTable[Transaction](j, "netsuite.transaction", 1001), lists: world(), tokens: map[string]time.Time{}}
}

// Transactions gives all of them, oldest first.
func (s *Server) Transactions() []Transaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all()
}

// MakeByHand is a person at the firm who makes a transaction of one line for a customer,
// by internal id.
func (s *Server) MakeByHand(record, customer, day, amount string) Transaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, t := s.orders.Insert(func(id int64) Transaction {
		n := Transaction{ID: id, Record: record, Status: "A", Number: kinds()[record].prefix + strconv.FormatInt(id, 10), Created: s.opts.Now().UTC()}
		n.setBody(map[string]any{"entity": map[string]string{"id": customer}, "tranDate": day, "currency": map[string]string{"id": "1"},
			"item": map[string]any{"items": []any{map[string]any{"item": map[string]string{"id": "98"}, "amount": json.Number(amount)}}}})
		return n
	})
	return t
}

// AddCustomer and AddItem put a record into the account's lists, by entity id or name.
func (s *Server) AddCustomer(id, entity, company string) {
	s.add("customer", row{"id": id, "entityid": entity, "companyname": company, "isinactive": "F"})
}

// AddItem is AddCustomer for an item.
func (s *Server) AddItem(id, item, shown string) {
	s.add("item", row{"id": id, "itemid": item, "displayname": shown, "isinactive": "F"})
}

func (s *Server) add(table string, r row) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists[table] = append(s.lists[table], r)
}

// SetStatus is a person at the firm who approves (B), cancels (C) or bills (G) one.
func (s *Server) SetStatus(external, status string) {
	s.change(external, func(t *Transaction) { t.Status = status })
}

// Edit is a person at the firm who changes a field of one.
func (s *Server) Edit(external, field string, value any) {
	s.change(external, func(t *Transaction) {
		body := t.body()
		body[field] = value
		t.setBody(body)
	})
}

func (s *Server) change(external string, f func(*Transaction)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.all() {
		if t.External == external {
			f(&t)
			s.orders.Put(t.ID, t)
		}
	}
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

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/services/rest/auth/oauth2/v1/token" && r.Method == http.MethodPost {
		s.token(w, r)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if end, ok := s.tokens[token]; !ok || s.opts.Now().After(end) {
		s.Refused++
		refuse(w, http.StatusUnauthorized, "Unauthorized", detail{"Invalid login attempt. For more details, see the Login Audit Trail in the NetSuite UI.", "", "INVALID_LOGIN"})
		return
	}
	switch path, ok := strings.CutPrefix(r.URL.Path, "/services/rest/record/v1/"); {
	case ok:
		s.record(w, r, path)
	case r.URL.Path == "/services/rest/query/v1/suiteql" && r.Method == http.MethodPost:
		s.suiteQL(w, r)
	default:
		refuse(w, http.StatusNotFound, "Not Found", detail{"The requested page does not exist.", "", "NONEXISTENT_ID"})
	}
}

// token answers the client credentials flow: the assertion is proved like NetSuite
// does, by the mapped certificate.
func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil || !s.proves(r.PostForm, r) {
		answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	s.issued++
	value := "token-" + strconv.Itoa(s.issued)
	s.tokens[value] = s.opts.Now().Add(s.opts.TokenLife)
	answer(w, http.StatusOK, map[string]string{"access_token": value, "expires_in": strconv.Itoa(int(s.opts.TokenLife.Seconds())), "token_type": "bearer"})
}

func (s *Server) proves(form url.Values, r *http.Request) bool {
	if form.Get("grant_type") != "client_credentials" || form.Get("client_assertion_type") != "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" {
		return false
	}
	claims := jwt.MapClaims{}
	parsed, err := jwt.ParseWithClaims(form.Get("client_assertion"), claims, func(*jwt.Token) (any, error) { return s.opts.Key, nil },
		jwt.WithValidMethods([]string{"PS256", "PS384", "PS512", "ES256", "ES384", "ES512"}), jwt.WithIssuer(s.opts.ClientID),
		jwt.WithAudience("http://"+r.Host+r.URL.Path, "https://"+r.Host+r.URL.Path), jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(s.opts.Now))
	if err != nil || parsed.Header["kid"] != s.opts.CertificateID {
		return false
	}
	issued, err := claims.GetIssuedAt()
	if err != nil || issued == nil {
		return false
	}
	ends, err := claims.GetExpirationTime()
	return err == nil && ends.Sub(issued.Time) < time.Hour
}

type detail struct {
	Detail string `json:"detail"`
	Path   string `json:"o:errorPath,omitempty"`
	Code   string `json:"o:errorCode"`
}

func refuse(w http.ResponseWriter, status int, title string, d detail) {
	w.Header().Set("Content-Type", "application/vnd.oracle.resource+json; type=error; charset=UTF-8")
	w.WriteHeader(status)
	write(w, map[string]any{"type": "https://www.rfc-editor.org/rfc/rfc9110.html#section-15", "title": title, "status": status, "o:errorDetails": []detail{d}})
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	write(w, body)
}

func write(w http.ResponseWriter, body any) {
	_ = json.NewEncoder(w).Encode(body) // the client may have gone
}
