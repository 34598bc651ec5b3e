package teamtailor_test

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
	"github.com/tributary-hub/tributary/connectors/teamtailor"
	sandbox "github.com/tributary-hub/tributary/sandbox/teamtailor"
	"github.com/tributary-hub/tributary/staffing"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, teamtailor.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t, sandbox.Options{}).vendor()
	})
}

const (
	signatureKey = "sandbox-signature-key"
	resumeLink   = "https://files.firm.example/resumes/{key}/{name}"
)

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

func (h *harness) vendor() connectortest.Vendor {
	settings := func(key string) func(string) connectors.Settings {
		return func(base string) connectors.Settings {
			return connectors.Settings{"api_key": key, "base_url": base + "/v1", "resume_link": resumeLink,
				"webhook_key": signatureKey, "webhook_key_previous": "signature-key-of-last-year"}
		}
	}
	return connectortest.Vendor{
		Handler: h.account, Settings: settings("sandbox-key"), WrongSecret: settings("another-key"),
		AddRequisitions: h.openJobs,
		TouchRequisition: func(id string) {
			h.must(h.account.EditJob(id, func(j map[string]any) { j["title"] = fmt.Sprint(j["title"], " (changed)") }))
		},
		AddStatuses:      h.applyMany,
		MoveStatus:       func(id string) { h.must(h.account.Move(id, "interview")) },
		Placement:        h.hire,
		Submission:       func() staffing.SubmissionRequest { return submission(h.t, h.job(), h.email()) },
		CountSubmissions: h.account.CountApplications,
		Webhook:          h.delivery, Forged: forged,
		PageSize: 30,
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
		ids = append(ids, id)
	}
	return ids
}

func (h *harness) hire() staffing.SubmissionRef {
	id := h.applyMany(1)[0]
	h.must(h.account.Hire(id, "412.50"))
	return staffing.SubmissionRef{ID: id, RequisitionID: h.job()}
}

var resume = []byte("%PDF-1.7 Ada Grey, nurse")

func submission(t *testing.T, job, email string) staffing.SubmissionRequest {
	t.Helper()
	fields, err := json.Marshal(map[string]any{"first-name": "Ada", "last-name": "Grey", "email": email, "tags": []string{"agency"}, "cover-letter": "Our best"})
	if err != nil {
		t.Fatal(err)
	}
	return staffing.SubmissionRequest{Key: "key-" + email, RequisitionID: job, Requisition: json.RawMessage(`{"id":"` + job + `"}`), Fields: fields,
		Resume: &staffing.File{Name: "ada grey.pdf", ContentType: "application/pdf", Size: int64(len(resume)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(resume)), nil }}}
}

func (h *harness) delivery() (header http.Header, body []byte) {
	job := h.job()
	h.account.SetWebhook(func(b []byte) { body = b }, signatureKey)
	_, err := h.account.Apply(job, "Eve", "Moss", h.email())
	h.must(err)
	h.account.SetWebhook(nil, "")
	return http.Header{"Content-Type": {"application/json"}}, body
}

// forged breaks the proof of a delivery in several ways.
func forged(body []byte) (out [][]byte) {
	text := string(body)
	for _, change := range [][2]string{{"job_application.create", "job_application.destroy"}, {`"id":"`, `"id":"9`}, {`"signature":"`, `"signature":"A`},
		{`"signature":"`, `"signatur":"`}, {`"payload":{`, `"payload":{"more":1,`}, {`"payload":`, `"content":`}} {
		out = append(out, []byte(strings.Replace(text, change[0], change[1], 1)))
	}
	return append(out, nil, []byte(strings.TrimSuffix(text, "}")), []byte(`{"payload":{},"signature":""}`))
}
