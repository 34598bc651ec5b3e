package businesscentral_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	sandbox "github.com/tributary-hub/tributary/sandbox/businesscentral"
	"github.com/tributary-hub/tributary/staffing"
)

// news are what v2.0 has and the contract of v1.0 has not: Microsoft publishes an
// OpenAPI document for v1.0 only. Each stands on v2.0's resource pages.
func news() map[string]string {
	return map[string]string{
		"postingDate":       "salesInvoice and salesCreditMemo, property postingDate",
		"lineObjectNumber":  "salesInvoiceLine, property lineObjectNumber; v1.0 has lineDetails",
		"unitOfMeasureCode": "salesInvoiceLine, property unitOfMeasureCode; v1.0 has unitOfMeasure",
		"dimensionSetLines": "salesInvoiceLine, navigation dimensionSetLines; v1.0 has none on a line",
		"$orderby":          "OData's own query option, which the document leaves out of every list",
		"$schemaversion":    "Using filter expressions in OData URIs, nested function calls",
	}
}

// contract stands before the simulator and holds every call against the document:
// path, method, query options, and the names, kinds and lengths of a body. Dates are
// not held: v1.0's document calls them date-time, v2.0's pages call them date.
type contract struct {
	t     *testing.T
	doc   *openapi3.T
	inner http.Handler
	mu    sync.Mutex
	seen  map[string]bool
	used  map[string]bool // of news
}

var key36 = regexp.MustCompile(`\([0-9a-f-]{36}\)`)

// ServeHTTP implements http.Handler.
func (c *contract) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, path, api := strings.Cut(r.URL.Path, "/api/v2.0")
	if !api { // the sign-in is not part of the document
		c.inner.ServeHTTP(w, r)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	what := r.Method + " " + key36.ReplaceAllString(path, "()")
	op := c.operation(r.Method, key36.ReplaceAllString(path, "()"))
	if op == nil {
		c.t.Errorf("%s: the document has no such call", what)
		return
	}
	c.seen[what] = true
	for name := range r.URL.Query() {
		if op.Parameters.GetByInAndName("query", name) == nil && news()[name] != "" {
			c.used[name] = true
		} else if op.Parameters.GetByInAndName("query", name) == nil {
			c.t.Errorf("%s: the document has no query option %s", what, name)
		}
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		c.t.Error(err)
	}
	if len(body) > 0 {
		var v any
		if err := json.Unmarshal(body, &v); err != nil {
			c.t.Error(err)
		}
		// The entity's own schema has its lines too: the document describes no deep insert.
		entity := strings.TrimSuffix(path[strings.LastIndex(path, "/")+1:], "s")
		c.fits(what, c.doc.Components.Schemas[entity], v)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c.inner.ServeHTTP(w, r)
}

var variable = regexp.MustCompile(`\(\{\w+\}\)`)

func (c *contract) operation(method, path string) *openapi3.Operation {
	for pattern, item := range c.doc.Paths.Map() {
		if variable.ReplaceAllString(pattern, "()") == path {
			return item.GetOperation(method)
		}
	}
	return nil
}

func (c *contract) fits(where string, s *openapi3.SchemaRef, v any) {
	switch v := v.(type) {
	case map[string]any:
		for k, inner := range v {
			if p := s.Value.Properties[k]; p != nil {
				c.fits(where+"."+k, p, inner)
			} else if news()[k] != "" {
				c.used[k] = true
			} else {
				c.t.Errorf("%s: the document has no %s", where, k)
			}
		}
	case []any:
		for _, e := range v {
			c.fits(where, s.Value.Items, e)
		}
	case string:
		if !s.Value.Type.Is("string") || s.Value.MaxLength != nil && uint64(len([]rune(v))) > *s.Value.MaxLength {
			c.t.Errorf("%s: %q is no text of the document's length", where, v)
		}
	case float64:
		if !s.Value.Type.Is("number") {
			c.t.Errorf("%s: %v is a number", where, v)
		}
	default:
		c.t.Errorf("%s: %v", where, v)
	}
}

// TestEveryCallFitsTheVendorsDocument goes through all that the connector does.
func TestEveryCallFitsTheVendorsDocument(t *testing.T) {
	t.Parallel()
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(shared(t), "specs", "business-central", "BCOAS1.0.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	held := &contract{t: t, doc: doc, inner: sandbox.New(sandbox.Options{}), seen: map[string]bool{}, used: map[string]bool{}}
	c := open(t, held, nil)
	if report, err := c.Check(t.Context()); err != nil || !report.OK() {
		t.Fatalf("%+v %v", report, err)
	}
	if _, err := c.Fields(t.Context()); err != nil {
		t.Fatal(err)
	}
	long := `{"customer":"O'Brien Ltd","line_type":"Item","line_number":"TEMP-HOUR","unit":"HOUR","cost_centre":"CC-4100","purchase_order":"` + strings.Repeat("9", 35) + `","description":"` + strings.Repeat("Week ", 40) + `"}`
	for i, b := range []staffing.Bill{splitBill("k-1"), credited("k-2"), splitBill("k-3"), credited("k-4")} {
		req := staffing.BillingRequest{Key: b.Reference, Bill: b}
		if i > 1 {
			req.Fields = json.RawMessage(long)
		}
		put(t, c, req)
		if _, err := c.FindBilling(t.Context(), req.Key); err != nil {
			t.Fatal(err)
		}
	}
	if list, _ := listed(t, c, "2026-12-01", "2026-12-01"); len(list) != 4 {
		t.Errorf("%d documents are listed", len(list))
	}
	for _, noun := range []staffing.BookNoun{staffing.BookCustomer, staffing.BookItem} {
		if _, err := c.SearchBooks(t.Context(), noun, "40"); err != nil {
			t.Error(err)
		}
	}
	for _, call := range []string{"GET /companies()", "GET /companies()/salesInvoices", "POST /companies()/salesInvoices", "GET /companies()/salesInvoices()", "GET /companies()/salesCreditMemos",
		"POST /companies()/salesCreditMemos", "GET /companies()/salesCreditMemos()", "GET /companies()/customers", "GET /companies()/accounts", "GET /companies()/items", "GET /companies()/dimensions",
		"GET /companies()/dimensions()/dimensionValues"} {
		if !held.seen[call] {
			t.Errorf("%s was not made, so it was not held against the document", call)
		}
	}
	for name := range news() {
		if !held.used[name] {
			t.Errorf("%s is excepted and not used", name)
		}
	}
	for call := range held.seen {
		if strings.Contains(call, "Microsoft.NAV") {
			t.Errorf("%s: the connector must never post", call)
		}
	}
}
