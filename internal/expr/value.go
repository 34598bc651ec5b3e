package expr

import (
	"fmt"
	"reflect"
	"sort"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// Object is a JSON object in the form that expressions read. A key that is not
// there gives an absent value. Its entries are Objects, Lists, strings, numbers
// (types.Int, types.Double), bools and nil.
type Object map[string]any

// List is a JSON array in the form that expressions read. An index that is not
// there gives an absent value.
type List []any

// absent is the value of what is not there. It selects to itself.
type absent struct{}

// tablesValue carries the code lists to lookup; nothing else can be done with it.
type tablesValue struct {
	absent
	tables tables
}

// Value implements ref.Val.
func (t tablesValue) Value() any { return t.tables }

// adapter turns native values into values of the language; it keeps Objects and
// Lists as they are, so that selection stays tolerant at any depth.
type adapter struct{}

// NativeToValue implements types.Adapter.
func (a adapter) NativeToValue(v any) ref.Val {
	switch x := v.(type) {
	case nil:
		return absent{}
	case string:
		return types.String(x)
	case ref.Val:
		return x
	case map[string]any:
		return Object(x)
	case []any:
		return List(x)
	default:
		return types.DefaultTypeAdapter.NativeToValue(v)
	}
}

// isNull says whether v is nothing: absent, or a null written in an expression.
func isNull(v ref.Val) bool {
	return v == absent{} || v == types.NullValue
}

// ConvertToNative implements ref.Val. Results leave the language through [Native].
func (absent) ConvertToNative(t reflect.Type) (any, error) { return noNative("an absent value", t) }

// ConvertToType implements ref.Val.
func (a absent) ConvertToType(t ref.Type) ref.Val {
	if t == types.TypeType {
		return types.NullType
	}
	return a
}

// Equal implements ref.Val: what is absent equals null and the empty string.
func (absent) Equal(o ref.Val) ref.Val { return types.Bool(isNull(o) || o == types.String("")) }

// Type implements ref.Val.
func (absent) Type() ref.Type { return types.NullType }

// Value implements ref.Val.
func (absent) Value() any { return nil }

// Get implements traits.Indexer: nothing leads to nothing.
func (a absent) Get(ref.Val) ref.Val { return a }

// IsSet implements traits.FieldTester.
func (absent) IsSet(ref.Val) ref.Val { return types.False }

// IsZeroValue lets optional.ofNonZeroValue see an absent value as none.
func (absent) IsZeroValue() bool { return true }

// FindStringKey is the fast path of selection by name.
func (o Object) FindStringKey(k string) (any, bool) {
	v, ok := o[k]
	return v, ok && v != nil
}

// Get implements traits.Indexer.
func (o Object) Get(k ref.Val) ref.Val {
	if s, ok := k.(types.String); ok {
		return adapter{}.NativeToValue(o[string(s)])
	}
	return absent{}
}

// IsSet implements traits.FieldTester; a key whose value is null is not set.
func (o Object) IsSet(k ref.Val) ref.Val {
	s, ok := k.(types.String)
	return types.Bool(ok && o[string(s)] != nil)
}

// Contains implements traits.Container (the in operator).
func (o Object) Contains(k ref.Val) ref.Val { return o.IsSet(k) }

// Size implements traits.Sizer.
func (o Object) Size() ref.Val { return types.Int(len(o)) }

// Iterator implements traits.Iterable: over the keys, in order.
func (o Object) Iterator() traits.Iterator {
	keys := make([]string, 0, len(o))
	for k := range o {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return types.NewStringList(adapter{}, keys).Iterator()
}

// ConvertToNative implements ref.Val.
func (o Object) ConvertToNative(t reflect.Type) (any, error) { return noNative("a map", t) }

// ConvertToType implements ref.Val.
func (o Object) ConvertToType(t ref.Type) ref.Val { return convertTo(o, t, types.MapType) }

// Equal implements ref.Val.
func (o Object) Equal(other ref.Val) ref.Val {
	m, ok := open(other).(Object)
	if !ok || len(m) != len(o) {
		return types.False
	}
	for k, v := range o {
		w, ok := m[k]
		if !ok || equal(adapter{}.NativeToValue(v), adapter{}.NativeToValue(w)) != types.True {
			return types.False
		}
	}
	return types.True
}

// Type implements ref.Val.
func (Object) Type() ref.Type { return types.MapType }

// Value implements ref.Val.
func (o Object) Value() any { return map[string]any(o) }

// IsZeroValue says whether the map is empty.
func (o Object) IsZeroValue() bool { return len(o) == 0 }

// FindInt64Key is the fast path of selection by index.
func (l List) FindInt64Key(i int64) (any, bool) {
	if i < 0 || i >= int64(len(l)) {
		return nil, false
	}
	return l[i], l[i] != nil
}

// Get implements traits.Indexer.
func (l List) Get(k ref.Val) ref.Val {
	if i, err := types.GetOrError(k); err == nil {
		if v, ok := l.FindInt64Key(int64(i)); ok {
			return adapter{}.NativeToValue(v)
		}
	}
	return absent{}
}

// IsSet implements traits.FieldTester.
func (l List) IsSet(k ref.Val) ref.Val { return types.Bool(l.Get(k) != ref.Val(absent{})) }

// Contains implements traits.Container (the in operator).
func (l List) Contains(v ref.Val) ref.Val {
	for _, e := range l {
		if equal(adapter{}.NativeToValue(e), v) == types.True {
			return types.True
		}
	}
	return types.False
}

// Size implements traits.Sizer.
func (l List) Size() ref.Val { return types.Int(len(l)) }

// Iterator implements traits.Iterable.
func (l List) Iterator() traits.Iterator { return l.plain().Iterator() }

// plain gives the list in the form that the library functions of the language know.
func (l List) plain() traits.Lister { return types.NewDynamicList(adapter{}, []any(l)) }

// ConvertToNative implements ref.Val.
func (l List) ConvertToNative(t reflect.Type) (any, error) { return noNative("a list", t) }

// ConvertToType implements ref.Val.
func (l List) ConvertToType(t ref.Type) ref.Val { return convertTo(l, t, types.ListType) }

// Equal implements ref.Val.
func (l List) Equal(other ref.Val) ref.Val {
	m, ok := open(other).(List)
	if !ok || len(m) != len(l) {
		return types.False
	}
	for i := range l {
		if equal(adapter{}.NativeToValue(l[i]), adapter{}.NativeToValue(m[i])) != types.True {
			return types.False
		}
	}
	return types.True
}

// Type implements ref.Val.
func (List) Type() ref.Type { return types.ListType }

// Value implements ref.Val.
func (l List) Value() any { return []any(l) }

// IsZeroValue says whether the list is empty.
func (l List) IsZeroValue() bool { return len(l) == 0 }

// open turns the lists and maps that expressions build into tolerant ones.
func open(v ref.Val) ref.Val {
	switch x := v.(type) {
	case Object, List:
		return v
	case types.Null:
		return absent{}
	case traits.Lister:
		out := make(List, 0, sizeOf(x))
		for it := x.Iterator(); it.HasNext() == types.True; {
			out = append(out, it.Next())
		}
		return out
	case traits.Mapper:
		out := make(Object, sizeOf(x))
		for it := x.Iterator(); it.HasNext() == types.True; {
			k := it.Next()
			out[fmt.Sprint(k.Value())] = x.Get(k)
		}
		return out
	default:
		return v
	}
}

// equal is the == of the language: an absent value equals null and the empty string.
func equal(l, r ref.Val) ref.Val {
	lNull, rNull := isNull(l), isNull(r)
	switch {
	case lNull && rNull:
		return types.True
	case lNull:
		return absent{}.Equal(r)
	case rNull:
		return absent{}.Equal(l)
	}
	switch r.(type) {
	case Object, List: // the other side's own Equal does not know these
		return r.Equal(l)
	}
	return types.Equal(l, r)
}

func sizeOf(s traits.Sizer) int {
	if n, ok := s.Size().(types.Int); ok {
		return int(n)
	}
	return 0
}

func convertTo(v ref.Val, t ref.Type, own ref.Type) ref.Val {
	switch t {
	case own:
		return v
	case types.TypeType:
		if t, ok := own.(*types.Type); ok {
			return t
		}
	}
	return types.NewErr("type conversion error from '%s' to '%s'", own, t)
}

func noNative(what string, t reflect.Type) (any, error) {
	return nil, fmt.Errorf("%s has no form as %s", what, t)
}
