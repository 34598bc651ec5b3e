package rules

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

func rule(id, when, assert, message string) staffing.Rule {
	return staffing.Rule{ID: id, On: staffing.SubjectRequisition, When: when, Assert: assert, Severity: staffing.SeverityWarning, Message: message, Field: "title"}
}

func mustCompile(t *testing.T, rules []staffing.Rule) *Set {
	t.Helper()
	s, err := Compile(rules, map[string]map[string]string{"sites": {"SF": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCheckFillsMessagesAndKeepsTheOrder(t *testing.T) {
	s := mustCompile(t, []staffing.Rule{
		rule("B", "", `req.openings > 5`, "{{ req.openings }} openings for {{ client.name }}"),
		rule("A", `req.title == "other"`, `false`, "does not apply"),
		rule("C", "", `lookup("sites", req.locations[0].code) != ""`, "no site {{ req.locations[0].code }}"),
		{ID: "P", On: staffing.SubjectPlacement, Assert: "false", Severity: staffing.SeverityError, Message: "another subject"},
	})
	req := staffing.Requisition{Openings: 2, Locations: []staffing.Location{{Code: "LA"}}}
	got := s.Check(context.Background(), staffing.SubjectRequisition, Input{Requisition: &req, Client: staffing.Client{Name: "Acme"}})
	if len(got) != 2 || got[0].Message != "2 openings for Acme" || got[0].Rule != "B" || got[0].Severity != staffing.SeverityWarning || got[0].Field != "title" || got[1].Message != "no site LA" {
		t.Errorf("got %+v", got)
	}
}

func TestRuleThatCannotBeEvaluatedNeverPasses(t *testing.T) {
	big := staffing.Requisition{CustomFields: map[string]any{"list": make([]any, 1000)}}
	for name, r := range map[string]staffing.Rule{
		"a failing assert":       rule("X", "", `parse_date("soon") != ""`, "m"),
		"a failing condition":    rule("X", `parse_date("soon") != ""`, `true`, "m"),
		"an assert of no bool":   rule("X", "", `"yes" + req.title`, "m"),
		"a loop without an end":  rule("X", "", `req.custom_fields.list.all(a, req.custom_fields.list.all(b, req.custom_fields.list.all(c, a == b)))`, "m"),
		"a comparison of kinds":  rule("X", "", `req.title > 3`, "m"),
		"a message out of order": rule("X", "", `false`, `{{ parse_date("soon") }}`),
	} {
		t.Run(name, func(t *testing.T) {
			got := mustCompile(t, []staffing.Rule{r}).Check(context.Background(), staffing.SubjectRequisition, Input{Requisition: &big})
			if len(got) != 1 {
				t.Fatalf("got %+v", got)
			}
			if name == "a message out of order" {
				if got[0].Message != "?" {
					t.Errorf("got %+v", got)
				}
				return
			}
			if got[0].Severity != staffing.SeverityError || !strings.HasPrefix(got[0].Message, "the rule X could not be evaluated: ") {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestEndedContextNeverPasses(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	req := staffing.Requisition{CustomFields: map[string]any{"list": make([]any, 1000)}}
	s := mustCompile(t, []staffing.Rule{rule("X", "", `req.custom_fields.list.all(a, true)`, "m")})
	if got := s.Check(ctx, staffing.SubjectRequisition, Input{Requisition: &req}); len(got) != 1 || got[0].Severity != staffing.SeverityError {
		t.Errorf("got %+v", got)
	}
}

func TestCompileNamesEveryWrongRule(t *testing.T) {
	_, err := Compile([]staffing.Rule{
		rule("A", "", "raw.x", "m"),
		rule("B", "1 +", "true", "m"),
		rule("C", "", "true", "{{ nope }}"),
		{ID: "D", On: "webhook", Assert: "true", Severity: "fatal"},
		rule("E", "", "true", "m"), rule("E", "", "true", "m"),
		rule("", "", "true", "m"),
	}, nil)
	if staffing.CodeOf(err) != staffing.Invalid {
		t.Fatal(err)
	}
	for _, want := range []string{"rules.A.assert", "rules.B.when", "rules.C.message", "rules.D: a rule is on", "rules.D: a severity", "rules.D: a rule needs a message", "rules.E: the rule stands twice", "rules[6]: a rule needs an id"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	var x *expr.Error
	if !errors.As(err, &x) || x.Line != 1 {
		t.Errorf("the error has no position: %+v", x)
	}
}

func TestMergeReplacesByCodeAndSubject(t *testing.T) {
	base := []staffing.Rule{rule("A", "", "true", "a"), {ID: "A", On: staffing.SubjectPlacement, Message: "p"}}
	got := Merge(base, []staffing.Rule{rule("Z", "", "true", "z"), rule("A", "", "false", "new")})
	if len(got) != 3 || got[0].Message != "new" || got[1].Message != "p" || got[2].ID != "Z" || base[0].Message != "a" {
		t.Errorf("got %+v", got)
	}
}

func TestNilSetFindsNothing(t *testing.T) {
	var s *Set
	if s.Check(context.Background(), staffing.SubjectRequisition, Input{}) != nil || s.Rules() != nil {
		t.Error("a nil set finds something")
	}
}

// fixture is a requisition, a submission and a placement that break no rule.
type fixture struct {
	req   staffing.Requisition
	sub   staffing.Submission
	plc   staffing.Placement
	facts map[string]any
}

func dec(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func ptr[T any](v T) *T { return &v }

func usd(amount string) *staffing.Rate {
	return &staffing.Rate{Amount: dec(amount), Currency: "USD", Unit: staffing.Hour}
}

func clean() *fixture {
	now := testNow()
	f := &fixture{facts: map[string]any{"live_submissions": 1, "requisition_open": true, "duplicate_own": false}}
	f.req = staffing.Requisition{
		ExternalID: "1", Title: "Nurse", Status: staffing.ReqOpen, AcceptingSubmissions: true, Openings: 1, OpeningsTotal: 2, MaxSubmissions: 2,
		RespondBy: &staffing.Instant{At: now.Add(time.Hour)}, StartDate: "2026-12-01", EndDate: "2027-03-01",
		BillRate: staffing.RateRange{Min: ptr(dec("80")), Max: ptr(dec("95.00")), Currency: "USD", Unit: staffing.Hour}, NTE: usd("100"),
		CostCentres:    []staffing.Allocation{{Code: "A", Percent: dec("33.333")}, {Code: "B", Percent: dec("66.667")}},
		ResumeRequired: true, Questions: []staffing.Question{{Name: "Licence", Required: true, Options: []string{"yes", "no"}, OptionsComplete: true}, {Name: "Notes"}},
	}
	f.sub = staffing.Submission{
		Candidate: staffing.Candidate{FirstName: "Ann", ResumeFileID: "9"}, Offered: staffing.Offered{BillRate: usd("95")},
		Answers: map[string]any{"Licence": "yes"},
	}
	f.plc = staffing.Placement{
		StartDate: "2026-12-01", EndDate: "2027-03-01", BillRate: usd("95.00"), Purchase: "PO1", WorkerType: staffing.Contract,
		CostCentres: []staffing.Allocation{{Code: "A", Percent: dec("100")}},
	}
	return f
}

func testNow() time.Time { return time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) }

func (f *fixture) check(s *Set, on staffing.Subject) []staffing.Finding {
	return s.Check(context.Background(), on, Input{Requisition: &f.req, Submission: &f.sub, Placement: &f.plc,
		Client: staffing.Client{Code: "C", Currency: "USD"}, Facts: f.facts, Now: testNow()})
}
