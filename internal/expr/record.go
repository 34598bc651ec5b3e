package expr

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"github.com/shopspring/decimal"
)

// Record turns a canonical struct (or a pointer to one) into the map that
// expressions see as req, sub, plc, bill or client: keyed by JSON names, with
// zero values present ("" and 0 and false), nil pointers absent, decimals as
// strings of their digits and moments in RFC 3339.
func Record(v any) Object {
	o, _ := reflected(reflect.ValueOf(v)).(Object)
	return o
}

func reflected(v reflect.Value) any {
	if !v.IsValid() {
		return nil
	}
	switch x := v.Interface().(type) {
	case decimal.Decimal:
		return x.String()
	case time.Time:
		if x.IsZero() {
			return nil
		}
		return x.UTC().Format(time.RFC3339Nano)
	case json.RawMessage:
		o, _ := Decode(x)
		return o
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		return reflected(v.Elem())
	case reflect.Struct:
		return fieldsOf(v)
	case reflect.Slice, reflect.Array:
		out := make(List, v.Len())
		for i := range out {
			out[i] = reflected(v.Index(i))
		}
		return out
	case reflect.Map:
		return entriesOf(v)
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return types.Int(v.Int())
	case reflect.Float32, reflect.Float64:
		return types.Double(v.Float())
	default:
		return nil
	}
}

func fieldsOf(v reflect.Value) Object {
	t := v.Type()
	out := make(Object, t.NumField())
	for i := range t.NumField() {
		if name := JSONName(t.Field(i)); name != "" {
			out[name] = reflected(v.Field(i))
		}
	}
	return out
}

func entriesOf(v reflect.Value) Object {
	out := make(Object, v.Len())
	for it := v.MapRange(); it.Next(); {
		out[it.Key().String()] = reflected(it.Value())
	}
	return out
}

// JSONName gives the name of a struct field in JSON; "" for one that has none.
func JSONName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	if !f.IsExported() || name == "-" {
		return ""
	}
	if name == "" {
		return f.Name
	}
	return name
}
