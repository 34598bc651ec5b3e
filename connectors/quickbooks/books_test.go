package quickbooks_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors/quickbooks"
	sandbox "github.com/tributary-hub/tributary/sandbox/quickbooks"
	"github.com/tributary-hub/tributary/staffing"
)

// byHand is an estimate of finance's own.
func byHand(t *testing.T, company *sandbox.Server, date, note string) string {
	t.Helper()
	id, err := company.MakeByHand(map[string]any{"TxnDate": date, "TxnStatus": "Pending", "PrivateNote": note, "CustomerRef": map[string]any{"value": "66"},
		"Line": []any{map[string]any{"DetailType": "SalesItemLineDetail", "Amount": json.Number("5"), "SalesItemLineDetail": map[string]any{
			"ItemRef": map[string]any{"value": "21"}, "Qty": json.Number("1"), "UnitPrice": json.Number("5")}}}})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// listed reads all pages and counts them.
func listed(t *testing.T, c *quickbooks.Connector, from, to staffing.Date) (out []staffing.BillingRecord, pages int) {
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

func TestManyEstimatesComePageByPageEachOnce(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	for n := range 230 {
		byHand(t, company, fmt.Sprintf("2026-11-%02d", 1+n%30), "")
	}
	list, pages := listed(t, open(t, company, nil), "2026-11-01", "2026-11-30")
	seen := map[string]bool{}
	for _, r := range list {
		seen[r.ID] = true
	}
	if len(list) != 230 || len(seen) != 230 || pages != 3 {
		t.Errorf("%d estimates, %d of them different, on %d pages", len(list), len(seen), pages)
	}
}

func TestEstimatesOfOthersAreListedWithoutAKey(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	c := open(t, company, nil)
	rec := put(t, c, request(splitBill(key)))
	gone := put(t, c, request(splitBill("a-deleted-one")))
	company.Change(gone.ID, nil)
	company.Change(rec.ID, map[string]any{"PrivateNote": "Checked.\nTributary reference: " + key + ", see mail of Dec 2\nBob"})
	byHand(t, company, "2026-11-30", "")                                    // the day before
	bare := byHand(t, company, "2026-12-01", "")                            // by hand
	copied := byHand(t, company, "2026-12-01", "Tributary reference: "+key) // a copy of ours: another number
	list, _ := listed(t, c, "2026-12-01", "2026-12-01")
	keys := map[string]string{}
	for _, r := range list {
		keys[r.ID] = r.Key
	}
	if len(list) != 3 || keys[rec.ID] != key || keys[bare] != "" || keys[copied] != "" {
		t.Errorf("%+v", list)
	}
	found, err := c.FindBilling(t.Context(), key)
	if err != nil || list[0].ID != found.ID || list[0].Extra["untaxed"] != found.Extra["untaxed"] || list[0].Extra["state"] != "Pending" || len(list[0].Extra) != len(found.Extra) {
		t.Errorf("the list has %+v, FindBilling %+v %v", list[0].Receipt, found, err)
	}
}

func TestAListNeedsDatesAndACursorOfItsOwn(t *testing.T) {
	t.Parallel()
	c := open(t, sandbox.New(sandbox.Options{}), nil)
	for _, cursor := range []string{"0", "-1", "x", "1 maxresults 9", " 2", "99999999999999999999"} {
		_, err := c.ListBilling(t.Context(), "2026-12-01", "2026-12-01", cursor)
		refusedFor(t, "the cursor "+cursor, err, staffing.Invalid, "cursor", "begin without one")
	}
	_, err := c.ListBilling(t.Context(), "2026-12-01", "2026-12-01' and Id = '5", "")
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
	company.Add("Customer", map[string]any{"Id": "80", "DisplayName": "100% Care", "Active": true})
	company.Add("Customer", map[string]any{"Id": "81", "DisplayName": "1000 Carers", "Active": true})
	company.Add("Customer", map[string]any{"Id": "82", "DisplayName": `A\B`, "Active": true})
	company.Add("Customer", map[string]any{"Id": "83", "DisplayName": "North", "FullyQualifiedName": "Acme Corp.:North", "Active": true})
	company.Add("Item", map[string]any{"Id": "30", "Name": "Staff", "FullyQualifiedName": "Staff", "Active": true, "Type": "Category"})
	company.Add("Item", map[string]any{"Id": "31", "Name": "Nurse", "FullyQualifiedName": "Staff:Nurse", "Active": true, "Type": "Service"})
	company.Add("Item", map[string]any{"Id": "32", "Name": "Nurse", "FullyQualifiedName": "Old:Nurse", "Active": false, "Type": "Service"})
	c := open(t, company, nil)
	for _, tc := range []struct {
		noun       staffing.BookNoun
		text, want string
	}{
		{staffing.BookCustomer, "acme", "Acme Corp.=Acme Corp."},
		{staffing.BookCustomer, "o'b", "O'Brien & Söhne=O'Brien & Söhne"},
		{staffing.BookCustomer, "0%", "100% Care=100% Care"},
		{staffing.BookCustomer, "%", "100% Care=100% Care"},
		{staffing.BookCustomer, "_", ""},
		{staffing.BookCustomer, `\`, `A\B=A\B`},
		{staffing.BookCustomer, "old client", ""},
		{staffing.BookCustomer, "Acme Corp.:North", "North=Acme Corp.:North"},
		{staffing.BookCustomer, "' or Active = false", ""},
		{staffing.BookItem, "nurse", "31=Staff:Nurse"},
		{staffing.BookItem, "22", "22=Placement fee"},
		{staffing.BookItem, "32", ""},
		{staffing.BookItem, "", "22=Placement fee;31=Staff:Nurse;21=Temporary staff"},
	} {
		got, err := c.SearchBooks(t.Context(), tc.noun, tc.text)
		if err != nil || names(got) != tc.want {
			t.Errorf("%s %q: %q %v, want %q", tc.noun, tc.text, names(got), err, tc.want)
		}
	}
	_, err := c.SearchBooks(t.Context(), "vendor", "x")
	refusedFor(t, "another noun", err, staffing.Invalid, "noun", "customers and for items")
}

// TestASearchGoesOnBehindWhatCannotBeSold: the first two pages are categories.
func TestASearchGoesOnBehindWhatCannotBeSold(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	for n := range 250 {
		kind := "Category"
		if n >= 210 {
			kind = "Service"
		}
		company.Add("Item", map[string]any{"Id": fmt.Sprint(2000 + n), "Name": fmt.Sprintf("Ward %03d", n), "Active": true, "Type": kind})
	}
	got, err := open(t, company, nil).SearchBooks(t.Context(), staffing.BookItem, "ward")
	if err != nil || len(got) != staffing.MostBookEntries || got[0].Name != "Ward 210" || !slices.IsSortedFunc(got, func(a, b staffing.BookEntry) int { return strings.Compare(a.Name, b.Name) }) {
		t.Errorf("%s %v", names(got), err)
	}
}

func TestABillSellsTheItemThatItNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ fields, item, sold string }{
		{`{}`, "22", "22"}, {`{"item":"Temporary staff"}`, "22", "21"}, {`{}`, "Placement fee", "22"}, {`{}`, "", "21"},
	} {
		handler, sent := spied(sandbox.New(sandbox.Options{}))
		req := request(splitBill(key))
		req.Bill.Item, req.Fields = tc.item, json.RawMessage(tc.fields)
		put(t, open(t, handler, nil), req)
		if body, _ := sent(); strings.Count(body, `"ItemRef":{"value":"`+tc.sold+`"}`) != 2 {
			t.Errorf("%+v: %s", tc, body)
		}
	}
	req := request(splitBill(key))
	req.Bill.Item = "99"
	_, err := open(t, sandbox.New(sandbox.Options{}), nil).PutBilling(t.Context(), req)
	refusedFor(t, "an item that is not there", err, staffing.Invalid, "item", "99")
}

// TestTheClientsCodeIsADisplayNameAndNeverAnID: a number of another kind may be the
// same as the id of another customer.
func TestTheClientsCodeIsADisplayNameAndNeverAnID(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ code, name, to string }{
		{"O'Brien & Söhne", "Acme Corp.", "67"}, {"66", "O'Brien & Söhne", "67"}, {"", "O'Brien & Söhne", "67"}, {"O'Brien & Söhne", "", "67"},
	} {
		handler, sent := spied(sandbox.New(sandbox.Options{}))
		req := request(splitBill(key))
		req.Bill.ClientCode, req.Bill.ClientName = tc.code, tc.name
		put(t, open(t, handler, nil), req)
		if body, _ := sent(); !strings.Contains(body, `"CustomerRef":{"value":"`+tc.to+`"}`) {
			t.Errorf("%+v: %s", tc, body)
		}
	}
	req := request(splitBill(key))
	req.Bill.ClientCode, req.Bill.ClientName = "66", "Nobody"
	_, err := open(t, sandbox.New(sandbox.Options{}), nil).PutBilling(t.Context(), req)
	refusedFor(t, "neither", err, staffing.Invalid, "customer", "66 or Nobody")
}

// TestTheSimulatorKnowsTheQueryLanguage as QuickBooks describes it: AND only, % only,
// 100 rows unless a number is given, at most 1000.
func TestTheSimulatorKnowsTheQueryLanguage(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	base := serve(t, company)
	token := signIn(t, base)
	for q, want := range map[string]int{
		"select * from Customer":                                                    2,
		"SELECT * FROM Customer WHERE Active IN (true, false)":                      3,
		"select * from Customer where Id in ('66', '68') and Active = true":         1,
		"select * from Customer where DisplayName like '%BRIEN%'":                   1,
		"select * from Customer where DisplayName like 'Br_en%'":                    0,
		"select * from Customer orderby DisplayName desc startposition 2":           1,
		"select * from Customer where DisplayName > 'b' maxresults 1":               1,
		"select * from Customer where DisplayName = 'Acme Corp.' or Id = '67'":      -1,
		"select * from Customer where DisplayName = 'O'Brien & Söhne'":              -1,
		"select * from Customer maxresults 1001":                                    -1,
		"select * from Customer startposition 0":                                    -1,
		"select Id from Customer":                                                   -1,
		"select * from Customer where (Active = true)":                              -1,
		"select * from Customer where DisplayName = 'O\\'Brien & Söhne' maxresults": -1,
	} {
		got := ask(t, base, token, q)
		if got != want {
			t.Errorf("%s gives %d, want %d", q, got, want)
		}
	}
}

func signIn(t *testing.T, base string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/oauth2/v1/tokens/bearer", strings.NewReader("grant_type=refresh_token&refresh_token=sandbox-refresh"))
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("sandbox-client", "sandbox-secret")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	var out struct {
		Access string `json:"access_token"`
	}
	answerTo(t, req, &out)
	return out.Access
}

// ask counts the customers that a query gives; -1: it was refused.
func ask(t *testing.T, base, token, q string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/v3/company/"+sandbox.Realm+"/query", nil)
	if err != nil {
		t.Fatal(err)
	}
	v := req.URL.Query()
	v.Set("query", q)
	v.Set("minorversion", "75")
	req.URL.RawQuery = v.Encode()
	req.Header.Set("Authorization", "Bearer "+token)
	var out struct{ QueryResponse *struct{ Customer []any } }
	answerTo(t, req, &out)
	if out.QueryResponse == nil {
		return -1
	}
	return len(out.QueryResponse.Customer)
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
