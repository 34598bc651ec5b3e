package expr

import (
	"fmt"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"github.com/microcosm-cc/bluemonday"
)

// library is what the hub adds to the language.
type library struct {
	clean  *bluemonday.Policy
	places *gazetteer
	zones  sync.Map        // name -> *time.Location
	ids    map[string]bool // overload ids of our own functions
}

func newLibrary() *library {
	return &library{clean: cleanPolicy(), places: newGazetteer(), ids: map[string]bool{}}
}

func (l *library) options() []cel.EnvOption {
	out := []cel.EnvOption{cel.Variable(varTables, cel.DynType)}
	for _, v := range variables() {
		t := cel.DynType
		if v == Now {
			t = cel.TimestampType
		}
		out = append(out, cel.Variable(v, t))
	}
	return append(append(out, l.internals()...), l.functions()...)
}

// internals are the functions that the rewriter inserts.
func (l *library) internals() []cel.EnvOption {
	return []cel.EnvOption{
		l.fn(fnTruthy, cel.BoolType, 1, func(a []ref.Val) ref.Val { return truthy(a[0]) }),
		l.fn(fnEach, cel.DynType, 1, func(a []ref.Val) ref.Val {
			if isNull(a[0]) {
				return List(nil)
			}
			return a[0]
		}),
		l.fn(fnKey, cel.DynType, 1, func(a []ref.Val) ref.Val {
			if isNull(a[0]) {
				return types.String("\x00")
			}
			return a[0]
		}),
		l.fn(fnNull, cel.DynType, 0, func([]ref.Val) ref.Val { return types.NullValue }),
		l.fn(fnEq, cel.BoolType, 2, func(a []ref.Val) ref.Val { return equal(a[0], a[1]) }),
		l.fn(fnNe, cel.BoolType, 2, func(a []ref.Val) ref.Val {
			if b, ok := equal(a[0], a[1]).(types.Bool); ok {
				return !b
			}
			return types.True
		}),
	}
}

func truthy(v ref.Val) ref.Val {
	switch x := v.(type) {
	case types.Bool:
		return x
	case absent, types.Null:
		return types.False
	default:
		return types.NewErr("a condition must be true or false, not %s", kindOf(v))
	}
}

// fn declares a function of our own: arguments of any type, absent ones too.
// More than one arity declares optional trailing arguments.
func (l *library) fn(name string, result *cel.Type, arity int, f func([]ref.Val) ref.Val, more ...int) cel.EnvOption {
	var opts []cel.FunctionOpt
	for _, n := range append([]int{arity}, more...) {
		id := fmt.Sprintf("hub_%s_%d", strings.TrimPrefix(name, "@"), n)
		l.ids[id] = true
		opts = append(opts, overload(id, result, n, f))
	}
	l.ids[name] = true
	return cel.Function(name, opts...)
}

func overload(id string, result *cel.Type, arity int, f func([]ref.Val) ref.Val) cel.FunctionOpt {
	args := make([]*cel.Type, arity)
	for i := range args {
		args[i] = cel.DynType
	}
	var bind cel.OverloadOpt
	switch arity {
	case 1:
		bind = cel.UnaryBinding(func(a ref.Val) ref.Val { return f([]ref.Val{a}) })
	case 2:
		bind = cel.BinaryBinding(func(a, b ref.Val) ref.Val { return f([]ref.Val{a, b}) })
	default:
		bind = cel.FunctionBinding(func(a ...ref.Val) ref.Val { return f(a) })
	}
	return cel.Overload(id, args, result, bind)
}
