package greenhouse_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/mapping"
	sandbox "github.com/tributary-hub/tributary/sandbox/greenhouse"
	"github.com/tributary-hub/tributary/staffing"
)

// TestAJobIsFilledFromItsOpeningToThePlacement goes the whole way of one job, with
// the connector's own records and default mapping at each step.
func TestAJobIsFilledFromItsOpeningToThePlacement(t *testing.T) {
	b, p := setup(t, sandbox.Options{}, nil), program(t)
	ctx := context.Background()
	wanted := sandbox.Terms{EmploymentType: "Contract", BillMin: "80.0", BillMax: "95.5", PayMin: "50.0", PayMax: "60.0", NotToExceed: "95.50",
		Currency: "USD", HoursPerWeek: 40, StartDate: "2026-12-07", EndDate: "2027-06-30", PurchaseOrder: "PO-9", CostCentre: "4100",
		MaxSubmissions: 3, Deadline: "2026-12-01"}
	job := b.account.OpenJob(sandbox.JobSpec{Title: "Nurse", RequisitionID: "REQ-77", Location: "Boston, MA", CustomFields: wanted.Fields()})
	b.clock.pass(time.Minute)
	records, _ := readAll(t, b.Requisitions, nil)
	req, gaps, err := p.Requisition(records[0].Raw, acme())
	noGaps(t, gaps, err)
	if req.BillRate.String() != "80.00-95.50 USD/hour" || req.PayRate.String() != "50.00-60.00 USD/hour" || req.NTE.String() != "95.50 USD/hour" ||
		req.MaxSubmissions != 3 || req.EndDate != "2027-06-30" || req.PurchaseOrder != "PO-9" || req.CostCentres[0].Code != "4100" {
		t.Errorf("requisition %+v", req)
	}

	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Ada", LastName: "Grey", Email: "ada@mail.example", Phone: "+1 212 555 0100"}}
	fields, gaps, err := p.Submission(mapping.SubmissionInput{Submission: sub, Requisition: req, Client: acme()})
	noGaps(t, gaps, err)
	receipt, err := b.Submit(ctx, staffing.SubmissionRequest{Key: "s1", RequisitionID: req.ExternalID, Fields: fields, Resume: resume("ada.pdf", "%PDF")})
	if err != nil {
		t.Fatal(err)
	}
	app, err := strconv.ParseInt(receipt.ID, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	agreed := sandbox.Terms{BillRate: "92.25", PayRate: "61.5", Currency: "EUR", RateUnit: "Per day", HoursPerWeek: 36, StartDate: "2026-12-14",
		EndDate: "2027-05-31", PurchaseOrder: "PO-10", CostCentre: "4200"}
	if err := b.account.OfferTerms(app, agreed); err != nil {
		t.Fatal(err)
	}
	ref := staffing.SubmissionRef{ID: receipt.ID, RequisitionID: strconv.FormatInt(job, 10)}
	if _, err := b.Placement(ctx, ref); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("an open offer is called a placement: %v", err)
	}
	if err := b.account.ResolveOffer(app, true); err != nil {
		t.Fatal(err)
	}
	if err := b.account.Hire(app, agreed.StartDate); err != nil {
		t.Fatal(err)
	}
	rec, err := b.Placement(ctx, ref)
	if err != nil {
		t.Fatal(err)
	}
	plc, gaps, err := p.Placement(rec.Raw, sub, req, acme())
	noGaps(t, gaps, err)
	if plc.BillRate.String() != "92.25 EUR/day" || plc.PayRate.String() != "61.50 EUR/day" || plc.StartDate != "2026-12-14" || plc.EndDate != "2027-05-31" ||
		plc.Purchase != "PO-10" || plc.CostCentres[0].Code != "4200" || plc.HoursPerWeek.String() != "36" || plc.WorkerName != "Ada Grey" ||
		plc.WorkSite != "Boston, MA" || plc.BillingCodes["ExternalOrderNumber"] == "" {
		t.Errorf("placement %+v", plc)
	}
}
