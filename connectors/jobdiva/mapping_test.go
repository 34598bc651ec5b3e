package jobdiva_test

import (
	"encoding/json"
	"fmt"
	"io"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors/jobdiva"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/jobdiva"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(jobdiva.Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rules.Compile(rules.Merge(rules.Baseline(), doc.Rules), doc.Lists); err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	return p
}

func noGaps(t *testing.T, gaps []staffing.Gap, err error) {
	t.Helper()
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
}

func amount(s string) *decimal.Decimal {
	d := decimal.RequireFromString(s)
	return &d
}

func TestARequisitionArrivesAsAJob(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	c := open(t, account, nil)
	req := staffing.Requisition{ExternalID: "4711", Number: "ACMEJP00004711", Title: "Go Developer III", Description: "Build services.", Status: staffing.ReqOpen, Openings: 2,
		WorkerType: staffing.TempToPerm, StartDate: "2027-01-11", Locations: []staffing.Location{{City: "Denver", Region: "CO", PostalCode: "80202", Country: "US"}},
		BillRate: staffing.RateRange{Max: amount("95.50"), Currency: "USD", Unit: staffing.Hour}, HiringManager: staffing.Contact{Name: "Maria Lopez"}}
	raw, gaps, err := program(t).Job(req, staffing.Client{Code: "ACME", Name: "Acme Corp"})
	noGaps(t, gaps, err)
	if _, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", Fields: raw}); err != nil {
		t.Fatal(err)
	}
	job := account.Jobs()[0]
	for k, want := range map[string]any{"title": "Go Developer III (ACMEJP00004711)", "optionalref": "req-1", "department": "Acme Corp", "status": 0.0, "jobtype": "Right to Hire", "openings": 2.0,
		"startdate": "2027-01-11T00:00:00", "maxbillrate": 95.5, "billrateunit": "hour", "city": "Denver", "state": "CO", "remarks": "ACMEJP00004711 / Maria Lopez"} {
		if job[k] != want {
			t.Errorf("%s is %v, want %v", k, job[k], want)
		}
	}
	if job["enddate"] != nil || job["maxpayrate"] != nil {
		t.Errorf("made-up terms: %v", job)
	}
	for _, status := range staffing.RequisitionStatuses() {
		raw, gaps, err := program(t).Job(staffing.Requisition{ExternalID: "1", Title: "Nurse", Status: status}, staffing.Client{Name: "Acme"})
		noGaps(t, gaps, err)
		if _, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-" + string(status), Fields: raw}); err != nil {
			t.Errorf("%s: JobDiva refuses %s: %v", status, raw, err)
		}
	}
}

func TestACandidateAndTheRatesAreRead(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	c := open(t, account, nil)
	id := fmt.Sprint(account.AddCandidate("Ada", "Grey", "A real résumé &amp; more"))
	rec, err := c.Candidate(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	got, gaps, err := program(t).Candidate(rec.Raw)
	noGaps(t, gaps, err)
	if got.Name() != "Ada Grey" || got.Email != "ada@mail.example" || got.Phone != "555-0100" || got.City != "Denver" || got.Country != "US" || got.Title != "" || got.DoNotSubmit {
		t.Errorf("%+v", got)
	}
	var raw map[string]any
	if err := json.Unmarshal(rec.Raw, &raw); err != nil || raw["SSN"] != nil || raw["DATEOFBIRTH"] != nil {
		t.Errorf("the record holds what nobody needs: %v", raw)
	}
	f, err := c.Resume(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	r, err := f.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil || string(text) != "A real résumé & more" {
		t.Errorf("%q %v", text, err)
	}
	rec, err = c.Submission(t.Context(), submitted(account))
	if err != nil {
		t.Fatal(err)
	}
	offered, gaps, err := program(t).Offered(rec.Raw)
	noGaps(t, gaps, err)
	if offered.BillRate.String() != "92.50 USD/hour" || offered.PayRate.String() != "58.00 USD/hour" {
		t.Errorf("%+v", offered)
	}
}

func TestOnlyAnExternalSubmittalCausesASubmission(t *testing.T) {
	p := program(t)
	if !p.Trigger("External Submittal") || p.Trigger("Internal Submittal") || p.Trigger("Interview") {
		t.Error("External Submittal, and nothing else, causes a submission")
	}
	for _, stage := range staffing.Stages() {
		if word, ok := p.InternalStatus(stage); ok && p.Trigger(word) {
			t.Errorf("%s is written as %q and would cause a submission", stage, word)
		}
	}
}
