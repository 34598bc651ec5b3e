package smartrecruiters_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors/smartrecruiters"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/smartrecruiters"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(smartrecruiters.Kind().Mapping)
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

// A job as the connector reads it, through the simulator.
func TestAJobBecomesARequisition(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	id := o.account.OpenJob(" Nurse ")
	records, _ := drain(t, o.Requisitions)
	req, gaps, err := program(t).Requisition(records[0].Raw, acme())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
	if req.ExternalID != id || !strings.HasPrefix(req.Number, "REF") || req.Title != "Nurse" || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions ||
		req.WorkerType != staffing.Contract || req.Openings != 1 || req.OpeningsTotal != 2 || req.StartDate != "2026-12-07" || req.Department != "Care" {
		t.Errorf("%+v", req)
	}
	if req.BillRate.Max == nil || req.BillRate.Max.String() != "85.5" || req.BillRate.Currency != "USD" || req.PayRate.Max == nil || req.PayRate.Unit != "hour" || req.Salary.Max != nil {
		t.Errorf("rates %+v %+v %+v", req.BillRate, req.PayRate, req.Salary)
	}
	if len(req.CostCentres) != 1 || req.CostCentres[0].Code != "CC-100" || req.HiringManager.Name != "Max Hill" || req.HiringManager.Email != "max@client.example" ||
		len(req.Locations) != 1 || !strings.Contains(req.Locations[0].Text, "San Francisco") || !strings.Contains(req.Description, "<h3>Qualifications</h3>") {
		t.Errorf("%+v", req)
	}
}

func TestTheVendorsShapeIsMapped(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(shared(t), "samples", "smartrecruiters", "job-details.shape-from-vendor-swagger.json"))
	if err != nil {
		t.Fatal(err)
	}
	req, gaps, err := program(t).Requisition(raw, acme())
	if err != nil || len(gaps) > 0 || req.Title != "Java Developer" || req.Number != "REF123A" || req.Status != staffing.ReqOpen || req.WorkerType != staffing.Contract ||
		req.StartDate != "2026-12-01" || req.Department != "Engineering" {
		t.Errorf("%+v %+v %v", req, gaps, err)
	}
}

func TestEveryJobStatusHasItsPlace(t *testing.T) {
	for word, want := range map[string]staffing.RequisitionStatus{"CREATED": staffing.ReqDraft, "SOURCING": staffing.ReqOpen, "INTERVIEW": staffing.ReqOpen,
		"OFFER": staffing.ReqOpen, "FILLED": staffing.ReqFilled, "CANCELLED": staffing.ReqCancelled, "ON_HOLD": staffing.ReqOnHold} {
		req, gaps, err := program(t).Requisition(json.RawMessage(`{"id":"a","title":"Nurse","status":"`+word+`","_positions":[],"_named":{}}`), acme())
		if err != nil || len(gaps) > 0 || req.Status != want || req.AcceptingSubmissions != (want == staffing.ReqOpen) {
			t.Errorf("%s: %s %v %+v", word, req.Status, err, gaps)
		}
	}
}

func TestEveryStatusOfACandidateHasItsStage(t *testing.T) {
	for word, want := range map[string]staffing.Stage{"LEAD": staffing.ClientSubmitted, "NEW": staffing.ClientSubmitted, "IN_REVIEW": staffing.ClientReview,
		"INTERVIEW": staffing.Interview, "OFFERED": staffing.Offer, "HIRED": staffing.Placed, "REJECTED": staffing.RejectedClient, "WITHDRAWN": staffing.Withdrawn,
		"IN-REVIEW": staffing.ClientReview, "TRANSFERRED": staffing.ClosedNotSelected} {
		got, gaps, err := program(t).Status(json.RawMessage(`{"status":"` + word + `","candidate":{"updatedOn":"2026-11-02T09:00:00.000Z"}}`))
		if err != nil || len(gaps) > 0 || got.Stage != want || got.At.IsZero() {
			t.Errorf("%s: %+v %+v %v", word, got, gaps, err)
		}
	}
}

func TestAHireBecomesAPlacement(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	rec, err := o.Placement(t.Context(), o.hire())
	o.must(err)
	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Ada", LastName: "Grey"}}
	plc, gaps, err := program(t).Placement(rec.Raw, sub, staffing.Requisition{Title: "Nurse", Number: "REF9"}, acme())
	if err != nil || len(gaps) > 0 || plc.Status != "ACCEPTED" || plc.StartDate != "2026-12-07" || plc.WorkerName != "Ada Grey" ||
		plc.BillRate == nil || plc.BillRate.Amount.String() != "92.5" || plc.BillingCodes["CustomerJobCode"] != "REF9" ||
		plc.OvertimeRate != nil {
		t.Errorf("%+v %+v %v", plc, gaps, err)
	}
	plc, gaps, err = program(t).Placement(json.RawMessage(`{"_named":{"overtime_bill_rate":"138.75"}}`), sub, staffing.Requisition{}, acme())
	if err != nil || len(gaps) > 0 || plc.OvertimeRate == nil || plc.OvertimeRate.Amount.String() != "138.75" {
		t.Errorf("a hire with an overtime rate: %s %+v %v", plc.OvertimeRate, gaps, err)
	}
}

func TestTheReadmeNamesEverySetting(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range smartrecruiters.Kind().Spec {
		if !strings.Contains(strings.ToLower(string(page)), strings.ToLower(f.Label)) {
			t.Errorf("the page does not name the setting %q", f.Label)
		}
	}
}
