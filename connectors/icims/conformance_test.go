package icims_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/icims"
	sandbox "github.com/tributary-hub/tributary/sandbox/icims"
	"github.com/tributary-hub/tributary/staffing"
)

func TestConformance(t *testing.T) {
	for _, auth := range []string{"OAuth 2.0", "Basic"} {
		t.Run(auth, func(t *testing.T) {
			connectortest.Run(t, icims.Kind(), func(t *testing.T) connectortest.Vendor {
				t.Helper()
				// A search gives few ids: the connector must not take a short page for the last.
				return newHarness(t, sandbox.Options{MaxResults: 20}).vendor(auth)
			})
		})
	}
}

const eventSecret = "sandbox-event-password"

var resume = []byte("%PDF-1.7 Ada Grey, nurse")

// harness drives a simulated platform for the conformance suite.
type harness struct {
	t        *testing.T
	platform *sandbox.Server
	mu       sync.Mutex
	people   int
	opened   string // the job that people apply for; opened when first needed
}

func newHarness(t *testing.T, opts sandbox.Options) *harness {
	t.Helper()
	return &harness{t: t, platform: sandbox.New(opts)}
}

func settings(auth, secret string) func(string) connectors.Settings {
	return func(base string) connectors.Settings {
		return connectors.Settings{"customer_id": "1234", "auth": auth, "client_id": "sandbox-client", "client_secret": secret, "base_url": base,
			"token_url": base + "/oauth/token", "time_zone": "UTC", "webhook_secret": eventSecret, "webhook_secret_previous": "event-password-of-last-year"}
	}
}

func (h *harness) vendor(auth string) connectortest.Vendor {
	return connectortest.Vendor{
		Handler: h.platform, Settings: settings(auth, "sandbox-secret"), WrongSecret: settings(auth, "another-secret"),
		AddRequisitions: h.openMany,
		TouchRequisition: func(id string) {
			h.must(h.platform.EditJob(id, func(j map[string]any) { j["jobtitle"] = fmt.Sprint(j["jobtitle"], " (changed)") }))
		},
		AddStatuses:      h.applyMany,
		MoveStatus:       func(id string) { h.must(h.platform.Move(id, "D10100")) },
		Placement:        h.hire,
		Submission:       func() staffing.SubmissionRequest { return submission(h.t, h.job(), h.email()) },
		CountSubmissions: h.platform.CountSubmissions,
		Webhook:          h.delivery, UnsignedBody: true,
		PageSize: 20,
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
		ids = append(ids, h.platform.OpenJob(fmt.Sprintf("Nurse %d", i)))
	}
	return ids
}

func (h *harness) job() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.opened == "" {
		h.opened = h.platform.OpenJob("Nurse")
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
		id, err := h.platform.Apply(h.job(), "Eve", "Moss", h.email())
		h.must(err)
		ids = append(ids, id)
	}
	return ids
}

func (h *harness) hire() staffing.SubmissionRef {
	id := h.applyMany(1)[0]
	h.must(h.platform.Hire(id, "2026-12-07"))
	return staffing.SubmissionRef{ID: id, RequisitionID: h.job()}
}

func basic(user, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))
}

// delivery catches what the platform sends when a workflow moves: compressed, and
// with the user and password that iCIMS was given.
func (h *harness) delivery() (header http.Header, body []byte) {
	id := h.applyMany(1)[0]
	h.platform.SetEvents(func(b []byte) { body = b })
	defer h.platform.SetEvents(nil)
	h.must(h.platform.Move(id, "D10100"))
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	_, err := z.Write(body)
	h.must(err)
	h.must(z.Close())
	return http.Header{"Content-Type": {"application/json"}, "Authorization": {basic("tributary", eventSecret)}}, zipped.Bytes()
}

func submission(t *testing.T, job, email string) staffing.SubmissionRequest {
	t.Helper()
	fields, err := json.Marshal(map[string]any{"firstname": "Ada", "lastname": "Grey", "email": email, "phones": []any{map[string]string{"phonenumber": "+1 555 0100"}}})
	if err != nil {
		t.Fatal(err)
	}
	return staffing.SubmissionRequest{Key: "key of " + email, RequisitionID: job, Fields: fields, Resume: file("ada.pdf", resume)}
}

func file(name string, content []byte) *staffing.File {
	return &staffing.File{Name: name, ContentType: "application/pdf", Size: int64(len(content)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}
