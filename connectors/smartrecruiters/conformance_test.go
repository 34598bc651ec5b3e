package smartrecruiters_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/smartrecruiters"
	sandbox "github.com/tributary-hub/tributary/sandbox/smartrecruiters"
	"github.com/tributary-hub/tributary/staffing"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, smartrecruiters.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t, sandbox.Options{}).vendor()
	})
}

// The other way to sign in passes the same suite.
func TestConformanceWithAnAPIKey(t *testing.T) {
	connectortest.Run(t, smartrecruiters.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		v := newHarness(t, sandbox.Options{}).vendor()
		v.Settings, v.WrongSecret = apiKey("sandbox-smart-token"), apiKey("another-smart-token")
		return v
	})
}

func apiKey(key string) func(string) connectors.Settings {
	return func(base string) connectors.Settings {
		return connectors.Settings{"api_key": key, "base_url": base, "webhook_secret": secret, "webhook_secret_previous": oldSecret}
	}
}

const secret, oldSecret = "sandbox-webhook-secret", "webhook-secret-of-last-year"

var resume = []byte("%PDF-1.7 Ada Grey, nurse")

// harness drives a simulated account for the conformance suite.
type harness struct {
	t       *testing.T
	account *sandbox.Server
	mu      sync.Mutex
	people  int
	opened  string // the job that people apply for; opened when first needed
}

func newHarness(t *testing.T, opts sandbox.Options) *harness {
	t.Helper()
	return &harness{t: t, account: sandbox.New(opts)}
}

func oauth(clientSecret string) func(string) connectors.Settings {
	return func(base string) connectors.Settings {
		return connectors.Settings{"client_id": "sandbox-client", "client_secret": clientSecret, "base_url": base, "token_url": base + "/identity/oauth/token",
			"webhook_secret": secret, "webhook_secret_previous": oldSecret}
	}
}

func (h *harness) vendor() connectortest.Vendor {
	return connectortest.Vendor{
		Handler: h.account, Settings: oauth("sandbox-client-secret"), WrongSecret: oauth("another-client-secret"),
		AddRequisitions: h.openJobs,
		TouchRequisition: func(id string) {
			h.must(h.account.EditJob(id, func(j *sandbox.Job) { j.Title += " (changed)" }))
		},
		AddStatuses:      h.applyMany,
		MoveStatus:       func(id string) { h.must(h.account.Move(half(id, 0), half(id, 1), "INTERVIEW", "Phone")) },
		Placement:        h.hire,
		Submission:       func() staffing.SubmissionRequest { return submission(h.t, h.job(), h.email()) },
		CountSubmissions: h.account.CountApplications,
		Webhook:          h.delivery, SignedTime: true,
		PageSize: 100,
	}
}

func half(id string, i int) string { return strings.Split(id, ":")[i] }

func (h *harness) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *harness) openJobs(n int) (ids []string) {
	for i := range n {
		ids = append(ids, h.account.OpenJob(fmt.Sprintf("Job %d", i)))
	}
	return ids
}

func (h *harness) job() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.opened == "" {
		h.opened = h.account.OpenJob("Nurse")
	}
	return h.opened
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
		ids = append(ids, id+":"+h.job())
	}
	return ids
}

func (h *harness) hire() staffing.SubmissionRef {
	id := h.applyMany(1)[0]
	h.must(h.account.Hire(half(id, 0), half(id, 1), "2026-12-07T00:00:00.000Z", map[string]string{"Bill rate": "92.50"}))
	return staffing.SubmissionRef{ID: id, RequisitionID: h.job()}
}

func submission(t *testing.T, job, email string) staffing.SubmissionRequest {
	t.Helper()
	fields, err := json.Marshal(map[string]any{"firstName": "Ada", "lastName": "Grey", "email": email, "tags": []string{"care"}})
	if err != nil {
		t.Fatal(err)
	}
	return staffing.SubmissionRequest{Key: "key-" + email, RequisitionID: job, Requisition: json.RawMessage(`{"id":"` + job + `"}`), Fields: fields,
		Resume: &staffing.File{Name: "ada-grey.pdf", ContentType: "application/pdf", Size: int64(len(resume)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(resume)), nil }}}
}

func (h *harness) delivery() (header http.Header, body []byte) {
	h.account.SetWebhook(func(hd http.Header, b []byte) { header, body = hd, b }, secret)
	h.applyMany(1)
	h.account.SetWebhook(nil)
	return header, body
}
