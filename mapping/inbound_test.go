package mapping

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

const clientRecord = `{
 "id": 4000000000000000001, "requisition_id": null, "name": "  Travel Nurse ", "status": " ON  hold", "updated_at": "2026-11-01T10:00:00.000Z",
 "content": "&lt;p onclick=\"x()\"&gt;Care&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
 "openings": [{"status": "open"}, {"status": "closed"}, {"status": "open"}],
 "offices": [{"location": {"name": "SF"}}, {"location": {"name": "Toronto, ON, Canada"}}],
 "departments": [{"name": "ICU"}],
 "custom": {"max_submissions": "3", "respond_by": "2026-12-01 17:00:00", "employment_type": "contractor", "start_date": "2026-12-15",
  "end_date": "13/45/2026", "hours": 37.5, "rate": {"min": "$80.00", "max": 95.50, "currency": "USD", "per": "Hr"}, "nte": "1,000.00",
  "po": 4711, "cost_centres": [{"code": "A", "percent": "60"}, {"code": "B", "percent": 40}], "travel": true, "shift": null},
 "hiring_team": {"hiring_managers": [{"name": "Kim", "email": "kim@example.com"}]},
 "absolute_url": "https://example.com/1",
 "questions": [{"name": "resume", "required": true}, {"name": "q1", "label": "Licence?", "required": true, "type": "boolean", "values": ["yes", "no"]}]
}`

func TestRequisition(t *testing.T) {
	p := mustCompile(t, clientDoc)
	req, gaps, err := p.Requisition(json.RawMessage(clientRecord), testClient())
	if err != nil {
		t.Fatal(err)
	}
	if len(gaps) != 1 || gaps[0].Kind != staffing.GapValue || gaps[0].Field != "requisition.end_date" || !strings.Contains(gaps[0].Message, "13/45/2026") {
		t.Errorf("gaps: %+v, want one value gap of the end date", gaps)
	}
	d := decimal.RequireFromString
	low, high, hours := d("80"), d("95.5"), d("37.5")
	want := staffing.Requisition{
		ExternalID: "4000000000000000001", Number: "4000000000000000001", Revision: "2026-11-01T10:00:00.000Z",
		Title: "Travel Nurse", Description: "<p>Care</p>", Status: staffing.ReqOnHold, RawStatus: " ON  hold",
		Openings: 2, OpeningsTotal: 3, MaxSubmissions: 3,
		RespondBy:  &staffing.Instant{At: time.Date(2026, 12, 1, 22, 0, 0, 0, time.UTC), Original: "2026-12-01 17:00:00"},
		WorkerType: staffing.Contract, Department: "ICU", StartDate: "2026-12-15", HoursPerWeek: &hours,
		Locations: []staffing.Location{
			{Text: "SF", City: "San Francisco", Region: "US-CA", Country: "US"},
			{Text: "Toronto, ON, Canada", City: "Toronto", Region: "CA-ON", Country: "CA"},
		},
		BillRate:      staffing.RateRange{Min: &low, Max: &high, Currency: "USD", Unit: staffing.Hour},
		NTE:           &staffing.Rate{Amount: d("1000"), Currency: "USD", Unit: staffing.Hour},
		PurchaseOrder: "4711", CostCentres: []staffing.Allocation{{Code: "A", Percent: d("60")}, {Code: "B", Percent: d("40")}},
		HiringManager: staffing.Contact{Name: "Kim", Email: "kim@example.com"}, URL: "https://example.com/1", ResumeRequired: true,
		Questions:    []staffing.Question{{Name: "Licence?", Required: true, Type: "boolean", Options: []string{"yes", "no"}}},
		CustomFields: map[string]any{"travel": true},
	}
	sameJSON(t, req, want)
}

func TestRequisitionGaps(t *testing.T) {
	p := mustCompile(t, clientDoc)
	for name, c := range map[string]struct {
		raw   string
		kind  staffing.GapKind
		field string
		value string
	}{
		"an unknown status":            {`{"name": "x", "status": "Paused"}`, staffing.GapStatus, "requisition_status", "Paused"},
		"a status that is a list":      {`{"name": "x", "status": ["open"]}`, staffing.GapValue, "requisition.status", "a list"},
		"a missing title":              {`{"status": "open", "name": "  "}`, staffing.GapRequired, "requisition.title", ""},
		"a title that is a map":        {`{"status": "open", "name": {"a": 1}}`, staffing.GapValue, "requisition.title", ""},
		"an unknown code":              {`{"name": "x", "status": "open", "custom": {"employment_type": "Gig"}}`, staffing.GapCode, "requisition.worker_type", "Gig"},
		"a date that is none":          {`{"name": "x", "status": "open", "custom": {"start_date": "soon"}}`, staffing.GapValue, "requisition.start_date", ""},
		"a number that is none":        {`{"name": "x", "status": "open", "custom": {"max_submissions": "many"}}`, staffing.GapValue, "requisition.max_submissions", "many"},
		"an amount that is none":       {`{"name": "x", "status": "open", "custom": {"rate": {"min": "TBD"}}}`, staffing.GapValue, "requisition.bill_rate.min", ""},
		"hours with a huge exponent":   {`{"name": "x", "status": "open", "custom": {"hours": 1e999}}`, staffing.GapValue, "requisition.hours_per_week", "1e999"},
		"a zone that is none":          {`{"name": "x", "status": "open", "custom": {"respond_by": "tomorrow"}}`, staffing.GapValue, "requisition.respond_by", ""},
		"a list where a map should be": {`{"name": "x", "status": "open", "offices": [[1]]}`, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			req, gaps, err := p.Requisition(json.RawMessage(c.raw), testClient())
			if err != nil {
				t.Fatal(err)
			}
			if c.kind == "" {
				if len(gaps) != 0 {
					t.Errorf("gaps: %+v, want none", gaps)
				}
				return
			}
			if len(gaps) != 1 || gaps[0].Kind != c.kind || gaps[0].Field != c.field || gaps[0].Value != c.value || gaps[0].Message == "" {
				t.Errorf("gaps: %+v", gaps)
			}
			if c.field != "requisition.title" && req.Title != "x" {
				t.Error("the gap spoilt another field")
			}
		})
	}
}

func TestPayloadThatIsNoObjectIsAnError(t *testing.T) {
	p := mustCompile(t, clientDoc)
	for _, raw := range []string{"", "null", "[]", `"x"`, "{", "{} {}", "<html>"} {
		if _, _, err := p.Requisition(json.RawMessage(raw), testClient()); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%q: got %v, want an invalid error", raw, err)
		}
	}
}

func TestExhaustedCellIsAnError(t *testing.T) {
	p := mustCompile(t, `requisition: {title: '"x"', number: "raw.l.exists(a, raw.l.exists(b, raw.l.exists(c, c < 0))) ? \"a\" : \"b\""}`)
	raw := `{"l": [` + strings.Repeat("1,", 2000) + `1]}`
	_, _, err := p.Requisition(json.RawMessage(raw), testClient())
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), "requisition.number") {
		t.Errorf("got %v, want an invalid error that names the cell", err)
	}
}

func TestDescriptionIsSanitisedWhateverTheCellDoes(t *testing.T) {
	p := mustCompile(t, `requisition: {description: '"<p>a</p><scr" + "ipt>alert(1)</script>" + raw.d'}`)
	req, _, err := p.Requisition(json.RawMessage(`{"d": "<img src=x onerror=alert(1)><b onmouseover=x>b</b>"}`), testClient())
	if err != nil || req.Description != "<p>a</p><b>b</b>" {
		t.Errorf("got %q, %v", req.Description, err)
	}
}

func TestAcceptingFollowsTheStatusUnlessACellSaysSo(t *testing.T) {
	open := json.RawMessage(`{"s": "open", "a": false}`)
	req, _, _ := mustCompile(t, `requisition: {status: raw.s}`).Requisition(open, testClient())
	if !req.AcceptingSubmissions {
		t.Error("an open requisition accepts no submissions")
	}
	req, _, _ = mustCompile(t, `requisition: {status: raw.s, accepting_submissions: raw.a}`).Requisition(open, testClient())
	if req.AcceptingSubmissions {
		t.Error("the cell is not heard")
	}
}

func TestPlacement(t *testing.T) {
	p := mustCompile(t, clientDoc)
	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Ann", LastName: "Bo"}}
	plc, gaps, err := p.Placement(json.RawMessage(`{"id": 7, "starts_on": "2026-12-15T00:00:00-05:00", "rate": 95.25, "currency": "usd", "project": "P1", "codes": {"GLCode": 4711}}`),
		sub, staffing.Requisition{}, testClient())
	if err != nil || len(gaps) != 0 {
		t.Fatal(err, gaps)
	}
	sameJSON(t, plc, staffing.Placement{
		ExternalID: "7", WorkerName: "Ann Bo", StartDate: "2026-12-15",
		BillRate:     &staffing.Rate{Amount: decimal.RequireFromString("95.25"), Currency: "USD", Unit: staffing.Hour},
		BillingCodes: map[string]string{"ProjectCode": "P1", "GLCode": "4711"},
	})
}

func TestCandidateAndOffered(t *testing.T) {
	p := mustCompile(t, `
candidate:
  external_id: string(raw.id)
  first_name: raw.firstName
  skills: split(raw.skillList, ",")
  right_to_represent: time_of_millis(raw.rtr)
  do_not_submit: raw.status == "DNU"
  available_from: date_of_millis(raw.dateAvailable)
offered:
  bill_rate: rate(raw.billRate, "USD", "hour")
  start_date: raw.start
`)
	c, gaps, err := p.Candidate(json.RawMessage(`{"id": 5, "firstName": "Ann", "skillList": "ICU, ER", "rtr": 1795510800000, "status": "DNU", "dateAvailable": null}`))
	if err != nil || len(gaps) != 0 {
		t.Fatal(err, gaps)
	}
	sameJSON(t, c, staffing.Candidate{ExternalID: "5", FirstName: "Ann", Skills: []string{"ICU", "ER"}, DoNotSubmit: true,
		RightToRepr: &staffing.Instant{At: time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC), Original: "2026-11-24T09:00:00Z"}})
	o, gaps, err := p.Offered(json.RawMessage(`{"billRate": 95.10, "start": "2026-12-01"}`))
	if err != nil || len(gaps) != 0 || o.BillRate.Amount.String() != "95.1" || o.StartDate != "2026-12-01" {
		t.Errorf("got %+v, %v, %v", o, gaps, err)
	}
	o, _, err = mustCompile(t, `about: x`).Offered(json.RawMessage(`{}`))
	if err != nil || o.BillRate != nil {
		t.Errorf("a document without offered: got %+v, %v", o, err)
	}
}

func sameJSON(t *testing.T, got, want any) {
	t.Helper()
	g, _ := json.MarshalIndent(got, "", " ")
	w, _ := json.MarshalIndent(want, "", " ")
	if string(g) != string(w) {
		t.Errorf("got %s\nwant %s", g, w)
	}
}
