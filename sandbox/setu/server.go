// Package setu simulates a client's side of the SETU standard: the version 2
// interface for human resources and assignments (the sender chooses the UUID, 201
// is acceptance), a list of staffing orders as some clients add it, and messages
// pushed to the supplier in version 2 (JSON) and 1.4 (XML). It is stricter than the
// standard where that is silent: members that the schema does not have are refused.
package setu

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// The credentials of a client made with the zero Options, and those it pushes with.
const (
	User       = "supplier-39876"
	Secret     = "sandbox-password"
	PushUser   = "client-push"
	PushSecret = "sandbox-push-secret"
)

// Options are the client's settings. The zero value is a working client.
type Options struct {
	Now      func() time.Time // default time.Now
	XMLList  bool             // the list of orders comes as XML of version 1.4
	Accepted bool             // offers are answered 202, which the standard forbids
	Silent   bool             // 201 comes without a body
}

type object = map[string]any

// Server is one client's system. It is an http.Handler for /setu/ and /token.
type Server struct {
	opts        Options
	mu          sync.Mutex
	orders      []Order
	offers      map[string]object // by UUID
	assignments map[string]object
	tokens      map[string]bool
	n           int
	old         []string // offers of version 1.x by id
	// LastOld is the last message of version 1.x that was taken.
	LastOld []byte
}

// Order is a staffing order as the client's people enter it.
type Order struct {
	ID, Title, City, Start, End string
	Offer                       string // the offer that it answers; empty: a request for quotation
	BillRate, PayRate           string
	CostCentre, Project         string
	Status                      string // version 1.4 only: OrderClassification/@orderStatus
}

// New makes an empty client.
func New(opts Options) *Server {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{opts: opts, offers: map[string]object{}, assignments: map[string]object{}, tokens: map[string]bool{}}
}

// BaseURL is the address of the interface of the client at base.
func BaseURL(base string) string { return base + "/setu" }

// OrdersURL is the address of the list of staffing orders.
func OrdersURL(base string) string { return base + "/setu/orders" }

// TokenURL is the address of the token endpoint.
func TokenURL(base string) string { return base + "/token" }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, secret, _ := r.BasicAuth()
	good := user == User && secret == Secret
	if r.URL.Path == TokenURL("") {
		s.token(w, r, good)
		return
	}
	if token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); bearer {
		good = s.tokens[token]
	}
	path, inside := strings.CutPrefix(r.URL.Path, "/setu/")
	kind, id, resource := strings.Cut(strings.TrimPrefix(path, "purchase-to-pay/"), "/")
	switch {
	case !inside:
		refuse(w, http.StatusNotFound, "404", "Resource not found")
	case !good && r.Header.Get("X-API-Key") != Secret:
		refuse(w, http.StatusUnauthorized, "401", "The request lacks valid authentication credentials")
	case path == "orders" && r.Method == http.MethodGet:
		s.list(w)
	case path == "offer" || strings.HasPrefix(path, "offer/"):
		s.oldOffers(w, r, strings.TrimPrefix(strings.TrimPrefix(path, "offer"), "/"))
	case resource && kind == "human-resource":
		s.offer(w, r, id)
	case resource && kind == "assignment" && r.Method == http.MethodGet && s.assignments[id] != nil:
		answer(w, http.StatusOK, s.assignments[id])
	default:
		refuse(w, http.StatusNotFound, "404", "Resource not found")
	}
}

func (s *Server) token(w http.ResponseWriter, r *http.Request, good bool) {
	if !good || r.ParseForm() != nil || r.PostForm.Get("grant_type") != "client_credentials" {
		refuse(w, http.StatusUnauthorized, "invalid_client", "no")
		return
	}
	s.n++
	token := fmt.Sprintf("token-%d", s.n)
	s.tokens[token] = true
	answer(w, http.StatusOK, object{"access_token": token, "expires_in": 3600})
}

func (s *Server) offer(w http.ResponseWriter, r *http.Request, id string) {
	there := s.offers[id]
	switch {
	case r.Method == http.MethodGet && there != nil:
		answer(w, http.StatusOK, there)
	case r.Method != http.MethodPost:
		refuse(w, http.StatusNotFound, "404", "Resource not found")
	case there != nil:
		refuse(w, http.StatusBadRequest, "400", "The resource exists")
	default:
		s.create(w, r, id)
	}
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, id string) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 20<<20))
	var body object
	if err == nil {
		err = json.Unmarshal(raw, &body)
	}
	if err == nil {
		err = s.check(r, id, body)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, "400", err.Error())
		return
	}
	s.offers[id] = body
	switch {
	case s.opts.Accepted:
		w.WriteHeader(http.StatusAccepted)
	case s.opts.Silent:
		w.WriteHeader(http.StatusCreated)
	default:
		answer(w, http.StatusCreated, body)
	}
}

// check holds an offer against what the schema requires at its top, and against the
// privacy rule.
func (s *Server) check(r *http.Request, id string, body object) error {
	allowed := []string{"documentId", "supplier", "customer", "person", "profiles", "payRates", "resourceClassificationInclusion", "staffingIds", "reasonOfChange"}
	for name := range body {
		if !slices.Contains(allowed, name) {
			return fmt.Errorf("unknown member %s", name)
		}
	}
	order := text(body, "staffingIds", "requestForQuotationId", "value")
	_, contact := at(body, "person", "communication")["phone"]
	_, mail := at(body, "person", "communication")["email"]
	switch {
	case r.Header.Get("setuVersionId") != "2.0" || r.Header.Get("Content-Type") != "application/json":
		return fmt.Errorf("unsupported version of the message")
	case text(body, "documentId", "value") != id:
		return fmt.Errorf("documentId is not the id of the resource")
	case text(body, "person", "name", "formattedName") == "":
		return fmt.Errorf("person.name.formattedName is missing")
	case contact || mail:
		return fmt.Errorf("an offer may not carry contact data")
	case !slices.ContainsFunc(s.orders, func(o Order) bool { return o.ID == order }):
		return fmt.Errorf("there is no request for quotation %s", order)
	}
	return nil
}

func at(v object, path ...string) object {
	for _, key := range path {
		v, _ = v[key].(object) // absent: nothing is below
	}
	return v
}

func text(v object, path ...string) string {
	s, _ := at(v, path[:len(path)-1]...)[path[len(path)-1]].(string) // absent: empty
	return s
}

func (s *Server) list(w http.ResponseWriter) {
	if !s.opts.XMLList {
		out := []any{}
		for _, o := range s.orders {
			out = append(out, o.JSON())
		}
		answer(w, http.StatusOK, out)
		return
	}
	var b strings.Builder
	b.WriteString(xml.Header + "<StaffingOrders>")
	for _, o := range s.orders {
		b.WriteString(o.XML())
	}
	b.WriteString("</StaffingOrders>")
	w.Header().Set("Content-Type", "application/xml")
	_, _ = io.WriteString(w, b.String()) // the caller may be gone
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller may be gone
}

func refuse(w http.ResponseWriter, status int, code, description string) {
	answer(w, status, object{"code": code, "description": description})
}
