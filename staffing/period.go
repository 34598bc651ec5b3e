package staffing

import (
	"time"

	"github.com/shopspring/decimal"
)

// AddDays moves a date; no date stays none.
func (d Date) AddDays(n int) Date {
	if d == "" {
		return ""
	}
	return DateOf(d.Time().AddDate(0, 0, n))
}

// Period is a span of days, the first and the last included.
type Period struct{ From, To Date }

// IsEmpty says that no day lies in it.
func (p Period) IsEmpty() bool { return p.From == "" || p.To == "" || p.To < p.From }

// Within gives the days that are in both; it may be empty.
func (p Period) Within(o Period) Period {
	return Period{max(p.From, o.From), min(p.To, o.To)}
}

// Days counts the days.
func (p Period) Days() int {
	if p.IsEmpty() {
		return 0
	}
	return int(p.To.Time().Sub(p.From.Time())/(24*time.Hour)) + 1
}

// Workdays counts the days from Monday to Friday. Holidays are the ERP's business.
func (p Period) Workdays() int {
	n := p.Days()
	out := n / 7 * 5
	for i := n / 7 * 7; i < n; i++ {
		if w := p.From.AddDays(i).Time().Weekday(); w != time.Saturday && w != time.Sunday {
			out++
		}
	}
	return out
}

// share gives which part of the whole lies in p, in workdays; a whole that has none
// is shared by its days.
func (p Period) share(whole Period) (part, of int64) {
	p = p.Within(whole)
	if n := whole.Workdays(); n > 0 {
		return int64(p.Workdays()), int64(n)
	}
	return int64(p.Days()), int64(max(1, whole.Days()))
}

// billingPeriod is the first period of a rate from a day on: a week of hours, or
// one day, week, month or year. A flat amount has one day.
func billingPeriod(u Unit, from Date) Period {
	t := from.Time()
	switch u {
	case Hour, Week:
		return Period{from, from.AddDays(6)}
	case Month:
		return Period{from, DateOf(t.AddDate(0, 1, -1))}
	case Year:
		return Period{from, DateOf(t.AddDate(1, 0, -1))}
	default:
		return Period{from, from}
	}
}

// standardHours are a week's, where nobody says how many.
const standardHours = 40

// rateOf gives what a placement is billed by: its fee or its bill rate. Nil: neither.
func (p Placement) rateOf() *Rate {
	if p.WorkerType == Permanent {
		return p.Fee
	}
	return p.BillRate
}

// perPeriod is the quantity that a full billing period has.
func (p Placement) perPeriod(u Unit) decimal.Decimal {
	if u != Hour {
		return decimal.NewFromInt(1)
	}
	if p.HoursPerWeek != nil {
		return *p.HoursPerWeek
	}
	return decimal.NewFromInt(standardHours)
}

// quantity gives the units that lie in a span of days, at four decimals: the hours
// of its working weeks, its workdays, its share of weeks, months or years.
func (p Placement) quantity(u Unit, span Period) decimal.Decimal {
	if u == Day && span.Workdays() > 0 {
		return decimal.NewFromInt(int64(span.Workdays()))
	}
	sum, full := decimal.Zero, p.perPeriod(u)
	for left := span; !left.IsEmpty(); {
		whole := billingPeriod(u, left.From)
		part, of := left.share(whole)
		sum = sum.Add(full.Mul(decimal.NewFromInt(part)).Div(decimal.NewFromInt(of)))
		if u == Flat || u == Each {
			break
		}
		left.From = whole.To.AddDays(1)
	}
	return sum.Round(4)
}

// Planned is what a placement will be billed in all by its own terms; ok is false
// when an end, a start or a rate is missing. It is an estimate: hours per week,
// weeks, rate.
func (p Placement) Planned() (amount decimal.Decimal, currency string, ok bool) {
	r := p.rateOf()
	if r == nil || r.IsZero() || p.StartDate == "" {
		return decimal.Zero, "", false
	}
	if p.WorkerType == Permanent {
		return RoundMoney(r.Amount, r.Currency), r.Currency, true
	}
	span := Period{p.StartDate, p.EndDate}
	if span.IsEmpty() || span.Days() > 366*20 {
		return decimal.Zero, "", false
	}
	return RoundMoney(p.quantity(r.Unit, span).Mul(r.Amount), r.Currency), r.Currency, true
}
