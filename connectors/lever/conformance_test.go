package lever_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/lever"
	sandbox "github.com/tributary-hub/tributary/sandbox/lever"
	"github.com/tributary-hub/tributary/staffing"
)

func TestConformance(t *testing.T) {
	connectortest.Run(t, lever.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t, sandbox.Options{}).vendor()
	})
}

const signatureToken = "sandbox-signature-token"

var resume = []byte("%PDF-1.7 Ada Grey, nurse")

// harness drives a simulated account for the conformance suite.
type harness struct {
	t       *testing.T
	account *sandbox.Server
	mu      sync.Mutex
	people  int
	posting string // that people apply for; opened when first needed
}

func newHarness(t *testing.T, opts sandbox.Options) *harness {
	t.Helper()
	return &harness{t: t, account: sandbox.New(opts)}
}

func settings(key string) func(string) connectors.Settings {
	return func(base string) connectors.Settings {
		return connectors.Settings{"api_key": key, "acting_user_id": sandbox.ActingUser, "base_url": base + "/v1",
			"webhook_tokens": signatureToken, "webhook_tokens_previous": "signature-token-of-last-year"}
	}
}

func (h *harness) vendor() connectortest.Vendor {
	return connectortest.Vendor{
		Handler: h.account, Settings: settings("sandbox-key"), WrongSecret: settings("another-key"),
		AddRequisitions: h.openMany,
		TouchRequisition: func(id string) {
			h.must(h.account.ChangePosting(id, func(p map[string]any) { p["text"] = fmt.Sprint(p["text"], " (changed)") }))
		},
		AddStatuses:      h.applyMany,
		MoveStatus:       func(id string) { h.must(h.account.Move(id, "On-site interview")) },
		Placement:        h.hire,
		Submission:       func() staffing.SubmissionRequest { return submission(h.t, h.job(), h.email()) },
		CountSubmissions: h.account.CountOpportunities,
		Webhook:          h.delivery, SignedTime: true, Forged: forged,
		PageSize: 100,
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
		ids = append(ids, h.account.OpenPosting(sandbox.PostingSpec{Title: fmt.Sprintf("Nurse %d", i), Headcount: 2}))
	}
	return ids
}

func (h *harness) job() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.posting == "" {
		h.posting = h.account.OpenPosting(sandbox.PostingSpec{Title: "Nurse", Headcount: 9})
	}
	return h.posting
}

func (h *harness) email() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.people++
	return fmt.Sprintf("person%d@mail.example", h.people)
}

func (h *harness) applyMany(n int) (ids []string) {
	for range n {
		id, err := h.account.Apply(h.job(), "Eve Moss", h.email())
		h.must(err)
		ids = append(ids, id)
	}
	return ids
}

func (h *harness) hire() staffing.SubmissionRef {
	id := h.applyMany(1)[0]
	h.must(h.account.Hire(id, time.Date(2026, 12, 7, 0, 0, 0, 0, time.UTC).UnixMilli(), map[string]any{"custom_po_number": "PO-9"}))
	return staffing.SubmissionRef{ID: id, RequisitionID: h.job()}
}

// delivery catches what the account sends when an opportunity moves.
func (h *harness) delivery() (header http.Header, body []byte) {
	id := h.applyMany(1)[0]
	h.account.SetWebhook(func(hd http.Header, b []byte) { header, body = hd, b })
	defer h.account.SetWebhook(nil)
	h.must(h.account.Move(id, "Phone screen"))
	return header, body
}

// forged are deliveries whose proof is broken: another token, another time, another
// or no signature, each with the rest as it was.
func forged(body []byte) (out [][]byte) {
	var d map[string]json.RawMessage
	if json.Unmarshal(body, &d) != nil {
		return nil
	}
	for key, values := range map[string][]string{
		"token":       {`"be58f711f349c7780e4579cd7c63341ac6f881e4dccc3154"`, `""`, `null`, `7`},
		"triggeredAt": {fmt.Sprint(time.Now().UnixMilli() + 1000), `0`, `null`, `"x"`, `1e3`},
		"signature":   {`"28e3fbb90ce869c3695c4a9559ff43eae998389a48b42c509d1adbeea0897c16"`, `""`, `"zz"`, `null`, string(d["signature"][:20]) + `"`},
	} {
		for _, v := range values {
			bent := map[string]json.RawMessage{}
			for k, old := range d {
				bent[k] = old
			}
			bent[key] = json.RawMessage(v)
			raw, err := json.Marshal(bent)
			if err == nil {
				out = append(out, raw)
			}
		}
	}
	return append(out, append(bytes.Clone(body), `{}`...), body[:len(body)-1])
}

func submission(t *testing.T, posting, email string) staffing.SubmissionRequest {
	t.Helper()
	fields, err := json.Marshal(map[string]any{"name": "Ada Grey", "emails": []string{email}, "origin": "agency",
		"phones": []any{map[string]string{"type": "mobile", "value": "+1 555 0100"}}})
	if err != nil {
		t.Fatal(err)
	}
	return staffing.SubmissionRequest{Key: "key of " + email, RequisitionID: posting, Fields: fields, Resume: file("ada.pdf", resume)}
}

func file(name string, content []byte) *staffing.File {
	return &staffing.File{Name: name, ContentType: "application/pdf", Size: int64(len(content)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}
