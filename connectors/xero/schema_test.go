package xero_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	sandbox "github.com/tributary-hub/tributary/sandbox/xero"
	"github.com/tributary-hub/tributary/staffing"
)

// vendorContract stands before the simulator and holds every request and every answer
// against Xero's own OpenAPI document. Nothing is excepted.
type vendorContract struct {
	t     *testing.T
	doc   *openapi3.T
	inner http.Handler
	mu    sync.Mutex
	seen  map[string]bool
}

func newContract(t *testing.T, inner http.Handler) *vendorContract {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(shared(t), "specs", "xero", "xero_accounting.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return &vendorContract{t: t, doc: doc, inner: inner, seen: map[string]bool{}}
}

// route finds the path of the document; its variables stand at the end only.
func (v *vendorContract) route(r *http.Request, path string) (*routers.Route, map[string]string) {
	for pattern, item := range v.doc.Paths.Map() {
		op := item.GetOperation(r.Method)
		head, name, isVariable := strings.Cut(pattern, "{")
		tail, begins := strings.CutPrefix(path, head)
		params := map[string]string{}
		switch {
		case op == nil, !isVariable && pattern != path, isVariable && (!begins || strings.Contains(tail+name, "/")):
			continue
		case isVariable:
			params[strings.TrimSuffix(name, "}")] = tail
		}
		return &routers.Route{Spec: v.doc, Path: pattern, PathItem: item, Method: r.Method, Operation: op}, params
	}
	return nil, nil
}

// ServeHTTP implements http.Handler.
func (v *vendorContract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, api := strings.CutPrefix(r.URL.Path, "/api.xro/2.0")
	if !api { // the sign-in is not part of the document
		v.inner.ServeHTTP(w, r)
		return
	}
	what := r.Method + " " + path
	route, params := v.route(r, path)
	if route == nil {
		v.t.Errorf("%s: the document has no such call", what)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		v.t.Error(err)
	}
	options := &openapi3filter.Options{IncludeResponseStatus: true, SkipSettingDefaults: true, AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}
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
	v.knowsEveryKey(what, route, body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	got := httptest.NewRecorder()
	v.inner.ServeHTTP(got, r)
	err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: got.Code, Header: got.Header(),
		Body: io.NopCloser(bytes.NewReader(got.Body.Bytes())), Options: options})
	if err != nil {
		v.t.Errorf("%s: the simulator's answer: %v\n%s", what, err, got.Body)
	}
	v.mu.Lock()
	v.seen[r.Method+" "+route.Path] = true
	v.mu.Unlock()
	for k, values := range got.Header() {
		w.Header()[k] = values
	}
	w.WriteHeader(got.Code)
	_, _ = w.Write(got.Body.Bytes()) // the test would see it missing
}

// TestEveryCallFitsTheVendorsDocument goes through all that the connector does.
func TestEveryCallFitsTheVendorsDocument(t *testing.T) {
	t.Parallel()
	contract := newContract(t, sandbox.New(sandbox.Options{}))
	c := open(t, contract, nil)
	if report, err := c.Check(t.Context()); err != nil || !report.OK() {
		t.Fatalf("%+v %v", report, err)
	}
	if _, err := c.Fields(t.Context()); err != nil {
		t.Fatal(err)
	}
	full := []byte(`{"contact":"10000000-0000-4000-8000-000000000001","account_code":"200","item_code":"TEMP-HOUR","tax_type":"NONE","cost_centre":"CC-4100","reference":"PO-9","description":"Week 49","due_days":30}`)
	for i, b := range []staffing.Bill{splitBill("k-1"), credited("k-2")} {
		for _, raw := range [][]byte{nil, full} {
			req := staffing.BillingRequest{Key: b.Reference + "-" + string(rune('a'+len(raw)%7)), Bill: b, Fields: raw}
			if _, err := c.PutBilling(t.Context(), req); err != nil {
				t.Fatalf("bill %d: %v", i, err)
			}
			if _, err := c.FindBilling(t.Context(), req.Key); err != nil {
				t.Fatalf("bill %d: %v", i, err)
			}
		}
	}
	if got, _ := list(t, c, "2026-12-01", "2026-12-01"); len(got) != 4 {
		t.Fatalf("%d documents are listed, want 4", len(got))
	}
	for _, text := range []string{"", "acme", acme} {
		codes(t, c, staffing.BookCustomer, text)
		codes(t, c, staffing.BookItem, text)
	}
	for _, call := range []string{"GET /Organisation", "GET /Invoices", "GET /Invoices/{InvoiceID}", "PUT /Invoices", "GET /CreditNotes", "GET /CreditNotes/{CreditNoteID}", "PUT /CreditNotes",
		"GET /Contacts", "GET /Accounts", "GET /Items", "GET /TaxRates", "GET /TrackingCategories"} {
		if !contract.seen[call] {
			t.Errorf("%s was not made, so it was not held against the document", call)
		}
	}
}
