package fieldglass_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/connectortest"
	"github.com/tributary-hub/tributary/connectors/fieldglass"
	sandbox "github.com/tributary-hub/tributary/sandbox/fieldglass"
	"github.com/tributary-hub/tributary/staffing"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	connectortest.Run(t, fieldglass.Kind(), func(t *testing.T) connectortest.Vendor {
		t.Helper()
		return newTenant(t).vendor()
	})
}

// tenant is a simulated tenant behind the connector's back.
type tenant struct {
	*sandbox.Server
	t    *testing.T
	next atomic.Int64
}

func newTenant(t *testing.T) *tenant {
	t.Helper()
	return &tenant{Server: sandbox.New(nil, sandbox.Options{}), t: t}
}

func (v *tenant) settings(base string) connectors.Settings {
	return connectors.Settings{"host": base, "client_id": "API_SUP1", "client_secret": "sandbox-licence-key", "buyer_code": "ACME", "supplier_code": "SUP1",
		"webhook_user": "hub-push", "webhook_password": "push-password-0815"}
}

func (v *tenant) must(err error) {
	v.t.Helper()
	if err != nil {
		v.t.Error(err) // the suite may call from another goroutine
	}
}

// engineer is a posting with a form.
func engineer() sandbox.PostingSpec {
	return sandbox.PostingSpec{Title: "Go Developer III", Description: "<p>Build services.</p>", StartDate: "2027-01-11", EndDate: "2027-07-09", Openings: 50,
		Site:        sandbox.Site{Code: "US-CO-Denver", Address: "1 Example St", City: "Denver", State: "CO", PostalCode: "80202"},
		CostCentres: []sandbox.CostCentre{{Code: "4410-20", Name: "Platform", Percent: "100.000"}}, PurchaseOrder: "4500012345",
		ManagerUser: "hm_username", ManagerName: "Doe, Alex", BillMin: "80.00", BillMax: "95.00", PayMin: "50.00", PayMax: "60.00", OvertimeFactor: "1.500",
		Fields: []sandbox.Field{
			{Name: "Reason for the Requisition", Type: "pickList", Class: "JobPosting", Items: []string{"Constant Usage", "Other"}, Value: "Other"},
			{Name: "Has the candidate ever worked at ACME as an employee?", Type: "pickList", Mandatory: true, Items: []string{"No", "Yes"}},
			{Name: "Date of last background check", Type: "date"}},
		Quals:             []sandbox.Qual{{Name: "4-Year Degree", Type: "Boolean", Mandatory: true}, {Name: "Relevant Work Experience (Years)", Type: "Ratings and Years"}},
		SecurityIDPattern: "[0-9]{8}[A-Z]{2}", SecurityIDInstruction: "MMDD + last 4 + initials"}
}

func (v *tenant) post() string {
	spec := engineer()
	spec.Title = fmt.Sprintf("Go Developer %d", v.next.Add(1))
	id, err := v.OpenPosting(spec)
	v.must(err)
	return id
}

func (v *tenant) apply() string {
	id, err := v.AddJobSeeker(v.post(), "Ada", "Grey", "ada.grey@mail.example")
	v.must(err)
	return id
}

func times(n int, one func() string) (ids []string) {
	for range n {
		ids = append(ids, one())
	}
	return ids
}

func (v *tenant) request() staffing.SubmissionRequest {
	n := v.next.Add(1)
	return staffing.SubmissionRequest{Key: fmt.Sprintf("HUB-SUB-%06d", n), RequisitionID: v.post(), Fields: riveraFields(), Resume: resume("resume.pdf", "%PDF-1.7 Sam Rivera")}
}

func riveraFields() json.RawMessage {
	return json.RawMessage(`{"first_name":"Sam","last_name":"Rivera","email":"sam.rivera@example.test","available_from":"2027-01-11","security_id":"01151234SR",
		"bill_rate":{"amount":"92.00","currency":"USD","unit":"hour"},"pay_rate":{"amount":"58.00","currency":"USD","unit":"hour"},
		"answers":{"Has the candidate ever worked at ACME as an employee?":"no","Date of last background check":"2026-10-31"},
		"quals":{"4-Year Degree":true,"Relevant Work Experience (Years)":{"ratings":4,"years":8}}}`)
}

func resume(name, content string) *staffing.File {
	return &staffing.File{Name: name, ContentType: "application/pdf", Open: func(context.Context) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader([]byte(content))), nil
	}}
}

func (v *tenant) vendor() connectortest.Vendor {
	return connectortest.Vendor{
		Handler:  v.Server,
		Settings: v.settings,
		WrongSecret: func(base string) connectors.Settings {
			s := v.settings(base)
			s["client_secret"] = "another-licence-key"
			return s
		},
		AddRequisitions: func(n int) []string { return times(n, v.post) },
		TouchRequisition: func(id string) {
			v.must(v.UpdatePosting(id, func(p *sandbox.PostingSpec) { p.Title += " (changed)" }))
		},
		AddStatuses: func(n int) []string { return times(n, v.apply) },
		MoveStatus:  func(id string) { v.must(v.MoveJobSeeker(id, "Under Review")) },
		Placement: func() staffing.SubmissionRef {
			id := v.apply()
			_, err := v.Hire(id, sandbox.WorkOrderSpec{BillRate: "92.00", PayRate: "58.00"})
			v.must(err)
			list := v.JobSeekers()
			return staffing.SubmissionRef{ID: id, RequisitionID: list[len(list)-1].PostingID, Key: "HUB-SUB-1"}
		},
		Submission:       v.request,
		CountSubmissions: v.CountJobSeekers,
		Webhook: func() (http.Header, []byte) {
			return sandbox.PushHeader("hub-push", "push-password-0815"),
				fmt.Appendf(nil, `{"EventType":"Job Seeker Status Update","EventId":"%d","JobSeekerId":"ACMEJS00005001","JobPostingId":"ACMEJP00000101","Status":"Interview Requested"}`, v.next.Add(1))
		},
		UnsignedBody: true,
		Unpaged:      []staffing.Feed{staffing.FeedRequisitions, staffing.FeedStatuses},
		Consumes:     []staffing.Feed{staffing.FeedRequisitions},
	}
}
