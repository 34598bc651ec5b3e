package greenhouse_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
)

// job gives a raw job with these custom fields and further keys.
func job(customFields, more string) json.RawMessage {
	return json.RawMessage(`{"id":5,"name":"Nurse","status":"open","custom_fields":` + customFields + more + `}`)
}

func TestMessyJobsBecomeProperRequisitions(t *testing.T) {
	for _, tc := range []struct {
		name string
		raw  json.RawMessage
		got  func(staffing.Requisition) string
		want string
	}{
		{"no custom fields at all", job(`null`, ``), func(r staffing.Requisition) string { return r.Title + " " + r.BillRate.String() }, "Nurse "},
		{"a custom field without a value", job(`{"employment_type":{"name":"Type","type":"single_select","value":null}}`, ``),
			func(r staffing.Requisition) string { return string(r.WorkerType) }, ""},
		{"a range of decimals in texts", job(`{"bill_rate_range":{"value":{"min_value":"80.0","max_value":"100.0","unit":"USD"}}}`, ``),
			func(r staffing.Requisition) string { return r.BillRate.String() }, "80.00-100.00 USD/hour"},
		{"a range of numbers", job(`{"bill_rate_range":{"value":{"min_value":80.25,"max_value":100,"unit":"EUR"}}}`, ``),
			func(r staffing.Requisition) string { return r.BillRate.String() }, "80.25-100.00 EUR/hour"},
		{"a range with an upper end only", job(`{"bill_rate_range":{"value":{"min_value":null,"max_value":"100.0","unit":"USD"}}}`, ``),
			func(r staffing.Requisition) string { return r.BillRate.Max.String() + " " + r.BillRate.Currency }, "100 USD"},
		{"a rate without a currency is in the client's", job(`{"nte":{"value":{"amount":95.1,"unit":null}}}`, ``),
			func(r staffing.Requisition) string { return r.NTE.String() }, "95.10 USD/hour"},
		{"an amount that no float can hold", job(`{"nte":{"value":{"amount":0.1,"unit":"USD"}}}`, ``),
			func(r staffing.Requisition) string { return r.NTE.Amount.String() }, "0.1"},
		{"a daily rate", job(`{"rate_unit":{"value":"Per day"},"nte":{"value":{"amount":700,"unit":"GBP"}}}`, ``),
			func(r staffing.Requisition) string { return r.NTE.String() }, "700.00 GBP/day"},
		{"a worker type in other letters", job(`{"employment_type":{"value":" Contract to Hire "}}`, ``),
			func(r staffing.Requisition) string { return string(r.WorkerType) }, "temp_to_perm"},
		{"a deadline that is a day lasts all day", job(`{"submission_deadline":{"value":"2026-12-01"}}`, ``),
			func(r staffing.Requisition) string { return r.RespondBy.At.Format("2006-01-02 15:04") }, "2026-12-01 23:59"},
		{"a start with a time of day", job(`{"start_date":{"value":"2026-12-01T12:00:00.000Z"}}`, ``),
			func(r staffing.Requisition) string { return string(r.StartDate) }, "2026-12-01"},
		{"an opening without a target", job(`{}`, `,"_openings":[{"id":1,"open":true,"target_start_on":null}]`),
			func(r staffing.Requisition) string { return string(r.StartDate) }, ""},
		{"hostile HTML", job(`{}`, `,"_job_post":{"id":1,"title":"  RN\n","content":"<p onclick=x>Care &amp; cure</p><script>alert(1)</script>"}`),
			func(r staffing.Requisition) string { return r.Title + "|" + r.Description }, "RN|<p>Care &amp; cure</p>"},
		{"several places of work", job(`{}`, `,"_locations":["Boston, MA","Remote in USA"]`),
			func(r staffing.Requisition) string { return r.Locations[0].City + "|" + r.Locations[1].Text }, "Boston|Remote in USA"},
		{"no number of the client's", job(`{}`, `,"requisition_id":""`), func(r staffing.Requisition) string { return r.Number }, "5"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req, gaps, err := program(t).Requisition(tc.raw, acme())
			noGaps(t, gaps, err)
			if got := tc.got(req); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestWhatTheMappingDoesNotKnowIsAGapAndNoGuess(t *testing.T) {
	for _, tc := range []struct{ name, raw, about string }{
		{"a worker type of the client's own", string(job(`{"employment_type":{"value":"Gig"}}`, ``)), "worker_type"},
		{"a status that is new", `{"id":5,"name":"Nurse","status":"paused"}`, "paused"},
		{"a job without any title", `{"id":5,"name":"","status":"open"}`, "title"},
		{"an amount that is none", string(job(`{"nte":{"value":{"amount":"negotiable","unit":"USD"}}}`, ``)), "nte"},
		{"a date that is none", string(job(`{"end_date":{"value":"soon"}}`, ``)), "end_date"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			req, gaps, err := program(t).Requisition(json.RawMessage(tc.raw), acme())
			if err != nil || len(gaps) == 0 {
				t.Fatalf("gaps %v, error %v", gaps, err)
			}
			if doc, _ := json.Marshal(gaps); !strings.Contains(string(doc), tc.about) {
				t.Errorf("the gap does not name %s: %s", tc.about, doc)
			}
			if req.ExternalID != "5" {
				t.Errorf("the rest of the job was not mapped: %+v", req)
			}
		})
	}
}

func TestMessyOffersBecomeProperPlacements(t *testing.T) {
	for _, tc := range []struct {
		name  string
		offer string
		got   func(staffing.Placement) string
		want  string
	}{
		{"no custom fields at all", `{"id":1,"version":1,"status":"Accepted","starts_on":"2026-12-07","custom_fields":null}`,
			func(p staffing.Placement) string { return string(p.StartDate) + " " + p.Purchase }, "2026-12-07 PO-9"},
		{"the start only in a custom field", `{"id":1,"starts_on":null,"custom_fields":{"start_date":{"value":"2026-12-07"}}}`,
			func(p staffing.Placement) string { return string(p.StartDate) }, "2026-12-07"},
		{"a compensation field", `{"id":1,"custom_fields":{"pay_rate":{"type":"currency","value":{"amount":61.5,"unit":"USD","frequency":"hourly","rationale":"x"}}}}`,
			func(p staffing.Placement) string { return p.PayRate.String() }, "61.50 USD/hour"},
		{"another purchase order than the job's", `{"id":1,"custom_fields":{"po_number":{"value":"PO-10"}}}`,
			func(p staffing.Placement) string { return p.Purchase }, "PO-10"},
		{"an empty purchase order", `{"id":1,"custom_fields":{"po_number":{"value":""}}}`,
			func(p staffing.Placement) string { return p.Purchase }, "PO-9"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			raw := json.RawMessage(`{"application":{"id":7},"offer":` + tc.offer + `,"opening":null}`)
			plc, gaps, err := program(t).Placement(raw, staffing.Submission{}, staffing.Requisition{PurchaseOrder: "PO-9"}, acme())
			noGaps(t, gaps, err)
			if got := tc.got(plc); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
