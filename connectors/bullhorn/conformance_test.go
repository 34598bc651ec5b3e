package bullhorn_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/bullhorn"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	sandbox "github.com/tributary-hub/tributary/sandbox/bullhorn"
	"github.com/tributary-hub/tributary/staffing"
)

func settings(base string) connectors.Settings {
	return connectors.Settings{"username": "api.tributary", "password": "sandbox-password", "client_id": "sandbox-client",
		"client_secret": "sandbox-secret", "subscription": "tributary-test", "login_url": base + "/rest-services"}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, bullhorn.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return vendor(t, sandbox.New(nil, sandbox.Options{PerMinute: 100_000}))
	})
}

// The second run goes on with a subscription that is there already, so that all
// records come as events.
func TestConformanceByEvents(t *testing.T) {
	t.Parallel()
	kind := bullhorn.Kind()
	open := kind.Open
	kind.Open = func(d connectors.Deps) (staffing.Checker, error) {
		c, err := open(d)
		if err != nil {
			return nil, err
		}
		b, _ := c.(*bullhorn.Connector) // a Connector is all that Open gives
		return &subscribed{b}, nil
	}
	connectortest.Run(t, kind, func(t *testing.T) connectortest.Vendor {
		t.Helper()
		account := sandbox.New(nil, sandbox.Options{PerMinute: 100_000})
		subscribe(t, account)
		v := vendor(t, account)
		v.PageSize = 100
		return v
	})
}

// subscribed is a connector whose feed was read before.
type subscribed struct{ *bullhorn.Connector }

// CandidateEvents implements staffing.CandidateEventSource.
func (s *subscribed) CandidateEvents(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	if cur == nil {
		cur = seen(time.Now())
	}
	return s.Connector.CandidateEvents(ctx, cur)
}

// seen is the cursor of a feed that was read at t.
func seen(t time.Time) staffing.Cursor {
	return staffing.Cursor(fmt.Sprintf(`{"seen":%q}`, t.UTC().Format(time.RFC3339)))
}

func vendor(t *testing.T, account *sandbox.Server) connectortest.Vendor {
	t.Helper()
	var n atomic.Int64
	account.AddCompany("ACME", "Acme Corp")
	world := &harness{t: t, account: account}
	return connectortest.Vendor{
		Handler:  account,
		Settings: settings,
		WrongSecret: func(base string) connectors.Settings {
			s := settings(base)
			s["password"] = "wrong-password"
			return s
		},
		AddCandidateEvents: world.addEvents,
		Candidate:          world.candidate,
		SubmissionRecord:   func() string { return strconv.FormatInt(world.submission(), 10) },
		Job: func() staffing.JobRequest {
			key := fmt.Sprintf("req_%d", n.Add(1))
			return staffing.JobRequest{Key: key, Fields: []byte(`{"title":"Engineer","employmentType":"Contract","onSite":"On-Site","_client":{"code":"ACME","name":"Acme"}}`)}
		},
		CountJobs: func() int { return len(account.Jobs()) },
		Status: func() staffing.StatusRequest {
			return staffing.StatusRequest{Key: fmt.Sprintf("ev_%d", n.Add(1)), SubmissionID: strconv.FormatInt(world.submission(), 10),
				Status: "Interview Scheduled", Comment: "Monday at ten"}
		},
		StatusOf: world.statusOf,
		PageSize: 50,
	}
}

// harness is a recruiter at the account.
type harness struct {
	t       *testing.T
	account *sandbox.Server
	job     int64
}

func (h *harness) submission() int64 {
	h.t.Helper()
	id, err := h.account.Submit(sandbox.SubmissionSpec{JobID: h.anyJob(), CandidateID: h.account.AddCandidate(person()), Status: "Client Submission", BillRate: "92.50", PayRate: "58"})
	if err != nil {
		h.t.Error(err)
	}
	return id
}

// anyJob is a job that a person made, so it has no key of the hub's.
func (h *harness) anyJob() int64 {
	if h.job == 0 {
		h.job = h.account.AddJob(sandbox.JobSpec{Title: "Nurse", CompanyCode: "ACME"})
	}
	return h.job
}

func (h *harness) addEvents(n int) (ids []string) {
	for range n {
		for _, e := range h.account.History(h.submission()) {
			ids = append(ids, fmt.Sprintf("JobSubmissionHistory/%d", e.ID))
		}
	}
	return ids
}

func (h *harness) candidate() (string, []byte) {
	p := person()
	p.Resume = &sandbox.File{Name: "ada.pdf", Content: bytes.Repeat([]byte("%PDF-1.4 Ada\n"), 5000)}
	return strconv.FormatInt(h.account.AddCandidate(p), 10), p.Resume.Content
}

func (h *harness) statusOf(id string) string {
	for _, s := range h.account.Submissions() {
		if strconv.FormatInt(s.ID, 10) == id {
			return s.Status
		}
	}
	return ""
}

func person() sandbox.CandidateSpec {
	return sandbox.CandidateSpec{FirstName: "Ada", LastName: "Grey", Email: "ada@mail.example", Phone: "555-0100", Skills: []string{"Go", "SQL"}}
}

// subscribe makes the subscription over the API, as the hub would.
func subscribe(t *testing.T, account *sandbox.Server) {
	t.Helper()
	srv := httptest.NewServer(account)
	defer srv.Close()
	c := openAt(t, settings(srv.URL), nil)
	if _, err := c.CandidateEvents(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

func openAt(t *testing.T, s connectors.Settings, change func(*connectors.Deps)) *bullhorn.Connector {
	t.Helper()
	d := connectortest.NewDeps(bullhorn.Kind(), s)
	if change != nil {
		change(&d)
	}
	c, err := bullhorn.Kind().Open(d)
	if err != nil {
		t.Fatal(err)
	}
	b, ok := c.(*bullhorn.Connector)
	if !ok {
		t.Fatalf("Open gave %T", c)
	}
	return b
}
