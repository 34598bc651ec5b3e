package businesscentral_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/businesscentral"
	sandbox "github.com/tributary-hub/tributary/sandbox/businesscentral"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	invoices = "salesInvoices"
	credits  = "salesCreditMemos"
)

// byHand is a document of finance's own.
func byHand(t *testing.T, company *sandbox.Server, list, date, external string) string {
	t.Helper()
	day, lines := "invoiceDate", "salesInvoiceLines"
	if list == credits {
		day, lines = "creditMemoDate", "salesCreditMemoLines"
	}
	id, err := company.MakeByHand(list, map[string]any{day: date, "postingDate": date, "customerNumber": "ACME", "currencyCode": "USD", "externalDocumentNumber": external,
		lines: []any{map[string]any{"lineType": "Account", "lineObjectNumber": "40100", "quantity": json.Number("1"), "unitPrice": json.Number("5")}}})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// listed reads all pages and counts them.
func listed(t *testing.T, c *businesscentral.Connector, from, to staffing.Date) (out []staffing.BillingRecord, pages int) {
	t.Helper()
	for cursor := ""; ; pages++ {
		page, err := c.ListBilling(t.Context(), from, to, cursor)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, page.Records...)
		if cursor = page.Next; cursor == "" {
			return out, pages + 1
		}
	}
}

// TestManyDocumentsComePageByPageEachOnce also where the server holds fewer on a page
// than were asked for, and says so by a link only.
func TestManyDocumentsComePageByPageEachOnce(t *testing.T) {
	t.Parallel()
	for size, wanted := range map[int]int{0: 3 + 2, 40: 6 + 3} {
		company := sandbox.New(sandbox.Options{PageSize: size})
		for n := range 230 {
			byHand(t, company, invoices, fmt.Sprintf("2026-11-%02d", 1+n%30), "")
		}
		for n := range 110 {
			byHand(t, company, credits, fmt.Sprintf("2026-11-%02d", 1+n%30), "")
		}
		list, pages := listed(t, open(t, company, nil), "2026-11-01", "2026-11-30")
		seen := map[string]bool{}
		for _, r := range list {
			seen[r.ID] = true
		}
		if len(list) != 340 || len(seen) != 340 || pages != wanted {
			t.Errorf("page size %d: %d documents, %d of them different, on %d pages", size, len(list), len(seen), pages)
		}
	}
}

func TestDocumentsOfOthersAreListedWithoutAKey(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	c := open(t, company, nil)
	rec := put(t, c, request(splitBill(key)))
	back := put(t, c, request(credited("3f2b8c1e-90aa-4b52-8f0e-5d9a7b61c002")))
	gone := put(t, c, request(splitBill("3f2b8c1e-90aa-4b52-8f0e-5d9a7b61c003")))
	company.Change(gone.ID, map[string]any{"status": "Canceled"})
	company.Change(byHand(t, company, credits, "2026-12-01", gone.Extra["reference"]), map[string]any{"status": "Corrective"})
	company.Change(byHand(t, company, invoices, "2026-12-01", ""), nil)
	company.Change(rec.ID, map[string]any{"status": "Open", "number": "P-1"})
	byHand(t, company, invoices, "2026-11-30", "") // the day before
	hands := []string{byHand(t, company, invoices, "2026-12-01", ""), byHand(t, company, invoices, "2026-12-01", "TRB-SOMETHING"), byHand(t, company, credits, "2026-12-01", "TRB-"+strings.Repeat("7", 26))}
	list, _ := listed(t, c, "2026-12-01", "2026-12-01")
	keys := map[string]string{}
	for _, r := range list {
		keys[r.ID] = r.Key
		if found, err := c.FindBilling(t.Context(), key); r.ID == rec.ID && (err != nil || r.Number != "P-1" || found.URL != r.URL || len(found.Extra) != len(r.Extra) || found.Extra["total"] != r.Extra["total"] || r.Extra["state"] != "Open") {
			t.Errorf("the list has %+v, FindBilling %+v %v", r, found, err)
		}
	}
	if len(list) != 5 || keys[rec.ID] != key || keys[back.ID] != "3f2b8c1e-90aa-4b52-8f0e-5d9a7b61c002" {
		t.Errorf("%+v", list)
	}
	for _, id := range hands {
		if k, there := keys[id]; !there || k != "" {
			t.Errorf("%s of finance's own: listed %v with key %q", id, there, k)
		}
	}
	if _, err := c.FindBilling(t.Context(), "3f2b8c1e-90aa-4b52-8f0e-5d9a7b61c003"); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("a cancelled invoice and what cancels it are found: %v", err)
	}
}

// TestADraftWithANumberOfTheOlderFormIsNotMadeTwice: until the books were listed, the
// number was made of a sum of the key.
func TestADraftWithANumberOfTheOlderFormIsNotMadeTwice(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	c := open(t, company, nil)
	rec := put(t, c, request(splitBill(key)))
	company.Change(rec.ID, map[string]any{"externalDocumentNumber": "TRB-F2BU5SFWQ3C2H7IP"})
	again := put(t, c, request(splitBill(key)))
	if again.ID != rec.ID || !again.Existed || len(company.Documents()) != 1 {
		t.Errorf("%+v, %d documents", again, len(company.Documents()))
	}
}

func TestAListNeedsDatesAndACursorOfItsOwn(t *testing.T) {
	t.Parallel()
	c := open(t, sandbox.New(sandbox.Options{}), nil)
	for _, cursor := range []string{"0", "salesInvoices", "salesInvoices/-1", "salesInvoices/x", "customers/0", "salesInvoices/ 1", "https://elsewhere.example/0"} {
		_, err := c.ListBilling(t.Context(), "2026-12-01", "2026-12-01", cursor)
		refusedFor(t, "the cursor "+cursor, err, staffing.Invalid, "cursor", "begin without one")
	}
	_, err := c.ListBilling(t.Context(), "2026-12-01 or number eq '1'", "2026-12-01", "")
	refusedFor(t, "a date that is none", err, staffing.Invalid, "date", "from a date")
}

func names(list []staffing.BookEntry) string {
	var out []string
	for _, e := range list {
		out = append(out, e.Code+"="+e.Name)
	}
	return strings.Join(out, ";")
}

func TestASearchFindsWhatABillMayName(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	company.Add("customers", map[string]any{"number": "C00090", "displayName": "Zürich & Co (50%)", "blocked": "_x0020_"})
	company.Add("customers", map[string]any{"number": "C00091", "displayName": "Not invoiced", "blocked": "Invoice"})
	company.Add("accounts", map[string]any{"number": "40000", "displayName": "Staff income", "accountType": "Heading", "blocked": false})
	company.Add("accounts", map[string]any{"number": "40300", "displayName": "Staff, posted by others", "accountType": "Posting", "directPosting": false, "blocked": false})
	accounts, items := open(t, company, nil), open(t, company, connectors.Settings{"line_type": "Item"})
	for _, tc := range []struct {
		c          *businesscentral.Connector
		noun       staffing.BookNoun
		text, want string
	}{
		{accounts, staffing.BookCustomer, "acme", "ACME=Acme Corp."},
		{accounts, staffing.BookCustomer, "o'b", "C00020=O'Brien Ltd"},
		{accounts, staffing.BookCustomer, "c000", "C00020=O'Brien Ltd;C00090=Zürich & Co (50%)"},
		{accounts, staffing.BookCustomer, "ZÜRICH & co (", "C00090=Zürich & Co (50%)"},
		{accounts, staffing.BookCustomer, "*", ""},
		{accounts, staffing.BookCustomer, "old", ""},
		{accounts, staffing.BookCustomer, "') or contains(number,'", ""},
		{accounts, staffing.BookCustomer, strings.Repeat("x", 101), ""},
		{accounts, staffing.BookCustomer, "", "ACME=Acme Corp.;C00020=O'Brien Ltd;C00090=Zürich & Co (50%)"},
		{accounts, staffing.BookItem, "staff", "40100=Temporary staff"},
		{accounts, staffing.BookItem, "402", "40200=Placement fees"},
		{items, staffing.BookItem, "hour", "TEMP-HOUR=Temporary staff, hour"},
	} {
		got, err := tc.c.SearchBooks(t.Context(), tc.noun, tc.text)
		if err != nil || names(got) != tc.want {
			t.Errorf("%s %q: %q %v, want %q", tc.noun, tc.text, names(got), err, tc.want)
		}
	}
	_, err := open(t, company, connectors.Settings{"line_type": "Resource"}).SearchBooks(t.Context(), staffing.BookItem, "nurse")
	refusedFor(t, "resources", err, staffing.Invalid, "noun", "lists no resources")
	_, err = accounts.SearchBooks(t.Context(), "vendor", "x")
	refusedFor(t, "another noun", err, staffing.Invalid, "noun", "customers and for items")
}

// TestASearchGoesOnBehindWhatIsBlocked: the first two pages are blocked customers.
func TestASearchGoesOnBehindWhatIsBlocked(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	for n := range 250 {
		blocked := "All"
		if n >= 210 {
			blocked = "_x0020_"
		}
		company.Add("customers", map[string]any{"number": fmt.Sprintf("W%d", 1000-n), "displayName": fmt.Sprintf("Ward %03d", n), "blocked": blocked})
	}
	got, err := open(t, company, nil).SearchBooks(t.Context(), staffing.BookCustomer, "ward")
	if err != nil || len(got) != staffing.MostBookEntries || got[0].Name != "Ward 210" || got[19].Name != "Ward 229" {
		t.Errorf("%s %v", names(got), err)
	}
}

func TestABillSellsTheItemThatItNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ fields, item, sold string }{
		{`{}`, "40200", "40200"}, {`{"line_number":"40100"}`, "40200", "40100"}, {`{}`, "", "40100"},
	} {
		company := sandbox.New(sandbox.Options{})
		req := request(splitBill(key))
		req.Bill.Item, req.Fields = tc.item, json.RawMessage(tc.fields)
		put(t, open(t, company, nil), req)
		said, err := json.Marshal(company.Documents())
		if err != nil || strings.Count(string(said), `"lineObjectNumber":"`+tc.sold+`"`) != 2 {
			t.Errorf("%+v: %s", tc, said)
		}
	}
	req := request(splitBill(key))
	req.Bill.Item = "40900" // blocked
	_, err := open(t, sandbox.New(sandbox.Options{}), nil).PutBilling(t.Context(), req)
	refusedFor(t, "a blocked account", err, staffing.Invalid, "line_number", "40900")
}

// TestNoCallLeavesTheConnectionsHost, whatever link an answer has.
func TestNoCallLeavesTheConnectionsHost(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	foreign := 0
	other := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { mu.Lock(); foreign++; mu.Unlock() }))
	company := sandbox.New(sandbox.Options{PageSize: 1})
	for range 3 {
		byHand(t, company, invoices, "2026-12-01", "")
	}
	c := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec := httptest.NewRecorder()
		company.ServeHTTP(rec, r)
		w.WriteHeader(rec.Code)
		_, _ = w.Write([]byte(strings.ReplaceAll(rec.Body.String(), "https://"+r.Host, other))) // the caller is gone: nobody to tell
	}), nil)
	if list, _ := listed(t, c, "2026-12-01", "2026-12-01"); len(list) != 3 || foreign != 0 {
		t.Errorf("%d documents, %d calls to another host", len(list), foreign)
	}
}

// TestTheSimulatorKnowsTheFilters as Microsoft describes them: or over one field only,
// functions within functions from schema version 2.1, dates and yes or no without quotes.
func TestTheSimulatorKnowsTheFilters(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	base := serve(t, company)
	byHand(t, company, invoices, "2026-12-01", "X")
	token := signIn(t, base)
	for _, tc := range []struct {
		list, filter, version string
		want                  int
	}{
		{"customers", "number eq 'ACME' or number eq 'OLD'", "", 2},
		{"customers", "number eq 'ACME' or displayName eq 'Old Client'", "", -1},
		{"customers", "(number ge 'A' and number lt 'D') and startswith(displayName, 'O''B')", "", 1},
		{"customers", "contains(displayName,'acme')", "", 0},
		{"customers", "contains(tolower(displayName),'acme')", "", -1},
		{"customers", "contains(tolower(displayName),'acme')", "2.1", 1},
		{"customers", "tolower(displayName) eq 'acme corp.'", "", 1},
		{"customers", "displayName eq 'O'Brien Ltd'", "", -1},
		{"customers", "endswith(displayName,'.'", "", -1},
		{"customers", "name eq 'x'", "", -1},
		{"accounts", "blocked eq true", "", 1},
		{"accounts", "number ne '40100'", "", 2},
		{invoices, "invoiceDate ge 2026-12-01 and invoiceDate le 2026-12-01", "", 1},
		{invoices, "invoiceDate gt 2026-12-01", "", 0},
		{invoices, "invoiceDate ge '2026-12-01'", "", -1},
	} {
		if got := ask(t, base, token, tc.list, url.Values{"$filter": {tc.filter}, "$schemaversion": {tc.version}}); got != tc.want {
			t.Errorf("%s where %s gives %d, want %d", tc.list, tc.filter, got, tc.want)
		}
	}
}

func signIn(t *testing.T, base string) string {
	t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {sandbox.Client}, "client_secret": {"sandbox-secret"}, "scope": {"x/.default"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/"+sandbox.Tenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var out struct {
		Access string `json:"access_token"`
	}
	answerTo(t, req, &out)
	return out.Access
}

// ask counts what a filter finds; -1: it was refused.
func ask(t *testing.T, base, token, list string, q url.Values) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/v2.0/"+sandbox.Tenant+"/"+sandbox.Environment+"/api/v2.0/companies("+sandbox.Company+")/"+list+"?"+q.Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	var out struct{ Value []any }
	answerTo(t, req, &out)
	if out.Value == nil {
		return -1
	}
	return len(out.Value)
}

func answerTo(t *testing.T, req *http.Request, out any) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }() // it was read
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		t.Fatal(err)
	}
}
