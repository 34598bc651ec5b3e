package bullhorn_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/bullhorn"
	"github.com/tributary-hub/tributary/staffing"
)

func fieldsOf(t *testing.T, account *sandbox.Server, more connectors.Settings) []staffing.VendorField {
	t.Helper()
	srv := httptest.NewServer(account)
	t.Cleanup(srv.Close)
	s := settings(srv.URL)
	for k, v := range more {
		s[k] = v
	}
	list, err := openAt(t, s, nil).Fields(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func find(list []staffing.VendorField, section, key string) (staffing.VendorField, bool) {
	at := slices.IndexFunc(list, func(f staffing.VendorField) bool { return f.Section == section && f.Key == key })
	if at < 0 {
		return staffing.VendorField{}, false
	}
	return list[at], true
}

func TestFieldsAreThoseThatTheAccountSetUp(t *testing.T) {
	account := sandbox.New(nil, sandbox.Options{})
	if err := account.SetField("JobOrder", "customText10", sandbox.FieldSetup{Label: "Line of business", Required: true, Options: []string{"Nursing", "IT"}}); err != nil {
		t.Fatal(err)
	}
	list := fieldsOf(t, account, connectors.Settings{"candidate_fields": "customText7"})
	got, ok := find(list, "job", "customText10")
	if !ok || got.Label != "Line of business" || !got.Required || got.Type != "choice" || len(got.Options) != 2 || got.Options[1].Value != "IT" {
		t.Errorf("%+v", got)
	}
	for name, c := range map[string]struct {
		section, key string
		want         bool
	}{
		"a field that nobody set up is not offered":           {"job", "customText11", false},
		"a field that the connector fills in is not offered":  {"job", "externalID", false},
		"a part of the address is offered by its path":        {"job", "address.city", true},
		"a record that a job points to is offered by its id":  {"job", "reportToClientContact.id", true},
		"a candidate's field is offered as it is read":        {"candidate", "raw.occupation", true},
		"a submission's field is offered as it is read":       {"offered", "raw.billRate", true},
		"a list of other records is left out":                 {"candidate", "raw.submissions", false},
		"a field of a job that is worked out is not writable": {"job", "dateLastModified", false},
	} {
		if _, ok := find(list, c.section, c.key); ok != c.want {
			t.Errorf("%s: %s of %s is offered: %v", name, c.key, c.section, ok)
		}
	}
}

func TestACandidatesFieldThatIsNotReadSaysWhatToDo(t *testing.T) {
	account := sandbox.New(nil, sandbox.Options{})
	if err := account.SetField("Candidate", "customText7", sandbox.FieldSetup{Label: "Visa"}); err != nil {
		t.Fatal(err)
	}
	if f, ok := find(fieldsOf(t, account, nil), "candidate", "raw.customText7"); !ok || !strings.Contains(f.Label, "Further candidate fields") {
		t.Errorf("%+v", f)
	}
	if f, ok := find(fieldsOf(t, account, connectors.Settings{"candidate_fields": "customText7"}), "candidate", "raw.customText7"); !ok || f.Label != "Visa" {
		t.Errorf("%+v", f)
	}
}

func TestDeclaredStatusesAreTheAccountsWordsInItsOrder(t *testing.T) {
	account := sandbox.New(nil, sandbox.Options{Statuses: []string{"Submitted to AE", "Client Submission", "Approved"}})
	srv := httptest.NewServer(account)
	t.Cleanup(srv.Close)
	list, err := openAt(t, settings(srv.URL), nil).DeclaredStatuses(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var words []string
	for _, s := range list {
		words = append(words, s.Word)
	}
	if got := strings.Join(words, ", "); got != "Submitted to AE, Client Submission, Approved" {
		t.Error(got)
	}
}
