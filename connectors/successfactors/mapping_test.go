package successfactors_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/successfactors"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/successfactors"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(successfactors.Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rules.Compile(rules.Merge(rules.Baseline(), doc.Rules), doc.Lists); err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func acme() staffing.Client { return staffing.Client{Code: "ACME", Name: "Acme", Currency: "USD"} }

func TestARequisitionIsRead(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	id := b.tenant.OpenRequisition("Nurse")
	records, _ := readAll(t, b.Requisitions, nil)
	req, gaps, err := program(t).Requisition(records[0].Raw, acme())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v\n%s", err, gaps, records[0].Raw)
	}
	if req.ExternalID != id || req.Title != "Nurse" || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions || req.Openings != 3 || req.StartDate != "2025-12-01" ||
		req.HiringManager.Name != "Maria Hall" || req.HiringManager.Email != "maria@client.example" || len(req.CostCentres) != 1 || req.CostCentres[0].Code != "4100" ||
		len(req.Locations) != 1 || !strings.Contains(req.Locations[0].Text, "New York") || req.Description != "<p>Care</p>" {
		t.Errorf("%+v", req)
	}
}

// The sample goes the whole way: it is served to the connector as the tenant's page.
func TestTheSampleOfAPageIsRead(t *testing.T) {
	page, err := os.ReadFile(filepath.Join(shared(t), "samples", "sap-successfactors", "jobrequisition-page.shape.json"))
	if err != nil {
		t.Fatal(err)
	}
	h := newHarness(t, sandbox.Options{})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/oauth/") {
			h.tenant.ServeHTTP(w, r)
			return
		}
		_, _ = w.Write(page) // the connector would tell
	}))
	t.Cleanup(srv.Close)
	opened, err := successfactors.Kind().Open(connectortest.NewDeps(successfactors.Kind(), settings(0)(srv.URL)))
	h.must(err)
	got, err := of(t, opened).Requisitions(t.Context(), nil)
	if err != nil || len(got.Records) != 1 || !got.More {
		t.Fatalf("%+v %v", got, err)
	}
	req, gaps, err := program(t).Requisition(got.Records[0].Raw, acme())
	if err != nil || len(gaps) > 0 || req.ExternalID != "1234" || req.Title != "Public title" || req.Status != staffing.ReqOpen || req.Openings != 3 || req.StartDate != "2025-12-01" ||
		req.HiringManager.Name != "A B" || got.Records[0].UpdatedAt.IsZero() {
		t.Errorf("%+v %+v %v", req, gaps, err)
	}
}

func TestRequisitionStatusesSayWhatTheyMean(t *testing.T) {
	for raw, want := range map[string]staffing.RequisitionStatus{
		`"internalStatus":"Pre-Approved"`:                                          staffing.ReqPending,
		`"internalStatus":"Closed","status":"Anything"`:                            staffing.ReqCancelled,
		`"status":{"results":[{"id":"7","externalCode":"On Hold"}]}`:               staffing.ReqOnHold,
		`"status":{"externalCode":"Filled"}`:                                       staffing.ReqFilled,
		`"internalStatus":"Approved","status":{"externalCode":"On Hold - budget"}`: staffing.ReqOnHold,
		`"internalStatus":"2"`:                                                     staffing.ReqCancelled,
		`"internalStatus":1`:                                                       staffing.ReqOpen,
		`"internalStatus":"Approved","deleted":"Deleted"`:                          staffing.ReqCancelled,
		`"internalStatus":"Approved","deleted":false,"numberOpenings":"2"`:         staffing.ReqOpen,
		`"status":{"__deferred":{"uri":"x"}},"internalStatus":"Pre-Approved"`:      staffing.ReqPending,
	} {
		req, gaps, err := program(t).Requisition(json.RawMessage(`{"jobReqId":"7","jobReqLocale":{"results":[{"jobTitle":"Nurse"}]},`+raw+`}`), acme())
		if err != nil || len(gaps) > 0 || req.Status != want || req.AcceptingSubmissions != (want == staffing.ReqOpen) {
			t.Errorf("%s: %s %v %+v", raw, req.Status, err, gaps)
		}
	}
}

func TestStatusesBecomeStages(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	for name, want := range map[string]staffing.Stage{"New Application": staffing.ClientSubmitted, "Interview": staffing.Interview, "Offer Extended": staffing.Offer,
		"Hired": staffing.Placed, "Not Selected": staffing.RejectedClient, "Declined By Candidate": staffing.Withdrawn} {
		id := b.applyMany(1)[0]
		b.must(b.tenant.Move(id, name))
		records, _ := readAll(t, b.Statuses, nil)
		got, gaps, err := program(t).Status(records[len(records)-1].Raw)
		if err != nil || len(gaps) > 0 || got.Stage != want || got.At.IsZero() {
			t.Errorf("%s: %+v %+v %v", name, got, gaps, err)
		}
	}
	for raw, want := range map[string]staffing.Stage{
		`{"status":"Withdraw","jobAppStatus":{"appStatusName":"Interview"},"lastModifiedDateTime":"2026-11-02T09:00:00Z"}`: staffing.Withdrawn,
		`{"status":"Disqualified","lastModifiedDateTime":"2026-11-02T09:00:00Z"}`:                                          staffing.RejectedClient,
	} {
		if got, gaps, err := program(t).Status(json.RawMessage(raw)); err != nil || len(gaps) > 0 || got.Stage != want {
			t.Errorf("%s: %+v %+v %v", raw, got, gaps, err)
		}
	}
}

func TestAHireBecomesAPlacement(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	if _, err := b.Placement(t.Context(), staffing.SubmissionRef{ID: b.applyMany(1)[0]}); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("before the hire: %v", err)
	}
	rec, err := b.Placement(t.Context(), b.hire())
	b.must(err)
	plc, gaps, err := program(t).Placement(rec.Raw, staffing.Submission{Candidate: staffing.Candidate{FirstName: "Eve", LastName: "Moss"}},
		staffing.Requisition{Title: "Nurse", Number: "1234"}, acme())
	if err != nil || len(gaps) > 0 || plc.StartDate != "2026-12-07" || plc.WorkerName != "Eve Moss" || plc.Status != "Hired" || plc.BillingCodes["CustomerJobCode"] != "1234" {
		t.Errorf("%+v %+v %v", plc, gaps, err)
	}
}

func TestTheProfilesFieldsAreTaken(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	req := submission(t, b.requisition(), "ada@mail.example")
	fields, gaps, err := program(t).Submission(mapping.SubmissionInput{Submission: staffing.Submission{Key: "k", Candidate: staffing.Candidate{FirstName: "Ada", LastName: "Grey",
		Email: "Ada@Mail.Example", Phone: "+1 555 0100"}}, Client: acme()})
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
	req.Fields = fields
	if _, err := b.Submit(t.Context(), req); err != nil {
		t.Error(err)
	}
}

func TestTheReadmeNamesEverySetting(t *testing.T) {
	page, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range successfactors.Kind().Spec {
		if !strings.Contains(strings.ToLower(string(page)), strings.ToLower(f.Label)) {
			t.Errorf("the page does not name the setting %q", f.Label)
		}
	}
}
