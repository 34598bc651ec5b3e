package bullhorn_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/bullhorn"
	sandbox "github.com/tributary-hub/tributary/sandbox/bullhorn"
	"github.com/tributary-hub/tributary/staffing"
)

// feed plays the hub's poller.
type feed struct {
	*bench
	cursor staffing.Cursor
	got    []staffing.CandidateStatusChanged
	ids    map[string]int
}

func newFeed(t *testing.T, opts sandbox.Options) *feed {
	t.Helper()
	f := &feed{bench: setup(t, opts, nil), ids: map[string]int{}}
	f.account.AddCompany("ACME", "Acme Corp")
	f.drain(t)
	f.forget()
	return f
}

// drain reads and saves until there is no more.
func (f *feed) drain(t *testing.T) {
	t.Helper()
	for range 100 {
		page, err := f.CandidateEvents(t.Context(), f.cursor)
		if err != nil {
			t.Fatal(err)
		}
		f.save(t, page)
		if !page.More {
			return
		}
	}
	t.Fatal("the feed has no end")
}

func (f *feed) save(t *testing.T, page staffing.Page) {
	t.Helper()
	for _, rec := range page.Records {
		var c staffing.CandidateStatusChanged
		if err := json.Unmarshal(rec.Raw, &c); err != nil {
			t.Fatal(err)
		}
		if f.ids[rec.ExternalID]++; f.ids[rec.ExternalID] == 1 {
			f.got = append(f.got, c)
		}
	}
	f.cursor = page.Next
	f.spool.Close(page.Spooled...)
}

func (f *feed) words() string {
	var out []string
	for _, c := range f.got {
		out = append(out, c.Status)
	}
	return strings.Join(out, ", ")
}

func (f *feed) submit(t *testing.T, status string) int64 {
	t.Helper()
	h := &harness{t: t, account: f.account}
	id, err := f.account.Submit(sandbox.SubmissionSpec{JobID: h.anyJob(), CandidateID: f.account.AddCandidate(person()), Status: status})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (f *feed) move(t *testing.T, id int64, statuses ...string) {
	t.Helper()
	for _, s := range statuses {
		if err := f.account.SetStatus(id, s); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTwoQuickMovesAreTwoRecords(t *testing.T) {
	f := newFeed(t, sandbox.Options{})
	id := f.submit(t, "Internally Submitted")
	f.move(t, id, "Client Submission", "Interview Scheduled")
	f.drain(t)
	if f.words() != "Internally Submitted, Client Submission, Interview Scheduled" {
		t.Errorf("got %s", f.words())
	}
	c := f.got[1]
	if c.SubmissionID != text(id) || c.JobID == "" || c.CandidateID == "" || time.Since(c.OccurredAt) > time.Minute {
		t.Errorf("%+v", c)
	}
}

func TestAChangeThatIsNotAStatusCausesNoReading(t *testing.T) {
	f := newFeed(t, sandbox.Options{})
	id := f.submit(t, "Client Submission")
	f.drain(t)
	f.forget()
	if err := f.account.SetRates(id, "99", "60"); err != nil {
		t.Fatal(err)
	}
	f.drain(t)
	if n := f.count("GET query/"); n != 0 || f.words() != "Client Submission" {
		t.Errorf("%d queries, records %s", n, f.words())
	}
}

func TestASubmissionWithoutHistoryGivesItsPresentStatus(t *testing.T) {
	f := newFeed(t, sandbox.Options{NoInsertHistory: true})
	f.submit(t, "Client Submission")
	f.drain(t)
	if f.words() != "Client Submission" {
		t.Errorf("got %q", f.words())
	}
}

// TestACrashAtAnyPointLosesNoEvent ends the hub's process after each step of a
// poll.
func TestACrashAtAnyPointLosesNoEvent(t *testing.T) {
	lost := func(path string) func(r *http.Request) bool {
		return func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, path) }
	}
	for name, cut := range map[string]func(r *http.Request) bool{
		"while the events are on their way":       lost("/subscription/tributary-test"),
		"after the events were spooled":           lost("/query/JobSubmissionHistory"),
		"before the page is saved":                nil,
		"twice while the events are on their way": lost("/subscription/tributary-test"),
	} {
		t.Run(name, func(t *testing.T) {
			f := newFeed(t, sandbox.Options{})
			f.submit(t, "Client Submission")
			f.cutAfter(cut)
			times := 1
			if strings.HasPrefix(name, "twice") {
				times = 2
			}
			for range times {
				if _, err := f.CandidateEvents(t.Context(), f.cursor); (err != nil) != (cut != nil) {
					t.Fatal(err)
				}
			}
			f.cutAfter(nil)
			if f.account.Waiting() != 0 {
				t.Fatal("the account should have forgotten the event: this test proves nothing")
			}
			f.Connector = f.open(t, nil) // another process, the same spool and cursor
			f.submit(t, "Internally Submitted")
			f.drain(t)
			if f.words() != "Client Submission, Internally Submitted" {
				t.Errorf("got %q", f.words())
			}
			if left, err := f.spool.Pending(t.Context(), staffing.FeedCandidates); err != nil || len(left) != 0 {
				t.Errorf("%d bodies stay in the spool (%v)", len(left), err)
			}
		})
	}
}

// failingSpool is a spool whose database fails.
type failingSpool struct {
	connectors.MemorySpool
	after int // appends that work
}

func (s *failingSpool) Append(ctx context.Context, feed staffing.Feed, body []byte) (connectors.Spooled, error) {
	if s.after--; s.after < 0 {
		return connectors.Spooled{}, errors.New("disk full")
	}
	return s.MemorySpool.Append(ctx, feed, body)
}

func TestASpoolThatFailsLosesNoEvent(t *testing.T) {
	for works := range 2 { // the intent fails, then the events
		f := newFeed(t, sandbox.Options{})
		f.submit(t, "Client Submission")
		spool := &failingSpool{after: works}
		f.spool = &spool.MemorySpool
		use := func() *bullhorn.Connector {
			return openAt(t, settings(f.url), func(d *connectors.Deps) { d.Spool = spool })
		}
		if _, err := use().CandidateEvents(t.Context(), f.cursor); err == nil {
			t.Fatal("the spool failed, but there is no error")
		}
		spool.after = 1000
		f.Connector = use()
		f.drain(t)
		if f.words() != "Client Submission" {
			t.Errorf("after %d appends: got %q", works, f.words())
		}
	}
}

func TestALostSubscriptionIsMadeAgainAndRepaired(t *testing.T) {
	f := newFeed(t, sandbox.Options{})
	id := f.submit(t, "Internally Submitted")
	f.drain(t)
	f.account.DropSubscriptions()
	f.move(t, id, "Client Submission") // nobody takes note
	f.drain(t)
	if f.words() != "Internally Submitted, Client Submission" {
		t.Errorf("got %q", f.words())
	}
	f.move(t, id, "Placed")
	f.drain(t)
	if !strings.HasSuffix(f.words(), ", Placed") {
		t.Errorf("the new subscription gives %q", f.words())
	}
}

func TestASubscriptionMadeAnewBesideUsIsRepaired(t *testing.T) {
	f := newFeed(t, sandbox.Options{})
	id := f.submit(t, "Internally Submitted")
	f.drain(t)
	f.cutAfter(func(r *http.Request) bool { return r.Method == http.MethodPut })
	f.account.DropSubscriptions()
	f.move(t, id, "Client Submission")
	if _, err := f.CandidateEvents(t.Context(), f.cursor); err == nil {
		t.Fatal("the answer was lost, but there is no error")
	}
	f.cutAfter(nil)
	f.drain(t) // finds a subscription whose count began anew
	if f.words() != "Internally Submitted, Client Submission" {
		t.Errorf("got %q", f.words())
	}
}

// A subscription that the vendor refuses to make twice is used as it is.
func TestASubscriptionThatExistsAlreadyIsUsed(t *testing.T) {
	f := newFeed(t, sandbox.Options{})
	id := f.submit(t, "Client Submission")
	f.cursor = nil // the feed was reset
	f.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPut {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(`{"errorMessage":"it exists already"}`))
		}
		return r.Method == http.MethodPut
	})
	f.drain(t)
	f.move(t, id, "Placed")
	f.drain(t)
	if f.words() != "Client Submission, Placed" || f.account.Waiting() != 0 {
		t.Errorf("got %q, %d events wait", f.words(), f.account.Waiting())
	}
}

func TestAReadThatTheVendorForgotIsRepaired(t *testing.T) {
	f := newFeed(t, sandbox.Options{})
	f.submit(t, "Client Submission")
	path := "/subscription/tributary-test"
	f.cutAfter(func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, path) })
	if _, err := f.CandidateEvents(t.Context(), f.cursor); err == nil {
		t.Fatal("the answer was lost, but there is no error")
	}
	f.cutAfter(nil)
	f.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.HasSuffix(r.URL.Path, path) && r.URL.Query().Has("requestId") {
			_, _ = w.Write([]byte("{}"))
			return true
		}
		return false
	})
	f.drain(t)
	if f.words() != "Client Submission" {
		t.Errorf("got %q", f.words())
	}
}

func TestAQuietPollIsOneCall(t *testing.T) {
	f := newFeed(t, sandbox.Options{})
	f.drain(t)
	if n := f.count(""); n != 1 {
		t.Errorf("a poll without news makes %d calls: %v", n, f.calls)
	}
}

func TestWhatWaitsNowhereComesInSeveralForms(t *testing.T) {
	for _, body := range []string{"", " \n", "{}", `{"requestId":3}`, `{"requestId":3,"events":[]}`, `{"events":null}`} {
		f := newFeed(t, sandbox.Options{})
		f.intercept(func(w http.ResponseWriter, r *http.Request) bool {
			if strings.HasSuffix(r.URL.Path, "/subscription/tributary-test") {
				_, _ = w.Write([]byte(body))
				return true
			}
			return false
		})
		f.drain(t)
		if len(f.got) != 0 {
			t.Errorf("%q gives records", body)
		}
	}
}

func TestAnEventOfAnotherFormIsSeenAndHoldsNothingUp(t *testing.T) {
	f := newFeed(t, sandbox.Options{})
	id := f.submit(t, "Client Submission")
	f.intercept(func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, "/subscription/tributary-test") {
			return false
		}
		_, _ = w.Write([]byte(`{"requestId":1,"events":["what",{"entityName":"JobSubmission","entityId":` + text(id) +
			`,"entityEventType":"UPDATED","eventTimestamp":` + text(time.Now().UnixMilli()) + `}]}`))
		return true
	})
	page, err := f.CandidateEvents(t.Context(), f.cursor)
	if err != nil || len(page.Records) != 2 {
		t.Fatal(err, len(page.Records))
	}
	if !strings.HasPrefix(page.Records[1].ExternalID, "unparsed-") || !strings.Contains(string(page.Records[1].Raw), "what") {
		t.Errorf("%s %s", page.Records[1].ExternalID, page.Records[1].Raw)
	}
}
