package staffing_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// agreed is a contract from Monday 6 April 2026 on: 40 hours a week at 95 USD.
func agreed(change ...func(*staffing.Placement)) staffing.Placement {
	p := staffing.Placement{WorkerName: "Ada Byron", StartDate: "2026-04-06", EndDate: "2026-10-02", Purchase: "PO-1",
		BillRate: &staffing.Rate{Amount: decimal.NewFromInt(95), Currency: "USD", Unit: staffing.Hour}}
	for _, f := range change {
		f(&p)
	}
	return p
}

func at(amount string) func(*staffing.Placement) {
	return func(p *staffing.Placement) {
		p.BillRate = &staffing.Rate{Amount: decimal.RequireFromString(amount), Currency: "USD", Unit: staffing.Hour}
	}
}

func ends(d staffing.Date) func(*staffing.Placement) {
	return func(p *staffing.Placement) { p.EndDate = d }
}

func starts(d staffing.Date) func(*staffing.Placement) {
	return func(p *staffing.Placement) { p.StartDate = d }
}

func perm(end staffing.Date, guarantee int) func(*staffing.Placement) {
	return func(p *staffing.Placement) {
		p.WorkerType, p.BillRate, p.EndDate = staffing.Permanent, nil, end
		p.Fee = &staffing.Rate{Amount: decimal.NewFromInt(24000), Currency: "USD", Unit: staffing.Flat}
		if guarantee > 0 {
			p.GuaranteeDays = &guarantee
		}
	}
}

func TestAmendments(t *testing.T) {
	split := func(p *staffing.Placement) {
		p.CostCentres = []staffing.Allocation{{Code: "A", Percent: decimal.NewFromInt(60)}, {Code: "B", Percent: decimal.NewFromInt(40)}}
	}
	for name, c := range map[string]struct {
		kind      staffing.VersionKind
		old, next staffing.Placement
		effective staffing.Date
		today     staffing.Date
		want      string
	}{
		"an extension bills its first week":                       {staffing.VersionAmendment, agreed(), agreed(ends("2026-12-31")), "2026-10-03", "2026-09-01", "delta 3800 2026-10-03..2026-10-09"},
		"a short extension bills its days":                        {staffing.VersionAmendment, agreed(), agreed(ends("2026-10-06")), "2026-10-03", "2026-09-01", "delta 1520 2026-10-03..2026-10-06"},
		"a rate that rises later bills its first week":            {staffing.VersionAmendment, agreed(), agreed(at("99")), "2026-07-06", "2026-06-01", "delta 3960 2026-07-06..2026-07-12"},
		"a rate that rises within the billed week is a delta":     {staffing.VersionAmendment, agreed(), agreed(at("99")), "2026-04-08", "2026-04-01", "delta 96 2026-04-08..2026-04-12"},
		"a back-dated rate is credited and billed anew":           {staffing.VersionAmendment, agreed(), agreed(at("99")), "2026-04-06", "2026-05-01", "credit -3800 2026-04-06..2026-04-12, rebill 3960 2026-04-06..2026-04-12"},
		"a back-dated rate from Wednesday on":                     {staffing.VersionAmendment, agreed(), agreed(at("99")), "2026-04-08", "2026-05-01", "credit -2280 2026-04-08..2026-04-12, rebill 2376 2026-04-08..2026-04-12"},
		"a back-dated split moves the amount":                     {staffing.VersionAmendment, agreed(), agreed(split), "2026-04-06", "2026-05-01", "credit -3800 2026-04-06..2026-04-12, rebill 3800 2026-04-06..2026-04-12"},
		"an end after the billed week credits nothing":            {staffing.VersionEarlyEnd, agreed(), agreed(ends("2026-07-01")), "2026-07-02", "2026-06-01", ""},
		"an end within the billed week credits the rest":          {staffing.VersionEarlyEnd, agreed(), agreed(ends("2026-04-07")), "2026-04-08", "2026-04-10", "credit -2280 2026-04-08..2026-04-12"},
		"a cancellation credits all":                              {staffing.VersionCancellation, agreed(), agreed(), "2026-04-06", "2026-04-01", "credit -3800 2026-04-06..2026-04-12"},
		"a no-show credits all":                                   {staffing.VersionNoShow, agreed(), agreed(), "2026-04-06", "2026-04-07", "credit -3800 2026-04-06..2026-04-12"},
		"a start a week later moves the bill":                     {staffing.VersionAmendment, agreed(), agreed(starts("2026-04-13")), "2026-04-06", "2026-04-01", "credit -3800 2026-04-06..2026-04-12, rebill 3800 2026-04-13..2026-04-19"},
		"other terms that cost the same cause nothing":            {staffing.VersionAmendment, agreed(), agreed(func(p *staffing.Placement) { p.WorkSite = "Hall 3" }), "2026-04-06", "2026-05-01", ""},
		"a changed rate of which nobody says since when":          {staffing.VersionAmendment, agreed(), agreed(at("99")), "", "2026-05-01", "EFFECTIVE_FROM_MISSING"},
		"a permanent worker who leaves within the guarantee":      {staffing.VersionEarlyEnd, agreed(perm("", 60)), agreed(perm("2026-05-01", 60)), "2026-05-02", "2026-05-02", "credit -24000 2026-04-06..2026-04-06, GUARANTEE_REFUND"},
		"a permanent worker who leaves after the guarantee":       {staffing.VersionEarlyEnd, agreed(perm("", 20)), agreed(perm("2026-05-01", 20)), "2026-05-02", "2026-05-02", ""},
		"a permanent worker who leaves and no guarantee is known": {staffing.VersionEarlyEnd, agreed(perm("", 0)), agreed(perm("2026-05-01", 0)), "2026-05-02", "2026-05-02", "GUARANTEE_UNKNOWN"},
	} {
		t.Run(name, func(t *testing.T) {
			first, err := staffing.FirstBill("first", "ACME", "Acme", c.old)
			if err != nil {
				t.Fatal(err)
			}
			out := staffing.Amend(staffing.Amending{Kind: c.kind, Effective: c.effective, Today: c.today, Old: c.old, New: c.next, Billed: []staffing.Bill{first}})
			var got []string
			for _, b := range out.Bills {
				got = append(got, fmt.Sprintf("%s %s %s..%s", b.Kind, b.Total, b.PeriodFrom, b.PeriodTo))
			}
			for _, f := range out.Findings {
				got = append(got, f.Rule)
			}
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
		})
	}
}

// The kind and the day of a change follow from the terms, and where they do not, no
// day is given.
func TestKindAndDayOfAChange(t *testing.T) {
	outcome := func(o staffing.Outcome) func(*staffing.Placement) {
		return func(p *staffing.Placement) { p.Outcome = o }
	}
	from := func(d staffing.Date) func(*staffing.Placement) {
		return func(p *staffing.Placement) { p.EffectiveFrom = d }
	}
	for name, c := range map[string]struct {
		next staffing.Placement
		kind staffing.VersionKind
		day  staffing.Date
	}{
		"an extension":            {agreed(ends("2026-12-31")), staffing.VersionAmendment, "2026-10-03"},
		"an earlier end":          {agreed(ends("2026-06-30")), staffing.VersionEarlyEnd, "2026-07-01"},
		"another start":           {agreed(starts("2026-04-13")), staffing.VersionAmendment, "2026-04-06"},
		"a rate without a day":    {agreed(at("99")), staffing.VersionAmendment, ""},
		"a rate with its day":     {agreed(at("99"), from("2026-06-01")), staffing.VersionAmendment, "2026-06-01"},
		"a cancellation":          {agreed(outcome(staffing.OutcomeCancelled)), staffing.VersionCancellation, "2026-04-06"},
		"a worker who never came": {agreed(outcome(staffing.OutcomeNoShow)), staffing.VersionNoShow, "2026-04-06"},
	} {
		kind := staffing.KindOfChange(agreed(), c.next)
		if day := staffing.EffectOf(kind, agreed(), c.next); kind != c.kind || day != c.day {
			t.Errorf("%s: %s from %q, want %s from %q", name, kind, day, c.kind, c.day)
		}
	}
}
