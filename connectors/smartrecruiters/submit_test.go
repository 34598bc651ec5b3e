package smartrecruiters_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/smartrecruiters"
	"github.com/tributary-hub/tributary/staffing"
)

func TestTheResumeIsWithTheCandidate(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	rec, err := o.Submit(t.Context(), submission(t, o.job(), "ada@mail.example"))
	o.must(err)
	files := o.account.Resumes(half(rec.ID, 0))
	if len(files) != 1 || files[0] != "RESUME ada-grey.pdf "+string(resume) || half(rec.ID, 1) != o.job() || rec.At.IsZero() || rec.Existed {
		t.Errorf("%v %+v", files, rec)
	}
}

func TestAPersonWhoIsKnownIsPutOnTheSecondJob(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	other := o.account.OpenJob("Carer")
	_, err := o.account.Apply(other, "Ada", "Grey", "ADA@mail.example")
	o.must(err)
	first, err := o.Submit(t.Context(), submission(t, o.job(), "ada@mail.example"))
	o.must(err)
	second, err := o.Submit(t.Context(), submission(t, o.job(), "ada@mail.example"))
	o.must(err)
	if o.account.CountApplications() != 2 || first.ID != second.ID || first.Existed || !second.Existed {
		t.Errorf("%d applications, %+v, %+v", o.account.CountApplications(), first, second)
	}
}

func TestASearchThatFindsStrangersPutsNobodyInTheirPlace(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	_, err := o.account.Apply(o.job(), "Eve", "Moss", "x.ada@mail.example") // the search finds parts of words
	o.must(err)
	if _, err := o.FindSubmission(t.Context(), submission(t, o.job(), "ada@mail.example")); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("got %v", err)
	}
}

func TestTheAgencyStandsAsSource(t *testing.T) {
	o := open(t, sandbox.Options{}, connectors.Settings{"source_type_id": "AGENCY", "source_id": "our-agency"})
	rec, err := o.Submit(t.Context(), submission(t, o.job(), "ada@mail.example"))
	o.must(err)
	o.must(o.account.Move(half(rec.ID, 0), o.job(), "HIRED", ""))
	plc, err := o.Placement(t.Context(), staffing.SubmissionRef{ID: rec.ID})
	if err != nil || !strings.Contains(string(plc.Raw), `"source":"our-agency"`) {
		t.Errorf("%s %v", plc.Raw, err)
	}
}

func TestWhatCannotBeSentIsRefusedInWordsBeforeAnyCall(t *testing.T) {
	for name, tc := range map[string]struct {
		bend func(*staffing.SubmissionRequest)
		says string
	}{
		"a résumé of another type":   {func(r *staffing.SubmissionRequest) { r.Resume.Name = "ada.pages" }, ".pages"},
		"a résumé that is too large": {func(r *staffing.SubmissionRequest) { r.Resume.Size = 6 << 20 }, "larger than the 5 MB"},
		"no e-mail":                  {func(r *staffing.SubmissionRequest) { r.Fields = json.RawMessage(`{"firstName":"A","lastName":"B"}`) }, "e-mail"},
		"no last name":               {func(r *staffing.SubmissionRequest) { r.Fields = json.RawMessage(`{"firstName":"A","email":"a@b.c"}`) }, "last name"},
		"no job":                     {func(r *staffing.SubmissionRequest) { r.RequisitionID = "" }, "job"},
		"fields that are no object":  {func(r *staffing.SubmissionRequest) { r.Fields = json.RawMessage(`[]`) }, "JSON object"},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, sandbox.Options{}, nil)
			req := submission(t, "job", "ada@mail.example")
			tc.bend(&req)
			_, err := o.Submit(t.Context(), req)
			if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), tc.says) || len(o.calls) > 0 {
				t.Errorf("%v after %v", err, o.calls)
			}
		})
	}
}

func TestNoPlacementBeforeTheHire(t *testing.T) {
	o := open(t, sandbox.Options{}, nil)
	id := o.applyMany(1)[0]
	if _, err := o.Placement(t.Context(), staffing.SubmissionRef{ID: id}); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("got %v", err)
	}
}
