package intacct_test

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"
	"testing"

	sandbox "github.com/tributary-hub/tributary/sandbox/intacct"
	"github.com/tributary-hub/tributary/staffing"
)

const (
	invoice    = "accounts-receivable/invoice"
	adjustment = "accounts-receivable/adjustment"
)

// list reads all pages of some days.
func (c company) list(t *testing.T, from, to staffing.Date) (out []staffing.BillingRecord, pages int) {
	t.Helper()
	lister, ok := c.sink.(staffing.BillingLister)
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

func (c company) search(t *testing.T, noun staffing.BookNoun, text string) []staffing.BookEntry {
	t.Helper()
	searcher, ok := c.sink.(staffing.BookSearcher)
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
	for name, opts := range map[string]sandbox.Options{"our numbers": {}, "numbers of its own": {Sequencing: true}} {
		c := newCompany(t, opts, nil)
		first, credit := request(nil), request(negate)
		for _, req := range []staffing.BillingRequest{first, credit} {
			if _, err := c.sink.PutBilling(t.Context(), req); err != nil {
				t.Fatal(err)
			}
		}
		c.sim.SetState(c.sim.MakeByHand(invoice, "ACME", "2026-12-01", "5.00").Key, "reversed")
		c.sim.SetState(c.sim.MakeByHand(invoice, "ACME", "2026-12-01", "-5.00").Key, "reversal")
		c.sim.MakeByHand(invoice, "ACME", "2026-12-02", "5.00")
		hand := c.sim.MakeByHand(adjustment, "C-00019", "2026-12-01", "-80.50")
		got, _ := c.list(t, "2026-12-01", "2026-12-01")
		if len(got) != 3 || got[0].Key != first.Key || got[1].Key != credit.Key {
			t.Fatalf("%s: listed are %+v", name, got)
		}
		if h := got[2]; h.Key != "" || h.Number != hand.Number || h.CustomerCode != "C-00019" || h.CustomerName != "Globex GmbH" || h.Date != "2026-12-01" || h.Extra["kind"] != "adjustment" || h.Extra["total"] != "-80.50" {
			t.Errorf("%s: the adjustment by hand is %+v", name, h)
		}
		for _, r := range got[:2] {
			look, err := c.sink.FindBilling(t.Context(), r.Key)
			if err != nil {
				t.Fatal(err)
			}
			if r.ID != look.ID || r.Number != look.Number || r.URL != look.URL || !r.At.Equal(look.At) || !maps.Equal(r.Extra, look.Extra) {
				t.Errorf("%s: listed is %+v, looked up is %+v", name, r.Receipt, look)
			}
		}
		if got, _ := c.list(t, "2026-12-01", "2026-12-02"); len(got) != 4 {
			t.Errorf("%s: two days have %d", name, len(got))
		}
	}
}

func TestAListOfSeveralPagesGivesEachOnce(t *testing.T) {
	c := newCompany(t, sandbox.Options{}, nil)
	for i := range 900 {
		c.sim.MakeByHand([]string{invoice, invoice, adjustment}[i%3], "ACME", "2026-11-10", "10.00")
	}
	list, pages := c.list(t, "2026-11-10", "2026-11-10")
	seen := map[string]bool{}
	for _, r := range list {
		seen[r.ID] = true
	}
	if len(list) != 900 || len(seen) != 900 || pages != 3 {
		t.Errorf("%d records, %d of them different, on %d pages", len(list), len(seen), pages)
	}
}

func TestAListThatCannotBeAskedForIsInvalid(t *testing.T) {
	c := newCompany(t, sandbox.Options{}, nil)
	lister, ok := c.sink.(staffing.BillingLister)
	if !ok {
		t.Fatal("no lister")
	}
	for name, q := range map[string]struct {
		from   staffing.Date
		cursor string
	}{"a row before the first": {"2026-12-01", "invoice 0"}, "another object": {"2026-12-01", "bill 1"}, "a number alone": {"2026-12-01", "7"}, "no date": {"", ""}, "words for a date": {"soon", ""}} {
		if _, err := lister.ListBilling(t.Context(), q.from, "2026-12-31", q.cursor); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c.sim.Calls != 0 {
		t.Errorf("%d calls were metered", c.sim.Calls)
	}
}

func TestASearchTakesTheTextAsItIs(t *testing.T) {
	c := newCompany(t, sandbox.Options{}, nil)
	c.sim.AddCustomer("HALF", "50% Off GmbH")
	c.sim.AddCustomer("OHARA", `Ann "Nan" O'Hara`)
	for text, want := range map[string]string{
		"acme": "ACME", "CORP": "ACME", " globex ": "C-00019", "0%": "HALF", "%": "HALF", `"nan" o'`: "OHARA", "_": "", "*": "", "Old Co": "", `"}}`: "",
	} {
		var codes []string
		for _, e := range c.search(t, staffing.BookCustomer, text) {
			codes = append(codes, e.Code)
		}
		if got := strings.Join(codes, ","); got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	if got := c.search(t, staffing.BookItem, "fees"); len(got) != 1 || got[0] != (staffing.BookEntry{Code: "4100", Name: "Placement fees"}) {
		t.Errorf("the account is %+v", got)
	}
}

func TestASearchGivesTheFirstByName(t *testing.T) {
	c := newCompany(t, sandbox.Options{}, nil)
	for i := 60; i > 30; i-- {
		c.sim.AddAccount("9"+strconv.Itoa(i), "Night "+strconv.Itoa(i))
	}
	for _, text := range []string{"night", ""} {
		if got := c.search(t, staffing.BookItem, text); len(got) != staffing.MostBookEntries || got[0].Code != "931" || got[19].Code != "950" {
			t.Errorf("%q finds %+v", text, got)
		}
	}
}

func TestTheItemOfABillIsTheAccountOfItsLines(t *testing.T) {
	for name, v := range map[string]struct{ item, fields, want string }{
		"of the connection": {want: `"glAccount":{"id":"4000"}`},
		"of the bill":       {item: "4200", want: `"glAccount":{"id":"4200"}`},
		"of the map":        {item: "4200", fields: `{"account":"4100"}`, want: `"glAccount":{"id":"4100"}`},
	} {
		c := newCompany(t, sandbox.Options{}, nil)
		c.sim.AddAccount("4200", "Night shift")
		req := request(func(b *staffing.Bill) { b.Item = v.item })
		req.Fields = json.RawMessage(v.fields)
		if _, err := c.sink.PutBilling(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		if body := string(c.sim.Documents()[0].Body); strings.Count(body, v.want) != 2 {
			t.Errorf("the account %s is not on both lines: %s", name, body)
		}
	}
}
