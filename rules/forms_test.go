package rules

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/tributary-hub/tributary/staffing"
)

func formLists() map[string]map[string]string {
	return map[string]map[string]string{"centres": {"A": "Wards; Surgery", "B": ""}, "card": {"ICU": "96", "ER": "80.50"}}
}

// TestForms builds a rule of every form and shows what it lets pass and what not.
func TestForms(t *testing.T) {
	req, sub, plc := staffing.SubjectRequisition, staffing.SubjectSubmission, staffing.SubjectPlacement
	type params = map[string]string
	for name, c := range map[string]struct {
		form    string
		on      staffing.Subject
		params  params
		id      string
		spoil   func(*fixture)
		message string
	}{
		"a text that is missing":       {"required", plc, params{"field": "purchase_order"}, "REQUIRED_PURCHASE_ORDER", func(f *fixture) { f.plc.Purchase = "" }, "The placement has no purchase order."},
		"a list that is empty":         {"required", req, params{"field": "cost_centres"}, "REQUIRED_COST_CENTRES", func(f *fixture) { f.req.CostCentres = nil }, "no cost centres"},
		"a rate that is missing":       {"required", sub, params{"field": "offered.bill_rate"}, "REQUIRED_OFFERED_BILL_RATE", func(f *fixture) { f.sub.Offered.BillRate = nil }, "no bill rate"},
		"a number that is nothing":     {"required", req, params{"field": "openings"}, "REQUIRED_OPENINGS", func(f *fixture) { f.req.Openings = 0 }, "no openings"},
		"an amount that is nothing":    {"required", plc, params{"field": "bill_rate.amount"}, "REQUIRED_BILL_RATE_AMOUNT", func(f *fixture) { f.plc.BillRate.Amount = decimal.Zero }, "no bill rate amount"},
		"a yes that is a no":           {"required", req, params{"field": "resume_required"}, "REQUIRED_RESUME_REQUIRED", func(f *fixture) { f.req.ResumeRequired = false }, "no resume required"},
		"a custom field that is empty": {"required", req, params{"field": "custom_fields.shift"}, "REQUIRED_CUSTOM_FIELDS_SHIFT", func(f *fixture) { f.req.CustomFields["shift"] = " " }, "no shift"},
		"a field of another record":    {"required", sub, params{"field": "req.number"}, "REQUIRED_REQ_NUMBER", func(f *fixture) { f.req.Number = "" }, "no number"},
		"a word that is not listed":    {"one_of", req, params{"field": "custom_fields.shift", "values": "day\nnight"}, "ONE_OF_CUSTOM_FIELDS_SHIFT", func(f *fixture) { f.req.CustomFields["shift"] = "late" }, "“late” is not one of: day, night"},
		"a number of another form":     {"pattern", plc, params{"field": "purchase_order", "pattern": `^PO\d+$`}, "FORM_PURCHASE_ORDER", func(f *fixture) { f.plc.Purchase = "4711" }, "“4711”"},
		"hours that are too many":      {"number_within", req, params{"field": "hours_per_week", "min": "10", "max": "40"}, "WITHIN_HOURS_PER_WEEK", func(f *fixture) { f.req.HoursPerWeek = ptr(dec("40.5")) }, "hours per week is 40.5"},
		"hours that are too few":       {"number_within", req, params{"field": "hours_per_week", "min": "10"}, "WITHIN_HOURS_PER_WEEK", func(f *fixture) { f.req.HoursPerWeek = ptr(dec("9.99")) }, "9.99"},
		"a custom number too large":    {"number_within", req, params{"field": "custom_fields.beds", "max": "30"}, "WITHIN_CUSTOM_FIELDS_BEDS", func(f *fixture) { f.req.CustomFields["beds"] = 31 }, "31"},
		"an end before the start":      {"date_after", plc, params{"field": "end_date", "other": "start_date", "or_same": "yes"}, "AFTER_END_DATE", func(f *fixture) { f.plc.EndDate = "2026-11-30" }, "2026-11-30 is too early"},
		"an end on the start":          {"date_after", plc, params{"field": "end_date", "other": "start_date"}, "AFTER_END_DATE", func(f *fixture) { f.plc.EndDate = f.plc.StartDate }, "too early"},
		"a start today":                {"date_after", req, params{"field": "start_date", "other": "today"}, "AFTER_START_DATE", func(f *fixture) { f.req.StartDate = "2026-11-24" }, "2026-11-24"},
		"a start yesterday":            {"date_after", req, params{"field": "start_date", "other": "today", "or_same": "yes"}, "AFTER_START_DATE", func(f *fixture) { f.req.StartDate = "2026-11-23" }, "2026-11-23"},
		"a start before a day":         {"date_after", req, params{"field": "start_date", "other": "2026-12-01", "or_same": "yes"}, "AFTER_START_DATE", func(f *fixture) { f.req.StartDate = "2026-11-30" }, "2026-11-30"},
		"a start too soon":             {"start_ahead_by_days", req, params{"days": "7"}, "AHEAD_START_DATE", func(f *fixture) { f.req.StartDate = "2026-11-30" }, "2026-11-30 is not 7 days ahead"},
		"an unknown cost centre":       {"cost_centre_in_list", plc, params{"list": "centres"}, "CC_IN_LIST_COST_CENTRES", func(f *fixture) { f.plc.CostCentres[0].Code = "Z" }, "not in the list centres"},
		"another department's centre":  {"cost_centre_in_list", plc, params{"list": "centres", "by_department": "yes"}, "CC_IN_LIST_COST_CENTRES", func(f *fixture) { f.req.Department = "Kitchen" }, "not for this department"},
		"a rate above the NTE":         {"bill_rate_within_nte", sub, params{}, "RATE_OFFERED_BILL_RATE_AMOUNT", func(f *fixture) { f.sub.Offered.BillRate = usd("100.01") }, "100.01 is above"},
		"a placement above the NTE":    {"bill_rate_within_nte", plc, params{}, "RATE_BILL_RATE_AMOUNT", func(f *fixture) { f.plc.BillRate = usd("100.01") }, "100.01"},
		"a rate above the card":        {"bill_rate_within_nte", req, params{"list": "card", "key": "custom_fields.job_code"}, "RATE_BILL_RATE_MAX", func(f *fixture) { f.req.CustomFields["job_code"] = "ER" }, "95 is above"},
		"a rate that no card has":      {"bill_rate_within_nte", req, params{"list": "card", "key": "custom_fields.job_code"}, "RATE_BILL_RATE_MAX", func(f *fixture) { f.req.CustomFields["job_code"] = "??" }, "95"},
		"one candidate too many":       {"max_submittals", sub, params{"most": "2"}, "MAX_SUBMITTALS", func(f *fixture) { f.facts["live_submissions"] = 2 }, "takes 2 candidates for a requisition; 2 are"},
		"the same person again":        {"duplicate_window", sub, params{"days": "90"}, "DUPLICATE_WINDOW", func(f *fixture) { f.facts["last_to_client"] = "2026-10-01" }, "on 2026-10-01, less than 90 days ago"},
		"a window that nobody counted": {"duplicate_window", sub, params{"days": "90"}, "DUPLICATE_WINDOW", func(f *fixture) { delete(f.facts, "last_to_client") }, "less than 90 days"},
		"a rule of their own":          {"free", req, params{"assert": `req.title != "Boss"`}, "RULE", func(f *fixture) { f.req.Title = "Boss" }, "own words"},
	} {
		t.Run(name, func(t *testing.T) {
			message := ""
			if c.form == "free" {
				message = "own words"
			}
			r, err := Build(c.form, c.on, c.params, staffing.SeverityError, message)
			if err != nil || r.ID != c.id {
				t.Fatalf("got %+v, %v", r, err)
			}
			s, err := Compile([]staffing.Rule{r}, formLists())
			if err != nil {
				t.Fatal(err)
			}
			f := forFormTest()
			if got := f.check(s, c.on); len(got) > 0 {
				t.Errorf("a good record breaks it: %+v", got)
			}
			c.spoil(f)
			if got := f.check(s, c.on); len(got) != 1 || !strings.Contains(got[0].Message, c.message) || strings.Contains(got[0].Message, "could not be evaluated") || got[0].Field != r.Field {
				t.Errorf("got %+v", got)
			}
			if form, params, ok := RecogniseForm(r); !ok || form != c.form || !maps.Equal(params, c.params) {
				t.Errorf("%q is recognised as %s %q", r.Assert, form, params)
			}
		})
	}
}

func forFormTest() *fixture {
	f := clean()
	f.req.Number, f.req.Department, f.req.HoursPerWeek = "R-1", "Wards", ptr(dec("38"))
	f.req.CustomFields = map[string]any{"shift": "day", "beds": 12, "job_code": "ICU"}
	f.plc.CostCentres = []staffing.Allocation{{Code: "A", Percent: dec("100")}}
	f.facts["last_to_client"] = ""
	return f
}

func TestBuildNamesTheWrongParameter(t *testing.T) {
	for name, c := range map[string]struct {
		form   string
		on     staffing.Subject
		params map[string]string
		field  string
	}{
		"no field":               {"required", staffing.SubjectPlacement, nil, "field"},
		"a field with operators": {"required", staffing.SubjectPlacement, map[string]string{"field": "a || b"}, "field"},
		"no values":              {"one_of", staffing.SubjectPlacement, map[string]string{"field": "status", "values": "\n"}, "values"},
		"a pattern that is none": {"pattern", staffing.SubjectPlacement, map[string]string{"field": "status", "pattern": "("}, "pattern"},
		"no bound":               {"number_within", staffing.SubjectPlacement, map[string]string{"field": "hours_per_week"}, "min"},
		"a bound that is none":   {"number_within", staffing.SubjectPlacement, map[string]string{"field": "hours_per_week", "min": "ten"}, "min"},
		"days that are none":     {"start_ahead_by_days", staffing.SubjectPlacement, map[string]string{"days": "soon"}, "days"},
		"no such day":            {"date_after", staffing.SubjectPlacement, map[string]string{"field": "end_date", "other": "2026-02-31"}, "other"},
		"a card without a key":   {"bill_rate_within_nte", staffing.SubjectPlacement, map[string]string{"list": "card"}, "key"},
		"no expression":          {"free", staffing.SubjectPlacement, nil, "assert"},
		"another subject":        {"max_submittals", staffing.SubjectPlacement, map[string]string{"most": "1"}, ""},
		"no such form":           {"nope", staffing.SubjectPlacement, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Build(c.form, c.on, c.params, staffing.SeverityError, "")
			if staffing.CodeOf(err) != staffing.Invalid {
				t.Fatalf("got %v", err)
			}
			if e := err.(*staffing.Error); e.Field != c.field { //nolint:errorlint // it is one, see above
				t.Errorf("the error is about %q: %v", e.Field, err)
			}
		})
	}
}

// TestAnyFormIsRecognised draws parameters for every form.
func TestAnyFormIsRecognised(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(Forms()).Draw(t, "form")
		on := rapid.SampledFrom(f.On).Draw(t, "on")
		params := map[string]string{}
		for _, p := range f.Params {
			if v := drawParam(t, f, p); v != "" {
				params[p.Name] = v
			}
		}
		if f.Name == "bill_rate_within_nte" && (params["list"] == "") != (params["key"] == "") {
			t.Skip("one needs the other")
		}
		r, err := Build(f.Name, on, params, staffing.SeverityWarning, "m")
		if err != nil {
			if params["min"]+params["max"] == "" {
				t.Skip("no bound")
			}
			t.Fatalf("%v: %s %q", err, f.Name, params)
		}
		if _, err := Compile([]staffing.Rule{r}, map[string]map[string]string{"l": {}}); err != nil {
			t.Fatal(err)
		}
		name, got, ok := RecogniseForm(r)
		if !ok || name != f.Name || !maps.Equal(got, params) {
			t.Fatalf("when %s assert %s: got %s %q, want %s %q", r.When, r.Assert, name, got, f.Name, params)
		}
	})
}

func drawParam(t *rapid.T, f Form, p Param) string {
	if !p.Required && !rapid.Bool().Draw(t, "has "+p.Name) {
		return ""
	}
	switch {
	case p.Name == "assert":
		return "1 + 1 == 3"
	case p.Name == "only_if":
		return rapid.SampledFrom([]string{`client.code == "A"`, `client.code in ["(", "b"] || true`}).Draw(t, p.Name)
	case p.Name == "other":
		return rapid.SampledFrom([]string{"today", "2026-12-31", "start_date", "client.code"}).Draw(t, p.Name)
	case p.Type == "field":
		return rapid.SampledFrom([]string{"status", "custom_fields.a", `custom_fields["x y"]`, "client.name", "locations[0].city"}).Draw(t, p.Name)
	case p.Type == "lines":
		return "a \"b\"\n{{c}}"
	case p.Type == "list":
		return "l"
	case p.Type == "choice":
		return "yes"
	case f.Name == "number_within":
		return rapid.StringMatching(`[1-9][0-9]{0,3}\.[0-9]?[1-9]`).Draw(t, p.Name)
	case p.Type == "number":
		return rapid.StringMatching(`[1-9][0-9]{0,2}`).Draw(t, p.Name)
	}
	return `^[A-Z]{2}-\d+"$`
}

func TestOnlyIfStaysApart(t *testing.T) {
	r := staffing.Rule{On: staffing.SubjectRequisition, When: `req.status == "open"`, Assert: `req.start_date != ""`}
	if name, params, ok := RecogniseForm(r); !ok || name != "required" || params["field"] != "start_date" || params["only_if"] != r.When {
		t.Errorf("got %s %q", name, params)
	}
	r = staffing.Rule{On: staffing.SubjectRequisition, When: `req.start_date != "" && (true) || (false)`, Assert: `req.start_date in ["a"]`}
	if name, _, _ := RecogniseForm(r); name != "free" {
		t.Errorf("a condition that goes on is taken apart: %s", name)
	}
	if _, _, ok := RecogniseForm(staffing.Rule{On: staffing.SubjectRequisition}); ok {
		t.Error("a rule of nothing is recognised")
	}
}

func TestFormsAreWhole(t *testing.T) {
	for _, f := range Forms() {
		if f.Label == "" || f.Help == "" || len(f.On) == 0 || !slices.ContainsFunc(f.Params, func(p Param) bool { return p.Name == "only_if" }) {
			t.Errorf("%+v", f)
		}
	}
	for _, f := range forms() {
		for _, v := range f.variants {
			if len(v.assert.Holes()) == 0 && f.field == nil {
				t.Errorf("a variant of %s has no holes", f.Name)
			}
		}
	}
}
