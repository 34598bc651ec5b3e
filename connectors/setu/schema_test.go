package setu_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	sandbox "github.com/tributary-hub/tributary/sandbox/setu"
	"github.com/tributary-hub/tributary/staffing"
)

// contract stands before the simulator and holds every call and every answer
// against SETU's own OpenAPI document of version 2. The list of orders is no part of
// the standard and passes.
type contract struct {
	t     *testing.T
	doc   *openapi3.T
	inner http.Handler
	mu    sync.Mutex
	calls []string
	posts [][]byte
}

func newContract(t *testing.T) *contract {
	t.Helper()
	dir := filepath.Join(shared(t), "specs", "setu")
	loader := openapi3.NewLoader()
	loader.IsExternalRefsAllowed = true
	// The document refers to the messages' schemas where the standard publishes them;
	// they are read from the copies beside it, and nothing from elsewhere.
	loader.ReadFromURIFunc = func(_ *openapi3.Loader, at *url.URL) ([]byte, error) {
		name := filepath.Base(at.Path)
		if at.Host != "" {
			name = strings.TrimSuffix(name, ".yml") + ".v2.yml"
		}
		return os.ReadFile(filepath.Join(dir, name))
	}
	doc, err := loader.LoadFromFile(filepath.Join(dir, "purchase-to-pay.yml"))
	if err != nil {
		t.Fatal(err)
	}
	return &contract{t: t, doc: doc}
}

// ServeHTTP implements http.Handler.
func (c *contract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/setu")
	kind, id := "/"+strings.Trim(filepath.Dir(path), "/")+"/{id}", filepath.Base(path)
	item := c.doc.Paths.Value(kind)
	if item == nil {
		c.inner.ServeHTTP(w, r)
		return
	}
	what := r.Method + " " + kind
	route := &routers.Route{Spec: c.doc, Path: kind, PathItem: item, Method: r.Method, Operation: item.GetOperation(r.Method)}
	body, err := io.ReadAll(r.Body)
	if err != nil || route.Operation == nil {
		c.t.Fatalf("%s: the document has no such call (%v)", what, err)
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
	in := &openapi3filter.RequestValidationInput{Request: r.Clone(r.Context()), PathParams: map[string]string{"id": id}, QueryParams: r.URL.Query(), Route: route, Options: options}
	in.Request.Body = io.NopCloser(bytes.NewReader(body))
	if err := openapi3filter.ValidateRequest(r.Context(), in); err != nil {
		c.t.Errorf("%s: %v\n%s", what, err, body)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	got := httptest.NewRecorder()
	c.inner.ServeHTTP(got, r)
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: got.Code, Header: got.Header(),
		Body: io.NopCloser(bytes.NewReader(got.Body.Bytes())), Options: options})
	if err != nil {
		c.t.Errorf("%s: the simulator's answer: %v\n%s", what, err, got.Body)
	}
	c.mu.Lock()
	c.calls = append(c.calls, what)
	if r.Method == http.MethodPost {
		c.posts = append(c.posts, body)
	}
	c.mu.Unlock()
	for name, values := range got.Header() {
		w.Header()[name] = values
	}
	w.WriteHeader(got.Code)
	_, _ = w.Write(got.Body.Bytes()) // the caller may be gone
}

func TestEveryCallFitsTheStandardsDocument(t *testing.T) {
	c := newContract(t)
	o := setup(t, sandbox.Options{}, func(next http.Handler) http.Handler { c.inner = next; return c }, nil)
	ctx := context.Background()
	if _, err := o.conn.Check(ctx); err != nil {
		t.Fatal(err)
	}
	src, _ := o.conn.(staffing.PlacementSource) // it is one
	rec, err := o.sink().Submit(ctx, submission(t, o.job(), "W-1"))
	o.must(err)
	bare := staffing.SubmissionRequest{Key: "k", RequisitionID: o.job(), Fields: json.RawMessage(`{"name":"Ada Grey","worker_id":"W-2"}`)}
	_, err = o.sink().Submit(ctx, bare)
	o.must(err)
	_, err = o.sink().FindSubmission(ctx, bare)
	o.must(err)
	o.client.Assign(rec.ID, o.job(), "W-1")
	_, err = src.Placement(ctx, staffing.SubmissionRef{ID: rec.ID})
	o.must(err)
	for _, want := range []string{"GET /purchase-to-pay/human-resource/{id}", "POST /purchase-to-pay/human-resource/{id}", "GET /purchase-to-pay/assignment/{id}"} {
		if !slices.Contains(c.calls, want) {
			t.Errorf("%s was not made", want)
		}
	}
	schema := v2Schema(t, "HumanResource.v2.yml")
	for _, body := range c.posts {
		valid(t, schema, body)
	}
	if len(c.posts) != 2 {
		t.Errorf("%d offers were posted", len(c.posts))
	}
}

// v2Schema compiles one of the standard's own message schemas.
func v2Schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(shared(t), "specs", "setu", name))
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	plain, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(plain))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name, v); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(name)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func valid(t *testing.T, schema *jsonschema.Schema, body []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(v); err != nil {
		t.Errorf("%v\n%s", err, body)
	}
}

// What the simulated client sends is the standard's too, so that reading it proves
// something.
func TestTheSimulatedClientSpeaksTheStandard(t *testing.T) {
	for name, messages := range map[string][]any{
		"StaffingOrder.v2.yml": {sandbox.Order{ID: "RFQ1"}.JSON(), sandbox.Order{ID: "PO1", Offer: "x"}.JSON()},
		"Assignment.v2.yml":    {sandbox.Assignment("a", "RFQ1", "W-1")},
	} {
		schema := v2Schema(t, name)
		for _, m := range messages {
			_, body := sandbox.Push(m)
			valid(t, schema, body)
		}
	}
}
