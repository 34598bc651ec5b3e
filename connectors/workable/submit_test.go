package workable_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/workable"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/mapping"
	sandbox "github.com/tributary-hub/tributary/sandbox/workable"
	"github.com/tributary-hub/tributary/staffing"
)

// opened is the connector on a simulated account, and every call that it made.
type opened struct {
	*harness
	staffing.Checker
	calls []string
}

func open(t *testing.T, more connectors.Settings) *opened {
	t.Helper()
	o := &opened{harness: newHarness(t)}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.calls = append(o.calls, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/spi/v3"))
		o.account.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	settings := connectors.Settings{"base_url": srv.URL + "/spi/v3", "token": "sandbox-token"}
	for k, v := range more {
		settings[k] = v
	}
	var err error
	o.Checker, err = workable.Kind().Open(connectors.Deps{Settings: settings, Tokens: &connectors.MemoryTokens{}, Now: time.Now,
		HTTP: httpx.New(httpx.Config{AllowHTTP: true, AllowCIDRs: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func (o *opened) sink() staffing.SubmissionSink {
	o.t.Helper()
	s, ok := o.Checker.(staffing.SubmissionSink)
	if !ok {
		o.t.Fatal("the connector submits nobody")
	}
	return s
}

// What the default profile makes of a candidate is what Workable takes.
func TestTheProfilesFieldsAreTakenWithTheResume(t *testing.T) {
	o := open(t, connectors.Settings{"recruiter_key": "agency-1"})
	fields, gaps, err := program(t).Submission(mapping.SubmissionInput{Submission: staffing.Submission{Key: "k", Comments: "Best of all.", Candidate: staffing.Candidate{FirstName: "Ada", LastName: "Grey",
		Email: "Ada@Mail.Example", Phone: "+1 555 0100", Title: "Nurse", Skills: []string{"care"}}}, Client: acme()})
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
	req := submission(t, o.job(), "ada@mail.example")
	req.Fields = fields
	rec, err := o.sink().Submit(t.Context(), req)
	if err != nil || rec.Existed || !strings.Contains(rec.URL, "sandbox.workable.com") {
		t.Fatalf("%+v %v", rec, err)
	}
	if got := o.account.ResumeOf(rec.ID); string(got) != string(resume) {
		t.Errorf("the account has the file %q", got)
	}
}

func TestAnotherJobsCandidateIsNotTakenForOurs(t *testing.T) {
	o := open(t, nil)
	elsewhere := o.account.OpenJob("Porter")
	theirs, err := o.account.Apply(elsewhere, "Ada", "Grey", "ada@mail.example")
	if err != nil {
		t.Fatal(err)
	}
	rec, err := o.sink().Submit(t.Context(), submission(t, o.job(), "ada@mail.example"))
	if err != nil || rec.ID == theirs || rec.Existed {
		t.Errorf("%+v %v", rec, err)
	}
}

func TestWhatWorkableNeedsIsSaidBeforeACall(t *testing.T) {
	o := open(t, nil)
	for want, candidate := range map[string]string{"e-mail": `{"firstname":"Ada","lastname":"Grey"}`, "last name": `{"firstname":"Ada","email":"a@b.example"}`} {
		req := submission(t, o.job(), "x")
		req.Fields = json.RawMessage(`{"candidate":` + candidate + `}`)
		if _, err := o.sink().Submit(t.Context(), req); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("it says %v, want %q", err, want)
		}
	}
	if len(o.calls) != 0 {
		t.Errorf("it called %v", o.calls)
	}
}

func TestARefusalIsToldInTheVendorsWords(t *testing.T) {
	o := open(t, nil)
	if err := o.account.EditJob(o.job(), func(j *sandbox.Job) { j.State = "closed" }); err != nil {
		t.Fatal(err)
	}
	_, err := o.sink().Submit(t.Context(), submission(t, o.job(), "a@b.example"))
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "the job takes no candidates") {
		t.Errorf("it says %v", err)
	}
}

// Every call that the document makes is one of the vendor's, by a third party's
// inventory of its reference.
func TestEveryCallIsInTheVendorsReference(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(shared(t), "specs", "workable", "workable-openapi.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var reference struct {
		Paths map[string]map[string]any `yaml:"paths"`
	}
	if err := yaml.Unmarshal(raw, &reference); err != nil {
		t.Fatal(err)
	}
	o := open(t, nil)
	ref := o.hire()
	if _, err := o.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := o.sink().Submit(t.Context(), submission(t, o.job(), "a@b.example")); err != nil {
		t.Fatal(err)
	}
	if hires, ok := o.Checker.(staffing.PlacementSource); ok {
		if _, err := hires.Placement(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
	}
	if len(o.calls) < 6 {
		t.Errorf("only %v were made", o.calls)
	}
	for _, call := range o.calls {
		method, path, _ := strings.Cut(call, " ")
		if !listed(reference.Paths, method, path) {
			t.Errorf("%s is not in the reference", call)
		}
	}
}

func listed(paths map[string]map[string]any, method, path string) bool {
	parts := strings.Split(path, "/")
	for template, methods := range paths {
		want := strings.Split(template, "/")
		fits := len(want) == len(parts) && methods[strings.ToLower(method)] != nil
		for i := 0; fits && i < len(want); i++ {
			fits = want[i] == parts[i] || strings.HasPrefix(want[i], "{")
		}
		if fits {
			return true
		}
	}
	return false
}
