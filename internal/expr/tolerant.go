package expr

import (
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/functions"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/overloads"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
	"cel.dev/cel-go/interpreter"
)

// Caps on what one call may build or read, in bytes.
const (
	maxString     = 4 << 20 // a string that a call gives
	maxRegexInput = 256 << 10
)

// shell is what stands around every library function: it opens Lists for the
// library, answers for absent arguments and refuses calls that build too much.
type shell struct{ name string }

// tolerantOverloads wraps the functions of the standard and extension libraries.
// The hub's own functions know absent values themselves. The result is by name.
func tolerantOverloads(env *cel.Env, own map[string]bool) (map[string][]*functions.Overload, error) {
	out := map[string][]*functions.Overload{}
	for name, decl := range env.Functions() {
		if leaveAlone(name) {
			continue
		}
		bindings, err := decl.Bindings()
		if err != nil {
			return nil, err
		}
		for _, b := range bindings {
			if own[b.Operator] || own[name] && b.Operator == name {
				continue
			}
			out[name] = append(out[name], shell{name}.wrap(b))
		}
	}
	return out, nil
}

// leaveAlone names what must see its arguments as they are: logic, which the
// planner builds in, optional values, whose meaning is absence, and internals.
func leaveAlone(name string) bool {
	switch name {
	case operators.In, operators.OldIn:
		return false
	case operators.LogicalAnd, operators.LogicalOr, operators.Conditional, operators.Index, operators.OptIndex,
		operators.OptSelect, operators.Equals, operators.NotEquals, overloads.TypeConvertType, overloads.TypeConvertDyn:
		return true
	case "or", "orValue", "hasValue", "value", "optMap", "optFlatMap":
		return true
	}
	return strings.HasPrefix(name, "@") || strings.HasPrefix(name, "optional.") || strings.HasPrefix(name, "cel.")
}

func (s shell) wrap(b *functions.Overload) *functions.Overload {
	w := *b
	trait := b.OperandTrait
	w.OperandTrait = 0
	if f := b.Unary; f != nil {
		w.Unary = func(a ref.Val) ref.Val {
			return s.call([]ref.Val{a}, trait, func(args []ref.Val) ref.Val { return f(args[0]) })
		}
	}
	if f := b.Binary; f != nil {
		w.Binary = func(l, r ref.Val) ref.Val {
			return s.call([]ref.Val{l, r}, trait, func(args []ref.Val) ref.Val { return f(args[0], args[1]) })
		}
	}
	if f := b.Function; f != nil {
		w.Function = func(args ...ref.Val) ref.Val {
			return s.call(args, trait, func(args []ref.Val) ref.Val { return f(args...) })
		}
	}
	return &w
}

func (s shell) call(args []ref.Val, trait int, f func([]ref.Val) ref.Val) ref.Val {
	null := false
	for i, a := range args {
		if l, ok := a.(List); ok {
			args[i] = l.plain()
		}
		null = null || isNull(a)
	}
	if null {
		return s.onAbsent(args)
	}
	if err := s.tooMuch(args); err != nil {
		return err
	}
	if trait != 0 && !args[0].Type().HasTrait(trait) {
		if r, ok := args[0].(traits.Receiver); ok {
			return r.Receive(s.name, "", args[1:])
		}
		return types.NewErr("no such overload: %s(%s)", s.name, args[0].Type().TypeName())
	}
	return f(args)
}

// onAbsent is what a call with an absent argument gives.
func (s shell) onAbsent(args []ref.Val) ref.Val {
	switch s.name {
	case operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals,
		operators.In, operators.OldIn,
		overloads.Matches, overloads.Contains, overloads.StartsWith, overloads.EndsWith:
		return types.False
	case overloads.Size:
		return types.IntZero
	case "first", "last":
		return types.OptionalNone
	case operators.Add:
		for _, a := range args {
			if !isNull(a) {
				return a
			}
		}
	}
	return absent{}
}

// tooMuch refuses a call whose result or work would outgrow the caps.
func (s shell) tooMuch(args []ref.Val) ref.Val {
	switch s.name {
	case operators.Add:
		if len(args) == 2 && strLen(args[0])+strLen(args[1]) > maxString {
			return types.NewErr("the text would be longer than %d MiB", maxString>>20)
		}
	case "replace":
		if len(args) >= 3 && replacedLen(args) > maxString {
			return types.NewErr("the text would be longer than %d MiB", maxString>>20)
		}
	case "join":
		if l, ok := args[0].(traits.Lister); ok && len(args) == 2 && sizeOf(l)*strLen(args[1]) > maxString {
			return types.NewErr("the text would be longer than %d MiB", maxString>>20)
		}
	case overloads.Matches:
		if strLen(args[0]) > maxRegexInput {
			return types.NewErr("a text of more than %d KiB is not searched by pattern", maxRegexInput>>10)
		}
	}
	return nil
}

// replacedLen is the longest that s.replace(old, new) may become.
func replacedLen(args []ref.Val) int {
	s, old, repl := strLen(args[0]), strLen(args[1]), strLen(args[2])
	if old == 0 {
		return s + (s+1)*repl
	}
	return s + s/old*max(repl-old, 0)
}

func strLen(v ref.Val) int {
	if s, ok := v.(types.String); ok {
		return len(s)
	}
	return 0
}

// forgive makes a selection that finds nothing absent where the fast path of
// Object and List does not: from a text, from a list that the expression built.
func forgive(i interpreter.InterpretableV2) (interpreter.InterpretableV2, error) {
	attr, ok := i.(interpreter.InterpretableAttribute)
	if _, done := i.(*forgiving); !ok || done {
		return i, nil
	}
	return &forgiving{attr}, nil
}

type forgiving struct {
	interpreter.InterpretableAttribute
}

// Exec implements interpreter.InterpretableV2.
func (f *forgiving) Exec(frame *interpreter.ExecutionFrame) ref.Val {
	v := f.InterpretableAttribute.Exec(frame)
	if e, ok := v.(*types.Err); ok && findsNothing(e) {
		return absent{}
	}
	return v
}

// Eval implements interpreter.Interpretable.
func (f *forgiving) Eval(a cel.Activation) ref.Val { return interpreter.EvalActivation(a, f.Exec) }

// findsNothing tells the errors of selection by their text: they have no type.
func findsNothing(e *types.Err) bool {
	s := e.Error()
	return strings.HasPrefix(s, "no such key") || strings.HasPrefix(s, "index out of bounds")
}
