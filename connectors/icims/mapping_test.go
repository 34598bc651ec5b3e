package icims_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors/icims"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/icims"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(icims.Kind().Mapping)
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

func TestAJobBecomesARequisition(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	id := b.platform.OpenJob(" Nurse ")
	page, err := b.Requisitions(t.Context(), nil)
	b.must(err)
	req, gaps, err := program(t).Requisition(page.Records[0].Raw, acme())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v\n%s", err, gaps, page.Records[0].Raw)
	}
	if req.ExternalID != id || req.Number != "2026-"+id || req.Title != "Nurse" || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions || req.Openings != 2 ||
		req.WorkerType != staffing.Contract || req.StartDate != "2026-12-01" || req.HiringManager.Name != "Maria Hall" ||
		len(req.Locations) != 1 || !strings.Contains(req.Locations[0].Text, "Chicago") || !strings.Contains(req.Description, "<li>Care</li>") {
		t.Errorf("%+v", req)
	}
}

func TestAJobOfWhichLittleIsShownStillBecomesARequisition(t *testing.T) {
	for folder, want := range map[string]staffing.RequisitionStatus{`"Approved"`: staffing.ReqOpen, `{"id":"D1","value":"Closed (Filled)"}`: staffing.ReqFilled,
		`{"id":"D2","value":"On Hold"}`: staffing.ReqOnHold} {
		req, gaps, err := program(t).Requisition(json.RawMessage(`{"_id":"7","jobtitle":"Nurse","folder":`+folder+`}`), acme())
		if err != nil || len(gaps) > 0 || req.Status != want || req.AcceptingSubmissions != (want == staffing.ReqOpen) || req.Number != "7" {
			t.Errorf("%s: %+v %+v %v", folder, req, gaps, err)
		}
	}
}

func TestTheSampleOfAWorkflowIsRead(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(shared(t), "samples", "icims", "applicantworkflow.shape-from-docs.json"))
	if err != nil {
		t.Fatal(err)
	}
	var r map[string]any
	if err := json.Unmarshal(raw, &r); err != nil {
		t.Fatal(err)
	}
	r["_id"], r["_updated_at"] = "1", "2026-10-01T14:07:00Z"
	if raw, err = json.Marshal(r); err != nil {
		t.Fatal(err)
	}
	got, gaps, err := program(t).Status(raw)
	if err != nil || len(gaps) > 0 || got.Stage != staffing.ClientSubmitted || got.At.Hour() != 14 {
		t.Errorf("%+v %+v %v", got, gaps, err)
	}
}

func TestStatusesBecomeStagesWithTheMomentInTheClientsZone(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	for status, want := range map[string]staffing.Stage{"C12295": staffing.ClientSubmitted, "D10100": staffing.Interview, "D10110": staffing.Offer,
		"D10120": staffing.Placed, "D10130": staffing.RejectedClient, "D10140": staffing.Withdrawn} {
		b.must(b.platform.Move(b.applyMany(1)[0], status))
		page, err := b.Statuses(t.Context(), nil)
		b.must(err)
		got, gaps, err := program(t).Status(page.Records[len(page.Records)-1].Raw)
		if err != nil || len(gaps) > 0 || got.Stage != want || got.At.IsZero() {
			t.Errorf("%s: %+v %+v %v", status, got, gaps, err)
		}
	}
	got, gaps, err := program(t).Status(json.RawMessage(`{"status":{"id":"C7","value":"Coffee: Had one"},"_updated_at":"2026-11-02T09:00:00Z"}`))
	if err != nil || len(gaps) != 1 || gaps[0].Kind != staffing.GapStatus || got.Stage != "" {
		t.Errorf("what nobody knows moves nothing: %+v %+v %v", got, gaps, err)
	}
}

func TestAHireBecomesAPlacement(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	rec, err := b.Placement(t.Context(), b.hire())
	b.must(err)
	plc, gaps, err := program(t).Placement(rec.Raw, staffing.Submission{Candidate: staffing.Candidate{FirstName: "Eve", LastName: "Moss"}},
		staffing.Requisition{Title: "Nurse", Number: "2026-9"}, acme())
	if err != nil || len(gaps) > 0 || plc.StartDate != "2026-12-07" || plc.WorkerName != "Eve Moss" || plc.Status != "Hired: Hired" || plc.BillingCodes["CustomerJobCode"] != "2026-9" {
		t.Errorf("%+v %+v %v", plc, gaps, err)
	}
}

func TestTheProfilesFieldsAreTaken(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	req := submission(t, b.job(), "ada@mail.example")
	fields, gaps, err := program(t).Submission(mapping.SubmissionInput{Submission: staffing.Submission{Key: "k", Candidate: staffing.Candidate{FirstName: "Ada", LastName: "Grey",
		Email: "Ada@Mail.Example", Phone: "+1 555 0100"}}, Client: acme()})
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
	req.Fields = fields
	if _, err := b.Submit(t.Context(), req); err != nil {
		t.Error(err)
	}
}

func TestTheReadmeNamesEverySetting(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range icims.Kind().Spec {
		if !strings.Contains(strings.ToLower(string(page)), strings.ToLower(f.Label)) {
			t.Errorf("the page does not name the setting %q", f.Label)
		}
	}
}
