package teamtailor_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors/teamtailor"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/teamtailor"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(teamtailor.Kind().Mapping)
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

func acme() staffing.Client { return staffing.Client{Code: "ACME", Name: "Acme", Currency: "SEK"} }

// A job as the connector reads it, through the simulator.
func TestAJobBecomesARequisition(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	id := o.account.OpenJob(" Nurse ")
	records, _ := drain(t, o.Requisitions)
	req, gaps, err := program(t).Requisition(records[0].Raw, acme())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
	if req.ExternalID != id || req.Title != "Nurse" || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions || req.WorkerType != staffing.Contract ||
		req.StartDate != "2026-12-07" || req.Department != "Care" || !strings.Contains(req.Description, "What it is about") {
		t.Errorf("%+v", req)
	}
	if req.BillRate.Max == nil || req.BillRate.Max.String() != "385.5" || req.PayRate.Max == nil || req.PayRate.Max.String() != "220.5" ||
		req.PayRate.Currency != "SEK" || req.PayRate.Unit != "hour" || req.Salary.Max != nil {
		t.Errorf("rates %+v %+v %+v", req.BillRate, req.PayRate, req.Salary)
	}
	if len(req.CostCentres) != 1 || req.CostCentres[0].Code != "CC-100" || req.HiringManager.Name != "Rae Cole" || len(req.Locations) != 1 ||
		!strings.Contains(req.Locations[0].Text, "Malmö") {
		t.Errorf("%+v", req)
	}
}

// The vendor's own example of a job, from its page on webhooks, as the connector
// would read it.
func TestTheVendorsExampleIsMapped(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(shared(t), "samples", "teamtailor", "webhook-job.update.vendor-docs.json"))
	if err != nil {
		t.Fatal(err)
	}
	var body struct {
		Payload struct {
			Data struct {
				ID         string
				Attributes map[string]any
			}
		}
	}
	if err := json.Unmarshal(raw, &body); err != nil {
		t.Fatal(err)
	}
	job := map[string]any{"id": body.Payload.Data.ID, "_named": map[string]any{}, "_locations": []any{}}
	for k, v := range body.Payload.Data.Attributes {
		job[strings.ReplaceAll(k, "-", "_")] = v
	}
	flat, err := json.Marshal(job)
	if err != nil {
		t.Fatal(err)
	}
	req, gaps, err := program(t).Requisition(flat, acme())
	if err != nil || len(gaps) > 0 || req.Title != "IT Designer 1" || req.Status != staffing.ReqCancelled || req.AcceptingSubmissions {
		t.Errorf("%+v %+v %v", req, gaps, err)
	}
}

func TestEveryJobStatusHasItsPlace(t *testing.T) {
	for word, want := range map[string]staffing.RequisitionStatus{"draft": staffing.ReqDraft, "scheduled": staffing.ReqDraft, "open": staffing.ReqOpen,
		"published": staffing.ReqOpen, "unlisted": staffing.ReqOpen, "archived": staffing.ReqCancelled} {
		req, gaps, err := program(t).Requisition(json.RawMessage(`{"id":"1","title":"Nurse","status":"`+word+`","_named":{},"_locations":[]}`), acme())
		if err != nil || len(gaps) > 0 || req.Status != want || req.AcceptingSubmissions != (want == staffing.ReqOpen) {
			t.Errorf("%s: %s %v %+v", word, req.Status, err, gaps)
		}
	}
}

func TestStagesAreReadByTheirType(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	ids := o.applyMany(6)
	o.must(o.account.Move(ids[1], "in_process"))
	o.must(o.account.Move(ids[2], "interview"))
	o.must(o.account.Move(ids[3], "hired"))
	o.must(o.account.Reject(ids[4], "Not a fit"))
	o.must(o.account.Reject(ids[5], "Candidate withdrew"))
	want := map[string]staffing.Stage{ids[0]: staffing.ClientSubmitted, ids[1]: staffing.ClientReview, ids[2]: staffing.Interview, ids[3]: staffing.Placed,
		ids[4]: staffing.RejectedClient, ids[5]: staffing.Withdrawn}
	records, _ := drain(t, o.Statuses)
	for _, r := range records {
		got, gaps, err := program(t).Status(r.Raw)
		if err != nil || len(gaps) > 0 || got.Stage != want[r.ExternalID] || got.At.IsZero() {
			t.Errorf("%s: %+v %+v %v", r.Raw, got, gaps, err)
		}
	}
}

func TestAHireBecomesAPlacement(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	rec, err := o.Placement(t.Context(), o.hire())
	o.must(err)
	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Ada", LastName: "Grey"}}
	plc, gaps, err := program(t).Placement(rec.Raw, sub, staffing.Requisition{Title: "Nurse", Number: "7", StartDate: "2026-12-07"}, acme())
	if err != nil || len(gaps) > 0 || plc.Status != "hired" || plc.StartDate != "2026-12-07" || plc.WorkerName != "Ada Grey" ||
		plc.BillRate == nil || plc.BillRate.Amount.String() != "412.5" || plc.BillRate.Currency != "SEK" || plc.OvertimeRate != nil {
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
	for _, f := range teamtailor.Kind().Spec {
		if !strings.Contains(strings.ToLower(string(page)), strings.ToLower(f.Label)) {
			t.Errorf("the page does not name the setting %q", f.Label)
		}
	}
}

func TestHeadcountComesFromACustomField(t *testing.T) {
	for _, value := range []string{`"3"`, `3`} {
		req, gaps, err := program(t).Requisition(json.RawMessage(`{"id":"1","title":"Nurse","status":"open","_named":{"openings":`+value+`},"_locations":[]}`), acme())
		if err != nil || len(gaps) > 0 || req.Openings != 3 {
			t.Errorf("%s: %d %+v %v", value, req.Openings, gaps, err)
		}
	}
}
