package expr

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/interpreter"
)

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

// plainWords are the compiler's words and ours.
var plainWords = strings.NewReplacer(
	" (in container '')", "",
	"undeclared reference to", "there is no",
	"no such overload", "these values do not fit together",
	"found no matching overload for", "these types do not fit",
	"'"+fnEq+"'", "'=='", "'"+fnNe+"'", "'!='", fnTruthy, "condition",
	"Syntax error: ", "syntax error: ",
)

// plain puts the compiler's words into words for a person, and hides the
// internal functions.
func plain(s string) string {
	s = plainWords.Replace(s)
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
