package setu_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	sandbox "github.com/tributary-hub/tributary/sandbox/setu"
	"github.com/tributary-hub/tributary/staffing"
)

func terms(t *testing.T, raw json.RawMessage) staffing.Placement {
	t.Helper()
	sub := staffing.Submission{Candidate: staffing.Candidate{FirstName: "Piet", LastName: "van der Berg"}}
	plc, gaps, err := program(t).Placement(raw, sub, staffing.Requisition{Number: "RFQ1"}, client())
	if err != nil || len(gaps) > 0 {
		t.Fatalf("error %v, gaps %+v\n%s", err, gaps, raw)
	}
	return plc
}

// pushed gives the terms of a message that the client pushed.
func (o *opened) pushed(message any) staffing.Placement {
	o.t.Helper()
	list := o.events(message)
	if len(list) != 1 {
		o.t.Fatalf("%d events", len(list))
	}
	return terms(o.t, list[0].Record.Raw)
}

func shown(r *staffing.Rate) string {
	if r == nil {
		return ""
	}
	return r.String()
}

// Amounts of version 2 are without the multiplier; version 1.4 says which they are.
func TestAnAssignmentGivesTheBillRateOfItsOvertime(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	old := sandbox.OldAssignment("RFQ1", "W-1", "active")
	v2 := func(from, to string) any {
		b, err := json.Marshal(sandbox.Assignment("A1", "RFQ1", "W-1"))
		o.must(err)
		var out any
		o.must(json.Unmarshal([]byte(strings.Replace(string(b), from, to, 1)), &out))
		return out
	}
	for name, tc := range map[string]struct {
		message          any
		overtime, factor string
	}{
		"version 2":                        {v2("", ""), "57.75 EUR/hour", "1.5"},
		"version 2, a part of several":     {v2("HourlyConsolidated", "HourlySplit"), "", ""},
		"version 2, another code":          {v2("HT200", "HT300"), "", ""},
		"version 1.4, with the multiplier": {old, "57.75 EUR/hour", "1.5"},
		"version 1.4, without it":          {strings.Replace(strings.Replace(old, ">true<", ">false<", 1), "57.75", "38.50", 1), "57.75 EUR/hour", "1.5"},
		"version 1.4, nobody says":         {strings.Replace(old, "<InclusiveRate>true</InclusiveRate>", "", 1), "", "1.5"},
		"version 1.4, a factor":            {strings.Replace(old, "<Multiplier>150", `<Multiplier percentIndicator="false">1.5`, 1), "57.75 EUR/hour", "1.5"},
		"version 1.4, a per cent":          {strings.Replace(old, "<Multiplier>150", `<Multiplier percentIndicator="true">150`, 1), "57.75 EUR/hour", "1.5"},
		"version 1.4, a named class":       {strings.Replace(old, "<IdValue>Overtime", `<IdValue name="class">Overtime`, 1), "57.75 EUR/hour", "1.5"},
		"version 1.4, a shift":             {strings.Replace(old, "<IdValue>Overtime", `<IdValue>Shift`, 1), "", ""},
	} {
		plc := o.pushed(tc.message)
		factor := ""
		if plc.OvertimeMultiplier != nil {
			factor = plc.OvertimeMultiplier.String()
		}
		if shown(plc.BillRate) != "38.50 EUR/hour" || shown(plc.OvertimeRate) != tc.overtime || factor != tc.factor {
			t.Errorf("%s: bill %s, overtime %s, times %s", name, shown(plc.BillRate), shown(plc.OvertimeRate), factor)
		}
	}
}

func TestOnlyTheStatusOfVersionOneIsAnOutcome(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	for status, want := range map[string]staffing.Outcome{"active": "", "inactive": "", "suspended": "", "pending": "", "revised": "",
		"ended": staffing.OutcomeEnded, "cancelled": staffing.OutcomeCancelled} {
		if got := o.pushed(sandbox.OldAssignment("RFQ1", "W-1", status)).Outcome; got != want {
			t.Errorf("an assignment that is %s gives the outcome %q, want %q", status, got, want)
		}
	}
	for status, want := range map[string]staffing.Outcome{"new": "", "closed": "", "cancelled": staffing.OutcomeCancelled} {
		if got := o.pushed(sandbox.Order{ID: "PO1", Offer: "x", Status: status}.XML()).Outcome; got != want {
			t.Errorf("an order that is %s gives the outcome %q, want %q", status, got, want)
		}
	}
	over := sandbox.Assignment("A1", "RFQ1", "W-1")
	period, _ := over["positionProfile"].(map[string]any)["positionPeriod"].(map[string]any) // it has one
	period["actualEnd"] = "2027-03-31"
	if plc := o.pushed(over); plc.Outcome != "" || plc.EndDate != "2027-03-31" {
		t.Errorf("version 2 gives the outcome %q and the end %s", plc.Outcome, plc.EndDate)
	}
}

// A client that is invoiced itself, or says nothing, leaves the term empty.
func TestAnOrderOfVersionOneSaysWhoIsInvoiced(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	plc := o.pushed(sandbox.Order{ID: "PO1", Offer: "x"}.XML())
	if plc.BillTo != "VKB-INKOOP" || plc.BillingContact.Name != "Crediteuren" || plc.BillingContact.Email != "facturen@client.example" || plc.BillingCycle != "Weekly" {
		t.Errorf("%q %+v %q", plc.BillTo, plc.BillingContact, plc.BillingCycle)
	}
	old := sandbox.OldAssignment("RFQ1", "W-1", "active")
	if plc = o.pushed(old); plc.BillTo != "VKB-INKOOP" {
		t.Errorf("the assignment's invoice goes to %q", plc.BillTo)
	}
	if plc = o.pushed(strings.Replace(old, "VKB-INKOOP", "223445", 1)); plc.BillTo != "" {
		t.Errorf("the customer itself is named as %q", plc.BillTo)
	}
	if plc = o.pushed(sandbox.Order{ID: "PO1", Offer: "x"}.JSON()); plc.BillTo != "" || plc.BillingContact != (staffing.Contact{}) || plc.BillingCycle != "" {
		t.Errorf("version 2, which has no such members, gives %q %+v %q", plc.BillTo, plc.BillingContact, plc.BillingCycle)
	}
}

func TestARateThatChangedNamesItsDay(t *testing.T) {
	o := setup(t, sandbox.Options{}, nil, nil)
	rec, err := o.sink().Submit(context.Background(), submission(t, o.job(), "W-1"))
	o.must(err)
	o.client.Assign(rec.ID, o.job(), "W-1")
	src, _ := o.conn.(staffing.PlacementSource) // it is one
	read := func() staffing.Placement {
		got, err := src.Placement(context.Background(), staffing.SubmissionRef{ID: rec.ID})
		o.must(err)
		return terms(t, got.Raw)
	}
	if plc := read(); plc.EffectiveFrom != "" {
		t.Errorf("rates that hold from the start name the day %s", plc.EffectiveFrom)
	}
	o.must(o.client.Reprice(rec.ID, "40.00", "2027-03-01"))
	if plc := read(); plc.EffectiveFrom != "2027-03-01" || shown(plc.BillRate) != "40.00 EUR/hour" || shown(plc.OvertimeRate) != "60.00 EUR/hour" {
		t.Errorf("from %q, bill %s, overtime %s", plc.EffectiveFrom, shown(plc.BillRate), shown(plc.OvertimeRate))
	}
}

func TestTheSimulatedMessagesOfVersionOneFitTheSchemas(t *testing.T) {
	s := sides(t)
	for _, m := range []string{sandbox.OldAssignment("RFQ1", "W-1", "ended"), sandbox.Order{ID: "PO1", Offer: "x"}.XML()} {
		if err := s.document([]byte(xml.Header + m)); err != nil {
			t.Error(err)
		}
	}
}
