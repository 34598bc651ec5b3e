package mapping

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// coercer puts a plain value (see expr.Native) into a field. It does not change
// the field when it gives an error.
type coercer func(v any, dst reflect.Value) error

// coercers makes a coercer for each type of the canonical structs.
type coercers struct{ places *expr.Places }

// leaf says that a struct is one value and has no parts that a path may name.
func (c *coercers) leaf(t reflect.Type) bool {
	return t == reflect.TypeFor[decimal.Decimal]() || t == reflect.TypeFor[time.Time]()
}

func (c *coercers) forType(t reflect.Type) coercer {
	switch t {
	case reflect.TypeFor[decimal.Decimal]():
		return toDecimal
	case reflect.TypeFor[time.Time]():
		return toTime
	case reflect.TypeFor[staffing.Date]():
		return toDate
	case reflect.TypeFor[staffing.Instant]():
		return c.toInstant()
	case reflect.TypeFor[staffing.Location]():
		return c.toLocation()
	case reflect.TypeFor[staffing.RequisitionStatus]():
		return oneOf(staffing.RequisitionStatuses())
	case reflect.TypeFor[staffing.WorkerType]():
		return oneOf(staffing.WorkerTypes())
	case reflect.TypeFor[staffing.Outcome]():
		return oneOf(staffing.Outcomes())
	case reflect.TypeFor[staffing.Unit]():
		return oneOf(staffing.Units())
	}
	switch t.Kind() {
	case reflect.Pointer:
		return c.toPointer(t)
	case reflect.Struct:
		return c.toStruct(t)
	case reflect.Slice:
		return c.toSlice(t)
	case reflect.Map:
		return c.toMap(t)
	case reflect.String:
		return toString
	case reflect.Bool:
		return toBool
	case reflect.Int:
		return toInt
	case reflect.Interface:
		return func(v any, dst reflect.Value) error {
			if v != nil {
				dst.Set(reflect.ValueOf(v))
			}
			return nil
		}
	}
	return func(any, reflect.Value) error { return fmt.Errorf("a field of type %s cannot be set", t) }
}

// scalarText gives a plain scalar as text.
func scalarText(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return x, true
	case bool:
		return strconv.FormatBool(x), true
	case int64:
		return strconv.FormatInt(x, 10), true
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64), true
	}
	return "", false
}

// shape names the form of a plain value for a message.
func shape(v any) string {
	switch x := v.(type) {
	case []any:
		return "a list"
	case map[string]any:
		return "a map"
	case nil:
		return "nothing"
	default:
		s, _ := scalarText(x)
		return quote(s)
	}
}

func toString(v any, dst reflect.Value) error {
	s, ok := scalarText(v)
	if !ok {
		return fmt.Errorf("a text is needed, got %s", shape(v))
	}
	dst.SetString(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "�"))
	return nil
}

func toBool(v any, dst reflect.Value) error {
	switch x := v.(type) {
	case bool:
		dst.SetBool(x)
		return nil
	case string:
		if b, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(x))); err == nil {
			dst.SetBool(b)
			return nil
		}
	}
	return fmt.Errorf("true or false is needed, got %s", shape(v))
}

func toInt(v any, dst reflect.Value) error {
	switch x := v.(type) {
	case int64:
		dst.SetInt(x)
		return nil
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1<<53 {
			dst.SetInt(int64(x))
			return nil
		}
	case string:
		if n, err := strconv.ParseInt(strings.TrimSpace(x), 10, 64); err == nil {
			dst.SetInt(n)
			return nil
		}
	}
	return fmt.Errorf("a whole number is needed, got %s", shape(v))
}

func toDecimal(v any, dst reflect.Value) error {
	s, ok := scalarText(v)
	if _, isBool := v.(bool); !ok || isBool {
		return fmt.Errorf("an amount is needed, got %s", shape(v))
	}
	d, ok, err := expr.ParseAmount(s)
	if err != nil || !ok {
		return fmt.Errorf("an amount is needed, got %s", shape(v))
	}
	dst.Set(reflect.ValueOf(d))
	return nil
}

func toDate(v any, dst reflect.Value) error {
	s, ok := v.(string)
	d, err := staffing.ParseDate(strings.TrimSpace(s))
	if !ok || err != nil {
		return fmt.Errorf("a date of the form YYYY-MM-DD is needed, got %s", shape(v))
	}
	dst.SetString(string(d))
	return nil
}

func toTime(v any, dst reflect.Value) error {
	s, _ := v.(string)
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return fmt.Errorf("a time in RFC 3339 is needed, got %s", shape(v))
	}
	dst.Set(reflect.ValueOf(t.UTC()))
	return nil
}

// toInstant takes what parse_time gives, or a text in RFC 3339.
func (c *coercers) toInstant() coercer {
	parts := c.toStruct(reflect.TypeFor[staffing.Instant]())
	return func(v any, dst reflect.Value) error {
		if s, ok := v.(string); ok {
			v = map[string]any{"at": s, "original": s}
		}
		return parts(v, dst)
	}
}

// toLocation takes what location gives, or a text, which is parsed.
func (c *coercers) toLocation() coercer {
	parts := c.toStruct(reflect.TypeFor[staffing.Location]())
	return func(v any, dst reflect.Value) error {
		if s, ok := v.(string); ok {
			dst.Set(reflect.ValueOf(c.places.Parse(s)))
			return nil
		}
		return parts(v, dst)
	}
}

func oneOf[T ~string](known []T) coercer {
	return func(v any, dst reflect.Value) error {
		s, _ := scalarText(v)
		if w := T(strings.TrimSpace(s)); slices.Contains(known, w) {
			dst.SetString(string(w))
			return nil
		}
		return fmt.Errorf("one of %v is needed, got %s", known, shape(v))
	}
}
