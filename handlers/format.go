package handlers

import (
	"strings"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// amount writes money with at least two places and grouped thousands.
func amount(d decimal.Decimal) string {
	text := d.StringFixed(max(2, -d.Exponent()))
	if trimmed := strings.TrimRight(text, "0"); len(trimmed) < len(text) {
		whole, places, _ := strings.Cut(text, ".")
		text = whole + "." + places[:max(2, len(trimmed)-len(whole)-1)]
	}
	return group(text)
}

// group puts a comma between thousands of the whole part.
func group(text string) string {
	sign := ""
	if strings.HasPrefix(text, "-") {
		sign, text = "-", text[1:]
	}
	whole, rest, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		whole += "." + rest
	}
	return sign + whole
}

// rate writes "USD 95.00 / hour", or nothing.
func rate(r *staffing.Rate) string {
	if r == nil || r.IsZero() && r.Currency == "" {
		return ""
	}
	return perUnit(strings.TrimSpace(r.Currency+" "+amount(r.Amount)), r.Unit)
}

// rateRange writes "USD 80.00-95.00 / hour", or nothing.
func rateRange(r staffing.RateRange) string {
	var parts []string
	for _, d := range []*decimal.Decimal{r.Min, r.Max} {
		if d != nil && (len(parts) == 0 || parts[0] != amount(*d)) {
			parts = append(parts, amount(*d))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return perUnit(strings.TrimSpace(r.Currency+" "+strings.Join(parts, "-")), r.Unit)
}

func perUnit(text string, u staffing.Unit) string {
	if u == "" || u == staffing.Flat {
		return text
	}
	return text + " / " + string(u)
}

// percent writes a fraction as "24.5 %", or nothing for zero.
func percent(fraction decimal.Decimal) string {
	if fraction.IsZero() {
		return ""
	}
	return fraction.Shift(2).Round(1).String() + " %"
}

// allocations writes cost centres as a person types them.
func allocations(list []staffing.Allocation) string {
	if len(list) == 1 {
		return list[0].Code
	}
	var parts []string
	for _, a := range list {
		parts = append(parts, a.Code+":"+a.Percent.String())
	}
	return strings.Join(parts, ",")
}

// location writes where the work is, in the client's words if it must be.
func location(l staffing.Location) string {
	var parts []string
	for _, p := range []string{l.City, l.Region, l.Country} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	text := strings.Join(parts, ", ")
	if text == "" {
		text = l.Text
	}
	if l.Remote {
		text = strings.TrimPrefix(text+", remote", ", ")
	}
	return text
}

func locations(list []staffing.Location) string {
	var parts []string
	for _, l := range list {
		parts = append(parts, location(l))
	}
	return strings.Join(parts, "; ")
}

func decimalText(d *decimal.Decimal) string {
	if d == nil {
		return ""
	}
	return d.String()
}

// value gives what p points to, or the zero value.
func value[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func instant(i *staffing.Instant) string {
	if i == nil {
		return ""
	}
	return i.At.UTC().Format("2006-01-02 15:04 UTC")
}

// idOf gives the text of an id that may be missing.
func idOf(id *uuid.UUID) string {
	if id == nil {
		return ""
	}
	return id.String()
}
