package expr

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"

	"cel.dev/cel-go/common/types"

	"github.com/tributary-hub/tributary/staffing"
)

// maxPayload is the largest payload that is decoded, in bytes. Connectors cap
// bodies long before.
const maxPayload = 32 << 20

// Decode reads a JSON object for use as a variable. Whole numbers that fit 64
// bits stay exact; other numbers become doubles when a double holds all their
// digits, and keep their digits as strings when it does not: no amount and no id
// is ever rounded. Anything but one JSON object is a [staffing.Invalid] error.
func Decode(raw json.RawMessage) (Object, error) {
	if len(raw) > maxPayload {
		return nil, staffing.Errorf(staffing.Invalid, "the payload is larger than %d MiB", maxPayload>>20)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		return nil, &staffing.Error{Code: staffing.Invalid, Message: "the payload is not a JSON object", Err: err}
	}
	if m == nil {
		return nil, staffing.Errorf(staffing.Invalid, "the payload is null, not a JSON object")
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, staffing.Errorf(staffing.Invalid, "the payload goes on after its JSON object")
	}
	return object(m), nil
}

func object(m map[string]any) Object {
	for k, v := range m {
		switch x := v.(type) {
		case map[string]any:
			m[k] = object(x)
		case []any:
			m[k] = list(x)
		case json.Number:
			m[k] = number(string(x))
		}
	}
	return m
}

func list(l []any) List {
	for i, v := range l {
		switch x := v.(type) {
		case map[string]any:
			l[i] = object(x)
		case []any:
			l[i] = list(x)
		case json.Number:
			l[i] = number(string(x))
		}
	}
	return l
}

// number gives a JSON number as Int, Double or, where both would lose digits, as
// the string of its digits.
func number(s string) any {
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return types.Int(i)
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || significant(s) > 15 {
		return s
	}
	return types.Double(f)
}

// significant counts the significant digits of a JSON number.
func significant(s string) int {
	mantissa, _, _ := strings.Cut(strings.ToLower(s), "e")
	mantissa = strings.TrimLeft(mantissa, "-0.")
	if strings.Contains(s, ".") {
		mantissa = strings.TrimRight(mantissa, "0")
	}
	return len(strings.ReplaceAll(mantissa, ".", ""))
}

// From turns plain Go values (of json.Unmarshal, or written by hand) into values
// that expressions read: maps become Objects, slices Lists, at any depth. It
// does not change v.
func From(v any) any {
	switch x := v.(type) {
	case map[string]any:
		out := make(Object, len(x))
		for k, e := range x {
			out[k] = From(e)
		}
		return out
	case map[string]string:
		out := make(Object, len(x))
		for k, e := range x {
			out[k] = e
		}
		return out
	case []any:
		out := make(List, len(x))
		for i, e := range x {
			out[i] = From(e)
		}
		return out
	case []string:
		out := make(List, len(x))
		for i, e := range x {
			out[i] = e
		}
		return out
	case json.Number:
		return number(string(x))
	default:
		return v
	}
}
