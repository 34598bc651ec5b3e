// Package businesscentral simulates one company in Microsoft Dynamics 365 Business
// Central: sign-in by client credentials, and the parts of API v2.0 that make draft
// sales invoices and credit memos: customers, accounts, items, dimensions, deep inserts
// with dimensions, OData filters and expansion, errors and entity tags.
package businesscentral

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options are the company's settings. The zero value is a working one.
type Options struct {
	ClientSecret string // default "sandbox-secret"
	Busy         bool   // too many calls: 429 without Retry-After, as documented
	PageSize     int    // rows that the server holds on a page; default 20000
	Now          func() time.Time
}

// What a connection to the company is given.
const (
	Tenant      = "7a0b9d5e-1111-4222-8333-444455556666"
	Client      = "0c0ffee0-1111-4222-8333-444455556666"
	Company     = "5106f77a-6a6a-eb11-bb4c-000d3a25f2a9"
	Environment = "Production"
)

type object = map[string]any

// Fault is a refusal.
type Fault struct{ Code, Message string }

// Error gives the vendor's words.
func (f Fault) Error() string { return f.Message }

// Server is one company. It is an http.Handler for the sign-in and for the API.
type Server struct {
	opts      Options
	mu        sync.Mutex
	access    map[string]bool
	next      int
	lists     map[string][]object
	documents map[string][]object
	drop      int // answers to lose after the act
	broken    int // answers to break off with status 200
	refusals  []Fault
	posts     int // calls that would have posted something
}

// New makes a company with master data and no documents.
func New(opts Options) *Server {
	if opts.ClientSecret == "" {
		opts.ClientSecret = "sandbox-secret"
	}
	if opts.PageSize == 0 {
		opts.PageSize = 20000
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{opts: opts, access: map[string]bool{}, lists: masterData(), documents: map[string][]object{"salesInvoices": {}, "salesCreditMemos": {}}}
}

// DropAnswers loses the answers of the next n writes after they took effect.
func (s *Server) DropAnswers(n int) { s.mu.Lock(); defer s.mu.Unlock(); s.drop = n }

// BreakAnswers ends the next n answers to writes in an error with status 200, before
// they took effect.
func (s *Server) BreakAnswers(n int) { s.mu.Lock(); defer s.mu.Unlock(); s.broken = n }

// RefuseNext refuses the next write with status 400.
func (s *Server) RefuseNext(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, f)
}

// ExpireTokens ends every access token.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access = map[string]bool{}
}

// Change is finance at work on a document; a nil change deletes it.
func (s *Server) Change(id string, change map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, list := range s.documents {
		for i, d := range list {
			if d["id"] != id {
				continue
			}
			if change == nil {
				s.documents[name] = slices.Delete(list, i, i+1)
				return
			}
			maps.Copy(d, change)
		}
	}
}

// Add puts a record into one of the company's lists, such as customers or accounts.
func (s *Server) Add(list string, record map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists[list] = append(s.lists[list], record)
}

// MakeByHand is finance making a draft on the page: one of salesInvoices or
// salesCreditMemos. It fails as the API would.
func (s *Server) MakeByHand(list string, document map[string]any) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.make(list, document); err != nil {
		return "", err
	}
	s.documents[list] = append(s.documents[list], document)
	return text(document["id"]), nil
}

// Documents gives all invoices and credit memos.
func (s *Server) Documents() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Concat(s.documents["salesInvoices"], s.documents["salesCreditMemos"])
}

// Posts counts the calls that would have posted something; they are refused.
func (s *Server) Posts() int { s.mu.Lock(); defer s.mu.Unlock(); return s.posts }

func (s *Server) uuid() string {
	s.next++
	return fmt.Sprintf("00000000-0000-4000-8000-%012d", s.next)
}

// ServeHTTP answers one request of the sign-in or of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/"+Tenant+"/oauth2/v2.0/token" {
		s.token(w, r)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/v2.0/"+Tenant+"/"+Environment+"/api/v2.0/companies("+Company+")")
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !bearer || !s.access[token]:
		refuse(w, http.StatusUnauthorized, Fault{"Authentication_InvalidCredentials", "The server has rejected the client credentials."})
	case s.opts.Busy:
		refuse(w, http.StatusTooManyRequests, Fault{"Application_TooManyRequests", "Too many requests"})
	case !ok:
		refuse(w, http.StatusNotFound, Fault{"Internal_CompanyNotFound", "Cannot find company"})
	default:
		s.route(w, r, strings.TrimPrefix(path, "/"))
	}
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.ParseForm() != nil || r.PostForm.Get("grant_type") != "client_credentials" || r.PostForm.Get("client_id") != Client ||
		r.PostForm.Get("client_secret") != s.opts.ClientSecret || !strings.HasSuffix(r.PostForm.Get("scope"), "/.default") {
		answer(w, http.StatusUnauthorized, object{"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret provided."})
		return
	}
	s.next++
	access := fmt.Sprintf("access-%d-of-the-sandbox", s.next)
	s.access[access] = true
	answer(w, http.StatusOK, object{"access_token": access, "token_type": "Bearer", "expires_in": 3599})
}

var one = regexp.MustCompile(`^(\w+)\(([0-9a-f-]{36})\)$`)

func (s *Server) route(w http.ResponseWriter, r *http.Request, path string) {
	parts := one.FindStringSubmatch(path)
	values := strings.TrimSuffix(strings.TrimPrefix(path, "dimensions("), ")/dimensionValues")
	switch {
	case strings.Contains(path, "Microsoft.NAV."):
		s.posts++
		refuse(w, http.StatusForbidden, Fault{"Authorization_RequestDenied", "The user may not post"})
	case r.Method == http.MethodGet && path == "":
		answer(w, http.StatusOK, object{"id": Company, "name": "TRIBUTARY", "displayName": "Tributary Staffing LLC"})
	case r.Method == http.MethodGet && path != "resources" && s.lists[path] != nil: // the API has no resources
		s.list(w, r, s.lists[path])
	case r.Method == http.MethodGet && values != path:
		s.list(w, r, s.lists["values of "+values])
	case r.Method == http.MethodGet && s.documents[path] != nil:
		s.list(w, r, s.documents[path])
	case r.Method == http.MethodPost && s.documents[path] != nil:
		s.write(w, r, path)
	case r.Method == http.MethodGet && parts != nil:
		s.read(w, r, parts[1], parts[2])
	default:
		refuse(w, http.StatusNotFound, Fault{"BadRequest_NotFound", "Bad Request - Error in query syntax."})
	}
}

// list filters, sorts and pages; lines come only when they are asked for. A page holds
// what $top says or what the server holds on one; then there is a link to the next.
func (s *Server) list(w http.ResponseWriter, r *http.Request, all []object) {
	q := r.URL.Query()
	found := []object{}
	keep := clause{holds: func(object) bool { return true }}
	if text := q.Get("$filter"); text != "" {
		var err error
		if keep, err = parseFilter(text, q.Get("$schemaversion"), all); err != nil {
			refuse(w, http.StatusBadRequest, Fault{"BadRequest", err.Error()})
			return
		}
	}
	for _, o := range all {
		if keep.holds(o) {
			found = append(found, withoutLines(o))
		}
	}
	if by, descending, _ := strings.Cut(q.Get("$orderby"), " "); by != "" {
		slices.SortStableFunc(found, func(a, b object) int {
			order := cmp.Compare(strings.ToLower(text(a[by])), strings.ToLower(text(b[by])))
			if descending == "desc" {
				return -order
			}
			return order
		})
	}
	skip, top := count(q, "$skip", 0), count(q, "$top", len(found))
	if skip < 0 || top < 0 {
		refuse(w, http.StatusBadRequest, Fault{"BadRequest", "Invalid value for $skip or $top"})
		return
	}
	found = found[min(skip, len(found)):]
	found = found[:min(top, len(found))]
	out := object{"@odata.context": "https://api.businesscentral.dynamics.com/v2.0/$metadata", "value": found}
	if len(found) > s.opts.PageSize {
		out["value"], out["@odata.nextLink"] = found[:s.opts.PageSize], "https://"+r.Host+r.URL.Path+"?$skiptoken="+text(found[s.opts.PageSize-1]["id"])
	}
	answer(w, http.StatusOK, out)
}

// count reads a number of the query; -1 when it is none.
func count(q url.Values, name string, otherwise int) int {
	if !q.Has(name) {
		return otherwise
	}
	n, err := strconv.Atoi(q.Get(name))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

func withoutLines(o object) object {
	out := maps.Clone(o)
	delete(out, "salesInvoiceLines")
	delete(out, "salesCreditMemoLines")
	return out
}

// read gives one document; its lines and their dimensions when it is asked to expand
// both.
func (s *Server) read(w http.ResponseWriter, r *http.Request, list, id string) {
	for _, d := range s.documents[list] {
		if d["id"] != id {
			continue
		}
		lines := strings.TrimSuffix(list, "s") + "Lines"
		out := withoutLines(d)
		if r.URL.Query().Get("$expand") == lines+"($expand=dimensionSetLines)" {
			out[lines] = d[lines]
		}
		answer(w, http.StatusOK, out)
		return
	}
	refuse(w, http.StatusNotFound, Fault{"BadRequest_ResourceNotFound", "The entity cannot be found"})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; odata.metadata=minimal; odata.streaming=true")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, f Fault) {
	answer(w, status, object{"error": object{"code": f.Code, "message": f.Message + "  CorrelationId:  12a1b2c3-0000-4000-8000-abcdefabcdef."}})
}

func text(v any) string {
	t, _ := v.(string) // anything else is no text
	return t
}
