package vincere_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors/vincere"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/vincere"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(vincere.Kind().Mapping)
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

func TestARequisitionArrivesAsTheClientsJob(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	company := account.AddCompany("Acme Corp")
	account.AddCompany("Acme Corp (UK)")
	c, _ := open(t, account)
	pay := decimal.RequireFromString("85.25")
	req := staffing.Requisition{ExternalID: "4711", Number: "JP4711", Title: "Go Developer", Description: "Build services.", Status: staffing.ReqOpen, Openings: 2, WorkerType: staffing.Contract,
		StartDate: "2027-01-11", PayRate: staffing.RateRange{Max: &pay, Currency: "GBP", Unit: staffing.Hour}, HiringManager: staffing.Contact{Name: "Maria Lopez"}}
	raw, gaps, err := program(t).Job(req, staffing.Client{Code: "ACME", Name: "Acme Corp"})
	noGaps(t, gaps, err)
	if _, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", Fields: raw}); err != nil {
		t.Fatal(err)
	}
	job := account.Jobs()[0]
	for k, want := range map[string]any{"job_title": "Go Developer (JP4711)", "external_id": "req-1", "company_id": float64(company), "head_count": 2.0, "job_type": "CONTRACT",
		"open_date": "2027-01-11T00:00:00.000Z", "pay_rate": 85.25, "internal_description": "JP4711 / Acme Corp / Maria Lopez"} {
		if job[k] != want {
			t.Errorf("%s is %v, want %v", k, job[k], want)
		}
	}
	for _, status := range staffing.RequisitionStatuses() {
		raw, gaps, err := program(t).Job(staffing.Requisition{ExternalID: "1", Title: "Nurse", Status: status}, staffing.Client{Name: "Acme Corp"})
		noGaps(t, gaps, err)
		if _, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "bare-" + string(status), Fields: raw}); err != nil {
			t.Errorf("%s: Vincere refuses %s: %v", status, raw, err)
		}
	}
}

func TestAnUpdateKeepsWhatTheFirmsPeopleEntered(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	company := account.AddCompany("Acme Corp")
	c, _ := open(t, account)
	req := staffing.JobRequest{Key: "req-1", Fields: []byte(`{"job_title":"Nurse","_client":{"name":"Acme Corp"}}`)}
	rec, err := c.PutJob(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	account.Jobs()[0]["public_description"] = "Written by Rita."
	req.ID, req.Fields = rec.ID, []byte(`{"job_title":"Nurse, nights","company_id":1,"_client":{"name":"Acme Corp"}}`)
	if _, err := c.PutJob(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	job := account.Jobs()[0]
	if job["job_title"] != "Nurse, nights" || job["public_description"] != "Written by Rita." || job["company_id"] != float64(company) || job["external_id"] != "req-1" {
		t.Errorf("%v", job)
	}
}

func TestAnIndexThatDoesNotFilterMakesNoSecondJob(t *testing.T) {
	account := sandbox.New(sandbox.Options{DeafIndex: true})
	account.AddCompany("Acme Corp")
	for range 40 {
		account.AddJob("Other")
	}
	c, _ := open(t, account)
	_, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", Fields: []byte(`{"job_title":"Nurse","_client":{"name":"Acme Corp"}}`)})
	if staffing.CodeOf(err) != staffing.Unavailable || !strings.Contains(staffing.MessageOf(err), "does not filter") || len(account.Jobs()) != 40 {
		t.Errorf("%v, %d jobs", err, len(account.Jobs()))
	}
}

func TestProblemsOfAJobSayWhatToDo(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	account.AddCompany("Twin")
	account.AddCompany("twin")
	c, _ := open(t, account)
	for fields, want := range map[string]string{
		`{"job_title":"x","_client":{"name":"Acme"}}`: "0 companies named",
		`{"job_title":"x","_client":{"name":"Twin"}}`: "2 companies named",
		`{"job_title":"x","external_id":"mine"}`:      "holds the hub's own key",
		`[]`:                                          "no JSON object",
	} {
		_, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", Fields: []byte(fields)})
		if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), want) {
			t.Errorf("%s: %v", fields, err)
		}
	}
}

func TestACandidateIsReadWithoutWhatNobodyNeeds(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	c, base := open(t, account)
	rec, err := c.Candidate(t.Context(), fmt.Sprint(account.AddCandidate(person(), base)))
	if err != nil {
		t.Fatal(err)
	}
	got, gaps, err := program(t).Candidate(rec.Raw)
	noGaps(t, gaps, err)
	if got.Name() != "Ada Grey" || got.Email != "ada@mail.example" || got.Phone != "07700 900000" || got.City != "London" || got.Country != "GB" || got.Title != "Engineer" {
		t.Errorf("%+v", got)
	}
	plain, gaps, err := program(t).Candidate([]byte(`{"id":7,"first_name":"Al","last_name":"Bo","current_location":"London","primary_email":"al@mail.example"}`))
	noGaps(t, gaps, err)
	if plain.Email != "al@mail.example" || plain.City != "" {
		t.Errorf("%+v", plain)
	}
	if strings.Contains(string(rec.Raw), "1990-01-02") || strings.Contains(string(rec.Raw), "FEMALE") {
		t.Errorf("the record holds what nobody needs: %s", rec.Raw)
	}
}

func TestOnlyTheOriginalCVIsSentAndByItsOwnLink(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	c, base := open(t, account)
	id := fmt.Sprint(account.AddCandidate(person(), base, sandbox.File{Name: "old.pdf", CV: true, Content: []byte("old")}, sandbox.File{Name: "passport.pdf", Content: []byte("no")},
		sandbox.File{Name: `C:\cv\Ada.docx`, CV: true, Content: []byte("new")}))
	f, err := c.Resume(t.Context(), id)
	if err != nil || f == nil || f.Name != "Ada.docx" {
		t.Fatalf("%+v %v", f, err)
	}
	r, err := f.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(r); err != nil || string(body) != "new" {
		t.Errorf("%q %v", body, err)
	}
	none, err := c.Resume(t.Context(), fmt.Sprint(account.AddCandidate(person(), base, sandbox.File{Name: "passport.pdf", Content: []byte("no")})))
	if none != nil || err != nil {
		t.Errorf("a file that is no CV is sent: %+v %v", none, err)
	}
	for _, hostile := range []string{"http://other.example", "file:///etc", "//other.example", "ftp://x"} {
		id := fmt.Sprint(account.AddCandidate(person(), hostile, sandbox.File{Name: "a.pdf", CV: true}))
		if f, err := c.Resume(t.Context(), id); err == nil {
			t.Errorf("%s: %+v", hostile, f)
		}
	}
}

// TestEveryCallIsOneOfTheDerivedList holds the calls against the list of operations
// that public clients use: it names paths and fields of a job, and is not the
// vendor's. The list of a candidate's files is not in it: see README.md.
func TestEveryCallIsOneOfTheDerivedList(t *testing.T) {
	list, err := os.ReadFile(filepath.Join(shared(t), "specs", "vincere", "endpoints.derived.json"))
	if err != nil {
		t.Fatal(err)
	}
	account := sandbox.New(sandbox.Options{})
	account.AddCompany("Acme Corp")
	var paths []string
	c, base := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path)
		account.ServeHTTP(w, r)
	}))
	rec, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", Fields: []byte(`{"job_title":"Nurse","_client":{"name":"Acme Corp"}}`)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", ID: rec.ID, Fields: []byte(`{"job_title":"Nurse"}`)}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Candidate(t.Context(), fmt.Sprint(account.AddCandidate(person(), base))); err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		kind, _, _ := strings.Cut(strings.TrimPrefix(p, "/api/v2/"), "/")
		if p != "/oauth2/token" && !strings.Contains(string(list), "/"+kind) {
			t.Errorf("%s is not in the list", p)
		}
	}
	for _, job := range account.Jobs() {
		for k := range job {
			if !strings.Contains(string(list), `"`+k) {
				t.Errorf("the field %s of a job is not in the list", k)
			}
		}
	}
}
