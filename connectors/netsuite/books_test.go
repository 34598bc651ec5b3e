package netsuite_test

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/netsuite"
	"github.com/tributary-hub/tributary/staffing"
)

// list reads all pages of some days.
func (a account) list(t *testing.T, from, to staffing.Date) (out []staffing.BillingRecord, pages int) {
	t.Helper()
	lister, ok := a.sink.(staffing.BillingLister)
	if !ok {
		t.Fatal("no lister")
	}
	for cursor := ""; ; pages++ {
		page, err := lister.ListBilling(t.Context(), from, to, cursor)
		if err != nil {
			t.Fatal(err)
		}
		if out = append(out, page.Records...); page.Next == "" {
			return out, pages + 1
		}
		cursor = page.Next
	}
}

func (a account) search(t *testing.T, noun staffing.BookNoun, text string) []staffing.BookEntry {
	t.Helper()
	searcher, ok := a.sink.(staffing.BookSearcher)
	if !ok {
		t.Fatal("no searcher")
	}
	found, err := searcher.SearchBooks(t.Context(), noun, text)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestWhatPeopleMadeIsListedToo(t *testing.T) {
	a := newAccount(t, nil)
	req := request(nil)
	rec, err := a.sink.PutBilling(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	cancelled := request(nil)
	if _, err := a.sink.PutBilling(t.Context(), cancelled); err != nil {
		t.Fatal(err)
	}
	a.sim.SetStatus(cancelled.Key, "C")
	a.sim.MakeByHand("invoice", "110", "2026-12-01", "5")
	a.sim.MakeByHand("salesOrder", "110", "2026-12-02", "5")
	hand := a.sim.MakeByHand("returnAuthorization", "113", "2026-12-01", "80.50")

	got, _ := a.list(t, "2026-12-01", "2026-12-01")
	if len(got) != 2 {
		t.Fatalf("%d are listed: %+v", len(got), got)
	}
	if o := got[0]; o.Key != req.Key || o.ID != rec.ID || o.Number != rec.Number || o.CustomerCode != "ACME" || o.CustomerName != "Acme Corporation" {
		t.Errorf("the hub's own order is %+v", o)
	}
	if h := got[1]; h.Key != "" || h.Number != hand.Number || h.CustomerCode != "Ann O'Hara" || h.Date != "2026-12-01" || h.Extra["kind"] != "return authorization" || h.Extra["total"] != "80.5" {
		t.Errorf("the return by hand is %+v", h)
	}
	if got, _ := a.list(t, "2026-12-01", "2026-12-02"); len(got) != 3 {
		t.Errorf("two days have %d", len(got))
	}
}

func TestAListGivesTheReceiptThatALookGives(t *testing.T) {
	a := newAccount(t, func(o *sandbox.Options, s connectors.Settings) {
		o.TaxPercent, s["order_url"] = 8, "https://example.app.netsuite.com/transaction.nl?id={id}"
	})
	for _, req := range []staffing.BillingRequest{request(nil), request(negate)} {
		if _, err := a.sink.PutBilling(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	list, _ := a.list(t, "2026-12-01", "2026-12-01")
	for _, r := range list {
		look, err := a.sink.FindBilling(t.Context(), r.Key)
		if err != nil {
			t.Fatal(err)
		}
		if r.ID != look.ID || r.Number != look.Number || r.URL != look.URL || r.At.Unix() != look.At.Unix() || !maps.Equal(r.Extra, look.Extra) {
			t.Errorf("listed is %+v, looked up is %+v", r.Receipt, look)
		}
		if r.Extra["tax"] != "304.48" {
			t.Errorf("the tax is %s", r.Extra["tax"])
		}
	}
	if len(list) != 2 {
		t.Errorf("%d are listed", len(list))
	}
}

func TestAListOfSeveralPagesGivesEachOnce(t *testing.T) {
	a := newAccount(t, nil)
	for i := range 450 {
		a.sim.MakeByHand("salesOrder", "111", "2026-11-"+strconv.Itoa(10+i%3), "10")
	}
	list, pages := a.list(t, "2026-11-10", "2026-11-11")
	seen := map[string]bool{}
	for _, r := range list {
		seen[r.ID] = true
	}
	if len(list) != 300 || len(seen) != 300 || pages != 2 {
		t.Errorf("%d records, %d of them different, on %d pages", len(list), len(seen), pages)
	}
}

func TestAListThatCannotBeAskedForIsInvalid(t *testing.T) {
	a := newAccount(t, nil)
	lister, ok := a.sink.(staffing.BillingLister)
	if !ok {
		t.Fatal("no lister")
	}
	for name, q := range map[string]struct {
		from   staffing.Date
		cursor string
	}{"a cursor that was bent": {"2026-12-01", "1 OR 1 = 1"}, "a cursor of another system": {"2026-12-01", "page-2"}, "no date": {"", ""}, "words for a date": {"x') OR ('", ""}} {
		if _, err := lister.ListBilling(t.Context(), q.from, "2026-12-31", q.cursor); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestASearchTakesTheTextAsItIs(t *testing.T) {
	a := newAccount(t, nil)
	a.sim.AddCustomer("201", "HALF", "50% Off GmbH")
	a.sim.AddCustomer("202", "UNDER_SCORE", "Under Score")
	a.sim.AddCustomer("203", "TWIN", "Twin North")
	a.sim.AddCustomer("204", "TWIN", "Twin South")
	for text, want := range map[string]string{
		"acme": "ACME", "GLOBEX": "GLOBEX", " globex gmbh ": "GLOBEX", "o'h": "Ann O'Hara", "0%": "HALF", "r_s": "UNDER_SCORE",
		"%": "HALF", "_": "UNDER_SCORE", "Old Co": "", "' OR '1' = '1": "", "twin": "203,204",
	} {
		var codes []string
		for _, e := range a.search(t, staffing.BookCustomer, text) {
			codes = append(codes, e.Code)
		}
		if got := strings.Join(codes, ","); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	if got := a.search(t, staffing.BookItem, "staff"); len(got) != 1 || got[0] != (staffing.BookEntry{Code: "TEMP-HOUR", Name: "Temporary staff"}) {
		t.Errorf("the item is %+v", got)
	}
}

func TestASearchGivesTheFirstByName(t *testing.T) {
	a := newAccount(t, nil)
	for i := 60; i > 30; i-- {
		a.sim.AddItem(strconv.Itoa(i+300), "Z-"+strconv.Itoa(i), "Night "+strconv.Itoa(i))
	}
	got := a.search(t, staffing.BookItem, "night")
	if len(got) != staffing.MostBookEntries || got[0].Code != "Z-31" || got[19].Code != "Z-50" {
		t.Errorf("found %d: %+v", len(got), got)
	}
	if all := a.search(t, staffing.BookItem, ""); len(all) != staffing.MostBookEntries || all[0].Code != "Z-31" {
		t.Errorf("no text finds %+v", all)
	}
}

func TestTheItemOfABillGoesBeforeTheConnections(t *testing.T) {
	for name, c := range map[string]struct {
		item   string
		fields string
		want   string
	}{
		"of the connection": {want: `"item":{"id":"98"}`},
		"of the bill":       {item: "NIGHT", want: `"item":{"id":"301"}`},
		"of the map":        {item: "NIGHT", fields: `{"item":"PERM-FEE"}`, want: `"item":{"id":"99"}`},
	} {
		a := newAccount(t, nil)
		a.sim.AddItem("301", "NIGHT", "Night shift")
		req := request(func(b *staffing.Bill) { b.Item = c.item })
		req.Fields = json.RawMessage(c.fields)
		if _, err := a.sink.PutBilling(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		if body := string(a.sim.Transactions()[0].Body); strings.Count(body, c.want) != 2 {
			t.Errorf("the item %s is not on both lines: %s", name, body)
		}
	}
}
