package lever_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors/lever"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/lever"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(lever.Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rules.Compile(rules.Merge(rules.Baseline(), doc.Rules), doc.Lists); err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func acme() staffing.Client { return staffing.Client{Code: "ACME", Name: "Acme", Currency: "USD"} }

func requisition(t *testing.T, raw json.RawMessage) staffing.Requisition {
	t.Helper()
	req, gaps, err := program(t).Requisition(raw, acme())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v\n%s", err, gaps, raw)
	}
	return req
}

func TestAPostingAndItsRequisitionBecomeOne(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	o.account.OpenPosting(sandbox.PostingSpec{Title: "Nurse", Headcount: 3, Location: "Remote in USA", RequisitionCode: "ENG-145", CustomFields: map[string]any{
		"cost_center": map[string]any{"campus_code": "2"}, "po_number": "PO-9", "nte": 95.5, "start_date": time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC).UnixMilli()}})
	o.must(o.account.ChangeRequisition("ENG-145", true, func(r map[string]any) { r["headcountHired"] = 1 }))
	records, _ := readAll(t, o.Requisitions, nil)
	req := requisition(t, records[0].Raw)
	if req.Title != "Nurse" || req.Number != "ENG-145" || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions || req.WorkerType != staffing.Contract {
		t.Errorf("title %q, number %q, status %q, accepting %v, %s", req.Title, req.Number, req.Status, req.AcceptingSubmissions, req.WorkerType)
	}
	if req.Openings != 2 || req.OpeningsTotal != 3 || req.StartDate != "2026-12-01" {
		t.Errorf("openings %d of %d from %s", req.Openings, req.OpeningsTotal, req.StartDate)
	}
	if req.PayRate.String() != "60.00-80.00 USD/hour" || req.NTE.String() != "95.50 USD/hour" || req.PurchaseOrder != "PO-9" {
		t.Errorf("pay rate %s, NTE %s, PO %s", req.PayRate, req.NTE, req.PurchaseOrder)
	}
	if len(req.Locations) != 1 || req.Locations[0].Text != "Remote in USA" || len(req.CostCentres) != 1 || req.CostCentres[0].Code != "2" ||
		req.HiringManager.Email != "maria@client.example" {
		t.Errorf("locations %+v, cost centres %+v, manager %+v", req.Locations, req.CostCentres, req.HiringManager)
	}
}

// The requisition is the vendor's own example; the posting around it is made up.
func TestTheVendorsExampleOfARequisitionIsRead(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(shared(t), "samples", "lever", "requisition.vendor-docs.json"))
	if err != nil {
		t.Fatal(err)
	}
	var sample struct{ Data json.RawMessage }
	if err := json.Unmarshal(raw, &sample); err != nil {
		t.Fatal(err)
	}
	r := string(sample.Data)
	req := requisition(t, json.RawMessage(`{"id":"210bfcfc-fe7c-4c7b-87a3-c8d594c0e6c7","text":"Senior Software Engineer","state":"internal",
		"categories":{"location":"San Francisco"},"content":{"description":"Superman."},"_requisitions":[`+r+`],"_requisition":`+r+`,"_hiring_manager":null}`))
	if req.Number != "ENG-145" || req.Openings != 9 || req.OpeningsTotal != 10 || req.WorkerType != staffing.Permanent || req.StartDate != "2016-01-20" {
		t.Errorf("number %s, openings %d of %d, %s from %s", req.Number, req.Openings, req.OpeningsTotal, req.WorkerType, req.StartDate)
	}
	if req.Salary.String() != "50000.00-80000.00 USD/year" || !req.PayRate.IsZero() || len(req.CostCentres) != 1 || req.CostCentres[0].Code != "2" {
		t.Errorf("salary %s, pay rate %s, cost centres %+v", req.Salary, req.PayRate, req.CostCentres)
	}
}

func TestABarePostingStillBecomesARequisition(t *testing.T) {
	req := requisition(t, json.RawMessage(`{"id":"p","text":"Nurse","state":"draft","categories":{},"_requisitions":[],"_requisition":null}`))
	if req.ExternalID != "p" || req.Number != "p" || req.Status != staffing.ReqDraft || req.AcceptingSubmissions || req.Openings != 0 || !req.PayRate.IsZero() || req.NTE != nil {
		t.Errorf("%+v", req)
	}
}

func TestPostingStatesSayWhatTheyMean(t *testing.T) {
	for raw, want := range map[string]staffing.RequisitionStatus{
		`"state":"internal","_requisitions":[]`:                                                     staffing.ReqOpen,
		`"state":"pending","_requisitions":[]`:                                                      staffing.ReqPending,
		`"state":"rejected","_requisitions":[]`:                                                     staffing.ReqCancelled,
		`"state":"closed","_requisitions":[]`:                                                       staffing.ReqCancelled,
		`"state":"closed","_requisitions":[{"headcountHired":1}]`:                                   staffing.ReqFilled,
		`"state":"published","_requisition":{"status":"onHold"},"_requisitions":[{}]`:               staffing.ReqOnHold,
		`"state":"deleted","deletedAt":1766000000000`:                                               staffing.ReqCancelled,
		`"state":"published","_requisitions":[{"status":"open","headcountTotal":"unlimited"}]`:      staffing.ReqOpen,
		`"state":"published","_requisitions":[{"status":"open","headcountInfinite":true}],"x":null`: staffing.ReqOpen,
	} {
		req := requisition(t, json.RawMessage(`{"id":"p","text":"Nurse",`+raw+`}`))
		if req.Status != want || req.Openings != 0 {
			t.Errorf("%s: %s, openings %d; want %s", raw, req.Status, req.Openings, want)
		}
	}
}

func TestStatusWordsBecomeStages(t *testing.T) {
	for _, tc := range []struct {
		raw   string
		word  string
		stage staffing.Stage
	}{
		{`{"stage":{"id":"lead-new","text":"New lead"},"lastAdvancedAt":1417587916150}`, "New lead", staffing.ClientSubmitted},
		{`{"stage":{"text":"On-site interview"},"lastAdvancedAt":1417587916150}`, "On-site interview", staffing.Interview},
		{`{"stage":{"text":"Offer"},"_archived":{"at":1417587916150,"text":"Hired","type":"hired"}}`, "Hired", staffing.Placed},
		{`{"_archived":{"at":1417587916150,"text":"Aboard at last","type":"hired"}}`, "Hired", staffing.Placed},
		{`{"_archived":{"at":1417587916150,"text":"Underqualified","type":"non-hired"}}`, "Rejected", staffing.RejectedClient},
		{`{"_archived":{"at":1417587916150,"text":"Withdrew","type":"non-hired"}}`, "Withdrawn", staffing.Withdrawn},
		{`{"_archived":{"at":1417587916150,"text":"Offer declined","type":"non-hired"}}`, "Offer declined", staffing.OfferDeclined},
		{`{"_deleted":true,"deletedAt":1417587916150}`, "Deleted", staffing.ClosedNotSelected},
	} {
		got, gaps, err := program(t).Status(json.RawMessage(tc.raw))
		if err != nil || len(gaps) > 0 || got.Word != tc.word || got.Stage != tc.stage || got.At.UnixMilli() != 1417587916150 {
			t.Errorf("%s: %+v %+v %v", tc.raw, got, gaps, err)
		}
	}
	for _, raw := range []string{`{"stage":{"text":"Coffee chat"},"lastAdvancedAt":1417587916150}`, `{"_archived":{"at":1417587916150,"text":"?","type":""}}`} {
		got, gaps, err := program(t).Status(json.RawMessage(raw))
		if err != nil || len(gaps) != 1 || gaps[0].Kind != staffing.GapStatus || got.Stage != "" {
			t.Errorf("what nobody knows moves nothing: %+v %+v %v", got, gaps, err)
		}
	}
}

func TestASignedOfferBecomesAPlacement(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	rec, err := o.Placement(context.Background(), o.hire())
	if err != nil {
		t.Fatal(err)
	}
	rate := staffing.Rate{Amount: decimal.RequireFromString("90"), Currency: "USD", Unit: staffing.Hour}
	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Eve", LastName: "Moss"}, Offered: staffing.Offered{BillRate: &rate}}
	req := staffing.Requisition{Title: "Nurse", Number: "ENG-1", WorkerType: staffing.Contract,
		CostCentres: []staffing.Allocation{{Code: "4100", Percent: decimal.NewFromInt(100)}}}
	plc, gaps, err := program(t).Placement(rec.Raw, sub, req, acme())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
	if plc.StartDate != "2026-12-07" || plc.BillRate.String() != "90.00 USD/hour" || plc.PayRate.String() != "70.00 USD/hour" || plc.Purchase != "PO-9" ||
		plc.WorkerName != "Eve Moss" || plc.CostCentres[0].Code != "4100" || plc.BillingCodes["CustomerJobCode"] != "ENG-1" ||
		plc.OvertimeRate != nil {
		t.Errorf("%+v", plc)
	}
	plc, gaps, err = program(t).Placement(json.RawMessage(`{"fields":{"custom_overtime_bill_rate":138,"compensation_currency":"EUR"}}`), sub, req, acme())
	if err != nil || len(gaps) > 0 || plc.OvertimeRate.String() != "138.00 EUR/hour" {
		t.Errorf("an offer with an overtime rate: %s %+v %v", plc.OvertimeRate, gaps, err)
	}
}
