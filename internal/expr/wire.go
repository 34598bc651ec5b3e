package expr

import (
	"encoding/json"
	"maps"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// DecodeAny reads any one JSON value for use as a variable, as [Decode] reads an
// object.
func DecodeAny(raw json.RawMessage) (any, error) {
	const open, end = `{"v":`, `}`
	if !json.Valid(raw) {
		return nil, refused(raw)
	}
	o, err := Decode(json.RawMessage(open + string(raw) + end))
	if err != nil {
		return nil, err
	}
	return o["v"], nil
}

// JSON writes a result as JSON. Other than [Native] it keeps the nulls of what it
// is made from, so that a record leaves as it came.
func JSON(v ref.Val) (json.RawMessage, error) {
	n := nativer{nulls: true}
	plain, err := n.value(v, 0)
	if err != nil {
		return nil, err
	}
	return json.Marshal(plain)
}

// Items gives the elements of a list; false for anything else, nothing included.
func Items(v ref.Val) ([]ref.Val, bool) {
	switch v.(type) {
	case List, traits.Lister:
	default:
		return nil, false
	}
	var out []ref.Val
	for e := range elements(v) {
		out = append(out, e)
	}
	return out, true
}

// Map gives a result as an Object; false for what is no map.
func Map(v ref.Val) (Object, bool) {
	switch x := v.(type) {
	case Object:
		return x, true
	case traits.Mapper:
		out := Object{}
		for it := x.Iterator(); it.HasNext() == types.True; {
			k := it.Next()
			if s, ok := k.(types.String); ok {
				out[string(s)] = x.Get(k)
			}
		}
		return out, true
	}
	return nil, false
}

// Text gives a scalar as people write it, "" for nothing; false for lists and maps.
func Text(v ref.Val) (string, bool) { return text(v) }

// IsNothing says that a result is absent or null.
func IsNothing(v ref.Val) bool { return isNull(v) }

// merge gives one map of two; where both have a key, the second counts.
func merge(a []ref.Val) ref.Val {
	out := Object{}
	for _, v := range a {
		if isNull(v) {
			continue
		}
		m, ok := Map(v)
		if !ok {
			return types.NewErr("merge needs two maps, not %s", kindOf(v))
		}
		maps.Copy(out, m)
	}
	return out
}
