// Package vincere simulates a staffing firm's Vincere account as far as public
// clients show it: sign-in with an id token, searches with the fields in the path,
// jobs, companies, candidates, and files behind links of their own. Where nothing is
// known it is strict: an unknown field is refused.
package vincere

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options are the account's settings. The zero value is a working account.
type Options struct {
	ClientID     string           // default "sandbox-client"
	APIKey       string           // default "sandbox-key"
	RefreshToken string           // default "sandbox-refresh"
	Now          func() time.Time // default time.Now
	Rotates      bool             // every use replaces the refresh token
	// BareIndex gives no external_id in searches; DeafIndex does not filter by it.
	BareIndex, DeafIndex bool
}

type object = map[string]any

// Server is one account. It is an http.Handler for /oauth2/token, /api/v2/ and the
// links of files.
type Server struct {
	opts    Options
	mu      sync.Mutex
	tokens  map[string]bool
	refresh string
	next    int64
	rows    map[string][]object // position, company, candidate
	files   map[string][]object // by candidate
	links   map[string][]byte
}

// New makes an empty account.
func New(opts Options) *Server {
	for _, d := range []struct {
		v   *string
		def string
	}{{&opts.ClientID, "sandbox-client"}, {&opts.APIKey, "sandbox-key"}, {&opts.RefreshToken, "sandbox-refresh"}} {
		if *d.v == "" {
			*d.v = d.def
		}
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Server{opts: opts, refresh: opts.RefreshToken, tokens: map[string]bool{}, next: 32000, rows: map[string][]object{}, files: map[string][]object{}, links: map[string][]byte{}}
}

func (s *Server) id() int64 {
	s.next++
	return s.next
}

func (s *Server) now() string { return s.opts.Now().UTC().Format("2006-01-02T15:04:05.000Z") }

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.URL.Path == "/oauth2/token" {
		s.token(w, r)
		return
	}
	if content, ok := s.links[r.URL.Path]; ok && r.Method == http.MethodGet {
		if r.Header.Get("Id-Token") != "" || r.Header.Get("X-Api-Key") != "" { // a link proves itself
			refuse(w, http.StatusBadRequest, "Only one auth mechanism allowed")
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		_, _ = w.Write(content) // the caller is gone: nobody to tell
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/api/v2/")
	if !ok {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	if r.Header.Get("X-Api-Key") != s.opts.APIKey || !s.tokens[r.Header.Get("Id-Token")] {
		refuse(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	s.route(w, r, strings.Split(path, "/"))
}

func (s *Server) token(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.ParseForm() != nil || r.PostForm.Get("grant_type") != "refresh_token" ||
		r.PostForm.Get("client_id") != s.opts.ClientID || r.PostForm.Get("refresh_token") != s.refresh {
		refuse(w, http.StatusBadRequest, "invalid_grant")
		return
	}
	token := fmt.Sprintf("id-token-%d-of-the-sandbox", s.id())
	s.tokens[token] = true
	out := object{"id_token": token, "access_token": "unused", "token_type": "Bearer", "expires_in": 3600}
	if s.opts.Rotates {
		s.refresh = fmt.Sprintf("refresh-%d-of-the-sandbox", s.id())
		out["refresh_token"] = s.refresh
	}
	answer(w, out)
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, p []string) {
	kind := p[0]
	if !slices.Contains([]string{"position", "company", "candidate"}, kind) {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	switch {
	case r.Method == http.MethodGet && len(p) == 3 && p[1] == "search":
		s.search(w, r, kind, p[2])
	case r.Method == http.MethodGet && len(p) == 3 && kind == "candidate" && p[2] == "files":
		answer(w, append([]object{}, s.files[p[1]]...))
	case r.Method == http.MethodGet && len(p) == 2:
		if o := s.find(kind, p[1]); o != nil {
			answer(w, o)
			return
		}
		refuse(w, http.StatusNotFound, "Not Found")
	case kind == "position" && (r.Method == http.MethodPost && len(p) == 1 || r.Method == http.MethodPut && len(p) == 2):
		s.write(w, r, p)
	default:
		refuse(w, http.StatusMethodNotAllowed, "Method Not Allowed")
	}
}

var condition = regexp.MustCompile(`^(\w+):([^#]*)#$`)

func (s *Server) search(w http.ResponseWriter, r *http.Request, kind, matrix string) {
	fields, ok := strings.CutPrefix(matrix, "fl=")
	limit, err := strconv.Atoi(r.URL.Query().Get("limit"))
	if !ok || err != nil || limit < 1 || limit > 100 || strings.Contains(r.URL.EscapedPath(), "%") {
		refuse(w, http.StatusBadRequest, "Bad search")
		return
	}
	m := condition.FindStringSubmatch(r.URL.Query().Get("q"))
	if q := r.URL.Query().Get("q"); q != "" && m == nil {
		refuse(w, http.StatusBadRequest, "Cannot parse the query")
		return
	}
	items, total := []object{}, 0
	for _, o := range s.rows[kind] {
		deaf := s.opts.DeafIndex && m != nil && m[1] == "external_id"
		if m != nil && !deaf && !strings.Contains(strings.ToLower(fmt.Sprint(o[m[1]])), strings.ToLower(m[2])) {
			continue
		}
		if total++; len(items) == limit {
			continue
		}
		item := object{}
		for _, f := range strings.Split(fields, ",") {
			if v, ok := o[f]; ok && !(f == "external_id" && s.opts.BareIndex) {
				item[f] = v
			}
		}
		items = append(items, item)
	}
	answer(w, object{"result": object{"start": 0, "total": total, "items": items}})
}

const jobKeys = "job_title company_id contact_id company_location_id external_id head_count employment_type job_type open_date close_date contract_length pay_rate compensation " +
	"private_job public_description internal_description registration_date"

// write creates or replaces a job: what a PUT leaves out is emptied.
func (s *Server) write(w http.ResponseWriter, r *http.Request, p []string) {
	var in object
	if json.NewDecoder(r.Body).Decode(&in) != nil || in == nil {
		refuse(w, http.StatusBadRequest, "The body is no JSON object")
		return
	}
	for k := range in {
		if !slices.Contains(strings.Fields(jobKeys), k) {
			refuse(w, http.StatusBadRequest, "Unrecognized field "+k)
			return
		}
	}
	if title, _ := in["job_title"].(string); title == "" || in["company_id"] == nil {
		refuse(w, http.StatusBadRequest, "job_title and company_id are required")
		return
	}
	if len(p) == 1 {
		in["id"], in["updated_timestamp"] = s.id(), s.now()
		s.rows["position"] = append(s.rows["position"], in)
		answer(w, object{"id": in["id"]})
		return
	}
	old := s.find("position", p[1])
	if old == nil {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	id := old["id"]
	clear(old)
	for k, v := range in {
		old[k] = v
	}
	old["id"], old["updated_timestamp"] = id, s.now()
	answer(w, object{"id": id})
}

func (s *Server) find(kind, id string) object {
	for _, o := range s.rows[kind] {
		if fmt.Sprint(o["id"]) == id {
			return o
		}
	}
	return nil
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(object{"errors": []string{message}}) // as above
}

// AddCompany adds a client's company.
func (s *Server) AddCompany(name string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.id()
	s.rows["company"] = append(s.rows["company"], object{"id": id, "name": name})
	return id
}

// AddJob adds a job that a person made.
func (s *Server) AddJob(title string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rows["position"] = append(s.rows["position"], object{"id": s.id(), "job_title": title, "external_id": ""})
}

// File is a file of a candidate; base is the account's own address.
type File struct {
	Name    string
	CV      bool
	Content []byte
}

// AddCandidate adds a candidate with files, whose links begin with base.
func (s *Server) AddCandidate(fields map[string]any, base string, files ...File) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.id()
	c := object{"id": id, "updated_timestamp": s.now()}
	for k, v := range fields {
		c[k] = v
	}
	s.rows["candidate"] = append(s.rows["candidate"], c)
	for i, f := range files {
		link := fmt.Sprintf("/links/%d-%d", id, i)
		s.links[link] = f.Content
		s.files[fmt.Sprint(id)] = append(s.files[fmt.Sprint(id)], object{"id": s.id(), "candidate_id": id, "file_name": f.Name, "original_cv": f.CV, "url": base + link,
			"uploaded_date": s.opts.Now().Add(time.Duration(i) * time.Second).UTC().Format(time.RFC3339)})
	}
	return id
}

// Jobs gives all jobs as they were written.
func (s *Server) Jobs() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.rows["position"])
}
