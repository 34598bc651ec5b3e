package jobadder_test

import (
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors/jobadder"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/jobadder"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T, change func(*mapping.Document)) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(jobadder.Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&doc)
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
		Status: staffing.ReqOpen, AcceptingSubmissions: true, Openings: 2, WorkerType: staffing.Contract, StartDate: "2027-01-11", HoursPerWeek: amount("38"),
		BillRate: staffing.RateRange{Max: amount("120.50"), Currency: "AUD", Unit: staffing.Hour},
		PayRate:  staffing.RateRange{Min: amount("70"), Max: amount("85.25"), Currency: "AUD", Unit: staffing.Hour}}
}

func client() staffing.Client {
	return staffing.Client{Code: "ACME", Name: "Acme Corp", Currency: "AUD"}
}

func noGaps(t *testing.T, gaps []staffing.Gap, err error) {
	t.Helper()
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
}

func TestARequisitionArrivesAsTheClientsJob(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	company := account.AddCompany("Acme Corp")
	account.AddCompany("Acme Corporate Services")
	c := open(t, account, nil)
	p := program(t, func(d *mapping.Document) {
		d.Lists["job_statuses"] = map[string]string{"open": "Active"}
		d.Lists["work_types"] = map[string]string{"contract": "contract"}
	})
	raw, gaps, err := p.Job(requisition(), client())
	noGaps(t, gaps, err)
	rec, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", Fields: raw})
	if err != nil {
		t.Fatal(err)
	}
	job := account.Jobs()[0]
	if strconv.FormatInt(job["jobId"].(int64), 10) != rec.ID || job["jobTitle"] != "Go Developer III (ACMEJP00004711)" || job["source"] != "Tributary req-1" ||
		job["company"].(map[string]any)["companyId"] != company || job["numberOfJobs"] != 2.0 || job["status"].(map[string]any)["name"] != "Active" ||
		job["workType"].(map[string]any)["name"] != "Contract" || job["start"].(map[string]any)["date"] != "2027-01-11" {
		t.Errorf("%v", job)
	}
	salary, _ := job["salary"].(map[string]any)
	if salary["ratePer"] != "Hour" || salary["rateLow"] != 70.0 || salary["rateHigh"] != 85.25 || salary["currency"] != "AUD" || salary["timePerWeek"] != 38.0 {
		t.Errorf("salary %v", salary)
	}
}

func TestABareRequisitionStillBecomesAJob(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	account.AddCompany("Acme Corp")
	c := open(t, account, nil)
	for _, status := range staffing.RequisitionStatuses() {
		raw, gaps, err := program(t, nil).Job(staffing.Requisition{ExternalID: "1", Title: "Nurse", Status: status}, client())
		noGaps(t, gaps, err)
		if _, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-" + string(status), Fields: raw}); err != nil {
			t.Errorf("%s: JobAdder refuses %s: %v", status, raw, err)
		}
	}
	for _, j := range account.Jobs() {
		if j["salary"] != nil || j["start"] != nil {
			t.Errorf("a job has made-up terms: %v", j)
		}
	}
}

func TestACandidateIsReadWithoutWhatNobodyNeeds(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	c := open(t, account, nil)
	rec, err := c.Candidate(t.Context(), strconv.FormatInt(account.AddCandidate(person()), 10))
	if err != nil {
		t.Fatal(err)
	}
	got, gaps, err := program(t, nil).Candidate(rec.Raw)
	noGaps(t, gaps, err)
	if got.Name() != "Ada Grey" || got.Email != "ada@mail.example" || got.Phone != "0400 000 000" || got.Country != "AU" || got.City != "Sydney" ||
		!slices.Equal(got.Skills, []string{"Go", "SQL"}) || got.DoNotSubmit {
		t.Errorf("%+v", got)
	}
	var raw map[string]any
	if err := json.Unmarshal(rec.Raw, &raw); err != nil || raw["dateOfBirth"] != nil {
		t.Errorf("the date of birth came along: %v %v", raw["dateOfBirth"], err)
	}
	blocked, gaps, err := program(t, nil).Candidate(json.RawMessage(`{"candidateId":7,"firstName":"Al","lastName":"Bo","status":{"statusId":3,"name":"Do not use"},"employment":null,"address":null}`))
	noGaps(t, gaps, err)
	if !blocked.DoNotSubmit {
		t.Errorf("%+v", blocked)
	}
}

func TestRatesComeFromCustomFieldsThatTheProfileNames(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	c := open(t, account, nil)
	rec, err := c.Submission(t.Context(), strconv.FormatInt(submitted(account), 10))
	if err != nil {
		t.Fatal(err)
	}
	offered, gaps, err := program(t, nil).Offered(rec.Raw)
	noGaps(t, gaps, err)
	if offered.BillRate != nil {
		t.Errorf("the default offers %+v", offered)
	}
	p := program(t, func(d *mapping.Document) {
		more, err := mapping.Parse([]byte("offered:\n  bill_rate: 'raw._custom[\"21\"] != null ? rate(money(raw._custom[\"21\"]), raw._currency, \"hour\") : null'\n"))
		if err != nil {
			t.Fatal(err)
		}
		d.Offered = more.Offered
	})
	offered, gaps, err = p.Offered(rec.Raw)
	noGaps(t, gaps, err)
	if offered.BillRate == nil || offered.BillRate.String() != "92.50 AUD/hour" {
		t.Errorf("%+v", offered)
	}
}
