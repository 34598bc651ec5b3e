package tryton_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/sandbox/fault"
	"github.com/tributary-hub/tributary/staffing"
)

// TestAgainstBothServers holds the connector to one table, over the simulator and
// over a real server: what the simulator lets pass, the real one does too.
func TestAgainstBothServers(t *testing.T) {
	for name, start := range map[string]func(*testing.T) *server{"simulated": simulated, "real": started} {
		t.Run(name, func(t *testing.T) {
			s := start(t)
			for _, c := range promises() {
				t.Run(c.name, func(t *testing.T) { c.run(run{t, s}) })
			}
			for _, c := range wireCases(t, s) {
				t.Run("wire: "+c.name, func(t *testing.T) {
					if got := c.who.send(t, c.method, c.params...).said(); got != c.want {
						t.Errorf("the server says %q, want %q", got, c.want)
					}
				})
			}
		})
	}
}

type promise struct {
	name string
	run  func(run)
}

// run is one promise that is held over one server.
type run struct {
	*testing.T
	s *server
}

func promises() []promise {
	return []promise{
		{"a connection test finds all that bills need", checkIsGreen},
		{"a wrong password is told as one", wrongPassword},
		{"the fields of a bill come with their labels, terms and products", fieldsOfABill},
		{"an unknown database is no missing invoice", wrongDatabase},
		{"the same bill twice is one draft invoice, and is found", twiceIsOne},
		{"the draft says what the bill says, to the cent and by cost centre", draftEqualsBill},
		{"odd rates and shared fees come to the bill's amount", oddAmounts},
		{"a client is added once", clientOnce},
		{"the tax is worked out", taxWorkedOut},
		{"an answer that is lost at any call leaves one invoice", lostAnswers},
		{"a session that has ended costs nothing but a new one", endedSession},
		{"an invoice that finance has posted is found by its number", postedIsFound},
		{"a cancelled draft is made anew", cancelledIsMadeAnew},
		{"what the books lack is named, and leaves no trace", lacking},
		{"the hub's user cannot post", hubCannotPost},
		{"what stands in the books is listed, whoever made it", listsWhatStands},
		{"a list goes on from page to page", listsPages},
		{"a cursor that is none is refused", refusesCursors},
		{"clients are found by a part of their code or name, wildcards as themselves", searchesParties},
		{"a search gives the first twenty by name", searchesAtMost},
		{"products are found by a part of their code or name", searchesProducts},
		{"lines sell the bill's item", billsTheItem},
	}
}

func checkIsGreen(t run) {
	sink, _ := t.s.connect(t.T, connectors.Settings{"tax": "Sales tax 6%"})
	c, _ := sink.(staffing.Checker)
	report, err := c.Check(t.Context())
	if err != nil || !report.OK() || report.Account != "hub at Tributary Staffing LLC" {
		t.Errorf("%+v, %v", report, err)
	}
	sink, _ = t.s.connect(t.T, connectors.Settings{"fee_product": "FEE", "payment_term": "Net 7"})
	c, _ = sink.(staffing.Checker)
	report, err = c.Check(t.Context())
	if err != nil || report.OK() {
		t.Errorf("with wrong settings: %+v, %v", report, err)
	}
}

func wrongPassword(t run) {
	sink, _ := t.s.connect(t.T, connectors.Settings{"password": "wrong"})
	if _, err := sink.FindBilling(t.Context(), "X"); staffing.CodeOf(err) != staffing.Unauthorized {
		t.Errorf("got %v", err)
	}
}

func wrongDatabase(t run) {
	sink, _ := t.s.connect(t.T, connectors.Settings{"base_url": t.s.url + "x"})
	if _, err := sink.FindBilling(t.Context(), "X"); staffing.CodeOf(err) != staffing.Unavailable {
		t.Errorf("got %v", err)
	}
}

// soon is a date in an open period, so that finance can post.
func soon() staffing.Date { return staffing.DateOf(time.Now().AddDate(0, 0, 3)) }

func (s *server) bill(change func(*staffing.Placement)) staffing.BillingRequest {
	key := s.key()
	p := staffing.Placement{WorkerName: "Jane Doe", StartDate: soon(), Purchase: "PO-118",
		BillRate: &staffing.Rate{Amount: decimal.RequireFromString("95"), Currency: "USD", Unit: staffing.Hour}}
	if change != nil {
		change(&p)
	}
	bill, err := staffing.FirstBill(key, "ACME", "Acme Corp.", p)
	if err != nil {
		panic(err) // a fault of the test
	}
	return staffing.BillingRequest{Key: key, Bill: bill}
}

// count asks the server, past the connector.
func (s *server) count(t *testing.T, key string) (n int) {
	t.Helper()
	s.finance.must(t, &n, "account.invoice.search_count", []any{[]any{"description", "=", key}, []any{"state", "!=", "cancelled"}})
	return n
}

func put(t *testing.T, sink staffing.BillingSink, req staffing.BillingRequest) staffing.Receipt {
	t.Helper()
	rec, err := sink.PutBilling(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func twiceIsOne(t run) {
	sink, _ := t.s.connect(t.T, nil)
	req := t.s.bill(nil)
	if _, err := sink.FindBilling(t.Context(), req.Key); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("before: %v", err)
	}
	first := put(t.T, sink, req)
	again, _ := t.s.connect(t.T, nil)
	second := put(t.T, again, req)
	found, err := again.FindBilling(t.Context(), req.Key)
	if err != nil {
		t.Fatal(err)
	}
	if first.ID == "" || second.ID != first.ID || found.ID != first.ID || first.Existed || !second.Existed || !found.Existed {
		t.Errorf("receipts %+v, %+v, %+v", first, second, found)
	}
	if age := time.Since(first.At); age < -time.Minute || age > time.Minute {
		t.Errorf("it was made at %s, which is not now", first.At)
	}
	if n := t.s.count(t.T, req.Key); n != 1 {
		t.Errorf("%d invoices", n)
	}
}

// readBack is an invoice as another client of the server sees it.
type readBack struct {
	ID          int64
	State       string
	Number      *string
	Description string
	Reference   string
	Date        struct{ Year, Month, Day int } `json:"invoice_date"`
	Untaxed     boxed                          `json:"untaxed_amount"`
	Tax         boxed                          `json:"tax_amount"`
	Total       boxed                          `json:"total_amount"`
	Party       struct{ Code, Name string }    `json:"party."`
	Lines       []struct {
		Amount  boxed
		Price   boxed                 `json:"unit_price"`
		Unit    struct{ Name string } `json:"unit."`
		Account struct{ Name string } `json:"account."`
		Centres []struct {
			Account struct{ Code string } `json:"account."`
		} `json:"analytic_accounts."`
		Quantity float64
	} `json:"lines."`
}

type boxed struct{ Decimal decimal.Decimal }

func (s *server) readBack(t *testing.T, id string) readBack {
	t.Helper()
	var rows []readBack
	s.finance.must(t, &rows, "account.invoice.search_read", []any{[]any{"id", "=", id}}, 0, 1, nil,
		[]string{"state", "number", "description", "reference", "invoice_date", "untaxed_amount", "tax_amount", "total_amount", "party.code", "party.name",
			"lines.amount", "lines.unit_price", "lines.quantity", "lines.unit.name", "lines.account.name", "lines.analytic_accounts.account.code"})
	if len(rows) != 1 {
		t.Fatalf("there is no invoice %s", id)
	}
	return rows[0]
}

func draftEqualsBill(t run) {
	sink, _ := t.s.connect(t.T, nil)
	req := t.s.bill(func(p *staffing.Placement) {
		p.CostCentres = []staffing.Allocation{{Code: "CC-4100", Percent: decimal.NewFromInt(60)}, {Code: "CC-4200", Percent: decimal.NewFromInt(40)}}
	})
	got := t.s.readBack(t.T, put(t.T, sink, req).ID)
	date := staffing.DateOf(time.Date(got.Date.Year, time.Month(got.Date.Month), got.Date.Day, 0, 0, 0, 0, time.UTC))
	if got.State != "draft" || got.Number != nil || got.Description != req.Key || got.Reference != "PO-118" || got.Party.Code != "ACME" || date != req.Bill.Date {
		t.Errorf("the invoice is %+v", got)
	}
	if !got.Untaxed.Decimal.Equal(decimal.RequireFromString("3800")) || !got.Total.Decimal.Equal(req.Bill.Total) {
		t.Errorf("it comes to %s, the bill to %s", got.Total.Decimal, req.Bill.Total)
	}
	var lines []string
	for _, l := range got.Lines {
		for _, c := range l.Centres {
			lines = append(lines, fmt.Sprintf("%v %s at %s = %s on %s, %s", l.Quantity, l.Unit.Name, l.Price.Decimal, l.Amount.Decimal, l.Account.Name, c.Account.Code))
		}
	}
	if want := "24 Hour at 95 = 2280 on Main Revenue, CC-4100; 16 Hour at 95 = 1520 on Main Revenue, CC-4200"; strings.Join(lines, "; ") != want {
		t.Errorf("its lines are %s; want %s", strings.Join(lines, "; "), want)
	}
}

func oddAmounts(t run) {
	sink, _ := t.s.connect(t.T, nil)
	third, rest := decimal.RequireFromString("33.33"), decimal.RequireFromString("66.67")
	shares := []staffing.Allocation{{Code: "CC-4100", Percent: third}, {Code: "CC-4300", Percent: rest}}
	for name, c := range map[string]struct {
		change func(*staffing.Placement)
		want   string
	}{
		"half a cent that rounds up": {func(p *staffing.Placement) {
			hours := decimal.RequireFromString("37.5")
			p.HoursPerWeek, p.BillRate.Amount = &hours, decimal.RequireFromString("95.35")
		}, "3575.63"},
		"thirds of hours": {func(p *staffing.Placement) { p.CostCentres = shares }, "3800"},
		"a fee on two desks": {func(p *staffing.Placement) {
			p.WorkerType, p.CostCentres = staffing.Permanent, shares
			p.Fee = &staffing.Rate{Amount: decimal.RequireFromString("24999.99"), Currency: "USD", Unit: staffing.Flat}
		}, "24999.99"},
		"a day in another currency": {func(p *staffing.Placement) {
			p.BillRate = &staffing.Rate{Amount: decimal.RequireFromString("612.345"), Currency: "EUR", Unit: staffing.Day}
		}, "612.35"},
	} {
		got := t.s.readBack(t.T, put(t.T, sink, t.s.bill(c.change)).ID)
		if !got.Total.Decimal.Equal(decimal.RequireFromString(c.want)) {
			t.Errorf("%s: the invoice comes to %s, want %s", name, got.Total.Decimal, c.want)
		}
	}
}

func clientOnce(t run) {
	sink, _ := t.s.connect(t.T, nil)
	for range 2 {
		req := t.s.bill(nil)
		req.Bill.ClientCode, req.Bill.ClientName = "GLOBEX", "Globex Inc."
		got := t.s.readBack(t.T, put(t.T, sink, req).ID)
		if got.Party.Code != "GLOBEX" || got.Party.Name != "Globex Inc." {
			t.Errorf("billed is %+v", got.Party)
		}
	}
	var n int
	if t.s.finance.must(t.T, &n, "party.party.search_count", []any{[]any{"code", "=", "GLOBEX"}}); n != 1 {
		t.Errorf("the client is there %d times", n)
	}
}

func taxWorkedOut(t run) {
	sink, _ := t.s.connect(t.T, connectors.Settings{"tax": "Sales tax 6%"})
	rec := put(t.T, sink, t.s.bill(nil))
	if got := t.s.readBack(t.T, rec.ID); got.State != "draft" || !got.Tax.Decimal.Equal(decimal.NewFromInt(228)) || !got.Total.Decimal.Equal(decimal.NewFromInt(4028)) {
		t.Errorf("the invoice is %+v", got)
	}
	if rec.Extra["tax"] != "228.00" || rec.Extra["total"] != "4028.00" {
		t.Errorf("the receipt says %v", rec.Extra)
	}
}

// lostAnswers lets the server act and cuts the connection before it answers: at the
// first call of a bill, for another bill at the second, and so on.
func lostAnswers(t run) {
	there, err := url.Parse(t.s.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := fault.New(httputil.NewSingleHostReverseProxy(&url.URL{Scheme: there.Scheme, Host: there.Host}))
	web := httptest.NewServer(proxy)
	defer web.Close()
	sink, _ := t.s.connect(t.T, connectors.Settings{"base_url": web.URL + there.Path, "tax": "Sales tax 6%"})
	for n := 1; ; n++ {
		if n == 1 { // the session is there before the first call is counted
			put(t.T, sink, t.s.bill(nil))
		}
		req := t.s.bill(func(p *staffing.Placement) {
			p.CostCentres = []staffing.Allocation{{Code: "CC-4400", Percent: decimal.NewFromInt(100)}}
		})
		seen := 0
		remove := proxy.Add(fault.Rule{Kind: fault.LostResponse, Times: 1, Match: func(*http.Request) bool { seen++; return seen == n }})
		_, err := sink.PutBilling(t.Context(), req)
		remove()
		if err == nil {
			if n < 10 {
				t.Errorf("a bill took %d calls only", n-1)
			}
			return
		}
		made := t.s.count(t.T, req.Key)
		if made > 1 || made == 1 && !staffing.IsOutcomeUnknown(err) {
			t.Errorf("call %d lost: %d invoices, and the error is %v", n, made, err)
		}
		put(t.T, sink, req)
		if made := t.s.count(t.T, req.Key); made != 1 {
			t.Errorf("call %d lost: %d invoices after the next try", n, made)
		}
	}
}

func endedSession(t run) {
	sink, deps := t.s.connect(t.T, nil)
	put(t.T, sink, t.s.bill(nil))
	session, err := deps.Tokens.Token(t.Context(), "session", nil)
	if err != nil {
		t.Fatal(err)
	}
	if a := (&rpc{t.s.url + "/", session.Value}).send(t.T, "common.db.logout"); a.said() != "ok" {
		t.Fatalf("logout: %s", a.said())
	}
	put(t.T, sink, t.s.bill(nil))
}

func postedIsFound(t run) {
	sink, _ := t.s.connect(t.T, connectors.Settings{"invoice_url": "https://erp.example.com/#{id}"})
	req := t.s.bill(nil)
	made := put(t.T, sink, req)
	t.s.finance.must(t.T, nil, "account.invoice.post", []any{number(made.ID)})
	found, err := sink.FindBilling(t.Context(), req.Key)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(found.Number, "INV-") || found.Extra["state"] != "posted" || found.URL != "https://erp.example.com/#"+made.ID {
		t.Errorf("the receipt is %+v", found)
	}
	if again := put(t.T, sink, req); again.ID != made.ID || !again.Existed {
		t.Errorf("put again gives %+v", again)
	}
}

func cancelledIsMadeAnew(t run) {
	sink, _ := t.s.connect(t.T, nil)
	req := t.s.bill(nil)
	wrong := put(t.T, sink, req)
	t.s.finance.must(t.T, nil, "account.invoice.cancel", []any{number(wrong.ID)})
	if _, err := sink.FindBilling(t.Context(), req.Key); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("find gives %v", err)
	}
	if again := put(t.T, sink, req); again.ID == wrong.ID || again.Existed || t.s.count(t.T, req.Key) != 1 {
		t.Errorf("put again gives %+v", again)
	}
}

func lacking(t run) {
	for field, change := range map[string]func(*staffing.BillingRequest, connectors.Settings){
		"cost_centres": func(r *staffing.BillingRequest, _ connectors.Settings) { r.Bill.Lines[0].CostCentre = "CC-9" },
		"currency":     func(r *staffing.BillingRequest, _ connectors.Settings) { r.Bill.Currency = "XXX" },
		"payment_term": func(_ *staffing.BillingRequest, v connectors.Settings) { v["payment_term"] = "Net 7" },
		"product_code": func(_ *staffing.BillingRequest, v connectors.Settings) { v["hours_product"] = "NONE" },
		"tax":          func(_ *staffing.BillingRequest, v connectors.Settings) { v["tax"] = "No such tax" },
		"analytic_root": func(r *staffing.BillingRequest, v connectors.Settings) {
			r.Bill.Lines[0].CostCentre, v["analytic_root"] = "CC-4100", "ZZ"
		},
	} {
		req, more := t.s.bill(nil), connectors.Settings{}
		req.Bill.ClientCode = "NOBODY"
		change(&req, more)
		sink, _ := t.s.connect(t.T, more)
		_, err := sink.PutBilling(t.Context(), req)
		var e *staffing.Error
		if !asError(err, &e) || e.Code != staffing.Invalid || e.Field != field || e.OutcomeUnknown {
			t.Errorf("%s: %+v", field, err)
		}
		var parties int
		t.s.finance.must(t.T, &parties, "party.party.search_count", []any{[]any{"code", "=", "NOBODY"}})
		if parties != 0 || t.s.count(t.T, req.Key) != 0 {
			t.Errorf("%s: the refused bill left a trace", field)
		}
	}
}

func hubCannotPost(t run) {
	sink, _ := t.s.connect(t.T, nil)
	rec := put(t.T, sink, t.s.bill(nil))
	if said := t.s.hub.model(t.T, "account.invoice.post", []any{number(rec.ID)}).said(); said != "ok" {
		t.Errorf("the button answers %q", said) // a good answer to a click that does not count
	}
	if said := t.s.hub.model(t.T, "account.invoice.write", []any{number(rec.ID)}, map[string]any{"state": "posted"}).said(); said != `UserError: You are not allowed to access "Invoice.State".` {
		t.Errorf("a plain write answers %q", said)
	}
	if got := t.s.readBack(t.T, rec.ID); got.State != "draft" {
		t.Errorf("the invoice is %s", got.State)
	}
}
