package ashby_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/mapping"
	sandbox "github.com/tributary-hub/tributary/sandbox/ashby"
	"github.com/tributary-hub/tributary/staffing"
)

// What the default profile makes of a candidate is what Ashby takes.
func TestTheProfilesFieldsAreTakenWithTheResume(t *testing.T) {
	for stage, want := range map[string]string{"": "Active", "Lead": "Lead"} {
		o := setup(t, sandbox.Options{}, connectors.Settings{"source_id": sandbox.AgencySource, "entry_stage": stage})
		fields, gaps, err := program(t).Submission(mapping.SubmissionInput{Submission: staffing.Submission{Key: "k", Candidate: staffing.Candidate{
			FirstName: "Ada", LastName: "Grey", Email: "Ada@Mail.Example", Phone: "+1 555 0100"}}, Client: acme()})
		if err != nil || len(gaps) > 0 {
			t.Fatalf("error %v, gaps %+v", err, gaps)
		}
		req := submission(t, o.opened(), "ada@mail.example")
		req.Fields = fields
		rec, err := o.Submit(context.Background(), req)
		if err != nil || rec.Existed || !strings.Contains(rec.URL, rec.Extra["candidate_id"]) || rec.At.IsZero() {
			t.Fatalf("%+v %v", rec, err)
		}
		if got := o.account.ResumeOf(rec.Extra["candidate_id"]); string(got) != string(resume) {
			t.Errorf("the account has the file %q", got)
		}
		records, _ := readAll(t, o.Statuses, nil)
		app := raw(t, records[0])
		if src, ok := app["source"].(map[string]any); app["status"] != want || !ok || src["title"] != "North Staffing" {
			t.Errorf("the account has %+v", app)
		}
	}
}

func TestAKnownPersonGetsAnApplicationAndOurResume(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	elsewhere := o.account.OpenJob(sandbox.JobSpec{Title: "Porter", Openings: 1})
	theirs, err := o.account.Apply(elsewhere, "Ada Grey", "ada@mail.example")
	o.must(err)
	rec, err := o.Submit(context.Background(), submission(t, o.opened(), "ADA@mail.example"))
	if err != nil || rec.ID == theirs || rec.Existed || o.account.CountCandidates() != 1 || o.account.ResumeOf(rec.Extra["candidate_id"]) == nil {
		t.Errorf("%+v %v, %d candidates", rec, err, o.account.CountCandidates())
	}
}

func TestAnApplicationWhoseResumeIsMissingIsCompleted(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	theirs, err := o.account.Apply(o.opened(), "Ada Grey", "ada@mail.example")
	o.must(err)
	req := submission(t, o.opened(), "ada@mail.example")
	if _, err := o.FindSubmission(context.Background(), req); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("find: %v", err)
	}
	rec, err := o.Submit(context.Background(), req)
	if err != nil || rec.ID != theirs || !rec.Existed || o.account.ResumeOf(rec.Extra["candidate_id"]) == nil {
		t.Errorf("%+v %v", rec, err)
	}
}

func TestACandidateOfAnotherSourceIsADuplicate(t *testing.T) {
	o := setup(t, sandbox.Options{}, connectors.Settings{"source_id": sandbox.AgencySource})
	_, err := o.account.Apply(o.opened(), "Ada Grey", "ada@mail.example")
	o.must(err)
	_, err = o.Submit(context.Background(), submission(t, o.opened(), "ada@mail.example"))
	if staffing.CodeOf(err) != staffing.Conflict || !strings.Contains(staffing.MessageOf(err), "another source") {
		t.Errorf("it says %v", err)
	}
}

func TestWhatAshbyNeedsIsSaidBeforeACall(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	job := o.opened()
	big := file("ada.pdf", resume)
	big.Size = 40 << 20
	for want, edit := range map[string]func(*staffing.SubmissionRequest){
		"e-mail":  func(r *staffing.SubmissionRequest) { r.Fields = json.RawMessage(`{"name":"Ada"}`) },
		"name":    func(r *staffing.SubmissionRequest) { r.Fields = json.RawMessage(`{"email":"a@b.example"}`) },
		"JSON":    func(r *staffing.SubmissionRequest) { r.Fields = json.RawMessage(`null`) },
		"20 MB":   func(r *staffing.SubmissionRequest) { r.Resume = big },
		`".exe"`:  func(r *staffing.SubmissionRequest) { r.Resume = file("ada.exe", resume) },
		"job's i": func(r *staffing.SubmissionRequest) { r.RequisitionID = "" },
	} {
		req := submission(t, job, "a@b.example")
		edit(&req)
		if _, err := o.Submit(context.Background(), req); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("it says %v, want %q", err, want)
		}
	}
	if calls := o.take(); len(calls) != 0 {
		t.Errorf("it called %v", calls)
	}
}

func TestARefusalIsToldInTheVendorsWords(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	job := o.opened()
	o.must(o.account.Change("job.list", job, func(j map[string]any) { j["status"] = "Closed" }))
	_, err := o.Submit(context.Background(), submission(t, job, "a@b.example"))
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "The job takes no candidates") || staffing.IsOutcomeUnknown(err) {
		t.Errorf("it says %v", err)
	}
}

func TestARefusalWithStatus200LeaksNoSecret(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	o.answerOnce("candidate.search", `{"success":false,"errorInfo":{"code":"invalid_input","message":"key sandbox-key asked for ada@mail.example"}}`)
	_, err := o.Submit(context.Background(), submission(t, o.opened(), "ada@mail.example"))
	if staffing.CodeOf(err) != staffing.Invalid || strings.Contains(err.Error(), "sandbox-key") || strings.Contains(err.Error(), "ada@mail.example") {
		t.Errorf("it says %v", err)
	}
}
