package xero_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/xero"
	sandbox "github.com/tributary-hub/tributary/sandbox/xero"
	"github.com/tributary-hub/tributary/staffing"
)

const key = "3f2b8c1e-90aa-4b52-8f0e-5d9a7b61c001"

// credited is a bill that takes the split one back.
func credited(key string) staffing.Bill {
	b := splitBill(key)
	b.Kind, b.Total = staffing.BillCredit, b.Total.Neg()
	for i, l := range b.Lines {
		b.Lines[i].Quantity, b.Lines[i].Amount = l.Quantity.Neg(), l.Amount.Neg()
	}
	return b
}

func put(t *testing.T, c *xero.Connector, req staffing.BillingRequest) staffing.Receipt {
	t.Helper()
	rec, err := c.PutBilling(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func request(b staffing.Bill) staffing.BillingRequest {
	return staffing.BillingRequest{Key: b.Reference, Bill: b}
}

func TestTheDraftSaysWhatTheBillSays(t *testing.T) {
	t.Parallel()
	books := sandbox.New(sandbox.Options{})
	var sent []byte
	spy := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			sent, _ = io.ReadAll(r.Body) // the simulator would see it missing
			r.Body = io.NopCloser(bytes.NewReader(sent))
		}
		books.ServeHTTP(w, r)
	})
	req := request(splitBill(key))
	req.Fields = json.RawMessage(`{"reference":"PO-9 / line 2","due_days":"30"}`)
	rec := put(t, open(t, spy, nil), req)
	for _, want := range []string{`"Status":"DRAFT"`, `"Type":"ACCREC"`, `"InvoiceNumber":"` + key + `"`, `"Reference":"PO-9 / line 2"`, `"Date":"2026-12-01"`, `"DueDate":"2026-12-31"`,
		`"CurrencyCode":"USD"`, `"LineAmountTypes":"Exclusive"`, `"Quantity":24,`, `"Quantity":16,`, `"UnitAmount":95.15`, `"Option":"CC-4100"`, `"Option":"CC-4200"`, `"AccountCode":"200"`, `"ItemCode":"TEMP-HOUR"`} {
		if !strings.Contains(string(sent), want) {
			t.Errorf("the draft lacks %s: %s", want, sent)
		}
	}
	if rec.Number != key || rec.Extra["state"] != "DRAFT" || rec.Extra["untaxed"] != "3806.00" || !strings.Contains(rec.URL, rec.ID) {
		t.Errorf("receipt %+v", rec)
	}
}

func TestAnAnswerThatIsLostAfterTheCommitLeavesOneDraft(t *testing.T) {
	t.Parallel()
	books := sandbox.New(sandbox.Options{})
	c := open(t, books, nil)
	books.DropAnswers(1)
	req := request(splitBill(key))
	_, err := c.PutBilling(t.Context(), req)
	if !staffing.IsOutcomeUnknown(err) || staffing.RetryAfterOf(err) < time.Second {
		t.Fatalf("the error %v must leave the outcome open, and ask to wait", err)
	}
	found, err := c.FindBilling(t.Context(), key)
	if err != nil || !found.Existed {
		t.Fatalf("%+v %v", found, err)
	}
	if again := put(t, c, req); again.ID != found.ID || len(books.Documents()) != 1 {
		t.Errorf("again %+v, %d documents", again, len(books.Documents()))
	}
}

// TestEightAtOnceMakeOneDraft: all of them look before any has written.
func TestEightAtOnceMakeOneDraft(t *testing.T) {
	t.Parallel()
	books := sandbox.New(sandbox.Options{})
	var looked sync.WaitGroup
	looked.Add(8)
	c := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			looked.Done()
			looked.Wait()
		}
		books.ServeHTTP(w, r)
	}), nil)
	ids := make([]string, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			rec, err := c.PutBilling(t.Context(), request(splitBill(key)))
			if err != nil {
				t.Error(err)
			}
			ids[i] = rec.ID
		})
	}
	all.Wait()
	if slices.Sort(ids); ids[0] != ids[7] || len(books.Documents()) != 1 {
		t.Errorf("receipts %v, %d documents", ids, len(books.Documents()))
	}
}

func TestAnErrorWithStatus200IsARefusal(t *testing.T) {
	t.Parallel()
	books := sandbox.New(sandbox.Options{})
	c := open(t, books, nil)
	books.RefuseNext("Account code '200' has been archived.")
	_, err := c.PutBilling(t.Context(), request(splitBill(key)))
	var e *staffing.Error
	if staffing.CodeOf(err) != staffing.Invalid || staffing.IsOutcomeUnknown(err) || !asError(err, &e) || e.Field != "account_code" || !strings.Contains(e.Message, "archived") {
		t.Errorf("%+v", err)
	}
	if len(books.Documents()) != 0 {
		t.Error("there is a document")
	}
}

func TestADraftThatTheVendorApprovedAtOnceIsNotDone(t *testing.T) {
	t.Parallel()
	books := sandbox.New(sandbox.Options{})
	eager := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		books.ServeHTTP(w, r)
		if r.Method == http.MethodPut {
			books.SetStatus(books.Documents()[0]["InvoiceID"].(string), "AUTHORISED")
		}
	})
	_, err := open(t, eager, nil).PutBilling(t.Context(), request(splitBill(key)))
	var e *staffing.Error
	if staffing.CodeOf(err) != staffing.Conflict || !asError(err, &e) || e.Field != "state" {
		t.Errorf("%+v", err)
	}
}

func TestWhatFinanceDidIsRespected(t *testing.T) {
	t.Parallel()
	books := sandbox.New(sandbox.Options{})
	c := open(t, books, nil)
	req := request(splitBill(key))
	first := put(t, c, req)
	books.SetStatus(first.ID, "AUTHORISED")
	if again := put(t, c, req); again.ID != first.ID || !again.Existed || again.Extra["state"] != "AUTHORISED" {
		t.Errorf("an approved one: %+v", again)
	}
	books.SetStatus(first.ID, "DELETED")
	if _, err := c.FindBilling(t.Context(), key); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("a deleted one is found: %v", err)
	}
	if anew := put(t, c, req); anew.ID == first.ID || anew.Existed {
		t.Errorf("a deleted one is not made anew: %+v", anew)
	}
}

func TestWhatTakesMoneyBackIsADraftCreditNote(t *testing.T) {
	t.Parallel()
	books := sandbox.New(sandbox.Options{})
	c := open(t, books, nil)
	rec := put(t, c, request(credited(key)))
	doc := books.Documents()[0]
	if doc["Type"] != "ACCRECCREDIT" || doc["Status"] != "DRAFT" || rec.Extra["untaxed"] != "3806.00" {
		t.Errorf("%v", doc)
	}
	if found, err := c.FindBilling(t.Context(), key); err != nil || found.ID != rec.ID || !strings.Contains(found.URL, "CreditNote") {
		t.Errorf("%+v %v", found, err)
	}
}

func TestOddAmountsComeToTheBillsAmount(t *testing.T) {
	t.Parallel()
	thirds := []staffing.Allocation{{Code: "CC-4100", Percent: decimal.RequireFromString("33.33")}, {Code: "CC-4200", Percent: decimal.RequireFromString("66.67")}}
	hours := decimal.RequireFromString("37.5")
	for name, p := range map[string]staffing.Placement{
		"a rate of four places":    {BillRate: rate("95.1255", "USD", staffing.Hour), HoursPerWeek: &hours},
		"a rate of five places":    {BillRate: rate("95.12555", "USD", staffing.Hour)},
		"hours split in thirds":    {BillRate: rate("95.17", "USD", staffing.Hour), HoursPerWeek: &hours, CostCentres: thirds},
		"a fee split in thirds":    {WorkerType: staffing.Permanent, Fee: rate("10000.01", "EUR", staffing.Flat), CostCentres: thirds},
		"a currency without cents": {BillRate: rate("9512", "JPY", staffing.Hour), CostCentres: thirds},
	} {
		p.WorkerName, p.StartDate = "Jane Doe", "2026-12-01"
		b := bill(key, p)
		if rec := put(t, open(t, sandbox.New(sandbox.Options{}), nil), request(b)); rec.Extra["untaxed"] != b.Total.StringFixed(2) {
			t.Errorf("%s: %s, want %s", name, rec.Extra["untaxed"], b.Total)
		}
	}
	three := bill(key, staffing.Placement{WorkerName: "J", StartDate: "2026-12-01", BillRate: rate("9.5125", "KWD", staffing.Each)})
	if _, err := open(t, sandbox.New(sandbox.Options{}), nil).PutBilling(t.Context(), request(three)); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("three places: %v", err)
	}
}

func TestWhatTheBooksLackIsNamedAndLeavesNoTrace(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fields  string
		more    connectors.Settings
		centre  string
		field   string
		message string
	}{
		"no such contact":        {fields: `{"contact":"NOBODY"}`, field: "contact", message: "NOBODY"},
		"an archived contact":    {fields: `{"contact":"OLD"}`, field: "contact", message: "no active contact"},
		"no such account":        {fields: `{"account_code":"999"}`, field: "account_code", message: "999"},
		"an archived account":    {fields: `{"account_code":"299"}`, field: "account_code", message: "no active account 299"},
		"no such item":           {fields: `{"item_code":"X"}`, field: "item_code", message: "X"},
		"no such tax":            {fields: `{"tax_type":"VAT"}`, field: "tax_type", message: "VAT"},
		"no such cost centre":    {fields: `{"cost_centre":"CC-9"}`, centre: "none", field: "cost_centres", message: "CC-9"},
		"no such category":       {more: connectors.Settings{"cost_centre_category": "Region"}, field: "cost_centre_category", message: "Region"},
		"a quote in the contact": {fields: `{"contact":"A\"=="}`, field: "contact", message: "cannot be asked"},
		"an unknown cell":        {fields: `{"customer":"ACME"}`, field: "bill", message: "contact, account_code"},
		"days that are none":     {fields: `{"due_days":"soon"}`, field: "due_days", message: "whole number"},
	} {
		books := sandbox.New(sandbox.Options{})
		req := request(splitBill(key))
		if req.Fields = json.RawMessage(tc.fields); tc.centre == "none" {
			req.Bill.Lines[0].CostCentre = ""
		}
		_, err := open(t, books, tc.more).PutBilling(t.Context(), req)
		var e *staffing.Error
		if staffing.CodeOf(err) != staffing.Invalid || !asError(err, &e) || e.Field != tc.field || !strings.Contains(e.Message, tc.message) {
			t.Errorf("%s: %+v", name, err)
		}
		if len(books.Documents()) != 0 {
			t.Errorf("%s: there is a document", name)
		}
	}
}

func TestAClientIsFoundByNumberNameOrID(t *testing.T) {
	t.Parallel()
	for _, contact := range []string{"ACME", "Globex", "10000000-0000-4000-8000-000000000002"} {
		req := request(splitBill(key))
		req.Fields = json.RawMessage(`{"contact":"` + contact + `"}`)
		put(t, open(t, sandbox.New(sandbox.Options{}), nil), req)
	}
}

func TestAUsedUpDayIsWaitedFor(t *testing.T) {
	t.Parallel()
	c := open(t, sandbox.New(sandbox.Options{DayLimit: 2}), nil)
	_, err := c.PutBilling(context.Background(), request(splitBill(key)))
	if staffing.CodeOf(err) != staffing.RateLimited || staffing.RetryAfterOf(err) != 30*time.Minute || !strings.Contains(err.Error(), "limit by day") {
		t.Errorf("%v, wait %s", err, staffing.RetryAfterOf(err))
	}
	report, err := open(t, sandbox.New(sandbox.Options{}), nil).Check(t.Context())
	if err != nil || report.Account != "Tributary Staffing LLC (USD), 4999 calls left today" {
		t.Errorf("%+v %v", report, err)
	}
}

func TestTokensThatEndCostNothingButANewOne(t *testing.T) {
	t.Parallel()
	books := sandbox.New(sandbox.Options{})
	c := open(t, books, nil)
	for _, k := range []string{"a", "b", "c"} {
		books.ExpireTokens()
		put(t, c, request(splitBill(k)))
	}
}

func TestFieldsCarryWhatTheOrganisationHas(t *testing.T) {
	t.Parallel()
	list, err := open(t, sandbox.New(sandbox.Options{}), nil).Fields(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, f := range list {
		for _, o := range f.Options {
			got[f.Key] += o.Value + "=" + o.Label + ";"
		}
	}
	for k, want := range map[string]string{"account_code": "200=200 Sales;210=210 Placement fees;", "cost_centre": "CC-4100=CC-4100;CC-4200=CC-4200;", "tax_type": "NONE=NONE Tax Exempt;",
		"contact": "10000000-0000-4000-8000-000000000001=Acme Corp.;10000000-0000-4000-8000-000000000002=Globex;"} {
		if got[k] != want {
			t.Errorf("%s: %q, want %q", k, got[k], want)
		}
	}
}
