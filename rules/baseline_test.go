package rules

import (
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

func TestBaseline(t *testing.T) {
	s := mustCompile(t, Baseline())
	req, sub, plc := staffing.SubjectRequisition, staffing.SubjectSubmission, staffing.SubjectPlacement
	block, warn := staffing.SeverityError, staffing.SeverityWarning
	cases := []struct {
		on       staffing.Subject
		name     string
		spoil    func(*fixture)
		rule     string // "" for no finding
		severity staffing.Severity
		message  string // a part of it
	}{
		{req, "a clean requisition", func(*fixture) {}, "", "", ""},
		{req, "a bare requisition", func(f *fixture) { f.req = staffing.Requisition{ExternalID: "1", Title: "x", Status: staffing.ReqOpen} }, "", "", ""},
		{req, "no id", func(f *fixture) { f.req.ExternalID = "" }, "ID_MISSING", block, "no id"},
		{req, "a blank title", func(f *fixture) { f.req.Title = "  " }, "TITLE_MISSING", block, "no title"},
		{req, "no status", func(f *fixture) { f.req.Status, f.req.RawStatus = "", "Paused" }, "STATUS_MISSING", block, `"Paused"`},
		{req, "more openings than there are", func(f *fixture) { f.req.Openings = 3 }, "OPENINGS", warn, "3 openings left of 2"},
		{req, "min above max", func(f *fixture) { f.req.BillRate.Min = ptr(dec("95.01")) }, "RATE_MIN_MAX", warn, "95.01 > 95"},
		{req, "a currency sign", func(f *fixture) { f.req.BillRate.Currency = "$" }, "CURRENCY_FORM", block, "$"},
		{req, "no currency", func(f *fixture) { f.req.NTE.Currency = "" }, "CURRENCY_MISSING", warn, "without a currency"},
		{req, "an end before the start", func(f *fixture) { f.req.EndDate = "2026-11-30" }, "END_BEFORE_START", block, "2026-11-30"},
		{req, "shares of 99.999", func(f *fixture) { f.req.CostCentres[1].Percent = dec("66.666") }, "CC_TOTAL", block, "99.999"},
		{req, "a range above the limit", func(f *fixture) { f.req.NTE = usd("90") }, "RATE_OVER_NTE", warn, "above the client's limit of 90"},
		{req, "a limit per day", func(f *fixture) { f.req.NTE = &staffing.Rate{Amount: dec("90"), Currency: "USD", Unit: staffing.Day} }, "", "", ""},

		{sub, "a clean submission", func(*fixture) {}, "", "", ""},
		{sub, "a filled requisition", func(f *fixture) { f.req.Status = staffing.ReqFilled }, "REQ_CLOSED", block, "filled"},
		{sub, "a requisition in no known state", func(f *fixture) { f.req.Status = "" }, "REQ_CLOSED", block, "unknown state"},
		{sub, "the hub knows better", func(f *fixture) { f.facts["requisition_open"] = false }, "REQ_CLOSED", block, "open"},
		{sub, "on hold", func(f *fixture) { f.req.Status = staffing.ReqOnHold }, "REQ_ON_HOLD", block, "for now"},
		{sub, "closed to submissions", func(f *fixture) { f.req.AcceptingSubmissions = false }, "REQ_ON_HOLD", block, ""},
		{sub, "too late", func(f *fixture) { f.req.RespondBy.At = testNow().Add(-time.Second) }, "DEADLINE_PASSED", block, "2026-11-24T08:59:59Z"},
		{sub, "no deadline", func(f *fixture) { f.req.RespondBy = nil }, "", "", ""},
		{sub, "one too many", func(f *fixture) { f.facts["live_submissions"] = 2 }, "MAX_SUBMISSIONS", block, "takes 2 candidates from us; 2 are"},
		{sub, "nobody counted", func(f *fixture) { delete(f.facts, "live_submissions") }, "MAX_SUBMISSIONS", block, ""},
		{sub, "no limit", func(f *fixture) { f.facts["live_submissions"], f.req.MaxSubmissions = 200, 0 }, "", "", ""},
		{sub, "a rate above the limit", func(f *fixture) { f.sub.Offered.BillRate = usd("100.01") }, "RATE_OVER_NTE", block, "100.01 is above the client's limit of 100"},
		{sub, "a rate above the range", func(f *fixture) { f.req.NTE, f.sub.Offered.BillRate = nil, usd("95.01") }, "RATE_OVER_NTE", block, "limit of 95"},
		{sub, "a rate that is the limit", func(f *fixture) { f.sub.Offered.BillRate = usd("100.00") }, "", "", ""},
		{sub, "a low rate", func(f *fixture) { f.sub.Offered.BillRate = usd("79.99") }, "RATE_UNDER_MIN", warn, "below"},
		{sub, "a rate in another currency", func(f *fixture) { f.sub.Offered.BillRate.Currency = "CAD" }, "RATE_UNIT", block, "CAD per hour"},
		{sub, "no rate offered", func(f *fixture) { f.sub.Offered = staffing.Offered{} }, "", "", ""},
		{sub, "no résumé", func(f *fixture) { f.sub.Candidate.ResumeFileID = "" }, "RESUME_REQUIRED", block, "résumé"},
		{sub, "a résumé the hub knows of", func(f *fixture) { f.sub.Candidate.ResumeFileID, f.facts["has_resume"] = "", true }, "", "", ""},
		{sub, "submitted before", func(f *fixture) { f.facts["duplicate_own"] = true }, "DUPLICATE_OWN", block, "before"},
		{sub, "not to be submitted", func(f *fixture) { f.sub.Candidate.DoNotSubmit = true }, "DO_NOT_USE", block, ""},
		{sub, "an unanswered question", func(f *fixture) { f.sub.Answers = map[string]any{"Licence": ""} }, "QUESTION_MISSING", block, "asks for: Licence"},
		{sub, "no answers at all", func(f *fixture) { f.sub.Answers = nil }, "QUESTION_MISSING", block, "Licence"},
		{sub, "an answer off the list", func(f *fixture) { f.sub.Answers = map[string]any{"Licence": []any{"yes", "maybe"}} }, "PICKLIST_VALUE", block, "Licence"},

		{plc, "a clean placement", func(*fixture) {}, "", "", ""},
		{plc, "no start date", func(f *fixture) { f.plc.StartDate = "" }, "START_DATE_MISSING", block, ""},
		{plc, "an end before the start", func(f *fixture) { f.plc.EndDate = "2026-01-01" }, "END_BEFORE_START", block, ""},
		{plc, "no bill rate", func(f *fixture) { f.plc.BillRate = nil }, "BILL_RATE_MISSING", block, ""},
		{plc, "a permanent placement without a fee", func(f *fixture) { f.plc.WorkerType, f.plc.BillRate = staffing.Permanent, nil }, "FEE_MISSING", block, ""},
		{plc, "another currency", func(f *fixture) { f.plc.BillRate.Currency = "CAD" }, "CURRENCY_MISMATCH", block, "in CAD; agreed was USD"},
		{plc, "another currency than the client's", func(f *fixture) { f.sub.Offered.BillRate, f.plc.BillRate.Currency = nil, "CAD" }, "CURRENCY_MISMATCH", block, "USD"},
		{plc, "no currency", func(f *fixture) { f.plc.BillRate.Currency = "" }, "CURRENCY_MISSING", block, ""},
		{plc, "another rate", func(f *fixture) { f.plc.BillRate.Amount = dec("94.99") }, "RATE_DIFFERS", block, "94.99 per hour; agreed were 95 per hour"},
		{plc, "a pay rate in another currency", func(f *fixture) { f.plc.PayRate = usd("60"); f.plc.PayRate.Currency = "EUR" }, "TWO_CURRENCIES", block, "USD, EUR"},
		{plc, "a pay rate above the bill rate", func(f *fixture) { f.plc.PayRate = usd("96") }, "PAY_ABOVE_BILL", block, "96 is above the bill rate 95"},
		{plc, "no purchase order", func(f *fixture) { f.plc.Purchase = "" }, "PO_MISSING", warn, ""},
		{plc, "shares of 90", func(f *fixture) { f.plc.CostCentres[0].Percent = dec("90") }, "CC_TOTAL", block, "90"},
	}
	tested := map[key]bool{}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			f := clean()
			c.spoil(f)
			got := f.check(s, c.on)
			if c.rule == "" {
				if len(got) != 0 {
					t.Errorf("got %+v, want nothing", got)
				}
				return
			}
			tested[key{c.on, c.rule}] = true
			if len(got) != 1 || got[0].Rule != c.rule || got[0].Severity != c.severity || !strings.Contains(got[0].Message, c.message) ||
				strings.Contains(got[0].Message, "?") || strings.Contains(got[0].Message, "evaluated") {
				t.Errorf("got %+v", got)
			}
		})
	}
	for _, r := range Baseline() {
		if !tested[keyOf(r)] {
			t.Errorf("no case breaks %s on a %s", r.ID, r.On)
		}
	}
}

func TestBaselineOnNothing(t *testing.T) {
	s := mustCompile(t, Baseline())
	for _, on := range []staffing.Subject{staffing.SubjectRequisition, staffing.SubjectSubmission, staffing.SubjectPlacement} {
		for _, f := range s.Check(t.Context(), on, Input{}) {
			if strings.Contains(f.Message, "could not be evaluated") {
				t.Errorf("%+v", f)
			}
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	s, err := Compile(Baseline(), nil)
	if err != nil {
		b.Fatal(err)
	}
	f := clean()
	b.ReportAllocs()
	for b.Loop() {
		f.check(s, staffing.SubjectSubmission)
	}
}
