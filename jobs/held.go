package jobs

import (
	"strings"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
)

// blockedError says that rules or gaps hold a record back. Its cause groups
// records that wait for the same thing.
type blockedError struct {
	err   *staffing.Error
	cause string
}

func (e *blockedError) Error() string { return e.err.Error() }
func (e *blockedError) Unwrap() error { return e.err }

// waitingError says that a connection takes no calls now.
type waitingError struct{ err *staffing.Error }

func (e *waitingError) Error() string { return e.err.Error() }
func (e *waitingError) Unwrap() error { return e.err }

// held gives the error that holds a record back for its findings and gaps; nil
// when nothing blocks it.
func held(findings []staffing.Finding, gaps []staffing.Gap) error {
	var causes, says []string
	field := ""
	for _, g := range gaps {
		causes = append(causes, "gap:"+string(g.Kind)+":"+g.Field+":"+g.Value)
		says = append(says, gapWords(g))
		field = first(field, g.Field)
	}
	for _, f := range findings {
		if f.Severity == staffing.SeverityError {
			causes = append(causes, "rule:"+f.Rule)
			says = append(says, f.Message)
			field = first(field, f.Field)
		}
	}
	if len(causes) == 0 {
		return nil
	}
	return &blockedError{cause: causes[0], err: &staffing.Error{Code: staffing.Invalid, Message: strings.Join(says, " "), Field: field}}
}

// gapWords names the cell where the message alone would not say what to change.
func gapWords(g staffing.Gap) string {
	if g.Kind == staffing.GapValue && !strings.Contains(g.Message, g.Field) {
		return "The cell " + g.Field + " of the mapping: " + g.Message
	}
	if section, key, ok := strings.Cut(g.Field, "."); ok && g.Kind == staffing.GapRequired {
		return mapping.Label(section, key) + ": a value is required, and the record has none."
	}
	return g.Message
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
