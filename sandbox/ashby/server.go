// Package ashby simulates a client's Ashby account: calls by POST with an envelope
// that tells refusals with status 200, cursors and sync tokens in the body, résumés
// by an upload handle, and signed webhooks. It answers what the vendor documents,
// and is stricter where the documentation is silent: an unknown field of a request
// is refused, so that a wrong request cannot pass here.
package ashby

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Options are the account's settings. The zero value is a working account.
type Options struct {
	APIKey       string           // default "sandbox-key"
	Secret       string           // of webhooks; default "sandbox-webhook-secret"
	Missing      []string         // methods that the key may not use
	MaxSyncPages int              // of an incremental sync; default 50
	Now          func() time.Time // default time.Now
}

type object = map[string]any

// entry is an object and the number of its last change.
type entry struct {
	object
	changed int
}

// Server is one account. It is an http.Handler.
type Server struct {
	opts    Options
	mu      sync.Mutex
	lists   map[string][]*entry // by the method that lists them
	handles map[string]upload   // of files
	files   map[string][]byte   // résumés by candidate
	tick    int                 // counts changes
	n       int                 // of ids
	post    func(http.Header, []byte)
}

// upload is a place for a file.
type upload struct {
	name, kind string
	content    []byte // nil: nothing came yet
}

// New makes an account with an interview plan, sources and custom fields, and
// nothing else.
func New(opts Options) *Server {
	if opts.APIKey == "" {
		opts.APIKey = "sandbox-key"
	}
	if opts.Secret == "" {
		opts.Secret = "sandbox-webhook-secret"
	}
	if opts.MaxSyncPages == 0 {
		opts.MaxSyncPages = 50
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	s := &Server{opts: opts, lists: map[string][]*entry{}, handles: map[string]upload{}, files: map[string][]byte{}}
	s.masterData()
	return s
}

// now is the account's clock, in the form of the wire.
func (s *Server) now() string { return s.opts.Now().UTC().Format("2006-01-02T15:04:05.000Z") }

// id gives the next id.
func (s *Server) id() string {
	s.n++
	return fmt.Sprintf("%08x-3cac-4fbf-ac76-%012x", s.n*2654435761%(1<<32), s.n)
}

// refusal is an answer with success: false.
type refusal struct{ code, message string }

// ServeHTTP answers one call of the API, or takes a file.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	method := strings.TrimPrefix(r.URL.Path, "/")
	if id, ok := strings.CutPrefix(method, "storage/"); ok {
		s.take(w, r, id)
		return
	}
	key, password, basic := r.BasicAuth()
	switch {
	case r.Method != http.MethodPost:
		answer(w, http.StatusMethodNotAllowed, fail("method_not_allowed", "Use POST"))
	case !basic || key == "":
		answer(w, http.StatusUnauthorized, fail("unauthorized", "No API key was provided"))
	case key != s.opts.APIKey || password != "":
		answer(w, http.StatusForbidden, fail("forbidden", "The API key is not valid, or was deactivated"))
	case slices.Contains(s.opts.Missing, method):
		answer(w, http.StatusForbidden, fail("missing_endpoint_permission", "The key lacks the permission for this endpoint"))
	case r.Header.Get("Content-Type") != "application/json" || !strings.Contains(r.Header.Get("Accept"), "version=1"):
		answer(w, http.StatusOK, fail("invalid_input", "Content-Type and Accept: application/json; version=1 are needed"))
	default:
		s.dispatch(w, r, method)
	}
}

func (s *Server) dispatch(w http.ResponseWriter, r *http.Request, method string) {
	raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	var in object
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err != nil || dec.Decode(&in) != nil || in == nil {
		answer(w, http.StatusOK, fail("invalid_input", "The body is no JSON object"))
		return
	}
	allowed, known := fields()[method]
	if !known {
		answer(w, http.StatusNotFound, fail("not_found", "There is no such endpoint"))
		return
	}
	for name := range in {
		if !slices.Contains(allowed, name) {
			answer(w, http.StatusOK, fail("invalid_input", "Unknown field "+name))
			return
		}
	}
	out, bad := s.run(r.Host, method, in)
	if bad != nil {
		answer(w, http.StatusOK, fail(bad.code, bad.message))
		return
	}
	out["success"] = true
	answer(w, http.StatusOK, out)
}

// fields are the methods of the account, and what each takes.
func fields() map[string][]string {
	paged := []string{"cursor", "limit"}
	synced := []string{"cursor", "limit", "syncToken", "createdAfter"}
	return map[string][]string{
		"apiKey.info": {}, "job.list": append(synced, "status", "expand", "includeUnpublishedJobPostingsIds"),
		"job.info":     {"id", "expand", "includeUnpublishedJobPostingsIds"},
		"opening.list": synced, "jobPosting.list": {"listedOnly", "jobBoardId"}, "jobPosting.info": {"jobPostingId", "jobBoardId", "expand"},
		"candidate.search": {"email", "name"},
		"candidate.create": {"name", "email", "phoneNumber", "linkedInUrl", "githubUrl", "website", "alternateEmailAddresses", "sourceId",
			"creditedToUserId", "location", "createdAt"},
		"candidate.uploadResume":      {"candidateId", "resumeHandle"},
		"file.createFileUploadHandle": {"fileUploadContext", "filename", "contentType", "contentLength"},
		"application.create":          {"candidateId", "jobId", "interviewPlanId", "interviewStageId", "sourceId", "creditedToUserId", "createdAt", "applicationHistory"},
		"application.list":            append(synced, "status", "jobId", "expand"), "application.info": {"applicationId", "expand"},
		"offer.list":         append(synced, "applicationId", "offerStatus", "acceptanceStatus", "approvalStatus"),
		"interviewPlan.list": append(paged, "includeArchived", "syncToken"), "interviewStage.list": {"interviewPlanId"},
		"customField.list": append(paged, "syncToken", "includeArchived"),
	}
}

func (s *Server) run(host, method string, in object) (object, *refusal) {
	switch method {
	case "apiKey.info":
		return object{"results": object{"title": "Sandbox key", "createdAt": s.now(), "scopes": []string{"jobs:read", "candidates:read", "candidates:write",
			"offers:read", "interviews:read", "hiringProcessMetadata:read", "apiKeys:read"}}}, nil
	case "job.info":
		return s.find("job.list", in["id"], "job_not_found")
	case "jobPosting.info":
		return s.find("jobPosting.info", in["jobPostingId"], "job_posting_not_found")
	case "application.info":
		return s.find("application.list", in["applicationId"], "application_not_found")
	case "jobPosting.list":
		return s.publishedPostings(), nil
	case "interviewStage.list":
		return object{"results": s.stages(), "moreDataAvailable": false}, nil
	case "candidate.search":
		return s.searchCandidates(in), nil
	case "candidate.create":
		return s.createCandidate(in)
	case "file.createFileUploadHandle":
		return s.createHandle(host, in)
	case "candidate.uploadResume":
		return s.uploadResume(in)
	case "application.create":
		return s.createApplication(in)
	}
	return s.list(method, in)
}

func fail(code, message string) object {
	return object{"success": false, "errors": []string{code}, "errorInfo": object{"code": code, "message": message, "requestId": "01JSANDBOX"}}
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
}
