package coupa_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/coupa"
	"github.com/tributary-hub/tributary/mapping"
	sandbox "github.com/tributary-hub/tributary/sandbox/coupa"
	sftp "github.com/tributary-hub/tributary/sandbox/file"
	"github.com/tributary-hub/tributary/staffing"
)

// TestConformance holds the API half; the files are those of connectors/file, which has
// its own run.
func TestConformance(t *testing.T) {
	connectortest.Run(t, coupa.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		s, n := sandbox.New(), 0
		add := func(count int) (ids []string) {
			for range count {
				n++
				ids = append(ids, fmt.Sprintf("key-%d", n))
				s.Submit(ids[len(ids)-1])
			}
			return ids
		}
		return connectortest.Vendor{
			Handler: s, Settings: settings("sandbox-secret"), WrongSecret: settings("another-secret"),
			AddStatuses: add, MoveStatus: func(id string) { s.Move(id, "Interview") },
			Placement: func() staffing.SubmissionRef {
				id := add(1)[0]
				s.Confirm(id)
				return staffing.SubmissionRef{ID: id, Key: id}
			},
			PageSize: 50,
		}
	})
}

func settings(secret string) func(string) connectors.Settings {
	return func(base string) connectors.Settings {
		return connectors.Settings{"base_url": base, "token_url": base + sandbox.TokenPath, "client_id": "sandbox-app", "client_secret": secret,
			"candidate_filters": `{"supplier":"tributary"}`}
	}
}

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(coupa.Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestFilesAndAPIAreOneConnection reads a requisition file, hands a submission over as a
// file, and follows it by the API until the hire.
func TestFilesAndAPIAreOneConnection(t *testing.T) {
	ccw := sandbox.New()
	web := httptest.NewServer(ccw)
	t.Cleanup(web.Close)
	drop, err := sftp.New(sftp.Options{User: "tributary", Password: "river-runs-deep-22"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop.Close)
	drop.Put("/Outgoing/CCW/requisitions.csv", "Requisition Number,Job Title,Status,Positions,Start Date,End Date,Maximum Bill Rate\nREQ-1,Nurse,Open,2,2027-01-11,2027-07-09,95.00\n")
	drop.Mkdir("/Incoming")
	drop.Mkdir("/Incoming/CCW")
	host, port := drop.Address()
	s := settings("sandbox-secret")(web.URL)
	for k, v := range map[string]string{"host": host, "port": port, "user": "tributary", "password": "river-runs-deep-22", "host_key": drop.Fingerprint(), "settle_seconds": "0",
		"id_column": "Requisition Number", "submission_folder": "Incoming/CCW", "submission_format": "csv"} {
		s[k] = v
	}
	c, err := coupa.Kind().Open(connectortest.NewDeps(coupa.Kind(), s))
	if err != nil {
		t.Fatal(err)
	}
	conn, ok := c.(interface {
		staffing.RequisitionSource
		staffing.SubmissionSink
		staffing.StatusSource
		staffing.PlacementSource
	})
	if !ok {
		t.Fatalf("it can only %q", connectors.CapabilitiesOf(c))
	}
	ctx := context.Background()
	if r, err := c.Check(ctx); err != nil || !r.OK() || len(r.Permissions) < 5 {
		t.Errorf("%+v, %v", r, err)
	}
	page, err := conn.Requisitions(ctx, nil)
	if err != nil || len(page.Records) != 1 {
		t.Fatal(page, err)
	}
	req, gaps, err := program(t).Requisition(page.Records[0].Raw, staffing.Client{Code: "ACME", Currency: "USD"})
	if err != nil || len(gaps) > 0 || req.ExternalID != "REQ-1" || req.Status != staffing.ReqOpen || req.BillRate.Max.String() != "95" {
		t.Errorf("%+v, %+v, %v", req, gaps, err)
	}
	resume := []byte("%PDF-1.4 Ada Grey")
	rec, err := conn.Submit(ctx, staffing.SubmissionRequest{Key: "0198-7", RequisitionID: "REQ-1", Fields: json.RawMessage(`{"First Name":"Ada"}`),
		Resume: &staffing.File{Name: "grey.pdf", Size: int64(len(resume)), Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(resume)), nil }}})
	if err != nil || len(drop.Names("/Incoming/CCW/submission-0198-7*")) != 2 {
		t.Fatal(rec, err, drop.Names("/Incoming/CCW/*"))
	}
	if _, err := conn.Placement(ctx, staffing.SubmissionRef{ID: rec.ID, Key: "0198-7"}); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("before the hire: %v", err)
	}
	ccw.Submit("0198-7") // what the client's import makes of the file
	ccw.Confirm("0198-7")
	page, err = conn.Statuses(ctx, nil)
	if err != nil || len(page.Records) != 1 || page.Records[0].ExternalID != rec.ID {
		t.Fatal(page, err)
	}
	st, gaps, err := program(t).Status(page.Records[0].Raw)
	if err != nil || len(gaps) > 0 || st.Stage != staffing.Placed {
		t.Errorf("%+v, %+v, %v", st, gaps, err)
	}
	hire, err := conn.Placement(ctx, staffing.SubmissionRef{ID: rec.ID, Key: "0198-7"})
	if err != nil {
		t.Fatal(err)
	}
	plc, gaps, err := program(t).Placement(hire.Raw, staffing.Submission{Candidate: staffing.Candidate{FirstName: "Ada", LastName: "Grey"}}, req, staffing.Client{Code: "ACME", Currency: "USD"})
	if err != nil || plc.StartDate != "2027-01-11" || !strings.HasPrefix(plc.ExternalID, "ACME-CW-") {
		t.Errorf("%+v, %+v, %v", plc, gaps, err)
	}
}

func TestSomebodyElsesWorkerIsNotBelieved(t *testing.T) {
	s := sandbox.New()
	s.Confirm("another-key")
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	set := settings("sandbox-secret")(web.URL)
	set["worker_filter"] = `{"status":"Active"}` // a search that says nothing of our key
	c, err := coupa.Kind().Open(connectortest.NewDeps(coupa.Kind(), set))
	if err != nil {
		t.Fatal(err)
	}
	src, _ := c.(staffing.PlacementSource)
	if _, err := src.Placement(context.Background(), staffing.SubmissionRef{ID: "0198-7"}); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("%v", err)
	}
}

func TestEverySearchIsWalkedToItsEnd(t *testing.T) {
	s := sandbox.New()
	for i := range 120 {
		s.Submit(fmt.Sprintf("key-%03d", i))
	}
	for i := range 60 {
		s.Move(fmt.Sprintf("key-%03d", i), "Interview")
	}
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	set := settings("sandbox-secret")(web.URL)
	set["candidate_filters"] = "{\"status\":\"Submitted\"}\n\n{\"status\":\"Interview\"}"
	c, err := coupa.Kind().Open(connectortest.NewDeps(coupa.Kind(), set))
	if err != nil {
		t.Fatal(err)
	}
	src, _ := c.(staffing.StatusSource)
	seen := map[string]bool{}
	var cur staffing.Cursor
	for range 10 {
		page, err := src.Statuses(context.Background(), cur)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			seen[r.ExternalID] = true
		}
		if cur = page.Next; !page.More {
			break
		}
	}
	if len(seen) != 120 {
		t.Errorf("%d of 120 candidates were read", len(seen))
	}
}

func TestSearchesWithoutATermAreRefused(t *testing.T) {
	for _, bad := range []string{"{}", "status=Submitted", "[]", "{\"status\":\"Submitted\"}\n{}"} {
		set := settings("sandbox-secret")("https://acme.example")
		set["candidate_filters"] = bad
		if _, err := coupa.Kind().Open(connectortest.NewDeps(coupa.Kind(), set)); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestTheRequestHasTheFormOfTheSample compares with the one sample of a search, whose
// values are made up and whose keys are the vendor's.
func TestTheRequestHasTheFormOfTheSample(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(shared(t), "samples", "coupa", "candidate-search-request.synthetic.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]map[string]any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	inner := sandbox.New()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // the simulator says what is wrong with it
		if strings.HasSuffix(r.URL.Path, "/search") && json.Unmarshal(body, &got) != nil {
			t.Errorf("the request is %s", body)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		inner.ServeHTTP(w, r)
	}))
	t.Cleanup(web.Close)
	set := settings("sandbox-secret")(web.URL)
	set["candidate_filters"] = `{"requisition_id":"REQ-1"}`
	c, err := coupa.Kind().Open(connectortest.NewDeps(coupa.Kind(), set))
	if err != nil {
		t.Fatal(err)
	}
	src, _ := c.(staffing.StatusSource)
	if _, err := src.Statuses(context.Background(), nil); err != nil {
		t.Fatal(err)
	}
	keys := func(m map[string]map[string]any) (out []string) {
		for a, inner := range m {
			for b := range inner {
				out = append(out, a+"."+b)
			}
		}
		slices.Sort(out)
		return out
	}
	if !slices.Equal(keys(got), keys(want)) {
		t.Errorf("the request has %q, the sample %q", keys(got), keys(want))
	}
}

// What the vendor does not publish is not guessed: no word of a worker's status is
// known to be an end, and a worker has no rates of his own.
func TestAWorkersStatusIsNoOutcome(t *testing.T) {
	for _, status := range []string{"Active", "Closed", "Ended", "Cancelled", "No Show", ""} {
		raw, err := json.Marshal(map[string]any{"id": 7, "cw_number": "ACME-CW-000007", "status": status, "start_date": "2027-01-11"})
		if err != nil {
			t.Fatal(err)
		}
		plc, gaps, err := program(t).Placement(raw, staffing.Submission{Candidate: staffing.Candidate{FirstName: "Ada", LastName: "Grey"}},
			staffing.Requisition{WorkerType: staffing.Contract}, staffing.Client{Code: "ACME", Currency: "USD"})
		if err != nil || len(gaps) > 0 || plc.Status != status || plc.Outcome != "" || plc.OvertimeRate != nil {
			t.Errorf("%q gives the outcome %q, overtime %v, gaps %+v, %v", status, plc.Outcome, plc.OvertimeRate, gaps, err)
		}
	}
}
