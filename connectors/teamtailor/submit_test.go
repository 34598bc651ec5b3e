package teamtailor_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/teamtailor"
	"github.com/tributary-hub/tributary/staffing"
)

func withoutResume(r staffing.SubmissionRequest) staffing.SubmissionRequest {
	r.Resume = nil
	return r
}

func TestTheResumeIsALinkThatTeamtailorFetches(t *testing.T) {
	o := open(t, sandbox.Options{}, connectors.Settings{"resume_link": resumeLink})
	_, err := o.Submit(t.Context(), submission(t, o.job(), "ada@mail.example"))
	o.must(err)
	who := o.account.Candidate("ada@mail.example")
	if who["resume"] != "https://files.firm.example/resumes/key-ada@mail.example/ada%20grey.pdf" || who["sourced"] != true {
		t.Errorf("%v", who)
	}
}

func TestWithoutALinkAResumeIsRefusedInWordsOrLeftOut(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	_, err := o.Submit(t.Context(), submission(t, o.job(), "ada@mail.example"))
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "public address") || len(o.calls) > 0 {
		t.Errorf("%v after %v", err, o.calls)
	}
	o = open(t, sandbox.Options{}, connectors.Settings{"resumes": "leave out"})
	_, err = o.Submit(t.Context(), submission(t, o.job(), "ada@mail.example"))
	o.must(err)
	if who := o.account.Candidate("ada@mail.example"); who == nil || who["resume"] != nil {
		t.Errorf("%v", who)
	}
}

func TestALinkThatIsNoPublicAddressIsRefused(t *testing.T) {
	for _, link := range []string{"http://files.example/{key}", "https://files.example/resume.pdf", "files/{key}", "https://user:pass@files.example/{key}"} {
		o := newHarness(t, sandbox.Options{})
		settings := o.vendor().Settings("https://api.example")
		settings["resume_link"] = link
		if err := openError(settings); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v", link, err)
		}
	}
}

func TestAPersonWhoIsKnownIsPutOnTheSecondJob(t *testing.T) {
	for name, opts := range map[string]sandbox.Options{"an account that takes all": {}, "an account that refuses a second application": {RefuseTwice: true}} {
		t.Run(name, func(t *testing.T) {
			o := open(t, opts, nil)
			_, err := o.account.Apply(o.account.OpenJob("Carer"), "Ada", "Grey", "ada@mail.example")
			o.must(err)
			first, err := o.Submit(t.Context(), withoutResume(submission(t, o.job(), "ada@mail.example")))
			o.must(err)
			second, err := o.Submit(t.Context(), withoutResume(submission(t, o.job(), "ada@mail.example")))
			o.must(err)
			if o.account.CountApplications() != 2 || first.ID != second.ID || first.Existed || !second.Existed {
				t.Errorf("%d applications, %+v, %+v", o.account.CountApplications(), first, second)
			}
		})
	}
}

func TestWhatCannotBeSentIsRefusedInWordsBeforeAnyCall(t *testing.T) {
	for name, tc := range map[string]struct{ fields, job, says string }{
		"no e-mail":                 {`{"first-name":"A","last-name":"B"}`, "1", "e-mail"},
		"no last name":              {`{"first-name":"A","email":"a@b.c"}`, "1", "last name"},
		"no job":                    {`{"first-name":"A","last-name":"B","email":"a@b.c"}`, "", "job"},
		"fields that are no object": {`[]`, "1", "JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, sandbox.Options{}, nil)
			_, err := o.Submit(t.Context(), staffing.SubmissionRequest{RequisitionID: tc.job, Fields: json.RawMessage(tc.fields)})
			if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), tc.says) || len(o.calls) > 0 {
				t.Errorf("%v after %v", err, o.calls)
			}
		})
	}
}

func TestNoPlacementBeforeTheHire(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	id := o.applyMany(1)[0]
	o.must(o.account.Move(id, "offer"))
	if _, err := o.Placement(t.Context(), staffing.SubmissionRef{ID: id}); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("got %v", err)
	}
}
