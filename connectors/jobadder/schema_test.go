package jobadder_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/jobadder"
	sandbox "github.com/tributary-hub/tributary/sandbox/jobadder"
	"github.com/tributary-hub/tributary/staffing"
)

// vendorContract stands before the simulator and holds every request and every
// answer against JobAdder's own OpenAPI document (official content in a third
// party's copy; see README.md). Nothing is excepted.
type vendorContract struct {
	t     *testing.T
	doc   *openapi3.T
	inner http.Handler
	mu    sync.Mutex
	seen  map[string]bool
}

func newContract(t *testing.T, inner http.Handler) *vendorContract {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(shared(t), "specs", "jobadder", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	openapi3filter.RegisterBodyDecoder("application/octet-stream", openapi3filter.FileBodyDecoder)
	return &vendorContract{t: t, doc: doc, inner: inner, seen: map[string]bool{}}
}

// operation finds the path of the document with the fewest variables.
func (v *vendorContract) operation(r *http.Request, path string) (route *routers.Route, params map[string]string) {
	best := 99
	for pattern, item := range v.doc.Paths.Map() {
		op := item.GetOperation(r.Method)
		got, ok := fits(pattern, path)
		if op == nil || !ok || len(got) >= best {
			continue
		}
		best, params = len(got), got
		route = &routers.Route{Spec: v.doc, Path: pattern, PathItem: item, Method: r.Method, Operation: op}
	}
	return route, params
}

func fits(pattern, path string) (map[string]string, bool) {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return nil, false
	}
	params := map[string]string{}
	for i, w := range want {
		if name, ok := strings.CutPrefix(w, "{"); ok {
			params[strings.TrimSuffix(name, "}")] = have[i]
		} else if w != have[i] {
			return nil, false
		}
	}
	return params, true
}

// ServeHTTP implements http.Handler.
func (v *vendorContract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, api := strings.CutPrefix(r.URL.Path, "/v2")
	if !api { // the sign-in is not part of the document
		v.inner.ServeHTTP(w, r)
		return
	}
	what := r.Method + " " + path
	route, params := v.operation(r, path)
	if route == nil {
		v.t.Errorf("%s: the document has no such call", what)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		v.t.Error(err)
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	in := &openapi3filter.RequestValidationInput{Request: r.Clone(r.Context()), PathParams: params, QueryParams: r.URL.Query(), Route: route, Options: options}
	in.Request.Body = io.NopCloser(bytes.NewReader(body))
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
		v.t.Errorf("%s: %v\n%s", what, err, body)
	}
	for name := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil {
			v.t.Errorf("%s: the document has no parameter %s", what, name)
		}
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	got := httptest.NewRecorder()
	v.inner.ServeHTTP(got, r)
	v.note(r.Method + " " + route.Path)
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: got.Code, Header: got.Header(),
		Body: io.NopCloser(bytes.NewReader(got.Body.Bytes())), Options: options})
	if err != nil {
		v.t.Errorf("%s: the simulator's answer: %v\n%s", what, err, got.Body)
	}
	for k, values := range got.Header() {
		w.Header()[k] = values
	}
	w.WriteHeader(got.Code)
	_, _ = w.Write(got.Body.Bytes()) // the test would see it missing
}

func (v *vendorContract) note(call string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen[call] = true
}

// TestEveryCallFitsTheVendorsDocument goes through all that the connector does.
func TestEveryCallFitsTheVendorsDocument(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	account.AddCompany("Acme Corp")
	contract := newContract(t, account)
	c := open(t, contract, connectors.Settings{"webhook_url": hookURL})
	ok := func(what string, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	_, err := c.Check(t.Context())
	ok("Check", err)
	jobsOf(t, c)
	person := strconv.FormatInt(account.AddCandidate(person(), sandbox.File{Name: "ada.pdf", Type: "Resume", Content: []byte("%PDF")}), 10)
	_, err = c.Candidate(t.Context(), person)
	ok("Candidate", err)
	f, err := c.Resume(t.Context(), person)
	ok("Resume", err)
	file, err := f.Open(t.Context())
	ok("the file", err)
	ok("closing the file", file.Close())
	var last string
	for range 201 { // two pages
		last = strconv.FormatInt(submitted(account), 10)
	}
	_, err = c.Submission(t.Context(), last)
	ok("Submission", err)
	for range 2 { // the second answers 202
		ok("PutStatus", c.PutStatus(t.Context(), staffing.StatusRequest{SubmissionID: last, Status: "Interview", Comment: "Monday"}))
	}
	drain(t, c, nil)
	changed := connectors.Settings{"webhook_url": hookURL, "webhook_secret": newSecret, "refresh_token": account.Refresh()}
	drain(t, open(t, contract, changed), nil)
	c = open(t, contract, connectors.Settings{"refresh_token": account.Refresh()})
	_, err = c.Fields(t.Context())
	ok("Fields", err)
	_, err = c.DeclaredStatuses(t.Context())
	ok("DeclaredStatuses", err)
	for _, call := range []string{"GET /users/current", "GET /jobs", "POST /jobs", "GET /jobs/{jobId}", "PUT /jobs/{jobId}", "GET /companies", "GET /worktypes", "GET /jobs/lists/status",
		"GET /candidates", "GET /candidates/{candidateId}", "GET /candidates/{candidateId}/attachments", "GET /candidates/{candidateId}/attachments/{attach}", "GET /applications",
		"GET /applications/{applicationId}", "PUT /applications/{applicationId}/status", "GET /applications/lists/status", "GET /webhooks", "POST /webhooks", "PUT /webhooks/{webhookId}",
		"GET /jobs/fields/custom", "GET /candidates/fields/custom", "GET /applications/fields/custom"} {
		if !contract.seen[call] {
			t.Errorf("%s was not made, so it was not held against the document", call)
		}
	}
}

// jobsOf creates and updates a job with everything that a map may give.
func jobsOf(t *testing.T, c *jobadder.Connector) {
	t.Helper()
	p := program(t, nil)
	raw, gaps, err := p.Job(requisition(), client())
	noGaps(t, gaps, err)
	full := strings.TrimSuffix(string(raw), "}") + `,"_status":"Active","_work_type":"Contract","_custom":{"12":"120.50","14":"MSP"}}`
	rec, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", Fields: []byte(full)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", ID: rec.ID, Fields: []byte(full)}); err != nil {
		t.Fatal(err)
	}
}
