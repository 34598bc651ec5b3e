package workday_test

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
	"github.com/tributary-hub/tributary/connectors/workday"
	sandbox "github.com/tributary-hub/tributary/sandbox/workday"
	"github.com/tributary-hub/tributary/staffing"
)

// The suite runs twice: as an integration user with the date prompts that a client
// gives who knows the hub, and as an OAuth client whose reports ask for nothing.
func TestConformance(t *testing.T) {
	connectortest.Run(t, workday.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t, sandbox.Options{}).vendor(settings)
	})
}

func TestConformanceWithOAuth(t *testing.T) {
	connectortest.Run(t, workday.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newHarness(t, sandbox.Options{Blanks: true}).vendor(oauthSettings)
	})
}

const pageSize = 20

func settings(base string) connectors.Settings {
	return connectors.Settings{"user": sandbox.User, "password": sandbox.Password,
		"requisition_report": sandbox.ReportURL(base, sandbox.Requisitions), "requisition_prompt": "Updated_From",
		"application_report": sandbox.ReportURL(base, sandbox.Applications), "application_prompt": "Updated_From", "email_prompt": "Email",
		"placement_report": sandbox.ReportURL(base, sandbox.Contracts), "placement_prompt": "Job_Application",
		"recruiting_url": sandbox.ServiceURL(base), "source": "Agency_River", "rows_per_page": fmt.Sprint(pageSize)}
}

func oauthSettings(base string) connectors.Settings {
	s := settings(base)
	for _, key := range []string{"user", "password", "requisition_prompt", "application_prompt", "email_prompt", "placement_prompt"} {
		delete(s, key)
	}
	s["client_id"], s["client_secret"], s["refresh_token"], s["token_url"] = sandbox.ClientID, sandbox.ClientSecret, sandbox.RefreshToken, sandbox.TokenURL(base)
	return s
}

// harness drives a simulated tenant for the conformance suite.
type harness struct {
	t      *testing.T
	tenant *sandbox.Server
	mu     sync.Mutex
	people int
	req    string // that people apply for; opened when first needed
}

func newHarness(t *testing.T, opts sandbox.Options) *harness {
	t.Helper()
	return &harness{t: t, tenant: sandbox.New(opts)}
}

func (h *harness) vendor(settings func(string) connectors.Settings) connectortest.Vendor {
	return connectortest.Vendor{
		Handler: h.tenant, Settings: settings,
		WrongSecret: func(base string) connectors.Settings {
			s := settings(base)
			for _, key := range []string{"password", "client_secret"} {
				if s[key] != "" {
					s[key] = "another-secret"
				}
			}
			return s
		},
		AddRequisitions:  h.openMany,
		TouchRequisition: func(id string) { h.must(h.tenant.SetRequisition(id, "Openings_Available", "1")) },
		AddStatuses:      h.applyMany,
		MoveStatus:       func(id string) { h.must(h.tenant.Move(id, "Interview")) },
		Placement:        h.hire,
		Submission:       func() staffing.SubmissionRequest { return submission(h.t, h.job(), h.email()) },
		CountSubmissions: h.tenant.CountApplications,
		PageSize:         pageSize,
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
		ids = append(ids, h.tenant.OpenRequisition(fmt.Sprintf("Forklift Operator %d", i), nil))
	}
	return ids
}

func (h *harness) job() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.req == "" {
		h.req = h.tenant.OpenRequisition("Forklift Operator", nil)
	}
	return h.req
}

func (h *harness) email() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.people++
	return fmt.Sprintf("person%d@mail.example", h.people)
}

func (h *harness) applyMany(n int) (ids []string) {
	for range n {
		ids = append(ids, h.tenant.Apply(h.job(), "Eve", "Moss", h.email()))
	}
	return ids
}

func (h *harness) hire() staffing.SubmissionRef {
	id := h.applyMany(1)[0]
	h.must(h.tenant.Hire(id, map[string]string{"Contract_Start_Date": "2026-12-07", "Contract_End_Date": "2027-06-30", "Contract_Pay_Rate": "31.50",
		"Currency": "USD", "Frequency": "Hourly", "Cost_Center": "CC-4100", "Purchase_Order": "PO-9"}))
	return staffing.SubmissionRef{ID: id, RequisitionID: h.job()}
}

var resume = []byte("%PDF-1.7 Ada Grey, operator")

func submission(t *testing.T, requisition, email string) staffing.SubmissionRequest {
	t.Helper()
	fields, err := json.Marshal(map[string]string{"first_name": "Ada", "last_name": "Grey", "email": email, "phone": "555 0100", "phone_country_code": "USA_1", "phone_type": "Mobile"})
	if err != nil {
		t.Fatal(err)
	}
	return staffing.SubmissionRequest{Key: "key of " + email, RequisitionID: requisition, Fields: fields, Resume: file("ada.pdf", resume)}
}

func file(name string, content []byte) *staffing.File {
	return &staffing.File{Name: name, ContentType: "application/pdf", Size: int64(len(content)),
		Open: func(context.Context) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }}
}
