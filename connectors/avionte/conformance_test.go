package avionte_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/avionte"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/mapping"
	sandbox "github.com/tributary-hub/tributary/sandbox/avionte"
	"github.com/tributary-hub/tributary/staffing"
)

func settings(base string) connectors.Settings {
	return connectors.Settings{"tenant": "sandbox", "client_id": "sandbox-client", "client_secret": "sandbox-secret", "api_key": "sandbox-key", "base_url": base}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, avionte.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		account := sandbox.New(sandbox.Options{})
		return connectortest.Vendor{
			Handler:  account,
			Settings: settings,
			WrongSecret: func(base string) connectors.Settings {
				s := settings(base)
				s["client_secret"] = "wrong-client-secret"
				return s
			},
			Candidate: func() (string, []byte) {
				content := bytes.Repeat([]byte("%PDF-1.4 Ada\n"), 5000)
				return account.AddTalent("Ada", "Grey", "ada.pdf", content), content
			},
			SubmissionRecord: func() string { return account.Nominate(501, account.AddTalent("Ada", "Grey", "", nil), "Submitted") },
		}
	})
}

// open serves the account and opens a connection to it.
func open(t *testing.T, account http.Handler, more connectors.Settings) *avionte.Connector {
	t.Helper()
	srv := httptest.NewServer(account)
	t.Cleanup(srv.Close)
	s := settings(srv.URL)
	for k, v := range more {
		s[k] = v
	}
	c, err := avionte.Kind().Open(connectortest.NewDeps(avionte.Kind(), s))
	if err != nil {
		t.Fatal(err)
	}
	a, ok := c.(*avionte.Connector)
	if !ok {
		t.Fatalf("Open gave %T", c)
	}
	return a
}

func TestATalentIsReadWithNothingThatNobodyNeeds(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	rec, err := open(t, account, nil).Candidate(t.Context(), account.AddTalent("Ada", "Grey", "ada.pdf", []byte("x")))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := mapping.Parse(avionte.Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatalf("%+v", err)
	}
	got, gaps, err := p.Candidate(rec.Raw)
	if err != nil || len(gaps) > 0 || got.Name() != "Ada Grey" || got.Email != "ada@mail.example" || got.Phone != "555-0100" || got.City != "Denver" || got.Region != "CO" ||
		got.Country != "US" || got.AvailableFrom != "2027-01-11" || got.DoNotSubmit {
		t.Errorf("%+v %+v %v", got, gaps, err)
	}
	for _, secret := range []string{"000-00-0000", "1990-01-02", "race", "disability", "veteran", "gender", "talentResume", "Main St"} {
		if strings.Contains(string(rec.Raw), secret) {
			t.Errorf("the record holds %s", secret)
		}
	}
	blocked, _, err := p.Candidate(json.RawMessage(`{"id":7,"firstName":"Al","lastName":"Bo","isArchived":true}`))
	if err != nil || !blocked.DoNotSubmit {
		t.Errorf("an archived talent may be submitted: %+v %v", blocked, err)
	}
}

func TestAResumeUnderAnotherNameIsToldAndThenFound(t *testing.T) {
	account := sandbox.New(sandbox.Options{Content: "resumeBytes"})
	id := account.AddTalent("Ada", "Grey", `C:\cv\ada.docx`, []byte("content"))
	_, err := open(t, account, nil).Resume(t.Context(), id)
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "fileName, resumeBytes") {
		t.Fatalf("%v", err)
	}
	f, err := open(t, account, connectors.Settings{"resume_content": "resumeBytes"}).Resume(t.Context(), id)
	if err != nil || f.Name != "ada.docx" || f.Size != 7 {
		t.Fatalf("%+v %v", f, err)
	}
	r, err := f.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(r); err != nil || string(body) != "content" {
		t.Errorf("%q %v", body, err)
	}
	none, err := open(t, account, nil).Resume(t.Context(), account.AddTalent("Al", "Bo", "", nil))
	if none != nil || err != nil {
		t.Errorf("%+v %v", none, err)
	}
}

// TestEveryCallIsOneOfTheDerivedList holds the calls against the 33 operations of a
// third party's reference, which is not the vendor's. GET talent/{id} is in none of
// the 33: it is in another copy of the vendor's pages (README.md).
func TestEveryCallIsOneOfTheDerivedList(t *testing.T) {
	list, err := os.ReadFile(filepath.Join(shared(t), "specs", "avionte", "operations.json"))
	if err != nil {
		t.Fatal(err)
	}
	account := sandbox.New(sandbox.Options{})
	var paths []string
	c := open(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		paths = append(paths, r.URL.Path)
		account.ServeHTTP(w, r)
	}), nil)
	if _, err := c.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	id := account.Nominate(501, account.AddTalent("Ada", "Grey", "", nil), "Submitted")
	if _, err := c.Submission(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	for _, p := range paths {
		want := strings.Replace(strings.TrimPrefix(p, "/"), id, ":nominationId", 1)
		if p != "/authorize/token" && !strings.Contains(string(list), `"`+want+`"`) {
			t.Errorf("%s is not in the list", p)
		}
	}
}
