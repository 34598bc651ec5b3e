package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/rest"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
)

const booksDocument = `about: The ledger of the tests.
auth: {oauth2: {grant: client_credentials, token_path: /token}}
errors: {message: body.error}
check:
  - {name: invoices, purpose: to read and make draft invoices, call: {path: '"me"'}, account: body.name}
billing:
  require:
    - {test: bill.lines.size() > 0, message: the bill has no line, field: lines}
  steps:
    - name: invoice
      find:
        call: {path: '"invoices"', query: {external_id: key}}
        records: body.data
        match: raw.external_id == key
        result: raw
      call: {method: POST, path: '"invoices"', body: 'merge(fields, {"external_id": key})', duplicate: [409]}
      result: body.data
  receipt: {id: answers.invoice.id, number: answers.invoice.number}
`

// ledger is a system of books, with tokens.
type ledger struct {
	mu       sync.Mutex
	tokens   int
	invoices []map[string]any
}

// ServeHTTP answers the ledger's calls.
func (l *ledger) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	say := func(status int, v any) {
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v) // the caller is gone: nobody to tell
	}
	if r.URL.Path == "/api/token" {
		if id, secret, _ := r.BasicAuth(); id != "hub" || secret != "ledger-secret" {
			say(http.StatusUnauthorized, map[string]string{"error": "invalid_client"})
			return
		}
		l.tokens++
		say(http.StatusOK, map[string]any{"access_token": fmt.Sprintf("ledger-token-%d", l.tokens), "expires_in": 3600})
		return
	}
	if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ledger-token-") {
		say(http.StatusUnauthorized, map[string]string{"error": "no token"})
		return
	}
	l.work(r, say)
}

func (l *ledger) work(r *http.Request, say func(int, any)) {
	switch r.Method + " " + r.URL.Path {
	case "GET /api/me":
		say(http.StatusOK, map[string]string{"name": "Ledger of Acme"})
	case "GET /api/invoices":
		found := []map[string]any{}
		for _, i := range l.invoices {
			if i["external_id"] == r.URL.Query().Get("external_id") {
				found = append(found, i)
			}
		}
		say(http.StatusOK, map[string]any{"data": found})
	case "POST /api/invoices":
		var in map[string]any
		if json.NewDecoder(r.Body).Decode(&in) != nil || in["external_id"] == nil {
			say(http.StatusUnprocessableEntity, map[string]string{"error": "external_id is needed"})
			return
		}
		in["id"], in["number"] = fmt.Sprintf("i%d", len(l.invoices)+1), fmt.Sprintf("R-%d", len(l.invoices)+1)
		l.invoices = append(l.invoices, in)
		say(http.StatusCreated, map[string]any{"data": in})
	default:
		say(http.StatusNotFound, map[string]string{"error": "no such path"})
	}
}

func (l *ledger) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.invoices)
}

func bill(key string) staffing.Bill {
	return staffing.Bill{Reference: key, ClientCode: "ACME", ClientName: "Acme", Currency: "EUR", Date: "2026-12-07", Total: decimal.NewFromInt(3800),
		Lines: []staffing.BillLine{{Description: "Nurse", Quantity: decimal.NewFromInt(40), Unit: staffing.Hour, UnitPrice: decimal.NewFromInt(95), Amount: decimal.NewFromInt(3800)}}}
}

func TestConformanceOfBooks(t *testing.T) {
	connectortest.Run(t, rest.Books(), func(*testing.T) connectortest.Vendor {
		l, keys := &ledger{}, 0
		settings := func(secret string) func(string) connectors.Settings {
			return func(base string) connectors.Settings {
				return connectors.Settings{"base_url": base + "/api", "document": booksDocument, "client_id": "hub", "client_secret": secret}
			}
		}
		return connectortest.Vendor{Handler: l, Settings: settings("ledger-secret"), WrongSecret: settings("another-secret"),
			Billing: func() staffing.BillingRequest {
				keys++
				key := fmt.Sprintf("bill-%d", keys)
				return staffing.BillingRequest{Key: key, Bill: bill(key), Fields: json.RawMessage(`{"reference":"` + key + `","total":"3800"}`)}
			},
			CountBillings: l.count}
	})
}

func TestTheBooksProfileKeepsTheBill(t *testing.T) {
	doc, err := mapping.Parse(rest.Books().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	raw, gaps, err := p.Bill(bill("b1"), staffing.Placement{}, staffing.Client{})
	if err != nil || len(gaps) > 0 || !strings.Contains(string(raw), `"reference":"b1"`) || !strings.Contains(string(raw), `"quantity":"40"`) || !strings.Contains(string(raw), `"status":"draft"`) {
		t.Errorf("%s %+v %v", raw, gaps, err)
	}
}

func TestTheItemOfABillReachesMapAndDocument(t *testing.T) {
	doc, err := mapping.Parse(rest.Books().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	for item, want := range map[string]struct{ mapped, sold string }{"NIGHT": {`"item":"NIGHT"`, "NIGHT"}, "": {"", "TEMP-HOUR"}} {
		b := bill("b1")
		b.Item = item
		raw, gaps, err := p.Bill(b, staffing.Placement{}, staffing.Client{})
		if err != nil || len(gaps) > 0 || !strings.Contains(string(raw), want.mapped) || want.mapped == "" && strings.Contains(string(raw), "item") {
			t.Errorf("%q: the map makes %s %+v %v", item, raw, gaps, err)
		}
		l := &ledger{}
		document := strings.Replace(booksDocument, `{"external_id": key})'`, `{"external_id": key, "sells": first([bill.item, "TEMP-HOUR"])})'`, 1)
		if _, err := openBooks(t, l, document).PutBilling(t.Context(), staffing.BillingRequest{Key: "b1", Bill: b, Fields: raw}); err != nil {
			t.Fatal(err)
		}
		if got := l.invoices[0]["sells"]; got != want.sold {
			t.Errorf("%q: the document sells %v", item, got)
		}
	}
}

// openBooks opens a connection to a ledger by a document.
func openBooks(t *testing.T, l *ledger, document string) staffing.BillingSink {
	t.Helper()
	web := httptest.NewServer(l)
	t.Cleanup(web.Close)
	c, err := rest.Books().Open(connectors.Deps{Tokens: &connectors.MemoryTokens{},
		Settings: connectors.Settings{"base_url": web.URL + "/api", "document": document, "client_id": "hub", "client_secret": "ledger-secret"},
		HTTP:     httpx.New(httpx.Config{AllowHTTP: true, AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})})
	if err != nil {
		t.Fatal(err)
	}
	sink, ok := c.(staffing.BillingSink)
	if !ok {
		t.Fatal("no billing sink")
	}
	return sink
}

func TestADocumentIsForTheRightKind(t *testing.T) {
	for name, tc := range map[string]struct {
		kind   connectors.Kind
		source string
		want   string
	}{
		"books as a client": {rest.Kind(), booksDocument, "connect it as books"},
		"a client as books": {rest.Books(), least, "books have billing"},
		"books that read":   {rest.Books(), booksDocument + least, "books take bills and nothing else"},
		"books found by their amount": {rest.Books(), strings.Replace(booksDocument, "external_id: key}}", "external_id: key, total: bill.total}}", 1),
			"a bill must be found by its key"},
		"books without a test": {rest.Books(), strings.Replace(booksDocument, "check:\n  - {name: invoices, purpose: to read and make draft invoices, call: {path: '\"me\"'}, account: body.name}\n", "", 1), "books need check"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := tc.kind.Spec.Complete(connectors.Settings{"base_url": "https://x.example", "document": tc.source})
			if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("it says %v, want %q", err, tc.want)
			}
		})
	}
}
