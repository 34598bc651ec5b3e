package greenhouse_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors/greenhouse"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(greenhouse.Kind().Mapping)
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

func fixture(t *testing.T, name string) json.RawMessage {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func noGaps(t *testing.T, gaps []staffing.Gap, err error) {
	t.Helper()
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
}

func TestAJobBecomesARequisition(t *testing.T) {
	req, gaps, err := program(t).Requisition(fixture(t, "requisition"), acme())
	noGaps(t, gaps, err)
	if req.Title != "Senior Backend Engineer" || req.Number != "REQ-77" || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions {
		t.Errorf("title %q, number %q, status %q, accepting %v", req.Title, req.Number, req.Status, req.AcceptingSubmissions)
	}
	if req.Openings != 1 || req.OpeningsTotal != 2 || req.WorkerType != staffing.Contract || req.StartDate != "2026-12-01" {
		t.Errorf("openings %d of %d, %s from %s", req.Openings, req.OpeningsTotal, req.WorkerType, req.StartDate)
	}
	if req.BillRate.String() != "80.00-95.50 USD/hour" || req.NTE.String() != "95.50 USD/hour" {
		t.Errorf("bill rate %s, NTE %s", req.BillRate, req.NTE)
	}
	if len(req.Locations) != 1 || req.Locations[0].Text != "Remote in USA" || !req.Locations[0].Remote {
		t.Errorf("locations %+v", req.Locations)
	}
	if len(req.CostCentres) != 1 || req.CostCentres[0].Code != "4100" || req.PurchaseOrder != "PO-9" || req.HiringManager.Email != "maria@client.example" {
		t.Errorf("cost centres %+v, PO %s, manager %+v", req.CostCentres, req.PurchaseOrder, req.HiringManager)
	}
}

func TestABareJobStillBecomesARequisition(t *testing.T) {
	req, gaps, err := program(t).Requisition(json.RawMessage(
		`{"id":5,"name":"Nurse","status":"draft","custom_fields":{},"_job_post":null,"_job_posts":[],"_openings":[],"_locations":[],"_hiring_managers":[]}`), acme())
	noGaps(t, gaps, err)
	if req.ExternalID != "5" || req.Title != "Nurse" || req.Status != staffing.ReqDraft || req.AcceptingSubmissions || !req.BillRate.IsZero() || req.NTE != nil {
		t.Errorf("%+v", req)
	}
}

func TestClosedJobsSayWhy(t *testing.T) {
	for raw, want := range map[string]staffing.RequisitionStatus{
		`{"id":5,"name":"Nurse","status":"closed","_openings":[{"open":false,"application_id":7}]}`:    staffing.ReqFilled,
		`{"id":5,"name":"Nurse","status":"closed","_openings":[{"open":false,"application_id":null}]}`: staffing.ReqCancelled,
		`{"id":5,"name":"Nurse","status":"deleted"}`:                                                   staffing.ReqCancelled,
	} {
		req, gaps, err := program(t).Requisition(json.RawMessage(raw), acme())
		noGaps(t, gaps, err)
		if req.Status != want {
			t.Errorf("%s: %s, want %s", raw, req.Status, want)
		}
	}
}

func TestStatusWordsBecomeStages(t *testing.T) {
	for _, tc := range []struct {
		raw   string
		word  string
		stage staffing.Stage
	}{
		{`{"_status":"active","stage_name":"Application Review","updated_at":"2026-11-02T09:00:00.120Z"}`, "Application Review", staffing.ClientReview},
		{`{"_status":"active","stage_name":"Face to Face","updated_at":"2026-11-02T09:00:00Z"}`, "Face to Face", staffing.Interview},
		{`{"_status":"active","stage_name":"Offer","updated_at":"2026-11-02T09:00:00Z"}`, "Offer", staffing.Offer},
		{`{"_status":"hired","stage_name":"Offer","updated_at":"2026-11-02T09:00:00Z"}`, "Hired", staffing.Placed},
		{`{"_status":"rejected","stage_name":"Offer","rejected_at":"2026-11-01T09:00:00Z","updated_at":"2026-11-02T09:00:00Z",
		   "_rejection_reason":{"type":{"key":"WE_REJECTED_THEM"}}}`, "Rejected", staffing.RejectedClient},
		{`{"_status":"rejected","rejected_at":"2026-11-01T09:00:00Z","_rejection_reason":{"type":{"key":"THEY_REJECTED_US"}}}`, "Withdrawn", staffing.Withdrawn},
		{`{"_status":"rejected","rejected_at":"2026-11-01T09:00:00Z","_rejection_reason":null}`, "Rejected", staffing.RejectedClient},
		{`{"_status":"deleted","updated_at":"2026-11-01T09:00:00Z"}`, "Deleted", staffing.ClosedNotSelected},
		{`{"_status":"active","_anonymized":true,"stage_name":"Application Review","updated_at":"2026-11-01T09:00:00Z"}`, "Anonymized", staffing.ClosedNotSelected},
		{`{"_status":"rejected","_anonymized":true,"stage_name":"Application Review","rejected_at":"2026-11-01T09:00:00Z"}`, "Rejected", staffing.RejectedClient},
	} {
		got, gaps, err := program(t).Status(json.RawMessage(tc.raw))
		noGaps(t, gaps, err)
		if got.Word != tc.word || got.Stage != tc.stage || got.At.IsZero() {
			t.Errorf("%s: %+v", tc.raw, got)
		}
	}
	got, gaps, err := program(t).Status(json.RawMessage(`{"_status":"candidate_deleted","updated_at":"2026-11-02T09:00:00Z"}`))
	if err != nil || len(gaps) != 1 || got.Stage != "" || got.Word != "Candidate deleted or merged" {
		t.Errorf("a candidate that may have been merged moves nothing and is asked about: %+v %+v %v", got, gaps, err)
	}
	got, gaps, err = program(t).Status(json.RawMessage(`{"_status":"active","stage_name":"Coffee Chat","updated_at":"2026-11-02T09:00:00Z"}`))
	if err != nil || len(gaps) != 1 || gaps[0].Kind != staffing.GapStatus || got.Stage != "" {
		t.Errorf("an unknown stage: %+v %+v %v", got, gaps, err)
	}
}

func TestAnOfferBecomesAPlacement(t *testing.T) {
	rate := staffing.Rate{Amount: decimal.RequireFromString("90"), Currency: "USD", Unit: staffing.Hour}
	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Ada", LastName: "Grey"}, Offered: staffing.Offered{BillRate: &rate}}
	req := staffing.Requisition{Title: "Engineer", Number: "REQ-77", WorkerType: staffing.Contract, PurchaseOrder: "PO-9",
		CostCentres: []staffing.Allocation{{Code: "4100", Percent: decimal.NewFromInt(100)}}}
	plc, gaps, err := program(t).Placement(fixture(t, "placement"), sub, req, acme())
	noGaps(t, gaps, err)
	if plc.StartDate != "2026-12-07" || plc.BillRate.String() != "92.00 USD/hour" || plc.Purchase != "PO-9" || plc.WorkerName != "Ada Grey" ||
		plc.ExternalID != "506101" || plc.Revision != "2" || plc.CostCentres[0].Code != "4100" || plc.OvertimeRate != nil || plc.Outcome != "" {
		t.Errorf("%+v", plc)
	}
	plc, gaps, err = program(t).Placement(json.RawMessage(`{"application":{"id":7},"offer":null,"opening":null}`), sub, req, acme())
	noGaps(t, gaps, err)
	if plc.BillRate.String() != "90.00 USD/hour" || plc.StartDate != "" || plc.ExternalID != "7" {
		t.Errorf("hired without an offer: %+v", plc)
	}
	plc, gaps, err = program(t).Placement(json.RawMessage(`{"application":{"id":7},"offer":{"custom_fields":{
		"overtime_bill_rate":{"type":"currency","value":{"amount":"138.00","unit":"EUR"}}}}}`), sub, req, acme())
	noGaps(t, gaps, err)
	if plc.OvertimeRate.String() != "138.00 EUR/hour" {
		t.Errorf("an offer with an overtime rate: %s", plc.OvertimeRate)
	}
}
