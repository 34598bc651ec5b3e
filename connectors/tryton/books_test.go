package tryton_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/tryton"
	sandbox "github.com/tributary-hub/tributary/sandbox/tryton"
	"github.com/tributary-hub/tributary/staffing"
)

// reader is what the connector reads of the books.
type reader interface {
	staffing.BillingSink
	staffing.BillingLister
	staffing.BookSearcher
}

func (s *server) reader(t *testing.T, more connectors.Settings) reader {
	t.Helper()
	sink, _ := s.connect(t, more)
	r, ok := sink.(*tryton.Connector)
	if !ok {
		t.Fatalf("the connector is %T", sink)
	}
	return r
}

// list reads all pages.
func list(t *testing.T, r reader, from, to staffing.Date) (out []staffing.BillingRecord, pages int) {
	t.Helper()
	for cursor := ""; ; {
		page, err := r.ListBilling(t.Context(), from, to, cursor)
		if err != nil {
			t.Fatal(err)
		}
		out, pages = append(out, page.Records...), pages+1
		if cursor = page.Next; cursor == "" {
			return out, pages
		}
	}
}

func search(t *testing.T, r reader, noun staffing.BookNoun, text string) (codes []string) {
	t.Helper()
	found, err := r.SearchBooks(t.Context(), noun, text)
	if err != nil {
		t.Fatalf("%s %q: %v", noun, text, err)
	}
	for _, e := range found {
		codes = append(codes, e.Code)
	}
	return codes
}

// byHand makes invoices as finance types them: no reference of the hub's. A negative
// quantity is a credit note.
func byHand(r run, day staffing.Date, description any, quantities ...int) []int64 {
	r.Helper()
	w := wire{r.s, r.T}
	put(r.T, r.s.reader(r.T, nil), r.s.bill(nil)) // the client is there
	line, invoice := w.records(w.id("party.party", "code", "=", "ACME"))
	var all []any
	for _, q := range quantities {
		values, l := object{}, object{}
		for k, v := range invoice {
			values[k] = v
		}
		for k, v := range line {
			l[k] = v
		}
		l["quantity"] = q
		d := day.Time()
		values["description"], values["lines"] = description, []any{[]any{"create", []any{l}}}
		values["invoice_date"] = object{"__class__": "date", "year": d.Year(), "month": int(d.Month()), "day": d.Day()}
		all = append(all, values)
	}
	var ids []int64
	r.s.finance.must(r.T, &ids, "account.invoice.create", all)
	if len(ids) != len(quantities) {
		r.Fatalf("%d invoices of %d were made", len(ids), len(quantities))
	}
	return ids
}

// listsWhatStands: ours with its key, finance's without, the credit note, and neither
// what was cancelled nor what is of another day.
func listsWhatStands(r run) {
	c := r.s.reader(r.T, connectors.Settings{"invoice_url": "https://erp.example.com/{id}"})
	const day = "2031-03-14"
	req := r.s.bill(func(p *staffing.Placement) { p.StartDate = day })
	rec := put(r.T, c, req)
	gone := put(r.T, c, r.s.bill(func(p *staffing.Placement) { p.StartDate = day }))
	ids := byHand(r, day, "Hours of March", 8, -8)
	byHand(r, "2031-03-15", nil, 1)
	r.s.finance.must(r.T, nil, "account.invoice.cancel", []any{number(gone.ID)})
	got, _ := list(r.T, c, day, day)
	if len(got) != 3 {
		r.Fatalf("%d records, want ours and two of finance's: %+v", len(got), got)
	}
	ours, err := c.FindBilling(r.Context(), req.Key)
	if err != nil {
		r.Fatal(err)
	}
	first := got[0]
	if first.Key != req.Key || first.ID != rec.ID || first.Number != ours.Number || first.URL != ours.URL || first.CustomerCode != "ACME" || first.CustomerName != "Acme Corp." || first.Date != day {
		r.Errorf("ours: %+v", first)
	}
	for k, v := range ours.Extra {
		if first.Extra[k] != v {
			r.Errorf("%s is %q in the list and %q when it is found", k, first.Extra[k], v)
		}
	}
	for i, total := range []string{"760.00", "-760.00"} {
		if hand := got[i+1]; hand.Key != "" || hand.ID != fmt.Sprint(ids[i]) || hand.Extra["total"] != total || hand.CustomerCode != "ACME" {
			r.Errorf("finance's: %+v", hand)
		}
	}
	if none, _ := list(r.T, c, "2031-03-10", "2031-03-13"); len(none) != 0 {
		r.Errorf("other days: %+v", none)
	}
	if both, _ := list(r.T, c, day, "2031-03-15"); len(both) != 4 {
		r.Errorf("two days: %d records", len(both))
	}
}

// listsPages reads more than two pages, and one that ends where a page does.
func listsPages(r run) {
	c := r.s.reader(r.T, nil)
	quantities := slices.Repeat([]int{1}, 100)
	ids := byHand(r, "2032-05-06", nil, quantities...)
	full, pages := list(r.T, c, "2032-05-06", "2032-05-06")
	if len(full) != 100 || pages != 2 {
		r.Errorf("a full page: %d records on %d pages", len(full), pages)
	}
	ids = append(ids, byHand(r, "2032-05-05", nil, append(quantities, 1, 1, 1)...)...)
	got, pages := list(r.T, c, "2032-05-01", "2032-05-31")
	if len(got) != 203 || pages != 3 {
		r.Fatalf("%d records on %d pages", len(got), pages)
	}
	for i, g := range got {
		if g.ID != fmt.Sprint(ids[i]) {
			r.Fatalf("record %d is %s, want %d", i, g.ID, ids[i])
		}
	}
}

func refusesCursors(r run) {
	c := r.s.reader(r.T, nil)
	for _, cursor := range []string{"x", "-1", "0", "1.5", "99999999999999999999", " "} {
		if _, err := c.ListBilling(r.Context(), "2026-01-01", "2026-12-31", cursor); staffing.CodeOf(err) != staffing.Invalid {
			r.Errorf("cursor %q: %v", cursor, err)
		}
	}
	if _, err := c.ListBilling(r.Context(), "2026-02-30", "2026-12-31", ""); staffing.CodeOf(err) != staffing.Invalid {
		r.Errorf("a date that is none: %v", err)
	}
}

// searchesParties makes clients whose names are made of wildcards, and one that is
// blocked.
func searchesParties(r run) {
	c := r.s.reader(r.T, nil)
	var ids []int64
	r.s.hub.must(r.T, &ids, "party.party.create", []any{object{"name": `Zeta 100%_\ "Quoted" & 'Sons'`, "code": "Z-2"}, object{"name": "Zeta Blocked", "code": "Z-3"},
		object{"name": "Zeta 100 percent", "code": "Z-1"}, object{"name": nil, "code": "Z_4"}})
	r.s.hub.must(r.T, nil, "party.party.write", []any{ids[1]}, object{"active": false})
	for text, want := range map[string]string{
		"zeta": "Z-1 Z-2", "z-2": "Z-2", "ZETA BLOCKED": "", "z-3": "", " 100% ": "Z-2", `100%_\`: "Z-2", `_\`: "Z-2", `"quoted" & 'sons'`: "Z-2",
		"z_": "Z_4", "z_4": "Z_4", "a%0": "", "z%2": "", `\`: "Z-2", "zeta\x00100\n": "Z-1 Z-2", "100\tpercent": "Z-1", "no such": "",
	} {
		if got := strings.Join(search(r.T, c, staffing.BookCustomer, text), " "); got != want {
			r.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	found, err := c.SearchBooks(r.Context(), staffing.BookCustomer, "Z_4")
	if err != nil || len(found) != 1 || found[0].Name != "[Z_4]" {
		r.Errorf("a client without a name: %+v, %v", found, err)
	}
	if _, err := c.SearchBooks(r.Context(), "account", "x"); staffing.CodeOf(err) != staffing.Invalid {
		r.Errorf("another noun: %v", err)
	}
}

func searchesAtMost(r run) {
	var many []any
	for i := range staffing.MostBookEntries + 5 {
		many = append(many, object{"name": fmt.Sprintf("Omega %02d", 30-i), "code": fmt.Sprintf("OM-%02d", i)})
	}
	r.s.hub.must(r.T, nil, "party.party.create", many)
	c := r.s.reader(r.T, nil)
	got := search(r.T, c, staffing.BookCustomer, "omega")
	if len(got) != staffing.MostBookEntries || got[0] != "OM-24" || got[19] != "OM-05" {
		r.Errorf("%v", got)
	}
	if all := search(r.T, c, staffing.BookCustomer, ""); len(all) != staffing.MostBookEntries {
		r.Errorf("no text finds %v", all)
	}
}

func searchesProducts(r run) {
	c := r.s.reader(r.T, nil)
	for text, want := range map[string]string{"": "TEMP-DAY TEMP-HOUR PERM-FEE", "temp-": "TEMP-DAY TEMP-HOUR", "placement FEE": "PERM-FEE", "%": "", "_": "", "t%r": "", `\`: "", "x": ""} {
		if got := strings.Join(search(r.T, c, staffing.BookItem, text), " "); got != want {
			r.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	found, err := c.SearchBooks(r.Context(), staffing.BookItem, "temp-d")
	if err != nil || len(found) != 1 || found[0] != (staffing.BookEntry{Code: "TEMP-DAY", Name: "Contract staffing, day"}) {
		r.Errorf("%+v, %v", found, err)
	}
}

// billsTheItem: the bill map's product comes first, then the bill's, then the
// connection's.
func billsTheItem(r run) {
	c := r.s.reader(r.T, connectors.Settings{"hours_product": "TEMP-HOUR"})
	for name, tc := range map[string]struct{ item, fields, want string }{
		"neither names one": {"", "", "TEMP-HOUR"},
		"the bill does":     {"TEMP-DAY", "", "TEMP-DAY"},
		"the map does":      {"TEMP-DAY", `{"product_code":"TEMP-HOUR"}`, "TEMP-HOUR"},
	} {
		req := r.s.bill(nil)
		req.Bill.Item, req.Fields = tc.item, []byte(tc.fields)
		rec := put(r.T, c, req)
		var rows []struct {
			Product struct{ Code string } `json:"product."`
		}
		r.s.finance.must(r.T, &rows, "account.invoice.line.search_read", []any{[]any{"invoice", "=", number(rec.ID)}}, 0, 10, nil, []string{"product.code"})
		if len(rows) != 1 || rows[0].Product.Code != tc.want {
			r.Errorf("%s: %+v, want %s", name, rows, tc.want)
		}
	}
	req := r.s.bill(nil)
	req.Bill.Item = "NO-SUCH"
	if _, err := c.PutBilling(r.Context(), req); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), "NO-SUCH") || r.s.count(r.T, req.Key) != 0 {
		r.Errorf("an item that is not there: %v", err)
	}
}

// TestOnlyWhatIsSoldIsFound needs products that the real server's books do not have.
func TestOnlyWhatIsSoldIsFound(t *testing.T) {
	for sales, want := range map[bool]string{false: "BOUGHT SOLD", true: "SOLD"} {
		sim, s := simulator(t, sandbox.Options{SalesOrders: sales})
		sim.AddProduct("SOLD", "Gamma, sold", true)
		sim.AddProduct("BOUGHT", "Gamma, bought", false)
		sim.AddProduct("OLD", "Gamma, old", true)
		sim.AddProduct("", "Gamma without a code", true)
		sim.AddProduct("SOLD", "Gamma, sold by the same code", true)
		sim.DropProduct("OLD")
		if got := strings.Join(search(t, s.reader(t, nil), staffing.BookItem, "gamma"), " "); got != want {
			t.Errorf("with sales orders %v: %q, want %q", sales, got, want)
		}
	}
}
