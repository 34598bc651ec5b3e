package greenhouse

import (
	"strings"
	"time"
)

// typedFields gives the custom fields of an object by name_key with values that a map
// can use without knowing the vendor's forms: amounts and numbers as texts of decimals,
// days as year-month-day, choices by their names. What is empty is left out.
func typedFields(objects ...row) row {
	out := row{}
	for _, o := range objects {
		fields, _ := o["custom_fields"].(map[string]any) // absent, or the empty list: none
		for _, key := range sortedKeys(fields) {
			field, ok := fields[key].(map[string]any)
			if !ok {
				continue
			}
			if v := typed(row(field)); v != nil {
				v["label"], v["type"] = field["name"], field["type"]
				out[key] = v
			}
		}
	}
	return out
}

// typed gives the value of a field; nil when it holds none.
func typed(field row) row {
	value := field["value"]
	switch kind := field.text("type"); kind {
	case "currency":
		return typedAmount(value)
	case "currency_range", "number_range":
		return typedRange(value)
	case "yes_no":
		return typedYesNo(value)
	case "multi_select":
		return typedList(value)
	case "date", "date_of_birth":
		return some(day(text(value)))
	default: // texts, numbers, single choices, users, and what the vendor adds
		return some(named(value))
	}
}

func some(s string) row {
	if s == "" {
		return nil
	}
	return row{"value": s}
}

func typedAmount(value any) row {
	m, ok := value.(map[string]any)
	if !ok {
		return some(text(value))
	}
	v := row(m)
	if v.text("amount") == "" {
		return nil
	}
	out := row{"value": v.text("amount"), "currency": strings.ToUpper(v.text("unit"))}
	for _, key := range []string{"compensation_type", "frequency"} {
		if s := named(v[key]); s != "" {
			out[key] = s
		}
	}
	return out
}

func typedRange(value any) row {
	m, ok := value.(map[string]any)
	if !ok {
		return nil
	}
	v := row(m)
	if v.text("min_value") == "" && v.text("max_value") == "" {
		return nil
	}
	out := row{"min": v.text("min_value"), "max": v.text("max_value")}
	if unit := v.text("unit"); unit != "" {
		out["currency"] = strings.ToUpper(unit)
	}
	return out
}

func typedYesNo(value any) row {
	switch strings.ToLower(text(value)) {
	case "true", "yes", "1":
		return row{"value": true}
	case "false", "no", "0":
		return row{"value": false}
	}
	return nil
}

func typedList(value any) row {
	list, ok := value.([]any)
	if !ok {
		return some(named(value))
	}
	names := []string{}
	for _, v := range list {
		names = appendNew(names, named(v))
	}
	if len(names) == 0 {
		return nil
	}
	return row{"value": names}
}

// named gives a plain value, or the name of an object such as a user or an option.
func named(v any) string {
	m, ok := v.(map[string]any)
	if !ok {
		return strings.TrimSpace(text(v))
	}
	for _, key := range []string{"name", "label", "value"} {
		if s := strings.TrimSpace(text(m[key])); s != "" {
			return s
		}
	}
	return ""
}

// day brings the two ways in which the vendor writes a day together; another one
// stays as it is, for the map to judge.
func day(s string) string {
	s = strings.TrimSpace(s)
	if at, err := time.Parse("01/02/2006", s); err == nil {
		return at.Format(time.DateOnly)
	}
	if len(s) > len(time.DateOnly) {
		if _, err := time.Parse(time.RFC3339, s); err == nil {
			return s[:len(time.DateOnly)]
		}
	}
	return s
}

// headcount counts the seats of a job. One that was closed without a hire was given
// up, so it counts nowhere.
func headcount(openings []row) row {
	open, filled, target := 0, 0, ""
	for _, o := range openings {
		switch {
		case o.bool("open"):
			open++
			if on := day(o.text("target_start_on")); on != "" && (target == "" || on < target) {
				target = on
			}
		case o.int("application_id") != 0:
			filled++
		}
	}
	return row{"open": open, "filled": filled, "total": open + filled, "given_up": len(openings) - open - filled, "target_start_on": orNull(target)}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}
