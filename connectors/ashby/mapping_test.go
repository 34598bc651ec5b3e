package ashby_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors/ashby"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/ashby"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(ashby.Kind().Mapping)
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

// sample gives a result of the vendor's document, made from its own examples.
func sample(t *testing.T, name string) json.RawMessage {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(shared(t), "samples", "ashby", "synthesized-from-vendor-openapi", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		Response200 struct{ Results []json.RawMessage }
	}
	if err := json.Unmarshal(raw, &in); err != nil || len(in.Response200.Results) == 0 {
		t.Fatalf("%s: %v", name, err)
	}
	return in.Response200.Results[0]
}

func TestAJobBecomesARequisition(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	o.account.OpenJob(sandbox.JobSpec{Title: "Nurse", Openings: 2, Hourly: true, Custom: map[string]any{
		"Cost Center": "4100", "PO number": "PO-9", "NTE": 95.5, "Bill rate (max)": "90", "End date": "2027-06-30"}})
	records, _ := readAll(t, o.Requisitions, nil)
	req := requisition(t, records[0].Raw)
	if req.Title != "Nurse" || req.Number != "REQ-1" || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions || req.WorkerType != staffing.Contract {
		t.Errorf("title %q, number %q, status %q, accepting %v, %s", req.Title, req.Number, req.Status, req.AcceptingSubmissions, req.WorkerType)
	}
	if req.Openings != 2 || req.OpeningsTotal != 2 || req.StartDate != "2026-12-01" || req.EndDate != "2027-06-30" || req.Description != "<p>What it is about.</p>" {
		t.Errorf("openings %d of %d from %s to %s: %s", req.Openings, req.OpeningsTotal, req.StartDate, req.EndDate, req.Description)
	}
	if req.PayRate.String() != "60.00-80.00 USD/hour" || req.NTE.String() != "95.50 USD/hour" || req.PurchaseOrder != "PO-9" || req.BillRate.Max.String() != "90" {
		t.Errorf("pay rate %s, NTE %s, PO %s, bill rate %s", req.PayRate, req.NTE, req.PurchaseOrder, req.BillRate)
	}
	if len(req.Locations) != 1 || req.Locations[0].City != "San Francisco" || len(req.CostCentres) != 1 || req.CostCentres[0].Code != "4100" ||
		req.HiringManager.Email != "maria@client.example" || req.HiringManager.Name != "Maria Hall" || req.Department != "People" {
		t.Errorf("locations %+v, cost centres %+v, manager %+v, department %s", req.Locations, req.CostCentres, req.HiringManager, req.Department)
	}
}

func TestTheVendorsExampleOfAJobIsRead(t *testing.T) {
	req := requisition(t, sample(t, "api-job-list"))
	if req.Status != staffing.ReqDraft || req.WorkerType != staffing.Permanent || req.Openings != 0 || req.OpeningsTotal != 1 || req.Salary.Currency != "EUR" ||
		req.Salary.Unit != staffing.Year || !req.PayRate.IsZero() || req.HiringManager.Name != "Joey Joe" || len(req.Locations) != 1 || req.Locations[0].City != "San Francisco" {
		t.Errorf("%+v", req)
	}
}

func TestABareJobStillBecomesARequisition(t *testing.T) {
	req := requisition(t, json.RawMessage(`{"id":"j","title":"Nurse","status":"Closed","openings":[],"_posting":null,"_custom":{}}`))
	if req.ExternalID != "j" || req.Number != "j" || req.Status != staffing.ReqCancelled || req.AcceptingSubmissions || !req.PayRate.IsZero() || req.NTE != nil || len(req.Locations) != 0 ||
		req.HiringManager.Name != "" {
		t.Errorf("%+v", req)
	}
	req = requisition(t, json.RawMessage(`{"id":"j","title":"Nurse","status":"Closed","openings":[{"openingState":"Filled"}],"location":{"name":"Ohio","isRemote":true}}`))
	if req.Status != staffing.ReqFilled || !req.Locations[0].Remote {
		t.Errorf("%+v", req)
	}
}

func TestStatusWordsBecomeStages(t *testing.T) {
	const at = `,"updatedAt":"2026-11-02T09:00:00.000Z"}`
	for _, tc := range []struct {
		raw   string
		word  string
		stage staffing.Stage
	}{
		{`{"status":"Lead","currentInterviewStage":{"title":"New Lead"}` + at, "Lead", staffing.ClientSubmitted},
		{`{"status":"Active","currentInterviewStage":{"title":"Application Review"}` + at, "Application Review", staffing.ClientReview},
		{`{"status":"Active","currentInterviewStage":{"title":"Onsite"}` + at, "Onsite", staffing.Interview},
		{`{"status":"Hired","currentInterviewStage":{"title":"Hired"}` + at, "Hired", staffing.Placed},
		{`{"status":"Archived","archivedAt":"2026-11-02T09:00:00Z","archiveReason":{"reasonType":"RejectedByOrg"}}`, "Rejected", staffing.RejectedClient},
		{`{"status":"Archived","archiveReason":{"reasonType":"RejectedByCandidate"}` + at, "Withdrawn", staffing.Withdrawn},
		{`{"status":"Archived","archiveReason":{"reasonType":"Other"}` + at, "Archived", staffing.ClosedNotSelected},
	} {
		got, gaps, err := program(t).Status(json.RawMessage(tc.raw))
		if err != nil || len(gaps) > 0 || got.Word != tc.word || got.Stage != tc.stage || got.At.IsZero() {
			t.Errorf("%s: %+v %+v %v", tc.raw, got, gaps, err)
		}
	}
	if got, gaps, err := program(t).Status(json.RawMessage(`{"status":"Active","currentInterviewStage":{"title":"Coffee"}` + at)); err != nil || len(gaps) != 1 || got.Stage != "" {
		t.Errorf("what nobody knows moves nothing: %+v %+v %v", got, gaps, err)
	}
	if got, gaps, err := program(t).Status(sample(t, "api-application-list")); err != nil || len(gaps) > 0 || got.Stage != staffing.Placed {
		t.Errorf("the vendor's example: %+v %+v %v", got, gaps, err)
	}
}

func TestAnAcceptedOfferBecomesAPlacement(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	rec, err := o.Placement(context.Background(), o.hire())
	if err != nil {
		t.Fatal(err)
	}
	rate := staffing.Rate{Amount: decimal.RequireFromString("90"), Currency: "USD", Unit: staffing.Hour}
	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Eve", LastName: "Moss"}, Offered: staffing.Offered{BillRate: &rate, PayRate: &rate}}
	req := staffing.Requisition{Title: "Nurse", Number: "REQ-1", WorkerType: staffing.Contract,
		CostCentres: []staffing.Allocation{{Code: "4100", Percent: decimal.NewFromInt(100)}}}
	plc, gaps, err := program(t).Placement(rec.Raw, sub, req, acme())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
	if plc.StartDate != "2026-12-07" || plc.BillRate.String() != "92.00 USD/hour" || plc.PayRate.String() != "90.00 USD/hour" || plc.Purchase != "PO-9" ||
		plc.WorkerName != "Eve Moss" || plc.CostCentres[0].Code != "4100" || plc.BillingCodes["ExternalOrderNumber"] != "OPN-1-1" || plc.Revision == "" {
		t.Errorf("%+v", plc)
	}
	plc, gaps, err = program(t).Placement(json.RawMessage(`{"application":{"id":"a","status":"Hired"},"offer":null,"opening":null}`), sub, req, acme())
	if err != nil || len(gaps) > 0 || plc.ExternalID != "a" || plc.BillRate.String() != "90.00 USD/hour" {
		t.Errorf("hired without an offer: %+v %+v %v", plc, gaps, err)
	}
}

func TestAnOfferThatIsTakenBackCancelsTheHire(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	terms := func(ref staffing.SubmissionRef) staffing.Placement {
		t.Helper()
		rec, err := o.Placement(context.Background(), ref)
		o.must(err)
		plc, gaps, err := program(t).Placement(rec.Raw, staffing.Submission{}, staffing.Requisition{}, acme())
		if err != nil || len(gaps) > 0 {
			t.Fatalf("error %v, gaps %+v", err, gaps)
		}
		return plc
	}
	ref := o.hire()
	hired := terms(ref)
	if hired.Outcome != "" || hired.OvertimeRate != nil {
		t.Errorf("an ordinary hire: %q, overtime %s", hired.Outcome, hired.OvertimeRate)
	}
	o.must(o.account.CancelOffer(ref.ID))
	back := terms(ref)
	if back.Outcome != staffing.OutcomeCancelled || back.Status != "Cancelled" || back.ExternalID != hired.ExternalID || back.BillRate.String() != "92.00 USD/hour" {
		t.Errorf("taken back after it was accepted: %+v", back)
	}
	o.must(o.account.Hire(ref.ID, "2027-01-04T00:00:00.000Z", map[string]any{"Overtime bill rate": 138}))
	again := terms(ref)
	if again.Outcome != "" || again.StartDate != "2027-01-04" || again.OvertimeRate.String() != "138.00 USD/hour" {
		t.Errorf("hired again by a new offer: %+v", again)
	}
}
