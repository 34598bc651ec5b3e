package workable_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors/workable"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(workable.Kind().Mapping)
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
	raw := `{"id":"5b5ce9","title":" Nurse ","shortcode":"9CD658E13E","code":"REQ/9","state":"published","department":"Care","employment_type":"Contract",
		"full_description":"<p>Care</p>","requirements":"<p>Care</p>","shortlink":"https://apply.workable.com/j/9CD658E13E",
		"location":{"city":"New York","region":"New York","country_code":"US","country":"United States"},
		"salary":{"salary_from":60000,"salary_to":80000,"salary_currency":"usd"},"updated_at":"2026-07-23T18:58:17Z"}`
	req, gaps, err := program(t).Requisition(json.RawMessage(raw), acme())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
	if req.ExternalID != "9CD658E13E" || req.Number != "REQ/9" || req.Title != "Nurse" || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions ||
		req.WorkerType != staffing.Contract || req.Salary.Currency != "USD" || len(req.Locations) != 1 || !strings.Contains(req.Locations[0].Text, "New York") || req.Description != "<p>Care</p>" {
		t.Errorf("%+v", req)
	}
	for state, want := range map[string]staffing.RequisitionStatus{"draft": staffing.ReqDraft, "closed": staffing.ReqCancelled, "archived": staffing.ReqCancelled} {
		req, gaps, err := program(t).Requisition(json.RawMessage(`{"title":"Nurse","shortcode":"A","state":"`+state+`"}`), acme())
		if err != nil || len(gaps) > 0 || req.Status != want || req.AcceptingSubmissions {
			t.Errorf("%s: %s %v %+v", state, req.Status, err, gaps)
		}
	}
}

func TestStagesAreReadByTheirKind(t *testing.T) {
	for raw, want := range map[string]staffing.Stage{
		`{"stage":"Vorauswahl","stage_kind":"shortlisted","updated_at":"2026-11-02T09:00:00Z"}`:                               staffing.ClientReview,
		`{"stage":"Call","stage_kind":"phone-screen","updated_at":"2026-11-02T09:00:00Z"}`:                                    staffing.Interview,
		`{"stage":"Hired","stage_kind":"hired","updated_at":"2026-11-02T09:00:00Z"}`:                                          staffing.Placed,
		`{"stage":"Offer","stage_kind":"offer","disqualified":true,"updated_at":"2026-11-02T09:00:00Z"}`:                      staffing.RejectedClient,
		`{"stage":"Offer","stage_kind":"offer","disqualified":true,"withdrew":true,"disqualified_at":"2026-11-02T09:00:00Z"}`: staffing.Withdrawn,
	} {
		got, gaps, err := program(t).Status(json.RawMessage(raw))
		if err != nil || len(gaps) > 0 || got.Stage != want || got.At.IsZero() {
			t.Errorf("%s: %+v %+v %v", raw, got, gaps, err)
		}
	}
}

func TestAHireBecomesAPlacement(t *testing.T) {
	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Ada", LastName: "Grey"}}
	plc, gaps, err := program(t).Placement(json.RawMessage(`{"candidate":{"id":"2727baa2","hired_at":"2026-11-02T09:00:00Z"},"offer":{"start_date":"2026-12-07"}}`), sub,
		staffing.Requisition{Title: "Nurse", Number: "REQ/9"}, acme())
	if err != nil || len(gaps) > 0 || plc.ExternalID != "2727baa2" || plc.StartDate != "2026-12-07" || plc.WorkerName != "Ada Grey" || plc.BillingCodes["CustomerJobCode"] != "REQ/9" {
		t.Errorf("%+v %+v %v", plc, gaps, err)
	}
}

func TestTheReadmeNamesEverySetting(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range workable.Kind().Spec {
		if !strings.Contains(strings.ToLower(string(page)), strings.ToLower(f.Label)) {
			t.Errorf("the page does not name the setting %q", f.Label)
		}
	}
}
