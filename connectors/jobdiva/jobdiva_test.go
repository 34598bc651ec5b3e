package jobdiva_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/jobdiva"
	"github.com/tributary-hub/tributary/staffing"
)

// words reads the feed to its end and gives each submittal's milestones.
func words(t *testing.T, c staffing.CandidateEventSource, cur staffing.Cursor) (map[string][]string, staffing.Cursor) {
	t.Helper()
	out := map[string][]string{}
	for {
		page, err := c.CandidateEvents(t.Context(), cur)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			var e staffing.CandidateStatusChanged
			if err := json.Unmarshal(r.Raw, &e); err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(out[e.SubmissionID], e.Status) {
				out[e.SubmissionID] = append(out[e.SubmissionID], e.Status)
			}
		}
		if cur = page.Next; !page.More {
			return out, cur
		}
	}
}

func TestMilestonesAreDerivedFromFlagsAndDates(t *testing.T) {
	for name, tc := range map[string]struct {
		columns map[string]any
		want    []string
	}{
		"a submittal to the client":                  {nil, []string{"External Submittal"}},
		"a submittal inside the firm":                {map[string]any{"INTERNALSUBMITTALFLAG": "1", "EXTERNALSUBMITTALFLAG": "0"}, []string{"Internal Submittal"}},
		"an interview soon after hides no submittal": {map[string]any{"INTERVIEWFLAG": 1, "INTERVIEWDATE": "2030-01-01T10:00:00"}, []string{"External Submittal", "Interview"}},
		"a hire": {map[string]any{"INTERVIEWFLAG": "1", "HIREFLAG": "1", "STARTDATE": "2030-02-01T00:00:00"}, []string{"External Submittal", "Interview", "Hire"}},
		"a rejection by the client is not submitted again":  {map[string]any{"INTERVIEWFLAG": "1", "EXTERNALREJECTDATE": "2026-11-20T10:00:00"}, []string{"External Reject"}},
		"a rejection by the firm":                           {map[string]any{"INTERNALREJECTDATE": "2026-11-20 10:00:00"}, []string{"Internal Reject"}},
		"the end of an assignment":                          {map[string]any{"HIREFLAG": "1", "TERMINATIONDATE": "11/20/2026"}, []string{"Terminated"}},
		"an account whose report has no external flag":      {map[string]any{"EXTERNALSUBMITTALFLAG": "Null"}, []string{"External Submittal"}},
		"an activity that is no submittal concerns nobody":  {map[string]any{"SUBMITTALFLAG": "0", "EXTERNALSUBMITTALFLAG": "0"}, nil},
		"an internal one in an account without such a flag": {map[string]any{"INTERNALSUBMITTALFLAG": "1", "EXTERNALSUBMITTALFLAG": nil}, []string{"Internal Submittal"}},
	} {
		t.Run(name, func(t *testing.T) {
			account := sandbox.New(sandbox.Options{})
			c := open(t, account, nil)
			id := fmt.Sprintf("%d-501-77001", account.Submit(501, 77001, tc.columns))
			if got, _ := words(t, c, nil); !slices.Equal(got[id], tc.want) {
				t.Errorf("got %v, want %v", got[id], tc.want)
			}
		})
	}
}

// When summer time ends, one hour of the vendor's times is there twice.
func TestTheHourThatIsThereTwiceLosesNothing(t *testing.T) {
	now := time.Date(2026, 11, 1, 4, 30, 0, 0, time.UTC) // 00:30 in New York, still summer
	clock := func() time.Time { return now }
	account := sandbox.New(sandbox.Options{Now: clock})
	c := open(t, account, func(d *connectors.Deps) { d.Now = clock })
	_, cur := words(t, c, nil)
	for range 12 { // until 02:30 UTC-5
		now = now.Add(15 * time.Minute)
		id := fmt.Sprintf("%d-501-77001", account.Submit(501, 77001, nil))
		var got map[string][]string
		if got, cur = words(t, c, cur); got[id] == nil {
			t.Errorf("what was submitted at %s is lost", now)
		}
	}
}

func TestAfterAPauseEveryWindowIsRead(t *testing.T) {
	now := time.Now()
	account := sandbox.New(sandbox.Options{Now: func() time.Time { return now }})
	c := open(t, account, func(d *connectors.Deps) { d.Now = func() time.Time { return now } })
	_, cur := words(t, c, nil)
	var ids []string
	for range 30 { // the hub is down for a good week
		now = now.Add(6 * time.Hour)
		ids = append(ids, fmt.Sprintf("%d-501-77001", account.Submit(501, 77001, nil)))
	}
	got, _ := words(t, c, cur)
	for _, id := range ids {
		if got[id] == nil {
			t.Errorf("submittal %s is lost", id)
		}
	}
}

func TestANumberThatIsNotOursIsNoReceipt(t *testing.T) {
	account := sandbox.New(sandbox.Options{Misnumber: true})
	c := open(t, account, nil)
	req := staffing.JobRequest{Key: "req-1", Fields: []byte(`{"title":"Nurse","department":"Acme"}`)}
	if _, err := c.PutJob(t.Context(), req); !staffing.IsOutcomeUnknown(err) {
		t.Errorf("a wrong number passes: %v", err)
	}
	rec, err := c.PutJob(t.Context(), req)
	if err != nil || !rec.Existed || len(account.Jobs()) != 1 {
		t.Errorf("%+v, %v, %d jobs", rec, err, len(account.Jobs()))
	}
}

func TestTheHubDoesNotGuessWhichJobIsOurs(t *testing.T) {
	account := sandbox.New(sandbox.Options{NoReference: true})
	c := open(t, account, nil)
	req := staffing.JobRequest{Key: "req-1", Fields: []byte(`{"title":"Nurse","department":"Acme"}`)}
	if _, err := c.PutJob(t.Context(), req); err != nil {
		t.Fatalf("the only job that the search gives is ours: %v", err)
	}
	account.Jobs()[0]["optionalref"] = "req-2"
	if _, err := c.FindJob(t.Context(), "req-1"); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("%v", err)
	}
}

func TestAnUpdateSendsOnlyWhatUpdateJobHas(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	c := open(t, account, nil)
	req := staffing.JobRequest{Key: "req-1", Fields: []byte(`{"title":"Nurse","department":"Acme","status":3,"billrateunit":"hour","maxbillrate":92.5}`)}
	rec, err := c.PutJob(t.Context(), req)
	if err != nil || account.Jobs()[0]["status"] != 1.0 {
		t.Fatalf("%v: a job that is created closed has status %v, want on hold", err, account.Jobs()[0]["status"])
	}
	req.ID = rec.ID
	if _, err := c.PutJob(t.Context(), req); err != nil || account.Jobs()[0]["status"] != 3.0 {
		t.Errorf("%v: status %v", err, account.Jobs()[0]["status"])
	}
	req.ID = "4711"
	if _, err := c.PutJob(t.Context(), req); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("a job that JobDiva does not have is updated: %v", err)
	}
}

func TestARejectionSetsItsDate(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	c := open(t, account, nil)
	id := submitted(account)
	if err := c.PutStatus(t.Context(), staffing.StatusRequest{SubmissionID: id, Status: "External Reject"}); err != nil {
		t.Fatal(err)
	}
	if got, _ := words(t, c, nil); !slices.Equal(got[id], []string{"External Reject"}) {
		t.Errorf("%v", got[id])
	}
	for _, bad := range []string{"", "1-2", "1-2-x", "a-b-c"} {
		if err := c.PutStatus(t.Context(), staffing.StatusRequest{SubmissionID: bad, Status: "x"}); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// The credentials travel in the address of the sign-in, so no error may repeat it.
func TestNoErrorRepeatsThePassword(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	c := open(t, account, func(d *connectors.Deps) { d.Settings["password"] = "secret-password-9" })
	_, err := c.Check(t.Context())
	if staffing.CodeOf(err) != staffing.Unauthorized || strings.Contains(fmt.Sprintf("%+v", err), "secret-password-9") {
		t.Errorf("%+v", err)
	}
}

// TestTheSampleIsRead reads the shape that public clients see, from a file of
// synthetic values.
func TestTheSampleIsRead(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(shared(t), "samples", "jobdiva", "activity-record.synthetic.json"))
	if err != nil {
		t.Fatal(err)
	}
	account := sandbox.New(sandbox.Options{})
	var in struct {
		Data []map[string]any `json:"data"`
	}
	if err := json.Unmarshal(body, &in); err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 21, 15, 0, 0, 0, time.UTC)
	account.Submit(1, 1, in.Data[0])
	c := open(t, account, func(d *connectors.Deps) { d.Now = func() time.Time { return now } })
	if got, _ := words(t, c, nil); !slices.Equal(got["9001-501-77001"], []string{"External Submittal", "Interview"}) {
		t.Errorf("%v", got)
	}
}

// TestEveryCallIsOneOfTheDerivedList holds the calls against the list of operations
// that public clients use. It is derived, not the vendor's: it names operations and
// some keys, and no bodies.
func TestEveryCallIsOneOfTheDerivedList(t *testing.T) {
	body, err := os.ReadFile(filepath.Join(shared(t), "specs", "jobdiva", "endpoints.derived.json"))
	if err != nil {
		t.Fatal(err)
	}
	// Two reports are not in the list; public clients of 2026 use them (README.md).
	more := []string{"CandidateDetail", "CandidateResumesDetail"}
	account := sandbox.New(sandbox.Options{})
	seen := map[string]bool{}
	srv := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen[r.URL.Path] = true
		account.ServeHTTP(w, r)
	})
	c := open(t, srv, nil)
	id := submitted(account)
	candidate := fmt.Sprint(account.AddCandidate("Ada", "Grey", "text"))
	rec, err := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", Fields: []byte(`{"title":"Nurse","department":"Acme"}`)})
	_, err2 := c.PutJob(t.Context(), staffing.JobRequest{Key: "req-1", ID: rec.ID, Fields: []byte(`{"title":"Nurse"}`)})
	_, err3 := c.Candidate(t.Context(), candidate)
	f, err4 := c.Resume(t.Context(), candidate)
	_, err5 := c.Submission(t.Context(), id)
	err6 := c.PutStatus(t.Context(), staffing.StatusRequest{SubmissionID: id, Status: "Client Interview"})
	words(t, c, nil)
	for _, err := range []error{err, err2, err3, err4, err5, err6} {
		if err != nil {
			t.Fatal(err)
		}
	}
	r, err := f.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for path := range seen {
		name := path[strings.LastIndex(path, "/")+1:]
		if !strings.Contains(string(body), `"`+name) && !strings.Contains(string(body), "/"+name+`"`) && !slices.Contains(more, name) {
			t.Errorf("%s is not in the list", path)
		}
	}
	if len(seen) != 10 {
		t.Errorf("the connector made %d kinds of calls: %v", len(seen), seen)
	}
}
