package expr

import (
	"strings"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
)

// maxDigits caps the digits of an amount: arithmetic on decimals with absurd
// exponents would take the whole machine.
const maxDigits = 40

// ParseAmount reads an amount as systems and people write it: a number,
// "1,234.50", "1.234,50", "$95.00", "USD 95", "95.00 / hr", "(12.50)". It gives
// an [staffing.Invalid] error for anything else, and for no amount ok is false.
func ParseAmount(s string) (d decimal.Decimal, ok bool, err error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return decimal.Zero, false, nil
	}
	digits, valid := amountDigits(s)
	if !valid {
		return decimal.Zero, false, staffing.Errorf(staffing.Invalid, "%s is not an amount", quoted(s))
	}
	d, derr := decimal.NewFromString(digits)
	if derr != nil {
		return decimal.Zero, false, staffing.Errorf(staffing.Invalid, "%s is not an amount", quoted(s))
	}
	return d, true, nil
}

// amountDigits strips an amount to sign, digits and one point.
func amountDigits(s string) (string, bool) {
	if isPlainNumber(s) {
		return s, len(s) <= maxDigits
	}
	negative := false
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		negative, s = true, s[1:len(s)-1]
	}
	s = stripPer(s)
	start := strings.IndexAny(s, "0123456789")
	end := strings.LastIndexAny(s, "0123456789")
	if start < 0 {
		return "", false
	}
	before, after := strings.TrimSpace(s[:start]), strings.TrimSpace(s[end+1:])
	if strings.HasSuffix(before, ".") && !isCurrencyMark(before) {
		before, start = strings.TrimSpace(before[:len(before)-1]), start-1 // ".50"
	}
	if m, ok := strings.CutPrefix(before, "-"); ok {
		before, negative = strings.TrimSpace(m), true
	} else if m, ok := strings.CutSuffix(before, "-"); ok {
		before, negative = strings.TrimSpace(m), true
	}
	if !isCurrencyMark(before) || !isCurrencyMark(after) {
		return "", false
	}
	number, ok := separators(s[start : end+1])
	if !ok || len(number) > maxDigits {
		return "", false
	}
	if negative {
		number = "-" + number
	}
	return number, true
}

func isPlainNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, frac, point := strings.Cut(s, ".")
	return allDigits(whole) && (!point || allDigits(frac))
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// stripPer cuts "/hr", "per hour" and "p.a." off.
func stripPer(s string) string {
	lower := strings.ToLower(s)
	for _, mark := range []string{"/", " per ", " p.a", " an hour", " a day"} {
		if i := strings.Index(lower, mark); i > 0 && i < len(s) && !strings.ContainsAny(s[i:], "0123456789") {
			s, lower = s[:i], lower[:i]
		}
	}
	return strings.TrimSpace(s)
}

// isCurrencyMark accepts nothing, a currency sign with or without letters ("$",
// "US$", "€"), and a code of three capitals.
func isCurrencyMark(s string) bool {
	if s == "" {
		return true
	}
	if len(s) == 3 && s == strings.ToUpper(s) && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" {
		return true
	}
	rest := strings.Trim(strings.TrimLeft(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ "), " ")
	switch rest {
	case "$", "€", "£", "¥", "₹", "kr", "zł", "Rs.", "Rs", "Fr.", "CHF":
		return true
	}
	return false
}

// separators tells the decimal mark from the marks between thousands.
func separators(s string) (string, bool) {
	s = strings.Map(func(r rune) rune {
		switch r {
		case ' ', '\u00a0', '\u202f', '\'', '’':
			return -1
		}
		return r
	}, s)
	point, comma := strings.LastIndexByte(s, '.'), strings.LastIndexByte(s, ',')
	mark := byte('.')
	switch {
	case point >= 0 && comma >= 0 && comma > point:
		mark = ','
	case point < 0 && strings.Count(s, ",") == 1 && len(s)-comma-1 != 3:
		mark = ','
	case comma < 0 && strings.Count(s, ".") > 1: // 1.234.567
		mark = ','
	}
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= '0' && c <= '9':
			b.WriteByte(c)
		case c == mark && i == strings.LastIndexByte(s, mark):
			if strings.Count(s, string(mark)) > 1 {
				return "", false
			}
			b.WriteByte('.')
		case c == '.' || c == ',':
			if groupAfter(s[i+1:]) != 3 {
				return "", false
			}
		default:
			return "", false
		}
	}
	out := b.String()
	if strings.HasPrefix(out, ".") {
		out = "0" + out
	}
	return out, out != ""
}

// groupAfter counts the digits up to the next mark.
func groupAfter(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// amountOf reads a value as an amount. A map with an amount in it (a rate) is
// read by that.
func amountOf(v ref.Val) (decimal.Decimal, bool, error) {
	switch x := v.(type) {
	case types.Int:
		return decimal.NewFromInt(int64(x)), true, nil
	case Object:
		for _, key := range []string{"amount", "value"} {
			if e, ok := x[key]; ok {
				return amountOf(adapter{}.NativeToValue(e))
			}
		}
	}
	s, ok := text(v)
	if !ok {
		return decimal.Zero, false, staffing.Errorf(staffing.Invalid, "%s is not an amount", kindOf(v))
	}
	return ParseAmount(s)
}

// money gives an amount as a string of digits.
func money(a []ref.Val) ref.Val {
	d, ok, err := amountOf(a[0])
	switch {
	case err != nil:
		return types.NewErrFromString(err.Error())
	case !ok:
		return absent{}
	}
	return types.String(d.String())
}

// rate gives a rate as a map, or nothing when there is no amount.
func rate(a []ref.Val) ref.Val {
	m := money(a[:1])
	if types.IsError(m) || isNull(m) {
		return m
	}
	out := Object{"amount": m}
	if c, _ := text(a[1]); c != "" {
		out["currency"] = strings.ToUpper(strings.TrimSpace(c))
	}
	if u, _ := text(a[2]); u != "" {
		out["unit"] = string(UnitOf(u))
	}
	return out
}

func unit(a []ref.Val) ref.Val {
	s, _ := text(a[0])
	return types.String(UnitOf(s))
}

// UnitOf gives the unit of a rate for a vendor's word, or "" for a word it does
// not know.
func UnitOf(word string) staffing.Unit {
	w := strings.ToLower(strings.TrimSpace(word))
	w = strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(w, "/"), "per "), "per_")
	switch strings.Trim(strings.TrimPrefix(strings.TrimPrefix(w, "per-"), "a "), " .") {
	case "h", "hr", "hrs", "hour", "hours", "hourly", "stunde", "heure", "uur", "perhour":
		return staffing.Hour
	case "d", "day", "days", "daily", "tag", "jour", "perday":
		return staffing.Day
	case "w", "wk", "week", "weeks", "weekly", "perweek":
		return staffing.Week
	case "m", "mo", "mth", "month", "months", "monthly", "permonth":
		return staffing.Month
	case "y", "yr", "yrs", "year", "years", "yearly", "annual", "annually", "annum", "p.a", "pa", "peryear", "salary":
		return staffing.Year
	case "each", "ea", "unit", "piece", "item", "deliverable":
		return staffing.Each
	case "flat", "fixed", "once", "one-time", "one time", "fee", "lump sum", "total", "project":
		return staffing.Flat
	}
	return ""
}

// arithmetic works on decimals; with no amount on either side there is no result.
func arithmetic(op string) func([]ref.Val) ref.Val {
	return func(a []ref.Val) ref.Val {
		x, y, out := twoAmounts(a)
		if out != nil {
			return out
		}
		switch op {
		case "add":
			x = x.Add(y)
		case "sub":
			x = x.Sub(y)
		default:
			x = x.Mul(y)
		}
		if len(x.String()) > 2*maxDigits {
			return types.NewErr("the amount has too many digits")
		}
		return types.String(x.String())
	}
}

// divide rounds half up to the given number of places.
func divide(a []ref.Val) ref.Val {
	x, y, out := twoAmounts(a)
	if out != nil {
		return out
	}
	places, ok := a[2].(types.Int)
	if !ok || places < 0 || places > maxDigits {
		return types.NewErr("div needs the number of decimal places as its third value")
	}
	if y.IsZero() {
		return types.NewErr("division by zero")
	}
	return types.String(x.DivRound(y, int32(places)).String())
}

// compare gives -1, 0 or 1; no amount counts as zero, so that a rule can compare
// without asking first.
func compare(a []ref.Val) ref.Val {
	x, _, err := amountOf(a[0])
	if err != nil {
		return types.NewErrFromString(err.Error())
	}
	y, _, err := amountOf(a[1])
	if err != nil {
		return types.NewErrFromString(err.Error())
	}
	return types.Int(x.Cmp(y))
}

// sum adds the amounts of a list up; an empty list gives "0".
func sum(a []ref.Val) ref.Val {
	total := decimal.Zero
	for e := range elements(a[0]) {
		d, _, err := amountOf(e)
		if err != nil {
			return types.NewErrFromString(err.Error())
		}
		total = total.Add(d)
	}
	return types.String(total.String())
}

func twoAmounts(a []ref.Val) (x, y decimal.Decimal, out ref.Val) {
	x, okX, err := amountOf(a[0])
	if err != nil {
		return x, y, types.NewErrFromString(err.Error())
	}
	y, okY, err := amountOf(a[1])
	if err != nil {
		return x, y, types.NewErrFromString(err.Error())
	}
	if !okX || !okY {
		return x, y, absent{}
	}
	return x, y, nil
}

// quoted shows a value in an error, cut to a length that fits a page.
func quoted(s string) string {
	const most = 60
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return `"` + s + `"`
}
