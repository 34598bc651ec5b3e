package staffing

import (
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// VersionKind is why a placement has another version of its terms.
type VersionKind string

// The kinds of version.
const (
	VersionHire         VersionKind = "hire"         // the terms of the hire
	VersionCorrection   VersionKind = "correction"   // a person set a term right
	VersionAmendment    VersionKind = "amendment"    // other terms from a day on
	VersionEarlyEnd     VersionKind = "early_end"    // it ends before it was to
	VersionCancellation VersionKind = "cancellation" // it is taken back
	VersionNoShow       VersionKind = "no_show"      // the worker never came
)

// VersionKinds lists every kind.
func VersionKinds() []VersionKind {
	return []VersionKind{VersionHire, VersionCorrection, VersionAmendment, VersionEarlyEnd, VersionCancellation, VersionNoShow}
}

// Void says that nothing stays billed after it.
func (k VersionKind) Void() bool { return k == VersionCancellation || k == VersionNoShow }

// Amendment is a change of terms that a person enters, with their day of effect.
// Changes are by the names and in the form that a correction has.
type Amendment struct {
	Kind          VersionKind
	EffectiveFrom Date
	Changes       map[string]string
	Reason        string
}

// KindOfChange says what new terms are to old ones.
func KindOfChange(before, after Placement) VersionKind {
	switch {
	case after.Outcome == OutcomeCancelled:
		return VersionCancellation
	case after.Outcome == OutcomeNoShow:
		return VersionNoShow
	case after.EndDate != "" && (before.EndDate == "" || after.EndDate < before.EndDate):
		return VersionEarlyEnd
	}
	return VersionAmendment
}

// EffectOf gives the first day on which new terms hold, as far as the terms say so:
// the day of a changed start, the day after an end that moved, or what the client
// names. "" means that nobody said; it is not guessed.
func EffectOf(kind VersionKind, before, after Placement) Date {
	switch {
	case kind.Void():
		return before.StartDate
	case before.StartDate != after.StartDate:
		return min(before.StartDate, after.StartDate)
	case after.EffectiveFrom != "" && after.EffectiveFrom != before.EffectiveFrom:
		return after.EffectiveFrom
	case after.WorkerType == Permanent && before.SameBilling(after):
		return after.StartDate
	case !before.SameBilling(after):
		return ""
	case before.EndDate == "" || after.EndDate != "" && after.EndDate < before.EndDate:
		return after.EndDate.AddDays(1)
	case after.EndDate != before.EndDate:
		return before.EndDate.AddDays(1)
	}
	return after.StartDate
}

// SameBilling says that a period costs the same by both terms, and on the same
// purchase order and cost centres.
func (p Placement) SameBilling(o Placement) bool {
	return p.WorkerType == o.WorkerType && sameRate(p.rateOf(), o.rateOf()) && p.perPeriod(Hour).Equal(o.perPeriod(Hour)) &&
		p.Purchase == o.Purchase && p.BillTo == o.BillTo && sameSplit(p.CostCentres, o.CostCentres)
}

func sameRate(a, b *Rate) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameMeasure(a, b) && a.Amount.Equal(b.Amount)
}

func sameSplit(a, b []Allocation) bool {
	return slices.EqualFunc(a, b, func(x, y Allocation) bool { return x.Code == y.Code && x.Percent.Equal(y.Percent) })
}

// Amending is a change of terms and what was billed before it.
type Amending struct {
	Kind      VersionKind
	Effective Date // the first day on which the new terms hold
	Today     Date
	Old, New  Placement
	Billed    []Bill // what is in the ERP of this placement, credits too, in order
}

// Amended is what a change of terms makes of the bills. References are the caller's
// to give.
type Amended struct {
	Bills    []Bill
	Findings []Finding
}

// Amend gives the bills that new terms cause over what is billed.
//
// Billed days on or after the day of effect are billed anew: when that day is past,
// by a credit and a re-bill, each with its amounts; otherwise by one delta that holds
// both. Where the new terms begin after all that is billed, the delta is their first
// period, as the first bill is that of the hire. An earlier end and a cancellation
// only credit. Terms that cost the same cause nothing.
func Amend(in Amending) Amended {
	var out Amended
	from, until := in.Effective, in.New.EndDate
	switch {
	case in.Kind.Void():
		from, until = "0001-01-01", "0000-12-31"
	case in.Old.StartDate != in.New.StartDate:
		from = "0001-01-01"
	case in.Kind == VersionEarlyEnd && in.New.WorkerType == Permanent:
		return out.leaver(in)
	case from == "":
		out.Findings = append(out.Findings, Finding{Rule: "EFFECTIVE_FROM_MISSING", Severity: SeverityError, Field: "effective_from",
			Message: "The terms changed after a bill was posted, and nobody says from which day on they hold."})
		return out
	}
	if len(in.Billed) == 0 {
		return out
	}
	credit := in.credit(from)
	rebill := in.rebill(from, until)
	if !in.Kind.Void() && len(credit.Lines) == 0 && len(rebill.Lines) == 0 {
		return out.ahead(in)
	}
	if in.Old.StartDate == in.New.StartDate && opposite(credit, rebill) {
		return out
	}
	return out.settle(in, credit, rebill)
}

// settle proposes what is taken back and what takes its place.
func (a Amended) settle(in Amending, credit, rebill Bill) Amended {
	backdated := in.Effective < in.Today || in.Kind.Void() || in.Old.StartDate != in.New.StartDate
	oneCurrency := credit.Currency == rebill.Currency && credit.PurchaseOrder == rebill.PurchaseOrder
	if !backdated && oneCurrency && len(rebill.Lines) > 0 && len(credit.Lines) > 0 {
		delta := rebill
		delta.Kind, delta.Date, delta.Lines, delta.Total = BillDelta, max(in.Effective, rebill.PeriodFrom), nil, decimal.Zero
		delta.add(credit.Lines...)
		delta.add(rebill.Lines...)
		a.Bills = append(a.Bills, delta)
		return a
	}
	for _, b := range []Bill{credit, rebill} {
		if len(b.Lines) > 0 {
			a.Bills = append(a.Bills, b)
		}
	}
	return a
}

// ahead gives the first period of terms that begin after all that is billed.
func (a Amended) ahead(in Amending) Amended {
	extended := in.New.EndDate > in.Old.EndDate && in.Old.EndDate != ""
	if in.Kind == VersionEarlyEnd || in.New.WorkerType == Permanent || in.New.rateOf() == nil || in.Old.SameBilling(in.New) && !extended {
		return a
	}
	span := billingPeriod(in.New.rateOf().Unit, in.Effective)
	if in.New.EndDate != "" {
		span.To = min(span.To, in.New.EndDate)
	}
	if span.IsEmpty() {
		return a
	}
	b := in.empty(BillDelta)
	b.Date, b.PurchaseOrder = span.From, in.New.Purchase
	in.New.bill(&b, "First period of the new terms: ", span)
	a.Bills = append(a.Bills, b)
	return a
}

// leaver proposes the fee of a permanent worker back who left within the guarantee.
func (a Amended) leaver(in Amending) Amended {
	day := Period{in.New.StartDate, in.New.EndDate}.Days()
	say := func(rule, format string, args ...any) {
		a.Findings = append(a.Findings, Finding{Rule: rule, Severity: SeverityWarning, Field: "guarantee_days", Message: fmt.Sprintf(format, args...)})
	}
	switch n := in.New.GuaranteeDays; {
	case n == nil:
		say("GUARANTEE_UNKNOWN", "The worker left after %d days; no guarantee is known, so nothing is credited.", day)
	case day <= *n:
		say("GUARANTEE_REFUND", "The worker left after %d days, within the guarantee of %d; the fee is proposed as a credit. A replacement may be agreed instead.", day, *n)
		if credit := in.credit("0001-01-01"); len(credit.Lines) > 0 {
			a.Bills = append(a.Bills, credit)
		}
	}
	return a
}

func (in Amending) empty(kind BillKind) Bill {
	b := Bill{Kind: kind}
	if n := len(in.Billed); n > 0 {
		last := in.Billed[n-1]
		b.ClientCode, b.ClientName, b.Item, b.Currency, b.PurchaseOrder = last.ClientCode, last.ClientName, last.Item, last.Currency, last.PurchaseOrder
	}
	return b
}

// credit takes back what is billed, and not taken back yet, for the days from one on.
func (in Amending) credit(from Date) Bill {
	out := in.empty(BillCredit)
	out.Date = in.Today
	var net []BillLine
	for _, b := range in.Billed {
		whole := b.Period()
		part := whole.Within(Period{from, whole.To})
		if part.IsEmpty() {
			continue
		}
		if b.Kind != BillCredit {
			out.Corrects = b.Reference
		}
		out.spread(part)
		for _, l := range b.Lines {
			net = addTo(net, l.from(part, whole, b.Currency))
		}
	}
	for _, l := range net {
		if !l.Quantity.IsZero() || !l.Amount.IsZero() {
			l.Description = "Credit: " + strings.TrimPrefix(l.Description, "Credit: ")
			l.Quantity, l.Amount = l.Quantity.Neg(), l.Amount.Neg()
			out.add(l)
		}
	}
	return out
}

// spread makes a bill's period reach over another one.
func (b *Bill) spread(p Period) {
	if b.PeriodFrom == "" {
		b.PeriodFrom, b.PeriodTo = p.From, p.To
		return
	}
	b.PeriodFrom, b.PeriodTo = min(b.PeriodFrom, p.From), max(b.PeriodTo, p.To)
}

// rebill bills the covered days anew from one on, by the new terms. A start that
// moved is billed from the new start.
func (in Amending) rebill(from, until Date) Bill {
	out := in.empty(BillRebill)
	if in.Kind.Void() || in.New.billable() != nil {
		return out
	}
	out.Date, out.PurchaseOrder, out.Currency = in.Today, in.New.Purchase, in.New.rateOf().Currency
	spans := in.covered()
	if in.Old.StartDate != in.New.StartDate {
		spans = []Period{billingPeriod(in.New.rateOf().Unit, in.New.StartDate)}
	}
	for _, span := range spans {
		span = span.Within(Period{from, span.To})
		if until != "" && in.New.WorkerType != Permanent {
			span.To = min(span.To, until)
		}
		if span.IsEmpty() {
			continue
		}
		before := Period{out.PeriodFrom, out.PeriodTo}
		in.New.bill(&out, "By the new terms: ", span)
		if before.From != "" {
			out.spread(before)
		}
	}
	if len(out.Lines) > 0 {
		out.Corrects = in.Billed[len(in.Billed)-1].Reference
	}
	return out
}

// covered gives the spans of days that are billed, without overlaps.
func (in Amending) covered() []Period {
	var all []Period
	for _, b := range in.Billed {
		if b.Kind != BillCredit {
			all = append(all, b.Period())
		}
	}
	slices.SortFunc(all, func(a, b Period) int { return strings.Compare(string(a.From), string(b.From)) })
	var out []Period
	for _, p := range all {
		if n := len(out); n > 0 && p.From <= out[n-1].To.AddDays(1) {
			out[n-1].To = max(out[n-1].To, p.To)
			continue
		}
		out = append(out, p)
	}
	return out
}

// from gives what of a line falls on the days of part, which ends with the whole. A
// line that is cut in two at any day adds up to itself.
func (l BillLine) from(part, whole Period, currency string) BillLine {
	rest := Period{whole.From, part.From.AddDays(-1)}
	n, of := rest.share(whole)
	cut := func(d decimal.Decimal) decimal.Decimal {
		return d.Mul(decimal.NewFromInt(n)).Div(decimal.NewFromInt(of))
	}
	l.Quantity = l.Quantity.Sub(cut(l.Quantity).Round(4))
	l.Amount = l.Amount.Sub(RoundMoney(cut(l.Amount), currency))
	return l
}

// addTo adds a line to the one that costs the same for the same cost centre.
func addTo(net []BillLine, l BillLine) []BillLine {
	for i := range net {
		n := &net[i]
		if n.Unit == l.Unit && n.UnitPrice.Equal(l.UnitPrice) && n.CostCentre == l.CostCentre {
			n.Quantity, n.Amount = n.Quantity.Add(l.Quantity), n.Amount.Add(l.Amount)
			return net
		}
	}
	return append(net, l)
}

// opposite says that a re-bill restores just what a credit takes back.
func opposite(credit, rebill Bill) bool {
	if credit.Currency != rebill.Currency || credit.PurchaseOrder != rebill.PurchaseOrder {
		return len(credit.Lines)+len(rebill.Lines) == 0
	}
	var net []BillLine
	for _, l := range slices.Concat(credit.Lines, rebill.Lines) {
		net = addTo(net, l)
	}
	return !slices.ContainsFunc(net, func(l BillLine) bool { return !l.Amount.IsZero() || !l.Quantity.IsZero() })
}
