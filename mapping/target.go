package mapping

import (
	"reflect"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/internal/expr"
)

// target is where a cell of an inbound map puts its value: a path of fields into
// a canonical struct, and how a plain value becomes the field's type.
type target struct {
	fields []int   // indexes of fields from the struct down
	mapKey string  // when the path ends inside a map
	coerce coercer // into the field, or into the map's element
	elem   reflect.Type
}

// resolve finds the dotted path of JSON names in t. problem is empty when it is
// there.
func (c *coercers) resolve(t reflect.Type, path string) (out target, problem string) {
	names := strings.Split(path, ".")
	for i, name := range names {
		if t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		switch {
		case t.Kind() == reflect.Map:
			out.mapKey, out.elem = strings.Join(names[i:], "."), t.Elem()
			out.coerce = c.forType(t.Elem())
			if out.mapKey == "" {
				return out, "the name after the last dot is missing"
			}
			return out, ""
		case t.Kind() != reflect.Struct || c.leaf(t):
			return out, quote(strings.Join(names[:i], ".")) + " has no parts"
		}
		f, ok := fieldByJSON(t, name)
		if !ok {
			return out, "there is no field " + quote(name) + "; known are " + strings.Join(jsonNames(t), ", ")
		}
		out.fields = append(out.fields, f.Index[0])
		t = f.Type
	}
	out.coerce = c.forType(t)
	return out, ""
}

// set puts a plain value at its place in root, making pointers and maps on the way.
func (t *target) set(root reflect.Value, v any) error {
	dst := root
	for _, i := range t.fields {
		if dst.Kind() == reflect.Pointer {
			if dst.IsNil() {
				dst.Set(reflect.New(dst.Type().Elem()))
			}
			dst = dst.Elem()
		}
		dst = dst.Field(i)
	}
	if t.mapKey == "" {
		return t.coerce(v, dst)
	}
	e := reflect.New(t.elem).Elem()
	if err := t.coerce(v, e); err != nil {
		return err
	}
	if dst.IsNil() {
		dst.Set(reflect.MakeMap(dst.Type()))
	}
	dst.SetMapIndex(reflect.ValueOf(t.mapKey), e)
	return nil
}

func fieldByJSON(t reflect.Type, name string) (reflect.StructField, bool) {
	for i := range t.NumField() {
		if f := t.Field(i); expr.JSONName(f) == name && name != "" {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

func jsonNames(t reflect.Type) []string {
	var out []string
	for i := range t.NumField() {
		if name := expr.JSONName(t.Field(i)); name != "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// vendorPath splits a dotted path of an outbound map; a backslash keeps a dot.
func vendorPath(key string) []string {
	var out []string
	var b strings.Builder
	for i := 0; i < len(key); i++ {
		switch {
		case key[i] == '\\' && i+1 < len(key):
			i++
			b.WriteByte(key[i])
		case key[i] == '.':
			out = append(out, b.String())
			b.Reset()
		default:
			b.WriteByte(key[i])
		}
	}
	return append(out, b.String())
}

// put sets a value at a path of nested maps.
func put(root map[string]any, path []string, v any) {
	for _, name := range path[:len(path)-1] {
		next, ok := root[name].(map[string]any)
		if !ok {
			next = map[string]any{}
			root[name] = next
		}
		root = next
	}
	root[path[len(path)-1]] = v
}
