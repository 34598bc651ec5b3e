package document

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// Problem is one thing that is wrong with a document, and where.
type Problem struct {
	Cell    string // e.g. requisitions.paging.next
	Line    int    // in the document, from 1
	Column  int    // from 1; 0 when it is not known
	Message string
}

// String gives the place and the message.
func (p Problem) String() string {
	if p.Column == 0 {
		return fmt.Sprintf("%s (line %d): %s", p.Cell, p.Line, p.Message)
	}
	return fmt.Sprintf("%s (line %d:%d): %s", p.Cell, p.Line, p.Column, p.Message)
}

// Problems is all that is wrong with a document.
type Problems []Problem

// Error lists them, one a line.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.String()
	}
	return strings.Join(lines, "\n")
}

// err gives nil for no problems, else an [staffing.Invalid] error that names the
// first few and whose cause is all of them.
func (p Problems) err() error {
	if len(p) == 0 {
		return nil
	}
	const most = 5
	var said []string
	for _, one := range p[:min(most, len(p))] {
		said = append(said, one.String())
	}
	if len(p) > most {
		said = append(said, fmt.Sprintf("and %d more", len(p)-most))
	}
	return &staffing.Error{Code: staffing.Invalid, Message: "the document has a problem: " + strings.Join(said, "; "), Field: "document", Err: p}
}

// place turns a position inside an expression into one in the document.
func place(n *yaml.Node, e *expr.Error) (line, column int) {
	line, column = n.Line, n.Column
	if e.Line == 0 {
		return line, column
	}
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return n.Line + e.Line, 0 // the text begins on the line below, somewhere indented
	case e.Line > 1:
		return n.Line + e.Line - 1, 0
	case n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0:
		return line, column + e.Column
	}
	return line, column + e.Column - 1
}

// exprProblem is what the expression language says, at its place.
func exprProblem(cell string, n *yaml.Node, err error) Problem {
	var e *expr.Error
	if !errors.As(err, &e) {
		return Problem{Cell: cell, Line: n.Line, Column: n.Column, Message: err.Error()}
	}
	line, column := place(n, e)
	if strings.HasPrefix(e.Message, "there is no '") {
		e.Message += `; a text stands in quotes inside the expression: '"text"'`
	}
	return Problem{Cell: cell, Line: line, Column: column, Message: e.Message}
}

func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
