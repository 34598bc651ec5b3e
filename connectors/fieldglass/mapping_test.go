package fieldglass

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
)

// shared finds the folder of vendor material beside the repository. Without it
// the test is left out, except in CI.
func shared(t *testing.T, path ...string) []byte {
	t.Helper()
	dir := os.Getenv("TRIBUTARY_SHARED")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared")
	}
	b, err := os.ReadFile(filepath.Join(append([]string{dir}, path...)...))
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("CI needs the vendor samples: %v", err)
	}
	if err != nil {
		t.Skip("the vendor samples are not beside the repository")
	}
	return b
}

func program(t *testing.T) (mapping.Document, *mapping.Program) {
	t.Helper()
	doc, err := mapping.Parse(Kind().Mapping)
	if err != nil {
		t.Fatalf("%v %+v", err, err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	return doc, p
}

func TestMappingCompilesWithTheBaselineRules(t *testing.T) {
	doc, _ := program(t)
	if _, err := rules.Compile(rules.Merge(rules.Baseline(), doc.Rules), doc.Lists); err != nil {
		t.Fatal(err)
	}
}

var acme = staffing.Client{Code: "ACME", Name: "Acme", Currency: "USD", Timezone: "America/Denver"}

// sample gives the vendor's own posting as the connector hands it out.
func sample(t *testing.T) json.RawMessage {
	t.Helper()
	roots, _, err := parseRoots(shared(t, "samples", "sap-fieldglass", "job-posting-supplier-download.synthetic.json"))
	if err != nil || len(roots) != 1 {
		t.Fatal(err, len(roots))
	}
	return (&Connector{}).postings(roots, "x")[0].Raw
}

func TestMappingReadsThePostingOfTheSample(t *testing.T) {
	_, p := program(t)
	got, gaps, err := p.Requisition(sample(t), acme)
	if err != nil || len(gaps) > 0 {
		t.Fatal(err, gaps)
	}
	check := func(what string, got, want any) {
		t.Helper()
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	check("id", got.ExternalID, "ACMEJP00004711")
	check("title", got.Title, "Go Developer III")
	check("status", got.Status, staffing.ReqOpen)
	check("openings", got.Openings, 2)
	check("accepting", got.AcceptingSubmissions, true)
	check("max submissions", got.MaxSubmissions, 3)
	check("respond by", got.RespondBy.At.UTC().Format(time.RFC3339), "2026-12-19T06:59:59Z")
	check("bill rate", got.BillRate, "80.00-95.00 USD/hour")
	check("pay rate", got.PayRate, "50.00-60.00 USD/hour")
	check("nte", got.NTE, "95.00 USD/hour")
	check("worker type", got.WorkerType, staffing.Contract)
	check("dates", got.StartDate+" "+got.EndDate, "2027-01-11 2027-07-09")
	check("hours", got.HoursPerWeek, "40")
	check("cost centres", got.CostCentres, "[{4410-20 Platform 100}]")
	check("place", got.Locations, "[{US-CO-Denver Denver, CO 1 Example St Denver CO 80202 US false}]")
	check("manager", got.HiringManager.Name, "Doe, Alex")
	check("résumé", got.ResumeRequired, true)
	check("questions", got.Questions, "[{Has the candidate ever worked at ACME as an employee? true pick_list [No Yes] true}]")
}

func TestMappingTellsClosedPostingsApart(t *testing.T) {
	_, p := program(t)
	for _, c := range []struct {
		status, reason string
		want           staffing.RequisitionStatus
	}{
		{"Submitted", "", staffing.ReqOpen},
		{"Closed", "Filled", staffing.ReqFilled},
		{"Closed", "Budget withdrawn", staffing.ReqCancelled},
		{"Closed", "", staffing.ReqCancelled},
		{"Halted", "", staffing.ReqOnHold},
	} {
		raw, _ := json.Marshal(obj{"OrderId": obj{"IdValue": "X", "Status": c.status}, "ClosedReasonName": orNull(c.reason),
			"StaffingPosition": obj{"PositionHeader": obj{"PositionTitle": "T"}}})
		got, gaps, err := p.Requisition(raw, acme)
		if err != nil || len(gaps) > 0 || got.Status != c.want {
			t.Errorf("%s (%s): got %s %v %v, want %s", c.status, c.reason, got.Status, gaps, err, c.want)
		}
	}
	raw, _ := json.Marshal(obj{"OrderId": obj{"IdValue": "X", "Status": "Frobnicated"}, "StaffingPosition": obj{"PositionHeader": obj{"PositionTitle": "T"}}})
	if _, gaps, _ := p.Requisition(raw, acme); len(gaps) != 1 || gaps[0].Kind != staffing.GapStatus {
		t.Errorf("an unknown status gives %v, want one status gap", gaps)
	}
}

func TestMappingCannotReadAnUnparsedBody(t *testing.T) {
	_, p := program(t)
	rec := unparsed("spool-7", []byte("{half"), "it is cut off")
	_, gaps, err := p.Requisition(rec.Raw, acme)
	if err == nil && len(gaps) == 0 {
		t.Error("a record that is not a posting must not pass")
	}
}
