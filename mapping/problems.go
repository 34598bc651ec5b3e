package mapping

import (
	"errors"
	"fmt"
	"strings"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// String gives the place and the message.
func (p Problem) String() string {
	switch {
	case p.Line == 0:
		return p.Cell + ": " + p.Message
	case p.Column == 0:
		return fmt.Sprintf("%s (line %d): %s", p.Cell, p.Line, p.Message)
	}
	return fmt.Sprintf("%s (line %d:%d): %s", p.Cell, p.Line, p.Column, p.Message)
}

func joinProblems(all Problems) string {
	lines := make([]string, len(all))
	for i, p := range all {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// add notes a problem.
func (p *Problems) add(cell, format string, args ...any) {
	*p = append(*p, Problem{Cell: cell, Message: fmt.Sprintf(format, args...)})
}

// addErr notes an error of the expression language with its position.
func (p *Problems) addErr(cell string, err error) {
	var e *expr.Error
	if errors.As(err, &e) {
		*p = append(*p, Problem{Cell: cell, Line: e.Line, Column: e.Column, Message: e.Message})
		return
	}
	p.add(cell, "%v", err)
}

// err gives nil for no problems, else an [staffing.Invalid] error whose message
// lists all of them and whose cause is the Problems.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	msg := "the mapping document has a problem: " + p[0].String()
	if len(p) > 1 {
		msg = fmt.Sprintf("the mapping document has %d problems, the first: %s", len(p), p[0])
	}
	return &staffing.Error{Code: staffing.Invalid, Message: msg, Field: p[0].Cell, Err: p}
}
