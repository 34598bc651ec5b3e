// Package coupa simulates the read calls of Coupa Contingent Workforce: a token per
// scope, the search for candidates and the search for contingent workers. The calls,
// their meta and data, the page size and the form of errors are the vendor's; the answers'
// form is an assumption, see the connector's README. What is not known is refused.
package coupa

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// TokenPath is where tokens are given.
const TokenPath = "/as/token.oauth2"

// Object is one candidate or worker.
type Object map[string]any

// Server is one client's instance. It is an http.Handler.
type Server struct {
	ClientID, Secret string

	mu         sync.Mutex
	next       int
	tokens     map[string]string // token to scope
	candidates []Object
	workers    []Object
}

// New makes an empty instance with one API consumer app.
func New() *Server {
	return &Server{ClientID: "sandbox-app", Secret: "sandbox-secret", tokens: map[string]string{}}
}

// Submit adds a candidate as the supplier's file or user would, with our key as its
// external reference.
func (s *Server) Submit(key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	s.candidates = append(s.candidates, Object{"id": s.next, "number": fmt.Sprintf("ACME-CS-%06d", s.next), "first_name": "Ada", "last_name": "Grey",
		"status": "Submitted", "supplier": "tributary", "external_reference_number": key, "updated_at": time.Now().UTC().Format(time.RFC3339Nano)})
}

// Move gives a candidate another status.
func (s *Server) Move(key, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.candidates {
		if c["external_reference_number"] == key {
			c["status"], c["updated_at"] = status, time.Now().UTC().Format(time.RFC3339Nano)
		}
	}
}

// Confirm makes a candidate a contingent worker.
func (s *Server) Confirm(key string) {
	s.Move(key, "Confirmed")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	s.workers = append(s.workers, Object{"id": s.next, "cw_number": fmt.Sprintf("ACME-CW-%06d", s.next), "external_reference_number": key, "status": "Active",
		"start_date": "2027-01-11", "end_date": "2027-07-09"})
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var body Object
	switch {
	case r.Method != http.MethodPost:
		refuse(w, http.StatusMethodNotAllowed, "E4050000", "method not allowed")
	case json.NewDecoder(r.Body).Decode(&body) != nil:
		refuse(w, http.StatusBadRequest, "E4000000", "the body is no JSON")
	case r.URL.Path == TokenPath:
		s.grant(w, body)
	case r.URL.Path == "/api/candidates/search":
		s.search(w, r, "ccw.candidate", body, s.candidates)
	case r.URL.Path == "/api/contingent_workers":
		s.search(w, r, "ccw.contingent_workers", body, s.workers)
	default:
		refuse(w, http.StatusNotFound, "E4040000", "no such path")
	}
}

func (s *Server) grant(w http.ResponseWriter, body Object) {
	scope, _ := body["scope"].(string)
	switch {
	case body["client_id"] != s.ClientID || body["client_secret"] != s.Secret:
		refuse(w, http.StatusUnauthorized, "invalid_client", "the client is unknown")
	case body["grant_type"] != "client_credential" || scope != "ccw.candidate" && scope != "ccw.contingent_workers":
		refuse(w, http.StatusBadRequest, "invalid_request", "the grant type or the scope is wrong")
	default:
		s.next++
		token := "ccw-token-" + strconv.Itoa(s.next) + "-" + scope
		s.tokens[token] = scope
		answer(w, http.StatusOK, Object{"token_type": "Bearer", "access_token": token, "expires_in": 3600})
	}
}

func (s *Server) search(w http.ResponseWriter, r *http.Request, scope string, body Object, all []Object) {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	meta, _ := body["meta"].(map[string]any)
	data, _ := body["data"].(map[string]any)
	limit, ok1 := meta["limit"].(float64)
	offset, ok2 := meta["offset"].(float64)
	switch {
	case s.tokens[token] == "":
		refuse(w, http.StatusUnauthorized, "E4010000", "the token is not valid")
		return
	case s.tokens[token] != scope:
		refuse(w, http.StatusForbidden, "E4030000", "the token has another scope")
		return
	case r.Header.Get("Correlation-Id") == "" || r.Header.Get("Accept") != "application/json":
		refuse(w, http.StatusBadRequest, "E4000000", "a required header is missing")
		return
	case !ok1 || !ok2 || limit < 1 || offset < 0 || len(data) == 0:
		refuse(w, http.StatusBadRequest, "E4000000", "meta or data is wrong, or there is no search term")
		return
	}
	found := []Object{}
	for _, o := range all {
		fits := true
		for name, v := range data {
			fits = fits && fmt.Sprint(o[name]) == fmt.Sprint(v)
		}
		if fits {
			found = append(found, o)
		}
	}
	from := min(int(offset), len(found))
	answer(w, http.StatusOK, Object{"data": found[from:min(from+min(int(limit), 50), len(found))]})
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, code, summary string) {
	answer(w, status, Object{"error_code": code, "error_summary": summary, "error_causes": []Object{{"error_sub_code": code, "error_sub_code_desc": summary}}})
}
