package rules

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/internal/phrase"
	"github.com/tributary-hub/tributary/staffing"
)

// Form is a ready-made kind of rule that a page shows as fields to fill in.
type Form struct {
	Name, Label, Help string
	On                []staffing.Subject
	Params            []Param
}

// Param is one field of a form.
type Param struct {
	Name, Label, Help string
	// Type is field (of the record, e.g. purchase_order), text, lines (several, one
	// per line), number, list (the name of a code list), choice or cel.
	Type     string
	Options  []string
	Required bool
}

// form is a form with the rules that it makes.
type form struct {
	Form
	code     string // begins the id of its rules
	field    map[staffing.Subject]string
	variants []variant
	message  string // {name} is a parameter, {field} the field in words, {value} its value
	// given turns parameters into the values of holes, and back; nil: they are the same.
	given, taken func(map[string]string) (map[string]string, error)
}

// variant is the rule for one choice of parameters: the holes of assert are given,
// fixed ones have that value, and others are empty.
type variant struct {
	when, assert phrase.Template
	fixed        map[string]string
	kind         string // of the field; "" any
}

// The parameters and holes that several forms have.
const (
	fieldParam  = "field"
	onlyIfParam = "only_if"
)

// Forms lists the forms in the order in which a page offers them. Each also takes
// only_if, an expression that says to which records the rule applies.
func Forms() []Form {
	var out []Form
	for _, f := range forms() {
		out = append(out, f.Form)
	}
	return append(out, free())
}

// freeName is the form that takes expressions.
const freeName = "free"

func free() Form {
	return Form{Name: freeName, Label: "A rule of your own", Help: "An expression that must hold.", On: everywhere(), Params: []Param{
		{Name: "assert", Label: "Must hold", Help: "An expression that gives true or false.", Type: "cel", Required: true}, onlyIf()}}
}

func formNamed(name string) (form, bool) {
	all := forms()
	i := slices.IndexFunc(all, func(f form) bool { return f.Name == name })
	if i < 0 {
		return form{}, false
	}
	return all[i], true
}

// Build makes the rule of a form. Its id is made of the form and the field, and an
// empty message becomes one with values. The error is [staffing.Invalid], its field
// the parameter that is wrong.
func Build(name string, on staffing.Subject, params map[string]string, severity staffing.Severity, message string) (staffing.Rule, error) {
	r := staffing.Rule{ID: "RULE", On: on, When: strings.TrimSpace(params[onlyIfParam]), Severity: severity, Message: message}
	if name == freeName {
		r.Assert = strings.TrimSpace(params["assert"])
		if r.Assert == "" {
			return r, invalid("assert", "the expression is missing")
		}
		return r, nil
	}
	f, ok := formNamed(name)
	switch {
	case !ok:
		return r, staffing.Errorf(staffing.Invalid, "there is no form %q", name)
	case !slices.Contains(f.On, on):
		return r, staffing.Errorf(staffing.Invalid, "the rule %q is not for a %s", f.Label, on)
	}
	values, err := f.values(on, params)
	if err != nil {
		return r, err
	}
	v, err := f.variant(on, values)
	if err != nil {
		return r, err
	}
	if r.When, r.Assert, err = v.fill(values, r.When); err != nil {
		return r, err
	}
	r.Field = relative(on, values[fieldParam])
	r.ID = idOf(f.code, r.Field)
	if strings.TrimSpace(message) == "" {
		r.Message = f.words(on, params, values)
	}
	return r, nil
}

func invalid(param, message string) error {
	return &staffing.Error{Code: staffing.Invalid, Field: param, Message: message}
}

// values gives the values of the holes.
func (f form) values(on staffing.Subject, params map[string]string) (map[string]string, error) {
	values := map[string]string{}
	for _, p := range f.Params {
		v := strings.TrimSpace(params[p.Name])
		switch {
		case p.Name == onlyIfParam:
		case v != "":
			values[p.Name] = v
		case p.Required:
			return nil, invalid(p.Name, "the value “"+p.Label+"” is missing")
		}
	}
	if f.given != nil {
		var err error
		if values, err = f.given(values); err != nil {
			return nil, err
		}
	}
	if own, ok := f.field[on]; ok {
		values[fieldParam] = own
	}
	for _, p := range f.Params {
		if p.Type == "field" && values[p.Name] != "" {
			values[p.Name] = absolute(on, values[p.Name])
		}
	}
	return values, nil
}

// variant finds the one that the values ask for.
func (f form) variant(on staffing.Subject, values map[string]string) (variant, error) {
	kind := kindOf(on, values[fieldParam])
	for _, v := range f.variants {
		if v.takes(values) && (v.kind == "" || v.kind == kind) {
			return v, nil
		}
	}
	for _, p := range f.Params {
		if values[p.Name] == "" && p.Name != onlyIfParam {
			return variant{}, invalid(p.Name, "the value “"+p.Label+"” is missing")
		}
	}
	return variant{}, staffing.Errorf(staffing.Invalid, "these values do not go together")
}

func (v variant) takes(values map[string]string) bool {
	n := len(v.fixed)
	for name, want := range v.fixed {
		if values[name] != want {
			return false
		}
	}
	for _, h := range v.holes() {
		if values[h] == "" {
			return false
		}
		n++
	}
	return n == len(values)
}

func (v variant) holes() []string {
	names := map[string]bool{}
	for _, h := range v.assert.Holes() {
		names[h.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func (v variant) fill(values map[string]string, onlyIf string) (when, assert string, err error) {
	if assert, err = fill(v.assert, values); err != nil {
		return "", "", err
	}
	if when, err = fill(v.when, values); err != nil {
		return "", "", err
	}
	switch {
	case onlyIf == "":
		return when, assert, nil
	case when == "":
		return onlyIf, assert, nil
	}
	return when + " && (" + onlyIf + ")", assert, nil
}

func fill(t phrase.Template, values map[string]string) (string, error) {
	s, err := t.Fill(values)
	var wrong *phrase.Error
	if errors.As(err, &wrong) {
		return "", invalid(wrong.Hole, "the value "+wrong.Message)
	}
	return s, err
}

// RecogniseForm finds the form and the parameters that give a rule's expressions.
// What no other form gives is the form "free"; ok is false for a rule without an
// expression.
func RecogniseForm(r staffing.Rule) (name string, params map[string]string, ok bool) {
	for _, f := range forms() {
		if !slices.Contains(f.On, r.On) {
			continue
		}
		for _, v := range f.variants {
			if params, ok := f.read(v, r); ok {
				return f.Name, params, true
			}
		}
	}
	params = map[string]string{"assert": r.Assert}
	if r.When != "" {
		params[onlyIfParam] = r.When
	}
	return freeName, params, strings.TrimSpace(r.Assert) != ""
}

// read finds the parameters with which a variant gives the rule.
func (f form) read(v variant, r staffing.Rule) (map[string]string, bool) {
	values, ok := v.assert.Match(r.Assert)
	if !ok {
		return nil, false
	}
	own, err := fill(v.when, values)
	if err != nil {
		return nil, false
	}
	onlyIf, ok := restOf(own, r.When)
	if !ok {
		return nil, false
	}
	maps.Copy(values, v.fixed)
	for _, p := range f.Params {
		if p.Type == "field" && values[p.Name] != "" {
			values[p.Name] = relative(r.On, values[p.Name])
		}
	}
	if f.field != nil {
		if values[fieldParam] != "" && relative(r.On, f.field[r.On]) != relative(r.On, values[fieldParam]) {
			return nil, false
		}
		delete(values, fieldParam)
	}
	if f.taken != nil {
		if values, err = f.taken(values); err != nil {
			return nil, false
		}
	}
	if onlyIf != "" {
		values[onlyIfParam] = onlyIf
	}
	again, err := Build(f.Name, r.On, values, r.Severity, r.Message)
	return values, err == nil && plain(again.Assert) == plain(r.Assert) && plain(again.When) == plain(r.When)
}

// restOf finds what a condition asks beyond the form's own.
func restOf(own, when string) (rest string, ok bool) {
	when = strings.TrimSpace(when)
	switch {
	case own == "":
		return when, true
	case plain(own) == plain(when):
		return "", true
	case strings.HasPrefix(when, own+" && (") && strings.HasSuffix(when, ")"):
		rest = when[len(own)+len(" && (") : len(when)-1]
		return rest, phrase.Balanced(rest) && strings.TrimSpace(rest) != ""
	}
	return "", false
}

// plain leaves the blanks between the words of an expression out.
func plain(s string) string { return strings.Join(strings.Fields(s), "") }
