// Package quickbooks simulates one company in QuickBooks Online: OAuth 2 with
// refresh tokens that change, the query language, customers, services, classes and tax codes,
// and estimates with request ids, faults (also with status 200) and totals.
package quickbooks

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

// Options are the company's settings. The zero value is a working one with one
// currency (USD) and a class on each line.
type Options struct {
	ClientID      string           // default "sandbox-client"
	ClientSecret  string           // default "sandbox-secret"
	RefreshToken  string           // the first one; default "sandbox-refresh"
	MultiCurrency bool             // customers have currencies of their own
	NoClasses     bool             // lines have no class
	NoEstimates   bool             // the company does not use them
	Now           func() time.Time // default time.Now
}

// Realm is the company's id.
const Realm = "9130347798120106"

type object = map[string]any

// Fault is a refusal.
type Fault struct{ Type, Code, Message, Detail, Element string }

// Error gives the vendor's words.
func (f Fault) Error() string { return f.Message + ": " + f.Detail }

// Server is one company. It is an http.Handler for /oauth2/v1/tokens/bearer and /v3/.
type Server struct {
	opts      Options
	mu        sync.Mutex
	refresh   string // the only one that is good
	access    map[string]bool
	next      int
	lists     map[string][]object
	estimates []object
	kept      map[string][]byte // answers by request id
	drop      int               // answers to lose after the act
	faults    []Fault           // to answer with status 200
}

// New makes a company with master data and no estimates.
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
	return &Server{opts: opts, refresh: opts.RefreshToken, access: map[string]bool{}, lists: masterData(), kept: map[string][]byte{}}
}

// DropAnswers loses the answers of the next n writes after they took effect.
func (s *Server) DropAnswers(n int) { s.mu.Lock(); defer s.mu.Unlock(); s.drop = n }

// RefuseNext answers the next write with status 200 and a fault inside.
func (s *Server) RefuseNext(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// ExpireTokens ends every access token.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access = map[string]bool{}
}

// Change is finance at work on an estimate; a nil value of all deletes it.
func (s *Server) Change(id string, change map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, e := range s.estimates {
		if e["Id"] != id {
			continue
		}
		if change == nil {
			s.estimates = slices.Delete(s.estimates, i, i+1)
			return
		}
		for k, v := range change {
			e[k] = v
		}
	}
}

// Add puts a record into one of the company's lists: Customer, Item, Class or TaxCode.
func (s *Server) Add(list string, record map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lists[list] = append(s.lists[list], record)
}

// MakeByHand is finance making an estimate on the page; it fails as the API would, and
// gives the number that the company counted when it has none.
func (s *Server) MakeByHand(estimate map[string]any) (id string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if text(estimate["DocNumber"]) == "" {
		estimate["DocNumber"] = s.id()
	}
	if err := s.make(estimate); err != nil {
		return "", err
	}
	s.estimates = append(s.estimates, estimate)
	return text(estimate["Id"]), nil
}

// Estimates gives all estimates as they are read.
func (s *Server) Estimates() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.estimates)
}

func (s *Server) id() string {
	s.next++
	return strconv.Itoa(1000 + s.next)
}

// ServeHTTP answers one request of the sign-in or of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/oauth2/v1/tokens/bearer" {
		s.token(w, r)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/v3/company/"+Realm+"/")
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case !bearer || !s.access[token]:
		refuse(w, http.StatusUnauthorized, Fault{"AUTHENTICATION", "3200", "message=AuthenticationFailed; errorCode=003200; statusCode=401", "Token expired", ""})
	case !ok:
		refuse(w, http.StatusForbidden, Fault{"AuthorizationFault", "3100", "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403", "", ""})
	case r.URL.Query().Get("minorversion") == "":
		refuse(w, http.StatusBadRequest, Fault{"ValidationFault", "2010", "Request has invalid or unsupported property", "minorversion", ""})
	default:
		s.route(w, r, path)
	}
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	switch {
	case r.Method != http.MethodPost || r.ParseForm() != nil || !basic || id != s.opts.ClientID || secret != s.opts.ClientSecret:
		answer(w, http.StatusUnauthorized, object{"error": "invalid_client"})
	case r.PostForm.Get("grant_type") != "refresh_token" || r.PostForm.Get("refresh_token") != s.refresh:
		answer(w, http.StatusBadRequest, object{"error": "invalid_grant"})
	default:
		access := fmt.Sprintf("access-%s-of-the-sandbox", s.id())
		s.access[access] = true
		s.refresh = fmt.Sprintf("refresh-%s-of-the-sandbox", s.id())
		answer(w, http.StatusOK, object{"access_token": access, "token_type": "bearer", "expires_in": 3600, "refresh_token": s.refresh, "x_refresh_token_expires_in": 8726400})
	}
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, path string) {
	id, isEstimate := strings.CutPrefix(path, "estimate/")
	switch {
	case r.Method == http.MethodGet && path == "query":
		s.query(w, r.URL.Query().Get("query"))
	case r.Method == http.MethodGet && path == "companyinfo/"+Realm:
		answer(w, http.StatusOK, object{"CompanyInfo": object{"CompanyName": "Tributary Staffing LLC", "Country": "US", "Id": "1"}, "time": s.now()})
	case r.Method == http.MethodGet && isEstimate:
		for _, e := range s.estimates {
			if e["Id"] == id {
				answer(w, http.StatusOK, object{"Estimate": e, "time": s.now()})
				return
			}
		}
		refuse(w, http.StatusBadRequest, Fault{"ValidationFault", "610", "Object Not Found", "Object Not Found : Something you're trying to use has been made inactive.", ""})
	case r.Method == http.MethodPost && path == "estimate":
		s.write(w, r)
	default:
		refuse(w, http.StatusNotFound, Fault{"ValidationFault", "100", "Not Found", path, ""})
	}
}

func (s *Server) now() string { return s.opts.Now().UTC().Format("2006-01-02T15:04:05.000-07:00") }

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, f Fault) {
	e := object{"Message": f.Message, "Detail": f.Detail, "code": f.Code}
	if f.Element != "" {
		e["element"] = f.Element
	}
	answer(w, status, object{"Fault": object{"Error": []object{e}, "type": f.Type}, "time": "2026-11-25T01:00:00.000-08:00"})
}

func text(v any) string {
	t, _ := v.(string) // anything else is no text
	return t
}
