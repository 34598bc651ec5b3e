package staffing

import (
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// Unit is what a rate is paid for.
type Unit string

// The units of a rate.
const (
	Hour  Unit = "hour"
	Day   Unit = "day"
	Week  Unit = "week"
	Month Unit = "month"
	Year  Unit = "year"
	Each  Unit = "each"
	Flat  Unit = "flat"
)

// Units lists every unit.
func Units() []Unit { return []Unit{Hour, Day, Week, Month, Year, Each, Flat} }

// Rate is an amount of a currency per unit. Amounts are decimals: never floats.
type Rate struct {
	Amount   decimal.Decimal `json:"amount"`
	Currency string          `json:"currency"` // ISO 4217
	Unit     Unit            `json:"unit"`
}

// IsZero says that no rate is set.
func (r Rate) IsZero() bool { return r.Amount.IsZero() }

// String gives "95.00 USD/hour", or "" for no rate. It hides no decimals of a rate.
func (r Rate) String() string {
	if r.IsZero() && r.Currency == "" {
		return ""
	}
	places := MinorUnits(r.Currency)
	for places < 4 && !r.Amount.Equal(r.Amount.Truncate(places)) {
		places++
	}
	s := r.Amount.StringFixed(places) + " " + r.Currency
	if r.Unit != "" && r.Unit != Flat {
		s += "/" + string(r.Unit)
	}
	return s
}

// RateRange is the span a client allows for a rate. A missing bound is nil.
type RateRange struct {
	Min      *decimal.Decimal `json:"min,omitempty"`
	Max      *decimal.Decimal `json:"max,omitempty"`
	Currency string           `json:"currency,omitempty"` // ISO 4217
	Unit     Unit             `json:"unit,omitempty"`
}

// IsZero says that neither bound is set.
func (r RateRange) IsZero() bool { return r.Min == nil && r.Max == nil }

// String gives "80.00-95.00 USD/hour", or "" for no range.
func (r RateRange) String() string {
	var parts []string
	for _, d := range []*decimal.Decimal{r.Min, r.Max} {
		if d != nil {
			parts = append(parts, d.StringFixed(2))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	if len(parts) == 2 && parts[0] == parts[1] {
		parts = parts[:1]
	}
	s := strings.Join(parts, "-") + " " + r.Currency
	if r.Unit != "" && r.Unit != Flat {
		s += "/" + string(r.Unit)
	}
	return strings.TrimSpace(s)
}

// Date is a calendar date without a zone, as YYYY-MM-DD; "" is no date. Dates of
// this form compare as strings.
type Date string

// ParseDate checks s and gives it as a Date.
func ParseDate(s string) (Date, error) {
	if s == "" {
		return "", nil
	}
	if _, err := time.Parse(time.DateOnly, s); err != nil {
		return "", Errorf(Invalid, "%q is not a date of the form YYYY-MM-DD", s)
	}
	return Date(s), nil
}

// DateOf gives the calendar date of t in t's own zone.
func DateOf(t time.Time) Date { return Date(t.Format(time.DateOnly)) }

// Time gives midnight UTC of the date; the zero time for no date.
func (d Date) Time() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d)) // a Date was checked when it was made
	return t
}

// UnmarshalText accepts "" and YYYY-MM-DD only.
func (d *Date) UnmarshalText(b []byte) error {
	v, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = v
	return nil
}

// Instant is a moment in UTC together with the vendor's own spelling of it.
type Instant struct {
	At       time.Time `json:"at"`
	Original string    `json:"original,omitempty"`
}

// String gives the moment in RFC 3339.
func (i Instant) String() string { return i.At.UTC().Format(time.RFC3339) }

// Markup is (bill - pay) / pay as a fraction, or zero when pay is zero.
func Markup(bill, pay decimal.Decimal) decimal.Decimal {
	if pay.IsZero() {
		return decimal.Zero
	}
	return bill.Sub(pay).DivRound(pay, 4)
}

// Margin is (bill - pay) / bill as a fraction, or zero when bill is zero.
func Margin(bill, pay decimal.Decimal) decimal.Decimal {
	if bill.IsZero() {
		return decimal.Zero
	}
	return bill.Sub(pay).DivRound(bill, 4)
}

var _ fmt.Stringer = Rate{}
