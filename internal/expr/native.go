package expr

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// maxNodes caps what one result may hold, and maxResultDepth how deep it nests.
const (
	maxNodes       = 100_000
	maxResultDepth = 64
)

// Native turns a result into plain Go values: nil, string, bool, int64, float64,
// map[string]any and []any. Absent entries of maps and lists fall out; a null
// that the expression wrote stays as nil. Timestamps become RFC 3339.
func Native(v ref.Val) (any, error) {
	n := nativer{}
	return n.value(v, 0)
}

type nativer struct {
	nodes int
	nulls bool // entries of maps that are null stay
}

func (n *nativer) value(v any, depth int) (any, error) {
	if n.nodes++; n.nodes > maxNodes {
		return nil, fmt.Errorf("the result has more than %d values", maxNodes)
	}
	if depth > maxResultDepth {
		return nil, fmt.Errorf("the result is nested deeper than %d levels", maxResultDepth)
	}
	switch x := v.(type) {
	case nil, absent, types.Null:
		return nil, nil
	case string, bool:
		return x, nil
	case types.String:
		return string(x), nil
	case types.Bool:
		return bool(x), nil
	case types.Int:
		return int64(x), nil
	case types.Double:
		return float64(x), nil
	case types.Uint:
		return float64(x), nil
	case types.Timestamp:
		return x.UTC().Format(time.RFC3339Nano), nil
	case types.Duration:
		return x.Duration.String(), nil
	case *types.Optional:
		if !x.HasValue() {
			return nil, nil
		}
		return n.value(x.GetValue(), depth+1)
	case Object:
		return n.object(x, depth)
	case List:
		return n.list(x.plain(), depth)
	case traits.Lister:
		return n.list(x, depth)
	case traits.Mapper:
		return n.mapper(x, depth)
	default:
		return nil, fmt.Errorf("the result is a %T, which has no form in JSON", v)
	}
}

func (n *nativer) object(o Object, depth int) (any, error) {
	out := make(map[string]any, len(o))
	for k, e := range o {
		if e == nil && !n.nulls || e == (absent{}) {
			continue
		}
		v, err := n.value(e, depth+1)
		if err != nil {
			return nil, err
		}
		out[k] = v
	}
	return out, nil
}

func (n *nativer) mapper(m traits.Mapper, depth int) (any, error) {
	out := make(map[string]any, sizeOf(m))
	for it := m.Iterator(); it.HasNext() == types.True; {
		k := it.Next()
		e := m.Get(k)
		if e == (absent{}) {
			continue
		}
		v, err := n.value(e, depth+1)
		if err != nil {
			return nil, err
		}
		out[fmt.Sprint(k.Value())] = v
	}
	return out, nil
}

func (n *nativer) list(l traits.Lister, depth int) (any, error) {
	out := make([]any, 0, min(sizeOf(l), maxNodes))
	for it := l.Iterator(); it.HasNext() == types.True; {
		e := it.Next()
		if e == (absent{}) {
			continue
		}
		v, err := n.value(e, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// text gives a scalar as a string, as people would write it; ok is false for
// lists, maps and other values that have no such form. Nothing gives "".
func text(v ref.Val) (s string, ok bool) {
	switch x := v.(type) {
	case absent, types.Null:
		return "", true
	case types.String:
		return string(x), true
	case types.Bool:
		return strconv.FormatBool(bool(x)), true
	case types.Int:
		return strconv.FormatInt(int64(x), 10), true
	case types.Uint:
		return strconv.FormatUint(uint64(x), 10), true
	case types.Double:
		return strconv.FormatFloat(float64(x), 'f', -1, 64), true
	case types.Timestamp:
		return x.UTC().Format(time.RFC3339), true
	case *types.Optional:
		if x.HasValue() {
			return text(x.GetValue())
		}
		return "", true
	default:
		return "", false
	}
}

// shown gives a value for a message: scalars as text, lists with commas.
func shown(v ref.Val) string {
	const most = 200
	s, ok := text(v)
	if l, isList := v.(List); isList {
		v = l.plain()
	}
	if l, isList := v.(traits.Lister); isList {
		s = text0(join([]ref.Val{l, types.String(", ")}))
	} else if !ok {
		s = "?"
	}
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// text0 is text for a value that may have none.
func text0(v ref.Val) string {
	s, ok := text(v)
	if !ok {
		return "?"
	}
	return s
}
