package lever_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/mapping"
	sandbox "github.com/tributary-hub/tributary/sandbox/lever"
	"github.com/tributary-hub/tributary/staffing"
)

// What the default profile makes of a candidate is what Lever takes.
func TestTheProfilesFieldsAreTakenWithTheResume(t *testing.T) {
	for _, withFile := range []bool{true, false} {
		o := setup(t, sandbox.Options{}, connectors.Settings{"source": "North Staffing"})
		fields, gaps, err := program(t).Submission(mapping.SubmissionInput{Submission: staffing.Submission{Key: "k", Candidate: staffing.Candidate{
			FirstName: "Ada", LastName: "Grey", Email: "Ada@Mail.Example", Phone: "+1 555 0100", Title: "Nurse", Company: "St. Mary"}}, Client: acme()})
		if err != nil || len(gaps) > 0 {
			t.Fatalf("error %v, gaps %+v", err, gaps)
		}
		req := submission(t, o.job(), "ada@mail.example")
		req.Fields = fields
		if !withFile {
			req.Resume = nil
		}
		rec, err := o.Submit(context.Background(), req)
		if err != nil || rec.Existed || !strings.Contains(rec.URL, rec.ID) || rec.At.IsZero() || rec.Extra["contact_id"] == "" {
			t.Fatalf("%+v %v", rec, err)
		}
		opp := o.account.Opportunity(rec.ID)
		if got := o.account.ResumeOf(rec.ID); withFile && string(got) != string(resume) {
			t.Errorf("the account has the file %q", got)
		}
		want := `[Ada Grey Nurse, St. Mary agency [North Staffing] [ada@mail.example] [map[type:mobile value:+1 555 0100]]]`
		if got := show(opp["name"], opp["headline"], opp["origin"], opp["sources"], opp["emails"], opp["phones"]); got != want {
			t.Errorf("the account has %s, want %s", got, want)
		}
	}
}

func TestTheSamePersonOnAnotherPostingIsAnotherSubmission(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	elsewhere := o.account.OpenPosting(sandbox.PostingSpec{Title: "Porter"})
	theirs, err := o.account.Apply(elsewhere, "Ada Grey", "ada@mail.example")
	o.must(err)
	rec, err := o.Submit(context.Background(), submission(t, o.job(), "ada@mail.example"))
	if err != nil || rec.ID == theirs || rec.Existed {
		t.Errorf("%+v %v", rec, err)
	}
}

func TestACandidateOfAnotherSourceIsADuplicate(t *testing.T) {
	o := setup(t, sandbox.Options{}, connectors.Settings{"source": "North Staffing"})
	_, err := o.account.Apply(o.job(), "Ada Grey", "ada@mail.example")
	o.must(err)
	_, err = o.Submit(context.Background(), submission(t, o.job(), "ada@mail.example"))
	if staffing.CodeOf(err) != staffing.Conflict || !strings.Contains(staffing.MessageOf(err), "another source") {
		t.Errorf("it says %v", err)
	}
	mine, err := o.Submit(context.Background(), submission(t, o.job(), "eve@mail.example"))
	o.must(err)
	o.must(o.account.Archive(mine.ID, "Underqualified"))
	again, err := o.Submit(context.Background(), submission(t, o.job(), "eve@mail.example"))
	if err != nil || again.ID != mine.ID || !again.Existed {
		t.Errorf("a candidate who was turned away is put forward again: %+v %v", again, err)
	}
}

func TestWhatLeverNeedsIsSaidBeforeACall(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	posting := o.job()
	big := file("ada.pdf", resume)
	big.Size = 40 << 20
	for want, edit := range map[string]func(*staffing.SubmissionRequest){
		"e-mail":     func(r *staffing.SubmissionRequest) { r.Fields = json.RawMessage(`{"name":"Ada"}`) },
		"name":       func(r *staffing.SubmissionRequest) { r.Fields = json.RawMessage(`{"emails":["a@b.example"]}`) },
		"JSON":       func(r *staffing.SubmissionRequest) { r.Fields = json.RawMessage(`null`) },
		"29 MB":      func(r *staffing.SubmissionRequest) { r.Resume = big },
		`".exe"`:     func(r *staffing.SubmissionRequest) { r.Resume = file("ada.exe", resume) },
		"posting's ": func(r *staffing.SubmissionRequest) { r.RequisitionID = "" },
	} {
		req := submission(t, posting, "a@b.example")
		edit(&req)
		if _, err := o.Submit(context.Background(), req); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("it says %v, want %q", err, want)
		}
	}
	if calls := o.take(); len(calls) != 0 {
		t.Errorf("it called %v", calls)
	}
	req := submission(t, posting, "a@b.example")
	req.Resume = file("ada.pdf", nil)
	if _, err := o.Submit(context.Background(), req); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), "empty") {
		t.Errorf("an empty file: %v", err)
	}
}

func TestARefusalIsToldInTheVendorsWords(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil)
	_, err := o.Submit(context.Background(), submission(t, "no-posting", "a@b.example"))
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "exactly one posting") || staffing.IsOutcomeUnknown(err) {
		t.Errorf("it says %v", err)
	}
}
