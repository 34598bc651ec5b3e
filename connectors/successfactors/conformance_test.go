package successfactors_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"sync"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/successfactors"
	sandbox "github.com/tributary-hub/tributary/sandbox/successfactors"
	"github.com/tributary-hub/tributary/staffing"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, successfactors.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t, sandbox.Options{PageSize: 100}).vendor()
	})
}

// keys are two pairs for all tests: the registered one, and another.
var keys = sync.OnceValue(func() (out [2]*rsa.PrivateKey) {
	for i := range out {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		if err != nil {
			panic(err)
		}
		out[i] = key
	}
	return out
})

func inPEM(key *rsa.PrivateKey) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))
}

var resume = []byte("%PDF-1.7 Ada Grey, nurse")

// harness drives a simulated tenant for the conformance suite.
type harness struct {
	t      *testing.T
	tenant *sandbox.Server
	mu     sync.Mutex
	people int
	opened string // the requisition that people apply for; opened when first needed
}

func newHarness(t *testing.T, opts sandbox.Options) *harness {
	t.Helper()
	opts.Key = &keys()[0].PublicKey
	return &harness{t: t, tenant: sandbox.New(opts)}
}

func settings(key int) func(string) connectors.Settings {
	return func(base string) connectors.Settings {
		return connectors.Settings{"base_url": base + "/odata/v2", "company_id": "SANDBOX", "client_id": "c2FuZGJveC1hcGkta2V5", "user_id": "tributary_api",
			"private_key": inPEM(keys()[key])}
	}
}

func (h *harness) vendor() connectortest.Vendor {
	return connectortest.Vendor{
		Handler: h.tenant, Settings: settings(0), WrongSecret: settings(1),
		AddRequisitions: h.openMany,
		TouchRequisition: func(id string) {
			h.must(h.tenant.Change("JobRequisition", id, func(o map[string]any) { o["numberOpenings"] = "4" }))
		},
		AddStatuses:      h.applyMany,
		MoveStatus:       func(id string) { h.must(h.tenant.Move(id, "Interview")) },
		Placement:        h.hire,
		Submission:       func() staffing.SubmissionRequest { return submission(h.t, h.requisition(), h.email()) },
		CountSubmissions: func() int { n, _ := h.tenant.CountApplications(); return n },
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
		ids = append(ids, h.tenant.OpenRequisition(fmt.Sprintf("Nurse %d", i)))
	}
	return ids
}

func (h *harness) requisition() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.opened == "" {
		h.opened = h.tenant.OpenRequisition("Nurse")
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
		id, err := h.tenant.Apply(h.requisition(), "Eve", "Moss", h.email())
		h.must(err)
		ids = append(ids, id)
	}
	return ids
}

func (h *harness) hire() staffing.SubmissionRef {
	id := h.applyMany(1)[0]
	h.must(h.tenant.Hire(id, "/Date(1796601600000)/"))
	return staffing.SubmissionRef{ID: id, RequisitionID: h.requisition()}
}

func submission(t *testing.T, requisition, email string) staffing.SubmissionRequest {
	t.Helper()
	fields, err := json.Marshal(map[string]any{"candidate": map[string]any{"firstName": "Ada", "lastName": "Grey", "primaryEmail": email, "cellPhone": "+1 555 0100"},
		"application": map[string]any{"contactEmail": email}})
	if err != nil {
		t.Fatal(err)
	}
	return staffing.SubmissionRequest{Key: "key of " + email, RequisitionID: requisition, Fields: fields, Resume: file("ada.pdf", resume)}
}

func file(name string, content []byte) *staffing.File {
	return &staffing.File{Name: name, ContentType: "application/pdf", Size: int64(len(content)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}
