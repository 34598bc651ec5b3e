package intacct_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/intacct"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/sandbox/fault"
	sandbox "github.com/tributary-hub/tributary/sandbox/intacct"
	"github.com/tributary-hub/tributary/staffing"
)

// company is a simulated company and a connector to it.
type company struct {
	sim    *sandbox.Server
	faults *fault.Injector
	sink   staffing.BillingSink
}

func newCompany(t *testing.T, opts sandbox.Options, extra connectors.Settings) company {
	t.Helper()
	sim := sandbox.New(nil, opts)
	faults := fault.New(sim)
	web := httptest.NewServer(faults)
	t.Cleanup(web.Close)
	set := settings(web.URL, "hub-secret")
	for k, v := range extra {
		set[k] = v
	}
	c, err := intacct.Kind().Open(connectors.Deps{Settings: set, Tokens: &connectors.MemoryTokens{},
		HTTP: httpx.New(httpx.Config{AllowHTTP: true, AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})})
	if err != nil {
		t.Fatal(err)
	}
	sink, ok := c.(staffing.BillingSink)
	if !ok {
		t.Fatal("no billing sink")
	}
	return company{sim, faults, sink}
}

func request(change func(*staffing.Bill)) staffing.BillingRequest {
	key := uuid.NewString()
	b := splitBill(key)
	if change != nil {
		change(&b)
		b.Total = decimal.Zero
		for _, l := range b.Lines {
			b.Total = b.Total.Add(l.Amount)
		}
	}
	return staffing.BillingRequest{Key: key, Bill: b}
}

// negate turns a bill into the credit that takes it back.
func negate(b *staffing.Bill) {
	b.Kind, b.Corrects = staffing.BillCredit, "the-first-one"
	for i := range b.Lines {
		b.Lines[i].Quantity, b.Lines[i].Amount = b.Lines[i].Quantity.Neg(), b.Lines[i].Amount.Neg()
	}
}

func creates(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.Contains(r.URL.Path, "/objects/")
}

func holds(t *testing.T, body json.RawMessage, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(string(body), want) {
			t.Errorf("the document lacks %s: %s", want, body)
		}
	}
}

func TestADraftCarriesTheBillInThreeCalls(t *testing.T) {
	c := newCompany(t, sandbox.Options{}, nil)
	req := request(nil)
	req.Fields = json.RawMessage(`{"customer":"C-00019","class":"CONTRACT","reference":"PO-9","due_days":14}`)
	rec, err := c.sink.PutBilling(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Existed || rec.Number != req.Key || rec.ID != "invoice/11" || rec.Extra["state"] != "draft" || rec.Extra["total"] != "3806.00" || c.sim.Calls != 3 {
		t.Errorf("the receipt is %+v after %d calls", rec, c.sim.Calls)
	}
	got := c.sim.Documents()[0]
	if got.State != "draft" {
		t.Errorf("the invoice is %s", got.State)
	}
	holds(t, got.Body, `"state":"draft"`, `"customer":{"id":"C-00019"}`, `"referenceNumber":"PO-9"`, `"invoiceDate":"2026-12-01"`, `"dueDate":"2026-12-15"`,
		`"txnCurrency":"USD"`, `"txnAmount":"2283.60"`, `"txnAmount":"1522.40"`, `"department":{"id":"CC-4100"}`, `"class":{"id":"CONTRACT"}`, `"location":{"id":"1"}`,
		`"glAccount":{"id":"4000"}`, `24 hour at 95.15`)
}

func TestACreditBecomesADraftAdjustment(t *testing.T) {
	for sign, amount := range map[string]string{"negative": `"amount":"-2283.60"`, "positive": `"amount":"2283.60"`} {
		c := newCompany(t, sandbox.Options{}, connectors.Settings{"credit_amounts": sign})
		req := request(negate)
		rec, err := c.sink.PutBilling(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		got := c.sim.Documents()[0]
		if got.Object != "accounts-receivable/adjustment" || got.State != "draft" || rec.Number != req.Key {
			t.Errorf("the credit became %+v", got)
		}
		holds(t, got.Body, amount, `"documentNumber":"the-first-one"`, `"createdDate":"2026-12-01"`, `PO-118`)
		if again, err := c.sink.FindBilling(t.Context(), req.Key); err != nil || again.ID != rec.ID {
			t.Errorf("find gives %+v, %v", again, err)
		}
	}
}

func TestABillInAnotherCurrencyNamesItsRate(t *testing.T) {
	c := newCompany(t, sandbox.Options{}, connectors.Settings{"base_currency": "EUR"})
	if _, err := c.sink.PutBilling(t.Context(), request(nil)); err != nil {
		t.Fatal(err)
	}
	holds(t, c.sim.Documents()[0].Body, `"exchangeRate":{"date":"2026-12-01","typeId":"Intacct Daily Rate"}`)
}

func TestAnAnswerThatWasLostLeavesOneDraft(t *testing.T) {
	for name, opts := range map[string]sandbox.Options{"our numbers": {}, "numbers of its own": {Sequencing: true}} {
		t.Run(name, func(t *testing.T) {
			c := newCompany(t, opts, nil)
			for range 50 {
				req := request(nil)
				remove := c.faults.Add(fault.Rule{Kind: fault.LostResponse, Match: creates, Times: 1})
				_, err := c.sink.PutBilling(t.Context(), req)
				if !staffing.IsOutcomeUnknown(err) || staffing.RetryAfterOf(err) == 0 {
					t.Fatalf("the error %v must leave the outcome open and ask to wait", err)
				}
				remove()
				if again, err := c.sink.PutBilling(t.Context(), req); err != nil || !again.Existed {
					t.Fatalf("put again gives %+v, %v", again, err)
				}
			}
			if n := len(c.sim.Documents()); n != 50 {
				t.Errorf("50 bills became %d drafts", n)
			}
		})
	}
}

func TestWhatIntacctRefusesIsSaidWithTheField(t *testing.T) {
	for name, v := range map[string]struct {
		opts        sandbox.Options
		extra       connectors.Settings
		change      func(*staffing.BillingRequest)
		before      func(company)
		field, says string
	}{
		"a closed period":           {opts: sandbox.Options{ClosedBefore: "2027-01-01"}, field: "date", says: "is closed"},
		"an unknown client":         {change: func(r *staffing.BillingRequest) { r.Bill.ClientCode = "NOBODY" }, field: "customer", says: "no customer NOBODY"},
		"an unknown account":        {extra: connectors.Settings{"account": "9999"}, field: "account", says: "no GL account 9999"},
		"an unknown cost centre":    {change: func(r *staffing.BillingRequest) { r.Bill.Lines[0].CostCentre = "CC-9" }, field: "cost_centres", says: "no department CC-9"},
		"an error with status 200":  {before: func(c company) { c.sim.RefuseWith200("The due date is before the invoice date") }, field: "due_days", says: "The due date"},
		"a wrong sum":               {change: func(r *staffing.BillingRequest) { r.Bill.Total = decimal.NewFromInt(1) }, field: "total", says: "add up to 3806"},
		"an unknown key of the map": {change: func(r *staffing.BillingRequest) { r.Fields = json.RawMessage(`{"state":"posted"}`) }, field: "bill", says: "may set customer"},
		"three decimals": {change: func(r *staffing.BillingRequest) { r.Bill.Lines[0].Amount = decimal.RequireFromString("1.005") }, field: "lines",
			says: "more than the two places"},
		"a reference that is too long": {change: func(r *staffing.BillingRequest) { r.Key = strings.Repeat("x", 46) }, field: "reference", says: "45 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			c, req := newCompany(t, v.opts, v.extra), request(nil)
			if v.change != nil {
				v.change(&req)
			}
			if v.before != nil {
				v.before(c)
			}
			_, err := c.sink.PutBilling(t.Context(), req)
			if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), v.says) || fieldOf(err) != v.field {
				t.Errorf("got %v (field %q), want field %q and %q", err, fieldOf(err), v.field, v.says)
			}
			if n := len(c.sim.Documents()); n != 0 {
				t.Errorf("it left %d documents", n)
			}
		})
	}
}

func TestWhatDiffersInIntacctIsAConflict(t *testing.T) {
	conflict := func(t *testing.T, err error, field, says string) {
		t.Helper()
		if staffing.CodeOf(err) != staffing.Conflict || fieldOf(err) != field || !strings.Contains(staffing.MessageOf(err), says) {
			t.Errorf("got %v, want a conflict about %s", err, field)
		}
	}
	t.Run("a company in which a draft is posted", func(t *testing.T) {
		c := newCompany(t, sandbox.Options{PostsDrafts: true}, nil)
		_, err := c.sink.PutBilling(t.Context(), request(nil))
		conflict(t, err, "state", "posted")
	})
	t.Run("what finance changed and reversed", func(t *testing.T) {
		c, req := newCompany(t, sandbox.Options{}, nil), request(nil)
		if _, err := c.sink.PutBilling(t.Context(), req); err != nil {
			t.Fatal(err)
		}
		c.sim.SetState(11, "posted")
		if rec, err := c.sink.PutBilling(t.Context(), req); err != nil || !rec.Existed || rec.Extra["state"] != "posted" {
			t.Errorf("a posted one is as good: %+v, %v", rec, err)
		}
		c.sim.Edit(11, "referenceNumber", "PO-OTHER")
		_, err := c.sink.PutBilling(t.Context(), req)
		conflict(t, err, "purchase_order", "PO-OTHER")
		c.sim.SetState(11, "reversed")
		_, err = c.sink.PutBilling(t.Context(), req)
		conflict(t, err, "reference", "reversed")
	})
}

func TestTheVendorsOwnRetryHeaderIsObeyed(t *testing.T) {
	c := newCompany(t, sandbox.Options{}, nil)
	c.sim.Throttle(42)
	_, err := c.sink.PutBilling(t.Context(), request(nil))
	if staffing.CodeOf(err) != staffing.RateLimited || staffing.RetryAfterOf(err) != 42*time.Second {
		t.Errorf("got %v, wait %s", err, staffing.RetryAfterOf(err))
	}
}

func TestAnEndedTokenIsFetchedAgain(t *testing.T) {
	c := newCompany(t, sandbox.Options{}, nil)
	if _, err := c.sink.PutBilling(t.Context(), request(nil)); err != nil {
		t.Fatal(err)
	}
	c.sim.Expire()
	if _, err := c.sink.PutBilling(t.Context(), request(nil)); err != nil || c.sim.Refused != 1 {
		t.Errorf("got %v after %d refused calls", err, c.sim.Refused)
	}
}

func fieldOf(err error) string {
	var e *staffing.Error
	if errors.As(err, &e) {
		return e.Field
	}
	return ""
}
