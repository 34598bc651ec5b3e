package staffing_test

import (
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/tributary-hub/tributary/staffing"
)

var currencies = []string{"USD", "EUR", "JPY", "KWD"}

// anyTerms draws a contract placement whose split adds up to 100.
func anyTerms(t *rapid.T) staffing.Placement {
	currency := rapid.SampledFrom(currencies).Draw(t, "currency")
	unit := rapid.SampledFrom([]staffing.Unit{staffing.Hour, staffing.Day, staffing.Week, staffing.Month, staffing.Year}).Draw(t, "unit")
	money := func(name string) *staffing.Rate {
		return &staffing.Rate{Amount: decimal.New(rapid.Int64Range(1, 9_999_999).Draw(t, name), -rapid.Int32Range(0, 4).Draw(t, name+" decimals")), Currency: currency, Unit: unit}
	}
	hours := decimal.New(rapid.Int64Range(1, 800).Draw(t, "hours"), -1)
	p := staffing.Placement{WorkerName: "Ada", StartDate: anyDay(t, "start"), BillRate: money("bill"), PayRate: money("pay"), HoursPerWeek: &hours}
	left := int64(1_000_000)
	for n := rapid.IntRange(0, 4).Draw(t, "centres"); n > 0; n-- {
		share := left
		if n > 1 {
			share = rapid.Int64Range(1, left-int64(n)).Draw(t, "share")
		}
		left -= share
		p.CostCentres = append(p.CostCentres, staffing.Allocation{Code: string(rune('A' + n)), Percent: decimal.New(share, -4)})
	}
	return p
}

func anyDay(t *rapid.T, name string) staffing.Date {
	return staffing.Date("2026-01-01").AddDays(rapid.IntRange(0, 730).Draw(t, name))
}

func firstBill(t *rapid.T, p staffing.Placement) staffing.Bill {
	b, err := staffing.FirstBill("first", "ACME", "Acme", p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sums holds a bill against itself: whole smallest units, and lines that add up.
func sums(t *rapid.T, b staffing.Bill) {
	sum := decimal.Zero
	for _, l := range b.Lines {
		if !l.Amount.Equal(staffing.RoundMoney(l.Amount, b.Currency)) {
			t.Errorf("%s %s has more decimals than the currency", l.Amount, b.Currency)
		}
		if l.Quantity.Exponent() < -4 {
			t.Errorf("the quantity %s has more than four decimals", l.Quantity)
		}
		sum = sum.Add(l.Amount)
	}
	if !sum.Equal(b.Total) {
		t.Errorf("the lines add up to %s, the total is %s", sum, b.Total)
	}
}

func total(bills []staffing.Bill) (sum decimal.Decimal) {
	for _, b := range bills {
		sum = sum.Add(b.Total)
	}
	return sum
}

func TestSplitsAddUpToTheWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyTerms(t)
		b := firstBill(t, p)
		sums(t, b)
		whole := p
		whole.CostCentres = nil
		one := firstBill(t, whole)
		if !one.Total.Equal(b.Total) {
			t.Errorf("split %s, in one %s", b.Total, one.Total)
		}
		quantity := decimal.Zero
		for _, l := range b.Lines {
			quantity = quantity.Add(l.Quantity)
		}
		if !quantity.Equal(one.Lines[0].Quantity) {
			t.Errorf("split %s units, in one %s", quantity, one.Lines[0].Quantity)
		}
	})
}

func TestMarkupAndMarginAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyTerms(t)
		bill, pay := p.BillRate.Amount, p.PayRate.Amount
		p.Derive()
		if p.Markup == nil {
			t.Fatal("no markup was derived")
		}
		off := pay.Mul(decimal.NewFromInt(1).Add(*p.Markup)).Sub(bill).Abs()
		if off.GreaterThan(pay.Mul(decimal.New(1, -4))) {
			t.Errorf("pay %s with a markup of %s is not %s", pay, p.Markup, bill)
		}
		if m := staffing.Margin(bill, pay); m.IsPositive() != bill.GreaterThan(pay) && m.Abs().GreaterThan(decimal.New(1, -4)) {
			t.Errorf("bill %s, pay %s, margin %s", bill, pay, m)
		}
	})
}

// Whatever the amendment: what was billed with what it adds is what the new terms
// cost, to the smallest unit.
func TestCreditAndRebillMakeTheNewTerms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, next := anyTerms(t), anyTerms(t)
		next.StartDate = old.StartDate
		first := firstBill(t, old)
		out := staffing.Amend(staffing.Amending{Kind: staffing.VersionAmendment, Effective: old.StartDate, Today: old.StartDate.AddDays(30),
			Old: old, New: next, Billed: []staffing.Bill{first}})
		for _, b := range out.Bills {
			sums(t, b)
		}
		if len(out.Bills) != 2 || !out.Bills[0].Total.Equal(first.Total.Neg()) || out.Bills[0].Kind != staffing.BillCredit || out.Bills[1].Kind != staffing.BillRebill {
			t.Fatalf("a back-dated change of all terms gives %+v", out.Bills)
		}
		if next.BillRate.Unit == old.BillRate.Unit && !out.Bills[1].Total.Equal(firstBill(t, next).Total) {
			t.Errorf("re-billed are %s, the new terms cost %s", out.Bills[1].Total, firstBill(t, next).Total)
		}
	})
}

// A period that is taken back in two goes from both ends: the later part first, then
// the rest, to nothing.
func TestCreditsInPartsAddUpToTheBill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyTerms(t)
		first := firstBill(t, p)
		end := first.Period().From.AddDays(rapid.IntRange(0, first.Period().Days()-1).Draw(t, "end"))
		ended := p
		ended.EndDate = end
		billed := []staffing.Bill{first}
		for _, in := range []staffing.Amending{
			{Kind: staffing.VersionEarlyEnd, Effective: end.AddDays(1), Old: p, New: ended},
			{Kind: staffing.VersionCancellation, Effective: p.StartDate, Old: ended, New: ended},
		} {
			in.Today, in.Billed = "2028-06-01", billed
			out := staffing.Amend(in)
			for _, b := range out.Bills {
				sums(t, b)
				if b.Kind != staffing.BillCredit || b.Total.IsPositive() || b.Corrects != "first" {
					t.Errorf("a %s gives %+v", in.Kind, b)
				}
			}
			billed = append(billed, out.Bills...)
		}
		if left := total(billed); !left.IsZero() {
			t.Errorf("%s stays billed of a cancelled placement", left)
		}
	})
}

// A change within what is billed but still to come is one delta, and that is the
// difference that credit and re-bill would have made.
func TestADeltaIsTheDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old := anyTerms(t)
		next := old
		rate := *old.BillRate
		rate.Amount = rate.Amount.Add(decimal.NewFromInt(rapid.Int64Range(1, 50).Draw(t, "rise")))
		next.BillRate = &rate
		first := firstBill(t, old)
		day := first.Period().From.AddDays(rapid.IntRange(0, first.Period().Days()-1).Draw(t, "day"))
		in := staffing.Amending{Kind: staffing.VersionAmendment, Effective: day, Today: "2025-01-01", Old: old, New: next, Billed: []staffing.Bill{first}}
		ahead := staffing.Amend(in)
		in.Today = "2029-01-01"
		back := staffing.Amend(in)
		if len(ahead.Bills) > 1 || !total(ahead.Bills).Equal(total(back.Bills)) {
			t.Errorf("ahead of time %+v, back-dated %+v", ahead.Bills, back.Bills)
		}
		for _, b := range ahead.Bills {
			sums(t, b)
		}
	})
}

// What is billed once by amended terms is not billed again by the same terms.
func TestAnAmendmentTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		old, next := anyTerms(t), anyTerms(t)
		next.StartDate, next.BillRate.Unit, next.BillRate.Currency = old.StartDate, old.BillRate.Unit, old.BillRate.Currency
		in := staffing.Amending{Kind: staffing.VersionAmendment, Effective: old.StartDate, Today: "2029-01-01", Old: old, New: next, Billed: []staffing.Bill{firstBill(t, old)}}
		in.Billed = append(in.Billed, staffing.Amend(in).Bills...)
		in.Old = next
		if again := staffing.Amend(in); len(again.Bills) != 0 {
			t.Errorf("once more gives %+v", again.Bills)
		}
	})
}

// Tax is in whole smallest units, within half of one of the exact percentage, and a
// credit takes back exactly the tax of what it takes back.
func TestTaxOfABillIsRoundedOnceAndTakenBackWhole(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := firstBill(t, anyTerms(t))
		percent := decimal.New(rapid.Int64Range(0, 1_000_000).Draw(t, "percent"), -4)
		tax := b.Tax(percent)
		exact := b.Total.Mul(percent).Div(decimal.NewFromInt(100))
		half := decimal.New(5, -staffing.MinorUnits(b.Currency)-1)
		if !tax.Equal(staffing.RoundMoney(tax, b.Currency)) || tax.Sub(exact).Abs().GreaterThan(half) {
			t.Errorf("%s %% of %s %s is %s", percent, b.Total, b.Currency, tax)
		}
		credit := b
		credit.Total = b.Total.Neg()
		if !credit.Tax(percent).Add(tax).IsZero() {
			t.Errorf("the credit's tax is %s, the bill's %s", credit.Tax(percent), tax)
		}
	})
}
