package rules

import "github.com/tributary-hub/tributary/staffing"

// Form is a ready-made kind of rule that a page shows as fields to fill in.
type Form struct {
	Name, Label, Help string
	On                []staffing.Subject
	Params            []Param
}

// Param is one field of a form.
type Param struct {
	Name, Label, Help string
	Type              string // field, text, lines, number, days, pattern, list, choice, cel
	Options           []string
	Required          bool
}

// Forms lists the forms in the order in which a page offers them.
func Forms() []Form { return nil }

// Build makes the rule of a form; its id is made of the form and the field, and an
// empty message becomes one with values. The error is [staffing.Invalid] with the
// wrong parameter as its field.
func Build(form string, on staffing.Subject, params map[string]string, severity staffing.Severity, message string) (staffing.Rule, error) {
	return staffing.Rule{}, nil
}

// RecogniseForm finds the form and parameters that give a rule's expressions; ok
// is false for none.
func RecogniseForm(r staffing.Rule) (form string, params map[string]string, ok bool) {
	return "", nil, false
}
