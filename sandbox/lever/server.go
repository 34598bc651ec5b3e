// Package lever simulates a client's Lever account: the Data API v1 on the wire
// (key as Basic user, offset tokens bound to their filters, times in milliseconds,
// multipart opportunities, offers) and webhooks whose signature stands in the
// body. It answers what the vendor documents or what recorded traffic shows, and
// is stricter where both are silent: an unknown parameter or field is refused, so
// that a wrong request cannot pass here.
package lever

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Options are the account's settings. The zero value is a working account.
type Options struct {
	APIKey         string           // default "sandbox-key"
	SignatureToken string           // of webhooks; default "sandbox-signature-token"
	PerSecond      float64          // of the token bucket; default: no limit
	Burst          int              // of the token bucket; default 20
	BareLists      bool             // lists give postings without their content
	Now            func() time.Time // default time.Now
}

type object = map[string]any

// Server is one account. It is an http.Handler for /v1/.
type Server struct {
	opts  Options
	mu    sync.Mutex
	lists map[string][]object // by path, in the order of creation
	apps  map[string]object   // applications by id
	offer map[string][]object // offers by opportunity
	files map[string][]byte   // résumés by opportunity
	bound map[string]string   // the filters of every offset token that was given
	n     int64               // of ids
	left  float64             // tokens in the bucket
	at    time.Time           // when the bucket was filled last
	post  func(http.Header, []byte)
}

// ActingUser is the id of the user that every account has.
const ActingUser = "8d49b010-cc6a-4f40-ace5-e86061c677ed"

// New makes an account with users, stages, archive reasons and requisition fields,
// and nothing else.
func New(opts Options) *Server {
	if opts.APIKey == "" {
		opts.APIKey = "sandbox-key"
	}
	if opts.SignatureToken == "" {
		opts.SignatureToken = "sandbox-signature-token"
	}
	if opts.Burst == 0 {
		opts.Burst = 20
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	s := &Server{opts: opts, lists: map[string][]object{}, apps: map[string]object{}, offer: map[string][]object{},
		files: map[string][]byte{}, bound: map[string]string{}, left: float64(opts.Burst), at: opts.Now()}
	s.masterData()
	return s
}

// now is the account's clock, in milliseconds since 1970.
func (s *Server) now() int64 { return s.opts.Now().UnixMilli() }

// id gives the next id, in the form of the vendor's.
func (s *Server) id() string {
	s.n++
	return fmt.Sprintf("%08x-95aa-4fcb-bf28-%012x", s.n*2654435761%(1<<32), s.n)
}

// ServeHTTP answers one request of the API.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	path, ok := strings.CutPrefix(r.URL.Path, "/v1/")
	key, password, basic := r.BasicAuth()
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "ResourceNotFound", r.URL.Path+" was not found")
	case !s.admit():
		refuse(w, http.StatusTooManyRequests, "TooManyRequests", "You have made too many requests")
	case !basic || key != s.opts.APIKey || password != "":
		refuse(w, http.StatusUnauthorized, "Unauthorized", "A valid API key was not provided")
	default:
		s.route(w, r, path)
	}
}

// admit takes a token from the bucket. No header tells what is left.
func (s *Server) admit() bool {
	if s.opts.PerSecond == 0 {
		return true
	}
	now := s.opts.Now()
	s.left = min(float64(s.opts.Burst), s.left+now.Sub(s.at).Seconds()*s.opts.PerSecond)
	s.at = now
	if s.left < 1 {
		return false
	}
	s.left--
	return true
}

func (s *Server) route(w http.ResponseWriter, r *http.Request, path string) {
	parts := strings.Split(path, "/")
	get := r.Method == http.MethodGet
	switch {
	case get && len(parts) == 3 && parts[0] == "opportunities" && parts[2] == "offers":
		s.page(w, r, s.offer[parts[1]])
	case get && params()[path] != nil:
		s.list(w, r, path)
	case get && len(parts) == 2 && params()[parts[0]] != nil:
		s.show(w, r, parts[0], parts[1])
	case r.Method == http.MethodPost && path == "opportunities":
		s.createOpportunity(w, r)
	default:
		refuse(w, http.StatusNotFound, "ResourceNotFound", path+" was not found")
	}
}

// params are the lists of the account, and the parameters each takes beside limit
// and offset.
func params() map[string][]string {
	return map[string][]string{
		"postings":              {"state", "confidentiality", "updated_at_start", "updated_at_end", "include", "expand"},
		"postings/deleted":      {"deleted_at_start", "deleted_at_end"},
		"opportunities":         {"email", "expand", "confidentiality", "posting_id", "archived", "updated_at_start", "updated_at_end"},
		"opportunities/deleted": {"deleted_at_start", "deleted_at_end"},
		"requisitions":          {"created_at_start", "created_at_end", "requisition_code", "status", "confidentiality"},
		"requisition_fields":    {"isRequired", "type"},
		"stages":                {}, "archive_reasons": {"type"}, "users": {"email", "includeDeactivated"},
	}
}

func (s *Server) list(w http.ResponseWriter, r *http.Request, path string) {
	q := r.URL.Query()
	stamped := q.Has("updated_at_start") || q.Has("updated_at_end")
	for name := range q {
		plain := name == "limit" || name == "offset" || name == "confidentiality"
		if !plain && !slices.Contains(params()[path], name) {
			refuse(w, http.StatusBadRequest, "BadRequestError", "Invalid parameter "+name)
			return
		}
		if path == "postings" && stamped && !plain && !strings.HasPrefix(name, "updated_at_") {
			refuse(w, http.StatusBadRequest, "BadRequestError", "updated_at parameters cannot be used with "+name)
			return
		}
	}
	var rows []object
	for _, o := range s.lists[path] {
		fits, err := s.fits(o, q)
		if err != nil {
			refuse(w, http.StatusBadRequest, "BadRequestError", err.Error())
			return
		}
		if fits {
			rows = append(rows, s.view(path, o, q["expand"], true))
		}
	}
	s.page(w, r, rows)
}

// fits applies the filters of a list.
func (s *Server) fits(o object, q url.Values) (bool, error) {
	for name, key := range map[string]string{"updated_at_start": "updatedAt", "deleted_at_start": "deletedAt", "created_at_start": "createdAt"} {
		v := q.Get(name)
		if v == "" {
			continue
		}
		since, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return false, fmt.Errorf("%s is not a timestamp", name)
		}
		if at, _ := o[key].(int64); at < since { // null is never in range
			return false, nil
		}
	}
	for name, key := range map[string]string{"status": "status", "state": "state", "requisition_code": "requisitionCode", "type": "type"} {
		if v := q.Get(name); v != "" && o[key] != v {
			return false, nil
		}
	}
	if mail := q.Get("email"); mail != "" && !hasMail(o, mail) {
		return false, nil
	}
	want := q.Get("confidentiality")
	if want == "" {
		want = "non-confidential"
	}
	is, classified := o["confidentiality"].(string)
	return !classified || want == "all" || is == want, nil
}

// page gives one page. An offset token is good for the filters it was given with.
func (s *Server) page(w http.ResponseWriter, r *http.Request, rows []object) {
	q := r.URL.Query()
	offset, limit := q.Get("offset"), 100
	if v := q.Get("limit"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > 100 {
			refuse(w, http.StatusBadRequest, "BadRequestError", "limit must lie between 1 and 100")
			return
		}
		limit = n
	}
	q.Del("offset")
	filters := r.URL.Path + "?" + q.Encode()
	start := 0
	if offset != "" {
		if s.bound[offset] != filters {
			refuse(w, http.StatusBadRequest, "BadRequestError", "Invalid offset token")
			return
		}
		last := offset[strings.LastIndex(offset, ".")+1:] // of the page before
		start = 1 + slices.IndexFunc(rows, func(o object) bool { return o["id"] == last })
	}
	end := min(start+limit, len(rows))
	out := object{"data": append([]object{}, rows[start:end]...), "hasNext": end < len(rows)}
	if end < len(rows) {
		next := fmt.Sprintf("0.%v.%v", rows[end-1]["createdAt"], rows[end-1]["id"])
		s.bound[next], out["next"] = filters, next
	}
	answer(w, http.StatusOK, out)
}

func (s *Server) show(w http.ResponseWriter, r *http.Request, list, id string) {
	for _, o := range s.lists[list] {
		if o["id"] == id {
			answer(w, http.StatusOK, object{"data": s.view(list, o, r.URL.Query()["expand"], false)})
			return
		}
	}
	refuse(w, http.StatusNotFound, "ResourceNotFound", list+" "+id+" was not found")
}

// view is an object as the wire shows it, with what was asked to be expanded.
func (s *Server) view(list string, o object, expand []string, inList bool) object {
	out := object{}
	for k, v := range o {
		out[k] = v
	}
	if list == "postings" && inList && s.opts.BareLists {
		delete(out, "content")
	}
	if list != "opportunities" {
		return out
	}
	if slices.Contains(expand, "stage") {
		out["stage"] = object{"id": o["stage"], "text": s.stageText(o["stage"])}
	}
	if slices.Contains(expand, "applications") {
		apps := []object{}
		for _, id := range texts(o, "applications") {
			apps = append(apps, s.apps[id])
		}
		out["applications"] = apps
	}
	return out
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	answer(w, status, map[string]string{"code": code, "message": message})
}
