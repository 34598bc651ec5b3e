package expr

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

// Vars are the values of the variables for one evaluation. What is nil is absent.
type Vars struct {
	Raw, Req, Sub, Plc, Bill, Client Object
	Facts                            Object
	Now                              time.Time
}

// Program is a compiled expression. It is safe for concurrent use.
type Program struct {
	cell  string
	prg   cel.Program
	ast   *cel.Ast
	loops bool
	lists Object
	uses  map[string]bool
}

// Uses says whether the expression reads a variable, so that a caller need not
// make what nobody reads.
func (p *Program) Uses(name string) bool { return p.uses[name] }

// Cell says where the expression stands.
func (p *Program) Cell() string { return p.cell }

// Eval works the expression out. The result is absent rather than an error
// wherever the payload has nothing. Errors are [*Error]s; one that ran out of
// its cost limit or whose context ended is told by [Error.Exhausted].
func (p *Program) Eval(ctx context.Context, v *Vars) (ref.Val, error) {
	act := activation{vars: v, lists: p.lists}
	var out ref.Val
	var err error
	if p.loops {
		out, _, err = p.prg.ContextEval(ctx, act)
	} else {
		out, _, err = p.prg.Eval(act)
	}
	if err != nil {
		return nil, p.evalError(err)
	}
	if o, ok := out.(*types.Optional); ok {
		if !o.HasValue() {
			return absent{}, nil
		}
		return o.GetValue(), nil
	}
	return out, nil
}

// Value is [Program.Eval] with the result as plain Go values, see [Native].
func (p *Program) Value(ctx context.Context, v *Vars) (any, error) {
	out, err := p.Eval(ctx, v)
	if err != nil {
		return nil, err
	}
	n, err := Native(out)
	if err != nil {
		return nil, &Error{Cell: p.cell, Message: err.Error()}
	}
	return n, nil
}

// Bool is [Program.Eval] for a condition: absent is false, and anything that is
// neither true nor false is an error.
func (p *Program) Bool(ctx context.Context, v *Vars) (bool, error) {
	out, err := p.Eval(ctx, v)
	if err != nil {
		return false, err
	}
	b, ok := truthy(out).(types.Bool)
	if !ok {
		return false, &Error{Cell: p.cell, Message: "a condition must be true or false, not " + kindOf(out)}
	}
	return bool(b), nil
}

// activation resolves variables without a map per evaluation.
type activation struct {
	vars  *Vars
	lists Object
}

// ResolveName implements cel.Activation.
func (a activation) ResolveName(name string) (any, bool) {
	var o Object
	switch name {
	case Raw:
		o = a.vars.Raw
	case Req:
		o = a.vars.Req
	case Sub:
		o = a.vars.Sub
	case Plc:
		o = a.vars.Plc
	case Bill:
		o = a.vars.Bill
	case Client:
		o = a.vars.Client
	case Facts:
		o = a.vars.Facts
	case Lists:
		o = a.lists
	case Now:
		return types.Timestamp{Time: a.vars.Now}, true
	default:
		return nil, false
	}
	if o == nil {
		return absent{}, true
	}
	return o, true
}

// Parent implements cel.Activation.
func (activation) Parent() cel.Activation { return nil }

// Error is what is wrong with an expression, when it is compiled or evaluated.
type Error struct {
	Cell    string // where the expression stands, e.g. requisition.title
	Line    int    // from 1; 0 when it is not known
	Column  int    // from 1
	Message string
	// Exhausted says that the cost limit or the context ended the evaluation.
	Exhausted bool
}

// Error gives the place and the message.
func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Cell + ": " + e.Message
	}
	return fmt.Sprintf("%s (line %d:%d): %s", e.Cell, e.Line, e.Column, e.Message)
}

// Detail is the message with its position but without the cell.
func (e *Error) Detail() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("%s (line %d:%d)", e.Message, e.Line, e.Column)
}

func (p *Program) evalError(err error) *Error {
	out := &Error{Cell: p.cell, Message: plain(err.Error())}
	var cancelled interpreter.EvalCancelledError
	switch {
	case errors.As(err, &cancelled):
		out.Exhausted, out.Message = true, "the expression does too much: it was stopped"
	case errors.Is(err, interpreter.InterruptError{}), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		out.Exhausted, out.Message = true, "the expression was stopped before it ended"
	}
	var celErr *types.Err
	if errors.As(err, &celErr) {
		if loc := p.ast.NativeRep().SourceInfo().GetStartLocation(celErr.NodeID()); loc.Line() > 0 {
			out.Line, out.Column = loc.Line(), loc.Column()+1
		}
	}
	return out
}

// issueError makes one error of the first thing that the compiler says, and
// counts the others.
func issueError(cell string, iss *cel.Issues) *Error {
	errs := iss.Errors()
	if len(errs) == 0 {
		return &Error{Cell: cell, Message: plain(iss.Err().Error())}
	}
	first := errs[0]
	out := &Error{Cell: cell, Line: first.Location.Line(), Column: first.Location.Column() + 1, Message: plain(first.Message)}
	if out.Line < 1 {
		out.Line, out.Column = 0, 0
	}
	return out
}

// plain puts the compiler's words into words for a person, and hides the
// internal functions.
func plain(s string) string {
	s = strings.NewReplacer(
		" (in container '')", "",
		"undeclared reference to", "there is no",
		"no such overload", "these values do not fit together",
		"found no matching overload for", "these types do not fit",
		"'"+fnEq+"'", "'=='", "'"+fnNe+"'", "'!='", fnTruthy, "condition",
		"Syntax error: ", "syntax error: ",
	).Replace(s)
	const most = 300
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// kindOf names the type of a value for a message.
func kindOf(v ref.Val) string {
	switch v.(type) {
	case types.String:
		return "a text"
	case types.Int, types.Uint, types.Double:
		return "a number"
	case types.Bool:
		return "true or false"
	case List:
		return "a list"
	case Object:
		return "a map"
	case absent, types.Null:
		return "nothing"
	case types.Timestamp:
		return "a timestamp"
	}
	switch v.Type().TypeName() {
	case "list":
		return "a list"
	case "map":
		return "a map"
	}
	return v.Type().TypeName()
}
