package mapping

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

func TestSubmission(t *testing.T) {
	p := mustCompile(t, clientDoc)
	in := SubmissionInput{
		Submission: staffing.Submission{
			Candidate: staffing.Candidate{FirstName: "Ann", LastName: "Bo"},
			Offered:   staffing.Offered{BillRate: &staffing.Rate{Amount: decimal.RequireFromString("95.10"), Currency: "USD", Unit: staffing.Hour}},
		},
		Requisition:    staffing.Requisition{ExternalID: "4000000000000000001", Locations: []staffing.Location{{Code: "sf "}}},
		RequisitionRaw: json.RawMessage(`{"custom": {"note": null}}`),
		Client:         testClient(),
	}
	got, gaps, err := p.Submission(in)
	if err != nil || len(gaps) != 0 {
		t.Fatal(err, gaps)
	}
	want := `{"application":{"job_id":4000000000000000001,"rate":"95.1","site":"US-CA-SFO"},"email_addresses":[{"type":"personal","value":""}],"first_name":"Ann","last_name":"Bo"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	in.Requisition.Locations[0].Code, in.Submission.Candidate.LastName = "LA", ""
	got, gaps, err = p.Submission(in)
	if err != nil || len(gaps) != 2 || gaps[0].Kind != staffing.GapRequired || gaps[1].Kind != staffing.GapCode || gaps[1].Field != "submission.application.site" {
		t.Errorf("got %s, %+v, %v", got, gaps, err)
	}
}

func TestJobAndBill(t *testing.T) {
	p := mustCompile(t, `
job:
  title: req.title
  isOpen: req.status == "open"
  numOpenings: req.openings
  customText1\.x: client.code
  clientBillRate: 'double(req.bill_rate.max)'
  nothing: req.purchase_order
  clientCorporation: '{"id": 7, "name": req.nope, "keep": null}'
bill:
  number: bill.reference
  total: bill.total
  lines: 'bill.lines.map(l, {"description": l.description, "quantity": l.quantity, "unit_price": l.unit_price})'
  start: millis(plc.start_date)
`)
	high := decimal.RequireFromString("95.5")
	job, gaps, err := p.Job(staffing.Requisition{Title: "Nurse <ICU>", Status: staffing.ReqOpen, BillRate: staffing.RateRange{Max: &high}}, testClient())
	if err != nil || len(gaps) != 0 {
		t.Fatal(err, gaps)
	}
	if want := `{"clientBillRate":95.5,"clientCorporation":{"id":7,"keep":null},"customText1.x":"ACME","isOpen":true,"numOpenings":0,"title":"Nurse \u003cICU\u003e"}`; string(job) != want {
		t.Errorf("got  %s\nwant %s", job, want)
	}
	d := decimal.RequireFromString
	bill := staffing.Bill{Reference: "R1", Total: d("3804.00"), Lines: []staffing.BillLine{{Description: "x", Quantity: d("40"), UnitPrice: d("95.10")}}}
	b, gaps, err := p.Bill(bill, staffing.Placement{StartDate: "1970-01-02"}, testClient())
	if err != nil || len(gaps) != 0 {
		t.Fatal(err, gaps)
	}
	if want := `{"lines":[{"description":"x","quantity":"40","unit_price":"95.1"}],"number":"R1","start":86400000,"total":"3804"}`; string(b) != want {
		t.Errorf("got  %s\nwant %s", b, want)
	}
}

func TestStatus(t *testing.T) {
	p := mustCompile(t, clientDoc)
	at := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		raw  string
		want Status
		gap  staffing.GapKind
	}{
		"known":          {`{"stage_name": " application  REVIEW", "updated_at": "2026-11-01T10:00:00+01:00"}`, Status{" application  REVIEW", staffing.ClientReview, at, "2026-11-01T10:00:00+01:00"}, ""},
		"without a time": {`{"stage_name": "Hired"}`, Status{Word: "Hired", Stage: staffing.Placed}, ""},
		"unknown":        {`{"stage_name": "Vibe check", "updated_at": "2026-11-01T09:00:00Z"}`, Status{"Vibe check", "", at, "2026-11-01T09:00:00Z"}, staffing.GapStatus},
		"a list":         {`{"stage_name": ["Hired"]}`, Status{}, staffing.GapValue},
		"nothing":        {`{}`, Status{}, staffing.GapRequired},
		"a wrong time":   {`{"stage_name": "Hired", "updated_at": "yesterday"}`, Status{Word: "Hired", Stage: staffing.Placed}, staffing.GapValue},
	} {
		got, gaps, err := p.Status(json.RawMessage(c.raw))
		if err != nil || got != c.want || (c.gap == "") != (len(gaps) == 0) || c.gap != "" && gaps[0].Kind != c.gap {
			t.Errorf("%s: got %+v, %+v, %v", name, got, gaps, err)
		}
	}
}

func TestTriggersAndInternalStatuses(t *testing.T) {
	p := mustCompile(t, "triggers: [Client Submission]\ninternal_status: {client_review: In Review}\npoll: {candidates: 30s}")
	if !p.Trigger(" client  submission") || p.Trigger("Interview") || p.Trigger("") {
		t.Error("triggers are wrong")
	}
	if w, ok := p.InternalStatus(staffing.ClientReview); w != "In Review" || !ok {
		t.Error("the internal status is wrong")
	}
	if _, ok := p.InternalStatus(staffing.Interview); ok {
		t.Error("a stage without an entry is synced")
	}
	if d, ok := p.Poll(staffing.FeedCandidates); d != 30*time.Second || !ok {
		t.Error("the cadence is wrong")
	}
}

func TestNilProgram(t *testing.T) {
	var p *Program
	if _, _, err := p.Requisition(json.RawMessage(`{}`), staffing.Client{}); staffing.CodeOf(err) != staffing.Invalid {
		t.Error(err)
	}
	for _, err := range []error{
		func() error { _, _, err := p.Status(json.RawMessage(`{}`)); return err }(),
		func() error { _, _, err := p.Candidate(json.RawMessage(`{}`)); return err }(),
		func() error { _, _, err := p.Offered(json.RawMessage(`{}`)); return err }(),
		func() error { _, _, err := p.Submission(SubmissionInput{}); return err }(),
		func() error { _, _, err := p.Job(staffing.Requisition{}, staffing.Client{}); return err }(),
		func() error {
			_, _, err := p.Placement(nil, staffing.Submission{}, staffing.Requisition{}, staffing.Client{})
			return err
		}(),
		func() error {
			_, _, err := p.Bill(staffing.Bill{}, staffing.Placement{}, staffing.Client{})
			return err
		}(),
	} {
		if staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("got %v, want an invalid error", err)
		}
	}
	if p.Trigger("x") || len(p.Document().Rules) != 0 {
		t.Error("a nil program knows something")
	}
}

func TestProgramIsSafeForConcurrentUse(t *testing.T) {
	p := mustCompile(t, clientDoc)
	first, _, err := p.Requisition(json.RawMessage(clientRecord), testClient())
	if err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(first)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				req, _, err := p.Requisition(json.RawMessage(clientRecord), testClient())
				if got, _ := json.Marshal(req); err != nil || string(got) != string(want) {
					t.Errorf("got %s, %v", got, err)
					return
				}
			}
		})
	}
	wg.Wait()
}
