package bullhorn_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/bullhorn"
	"github.com/tributary-hub/tributary/staffing"
)

// withObjects is an account whose Support has set up a custom object for jobs and one
// for candidates.
func withObjects(t *testing.T, more connectors.Settings) *bench {
	t.Helper()
	b := setup(t, sandbox.Options{}, more)
	b.account.AddCompany("ACME", "Acme Corp")
	for owner, fields := range map[string]map[string]string{"JobOrder": {"text3": "VMS Tool", "int1": "Number of beds"}, "Candidate": {"text1": "Licence", "date1": ""}} {
		if err := b.account.SetCustomObject(owner, "Additional Information", fields); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

func TestFieldsOfCustomObjectsAreOfferedByTheirNames(t *testing.T) {
	b := withObjects(t, connectors.Settings{"candidate_fields": "customText7"})
	list, err := b.Fields(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if f, ok := find(list, "job", "customObject1s.text3"); !ok || f.Label != "Additional Information: VMS Tool" || f.Type != "text" {
		t.Errorf("%+v", f)
	}
	for _, key := range []string{"customObject1s.text4", "customObject1s.dateAdded", "customObject1s.jobOrder"} {
		if f, ok := find(list, "job", key); ok {
			t.Errorf("offered although it is not in use or cannot be written: %+v", f)
		}
	}
	if f, ok := find(list, "candidate", "raw.customObject1s.data[0].text1"); !ok || !strings.Contains(f.Label, "add customObject1s(text1) to Further candidate fields") {
		t.Errorf("%+v", f)
	}
	list, err = b.open(t, connectors.Settings{"candidate_fields": "customObject1s(id, text1)"}).Fields(t.Context())
	if f, ok := find(list, "candidate", "raw.customObject1s.data[0].text1"); err != nil || !ok || f.Label != "Additional Information: Licence" {
		t.Errorf("%+v %v", f, err)
	}
}

func TestAnAccountWithoutCustomObjectsIsOfferedNone(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	list, err := b.Fields(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if strings.Contains(f.Key, "customObject") {
			t.Errorf("%+v", f)
		}
	}
}

func TestAJobsCustomObjectIsWrittenOnceAndChangedInPlace(t *testing.T) {
	b := withObjects(t, nil)
	rec, err := b.PutJob(t.Context(), job("req-1", `,"customObject1s":{"text3":"Fieldglass","int1":4}`))
	if err != nil {
		t.Fatal(err)
	}
	id, _ := strconv.ParseInt(rec.ID, 10, 64) // the sandbox's
	req := job("req-1", `,"customObject1s":{"text3":"Beeline"}`)
	req.ID = rec.ID
	for range 2 {
		if _, err := b.PutJob(t.Context(), req); err != nil {
			t.Fatal(err)
		}
	}
	got := b.account.CustomObjects("JobOrder", id)
	if len(got) != 1 || got[0]["text3"] != "Beeline" || got[0]["int1"] != 4.0 {
		t.Errorf("%v", got)
	}
	other, err := b.PutJob(t.Context(), job("req-2", ""))
	if err != nil {
		t.Fatal(err)
	}
	req.ID, req.Key = other.ID, "req-2"
	if _, err := b.PutJob(t.Context(), req); err != nil { // the job has no instance yet
		t.Fatal(err)
	}
	id, _ = strconv.ParseInt(other.ID, 10, 64)
	if got := b.account.CustomObjects("JobOrder", id); len(got) != 1 || got[0]["text3"] != "Beeline" {
		t.Errorf("%v", got)
	}
	_, err = b.PutJob(t.Context(), job("req-3", `,"customObject1s":"Fieldglass"`))
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "customObject1s.text1") {
		t.Errorf("a text in place of the object: %v", err)
	}
	_, err = b.PutJob(t.Context(), job("req-4", `,"customObject1s":{"text99":"x"}`))
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "text99") {
		t.Errorf("a field that the object lacks: %v", err)
	}
}

func TestACandidatesCustomObjectIsRead(t *testing.T) {
	b := withObjects(t, connectors.Settings{"candidate_fields": "customObject1s(id,text1)"})
	id := b.account.AddCandidate(sandbox.CandidateSpec{FirstName: "Ada", LastName: "Grey", Email: "ada@mail.example"})
	b.account.AddCustomObject(id, map[string]any{"text1": "RN-4711"})
	rec, err := b.Candidate(t.Context(), strconv.FormatInt(id, 10))
	if err != nil {
		t.Fatal(err)
	}
	var raw struct {
		Objects struct {
			Data []struct {
				Text1 string `json:"text1"`
			} `json:"data"`
		} `json:"customObject1s"`
	}
	if err := json.Unmarshal(rec.Raw, &raw); err != nil || len(raw.Objects.Data) != 1 || raw.Objects.Data[0].Text1 != "RN-4711" {
		t.Errorf("%s %v", rec.Raw, err)
	}
}

// A real account's field map, as the vendor's SDK captured it.
func TestTheCustomObjectsOfACapturedFieldMapAreOffered(t *testing.T) {
	captured := shared(t, "specs", "bullhorn", "meta", "joborder.json")
	b := setup(t, sandbox.Options{}, nil)
	b.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "meta/JobOrder") {
			return false
		}
		_, _ = w.Write(captured)
		return true
	})
	list, err := b.Fields(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for key, label := range map[string]string{"customObject1s.text3": "Additional Information: VMS Tool", "customObject2s.textBlock2": "More Info: Rate Information"} {
		if f, ok := find(list, "job", key); !ok || f.Label != label {
			t.Errorf("%s: %+v", key, f)
		}
	}
}
