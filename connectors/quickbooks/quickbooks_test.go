package quickbooks_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/quickbooks"
	sandbox "github.com/tributary-hub/tributary/sandbox/quickbooks"
	"github.com/tributary-hub/tributary/staffing"
)

const key = "3f2b8c1e-90aa-4b52-8f0e-5d9a7b61c001"

func put(t *testing.T, c *quickbooks.Connector, req staffing.BillingRequest) staffing.Receipt {
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

// refusedFor checks code, field and words of an error.
func refusedFor(t *testing.T, what string, err error, code staffing.Code, field, words string) {
	t.Helper()
	var e *staffing.Error
	if staffing.CodeOf(err) != code || !errors.As(err, &e) || e.Field != field || !strings.Contains(e.Message, words) {
		t.Errorf("%s: %+v, want %s for %s with %q", what, err, code, field, words)
	}
}

// spied keeps the body and the address of the last write.
func spied(inner http.Handler) (handler http.Handler, sent func() (body, address string)) {
	var body []byte
	var address string
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/estimate") {
			body, _ = io.ReadAll(r.Body) // the simulator would see it missing
			r.Body, address = io.NopCloser(bytes.NewReader(body)), r.URL.String()
		}
		inner.ServeHTTP(w, r)
	}), func() (string, string) { return string(body), address }
}

func TestTheEstimateSaysWhatTheBillSays(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	handler, sent := spied(company)
	rec := put(t, open(t, handler, connectors.Settings{"po_field": "2", "tax_code": "NON"}), request(splitBill(key)))
	body, address := sent()
	for _, want := range []string{`"TxnStatus":"Pending"`, `"DocNumber":"` + rec.Number + `"`, `"PrivateNote":"Tributary reference: ` + key + `"`, `"TxnDate":"2026-12-01"`, `"CustomerRef":{"value":"66"}`,
		`"Qty":24,"UnitPrice":95.15`, `"Qty":16,`, `"Amount":2283.6,`, `"ClassRef":{"value":"5000000000000000410"}`, `"TaxCodeRef":{"value":"NON"}`, `{"DefinitionId":"2","Type":"StringType","StringValue":"PO-118"}`} {
		if !strings.Contains(body, want) {
			t.Errorf("the estimate lacks %s: %s", want, body)
		}
	}
	if strings.Contains(body, "CurrencyRef") || !strings.Contains(address, "requestid=") || !strings.Contains(address, "minorversion=75") {
		t.Errorf("%s %s", address, body)
	}
	if len(rec.Number) > 21 || !strings.HasPrefix(rec.Number, "TRB-") || rec.Extra["state"] != "Pending" || rec.Extra["untaxed"] != "3806.00" {
		t.Errorf("receipt %+v", rec)
	}
}

func TestAnAnswerThatIsLostAfterTheCommitLeavesOneEstimate(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	c := open(t, company, nil)
	company.DropAnswers(1)
	req := request(splitBill(key))
	_, err := c.PutBilling(t.Context(), req)
	if !staffing.IsOutcomeUnknown(err) || staffing.RetryAfterOf(err) < time.Second {
		t.Fatalf("the error %v must leave the outcome open, and ask to wait", err)
	}
	found, err := c.FindBilling(t.Context(), key)
	if err != nil || !found.Existed {
		t.Fatalf("%+v %v", found, err)
	}
	if again := put(t, c, req); again.ID != found.ID || len(company.Estimates()) != 1 {
		t.Errorf("again %+v, %d estimates", again, len(company.Estimates()))
	}
}

// TestEightAtOnceMakeOneEstimate: all of them look before any has written.
func TestEightAtOnceMakeOneEstimate(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	var looked sync.WaitGroup
	looked.Add(8)
	c := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/estimate") {
			looked.Done()
			looked.Wait()
		}
		company.ServeHTTP(w, r)
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
	if slices.Sort(ids); ids[0] != ids[7] || len(company.Estimates()) != 1 {
		t.Errorf("receipts %v, %d estimates", ids, len(company.Estimates()))
	}
}

func TestAFaultWithStatus200IsARefusal(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault sandbox.Fault
		code  staffing.Code
		field string
		open  bool
	}{
		"a closed period":     {sandbox.Fault{Type: "ValidationFault", Code: "6200", Message: "Account Period Closed", Detail: "The account period has closed"}, staffing.Invalid, "date", false},
		"a missing reference": {sandbox.Fault{Type: "ValidationFault", Code: "610", Message: "Object Not Found", Element: "ItemRef"}, staffing.Invalid, "item", false},
		"no right":            {sandbox.Fault{Type: "ValidationFault", Code: "120", Message: "Authorization Failure"}, staffing.Forbidden, "", false},
		"a lapsed company":    {sandbox.Fault{Type: "ValidationFault", Code: "6190", Message: "Invalid Company Status", Detail: "Subscription period has ended"}, staffing.Forbidden, "", false},
		"too many calls":      {sandbox.Fault{Type: "SERVICE", Code: "003001", Message: "ThrottleExceeded"}, staffing.RateLimited, "", false},
		"a fault of its own":  {sandbox.Fault{Type: "SystemFault", Code: "10000", Message: "An application error has occurred"}, staffing.Unavailable, "", true},
		"a taken number":      {sandbox.Fault{Type: "ValidationFault", Code: "6140", Message: "Duplicate Document Number Error"}, staffing.Conflict, "reference", false},
	} {
		company := sandbox.New(sandbox.Options{})
		c := open(t, company, nil)
		company.RefuseNext(tc.fault)
		_, err := c.PutBilling(t.Context(), request(splitBill(key)))
		refusedFor(t, name, err, tc.code, tc.field, tc.fault.Message)
		if staffing.IsOutcomeUnknown(err) != tc.open || len(company.Estimates()) != 0 {
			t.Errorf("%s: outcome unknown is %v, %d estimates", name, staffing.IsOutcomeUnknown(err), len(company.Estimates()))
		}
		if tc.code == staffing.RateLimited && staffing.RetryAfterOf(err) != time.Minute {
			t.Errorf("%s: wait %s", name, staffing.RetryAfterOf(err))
		}
	}
}

func TestAnEstimateThatIsNotPendingIsNotDone(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	eager := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		company.ServeHTTP(w, r)
		if r.Method == http.MethodPost && len(company.Estimates()) > 0 {
			id, _ := company.Estimates()[0]["Id"].(string)
			company.Change(id, map[string]any{"TxnStatus": "Converted"})
		}
	})
	_, err := open(t, eager, nil).PutBilling(t.Context(), request(splitBill(key)))
	refusedFor(t, "converted at once", err, staffing.Conflict, "state", "Converted")
}

func TestWhatFinanceDidIsRespected(t *testing.T) {
	t.Parallel()
	now := time.Now()
	company := sandbox.New(sandbox.Options{Now: func() time.Time { return now }})
	c := open(t, company, nil)
	req := request(splitBill(key))
	first := put(t, c, req)
	company.Change(first.ID, map[string]any{"TxnStatus": "Converted"})
	if again := put(t, c, req); again.ID != first.ID || !again.Existed || again.Extra["state"] != "Converted" {
		t.Errorf("a converted one: %+v", again)
	}
	company.Change(first.ID, map[string]any{"TxnStatus": "Rejected"})
	_, err := c.PutBilling(t.Context(), req)
	refusedFor(t, "a rejected one", err, staffing.Conflict, "state", "Rejected")
	company.Change(first.ID, map[string]any{"TxnStatus": "Pending", "PrivateNote": "mine"})
	_, err = c.FindBilling(t.Context(), key)
	refusedFor(t, "one without our reference", err, staffing.Conflict, "reference", key)
}

// TestADeletedEstimateIsMadeAnew although QuickBooks still knows the request id.
func TestADeletedEstimateIsMadeAnew(t *testing.T) {
	t.Parallel()
	then := time.Now().Add(-48 * time.Hour)
	company := sandbox.New(sandbox.Options{Now: func() time.Time { return then }})
	c := open(t, company, nil)
	req := request(splitBill(key))
	first := put(t, c, req)
	company.Change(first.ID, nil)
	then = time.Now()
	if anew := put(t, c, req); anew.ID == first.ID || anew.Existed || len(company.Estimates()) != 1 {
		t.Errorf("%+v", anew)
	}
}

func TestWhatTakesMoneyBackIsLeftToAPerson(t *testing.T) {
	t.Parallel()
	b := splitBill(key)
	b.Kind, b.Total = staffing.BillCredit, b.Total.Neg()
	for i, l := range b.Lines {
		b.Lines[i].Quantity, b.Lines[i].Amount = l.Quantity.Neg(), l.Amount.Neg()
	}
	_, err := open(t, sandbox.New(sandbox.Options{}), nil).PutBilling(t.Context(), request(b))
	refusedFor(t, "a credit", err, staffing.Invalid, "total", "3806.00 USD there by hand")
}

func TestOddAmountsComeToTheBillsAmount(t *testing.T) {
	t.Parallel()
	thirds := []staffing.Allocation{{Code: "CC-4100", Percent: decimal.RequireFromString("33.33")}, {Code: "CC-4200", Percent: decimal.RequireFromString("66.67")}}
	hours := decimal.RequireFromString("37.5")
	for name, p := range map[string]staffing.Placement{
		"a rate of four places": {BillRate: rate("95.1255", "USD", staffing.Hour), HoursPerWeek: &hours},
		"a rate of five places": {BillRate: rate("95.12555", "USD", staffing.Hour)},
		"hours split in thirds": {BillRate: rate("95.17", "USD", staffing.Hour), HoursPerWeek: &hours, CostCentres: thirds},
		"a fee split in thirds": {WorkerType: staffing.Permanent, Fee: rate("10000.01", "USD", staffing.Flat), CostCentres: thirds},
	} {
		p.WorkerName, p.StartDate = "Jane Doe", "2026-12-01"
		b := bill(key, p)
		if rec := put(t, open(t, sandbox.New(sandbox.Options{}), nil), request(b)); rec.Extra["untaxed"] != b.Total.StringFixed(2) {
			t.Errorf("%s: %s, want %s", name, rec.Extra["untaxed"], b.Total)
		}
	}
}

func TestWhatTheBooksLackIsNamedAndLeavesNoTrace(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fields  string
		options sandbox.Options
		more    connectors.Settings
		field   string
		words   string
	}{
		"no such customer":      {fields: `{"customer":"Nobody"}`, field: "customer", words: "Nobody"},
		"an inactive customer":  {fields: `{"customer":"Old Client"}`, field: "customer", words: "no active customer"},
		"an inactive one by id": {fields: `{"customer":"68"}`, field: "customer", words: "no active customer"},
		"no such service":       {fields: `{"item":"X"}`, field: "item", words: "X"},
		"no such tax code":      {fields: `{"tax_code":"VAT"}`, field: "tax_code", words: "VAT"},
		"no such class":         {fields: `{"cost_centre":"CC-9"}`, field: "cost_centres", words: "CC-9"},
		"no classes by line":    {options: sandbox.Options{NoClasses: true}, field: "cost_centres", words: "Track classes"},
		"another currency":      {options: sandbox.Options{MultiCurrency: true}, fields: `{"customer":"67"}`, field: "currency", words: "EUR"},
		"an unknown cell":       {fields: `{"contact":"ACME"}`, field: "bill", words: "customer, item"},
		"a long purchase order": {fields: `{"purchase_order":"` + strings.Repeat("9", 32) + `"}`, more: connectors.Settings{"po_field": "1"}, field: "purchase_order", words: "31 characters"},
	} {
		company := sandbox.New(tc.options)
		req := request(splitBill(key))
		if req.Fields = json.RawMessage(tc.fields); strings.Contains(name, "class") && tc.fields != "" {
			req.Bill.Lines[0].CostCentre = ""
		}
		_, err := open(t, company, tc.more).PutBilling(t.Context(), req)
		refusedFor(t, name, err, staffing.Invalid, tc.field, tc.words)
		if len(company.Estimates()) != 0 {
			t.Errorf("%s: there is an estimate", name)
		}
	}
}

func TestACustomerIsFoundByNameOrIDInItsCurrency(t *testing.T) {
	t.Parallel()
	for _, customer := range []string{"O'Brien & Söhne", "67"} {
		b := splitBill(key)
		b.Currency = "EUR"
		req := request(b)
		req.Fields = json.RawMessage(`{"customer":"` + customer + `","tax_code":"20.0% S","memo":"Thank you"}`)
		handler, sent := spied(sandbox.New(sandbox.Options{MultiCurrency: true}))
		put(t, open(t, handler, nil), req)
		if body, _ := sent(); !strings.Contains(body, `"CurrencyRef":{"value":"EUR"}`) || !strings.Contains(body, `"GlobalTaxCalculation":"TaxExcluded"`) ||
			!strings.Contains(body, `"CustomerMemo":{"value":"Purchase order: PO-118\nThank you"}`) {
			t.Errorf("%s: %s", customer, body)
		}
	}
}

func TestTheConnectionTestSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	report, err := open(t, sandbox.New(sandbox.Options{}), nil).Check(t.Context())
	if err != nil || !report.OK() || report.Account != "Tributary Staffing LLC" || report.ExpiresAt.Before(time.Now().AddDate(0, 0, 99)) {
		t.Errorf("%+v %v", report, err)
	}
	report, err = open(t, sandbox.New(sandbox.Options{NoEstimates: true}), connectors.Settings{"fee_item": "Fee", "tax_code": "VAT"}).Check(t.Context())
	missing := 0
	for _, p := range report.Permissions {
		if !p.Granted {
			missing++
		}
	}
	if err != nil || missing != 3 {
		t.Errorf("%+v %v", report, err)
	}
}

// TestTokensThatEndCostNothingButANewOne also over two processes that share tokens.
func TestTokensThatEndCostNothingButANewOne(t *testing.T) {
	t.Parallel()
	company := sandbox.New(sandbox.Options{})
	deps := connectortest.NewDeps(quickbooks.Kind(), with(nil)(serve(t, company)))
	for _, k := range []string{"a", "b", "c"} {
		company.ExpireTokens()
		put(t, again(t, deps), request(splitBill(k)))
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
	for k, want := range map[string]string{"customer": "66=Acme Corp.;67=O'Brien & Söhne;", "item": "21=Temporary staff;22=Placement fee;", "tax_code": "5=20.0% S;",
		"cost_centre": "CC-4100=Clients:CC-4100;CC-4200=CC-4200;"} {
		if got[k] != want {
			t.Errorf("%s: %q, want %q", k, got[k], want)
		}
	}
}
