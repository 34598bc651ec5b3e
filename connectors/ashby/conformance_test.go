package ashby_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/ashby"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	sandbox "github.com/tributary-hub/tributary/sandbox/ashby"
	"github.com/tributary-hub/tributary/staffing"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, ashby.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t, sandbox.Options{}).vendor()
	})
}

const hookSecret = "sandbox-webhook-secret"

var resume = []byte("%PDF-1.7 Ada Grey, nurse")

// harness drives a simulated account for the conformance suite.
type harness struct {
	t       *testing.T
	account *sandbox.Server
	mu      sync.Mutex
	people  int
	job     string // that people apply for; opened when first needed
}

func newHarness(t *testing.T, opts sandbox.Options) *harness {
	t.Helper()
	return &harness{t: t, account: sandbox.New(opts)}
}

func settings(key string) func(string) connectors.Settings {
	return func(base string) connectors.Settings {
		return connectors.Settings{"api_key": key, "base_url": base, "webhook_secret": hookSecret, "webhook_secret_previous": "webhook-secret-of-last-year"}
	}
}

func (h *harness) vendor() connectortest.Vendor {
	return connectortest.Vendor{
		Handler: h.account, Settings: settings("sandbox-key"), WrongSecret: settings("another-key"),
		AddRequisitions: h.openMany,
		TouchRequisition: func(id string) {
			h.must(h.account.Change("job.list", id, func(j map[string]any) { j["title"] = fmt.Sprint(j["title"], " (changed)") }))
		},
		AddStatuses:      h.applyMany,
		MoveStatus:       func(id string) { h.must(h.account.Move(id, "Onsite")) },
		Placement:        h.hire,
		Submission:       func() staffing.SubmissionRequest { return submission(h.t, h.opened(), h.email()) },
		CountSubmissions: h.account.CountApplications,
		Webhook:          h.delivery,
		PageSize:         100, // of applications; of jobs a quarter as many
	}
}

func (h *harness) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) openMany(n int) (ids []string) {
	for i := range n {
		ids = append(ids, h.account.OpenJob(sandbox.JobSpec{Title: fmt.Sprintf("Nurse %d", i), Openings: 1}))
	}
	return ids
}

func (h *harness) opened() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.job == "" {
		h.job = h.account.OpenJob(sandbox.JobSpec{Title: "Nurse", Openings: 9})
	}
	return h.job
}

func (h *harness) email() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.people++
	return fmt.Sprintf("person%d@mail.example", h.people)
}

func (h *harness) applyMany(n int) (ids []string) {
	for range n {
		id, err := h.account.Apply(h.opened(), "Eve Moss", h.email())
		h.must(err)
		ids = append(ids, id)
	}
	return ids
}

func (h *harness) hire() staffing.SubmissionRef {
	id := h.applyMany(1)[0]
	h.must(h.account.Hire(id, "2026-12-07T00:00:00.000Z", map[string]any{"PO number": "PO-9", "Bill rate": 92}))
	return staffing.SubmissionRef{ID: id, RequisitionID: h.opened()}
}

// delivery catches what the account sends when a job is opened.
func (h *harness) delivery() (header http.Header, body []byte) {
	h.account.SetWebhook(func(hd http.Header, b []byte) { header, body = hd, b })
	defer h.account.SetWebhook(nil)
	h.openMany(1)
	return header, body
}

func submission(t *testing.T, job, email string) staffing.SubmissionRequest {
	t.Helper()
	fields, err := json.Marshal(map[string]any{"name": "Ada Grey", "email": email, "phoneNumber": "+1 555 0100"})
	if err != nil {
		t.Fatal(err)
	}
	return staffing.SubmissionRequest{Key: "key of " + email, RequisitionID: job, Fields: fields, Resume: file("ada.pdf", resume)}
}

func file(name string, content []byte) *staffing.File {
	return &staffing.File{Name: name, ContentType: "application/pdf", Size: int64(len(content)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}
