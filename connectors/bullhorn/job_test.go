package bullhorn_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	sandbox "github.com/tributary-hub/tributary/sandbox/bullhorn"
	"github.com/tributary-hub/tributary/staffing"
)

const minimal = `{"title":"Engineer","employmentType":"Contract","onSite":"On-Site","_client":{"code":"ACME","name":"Acme Corp"}`

func job(key, more string) staffing.JobRequest {
	return staffing.JobRequest{Key: key, Fields: []byte(minimal + more + "}")}
}

func TestAJobIsNotCreatedTwiceWhileTheIndexLags(t *testing.T) {
	b := setup(t, sandbox.Options{IndexLag: time.Hour}, nil)
	b.account.AddCompany("ACME", "Acme Corp")
	b.cutAfter(func(r *http.Request) bool { return r.Method == http.MethodPut })
	_, err := b.PutJob(t.Context(), job("req-1", ""))
	if !staffing.IsOutcomeUnknown(err) {
		t.Fatalf("the answer was lost, but: %v", err)
	}
	b.cutAfter(nil)
	rec, err := b.PutJob(t.Context(), job("req-1", ""))
	if err != nil || !rec.Existed {
		t.Fatal(rec, err)
	}
	if n := len(b.account.JobsByReference("req-1")); n != 1 {
		t.Errorf("there are %d jobs", n)
	}
}

func TestTheKeyIsComparedExactly(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	b.account.AddJob(sandbox.JobSpec{Title: "By hand", CompanyCode: "ACME", Reference: "REQ-1"})
	for _, key := range []string{"req-1", "it's '1'", "a OR 1=1"} {
		rec, err := b.PutJob(t.Context(), job(key, ""))
		if err != nil || rec.Existed {
			t.Errorf("%q: %+v %v", key, rec, err)
		}
		if found, err := b.FindJob(t.Context(), key); err != nil || found.ID != rec.ID {
			t.Errorf("%q is not found again: %+v %v", key, found, err)
		}
	}
}

func TestTheCompanyOfAJob(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	b.account.AddCompany("ACME", "Acme Corp")
	b.account.AddCompany("OTHER", "Globex")
	for name, c := range map[string]struct{ fields, company string }{
		"is found by the client's code": {`"_client":{"code":"ACME","name":"Whatever"}`, "Acme Corp"},
		"else by its name":              {`"_client":{"code":"GLX","name":"globex"}`, "Globex"},
		"is not guessed":                {`"_client":{"code":"GLX","name":"Glob"}`, ""},
		"must be named":                 {`"source":"x"`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			key := "req " + name
			_, err := b.PutJob(t.Context(), staffing.JobRequest{Key: key, Fields: []byte(`{"title":"Nurse","employmentType":"Contract","onSite":"On-Site",` + c.fields + `}`)})
			jobs := b.account.JobsByReference(key)
			switch {
			case c.company == "" && (staffing.CodeOf(err) != staffing.Invalid || len(jobs) != 0):
				t.Errorf("%v, %d jobs", err, len(jobs))
			case c.company != "" && (err != nil || len(jobs) != 1 || jobs[0].Company != c.company):
				t.Errorf("%v, %+v", err, jobs)
			}
		})
	}
}

func TestARefusedJobNamesTheField(t *testing.T) {
	b := setup(t, sandbox.Options{RequiredJobFields: []string{"customText10"}}, nil)
	b.account.AddCompany("ACME", "Acme Corp")
	for fields, want := range map[string]string{
		``: "customText10",
		`,"customText10":"x","costCenter":"` + strings.Repeat("9", 31) + `"`: "costCenter",
		`,"customText10":"x","salaryUnit":3`:                                 "salaryUnit",
		`,"customText10":"x","nonsense":1`:                                   "nonsense",
		`,"customText10":"x","externalID":"mine"`:                            "externalID",
	} {
		_, err := b.PutJob(t.Context(), job("req-1", fields))
		if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), want) || staffing.IsOutcomeUnknown(err) {
			t.Errorf("%s: %v", fields, err)
		}
	}
	if n := len(b.account.Jobs()); n != 0 {
		t.Errorf("%d jobs were created", n)
	}
}

func TestAnUpdateLeavesWhatThePeopleDecided(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	acme := b.account.AddCompany("ACME", "Acme Corp")
	other := b.account.AddCompany("OTHER", "Globex")
	rec, err := b.PutJob(t.Context(), job("req-1", ""))
	if err != nil {
		t.Fatal(err)
	}
	req := job("req-1", `,"isOpen":false,"owner":{"id":1001},"clientCorporation":{"id":`+text(other)+`}`)
	req.ID = rec.ID
	if _, err := b.PutJob(t.Context(), req); err != nil {
		t.Fatal(err)
	}
	if j := b.account.Jobs()[0]; j.Open || j.Company != "Acme Corp" {
		t.Errorf("%+v (Acme is %d)", j, acme)
	}
	req.ID = "999999"
	if _, err := b.PutJob(t.Context(), req); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("an update of a job that is not there: %v", err)
	}
}

func TestAStatusThatIsSetIsNotWrittenAgain(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	h := &harness{t: t, account: b.account}
	id := h.submission()
	req := staffing.StatusRequest{Key: "e", SubmissionID: text(id), Status: "Client Rejected", Comment: "Too far away"}
	for range 2 {
		if err := b.PutStatus(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	if n := b.count("POST entity/JobSubmission"); n != 1 || len(b.account.History(id)) != 2 {
		t.Errorf("%d writes, history %+v", n, b.account.History(id))
	}
	for status, code := range map[string]staffing.Code{"No Such Word": staffing.Invalid, strings.Repeat("x", 31): staffing.Invalid, "": staffing.Invalid} {
		req.Status = status
		if err := b.PutStatus(t.Context(), req); staffing.CodeOf(err) != code {
			t.Errorf("status %q: %v", status, err)
		}
	}
	req.SubmissionID, req.Status = "77", "Placed"
	if err := b.PutStatus(t.Context(), req); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("a submission that is not there: %v", err)
	}
}
