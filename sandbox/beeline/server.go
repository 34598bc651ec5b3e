// Package beeline simulates Beeline's supplier API (Global Work Graph): token, job
// postings as a list and in detail, workers, candidates that are created, given a résumé
// and submitted, which the client's system takes or refuses later. The token call, the
// candidate list, the statuses and the rate headers are the vendor's; the other paths and
// bodies are assumptions, see the connector's README. What is not known is refused.
package beeline

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Root is the path below which the API lies.
const Root = "/api/gwg/supplier"

// Options are the account's settings. The zero value is a working account.
type Options struct {
	ClientID, Secret string           // default "sandbox-client", "sandbox-secret"
	RateLimit        int              // requests a minute; default 100,000
	Now              func() time.Time // default time.Now
}

// Object is one JSON object of the account.
type Object map[string]any

func (o Object) text(name string) string { s, _ := o[name].(string); return s } // another kind of value is none

// Server is one supplier's account. It is an http.Handler.
type Server struct {
	opts       Options
	mu         sync.Mutex
	next       int
	token      string
	window     time.Time
	left       int
	postings   []Object
	workers    []Object
	candidates []Object
	files      map[string][]byte // by candidate and name
	required   []string          // names of custom fields that postings ask for
}

// New makes an empty account.
func New(o Options) *Server {
	if o.ClientID == "" {
		o.ClientID, o.Secret = "sandbox-client", "sandbox-secret"
	}
	if o.RateLimit == 0 {
		o.RateLimit = 100_000
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Server{opts: o, files: map[string][]byte{}}
}

func (s *Server) uid() string {
	s.next++
	return fmt.Sprintf("5e21%04x-0b8c-4d5e-91aa-%012x", s.next&0xffff, s.next)
}

func (s *Server) stamp() string { return s.opts.Now().UTC().Format(time.RFC3339Nano) }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path, ok := strings.CutPrefix(r.URL.Path, Root+"/")
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "no such path")
	case !s.admit(w):
		refuse(w, http.StatusTooManyRequests, "too many requests")
	case path == "oauth/token":
		s.grant(w, r)
	case s.token == "" || r.Header.Get("Authorization") != "Bearer "+s.token:
		refuse(w, http.StatusUnauthorized, "unauthorized")
	default:
		s.route(w, r, strings.Split(path, "/"))
	}
}

// admit counts requests in windows of a minute; the reset is in seconds from now.
func (s *Server) admit(w http.ResponseWriter) bool {
	now := s.opts.Now()
	if now.Sub(s.window) >= time.Minute {
		s.window, s.left = now, s.opts.RateLimit
	}
	s.left--
	h := w.Header()
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(s.opts.RateLimit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(max(0, s.left)))
	h.Set("X-Rate-Limit-Reset", strconv.Itoa(int(s.window.Add(time.Minute).Sub(now).Seconds())))
	return s.left >= 0
}

func (s *Server) grant(w http.ResponseWriter, r *http.Request) {
	id, secret, ok := r.BasicAuth()
	if r.Method != http.MethodPost || r.FormValue("grant_type") != "client_credentials" {
		refuse(w, http.StatusBadRequest, "unsupported_grant_type")
		return
	}
	if !ok {
		id, secret = r.FormValue("client_id"), r.FormValue("client_secret")
	}
	if id != s.opts.ClientID || secret != s.opts.Secret {
		refuse(w, http.StatusUnauthorized, "invalid_client")
		return
	}
	s.token = "gwg-" + s.uid()
	answer(w, http.StatusOK, Object{"access_token": s.token, "token_type": "Bearer", "expires_in": 3600})
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, path []string) {
	call := r.Method + " " + path[0]
	switch {
	case call == "GET job-postings" && len(path) == 1:
		s.list(w, r.URL.Query(), short(s.postings))
	case call == "GET job-postings" && len(path) == 2:
		show(w, s.postings, path[1])
	case call == "GET workers" && len(path) == 1:
		s.list(w, r.URL.Query(), s.workers)
	case call == "POST workers" && len(path) == 1:
		s.createWorker(w, r.Body)
	case call == "GET candidates" && len(path) == 1:
		s.list(w, r.URL.Query(), s.candidates, "jobPostingUid")
	case call == "GET candidates" && len(path) == 2 && path[1] == "metadata":
		s.metadata(w, r.URL.Query())
	case call == "GET candidates" && len(path) == 2:
		show(w, s.candidates, path[1])
	case call == "POST candidates" && len(path) == 1:
		s.createCandidate(w, r.Body)
	case call == "POST candidates" && len(path) == 3 && path[2] == "media":
		s.addMedia(w, r, path[1])
	case call == "POST candidates" && len(path) == 3 && path[2] == "submit":
		s.submit(w, path[1])
	default:
		refuse(w, http.StatusNotFound, "no such path")
	}
}

// short is what the list of postings shows.
func short(list []Object) (out []Object) {
	for _, p := range list {
		out = append(out, Object{"uid": p["uid"], "status": p["status"], "title": p["title"], "enterpriseJobPostingNumber": p["enterpriseJobPostingNumber"], "modified": p["modified"]})
	}
	return out
}

func (s *Server) list(w http.ResponseWriter, q url.Values, all []Object, filters ...string) {
	limit, err1 := strconv.Atoi(q.Get("limit"))
	offset, err2 := strconv.Atoi(q.Get("offset"))
	q.Del("limit")
	q.Del("offset")
	var out []Object
	for _, o := range all {
		keep := true
		for _, f := range filters {
			keep = keep && (!q.Has(f) || o.text(f) == q.Get(f))
		}
		if keep {
			out = append(out, o)
		}
	}
	for _, f := range filters {
		q.Del(f)
	}
	if err1 != nil || err2 != nil || limit < 1 || limit > 100 || offset < 0 || len(q) > 0 {
		refuse(w, http.StatusBadRequest, "a parameter is wrong or unknown")
		return
	}
	out = out[min(offset, len(out)):]
	answer(w, http.StatusOK, Object{"limit": limit, "offset": offset, "items": append([]Object{}, out[:min(limit, len(out))]...)})
}

func show(w http.ResponseWriter, list []Object, uid string) {
	if o := byUID(list, uid); o != nil {
		answer(w, http.StatusOK, o)
		return
	}
	refuse(w, http.StatusNotFound, "not found")
}

func byUID(list []Object, uid string) Object {
	for _, o := range list {
		if o.text("uid") == uid {
			return o
		}
	}
	return nil
}

func (s *Server) metadata(w http.ResponseWriter, q url.Values) {
	if byUID(s.postings, q.Get("jobPostingUid")) == nil {
		refuse(w, http.StatusNotFound, "no such job posting")
		return
	}
	fields := []Object{}
	for i, name := range s.required {
		fields = append(fields, Object{"referenceId": "CF" + strconv.Itoa(i+1), "name": name, "type": "TEXT", "required": true})
	}
	answer(w, http.StatusOK, Object{"customFields": fields})
}

// body reads an object with known names only.
func body(w http.ResponseWriter, in io.Reader, known string) Object {
	var out Object
	if json.NewDecoder(in).Decode(&out) != nil || out == nil {
		refuse(w, http.StatusBadRequest, "the body is no JSON object")
		return nil
	}
	for name := range out {
		if !strings.Contains(" "+known+" ", " "+name+" ") {
			refuse(w, http.StatusBadRequest, "the body holds an unknown name")
			return nil
		}
	}
	return out
}

func (s *Server) createWorker(w http.ResponseWriter, in io.Reader) {
	o := body(w, in, "firstName lastName email phone")
	if o == nil {
		return
	}
	if o.text("firstName") == "" || o.text("lastName") == "" || o.text("email") == "" {
		refuse(w, http.StatusBadRequest, "firstName, lastName and email are required")
		return
	}
	o["uid"] = s.uid()
	s.workers = append(s.workers, o)
	answer(w, http.StatusCreated, o)
}

func (s *Server) createCandidate(w http.ResponseWriter, in io.Reader) {
	o := body(w, in, "jobPostingUid workerUid billRate payRate rateCurrency ratePeriod availableDate comments customFields")
	if o == nil {
		return
	}
	p := byUID(s.postings, o.text("jobPostingUid"))
	if p == nil || byUID(s.workers, o.text("workerUid")) == nil {
		refuse(w, http.StatusBadRequest, "no such job posting or worker")
		return
	}
	given, _ := o["customFields"].([]any)
	if len(given) < len(s.required) {
		refuse(w, http.StatusBadRequest, "a required custom field is missing")
		return
	}
	o["uid"], o["status"], o["enterpriseJobPostingNumber"], o["modified"] = s.uid(), "CREATED", p["enterpriseJobPostingNumber"], s.stamp()
	s.candidates = append(s.candidates, o)
	answer(w, http.StatusCreated, o)
}

func (s *Server) addMedia(w http.ResponseWriter, r *http.Request, uid string) {
	c := byUID(s.candidates, uid)
	_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if c == nil || err != nil || c.text("status") != "CREATED" {
		refuse(w, http.StatusBadRequest, "no such candidate that can be edited, or no form")
		return
	}
	form, err := multipart.NewReader(r.Body, params["boundary"]).ReadForm(20 << 20)
	if err != nil || len(form.File["file"]) != 1 {
		refuse(w, http.StatusBadRequest, "the form holds no file")
		return
	}
	f, err := form.File["file"][0].Open()
	if err != nil {
		refuse(w, http.StatusBadRequest, "the file cannot be read")
		return
	}
	defer f.Close()
	content, _ := io.ReadAll(f) // it is in memory
	name := form.File["file"][0].Filename
	s.files[uid+"/"+name] = content
	media, _ := c["media"].([]any)
	c["media"] = append(media, map[string]any{"fileName": name, "type": "RESUME"})
	answer(w, http.StatusCreated, Object{"fileName": name})
}

func (s *Server) submit(w http.ResponseWriter, uid string) {
	c := byUID(s.candidates, uid)
	if c == nil || c.text("status") != "CREATED" {
		refuse(w, http.StatusConflict, "the candidate was submitted before")
		return
	}
	c["status"], c["modified"] = "SUBMITTING", s.stamp()
	answer(w, http.StatusOK, c)
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, message string) {
	answer(w, status, Object{"message": message})
}
