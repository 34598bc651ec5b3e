package beeline_test

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors/beeline"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/beeline"
	"github.com/tributary-hub/tributary/staffing"
)

type connector interface {
	staffing.RequisitionSource
	staffing.SubmissionSink
	staffing.StatusSource
}

func connected(t *testing.T, o sandbox.Options) (*sandbox.Server, connector) {
	t.Helper()
	account := sandbox.New(o)
	server := httptest.NewServer(account)
	t.Cleanup(server.Close)
	c, err := beeline.Kind().Open(connectortest.NewDeps(beeline.Kind(), settings("sandbox-secret")(server.URL)))
	if err != nil {
		t.Fatal(err)
	}
	conn, _ := c.(connector)
	return account, conn
}

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(beeline.Kind().Mapping)
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

func acme() staffing.Client {
	return staffing.Client{Code: "ACME", Name: "Acme", Currency: "USD", Timezone: "America/Denver"}
}

func TestACandidateIsSentOnceAndItsRefusalIsTold(t *testing.T) {
	account, c := connected(t, sandbox.Options{})
	posting := account.Post("Nurse")
	rec, err := c.Submit(context.Background(), submission(posting, "ada@mail.example"))
	if err != nil || rec.Existed {
		t.Fatal(rec, err)
	}
	candidate, files := account.Candidate(rec.ID)
	if candidate["status"] != "SUBMITTING" || candidate["jobPostingUid"] != posting || len(files) != 1 || string(files["resume-key-ada@mail.example.pdf"]) != string(resume) {
		t.Errorf("Beeline has %v and the files %v", candidate, files)
	}
	said := func() (mapping.Status, []staffing.Gap) {
		page, err := c.Statuses(context.Background(), nil)
		if err != nil || len(page.Records) != 1 || page.Records[0].ExternalID != rec.ID {
			t.Fatal(page, err)
		}
		st, gaps, err := program(t).Status(page.Records[0].Raw)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(st.Word, "FAILED") && !strings.Contains(string(page.Records[0].Raw), "rate card") {
			t.Errorf("the reason is not in the record: %s", page.Records[0].Raw)
		}
		return st, gaps
	}
	if st, gaps := said(); st.Stage != staffing.ClientSubmitted || len(gaps) > 0 || st.At.IsZero() {
		t.Errorf("while it is on its way: %+v %+v", st, gaps)
	}
	account.Move(rec.ID, "SUBMISSION_FAILED", "the bill rate is above the rate card")
	if st, gaps := said(); st.Stage != staffing.ClosedNotSelected || len(gaps) > 0 {
		t.Errorf("when the client's system refused it: %+v %+v", st, gaps)
	}
	again, err := c.Submit(context.Background(), submission(posting, "ADA@mail.example"))
	if err != nil || again.ID != rec.ID || !again.Existed {
		t.Errorf("a second put: %+v %v", again, err)
	}
	other := account.Post("Cook")
	if _, err := c.Submit(context.Background(), submission(other, "ada@mail.example")); err != nil {
		t.Error(err)
	}
	if workers, candidates := account.Counts(); workers != 1 || candidates != 2 {
		t.Errorf("one person on two postings is %d workers and %d candidates", workers, candidates)
	}
}

func TestWhatAPostingAsksOfCandidatesIsCheckedBefore(t *testing.T) {
	account, c := connected(t, sandbox.Options{})
	posting := account.Post("Nurse")
	account.Require("Badge required", "Clearance")
	_, err := c.Submit(context.Background(), submission(posting, "ada@mail.example"))
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "Clearance") || strings.Contains(staffing.MessageOf(err), "Badge") {
		t.Errorf("%v", err)
	}
	account.Require("Badge required")
	rec, err := c.Submit(context.Background(), submission(posting, "ada@mail.example"))
	if err != nil {
		t.Fatal(err)
	}
	candidate, _ := account.Candidate(rec.ID)
	text, _ := json.Marshal(candidate["customFields"])
	if string(text) != `[{"referenceId":"CF1","value":"no"}]` || candidate["billRate"] != 85.10 {
		t.Errorf("the candidate is %v", candidate)
	}
}

func TestRésumésAreRefusedInWordsBeforeAnythingIsWritten(t *testing.T) {
	account, c := connected(t, sandbox.Options{})
	req := submission(account.Post("Nurse"), "ada@mail.example")
	for name, size := range map[string]int64{"grey.pages": 10, "grey.pdf": 11 << 20} {
		req.Resume.Name, req.Resume.Size = name, size
		if _, err := c.Submit(context.Background(), req); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), "résumé") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if workers, candidates := account.Counts(); workers+candidates > 0 {
		t.Error("something was written")
	}
}

func TestDetailsAreReadOnlyWhereTheListChanged(t *testing.T) {
	account, c := connected(t, sandbox.Options{})
	var ids []string
	for range 3 {
		ids = append(ids, account.Post("Nurse"))
	}
	page, err := c.Requisitions(context.Background(), nil)
	if err != nil || len(page.Records) != 3 || page.More {
		t.Fatal(page, err)
	}
	page, err = c.Requisitions(context.Background(), page.Next)
	if err != nil || len(page.Records) != 0 {
		t.Errorf("nothing changed, but %d records came, %v", len(page.Records), err)
	}
	account.Edit(ids[1], "notes", "changed")
	page, err = c.Requisitions(context.Background(), page.Next)
	if err != nil || len(page.Records) != 1 || page.Records[0].ExternalID != ids[1] || page.Records[0].UpdatedAt.IsZero() {
		t.Errorf("%+v, %v", page.Records, err)
	}
}

func TestTheVendorsPaceIsTold(t *testing.T) {
	account, c := connected(t, sandbox.Options{RateLimit: 3})
	account.Post("Nurse")
	if _, err := c.Requisitions(context.Background(), nil); err != nil { // token, list, detail
		t.Fatal(err)
	}
	_, err := c.Requisitions(context.Background(), nil)
	if wait := staffing.RetryAfterOf(err); staffing.CodeOf(err) != staffing.RateLimited || wait < 30*time.Second || wait > time.Minute {
		t.Errorf("code %s, wait %s", staffing.CodeOf(err), wait)
	}
}

// TestTheSampleIsMapped maps a synthetic posting in the shape of a public client's data
// classes. Nothing of it was recorded at the vendor.
func TestTheSampleIsMapped(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(shared(t), "samples", "beeline", "job-posting-detail.synthetic.json"))
	if err != nil {
		t.Fatal(err)
	}
	req, gaps, err := program(t).Requisition(raw, acme())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
	if req.Number != "1234567" || req.Status != staffing.ReqOpen || !req.AcceptingSubmissions || req.Openings != 2 || req.MaxSubmissions != 3 || req.BillRate.Max == nil ||
		req.BillRate.Max.String() != "95" || req.BillRate.Min.String() != "80" || req.StartDate != "2027-01-11" || len(req.Locations) != 1 || req.Locations[0].Country != "US" ||
		len(req.CostCentres) != 1 || req.CostCentres[0].Code != "4410-20" || req.RespondBy == nil {
		t.Errorf("%+v", req)
	}
}

// TestPostingsHaveNoNameThatTheDerivedSchemaLacks holds the simulator's postings against
// the schema, which is derived from a public client: names only, types are guesses.
func TestPostingsHaveNoNameThatTheDerivedSchemaLacks(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(shared(t), "specs", "beeline", "job-posting-detail.derived.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema struct{ Properties map[string]any }
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	account, c := connected(t, sandbox.Options{})
	account.Post("Nurse")
	page, err := c.Requisitions(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var posting map[string]any
	if err := json.Unmarshal(page.Records[0].Raw, &posting); err != nil {
		t.Fatal(err)
	}
	for name := range posting {
		if schema.Properties[name] == nil {
			t.Errorf("the simulated posting has %q, which is not in the schema", name)
		}
	}
}

func TestAProfessionalPostingHasItsOwnRates(t *testing.T) {
	raw := `{"uid":"u","title":"Nurse","status":"OPEN","enterpriseJobPostingNumber":"7","currency":"USD","requestedWorkers":1,
		"beelineProfessionalRates":{"billRateMinimum":70,"billRateMaximum":90.5,"payRateMinimum":50,"payRateMaximum":60,"ratePeriod":"HOUR"},"beelineEnterpriseRates":null}`
	req, gaps, err := program(t).Requisition(json.RawMessage(raw), acme())
	if err != nil || len(gaps) > 0 || req.BillRate.Max.String() != "90.5" || req.PayRate.Max.String() != "60" {
		t.Errorf("%+v, %+v, %v", req, gaps, err)
	}
}
