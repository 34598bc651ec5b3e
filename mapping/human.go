package mapping

import (
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// PathLabel gives a field of a record in words, by the path that a comparison has
// for it: "Places of work 1 (city)" for locations.0.city.
func PathLabel(section, path string) string {
	label, _, rest := fieldOf(section, path)
	var inner []string
	for i, p := range rest {
		if n, err := strconv.Atoi(p); err == nil && i == 0 {
			label += " " + strconv.Itoa(n+1)
		} else if err == nil {
			inner = append(inner, strconv.Itoa(n+1))
		} else {
			inner = append(inner, inWords(p))
		}
	}
	if len(inner) > 0 {
		label += " (" + strings.Join(inner, ", ") + ")"
	}
	return label
}

// fieldOf finds the canonical field that a path leads into, and what is left of the
// path then. A vendor's field is known by its first part.
func fieldOf(section, path string) (label, kind string, rest []string) {
	parts := strings.Split(path, ".")
	if len(parts) > 1 && (parts[0] == "custom_fields" || parts[0] == "billing_codes") {
		return Label(section, strings.Join(parts[:2], ".")), "any", parts[2:]
	}
	targets := Targets(section)
	for n := len(parts); n > 0; n-- {
		key := strings.Join(parts[:n], ".")
		for _, t := range targets {
			if t.Key == key {
				return t.Label, t.Type, parts[n:]
			}
		}
	}
	return Label(section, parts[0]), "any", parts[1:]
}

// HumanValue gives a value of a record as a person reads it: dates and times with
// the month in words, amounts in groups of three digits, yes and no, a choice
// without its underscores. What is none of these stays as it is.
func HumanValue(section, path, value string) string {
	_, kind, rest := fieldOf(section, path)
	if kind == "choice" && len(rest) == 0 {
		return inWords(value)
	}
	switch value {
	case "true":
		return "yes"
	case "false":
		return "no"
	}
	if d, err := time.Parse(time.DateOnly, value); err == nil {
		return d.Format("2 January 2006")
	}
	if at, err := time.Parse(time.RFC3339, value); err == nil {
		return at.UTC().Format("2 January 2006, 15:04 UTC")
	}
	if kind == "amount" || kind == "rate" && len(rest) == 1 && rest[0] == "amount" {
		return grouped(value)
	}
	return value
}

// grouped sets an amount in groups of three digits, with two decimals at least.
func grouped(value string) string {
	d, err := decimal.NewFromString(value)
	if err != nil || len(value) > 30 {
		return value
	}
	text := d.Abs().StringFixed(max(2, -d.Exponent()))
	whole, cents, _ := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if d.IsNegative() {
		whole = "-" + whole
	}
	return whole + "." + cents
}
