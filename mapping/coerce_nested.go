package mapping

import (
	"fmt"
	"reflect"
	"sort"
)

func (c *coercers) toPointer(t reflect.Type) coercer {
	inner := c.forType(t.Elem())
	return func(v any, dst reflect.Value) error {
		p := reflect.New(t.Elem())
		if err := inner(v, p.Elem()); err != nil {
			return err
		}
		dst.Set(p)
		return nil
	}
}

// toStruct takes a map whose keys are all fields; empty entries are left out.
func (c *coercers) toStruct(t reflect.Type) coercer {
	type part struct {
		index  int
		coerce coercer
	}
	parts := map[string]part{}
	for _, name := range jsonNames(t) {
		f, _ := fieldByJSON(t, name)
		parts[name] = part{f.Index[0], c.forType(f.Type)}
	}
	return func(v any, dst reflect.Value) error {
		m, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("a map is needed, got %s", shape(v))
		}
		out := reflect.New(t).Elem()
		for _, name := range sortedKeys(m) {
			p, ok := parts[name]
			switch {
			case !ok:
				return fmt.Errorf("there is no field %s in it", quote(name))
			case isEmpty(m[name]):
				continue
			}
			if err := p.coerce(m[name], out.Field(p.index)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		dst.Set(out)
		return nil
	}
}

// toSlice takes a list, or one value as a list of one. Empty elements fall out.
func (c *coercers) toSlice(t reflect.Type) coercer {
	inner := c.forType(t.Elem())
	return func(v any, dst reflect.Value) error {
		l, ok := v.([]any)
		if !ok {
			l = []any{v}
		}
		out := reflect.MakeSlice(t, 0, len(l))
		for i, e := range l {
			if isEmpty(e) {
				continue
			}
			one := reflect.New(t.Elem()).Elem()
			if err := inner(e, one); err != nil {
				return fmt.Errorf("element %d: %w", i+1, err)
			}
			out = reflect.Append(out, one)
		}
		dst.Set(out)
		return nil
	}
}

func (c *coercers) toMap(t reflect.Type) coercer {
	inner := c.forType(t.Elem())
	return func(v any, dst reflect.Value) error {
		m, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("a map is needed, got %s", shape(v))
		}
		out := reflect.MakeMapWithSize(t, len(m))
		for _, k := range sortedKeys(m) {
			if isEmpty(m[k]) {
				continue
			}
			one := reflect.New(t.Elem()).Elem()
			if err := inner(m[k], one); err != nil {
				return fmt.Errorf("%s: %w", k, err)
			}
			out.SetMapIndex(reflect.ValueOf(k), one)
		}
		if dst.IsNil() {
			dst.Set(out)
			return nil
		}
		for it := out.MapRange(); it.Next(); { // other cells set single keys of it
			dst.SetMapIndex(it.Key(), it.Value())
		}
		return nil
	}
}

func sortedKeys(m map[string]any) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
