package workday_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors/workday"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/workday"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) *mapping.Program {
	t.Helper()
	doc, err := mapping.Parse(workday.Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rules.Compile(rules.Merge(rules.Baseline(), doc.Rules), doc.Lists); err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func acme() staffing.Client { return staffing.Client{Code: "ACME", Name: "Acme", Currency: "USD"} }

func requisition(t *testing.T, raw json.RawMessage) staffing.Requisition {
	t.Helper()
	req, gaps, err := program(t).Requisition(raw, acme())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v\n%s", err, gaps, raw)
	}
	return req
}

func sample(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(shared(t), "samples", "workday", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// The sample has the shape of a report; its rows are made up.
func TestTheReportOfTheSampleIsRead(t *testing.T) {
	o := setup(t, sandbox.Options{}, answer(string(sample(t, "raas-report.shape.json"))), nil)
	p := o.page(nil)
	if len(p.Records) != 1 || p.Records[0].ExternalID != "R-00123" || p.Records[0].UpdatedAt.Format("2006-01-02T15:04Z07:00") != "2026-10-02T19:00Z" {
		t.Fatalf("%+v", p)
	}
	req := requisition(t, p.Records[0].Raw)
	if req.Title != "Forklift Operator" || req.Status != staffing.ReqOpen || req.Openings != 2 || req.HiringManager.Name != "Jane Roe" ||
		len(req.Locations) != 1 || req.Locations[0].City != "Dallas" {
		t.Errorf("%+v", req)
	}
}

func TestAFullRowBecomesARequisition(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	o.tenant.OpenRequisition("Go Developer", map[string]string{"Number_of_Openings": "3", "Worker_Sub_Type": "Contingent Worker", "Target_Hire_Date": "2026-12-07",
		"Target_End_Date": "2027-06-30-07:00", "Maximum_Bill_Rate": "95.00", "Currency": "EUR", "Frequency": "Hourly", "Cost_Center": "CC-4100", "Purchase_Order": "PO-9",
		"Job_Description": "<p>Build</p><script>x</script>", "Scheduled_Weekly_Hours": "40", "Hiring_Manager_Email": "jane@client.example"})
	req := requisition(t, o.page(nil).Records[0].Raw)
	if req.OpeningsTotal != 3 || req.WorkerType != staffing.Contract || req.StartDate != "2026-12-07" || req.EndDate != "2027-06-30" || req.PurchaseOrder != "PO-9" {
		t.Errorf("%+v", req)
	}
	if req.NTE.String() != "95.00 EUR/hour" || req.CostCentres[0].Code != "CC-4100" || strings.Contains(req.Description, "script") || req.HiringManager.Email != "jane@client.example" {
		t.Errorf("%+v", req)
	}
}

func TestStatusWordsBecomeStages(t *testing.T) {
	for raw, want := range map[string]staffing.Stage{
		`{"Stage":"Review","Last_Updated":"2026-10-02T12:00:00-07:00"}`:                                                    staffing.ClientReview,
		`{"Stage":"BACKGROUND_CHECK","Last_Updated":"2026-10-02T12:00:00-07:00"}`:                                          staffing.OfferAccepted,
		`{"Stage":"Hired","Disposition":"","Last_Updated":"2026-10-02T12:00:00-07:00"}`:                                    staffing.Placed,
		`{"Stage":"Offer","Disposition":"Candidate Withdrew","Disposition_Date":"2026-10-03","Last_Updated":"2026-10-04"}`: staffing.Withdrawn,
		`{"Stage":"Interview","Disposition":"Not Selected","Disposition_Date":"2026-10-03","Last_Updated":"2026-10-04"}`:   staffing.ClosedNotSelected,
		`{"Stage":"Screen","Last_Updated":"2026-10-02T12:00:00.123-07:00","Email":"ada@mail.example","Resume":"ada.pdf"}`:  staffing.ClientReview,
	} {
		got, gaps, err := program(t).Status(json.RawMessage(raw))
		if err != nil || len(gaps) > 0 || got.Stage != want || got.At.IsZero() {
			t.Errorf("%s: %+v %+v %v", raw, got, gaps, err)
		}
	}
	got, gaps, err := program(t).Status(json.RawMessage(`{"Stage":"Hallway chat","Last_Updated":"2026-10-02"}`))
	if err != nil || len(gaps) != 1 || gaps[0].Kind != staffing.GapStatus || got.Stage != "" {
		t.Errorf("what nobody knows moves nothing: %+v %+v %v", got, gaps, err)
	}
}

func TestAContractBecomesAPlacement(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	src, _ := o.conn.(staffing.PlacementSource) // it is one
	ref := o.hire()
	rec, err := src.Placement(context.Background(), ref)
	o.must(err)
	rate := staffing.Rate{Amount: decimal.RequireFromString("52"), Currency: "USD", Unit: staffing.Hour}
	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Eve", LastName: "Moss"}, Offered: staffing.Offered{BillRate: &rate}}
	plc, gaps, err := program(t).Placement(rec.Raw, sub, staffing.Requisition{Number: ref.RequisitionID, Title: "Operator"}, acme())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v", err, gaps)
	}
	if plc.StartDate != "2026-12-07" || plc.EndDate != "2027-06-30" || plc.BillRate.String() != "52.00 USD/hour" || plc.PayRate.String() != "31.50 USD/hour" ||
		plc.Purchase != "PO-9" || plc.CostCentres[0].Code != "CC-4100" || plc.WorkerName != "Eve Moss" || plc.BillingCodes["CustomerJobCode"] != ref.RequisitionID {
		t.Errorf("%+v", plc)
	}
}

func TestTheContractsStatusSaysHowItEnded(t *testing.T) {
	for word, want := range map[string]staffing.Outcome{
		"Active": "", "": "", "On Hold": "", "Ended": staffing.OutcomeEnded, "Terminated": staffing.OutcomeEnded, "Rescinded": staffing.OutcomeCancelled,
		"Canceled": staffing.OutcomeCancelled, "CANCELLED": staffing.OutcomeCancelled, "No Show": staffing.OutcomeNoShow,
	} {
		o := setup(t, sandbox.Options{}, nil, nil)
		src, _ := o.conn.(staffing.PlacementSource) // it is one
		ref := o.hire()
		o.must(o.tenant.SetContract(ref.ID, "Contract_Status", word))
		o.must(o.tenant.SetContract(ref.ID, "Contract_Overtime_Bill_Rate", "78.00"))
		rec, err := src.Placement(context.Background(), ref)
		o.must(err)
		plc, gaps, err := program(t).Placement(rec.Raw, staffing.Submission{}, staffing.Requisition{}, acme())
		if err != nil || len(gaps) > 0 || plc.Outcome != want || plc.EndDate != "2027-06-30" || plc.OvertimeRate.String() != "78.00 USD/hour" {
			t.Errorf("%q: %q until %s, overtime %s, %+v %v", word, plc.Outcome, plc.EndDate, plc.OvertimeRate, gaps, err)
		}
	}
	row := json.RawMessage(`{"Job_Application_ID":"JA-1","Last_Updated":"2026-11-02"}`)
	plc, gaps, err := program(t).Placement(row, staffing.Submission{}, staffing.Requisition{}, acme())
	if err != nil || len(gaps) > 0 || plc.Outcome != "" || plc.OvertimeRate != nil {
		t.Errorf("a report without the columns: %+v %+v %v", plc, gaps, err)
	}
}

// What the hub sends stands in the elements of the sample, as far as both have them.
// The sample's body is another operation; there is no schema to be had.
func TestTheEnvelopeIsTheOneOfTheSample(t *testing.T) {
	want := names(t, sample(t, "get-job-requisitions-request.shape.xml"))
	o := setup(t, sandbox.Options{}, nil, nil)
	if _, err := o.conn.Check(context.Background()); err != nil {
		t.Fatal(err)
	}
	got := names(t, []byte(o.calls[len(o.calls)-1].body))
	for _, name := range got {
		if !slices.Contains(want, name) {
			t.Errorf("the sample has no %s", name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("we write %v, the sample has %v", got, want)
	}
}

// names lists elements with their namespaces; the operation's own name is left out.
func names(t *testing.T, body []byte) (out []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(body)))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, ok := tok.(xml.StartElement); ok && !strings.HasPrefix(s.Name.Local, "Get_") {
			out = append(out, s.Name.Space+" "+s.Name.Local)
		}
	}
}
