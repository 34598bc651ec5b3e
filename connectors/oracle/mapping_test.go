package oracle_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors/oracle"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/oracle"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(oracle.Kind().Mapping)
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

// A requisition as the document reads it, through the simulator.
func TestARequisitionIsMapped(t *testing.T) {
	o := open(t, sandbox.Options{})
	id := o.account.OpenRequisition(" Nurse ")
	page, err := as[staffing.RequisitionSource](t, o.Checker).Requisitions(t.Context(), nil)
	o.must(err)
	req, gaps, err := program(t).Requisition(page.Records[0].Raw, acme())
	if err != nil || len(gaps) > 0 || req.ExternalID != id || req.Number != id || req.Title != "Nurse" || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions ||
		req.Openings != 2 || req.WorkerType != staffing.Contract || req.HiringManager.Name != "Max Hill" || len(req.Locations) != 1 ||
		!strings.Contains(req.Locations[0].Text, "Dallas") || req.Description != "<p>Care</p>" {
		t.Errorf("%+v %+v %v", req, gaps, err)
	}
}

// The shape of the vendor's page has no state: that is a gap, and the rest is read.
func TestTheDocumentedShapeIsMapped(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(shared(t), "samples", "oracle-orc", "collection.shape-from-docs.json"))
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Items []json.RawMessage }
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	req, gaps, err := program(t).Requisition(list.Items[0], acme())
	if err != nil || len(gaps) == 0 || req.ExternalID != "10001" || req.Title != "Warehouse Associate" {
		t.Errorf("%+v %+v %v", req, gaps, err)
	}
}

func TestPhasesAndStatesAreRead(t *testing.T) {
	for words, want := range map[[2]string]staffing.Stage{{"New", "To be Reviewed"}: staffing.ClientSubmitted, {"Interview and Selection", "Scheduled"}: staffing.Interview,
		{"Offer", "Extended"}: staffing.Offer, {"HR", "Pending"}: staffing.OfferAccepted, {"New", "Rejected by Employer"}: staffing.RejectedClient,
		{"Offer", "Withdrawn by Candidate"}: staffing.Withdrawn} {
		got, gaps, err := program(t).Status(json.RawMessage(`{"CurrentPhaseName":"` + words[0] + `","CurrentStateName":"` + words[1] + `","LastUpdateDate":"2026-11-02T09:00:00+00:00"}`))
		if err != nil || len(gaps) > 0 || got.Stage != want || got.At.IsZero() {
			t.Errorf("%v: %+v %+v %v", words, got, gaps, err)
		}
	}
}

func TestAHireBecomesAPlacement(t *testing.T) {
	o := open(t, sandbox.Options{})
	rec, err := as[staffing.PlacementSource](t, o.Checker).Placement(t.Context(), o.hire())
	o.must(err)
	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Ada", LastName: "Grey"}}
	plc, gaps, err := program(t).Placement(rec.Raw, sub, staffing.Requisition{Title: "Nurse", Number: "7"}, acme())
	if err != nil || len(gaps) > 0 || plc.Status != "Accepted" || plc.StartDate != "2026-12-07" || plc.WorkerName != "Ada Grey" || plc.BillingCodes["CustomerJobCode"] != "7" {
		t.Errorf("%+v %+v %v", plc, gaps, err)
	}
}

func TestTheReadmeNamesEverySetting(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range oracle.Kind().Spec {
		if !strings.Contains(strings.ToLower(string(page)), strings.ToLower(f.Label)) {
			t.Errorf("the page does not name the setting %q", f.Label)
		}
	}
}
