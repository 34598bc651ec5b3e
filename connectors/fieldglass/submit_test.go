package fieldglass_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/fieldglass"
	"github.com/tributary-hub/tributary/staffing"
)

// with changes one field of Sam Rivera's submission; nil takes it out.
func with(t *testing.T, path string, value any) json.RawMessage {
	t.Helper()
	doc := tree(t, riveraFields()).(map[string]any)
	into, name := doc, path
	if head, rest, ok := strings.Cut(path, "/"); ok {
		into, name = doc[head].(map[string]any), rest
	}
	if value == nil {
		delete(into, name)
	} else {
		into[name] = value
	}
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSubmitPutsPersonRatesAnswersAndResumeIntoTheTenant(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	req := b.request()
	receipt, err := b.open().Submit(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	got := b.JobSeekers()[0]
	if receipt.ID != req.Key || receipt.Number != got.ID || got.ExternalID != req.Key || !strings.HasPrefix(receipt.Extra["transaction_id"], "ZJOB") {
		t.Errorf("receipt %+v for job seeker %+v", receipt, got)
	}
	if got.Name != "Sam Rivera" || got.Status != "Submitted" || got.PostingID != req.RequisitionID {
		t.Errorf("%+v", got)
	}
	want := []sandbox.ClassRate{{Class: "ST", Bill: "92.00", Pay: "58.00"}, {Class: "OT", Bill: "138.00", Pay: "87.00"}}
	if len(got.Rates) != 2 || got.Rates[0] != want[0] || got.Rates[1] != want[1] {
		t.Errorf("rates %v, want %v", got.Rates, want)
	}
	if got.Answers["Has the candidate ever worked at ACME as an employee?"] != "No" || got.Answers["Date of last background check"] != "10-31-2026" {
		t.Errorf("answers %v", got.Answers)
	}
	if f, ok := b.Resume(got.ID); !ok || string(f.Content) != "%PDF-1.7 Sam Rivera" || f.Name != "resume.pdf" || f.ContentType != "application/pdf" {
		t.Errorf("résumé %v %q %s", ok, f.Content, f.Name)
	}
}

func TestSubmitUsesTheStoredPostingAndReadsNoOther(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	req := b.request()
	req.Requisition = b.drain()[req.RequisitionID].Raw
	before := b.calls(sandbox.PostingFull)
	if _, err := b.open().Submit(context.Background(), req); err != nil {
		t.Fatal(err)
	}
	if b.calls(sandbox.PostingFull) != before || b.CountJobSeekers() != 1 {
		t.Errorf("%d job seekers, %d reads of the posting", b.CountJobSeekers(), b.calls(sandbox.PostingFull)-before)
	}
}

func TestSubmitSaysEveryProblemBeforeItSends(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		path  string
		value any
		words []string
	}{
		"no first name":                   {"first_name", "", []string{"FIELD_MISSING", "first name"}},
		"no day of availability":          {"available_from", nil, []string{"FIELD_MISSING", "available"}},
		"security id of another form":     {"security_id", "1234", []string{"SECURITY_ID_INVALID", "MMDD + last 4 + initials"}},
		"no bill rate":                    {"bill_rate", nil, []string{"BILL_RATE_REQUIRED", "ST", "OT"}},
		"a rate in another currency":      {"bill_rate/currency", "EUR", []string{"RATE_CURRENCY", "EUR", "USD"}},
		"a rate per day":                  {"bill_rate/unit", "day", []string{"RATE_UNIT", "day", "hour"}},
		"a question without an answer":    {"answers/Has the candidate ever worked at ACME as an employee?", nil, []string{"QUESTION_MISSING", "ever worked"}},
		"an answer that is not on a list": {"answers/Has the candidate ever worked at ACME as an employee?", "Maybe", []string{"PICKLIST_VALUE", "No, Yes"}},
		"a date that is none":             {"answers/Date of last background check", "soon", []string{"QUESTION_FORMAT", "date"}},
		"a qualification not rated":       {"quals/4-Year Degree", nil, []string{"QUESTION_MISSING", "4-Year Degree"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, sandbox.Options{}, nil)
			req := b.request()
			req.Fields = with(t, c.path, c.value)
			_, err := b.open().Submit(context.Background(), req)
			wantCode(t, err, staffing.Invalid, c.words...)
			if b.calls(sandbox.JobSeekerUpload) != 0 {
				t.Error("it was sent all the same")
			}
		})
	}
	t.Run("all at once", func(t *testing.T) {
		t.Parallel()
		b := setup(t, sandbox.Options{}, nil)
		req := b.request()
		req.Fields, req.Resume = json.RawMessage(`{"first_name":"Sam"}`), nil
		_, err := b.open().Submit(context.Background(), req)
		wantCode(t, err, staffing.Invalid, "last name", "SECURITY_ID_INVALID", "BILL_RATE_REQUIRED", "QUESTION_MISSING", "RESUME_REQUIRED")
	})
}

func TestSubmitRefusesAResumeThatIsTooLarge(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, connectors.Settings{"resume_max_mb": "1"})
	req := b.request()
	req.Resume = resume("big.pdf", strings.Repeat("x", 1<<20+1))
	_, err := b.open().Submit(context.Background(), req)
	wantCode(t, err, staffing.Invalid, "FILE_TOO_LARGE", "1 MB")
	req.Resume = resume("empty.pdf", "")
	_, err = b.open().Submit(context.Background(), req)
	wantCode(t, err, staffing.Invalid, "RESUME_REQUIRED")
}

func TestARefusalInsideA200IsAnErrorInTheVendorsWords(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{MaxResume: 4}, nil)
	_, err := b.open().Submit(context.Background(), b.request())
	wantCode(t, err, staffing.Invalid, "VENDOR_REJECTED", "Attachment exceeds the maximum size")
	if b.CountJobSeekers() != 0 {
		t.Error("the tenant took it")
	}
}

func TestAClosedPostingRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	req := b.request()
	b.must(b.ClosePosting(req.RequisitionID, "Filled"))
	_, err := b.open().Submit(context.Background(), req)
	wantCode(t, err, staffing.Invalid, "VENDOR_REJECTED", "Closed")
}

func TestTheLimitOfSubmissionsRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	req := b.request()
	b.must(b.UpdatePosting(req.RequisitionID, func(p *sandbox.PostingSpec) { p.MaxSubmissions = 1 }))
	_, err := b.AddJobSeeker(req.RequisitionID, "Ada", "Grey", "ada@mail.example")
	b.must(err)
	_, err = b.open().Submit(context.Background(), req)
	wantCode(t, err, staffing.Invalid, "Maximum number of submissions")
}

func TestAPostingThatIsUnknownIsNotFound(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	req := b.request()
	req.RequisitionID = "ACMEJP00009999"
	_, err := b.open().Submit(context.Background(), req)
	wantCode(t, err, staffing.NotFound)
}

// An upload that is processed later shows in no download: the receipt has our
// reference, and the status feed brings the job seeker under the same id.
func TestAnUploadThatIsProcessedLaterHasItsReceipt(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, nil)
	b.HoldUploads(true)
	req := b.request()
	receipt, err := b.open().Submit(context.Background(), req)
	if err != nil || receipt.ID != req.Key || receipt.Number != "" {
		t.Fatalf("%+v %v", receipt, err)
	}
	b.HoldUploads(false)
	p, err := b.open().Statuses(context.Background(), nil)
	if err != nil || len(p.Records) != 1 || p.Records[0].ExternalID != receipt.ID {
		t.Errorf("%+v %v", p.Records, err)
	}
}

func TestARepeatThatTheTenantRefusesIsFound(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{RefuseRepeats: true}, nil)
	req := b.request()
	b.HoldUploads(true)
	c := b.open()
	if _, err := c.Submit(context.Background(), req); err != nil {
		t.Fatal(err)
	}
	_, err := c.Submit(context.Background(), req) // it shows nowhere yet
	wantCode(t, err, staffing.Invalid, "VENDOR_REJECTED", "[candidate]")
	if strings.Contains(err.Error(), "Rivera") {
		t.Errorf("the error names the candidate: %v", err)
	}
	b.HoldUploads(false)
	receipt, err := c.Submit(context.Background(), req)
	if err != nil || !receipt.Existed || receipt.ID != req.Key || b.CountJobSeekers() != 1 {
		t.Errorf("%+v %v, %d job seekers", receipt, err, b.CountJobSeekers())
	}
}

func TestJSONThatIsNotSwitchedOnIsSaid(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{XML: true}, nil)
	_, err := b.open().Submit(context.Background(), b.request())
	wantCode(t, err, staffing.Invalid, "file format is not supported")
}

func TestCheckNamesTheConnectorsThatAreMissingOrNotAllowed(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{Disabled: []string{sandbox.WorkOrders}}, connectors.Settings{"job_seeker_upload": "JS Upload (typo)"})
	report, err := b.open().Check(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	missing := map[string]string{}
	for _, p := range report.Permissions {
		if !p.Granted {
			missing[p.Name] = p.Detail
		}
	}
	if len(missing) != 2 || !strings.Contains(missing["JS Upload (typo)"], "exact name") || !strings.Contains(missing[sandbox.WorkOrders], "not for this user") {
		t.Errorf("missing: %v", missing)
	}
	p, err := b.poll()
	if err != nil || len(p.Records) != 0 {
		t.Errorf("the test of the connection moved something: %v %v", p, err)
	}
}

func TestCheckConsumesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t, sandbox.Options{}, connectors.Settings{"full_every_hours": "0"})
	ids := times(2, b.post)
	if _, err := b.open().Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	holds(t, b.drain(), ids)
}
