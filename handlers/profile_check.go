package handlers

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
)

// part is one thing that is wrong with a document or a file.
type part struct {
	Cell    string `json:"cell,omitempty"`
	Line    int    `json:"line,omitempty"`   // of the file; with a column, of the expression in the cell
	Column  int    `json:"column,omitempty"` // from 1
	Message string `json:"message"`
}

// shownParts is how many an answer names.
const shownParts = 100

// parts is everything that is wrong; it is the cause of an invalid error.
type parts []part

// Error gives the first one.
func (p parts) Error() string {
	if len(p) == 0 {
		return "nothing is wrong"
	}
	return fmt.Sprintf("%d problems, the first: %s: %s", len(p), p[0].Cell, p[0].Message)
}

// refusal gives the error for all parts, nil for none. total counts those too that
// are not among them.
func (p parts) refusal(what string, total int) error {
	if len(p) == 0 {
		return nil
	}
	first := p[0]
	var where []string
	if first.Cell != "" {
		where = append(where, first.Cell)
	}
	if first.Line > 0 {
		where = append(where, "line "+strconv.Itoa(first.Line))
	}
	text := fmt.Sprintf("%s has a problem: %s: %s", what, strings.Join(where, ", "), first.Message)
	if total > 1 {
		text = fmt.Sprintf("%s has %d problems, the first: %s: %s", what, total, strings.Join(where, ", "), first.Message)
	}
	return &staffing.Error{Code: staffing.Invalid, Field: orText(first.Cell, "body"), Message: text, Err: p}
}

// partsOf gives what an error says about the parts of a document. Other causes are
// for the log only.
func partsOf(err error) []part {
	var own parts
	var problems mapping.Problems
	switch {
	case errors.As(err, &own):
	case errors.As(err, &problems):
		own = partsOfMapping(problems)
	}
	return own[:min(len(own), shownParts)]
}

func partsOfMapping(list mapping.Problems) (out parts) {
	for _, p := range list {
		out = append(out, part{Cell: p.Cell, Line: p.Line, Column: p.Column, Message: p.Message})
	}
	return out
}

// checkDocument gives everything that stands against putting a document in force
// with the connection's code lists. An error that is no such problem comes back as
// one.
func checkDocument(document string, lists map[string]map[string]string) (parts, error) {
	doc, err := mapping.Parse([]byte(document))
	if err != nil {
		return unreadable(err)
	}
	merged := map[string]map[string]string{}
	maps.Copy(merged, doc.Lists)
	maps.Copy(merged, lists)
	doc.Lists = merged
	var wrong parts
	if _, err := mapping.Compile(doc); err != nil {
		if wrong = partsOf(err); wrong == nil {
			return nil, err
		}
	}
	if _, err := rules.Compile(rules.Merge(rules.Baseline(), doc.Rules), doc.Lists); err != nil {
		if staffing.CodeOf(err) != staffing.Invalid {
			return nil, err
		}
		wrong = append(wrong, partsOfRules(errors.Unwrap(err))...)
	}
	return wrong, nil
}

var lineOfYAML = regexp.MustCompile(`line (\d+): `)

// unreadable tells why a document is none.
func unreadable(err error) (parts, error) {
	if staffing.CodeOf(err) != staffing.Invalid {
		return nil, err
	}
	if list := partsOf(err); list != nil {
		return list, nil
	}
	p := part{Cell: "document", Message: staffing.MessageOf(err)}
	if m := lineOfYAML.FindStringSubmatch(p.Message); m != nil {
		p.Line, _ = strconv.Atoi(m[1]) // digits, and few: the text has a bound
		p.Message = strings.Replace(p.Message, m[0], "", 1)
	}
	return parts{p}, nil
}

// partsOfRules takes the errors of rules apart: those of the expression language
// know where they are, the others begin with the rule.
func partsOfRules(err error) (out parts) {
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) {
		for _, e := range several.Unwrap() {
			out = append(out, partsOfRules(e)...)
		}
		return out
	}
	var e *expr.Error
	if errors.As(err, &e) {
		return parts{{Cell: e.Cell, Line: e.Line, Column: e.Column, Message: e.Message}}
	}
	cell, message, ok := strings.Cut(err.Error(), ": ")
	if !ok {
		cell, message = "rules", err.Error()
	}
	return parts{{Cell: cell, Message: message}}
}
