package netsuite_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/netsuite"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/sandbox/fault"
	sandbox "github.com/tributary-hub/tributary/sandbox/netsuite"
	"github.com/tributary-hub/tributary/staffing"
)

// account is a simulated account and a connector to it.
type account struct {
	sim    *sandbox.Server
	faults *fault.Injector
	sink   staffing.BillingSink
}

func newAccount(t *testing.T, change func(*sandbox.Options, connectors.Settings)) account {
	t.Helper()
	key := newKey(t)
	opts := sandbox.Options{Key: &key.PublicKey}
	set := settings("", keyText(t, key))
	if change != nil {
		change(&opts, set)
	}
	sim := sandbox.New(nil, opts)
	faults := fault.New(sim)
	web := httptest.NewServer(faults)
	t.Cleanup(web.Close)
	set["base_url"] = web.URL
	c, err := netsuite.Kind().Open(connectors.Deps{Settings: set, Tokens: &connectors.MemoryTokens{},
		HTTP: httpx.New(httpx.Config{AllowHTTP: true, AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})})
	if err != nil {
		t.Fatal(err)
	}
	sink, ok := c.(staffing.BillingSink)
	if !ok {
		t.Fatal("no billing sink")
	}
	return account{sim, faults, sink}
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
	b.Kind, b.Corrects = staffing.BillCredit, "an earlier one"
	for i := range b.Lines {
		b.Lines[i].Quantity, b.Lines[i].Amount = b.Lines[i].Quantity.Neg(), b.Lines[i].Amount.Neg()
	}
}

func writes(r *http.Request) bool { return r.Method == http.MethodPut }

func TestADraftWaitsForApprovalAndCarriesTheBill(t *testing.T) {
	a := newAccount(t, nil)
	req := request(nil)
	req.Fields = json.RawMessage(`{"customer":"111","class":"Contract","reference":"PO-9","custom_fields":{"custbody_worker":"Jane Doe"}}`)
	rec, err := a.sink.PutBilling(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	if rec.Existed || rec.Number != "SO1001" || rec.ID != "salesOrder/1001" || rec.Extra["state"] != "Pending Approval" || rec.Extra["total"] != "3806" {
		t.Errorf("the receipt is %+v", rec)
	}
	got := a.sim.Transactions()[0]
	if got.Status != "A" || got.External != req.Key {
		t.Errorf("the order is %+v", got)
	}
	body := string(got.Body)
	for _, want := range []string{`"entity":{"id":"111"}`, `"otherRefNum":"PO-9"`, `"tranDate":"2026-12-01"`, `"currency":{"id":"1"}`, `"orderStatus":{"id":"A"}`,
		`"custbody_worker":"Jane Doe"`, `"department":{"id":"41"}`, `"department":{"id":"42"}`, `"class":{"id":"5"}`, `"rate":95.15`, `"quantity":24`, `"amount":2283.6`, `"item":{"id":"98"}`} {
		if !strings.Contains(body, want) {
			t.Errorf("the order lacks %s: %s", want, body)
		}
	}
}

func TestACreditBecomesAReturnAuthorization(t *testing.T) {
	a := newAccount(t, nil)
	req := request(negate)
	rec, err := a.sink.PutBilling(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	got := a.sim.Transactions()[0]
	if got.Record != "returnAuthorization" || got.Status != "A" || rec.Number != "RA1001" || strings.Contains(string(got.Body), `"amount":-`) {
		t.Errorf("the credit became %+v with the receipt %+v", got, rec)
	}
	if again, err := a.sink.FindBilling(t.Context(), req.Key); err != nil || again.ID != rec.ID {
		t.Errorf("find gives %+v, %v", again, err)
	}
}

func TestADeltaKeepsItsNegativeLine(t *testing.T) {
	a := newAccount(t, nil)
	req := request(func(b *staffing.Bill) {
		back := b.Lines[1]
		back.Quantity, back.Amount = back.Quantity.Neg(), back.Amount.Neg()
		b.Lines[1] = back
	})
	if _, err := a.sink.PutBilling(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	body := string(a.sim.Transactions()[0].Body)
	if !strings.Contains(body, `"rate":-95.15`) || !strings.Contains(body, `"amount":-1522.4`) {
		t.Errorf("the negative line is missing: %s", body)
	}
}

func TestAnAnswerThatWasLostLeavesOneOrder(t *testing.T) {
	a := newAccount(t, nil)
	for range 50 {
		req := request(nil)
		remove := a.faults.Add(fault.Rule{Kind: fault.LostResponse, Match: writes, Times: 1})
		_, err := a.sink.PutBilling(t.Context(), req)
		if !staffing.IsOutcomeUnknown(err) || staffing.RetryAfterOf(err) == 0 {
			t.Fatalf("the error %v must leave the outcome open and ask to wait", err)
		}
		remove()
		if again, err := a.sink.PutBilling(t.Context(), req); err != nil || !again.Existed {
			t.Fatalf("put again gives %+v, %v", again, err)
		}
	}
	if n := len(a.sim.Transactions()); n != 50 {
		t.Errorf("50 bills became %d orders", n)
	}
}

func TestWhatNetSuiteRefusesIsSaidWithTheField(t *testing.T) {
	for name, c := range map[string]struct {
		options     func(*sandbox.Options, connectors.Settings)
		change      func(*staffing.BillingRequest)
		before      func(account, staffing.BillingRequest)
		field, says string
	}{
		"a closed period":        {options: func(o *sandbox.Options, _ connectors.Settings) { o.ClosedBefore = "2027-01-01" }, field: "date", says: "open accounting period"},
		"an unknown client":      {change: func(r *staffing.BillingRequest) { r.Bill.ClientCode = "O'NOBODY" }, field: "customer", says: `no customer "O'NOBODY"`},
		"an inactive client":     {change: func(r *staffing.BillingRequest) { r.Bill.ClientCode = "OLDCO" }, field: "customer", says: "inactive"},
		"an unknown cost centre": {change: func(r *staffing.BillingRequest) { r.Bill.Lines[0].CostCentre = "CC-9" }, field: "cost_centres", says: `no department "CC-9"`},
		"an unknown item":        {options: func(_ *sandbox.Options, s connectors.Settings) { s["item"] = "NOPE" }, field: "item", says: `no item "NOPE"`},
		"an unknown currency":    {change: func(r *staffing.BillingRequest) { r.Bill.Currency = "CHF" }, field: "currency", says: "no currency CHF"},
		"an error with status 200": {before: func(a account, _ staffing.BillingRequest) {
			a.sim.RefuseWith200("You do not have a rate for this item")
		}, field: "lines", says: "You do not have a rate"},
		"a wrong sum":               {change: func(r *staffing.BillingRequest) { r.Bill.Total = decimal.NewFromInt(1) }, field: "total", says: "add up to 3806"},
		"an unknown key of the map": {change: func(r *staffing.BillingRequest) { r.Fields = json.RawMessage(`{"orderStatus":"B"}`) }, field: "bill", says: "may set customer"},
		"a custom field that is none": {change: func(r *staffing.BillingRequest) {
			r.Fields = json.RawMessage(`{"custom_fields":{"orderStatus":{"id":"B"}}}`)
		}, field: "custom_fields", says: "custbody"},
		"a reference that is no id": {change: func(r *staffing.BillingRequest) { r.Key = "a|b" }, field: "reference", says: "letters, digits"},
	} {
		t.Run(name, func(t *testing.T) {
			a, req := newAccount(t, c.options), request(nil)
			if c.change != nil {
				c.change(&req)
			}
			if c.before != nil {
				c.before(a, req)
			}
			_, err := a.sink.PutBilling(t.Context(), req)
			if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), c.says) || fieldOf(err) != c.field {
				t.Errorf("got %v (field %q), want field %q and %q", err, fieldOf(err), c.field, c.says)
			}
			if n := len(a.sim.Transactions()); n != 0 {
				t.Errorf("it left %d orders", n)
			}
		})
	}
}

func TestWhatDiffersInNetSuiteIsAConflict(t *testing.T) {
	put := func(t *testing.T, a account, req staffing.BillingRequest) {
		t.Helper()
		if _, err := a.sink.PutBilling(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	conflict := func(t *testing.T, err error, field, says string) {
		t.Helper()
		if staffing.CodeOf(err) != staffing.Conflict || fieldOf(err) != field || !strings.Contains(staffing.MessageOf(err), says) {
			t.Errorf("got %v, want a conflict about %s", err, field)
		}
	}
	t.Run("an account whose scripts approve at once", func(t *testing.T) {
		a := newAccount(t, func(o *sandbox.Options, _ connectors.Settings) { o.PreApproves = true })
		_, err := a.sink.PutBilling(t.Context(), request(nil))
		conflict(t, err, "state", "Pending Fulfillment")
	})
	t.Run("a form that drops the cost centres", func(t *testing.T) {
		a := newAccount(t, func(o *sandbox.Options, _ connectors.Settings) { o.HidesDepartments = true })
		_, err := a.sink.PutBilling(t.Context(), request(nil))
		conflict(t, err, "cost_centres", "41, 42")
		plain := request(func(b *staffing.Bill) {
			for i := range b.Lines {
				b.Lines[i].CostCentre = ""
			}
		})
		if _, err := a.sink.PutBilling(t.Context(), plain); err != nil {
			t.Errorf("a bill without cost centres: %v", err)
		}
	})
	t.Run("a purchase order that finance changed", func(t *testing.T) {
		a, req := newAccount(t, nil), request(nil)
		put(t, a, req)
		a.sim.Edit(req.Key, "otherRefNum", "PO-OTHER")
		_, err := a.sink.PutBilling(t.Context(), req)
		conflict(t, err, "purchase_order", "PO-OTHER")
		if !strings.Contains(string(a.sim.Transactions()[0].Body), "PO-OTHER") {
			t.Error("the repeat wrote over what finance changed")
		}
	})
	t.Run("a cancelled order", func(t *testing.T) {
		a, req := newAccount(t, nil), request(nil)
		put(t, a, req)
		a.sim.SetStatus(req.Key, "C")
		_, err := a.sink.PutBilling(t.Context(), req)
		conflict(t, err, "reference", "cancelled")
	})
	t.Run("an approved order is as good", func(t *testing.T) {
		a, req := newAccount(t, nil), request(nil)
		put(t, a, req)
		a.sim.SetStatus(req.Key, "B")
		if rec, err := a.sink.PutBilling(t.Context(), req); err != nil || !rec.Existed || rec.Extra["state"] != "Pending Fulfillment" {
			t.Errorf("got %+v, %v", rec, err)
		}
	})
}

func TestAnEndedTokenIsFetchedAgain(t *testing.T) {
	a := newAccount(t, nil)
	if _, err := a.sink.PutBilling(t.Context(), request(nil)); err != nil {
		t.Fatal(err)
	}
	a.sim.Expire()
	if _, err := a.sink.PutBilling(t.Context(), request(nil)); err != nil || a.sim.Refused != 1 {
		t.Errorf("got %v after %d refused calls", err, a.sim.Refused)
	}
}

func TestAnRSAKeySignsWithPS256(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 3072)
	if err != nil {
		t.Fatal(err)
	}
	a := newAccount(t, func(o *sandbox.Options, s connectors.Settings) {
		o.Key, s["private_key"] = &key.PublicKey, keyText(t, key)
	})
	if _, err := a.sink.PutBilling(t.Context(), request(nil)); err != nil {
		t.Error(err)
	}
}

func TestAKeyThatNetSuiteRefusesIsNoSetting(t *testing.T) {
	small, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"RSA of 2048 bits": keyText(t, small), "no PEM": "secret words", "another thing": "-----BEGIN CERTIFICATE-----\nMTIz\n-----END CERTIFICATE-----\n"} {
		_, err := netsuite.Kind().Spec.Complete(settings("", text))
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func fieldOf(err error) string {
	var e *staffing.Error
	if errors.As(err, &e) {
		return e.Field
	}
	return ""
}
