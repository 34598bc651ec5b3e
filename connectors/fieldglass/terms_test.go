package fieldglass_test

import (
	"context"
	"slices"
	"testing"

	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/fieldglass"
	"github.com/tributary-hub/tributary/staffing"
)

// hired gives the terms of a job seeker that was hired, after what happened then.
func hired(t *testing.T, spec sandbox.PostingSpec, then func(b *bench, order string)) staffing.Placement {
	t.Helper()
	b := setup(t, sandbox.Options{}, nil)
	posting, err := b.OpenPosting(spec)
	b.must(err)
	seeker, err := b.AddJobSeeker(posting, "Sam", "Rivera", "sam.rivera@example.test")
	b.must(err)
	order, err := b.Hire(seeker, sandbox.WorkOrderSpec{BillRate: "92.00", PayRate: "58.00"})
	b.must(err)
	then(b, order)
	record, err := b.open().Placement(context.Background(), staffing.SubmissionRef{ID: seeker, RequisitionID: posting})
	b.must(err)
	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Sam", LastName: "Rivera"}}
	plc, gaps, err := program(t).Placement(record.Raw, sub, staffing.Requisition{}, acme)
	if err != nil || len(gaps) > 0 {
		t.Fatal(gaps, err)
	}
	return plc
}

func TestAWorkOrderGivesTheBillRateOfItsOvertime(t *testing.T) {
	t.Parallel()
	nothing := func(*bench, string) {}
	with := engineer()
	with.DoubleTimeFactor = "2.000"
	if plc := hired(t, with, nothing); plc.BillRate.String() != "92.00 USD/hour" || plc.OvertimeRate == nil || plc.OvertimeRate.String() != "138.00 USD/hour" {
		t.Errorf("bill %s, overtime %v", plc.BillRate, plc.OvertimeRate)
	}
	without := engineer()
	without.OvertimeFactor = ""
	if plc := hired(t, without, nothing); plc.OvertimeRate != nil {
		t.Errorf("a work order without the class OT gives the overtime rate %s", plc.OvertimeRate)
	}
}

// The vendor closes a work order for a no-show as well as at its end: only a word
// that says which of them it was is an outcome.
func TestOnlyTheWordsOfAnEndOrANoShowAreAnOutcome(t *testing.T) {
	t.Parallel()
	doc := program(t).Document()
	set, err := rules.Compile(doc.Rules, doc.Lists)
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct {
		then  func(b *bench, order string)
		want  staffing.Outcome
		holds bool
	}{
		"one that goes on":             {func(*bench, string) {}, "", false},
		"a revised one goes on":        {func(b *bench, o string) { b.must(b.ReviseWorkOrder(o, func(*sandbox.WorkOrderSpec) {})) }, "", false},
		"a closed worker has ended":    {func(b *bench, o string) { b.must(b.CloseWorker(o)) }, staffing.OutcomeEnded, false},
		"a no-show":                    {func(b *bench, o string) { b.must(b.MarkNoShow(o)) }, staffing.OutcomeNoShow, false},
		"a closed one is for a person": {func(b *bench, o string) { b.must(b.CloseWorkOrder(o)) }, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plc := hired(t, engineer(), tc.then)
			if plc.Outcome != tc.want {
				t.Errorf("%s gives the outcome %q, want %q", plc.Status, plc.Outcome, tc.want)
			}
			held := slices.ContainsFunc(set.Check(context.Background(), staffing.SubjectPlacement, rules.Input{Placement: &plc}), func(f staffing.Finding) bool { return f.Rule == "WORK_ORDER_STATUS" })
			if held != tc.holds {
				t.Errorf("%s: held is %v", plc.Status, held)
			}
		})
	}
}
