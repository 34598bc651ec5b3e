package workable_test

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
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/workable"
	sandbox "github.com/tributary-hub/tributary/sandbox/workable"
	"github.com/tributary-hub/tributary/staffing"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, workable.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t).vendor()
	})
}

// harness drives a simulated account for the conformance suite.
type harness struct {
	t       *testing.T
	account *sandbox.Server
	mu      sync.Mutex
	people  int
	short   string // the job that people apply for; opened when first needed
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	return &harness{t: t, account: sandbox.New(sandbox.Options{})}
}

func (h *harness) vendor() connectortest.Vendor {
	settings := func(token string) func(string) connectors.Settings {
		return func(base string) connectors.Settings {
			return connectors.Settings{"base_url": base + "/spi/v3", "token": token, "token_previous": "sandbox-token-of-last-year",
				"webhook_secret": "sandbox-application-secret"}
		}
	}
	return connectortest.Vendor{
		Handler: h.account, Settings: settings("sandbox-token"), WrongSecret: settings("another-token"),
		AddRequisitions: h.openJobs,
		TouchRequisition: func(id string) {
			h.must(h.account.EditJob(id, func(j *sandbox.Job) { j.Title += " (changed)" }))
		},
		AddStatuses:      h.applyMany,
		MoveStatus:       func(id string) { h.must(h.account.Move(id, "Interview", "interview")) },
		Placement:        h.hire,
		Submission:       h.submission,
		CountSubmissions: h.account.CountCandidates,
		Webhook:          h.delivery,
		PageSize:         100,
	}
}

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
	if h.short == "" {
		h.short = h.account.OpenJob("Nurse")
	}
	return h.short
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
		ids = append(ids, id)
	}
	return ids
}

func (h *harness) hire() staffing.SubmissionRef {
	id := h.applyMany(1)[0]
	h.must(h.account.Hire(id, "2026-12-07"))
	return staffing.SubmissionRef{ID: id, RequisitionID: h.job()}
}

func (h *harness) submission() staffing.SubmissionRequest {
	return submission(h.t, h.job(), h.email())
}

func submission(t *testing.T, job, email string) staffing.SubmissionRequest {
	t.Helper()
	fields, err := json.Marshal(map[string]any{"candidate": map[string]any{"firstname": "Ada", "lastname": "Grey", "email": email, "skills": []string{"care"}}})
	if err != nil {
		t.Fatal(err)
	}
	return staffing.SubmissionRequest{Key: "key-" + email, RequisitionID: job, Requisition: json.RawMessage(`{"shortcode":"` + job + `"}`), Fields: fields,
		Resume: &staffing.File{Name: "ada-grey.pdf", ContentType: "application/pdf", Size: int64(len(resume)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(resume)), nil }}}
}

var resume = []byte("%PDF-1.4 Ada Grey")

func (h *harness) delivery() (header http.Header, body []byte) {
	h.account.SetWebhook(func(hd http.Header, b []byte) { header, body = hd, b })
	h.applyMany(1)
	h.account.SetWebhook(nil)
	return header, body
}
