package file_test

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/file"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T, document []byte) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(document)
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

func acme() staffing.Client {
	return staffing.Client{Code: "ACME", Name: "Acme", Currency: "USD", Timezone: "America/Denver"}
}

func records(t *testing.T, name, content string, more connectors.Settings) []staffing.Record {
	t.Helper()
	d := newDesk(t, more)
	d.write(name, content)
	src, _ := d.conn.(staffing.RequisitionSource)
	page, err := src.Requisitions(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return page.Records
}

func TestTheTemplateFileBecomesARequisition(t *testing.T) {
	text, err := os.ReadFile("templates/requisitions.csv")
	if err != nil {
		t.Fatal(err)
	}
	rec := records(t, "requisitions.csv", string(text), connectors.Settings{"id_column": "requisition_id"})[0]
	req, gaps, err := program(t, file.Kind().Mapping).Requisition(rec.Raw, acme())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
	if req.ExternalID != "REQ-1" || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions || req.Openings != 2 || req.MaxSubmissions != 3 || req.WorkerType != staffing.Contract ||
		req.BillRate.Max == nil || req.BillRate.Max.String() != "95" || req.BillRate.Currency != "USD" || req.PurchaseOrder != "PO-88" || len(req.CostCentres) != 1 ||
		req.StartDate != "2027-01-11" || req.HiringManager.Name != "Robin Vale" || len(req.Locations) != 1 || req.RespondBy == nil {
		t.Errorf("%+v", req)
	}
	var raw map[string]any
	if err := json.Unmarshal(rec.Raw, &raw); err != nil {
		t.Fatal(err)
	}
	raw["_absent"] = true
	gone, err := json.Marshal(raw)
	if err != nil {
		t.Fatal(err)
	}
	req, gaps, err = program(t, file.Kind().Mapping).Requisition(gone, acme())
	if err != nil || len(gaps) > 0 || req.Status != staffing.ReqCancelled || req.AcceptingSubmissions {
		t.Errorf("a row that a full file no longer has: %s, accepting %v, %+v, %v", req.Status, req.AcceptingSubmissions, gaps, err)
	}
}

func TestStatusesBecomeStages(t *testing.T) {
	magnit, err := os.ReadFile("templates/magnit.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for raw, c := range map[string]struct {
		doc  []byte
		want staffing.Stage
	}{
		`{"status":"Interview","changed_at":"2026-11-02"}`:                                                   {file.Kind().Mapping, staffing.Interview},
		`{"status":"Position Filled","changed_at":""}`:                                                       {file.Kind().Mapping, staffing.ClosedNotSelected},
		`{"Candidate Status":"Pending","Sub-Status":"Interviewing","Status Date":"2026-11-02"}`:              {magnit, staffing.Interview},
		`{"Candidate Status":"Pending","Sub-Status":"","Status Date":"2026-11-02"}`:                          {magnit, staffing.ClientSubmitted},
		`{"Candidate Status":"Withdrawn","Sub-Status":"Pre-Interview","Status Date":"2026-11-02T09:00:00Z"}`: {magnit, staffing.Withdrawn},
	} {
		st, gaps, err := program(t, c.doc).Status(json.RawMessage(raw))
		if err != nil || len(gaps) > 0 || st.Stage != c.want {
			t.Errorf("%s: %+v, %v, want %s", raw, st, err, c.want)
		}
	}
}

func TestTheTemplatesForVendorsWithoutAnAPICompileAndMap(t *testing.T) {
	for name, c := range map[string]struct{ id, file string }{
		"vndly":  {"Job ID", "Job ID,Job Title,Job Status,Open Positions,Location,Start Date,End Date,Max Bill Rate,Worker Type,Cost Center\nJ-1,Nurse,Open,2,\"Denver, CO, US\",2027-01-11,2027-07-09,95.00,Contingent,4410\n"},
		"magnit": {"Request ID", "Request ID,Job Title,Request Status,Open Positions,Work Location,Start Date,End Date,Maximum Bill Rate,Request Type,Cost Centre\nJ-1,Nurse,Open,2,\"Denver, CO, US\",2027-01-11,2027-07-09,95.00,Staffing-Recruited,4410\n"},
	} {
		text, err := os.ReadFile("templates/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "UNVERIFIED") {
			t.Errorf("%s does not say that it is unverified", name)
		}
		rec := records(t, "a.csv", c.file, connectors.Settings{"id_column": c.id})[0]
		req, gaps, err := program(t, text).Requisition(rec.Raw, acme())
		if err != nil || len(gaps) > 0 || req.ExternalID != "J-1" || req.Status != staffing.ReqOpen || req.Openings != 2 || req.WorkerType != staffing.Contract || req.BillRate.Max == nil {
			t.Errorf("%s: %+v, gaps %+v, %v", name, req, gaps, err)
		}
	}
}
