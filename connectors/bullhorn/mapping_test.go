package bullhorn_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors/bullhorn"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/bullhorn"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(bullhorn.Kind().Mapping)
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

func amount(s string) *decimal.Decimal {
	d := decimal.RequireFromString(s)
	return &d
}

func requisition() staffing.Requisition {
	return staffing.Requisition{ExternalID: "4711", Number: "ACMEJP00004711", Title: "Go Developer III", Description: "<p>Build services.</p>",
		Status: staffing.ReqOpen, AcceptingSubmissions: true, Openings: 2, OpeningsTotal: 3, WorkerType: staffing.Contract,
		Locations: []staffing.Location{{City: "Denver", Region: "CO", PostalCode: "80202", Country: "US"}},
		StartDate: "2027-01-11", EndDate: "2027-07-09", HoursPerWeek: amount("40"),
		BillRate:    staffing.RateRange{Max: amount("95.50"), Currency: "USD", Unit: staffing.Hour},
		PayRate:     staffing.RateRange{Max: amount("60"), Currency: "USD", Unit: staffing.Hour},
		CostCentres: []staffing.Allocation{{Code: "4410-20", Percent: decimal.NewFromInt(100)}}, HiringManager: staffing.Contact{Name: "Maria Lopez", Email: "maria@acme.example"}}
}

func client() staffing.Client {
	return staffing.Client{Code: "ACME", Name: "Acme Corp", Currency: "USD"}
}

func noGaps(t *testing.T, gaps []staffing.Gap, err error) {
	t.Helper()
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
}

func TestARequisitionBecomesAJobOrder(t *testing.T) {
	raw, gaps, err := program(t).Job(requisition(), client())
	noGaps(t, gaps, err)
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"title": "Go Developer III (ACMEJP00004711)", "employmentType": "Contract", "status": "Accepting Candidates", "isOpen": true,
		"onSite": "On-Site", "numOpenings": 2.0, "startDate": 1799668800000.0, "hoursPerWeek": 40.0, "clientBillRate": 95.5, "payRate": 60.0,
		"salaryUnit": "Per Hour", "costCenter": "4410-20", "source": "Acme Corp", "publicDescription": "<p>Build services.</p>", "reportTo": "Maria Lopez"}
	for k, v := range want {
		if got[k] != v {
			t.Errorf("%s is %v, want %v", k, got[k], v)
		}
	}
	address, _ := got["address"].(map[string]any)
	if address["city"] != "Denver" || address["state"] != "CO" || address["countryID"] != 1.0 {
		t.Errorf("address %v", address)
	}
	if got["externalID"] != nil {
		t.Error("the map sets externalID, which is the connector's")
	}
}

func TestARequisitionArrivesAsTheClientsJob(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	b.account.AddCompany("ACME", "Acme Corp")
	raw, gaps, err := program(t).Job(requisition(), client())
	noGaps(t, gaps, err)
	rec, err := b.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", Fields: raw})
	if err != nil {
		t.Fatal(err)
	}
	jobs := b.account.JobsByReference("req-1")
	if len(jobs) != 1 || text(jobs[0].ID) != rec.ID || jobs[0].Company != "Acme Corp" || jobs[0].BillRate != "95.5" || jobs[0].Openings != 2 || !jobs[0].Open {
		t.Errorf("%+v", jobs)
	}
}

func TestABareRequisitionStillBecomesAJobOrder(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	b.account.AddCompany("ACME", "Acme Corp")
	for _, status := range staffing.RequisitionStatuses() {
		raw, gaps, err := program(t).Job(staffing.Requisition{ExternalID: "1", Title: "Nurse", Status: status}, client())
		noGaps(t, gaps, err)
		if _, err := b.PutJob(t.Context(), staffing.JobRequest{Key: "req-" + string(status), Fields: raw}); err != nil {
			t.Errorf("%s: Bullhorn refuses %s: %v", status, raw, err)
		}
	}
}

func TestACandidateAndTheRatesAreRead(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	b.account.AddCompany("ACME", "Acme Corp")
	c := person()
	c.City, c.State, c.CountryID, c.Title = "Denver", "CO", 1, "Engineer"
	id := b.account.AddCandidate(c)
	rec, err := b.Candidate(t.Context(), text(id))
	if err != nil {
		t.Fatal(err)
	}
	got, gaps, err := program(t).Candidate(rec.Raw)
	noGaps(t, gaps, err)
	if got.Name() != "Ada Grey" || got.Email != "ada@mail.example" || got.Phone != "555-0100" || got.Country != "US" || got.City != "Denver" ||
		!slices.Equal(got.Skills, []string{"Go", "SQL"}) || got.ExternalID != text(id) || got.DoNotSubmit {
		t.Errorf("%+v", got)
	}
	job := b.account.AddJob(sandbox.JobSpec{Title: "Engineer", CompanyCode: "ACME"})
	sub, err := b.account.Submit(sandbox.SubmissionSpec{JobID: job, CandidateID: id, Status: "Client Submission", BillRate: "92.55", PayRate: "58", StartDate: day(t, "2027-01-11")})
	if err != nil {
		t.Fatal(err)
	}
	rec, err = b.Submission(t.Context(), text(sub))
	if err != nil {
		t.Fatal(err)
	}
	offered, gaps, err := program(t).Offered(rec.Raw)
	noGaps(t, gaps, err)
	if offered.BillRate.String() != "92.55 USD/hour" || offered.PayRate.String() != "58.00 USD/hour" || offered.StartDate != "2027-01-11" || offered.EndDate != "" {
		t.Errorf("%+v", offered)
	}
}

func TestDaysAreThoseOfTheAccountsZone(t *testing.T) {
	for zone, midnight := range map[string]string{"Europe/Berlin": "2027-01-10T23:00:00Z", "America/New_York": "2027-01-11T05:00:00Z", "America/Los_Angeles": "2027-01-11T12:00:00Z"} {
		b := setup(t, sandbox.Options{}, map[string]string{"time_zone": zone})
		at, err := time.Parse(time.RFC3339, midnight)
		if err != nil {
			t.Fatal(err)
		}
		sub, err := b.account.Submit(sandbox.SubmissionSpec{JobID: b.account.AddJob(sandbox.JobSpec{Title: "x", CompanyCode: "ACME"}), CandidateID: b.account.AddCandidate(person()), StartDate: at})
		if err != nil {
			t.Fatal(err)
		}
		rec, err := b.Submission(t.Context(), text(sub))
		if err != nil {
			t.Fatal(err)
		}
		offered, gaps, err := program(t).Offered(rec.Raw)
		noGaps(t, gaps, err)
		if offered.StartDate != "2027-01-11" {
			t.Errorf("%s: %s is read as %s", zone, midnight, offered.StartDate)
		}
	}
}

func TestCandidatesThatMustNotBeSubmitted(t *testing.T) {
	for _, skills := range []string{`"Go, SQL"`, `["Go","SQL"]`} { // an account may let a text have several values
		got, gaps, err := program(t).Candidate(json.RawMessage(`{"id":7,"firstName":"Al","lastName":"Bo","status":"DNU","address":null,"skillSet":` + skills + `}`))
		noGaps(t, gaps, err)
		if !got.DoNotSubmit || !slices.Equal(got.Skills, []string{"Go", "SQL"}) {
			t.Errorf("%+v", got)
		}
	}
}

func TestStatusWordsAreThoseOfTheAccount(t *testing.T) {
	p := program(t)
	if !p.Trigger("client submission") || p.Trigger("Internally Submitted") {
		t.Error("Client Submission, and nothing earlier, causes a submission")
	}
	for _, stage := range staffing.Stages() {
		word, ok := p.InternalStatus(stage)
		if ok && !slices.Contains(sandbox.DefaultStatuses(), word) {
			t.Errorf("%s is written as %q, which the account does not have", stage, word)
		}
		if len(word) > 30 {
			t.Errorf("%q is longer than a status may be", word)
		}
		if p.Trigger(word) {
			t.Errorf("%q is written back and would cause a submission", word)
		}
	}
}

// TestTheVendorsOwnRecordsAreRead maps the records that the vendor's own test data
// hold.
func TestTheVendorsOwnRecordsAreRead(t *testing.T) {
	var page struct {
		Data []json.RawMessage `json:"data"`
	}
	read := func(name string) json.RawMessage {
		t.Helper()
		page.Data = nil
		if err := json.Unmarshal(shared(t, "samples", "bullhorn", name), &page); err != nil || len(page.Data) == 0 {
			t.Fatal(err, len(page.Data))
		}
		return page.Data[0]
	}
	c, gaps, err := program(t).Candidate(read("candidate.json"))
	noGaps(t, gaps, err)
	if c.ExternalID != "1" || c.LastName != "Job's" || c.Country != "US" || len(c.Skills) != 2 {
		t.Errorf("%+v", c)
	}
	o, gaps, err := program(t).Offered(read("jobsubmission.json"))
	noGaps(t, gaps, err)
	if o.BillRate != nil || o.StartDate != "" {
		t.Errorf("a submission without rates offers %+v", o)
	}
}
