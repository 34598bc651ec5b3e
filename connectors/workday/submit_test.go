package workday_test

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/workday"
	"github.com/tributary-hub/tributary/staffing"
)

func TestASubmissionIsAnApplicationWithItsResume(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	rec, err := o.sink().Submit(context.Background(), submission(t, o.job(), "ada@mail.example"))
	o.must(err)
	app, content := o.tenant.Application(rec.ID)
	if app["Stage"] != "Review" || app["Email"] != "ada@mail.example" || string(content) != string(resume) || rec.Extra["candidate_id"] != app["Candidate_ID"] {
		t.Errorf("%v %q %+v", app, content, rec)
	}
}

// Workday matches nobody: without the look a second application would make a second
// person.
func TestAKnownPersonGetsAnotherApplication(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	first, err := o.sink().Submit(context.Background(), submission(t, o.job(), "ada@mail.example"))
	o.must(err)
	second, err := o.sink().Submit(context.Background(), submission(t, o.openMany(1)[0], "ADA@mail.example"))
	o.must(err)
	if first.ID == second.ID || o.tenant.CountCandidates() != 1 || o.tenant.CountApplications() != 2 {
		t.Errorf("%+v %+v: %d people, %d applications", first, second, o.tenant.CountCandidates(), o.tenant.CountApplications())
	}
}

func TestAnAnswerWithoutTheApplicationIsReadBack(t *testing.T) {
	o := setup(t, sandbox.Options{Unnamed: true}, nil, nil)
	rec, err := o.sink().Submit(context.Background(), submission(t, o.job(), "ada@mail.example"))
	if err != nil || rec.ID == "" || rec.Existed {
		t.Errorf("%+v %v", rec, err)
	}
	o = setup(t, sandbox.Options{Unnamed: true, NoReadback: true}, nil, nil)
	if _, err := o.sink().Submit(context.Background(), submission(t, o.job(), "ada@mail.example")); !staffing.IsOutcomeUnknown(err) {
		t.Errorf("an application that cannot be named: %v", err)
	}
}

// Faults come with status 500, which alone would look like a failure that passes.
func TestAFaultSaysWhatItIs(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	req := submission(t, "R-99999", "ada@mail.example")
	_, err := o.sink().Submit(context.Background(), req)
	if staffing.CodeOf(err) != staffing.Invalid || staffing.IsOutcomeUnknown(err) || !strings.Contains(err.Error(), "'R-99999' is not a valid ID value for type = 'Job_Requisition_ID'") {
		t.Errorf("a validation error: %v", err)
	}
	o = setup(t, sandbox.Options{Forbidden: true}, nil, nil)
	_, err = o.sink().Submit(context.Background(), submission(t, o.job(), "ada@mail.example"))
	if staffing.CodeOf(err) != staffing.Forbidden || staffing.IsOutcomeUnknown(err) {
		t.Errorf("a task that is not authorised: %v", err)
	}
	for body, want := range map[string]staffing.Code{
		`<faultcode>SOAP-ENV:Server</faultcode><faultstring>An internal error occurred</faultstring>`:                         staffing.Unavailable,
		`<faultcode>SOAP-ENV:Client.authenticationError</faultcode><faultstring>invalid username or password</faultstring>`:   staffing.Unauthorized,
		`<faultcode>SOAP-ENV:Client.validationError</faultcode><faultstring>Ada Grey ada@mail.example is wrong</faultstring>`: staffing.Invalid,
	} {
		o := faulty(t, body)
		_, err := o.sink().Submit(context.Background(), submission(t, o.job(), "ada@mail.example"))
		if staffing.CodeOf(err) != want || staffing.IsOutcomeUnknown(err) != (want == staffing.Unavailable) {
			t.Errorf("%s: %v", body, err)
		}
		if err != nil && (strings.Contains(err.Error(), "Grey") || strings.Contains(err.Error(), "ada@")) {
			t.Errorf("the error names the candidate: %v", err)
		}
	}
}

// faulty serves the reports of a tenant, and a fault for every SOAP call.
func faulty(t *testing.T, body string) *opened {
	t.Helper()
	tenant := sandbox.New(sandbox.Options{})
	return setup(t, sandbox.Options{}, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			tenant.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte(`<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/"><env:Body><env:Fault>` + body + `</env:Fault></env:Body></env:Envelope>`)) // the caller may be gone
	}), nil)
}

func TestAReportWithoutTheKeySubmitsNobody(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, func(s connectors.Settings) { s["email"] = "Mail"; delete(s, "email_prompt") })
	o.applyMany(1)
	_, err := o.sink().Submit(context.Background(), submission(t, o.job(), "ada@mail.example"))
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), "without the column Mail") || o.tenant.CountApplications() != 1 {
		t.Errorf("%v, %d applications", err, o.tenant.CountApplications())
	}
}

// A report that cannot show the résumé costs a second upload after a crash, never a
// second application.
func TestAReportWithoutTheResumeColumn(t *testing.T) {
	o := setup(t, sandbox.Options{NoResume: true}, nil, nil)
	req := submission(t, o.job(), "ada@mail.example")
	for range 2 {
		_, err := o.sink().Submit(context.Background(), req)
		o.must(err)
	}
	if n := o.tenant.CountApplications(); n != 1 {
		t.Errorf("%d applications", n)
	}
}

func TestAResumeIsCheckedBeforeAnythingIsSent(t *testing.T) {
	for name, tc := range map[string]struct {
		file *staffing.File
		want string
	}{
		"a picture":             {file("ada.png", resume), "FILE_TYPE"},
		"too large by its size": {&staffing.File{Name: "ada.pdf", Size: 6 << 20}, "FILE_TOO_LARGE"},
		"too large when read":   {&staffing.File{Name: "ada.pdf", Open: file("", make([]byte, 6<<20)).Open}, "FILE_TOO_LARGE"},
		"empty":                 {file("ada.pdf", nil), "RESUME_REQUIRED"},
	} {
		o := setup(t, sandbox.Options{}, nil, nil)
		req := submission(t, o.job(), "ada@mail.example")
		req.Resume = tc.file
		_, err := o.sink().Submit(context.Background(), req)
		if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), tc.want) || o.tenant.CountApplications() != 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAnIncompletePersonIsRefused(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	for _, fields := range []string{`{"first_name":"Ada","last_name":"Grey"}`, `{"email":"a@b.example"}`, `[]`, `{"email":7}`} {
		req := staffing.SubmissionRequest{Key: "k", RequisitionID: o.job(), Fields: json.RawMessage(fields)}
		if _, err := o.sink().Submit(context.Background(), req); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v", fields, err)
		}
	}
	if len(o.calls) != 0 {
		t.Errorf("%d calls were made", len(o.calls))
	}
}
