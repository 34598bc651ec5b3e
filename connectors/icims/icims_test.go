package icims_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/icims"
	sandbox "github.com/tributary-hub/tributary/sandbox/icims"
	"github.com/tributary-hub/tributary/staffing"
)

// bench is a connector opened on a simulated platform, with an eye on the wire.
type bench struct {
	*icims.Connector
	*harness
	mu    sync.Mutex
	calls []string // method and path of every request, below the customer
}

func setup(t *testing.T, opts sandbox.Options, more connectors.Settings) *bench {
	t.Helper()
	b := &bench{harness: newHarness(t, opts)}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		b.calls = append(b.calls, r.Method+" "+strings.TrimPrefix(r.URL.Path, "/customers/1234"))
		b.mu.Unlock()
		b.platform.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	set := settings("OAuth 2.0", "sandbox-secret")(srv.URL)
	for k, v := range more {
		set[k] = v
	}
	d := connectortest.NewDeps(icims.Kind(), set)
	if opts.Now != nil {
		d.Now = opts.Now
	}
	c, err := icims.Kind().Open(d)
	if err != nil {
		t.Fatal(err)
	}
	var ok bool
	if b.Connector, ok = c.(*icims.Connector); !ok {
		t.Fatalf("Open gave %T", c)
	}
	return b
}

// made counts the calls that begin so, and forgets all.
func (b *bench) made(prefix string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.calls {
		if strings.HasPrefix(c, prefix) {
			n++
		}
	}
	b.calls = nil
	return n
}

type source func(context.Context, staffing.Cursor) (staffing.Page, error)

func readAll(t *testing.T, src source, cur staffing.Cursor) (ids []string, next staffing.Cursor) {
	t.Helper()
	for range 100 {
		page, err := src(t.Context(), cur)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			ids = append(ids, r.ExternalID)
		}
		if cur = page.Next; !page.More {
			return ids, cur
		}
	}
	t.Fatal("the source has no end")
	return nil, nil
}

// The search comes from a cache that may be five minutes old: what it does not show
// yet must come with a later walk, and what was put back by an hour must as well.
func TestNothingIsLostToTheCacheOrToTheClocks(t *testing.T) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 1, 5, 20, 30, 0, time.UTC) // 1:20 AM, forty minutes before the clocks are put back to 1:00
	b := setup(t, sandbox.Options{Lag: 5 * time.Minute, Zone: zone, Now: func() time.Time { return now }}, connectors.Settings{"time_zone": "America/New_York"})
	id := b.platform.OpenJob("Nurse")
	var cur staffing.Cursor
	for range 10 { // the clocks are put back while this goes on
		now = now.Add(6 * time.Minute)
		_, cur = readAll(t, b.Requisitions, cur)
		now = now.Add(time.Minute)
		b.must(b.platform.EditJob(id, func(j map[string]any) { j["numberofpositions"] = now.Minute() }))
		now = now.Add(2 * time.Minute)
		ids, next := readAll(t, b.Requisitions, cur) // too early: the cache does not have it
		if cur = next; slices.Contains(ids, id) {
			t.Fatal("the cached search shows what has just changed")
		}
		now = now.Add(5 * time.Minute)
		if ids, cur = readAll(t, b.Requisitions, cur); !slices.Contains(ids, id) {
			t.Fatalf("at %s the change of nearly seven minutes ago is lost", now)
		}
	}
}

func TestTheFirstReadTakesOpenJobsOnlyAndLaterOnesTakeAll(t *testing.T) {
	b := setup(t, sandbox.Options{}, connectors.Settings{"first_folders": "D31001, Posted"})
	closed, open := b.platform.OpenJob("Porter"), b.platform.OpenJob("Nurse")
	shut := func(j map[string]any) { j["folder"] = map[string]any{"id": "D31009", "value": "Closed"} }
	b.must(b.platform.EditJob(closed, shut))
	ids, cur := readAll(t, b.Requisitions, nil)
	if !slices.Equal(ids, []string{open}) {
		t.Errorf("the first read gives %v, want %s", ids, open)
	}
	b.must(b.platform.EditJob(open, shut))
	if ids, _ = readAll(t, b.Requisitions, cur); !slices.Contains(ids, open) {
		t.Errorf("that the job was closed is not told: %v", ids)
	}
}

// The day's calls end in the middle of a page: what was read is kept.
func TestAPageThatMeetsTheDailyLimitGivesWhatItHas(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	b := setup(t, sandbox.Options{Daily: 5, Now: func() time.Time { return now }}, nil)
	b.openMany(8)
	page, err := b.Requisitions(t.Context(), nil)
	if err != nil || len(page.Records) != 4 || !page.More {
		t.Fatalf("%d records, more %v, %v", len(page.Records), page.More, err)
	}
	if _, err = b.Requisitions(t.Context(), page.Next); staffing.CodeOf(err) != staffing.RateLimited {
		t.Errorf("with no call left it says %v", err)
	}
	now = now.Add(24 * time.Hour)
	if page, err = b.Requisitions(t.Context(), page.Next); err != nil || len(page.Records) != 4 {
		t.Errorf("the next day it gives %d records, %v", len(page.Records), err)
	}
}

func TestAKnownPersonIsSubmittedToAnotherJobWithoutASecondProfile(t *testing.T) {
	b := setup(t, sandbox.Options{}, connectors.Settings{"source": "Agency", "source_name": "Northwind Staffing", "new_status": "C12295"})
	first, err := b.Submit(t.Context(), submission(t, b.job(), "ada@mail.example"))
	b.must(err)
	second, err := b.Submit(t.Context(), submission(t, b.platform.OpenJob("Porter"), "Ada@mail.example"))
	b.must(err)
	if first.ID == second.ID || b.platform.CountPeople() != 1 || first.Extra["person_id"] != second.Extra["person_id"] {
		t.Errorf("%+v and %+v, %d people", first, second, b.platform.CountPeople())
	}
	fields, got := b.platform.Workflow(first.ID)
	if fields["source"] != "Agency" || fields["sourcename"] != "Northwind Staffing" || string(got) != string(resume) {
		t.Errorf("the platform has %v and the file %q", fields, got)
	}
}

func TestWhatIcimsNeedsIsSaidBeforeACall(t *testing.T) {
	b := setup(t, sandbox.Options{}, nil)
	job := b.job()
	for _, tc := range []struct {
		want   string
		change func(*staffing.SubmissionRequest)
	}{
		{"e-mail", func(r *staffing.SubmissionRequest) {
			r.Fields = json.RawMessage(`{"firstname":"Ada","lastname":"Grey"}`)
		}},
		{"last name", func(r *staffing.SubmissionRequest) {
			r.Fields = json.RawMessage(`{"firstname":"Ada","email":"a@b.example"}`)
		}},
		{"JSON object", func(r *staffing.SubmissionRequest) { r.Fields = json.RawMessage(`[]`) }},
		{"job's id", func(r *staffing.SubmissionRequest) { r.RequisitionID = "../people" }},
		{".exe file", func(r *staffing.SubmissionRequest) { r.Resume = file("ada.exe", resume) }},
		{"larger than 5 MB", func(r *staffing.SubmissionRequest) { r.Resume.Size = 6 << 20 }},
	} {
		req := submission(t, job, "a@b.example")
		tc.change(&req)
		if _, err := b.Submit(t.Context(), req); staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(staffing.MessageOf(err), tc.want) {
			t.Errorf("it says %v, want %q", err, tc.want)
		}
	}
	if n := b.made(""); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}

func TestAHireIsWhatTheClientCallsOne(t *testing.T) {
	for hired, want := range map[string]bool{"Hired": true, "hired: hired": true, "X, D10120": true, "Onboarding": false} {
		b := setup(t, sandbox.Options{}, connectors.Settings{"hired_statuses": hired})
		_, err := b.Placement(t.Context(), b.hire())
		if (err == nil) != want || err != nil && staffing.CodeOf(err) != staffing.NotFound {
			t.Errorf("%s: %v", hired, err)
		}
	}
}

// The sketch is a third party's and has workflows only, without bodies: it proves
// that paths and methods are not made up, and nothing more.
func TestWorkflowCallsAreInTheThirdPartysSketch(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromFile(filepath.Join(shared(t), "specs", "icims", "icims-openapi.yml"))
	if err != nil {
		t.Fatal(err)
	}
	b := setup(t, sandbox.Options{}, nil)
	ref := b.hire()
	_, err = b.Placement(t.Context(), ref)
	b.must(err)
	req := submission(t, b.job(), "ada@mail.example")
	_, err = b.Submit(t.Context(), req)
	b.must(err)
	_, err = b.FindSubmission(t.Context(), req)
	b.must(err)
	held := 0
	for _, call := range b.calls {
		method, path, _ := strings.Cut(call, " ")
		if !strings.HasPrefix(path, "/applicantworkflows") {
			continue
		}
		known := false
		for pattern, item := range doc.Paths.Map() {
			known = known || item.GetOperation(method) != nil && fits(pattern, "/customers/1234"+path)
		}
		if held++; !known {
			t.Errorf("%s is not in the sketch", call)
		}
	}
	if held < 3 {
		t.Errorf("only %d calls were held against it", held)
	}
}

func fits(pattern, path string) bool {
	want, have := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if want[i] != have[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}
