package oracle_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/oracle"
	sandbox "github.com/tributary-hub/tributary/sandbox/oracle"
	"github.com/tributary-hub/tributary/staffing"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, oracle.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t, sandbox.Options{}).vendor()
	})
}

var resume = []byte("%PDF-1.7 Ada Grey, nurse")

// harness drives a simulated account for the conformance suite.
type harness struct {
	t       *testing.T
	account *sandbox.Server
	mu      sync.Mutex
	people  int
	opened  string // the requisition that people apply for; opened when first needed
}

func newHarness(t *testing.T, opts sandbox.Options) *harness {
	t.Helper()
	return &harness{t: t, account: sandbox.New(opts)}
}

func settings(password string) func(string) connectors.Settings {
	return func(base string) connectors.Settings {
		return connectors.Settings{"base_url": base + sandbox.Base, "username": "sandbox-user", "password": password, "agency": "Our Agency"}
	}
}

func (h *harness) vendor() connectortest.Vendor {
	return connectortest.Vendor{
		Handler: h.account, Settings: settings("sandbox-password"), WrongSecret: settings("another-password"),
		AddRequisitions: h.openMany,
		TouchRequisition: func(id string) {
			h.must(h.account.Edit(id, func(i sandbox.Item) { i["Title"] = fmt.Sprint(i["Title"], " (changed)") }))
		},
		AddStatuses: h.applyMany,
		MoveStatus: func(id string) {
			h.must(h.account.Edit(id, func(i sandbox.Item) { i["CurrentPhaseName"] = "Interview" }))
		},
		Placement:        h.hire,
		Submission:       func() staffing.SubmissionRequest { return submission(h.t, h.requisition(), h.email()) },
		CountSubmissions: h.account.CountApplications,
		PageSize:         100,
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
		ids = append(ids, h.account.OpenRequisition(fmt.Sprintf("Nurse %d", i)))
	}
	return ids
}

func (h *harness) requisition() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.opened == "" {
		h.opened = h.account.OpenRequisition("Nurse")
	}
	return h.opened
}

func (h *harness) email() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.people++
	return fmt.Sprintf("o'person%d@mail.example", h.people)
}

func (h *harness) applyMany(n int) (ids []string) {
	for range n {
		ids = append(ids, h.account.Apply(h.requisition(), "Eve", "Moss", h.email()))
	}
	return ids
}

func (h *harness) hire() staffing.SubmissionRef {
	id := h.applyMany(1)[0]
	h.must(h.account.Hire(id, "2026-12-07"))
	return staffing.SubmissionRef{ID: id, RequisitionID: h.requisition()}
}

func submission(t *testing.T, requisition, email string) staffing.SubmissionRequest {
	t.Helper()
	fields, err := json.Marshal(map[string]any{"FirstName": "Ada", "LastName": "Grey", "Email": email})
	if err != nil {
		t.Fatal(err)
	}
	return staffing.SubmissionRequest{Key: "key-" + email, RequisitionID: requisition, Requisition: json.RawMessage(`{"RequisitionNumber":"` + requisition + `"}`), Fields: fields,
		Resume: &staffing.File{Name: "ada-grey.pdf", ContentType: "application/pdf", Size: int64(len(resume)),
			Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(resume)), nil }}}
}
