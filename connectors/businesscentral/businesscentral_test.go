package businesscentral_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/businesscentral"
	sandbox "github.com/tributary-hub/tributary/sandbox/businesscentral"
	"github.com/tributary-hub/tributary/staffing"
)

const key = "3f2b8c1e-90aa-4b52-8f0e-5d9a7b61c001"

func put(t *testing.T, c *businesscentral.Connector, req staffing.BillingRequest) staffing.Receipt {
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

// credited is a bill that takes the split one back.
func credited(key string) staffing.Bill {
	b := splitBill(key)
	b.Kind, b.Total = staffing.BillCredit, b.Total.Neg()
	for i, l := range b.Lines {
		b.Lines[i].Quantity, b.Lines[i].Amount = l.Quantity.Neg(), l.Amount.Neg()
	}
	return b
}

// refusedFor checks code, field and words of an error.
func refusedFor(t *testing.T, what string, err error, code staffing.Code, field, words string) {
	t.Helper()
	var e *staffing.Error
	if staffing.CodeOf(err) != code || !errors.As(err, &e) || e.Field != field || !strings.Contains(e.Message, words) || strings.Contains(e.Message, "Correlation") {
		t.Errorf("%s: %+v, want %s for %s with %q", what, err, code, field, words)
	}
}

func TestTheDraftSaysWhatTheBillSays(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	var sent []byte
	spy := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/salesInvoices") {
			sent, _ = io.ReadAll(r.Body) // the simulator would see it missing
			r.Body = io.NopCloser(bytes.NewReader(sent))
		}
		company.ServeHTTP(w, r)
	})
	rec := put(t, open(t, spy, nil), request(splitBill(key)))
	for _, want := range []string{`"externalDocumentNumber":"` + rec.Extra["reference"] + `"`, `"customerNumber":"ACME"`, `"customerPurchaseOrderReference":"PO-118"`, `"invoiceDate":"2026-12-01"`,
		`"postingDate":"2026-12-01"`, `"currencyCode":"USD"`, `"lineType":"Account","lineObjectNumber":"40100"`, `"quantity":24,"unitPrice":95.15`, `"quantity":16,`,
		`"dimensionSetLines":[{"code":"DEPARTMENT","valueCode":"CC-4100"}]`, `"valueCode":"CC-4200"`} {
		if !strings.Contains(string(sent), want) {
			t.Errorf("the draft lacks %s: %s", want, sent)
		}
	}
	if strings.Contains(string(sent), "status") || rec.Extra["state"] != "Draft" || rec.Extra["untaxed"] != "3806.00" || rec.Extra["etag"] == "" || !strings.HasPrefix(rec.Number, "S-") ||
		len(rec.Extra["reference"]) != 30 {
		t.Errorf("receipt %+v of %s", rec, sent)
	}
	if company.Posts() != 0 {
		t.Error("something was posted")
	}
}

func TestAnAnswerThatIsLostAfterTheCommitLeavesOneDraft(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	c := open(t, company, nil)
	company.DropAnswers(1)
	req := request(splitBill(key))
	_, err := c.PutBilling(t.Context(), req)
	if !staffing.IsOutcomeUnknown(err) || staffing.RetryAfterOf(err) < time.Minute {
		t.Fatalf("the error %v must leave the outcome open, and ask to wait", err)
	}
	found, err := c.FindBilling(t.Context(), key)
	if err != nil || !found.Existed {
		t.Fatalf("%+v %v", found, err)
	}
	if again := put(t, c, req); again.ID != found.ID || len(company.Documents()) != 1 {
		t.Errorf("again %+v, %d documents", again, len(company.Documents()))
	}
}

func TestRefusalsNameTheField(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault sandbox.Fault
		code  staffing.Code
		field string
		open  bool
	}{
		"a closed period":    {sandbox.Fault{Code: "Application_DialogException", Message: "Posting Date is not within your range of allowed posting dates."}, staffing.Invalid, "date", false},
		"a posting group":    {sandbox.Fault{Code: "Application_DialogException", Message: "G/L Account 40100 must have a Gen. Prod. Posting Group"}, staffing.Invalid, "line_number", false},
		"a same key":         {sandbox.Fault{Code: "Internal_EntityWithSameKeyExists", Message: "The record already exists"}, staffing.Conflict, "", false},
		"no right":           {sandbox.Fault{Code: "Authorization_RequestDenied", Message: "You do not have permission"}, staffing.Forbidden, "", false},
		"a fault of its own": {sandbox.Fault{Code: "Internal_ServerError", Message: "An unexpected error"}, staffing.Unavailable, "", true},
	} {
		company := sandbox.New(sandbox.Options{})
		c := open(t, company, nil)
		company.RefuseNext(tc.fault)
		_, err := c.PutBilling(t.Context(), request(splitBill(key)))
		refusedFor(t, name, err, tc.code, tc.field, tc.fault.Message)
		if staffing.IsOutcomeUnknown(err) != tc.open || len(company.Documents()) != 0 {
			t.Errorf("%s: outcome unknown is %v, %d documents", name, staffing.IsOutcomeUnknown(err), len(company.Documents()))
		}
	}
}

func TestAnErrorWithStatus200LeavesTheOutcomeOpen(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	c := open(t, company, nil)
	company.BreakAnswers(1)
	_, err := c.PutBilling(t.Context(), request(splitBill(key)))
	if refusedFor(t, "broken off", err, staffing.Unavailable, "", "broken off"); !staffing.IsOutcomeUnknown(err) {
		t.Errorf("%v", err)
	}
	put(t, c, request(splitBill(key)))
}

func TestADocumentThatIsNoDraftIsNotDone(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	eager := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		company.ServeHTTP(w, r)
		if r.Method == http.MethodPost && len(company.Documents()) > 0 {
			id, _ := company.Documents()[0]["id"].(string)
			company.Change(id, map[string]any{"status": "Open"})
		}
	})
	_, err := open(t, eager, nil).PutBilling(t.Context(), request(splitBill(key)))
	refusedFor(t, "posted at once", err, staffing.Conflict, "state", "Open")
}

func TestWhatFinanceDidIsRespected(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	c := open(t, company, nil)
	req := request(splitBill(key))
	first := put(t, c, req)
	for _, status := range []string{"In_x0020_Review", "Open", "Paid"} {
		company.Change(first.ID, map[string]any{"status": status, "number": "PS-INV-7"})
		if again := put(t, c, req); again.ID != first.ID || !again.Existed || again.Number != "PS-INV-7" {
			t.Errorf("%s: %+v", status, again)
		}
	}
	company.Change(first.ID, map[string]any{"status": "Canceled"})
	if _, err := c.FindBilling(t.Context(), key); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("a cancelled one is found: %v", err)
	}
	second := put(t, c, req)
	if second.ID == first.ID || second.Existed {
		t.Errorf("a cancelled one is not made anew: %+v", second)
	}
	company.Change(second.ID, nil)
	if third := put(t, c, req); third.ID == second.ID || third.Existed {
		t.Errorf("a deleted one is not made anew: %+v", third)
	}
	company.Change(first.ID, map[string]any{"status": "Draft"})
	_, err := c.PutBilling(t.Context(), req)
	refusedFor(t, "two of one number", err, staffing.Conflict, "reference", "more than one")
}

func TestWhatTakesMoneyBackIsADraftCreditMemo(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	c := open(t, company, nil)
	rec := put(t, c, request(credited(key)))
	doc := company.Documents()[0]
	if doc["creditMemoDate"] != "2026-12-01" || doc["status"] != "Draft" || rec.Extra["untaxed"] != "3806.00" {
		t.Errorf("%v", doc)
	}
	if found, err := c.FindBilling(t.Context(), key); err != nil || found.ID != rec.ID || found.Extra["type"] != "sales credit memo" {
		t.Errorf("%+v %v", found, err)
	}
	if again := put(t, c, request(credited(key))); again.ID != rec.ID {
		t.Errorf("%+v", again)
	}
}

func TestOddAmountsComeToTheBillsAmount(t *testing.T) {
	t.Parallel()
	thirds := []staffing.Allocation{{Code: "CC-4100", Percent: decimal.RequireFromString("33.33")}, {Code: "CC-4200", Percent: decimal.RequireFromString("66.67")}}
	hours := decimal.RequireFromString("37.5")
	for name, p := range map[string]staffing.Placement{
		"a rate of four places":      {BillRate: rate("95.1255", "USD", staffing.Hour), HoursPerWeek: &hours},
		"a rate of five places":      {BillRate: rate("95.12555", "USD", staffing.Hour)},
		"hours split in thirds":      {BillRate: rate("95.17", "USD", staffing.Hour), HoursPerWeek: &hours, CostCentres: thirds},
		"a fee split in thirds":      {WorkerType: staffing.Permanent, Fee: rate("10000.01", "EUR", staffing.Flat), CostCentres: thirds},
		"a currency without cents":   {BillRate: rate("9512.5", "JPY", staffing.Hour), CostCentres: thirds},
		"a currency of three places": {BillRate: rate("9.5125", "KWD", staffing.Hour), CostCentres: thirds},
	} {
		p.WorkerName, p.StartDate, p.JobTitle = "Jane Doe", "2026-12-01", strings.Repeat("Senior ", 20)+"Nurse"
		b := bill(key, p)
		if rec := put(t, open(t, sandbox.New(sandbox.Options{}), nil), request(b)); rec.Extra["untaxed"] != b.Total.StringFixed(staffing.MinorUnits(b.Currency)) {
			t.Errorf("%s: %s, want %s", name, rec.Extra["untaxed"], b.Total)
		}
	}
}

func TestWhatTheBooksLackIsNamedAndLeavesNoTrace(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fields   string
		more     connectors.Settings
		noCentre bool
		field    string
		words    string
	}{
		"no such customer":      {fields: `{"customer":"NOBODY"}`, field: "customer", words: "NOBODY"},
		"a blocked customer":    {fields: `{"customer":"OLD"}`, field: "customer", words: "is blocked"},
		"no such account":       {fields: `{"line_number":"999"}`, field: "line_number", words: "999"},
		"a blocked account":     {fields: `{"line_number":"40900"}`, field: "line_number", words: "40900"},
		"an account as an item": {fields: `{"line_type":"Item"}`, field: "line_number", words: "no item 40100"},
		"no such resource":      {fields: `{"line_type":"Resource","line_number":"COOK"}`, field: "line_number", words: "COOK"},
		"no such line type":     {fields: `{"line_type":"Fixed Asset"}`, field: "line_type", words: "Resource"},
		"no such cost centre":   {fields: `{"cost_centre":"CC-9"}`, noCentre: true, field: "cost_centres", words: "CC-9"},
		"no such dimension":     {more: connectors.Settings{"cost_centre_dimension": "REGION"}, field: "cost_centre_dimension", words: "REGION"},
		"an unknown cell":       {fields: `{"contact":"ACME"}`, field: "bill", words: "customer, line_type"},
		"a long purchase order": {fields: `{"purchase_order":"` + strings.Repeat("9", 36) + `"}`, field: "purchase_order", words: "35 characters"},
	} {
		company := sandbox.New(sandbox.Options{})
		req := request(splitBill(key))
		if req.Fields = json.RawMessage(tc.fields); tc.noCentre {
			req.Bill.Lines[0].CostCentre = ""
		}
		_, err := open(t, company, tc.more).PutBilling(t.Context(), req)
		refusedFor(t, name, err, staffing.Invalid, tc.field, tc.words)
		if len(company.Documents()) != 0 {
			t.Errorf("%s: there is a document", name)
		}
	}
}

func TestOtherLinesAndCustomersAreTaken(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{`{"customer":"O'Brien Ltd"}`, `{"customer":"C00020","line_type":"Item","line_number":"TEMP-HOUR","unit":"HOUR"}`, `{"line_type":"Resource","line_number":"NURSE","purchase_order":""}`} {
		req := request(splitBill(key))
		req.Fields = json.RawMessage(raw)
		put(t, open(t, sandbox.New(sandbox.Options{}), nil), req)
	}
}

// TestADefaultDimensionIsNoDifference: the company adds one to lines without any.
func TestADefaultDimensionIsNoDifference(t *testing.T) {
	t.Parallel()
	b := splitBill(key)
	for i := range b.Lines {
		b.Lines[i].CostCentre = ""
	}
	put(t, open(t, sandbox.New(sandbox.Options{}), nil), request(b))
}

func TestLimitsAreWaitedFor(t *testing.T) {
	t.Parallel()
	_, err := open(t, sandbox.New(sandbox.Options{Busy: true}), nil).PutBilling(t.Context(), request(splitBill(key)))
	if staffing.CodeOf(err) != staffing.RateLimited || staffing.RetryAfterOf(err) != 30*time.Second {
		t.Errorf("%v, wait %s", err, staffing.RetryAfterOf(err))
	}
}

func TestAWrongCompanyIsNoMissingInvoice(t *testing.T) {
	t.Parallel()
	c := open(t, sandbox.New(sandbox.Options{}), connectors.Settings{"environment": "Sandbox"})
	_, err := c.FindBilling(t.Context(), key)
	refusedFor(t, "a wrong environment", err, staffing.Unavailable, "", "Environment")
}

func TestTokensThatEndCostNothingButANewOne(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	c := open(t, company, nil)
	for _, k := range []string{"a", "b", "c"} {
		company.ExpireTokens()
		put(t, c, request(splitBill(k)))
	}
}

func TestFieldsCarryWhatTheCompanyHas(t *testing.T) {
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
	for k, want := range map[string]string{"customer": "ACME=ACME Acme Corp.;C00020=C00020 O'Brien Ltd;", "line_number": "40100=40100 Temporary staff;40200=40200 Placement fees;",
		"cost_centre": "CC-4100=CC-4100 Wards;CC-4200=CC-4200 Laboratory;ADM=ADM Administration;"} {
		if got[k] != want {
			t.Errorf("%s: %q, want %q", k, got[k], want)
		}
	}
}
