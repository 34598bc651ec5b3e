package expr

import (
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// The internal functions that make an expression tolerant. Their names cannot be
// written in an expression.
const (
	fnTruthy = "@truthy" // absent -> false
	fnEach   = "@each"   // absent -> no elements
	fnKey    = "@key"    // absent -> a key that nothing has
	fnNull   = "@null"   // the literal null, of any type
	fnEq     = "@eq"
	fnNe     = "@ne"

	fnClean   = "html_clean"
	fnLookup  = "lookup"
	varTables = "@tables" // the code lists, as lookup's last value
)

// rewriter makes a parsed expression tolerant before it is checked: conditions
// may be absent, loops may range over nothing, and equality knows absent values.
type rewriter struct {
	fac    ast.ExprFactory
	info   *ast.SourceInfo
	nextID int64

	loops  bool                // it has a comprehension: its cost is counted
	idents map[string]ast.Expr // first use of each identifier
	locals map[string]bool     // variables of comprehensions
	calls  map[string]bool     // functions that it calls
}

func rewrite(a *ast.AST) *rewriter {
	r := &rewriter{fac: ast.NewExprFactory(), info: a.SourceInfo(), nextID: ast.MaxID(a) + 1,
		idents: map[string]ast.Expr{}, locals: map[string]bool{}, calls: map[string]bool{}}
	ast.PostOrderVisit(a.Expr(), ast.NewExprVisitor(r.visit))
	return r
}

func (r *rewriter) visit(e ast.Expr) {
	switch e.Kind() {
	case ast.IdentKind:
		if _, seen := r.idents[e.AsIdent()]; !seen {
			r.idents[e.AsIdent()] = e
		}
	case ast.LiteralKind:
		if e.AsLiteral() == types.NullValue {
			e.SetKindCase(r.fac.NewCall(e.ID(), fnNull))
		}
	case ast.ComprehensionKind:
		r.comprehension(e.AsComprehension())
	case ast.CallKind:
		r.call(e, e.AsCall())
	}
}

func (r *rewriter) comprehension(c ast.ComprehensionExpr) {
	r.loops = true
	r.locals[c.IterVar()], r.locals[c.IterVar2()], r.locals[c.AccuVar()] = true, true, true
	if c.IterRange().Kind() != ast.ListKind {
		r.wrap(fnEach, c.IterRange())
	}
}

func (r *rewriter) call(e ast.Expr, c ast.CallExpr) {
	args := c.Args()
	r.calls[c.FunctionName()] = true
	switch c.FunctionName() {
	case operators.Equals:
		e.SetKindCase(r.fac.NewCall(e.ID(), fnEq, args...))
	case operators.NotEquals:
		e.SetKindCase(r.fac.NewCall(e.ID(), fnNe, args...))
	case operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot:
		for _, a := range args {
			r.wrapCondition(a)
		}
	case fnLookup:
		if c.IsMemberFunction() {
			return // there is no such function, as the check will say
		}
		tables := r.fac.NewIdent(r.nextID, varTables)
		r.nextID++
		e.SetKindCase(r.fac.NewCall(e.ID(), fnLookup, append(slices.Clone(args), tables)...))
	case operators.Conditional:
		r.wrapCondition(args[0])
	case operators.Index, operators.OptIndex:
		if args[1].Kind() != ast.LiteralKind {
			r.wrap(fnKey, args[1])
		}
	}
}

// wrapCondition lets a condition be absent, unless it is one by its form.
func (r *rewriter) wrapCondition(e ast.Expr) {
	switch e.Kind() {
	case ast.LiteralKind, ast.ComprehensionKind:
		return
	case ast.SelectKind:
		if e.AsSelect().IsTestOnly() {
			return
		}
	case ast.IdentKind:
		if e.AsIdent() == r.fac.AccuIdentName() {
			return
		}
	case ast.CallKind:
		switch e.AsCall().FunctionName() {
		case fnEq, fnNe, fnTruthy, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals,
			operators.In, operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.NotStrictlyFalse:
			return
		}
	}
	r.wrap(fnTruthy, e)
}

// wrap turns e into fn(e), in place: e keeps its id, what it held gets a new one
// at the same position.
func (r *rewriter) wrap(fn string, e ast.Expr) {
	inner := r.fac.NewUnspecifiedExpr(r.nextID)
	inner.SetKindCase(e)
	if o, ok := r.info.GetOffsetRange(e.ID()); ok {
		r.info.SetOffsetRange(r.nextID, o)
	}
	r.nextID++
	e.SetKindCase(r.fac.NewCall(e.ID(), fn, inner))
}
