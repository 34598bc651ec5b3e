package expr

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

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
	if !json.Valid(raw) {
		return nil, refused(raw)
	}
	r := &reader{raw: raw}
	if r.skip(); r.raw[r.at] != '{' {
		return nil, staffing.Errorf(staffing.Invalid, "the payload is not a JSON object")
	}
	return r.object(), nil
}

// refused says what is wrong with a payload that is not JSON.
func refused(raw json.RawMessage) error {
	var v any
	dec := json.NewDecoder(bytes.NewReader(raw))
	if err := dec.Decode(&v); err != nil {
		return &staffing.Error{Code: staffing.Invalid, Message: "the payload is not a JSON object", Err: err}
	}
	return staffing.Errorf(staffing.Invalid, "the payload goes on after its JSON object")
}

// reader builds values from JSON that was found valid. It is half the work of
// decoding into plain values first: a payload is read for every record that is
// mapped.
type reader struct {
	raw []byte
	at  int
}

func (r *reader) skip() {
	for {
		switch r.raw[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// next steps over a sign, and over the blanks around it.
func (r *reader) next() {
	r.skip()
	r.at++
	r.skip()
}

func (r *reader) value() any {
	switch r.raw[r.at] {
	case '{':
		return r.object()
	case '[':
		return r.list()
	case '"':
		return r.text()
	}
	from := r.at
	for r.at < len(r.raw) && strings.IndexByte(",]} \t\r\n", r.raw[r.at]) < 0 {
		r.at++
	}
	switch s := r.raw[from:r.at]; s[0] {
	case 't':
		return true
	case 'f':
		return false
	case 'n':
		return nil
	default:
		return number(string(s))
	}
}

func (r *reader) object() Object {
	out := Object{}
	r.next()
	for r.raw[r.at] != '}' {
		key := r.text()
		r.next() // the colon
		out[key] = r.value()
		if r.skip(); r.raw[r.at] == ',' {
			r.next()
		}
	}
	r.at++
	return out
}

func (r *reader) list() List {
	out := List{}
	r.next()
	for r.raw[r.at] != ']' {
		out = append(out, r.value())
		if r.skip(); r.raw[r.at] == ',' {
			r.next()
		}
	}
	r.at++
	return out
}

func (r *reader) text() string {
	from, escaped := r.at, false
	for r.at++; r.raw[r.at] != '"'; r.at++ {
		if r.raw[r.at] == '\\' {
			escaped = true
			r.at++
		}
	}
	r.at++
	s := r.raw[from:r.at]
	if !escaped && utf8.Valid(s) {
		return string(s[1 : len(s)-1])
	}
	var out string
	if json.Unmarshal(s, &out) != nil {
		return "" // it is valid, so this cannot be
	}
	return out
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
