package greenhouse_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"

	sandbox "github.com/tributary-hub/tributary/sandbox/greenhouse"
	"github.com/tributary-hub/tributary/staffing"
)

func submission(job int64, email string) staffing.SubmissionRequest {
	fields, err := json.Marshal(map[string]any{"first_name": "Eve", "last_name": "Moss",
		"email_addresses": []any{map[string]any{"value": email, "type": "personal"}},
		"phone_numbers":   []any{map[string]any{"value": "+1 212 555 0100", "type": "mobile"}}})
	if err != nil {
		panic(err)
	}
	return staffing.SubmissionRequest{Key: "sub-1", RequisitionID: strconv.FormatInt(job, 10), Fields: fields, Resume: resume("eve.pdf", "%PDF eve")}
}

func (b *bench) expect(t *testing.T, people, applications, resumes int) {
	t.Helper()
	files := 0
	for _, a := range b.account.Applications() {
		files += len(b.account.Attachments(a.ID))
	}
	if p, a := b.account.CountCandidates(), b.account.CountApplications(); p != people || a != applications || files != resumes {
		t.Errorf("%d people, %d applications, %d files; want %d, %d, %d", p, a, files, people, applications, resumes)
	}
}

func TestASubmissionArrivesOnce(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	req := submission(job, "Eve@Mail.example")
	if _, err := b.FindSubmission(context.Background(), req); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("before: %v", err)
	}
	first, err := b.Submit(context.Background(), req)
	if err != nil || first.Existed || first.ID == "" || first.Extra["candidate_id"] == "" {
		t.Fatalf("%+v %v", first, err)
	}
	second, err := b.Submit(context.Background(), req)
	if err != nil || !second.Existed || second.ID != first.ID {
		t.Errorf("again: %+v %v", second, err)
	}
	found, err := b.FindSubmission(context.Background(), req)
	if err != nil || found.ID != first.ID {
		t.Errorf("find: %+v %v", found, err)
	}
	b.expect(t, 1, 1, 1)
	app := b.account.Applications()[0]
	if f := b.account.Attachments(app.ID)[0]; string(f.Content) != "%PDF eve" || f.Filename != "eve.pdf" || f.Type != "resume" {
		t.Errorf("file %s %s %q", f.Filename, f.Type, f.Content)
	}
	if app.JobID != job || app.CandidateName != "Eve Moss" {
		t.Errorf("application %+v", app)
	}
}

func TestAKnownPersonGetsAnotherApplication(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	one, two := b.account.OpenJob(sandbox.JobSpec{Title: "One"}), b.account.OpenJob(sandbox.JobSpec{Title: "Two"})
	for _, job := range []int64{one, two} {
		if _, err := b.Submit(context.Background(), submission(job, "eve@mail.example")); err != nil {
			t.Fatal(err)
		}
	}
	b.expect(t, 1, 2, 2)
	if b.count("POST candidates") != 1 || b.count("POST applications") != 1 {
		t.Errorf("calls: %v", b.calls)
	}
}

// TestAnyCutIsHealedByTheNextCall cuts the line after each write in turn, after
// the account committed it.
func TestAnyCutIsHealedByTheNextCall(t *testing.T) {
	for _, path := range []string{"candidates", "applications", "attachments"} {
		t.Run(path, func(t *testing.T) {
			b := setup(t, sandbox.Options{}, nil)
			job := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
			people := 1
			if path == "applications" { // the person must be known for this call to be made
				other := b.account.OpenJob(sandbox.JobSpec{Title: "Other"})
				if _, err := b.Submit(context.Background(), submission(other, "eve@mail.example")); err != nil {
					t.Fatal(err)
				}
			}
			cut := false
			b.cutAfter(func(r *http.Request) bool {
				if r.Method == http.MethodPost && r.URL.Path == "/v3/"+path && !cut {
					cut = true
					return true
				}
				return false
			})
			_, err := b.Submit(context.Background(), submission(job, "eve@mail.example"))
			if !staffing.IsOutcomeUnknown(err) {
				t.Fatalf("cut after the commit: %v, want an unknown outcome", err)
			}
			if _, err = b.Submit(context.Background(), submission(job, "eve@mail.example")); err != nil {
				t.Fatal(err)
			}
			n := 1
			if path == "applications" {
				n = 2
			}
			b.expect(t, people, n, n)
		})
	}
}

func TestAMissingResumeIsCompleted(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	b.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/attachments") {
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	})
	req := submission(job, "eve@mail.example")
	if _, err := b.Submit(context.Background(), req); staffing.CodeOf(err) != staffing.Unavailable {
		t.Fatalf("got %v", err)
	}
	if _, err := b.FindSubmission(context.Background(), req); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("half of a submission was called found: %v", err)
	}
	b.intercept(nil)
	if _, err := b.Submit(context.Background(), req); err != nil {
		t.Fatal(err)
	}
	b.expect(t, 1, 1, 1)
}

func TestTheClientsOwnResumeIsNotOverwritten(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	req := submission(job, "eve@mail.example")
	if _, err := b.Submit(context.Background(), req); err != nil {
		t.Fatal(err)
	}
	req.Resume = resume("eve-v2.pdf", "%PDF two")
	if _, err := b.Submit(context.Background(), req); err != nil {
		t.Fatal(err)
	}
	b.expect(t, 1, 1, 1)
}

func TestACandidateOfAnotherSourceIsADuplicate(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	if _, err := b.account.Apply(job, "Eve", "Moss", "eve@mail.example"); err != nil {
		t.Fatal(err)
	}
	b.settings["source_id"] = strconv.FormatInt(b.account.AgencySource(), 10)
	_, err := b.open(t).Submit(context.Background(), submission(job, "eve@mail.example"))
	if staffing.CodeOf(err) != staffing.Conflict {
		t.Errorf("got %v", err)
	}
	b.expect(t, 1, 1, 0)
	if _, err := b.open(t).Submit(context.Background(), submission(job, "ann@mail.example")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.open(t).Submit(context.Background(), submission(job, "ann@mail.example")); err != nil {
		t.Errorf("our own submission again: %v", err)
	}
	b.expect(t, 2, 2, 1)
}

func TestAFilterThatIsNotAppliedGivesNoStranger(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	if _, err := b.account.Apply(job, "Some", "Body", "somebody@mail.example"); err != nil {
		t.Fatal(err)
	}
	b.intercept(func(_ http.ResponseWriter, r *http.Request) bool {
		q := r.URL.Query()
		q.Del("email")
		r.URL.RawQuery = q.Encode()
		return false
	})
	got, err := b.Submit(context.Background(), submission(job, "eve@mail.example"))
	if err != nil || got.Existed {
		t.Errorf("%+v %v: a stranger's application was taken for ours", got, err)
	}
}

func TestWhatGreenhouseRefusesIsSaidWithoutPersonalData(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	closed := b.account.OpenJob(sandbox.JobSpec{Title: "Closed"})
	b.account.CloseJob(closed)
	_, err := b.Submit(context.Background(), submission(closed, "eve@mail.example"))
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "open job") {
		t.Errorf("a closed job: %v", err)
	}
	b.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && r.URL.Path == "/v3/candidates" {
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(w, `{"message":"Unprocessable Content","errors":[{"email_addresses":"eve@mail.example is blocked"}]}`)
			return true
		}
		return false
	})
	_, err = b.Submit(context.Background(), submission(b.account.OpenJob(sandbox.JobSpec{Title: "Open"}), "eve@mail.example"))
	if staffing.CodeOf(err) != staffing.Invalid || strings.Contains(err.Error(), "eve@") {
		t.Errorf("got %v", err)
	}
}

func TestWhatCannotBeSubmitted(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Job"})
	good := submission(job, "eve@mail.example")
	for name, change := range map[string]func(r *staffing.SubmissionRequest){
		"no e-mail":          func(r *staffing.SubmissionRequest) { r.Fields = []byte(`{"first_name":"A","last_name":"B"}`) },
		"no last name":       func(r *staffing.SubmissionRequest) { r.Fields = []byte(`{"first_name":"A"}`) },
		"no JSON":            func(r *staffing.SubmissionRequest) { r.Fields = []byte(`<a>`) },
		"null":               func(r *staffing.SubmissionRequest) { r.Fields = []byte(`null`) },
		"a job of no number": func(r *staffing.SubmissionRequest) { r.RequisitionID = "JP-1" },
		"an empty résumé":    func(r *staffing.SubmissionRequest) { r.Resume = resume("x.pdf", "") },
	} {
		req := good
		change(&req)
		if _, err := b.Submit(context.Background(), req); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
}
