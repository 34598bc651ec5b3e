package greenhouse_test

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/greenhouse"
	sandbox "github.com/tributary-hub/tributary/sandbox/greenhouse"
	"github.com/tributary-hub/tributary/staffing"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, greenhouse.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t).vendor()
	})
}

const hookSecret = "sandbox-web-hook-secret"

// harness drives a simulated account for the conformance suite.
type harness struct {
	t       *testing.T
	account *sandbox.Server
	mu      sync.Mutex
	people  int
	jobID   int64 // that people apply for; opened when first needed
	header  http.Header
	body    []byte
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	h := &harness{t: t, account: sandbox.New(nil, sandbox.Options{})}
	t.Cleanup(h.account.StopWebhook)
	return h
}

func (h *harness) vendor() connectortest.Vendor {
	settings := func(secret string) func(string) connectors.Settings {
		return func(base string) connectors.Settings {
			return connectors.Settings{"client_id": "sandbox-client", "client_secret": secret, "base_url": base + "/v3", "token_url": base + "/token",
				"webhook_secret": hookSecret, "webhook_secret_previous": "sandbox-web-hook-secret-of-last-year"}
		}
	}
	return connectortest.Vendor{
		Handler: h.account, Settings: settings("sandbox-secret"), WrongSecret: settings("another-secret"),
		AddRequisitions:  h.openJobs,
		TouchRequisition: func(id string) { h.account.UpdateJob(h.id(id), func(j *sandbox.Job) { j.Name += " (changed)" }) },
		AddStatuses:      h.applyMany,
		MoveStatus:       func(id string) { h.must(h.account.MoveToStage(h.id(id), "Face to Face")) },
		Placement:        h.hire,
		Submission:       func() staffing.SubmissionRequest { return submission(h.job(), h.email()) },
		CountSubmissions: h.account.CountApplications,
		Webhook:          h.delivery,
		PageSize:         100, // of applications; of jobs half as many
	}
}

func (h *harness) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) id(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	h.must(err)
	return n
}

func (h *harness) openJobs(n int) (ids []string) {
	for i := range n {
		id := h.account.OpenJob(sandbox.JobSpec{Title: fmt.Sprintf("Job %d", i), Office: "HQ", Location: "Remote in USA", Department: "Technology",
			ManagerName: "Maria Hall", ManagerEmail: "maria@client.example", PayMinCents: 100, PayMaxCents: 200, Currency: "USD"})
		ids = append(ids, strconv.FormatInt(id, 10))
	}
	return ids
}

func (h *harness) job() int64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.jobID == 0 {
		h.jobID = h.account.OpenJob(sandbox.JobSpec{Title: "Nurse", Openings: 9})
	}
	return h.jobID
}

func (h *harness) email() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.people++
	return fmt.Sprintf("person%d@mail.example", h.people)
}

func (h *harness) applyMany(n int) (ids []string) {
	for range n {
		id, err := h.account.Apply(h.job(), "Eve", "Moss", h.email())
		h.must(err)
		ids = append(ids, strconv.FormatInt(id, 10))
	}
	return ids
}

func (h *harness) hire() staffing.SubmissionRef {
	id := h.applyMany(1)[0]
	h.must(h.account.MakeOffer(h.id(id), sandbox.OfferSpec{StartsOn: "2026-12-07"}))
	h.must(h.account.Hire(h.id(id), "2026-12-07"))
	return staffing.SubmissionRef{ID: id, RequisitionID: strconv.FormatInt(h.job(), 10)}
}

// delivery catches what the account sends when a job is opened.
func (h *harness) delivery() (http.Header, []byte) {
	h.account.SetWebhook(sandbox.Webhook{URL: "http://hub.example", Secret: hookSecret, Post: func(_ context.Context, _ string, header http.Header, body []byte) (int, error) {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.header, h.body = header, body
		return http.StatusOK, nil
	}})
	h.openJobs(1)
	h.account.FlushWebhooks()
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.header, h.body
}
