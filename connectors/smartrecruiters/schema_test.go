package smartrecruiters_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	sandbox "github.com/tributary-hub/tributary/sandbox/smartrecruiters"
	"github.com/tributary-hub/tributary/staffing"
)

// The documents are a third party's and hold a part of the API only. What they lack
// or have otherwise, and why the connector does it all the same:
func absent() map[string]string {
	return map[string]string{
		"GET /jobs/{}/positions":            "in the vendor's Swagger of 2017",
		"POST /jobs/{}/candidates":          "in the vendor's Swagger of 2017; the document has GET only",
		"GET /candidates/{}/jobs/{}":        "in the vendor's reference; the document has /candidates/{id}/applications, which is no path of the vendor's",
		"GET /candidates/{}/jobs/{}/offers": "in the vendor's Swagger of 2017",
		"GET /candidates/{}/attachments":    "in the vendor's Swagger of 2017; the document has /documents, which is no path of the vendor's",
		"POST /candidates/{}/attachments":   "in the vendor's Swagger of 2017",
		"GET /users":                        "in the vendor's Swagger of 2017",
		"GET /users/{}":                     "in the vendor's Swagger of 2017",
		"GET /configuration/job-properties": "in the vendor's Swagger of 2017",
	}
}

// parameters that the documents lack: the vendor's reference has them.
var newer = []string{"updatedAfter", "pageId"}

type contract struct {
	t     *testing.T
	docs  []*openapi3.T
	inner http.Handler
	held  map[string]bool
}

func (c *contract) route(r *http.Request) (*routers.Route, map[string]string) {
	for _, doc := range c.docs {
		for pattern, item := range doc.Paths.Map() {
			op := item.GetOperation(r.Method)
			params, ok := fits(pattern, r.URL.Path)
			if op != nil && ok {
				return &routers.Route{Spec: doc, Path: pattern, PathItem: item, Method: r.Method, Operation: op}, params
			}
		}
	}
	return nil, nil
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

// plain puts {} for every id of a path.
func plain(r *http.Request) string {
	parts := strings.Split(r.URL.Path, "/")
	for i := 2; i < len(parts); i += 2 {
		if parts[1] != "configuration" {
			parts[i] = "{}"
		}
	}
	return r.Method + " " + strings.Join(parts, "/")
}

// ServeHTTP implements http.Handler.
func (c *contract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, params := c.route(r)
	if route == nil {
		if absent()[plain(r)] == "" {
			c.t.Errorf("%s: no document has this call", plain(r))
		}
		c.inner.ServeHTTP(w, r)
		return
	}
	c.held[r.Method+" "+route.Path] = true
	options := &openapi3filter.Options{IncludeResponseStatus: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	in := &openapi3filter.RequestValidationInput{Request: r, PathParams: params, QueryParams: r.URL.Query(), Route: route, Options: options}
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
		c.t.Errorf("%s: %v", plain(r), err)
	}
	for name := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName("query", name) == nil && !strings.Contains(strings.Join(newer, " "), name) {
			c.t.Errorf("%s: the document has no parameter %s", plain(r), name)
		}
	}
	got := httptest.NewRecorder()
	c.inner.ServeHTTP(got, r)
	if err := openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: got.Code, Header: got.Header(),
		Body: io.NopCloser(bytes.NewReader(got.Body.Bytes())), Options: options}); err != nil {
		c.t.Errorf("%s: the simulator's answer: %v", plain(r), err)
	}
	for k, values := range got.Header() {
		w.Header()[k] = values
	}
	w.WriteHeader(got.Code)
	_, _ = w.Write(got.Body.Bytes()) // the test would see it missing
}

// TestEveryCallFitsTheDocuments goes through all that the connector does.
func TestEveryCallFitsTheDocuments(t *testing.T) {
	h := newHarness(t, sandbox.Options{})
	guard := &contract{t: t, inner: h.account, held: map[string]bool{}}
	for _, name := range []string{"candidates", "jobs"} {
		doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(shared(t), "specs", "smartrecruiters", "smartrecruiters-"+name+"-openapi.yml"))
		if err != nil {
			t.Fatal(err)
		}
		guard.docs = append(guard.docs, doc)
	}
	srv := httptest.NewServer(guard)
	t.Cleanup(srv.Close)
	c := connect(t, srv.URL, nil)
	h.openJobs(30)
	_, cur := drain(t, c.Requisitions)
	_, err := c.Requisitions(t.Context(), cur)
	h.must(err)
	rec, err := c.Submit(t.Context(), submission(t, h.job(), "ada@mail.example"))
	h.must(err)
	_, err = c.FindSubmission(t.Context(), submission(t, h.job(), "ada@mail.example"))
	h.must(err)
	drain(t, c.Statuses)
	h.must(h.account.Hire(half(rec.ID, 0), h.job(), "2026-12-07", nil))
	_, err = c.Placement(t.Context(), staffing.SubmissionRef{ID: rec.ID})
	h.must(err)
	_, err = c.Check(t.Context())
	h.must(err)
	_, err = c.Fields(t.Context())
	h.must(err)
	for _, call := range []string{"GET /jobs", "GET /jobs/{jobId}", "GET /jobs/{jobId}/hiring-team", "GET /candidates"} {
		if !guard.held[call] {
			t.Errorf("%s was not held against a document", call)
		}
	}
}
