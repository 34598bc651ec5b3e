package xero_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors/xero"
	sandbox "github.com/tributary-hub/tributary/sandbox/xero"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	acme   = "10000000-0000-4000-8000-000000000001"
	globex = "10000000-0000-4000-8000-000000000002" // has no account number
	old    = "10000000-0000-4000-8000-000000000003" // is archived
)

// list reads all pages.
func list(t *testing.T, c *xero.Connector, from, to staffing.Date) (out []staffing.BillingRecord, pages int) {
	t.Helper()
	for cursor := ""; ; {
		page, err := c.ListBilling(t.Context(), from, to, cursor)
		if err != nil {
			t.Fatal(err)
		}
		out, pages = append(out, page.Records...), pages+1
		if cursor = page.Next; cursor == "" {
			return out, pages
		}
	}
}

func TestWhatStandsInTheBooksIsListedWhoeverMadeIt(t *testing.T) {
	t.Parallel()
	books := sandbox.New(sandbox.Options{})
	c := open(t, books, nil)
	const day, second = "2026-12-01", "3f2b8c1e-90aa-4b52-8f0e-5d9a7b61c002"
	rec := put(t, c, request(splitBill(key)))
	credit := put(t, c, request(credited(second)))
	for _, status := range []string{"DELETED", "VOIDED"} {
		books.SetStatus(books.Enter(sandbox.HandMade{Type: "ACCREC", Number: "INV-" + status, ContactID: acme, Date: day, Total: "1"}), status)
	}
	for _, h := range []sandbox.HandMade{
		{Type: "ACCPAY", Number: "a supplier's", ContactID: acme, Date: day, Total: "1"},
		{Type: "ACCPAYCREDIT", Number: "a supplier's", ContactID: acme, Date: day, Total: "1"},
		{Type: "ACCREC", Number: "INV-0001", ContactID: globex, Date: day, Total: "250.5"},
		{Type: "ACCREC", Number: "INV-0002", ContactID: old, Date: day, Total: "9"},
		{Type: "ACCREC", Number: "INV-0003", ContactID: acme, Date: "2026-11-30", Total: "9"},
		{Type: "ACCREC", Number: "INV-0004", ContactID: acme, Date: "2026-12-02", Total: "9"},
		{Type: "ACCRECCREDIT", Number: "CN-0001", ContactID: acme, Date: day, Total: "30"},
	} {
		books.Enter(h)
	}
	got, _ := list(t, c, day, day)
	var said []string
	for _, r := range got {
		said = append(said, strings.Join([]string{r.Key, r.Number, r.CustomerCode, r.CustomerName, string(r.Date), r.Extra["type"], r.Extra["total"]}, "|"))
	}
	want := []string{
		key + "|" + key + "|ACME|Acme Corp.|2026-12-01|ACCREC|3806.00",
		"|INV-0001|" + globex + "|Globex|2026-12-01|ACCREC|250.50",
		"|INV-0002|OLD|Old Client|2026-12-01|ACCREC|9.00",
		second + "|" + second + "|ACME|Acme Corp.|2026-12-01|ACCRECCREDIT|3806.00",
		"|CN-0001|ACME|Acme Corp.|2026-12-01|ACCRECCREDIT|30.00",
	}
	if !slices.Equal(said, want) {
		t.Fatalf("listed\n%s\nwant\n%s", strings.Join(said, "\n"), strings.Join(want, "\n"))
	}
	found, err := c.FindBilling(t.Context(), second)
	if err != nil || got[0].ID != rec.ID || got[3].ID != credit.ID || got[3].URL != found.URL || fmt.Sprint(got[3].Extra) != fmt.Sprint(found.Extra) {
		t.Errorf("listed %+v, found %+v, %v", got[3], found, err)
	}
	if all, _ := list(t, c, "2026-11-30", "2026-12-02"); len(all) != 7 {
		t.Errorf("three days: %d records", len(all))
	}
}

func TestAListGoesOnFromPageToPage(t *testing.T) {
	t.Parallel()
	for _, silent := range []bool{false, true} { // whether Xero says how many pages there are
		books := sandbox.New(sandbox.Options{})
		for i := range 200 {
			books.Enter(sandbox.HandMade{Type: "ACCREC", Number: fmt.Sprintf("INV-%04d", i), ContactID: acme, Date: "2026-12-01", Total: "1"})
		}
		for i := range 101 {
			books.Enter(sandbox.HandMade{Type: "ACCRECCREDIT", Number: fmt.Sprintf("CN-%04d", i), ContactID: globex, Date: "2026-12-31", Total: "1"})
		}
		handler, wantPages := http.Handler(books), 4
		if silent {
			handler, wantPages = withoutPagination(books), 5
		}
		got, pages := list(t, open(t, handler, nil), "2026-12-01", "2026-12-31")
		ids := map[string]bool{}
		for _, r := range got {
			ids[r.ID] = true
		}
		if len(got) != 301 || len(ids) != 301 || pages != wantPages || got[0].Number != "INV-0000" || got[300].Number != "CN-0100" {
			t.Errorf("silent %v: %d records, %d of them different, on %d pages", silent, len(got), len(ids), pages)
		}
	}
}

// withoutPagination takes away what the answers say of their pages.
func withoutPagination(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(muted{w}, r)
	})
}

type muted struct{ http.ResponseWriter }

// Write passes an answer on.
func (m muted) Write(b []byte) (int, error) {
	var v map[string]any
	if json.Unmarshal(b, &v) == nil && v["pagination"] != nil {
		delete(v, "pagination")
		return len(b), json.NewEncoder(m.ResponseWriter).Encode(v)
	}
	return m.ResponseWriter.Write(b)
}

func TestAPlaceThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	c := open(t, sandbox.New(sandbox.Options{}), nil)
	for _, cursor := range []string{"x", "2", "Invoices", "Invoices:", "Invoices:0", "Invoices:-1", "Invoices:x", "Contacts:1", ":1", "Invoices:1:1"} {
		if _, err := c.ListBilling(t.Context(), "2026-12-01", "2026-12-31", cursor); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("cursor %q: %v", cursor, err)
		}
	}
	if _, err := c.ListBilling(t.Context(), "", "2026-12-31", ""); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("no date: %v", err)
	}
}

func codes(t *testing.T, c *xero.Connector, noun staffing.BookNoun, text string) string {
	t.Helper()
	found, err := c.SearchBooks(t.Context(), noun, text)
	if err != nil {
		t.Fatalf("%s %q: %v", noun, text, err)
	}
	var out []string
	for _, e := range found {
		out = append(out, e.Code)
	}
	return strings.Join(out, " ")
}

func TestContactsAreFoundByAPartOfTheirNumberOrName(t *testing.T) {
	t.Parallel()
	books := sandbox.New(sandbox.Options{})
	const base = "20000000-0000-4000-8000-00000000000"
	books.Add("Contacts", map[string]any{"ContactID": base + "1", "AccountNumber": "Z-10", "Name": `Zeta 100% "Quoted" \ & Co`, "ContactStatus": "ACTIVE"})
	books.Add("Contacts", map[string]any{"ContactID": base + "2", "AccountNumber": "Z-9", "Name": "Alpha of Z", "ContactStatus": "ACTIVE"})
	books.Add("Contacts", map[string]any{"ContactID": base + "3", "AccountNumber": `Q"1`, "Name": "Number with a quote", "ContactStatus": "ACTIVE"})
	books.Add("Contacts", map[string]any{"ContactID": base + "4", "AccountNumber": "Z-8", "Name": "Zeta, archived", "ContactStatus": "ARCHIVED"})
	c := open(t, books, nil)
	for text, want := range map[string]string{
		"acme": "ACME", "CORP": "ACME", "globex": globex, globex: globex, "OLD": "", "z-": "Z-9 Z-10", "z-10": "Z-10", "zeta": "Z-10", "100%": "Z-10", "1%0": "", "%": "Z-10", "_": "",
		`"quoted" \`: "Z-10", "with a quote": base + "3", `x" || Name!="`: "", "acme\x00corp.\n": "ACME", "  ": "ACME Z-9 " + globex + " " + base + "3 Z-10",
	} {
		if got := codes(t, c, staffing.BookCustomer, text); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	for _, code := range []string{"Z-9", base + "3"} { // what is found can be billed
		req := request(splitBill(strings.Replace(key, "001", "00"+code[len(code)-1:], 1)))
		req.Bill.ClientCode = code
		put(t, c, req)
	}
	if _, err := c.SearchBooks(t.Context(), "account", "x"); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("another noun: %v", err)
	}
}

func TestASearchGivesTheFirstTwentyByName(t *testing.T) {
	t.Parallel()
	books := sandbox.New(sandbox.Options{})
	for i := range 25 {
		books.Add("Contacts", map[string]any{"ContactID": fmt.Sprintf("20000000-0000-4000-8000-%012d", i), "AccountNumber": fmt.Sprintf("OM-%02d", i), "Name": fmt.Sprintf("Omega %02d", 30-i), "ContactStatus": "ACTIVE"})
		books.Add("Items", map[string]any{"ItemID": fmt.Sprintf("30000000-0000-4000-8000-%012d", i), "Code": fmt.Sprintf("OM-%02d", i), "Name": fmt.Sprintf("Omega %02d", 30-i), "IsSold": true})
	}
	c := open(t, books, nil)
	for _, noun := range []staffing.BookNoun{staffing.BookCustomer, staffing.BookItem} {
		for _, text := range []string{"om-", "omega"} {
			if got := strings.Fields(codes(t, c, noun, text)); len(got) != staffing.MostBookEntries || got[0] != "OM-24" || got[19] != "OM-05" {
				t.Errorf("%s %s: %v", noun, text, got)
			}
		}
	}
}

func TestItemsThatAreSoldAreFound(t *testing.T) {
	t.Parallel()
	books := sandbox.New(sandbox.Options{})
	const base = "30000000-0000-4000-8000-00000000000"
	books.Add("Items", map[string]any{"ItemID": base + "1", "Code": "PAPER", "Name": "Paper by the hour", "IsSold": false, "IsPurchased": true})
	books.Add("Items", map[string]any{"ItemID": base + "2", "Code": "FEE", "IsSold": true})
	books.Add("Items", map[string]any{"ItemID": base + "3", "Code": `12" SCREEN`, "Name": "A code that no filter can hold", "IsSold": true})
	c := open(t, books, nil)
	for text, want := range map[string]string{"": "FEE TEMP-HOUR", "hour": "TEMP-HOUR", "temp-": "TEMP-HOUR", "fee": "FEE", "%": "", "_": "", `\`: "", `"`: ""} {
		if got := codes(t, c, staffing.BookItem, text); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
}

func TestLinesSellTheBillsItem(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ item, fields, want string }{
		"neither names one": {"", "", "TEMP-HOUR"},
		"the bill does":     {"TEMP-DAY", "", "TEMP-DAY"},
		"the map does":      {"TEMP-DAY", `{"item_code":"TEMP-NIGHT"}`, "TEMP-NIGHT"},
	} {
		books := sandbox.New(sandbox.Options{})
		for i, code := range []string{"TEMP-DAY", "TEMP-NIGHT"} {
			books.Add("Items", map[string]any{"ItemID": fmt.Sprintf("30000000-0000-4000-8000-%012d", i), "Code": code, "Name": code, "IsSold": true})
		}
		req := request(splitBill(key))
		req.Bill.Item, req.Fields = tc.item, json.RawMessage(tc.fields)
		put(t, open(t, books, nil), req)
		lines, _ := books.Documents()[0]["LineItems"].([]any)
		for _, l := range lines {
			if line, ok := l.(map[string]any); !ok || line["ItemCode"] != tc.want {
				t.Errorf("%s: %v, want %s", name, l, tc.want)
			}
		}
		if len(lines) != 2 {
			t.Errorf("%s: %d lines", name, len(lines))
		}
	}
	req := request(splitBill(key))
	req.Bill.Item = "NO-SUCH"
	_, err := open(t, sandbox.New(sandbox.Options{}), nil).PutBilling(t.Context(), req)
	var e *staffing.Error
	if staffing.CodeOf(err) != staffing.Invalid || !asError(err, &e) || e.Field != "item_code" || !strings.Contains(e.Message, "NO-SUCH") {
		t.Errorf("an item that is not there: %+v", err)
	}
}
