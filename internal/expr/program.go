package expr

import (
	"context"
	"time"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Vars are the values of the variables for one evaluation. What is nil is absent.
type Vars struct {
	Raw, Req, Sub, Plc, Bill, Client Object
	Facts                            Object
	// Call holds the variables of a connector's document by name.
	Call Object
	Now  time.Time
}

// Program is a compiled expression. It is safe for concurrent use.
type Program struct {
	cell   string
	prg    cel.Program
	ast    *cel.Ast
	loops  bool
	lists  Object
	tables tables
	uses   map[string]bool
}

// Uses says whether the expression reads a variable, so that a caller need not
// make what nobody reads.
func (p *Program) Uses(name string) bool { return p.uses[name] }

// Cleans says that the result is what [Cleaner.Clean] gives, so that nobody need
// clean it again.
func (p *Program) Cleans() bool {
	e := p.ast.NativeRep().Expr()
	return e.Kind() == ast.CallKind && e.AsCall().FunctionName() == fnClean
}

// Cell says where the expression stands.
func (p *Program) Cell() string { return p.cell }

// Eval works the expression out. The result is absent rather than an error
// wherever the payload has nothing. Errors are [*Error]s; one that ran out of
// its cost limit or whose context ended is told by [Error.Exhausted].
func (p *Program) Eval(ctx context.Context, v *Vars) (ref.Val, error) {
	act := activation{vars: v, lists: p.lists, tables: p.tables}
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
	vars   *Vars
	lists  Object
	tables tables
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
	case varTables:
		return tablesValue{tables: a.tables}, true
	case Now:
		return types.Timestamp{Time: a.vars.Now}, true
	case Settings, Since, PageVar, Key, Fields, Requisition, RequisitionID, SubmissionID, FileVar, Answers, Body, Header:
		if v := a.vars.Call[name]; v != nil {
			return v, true
		}
		return absent{}, true
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
