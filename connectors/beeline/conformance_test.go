package beeline_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/beeline"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	sandbox "github.com/tributary-hub/tributary/sandbox/beeline"
	"github.com/tributary-hub/tributary/staffing"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, beeline.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		h := &harness{account: sandbox.New(sandbox.Options{})}
		return connectortest.Vendor{
			Handler: h.account, Settings: settings("sandbox-secret"), WrongSecret: settings("another-secret"),
			AddRequisitions: func(n int) (ids []string) {
				for i := range n {
					ids = append(ids, h.account.Post(fmt.Sprintf("Nurse %d", i)))
				}
				return ids
			},
			TouchRequisition: func(id string) { h.account.Edit(id, "description", "changed") },
			AddStatuses: func(n int) (ids []string) {
				for range n {
					ids = append(ids, h.account.Apply(h.job()))
				}
				return ids
			},
			MoveStatus:       func(id string) { h.account.Move(id, "INTERVIEW", "") },
			Submission:       h.submission,
			CountSubmissions: h.account.Submitted,
			PageSize:         50,
		}
	})
}

func settings(secret string) func(string) connectors.Settings {
	return func(base string) connectors.Settings {
		return connectors.Settings{"client_id": "sandbox-client", "client_secret": secret, "base_url": base + sandbox.Root}
	}
}

// harness drives a simulated account for the suite.
type harness struct {
	account *sandbox.Server
	mu      sync.Mutex
	people  int
	posting string
}

func (h *harness) job() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.posting == "" {
		h.posting = h.account.Post("Nurse")
	}
	return h.posting
}

func (h *harness) submission() staffing.SubmissionRequest {
	posting := h.job()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.people++
	return submission(posting, fmt.Sprintf("ada%d@mail.example", h.people))
}

var resume = []byte("%PDF-1.4 Ada Grey")

func submission(posting, email string) staffing.SubmissionRequest {
	fields := fmt.Sprintf(`{"worker":{"firstName":"Ada","lastName":"Grey","email":%q},"candidate":{"billRate":85.10,"rateCurrency":"USD","ratePeriod":"HOURLY"},"answers":{"Badge required":"no"}}`, email)
	return staffing.SubmissionRequest{Key: "key-" + email, RequisitionID: posting, Fields: json.RawMessage(fields),
		Resume: &staffing.File{Name: "Ada Grey.pdf", ContentType: "application/pdf", Size: int64(len(resume)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(resume)), nil }}}
}
