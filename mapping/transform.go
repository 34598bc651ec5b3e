package mapping

import (
	"errors"
	"maps"
	"slices"

	"github.com/tributary-hub/tributary/internal/phrase"
	"github.com/tributary-hub/tributary/staffing"
)

// Transform is a way from a source field to a value that has a name, so that most
// people need not write an expression.
type Transform struct {
	Name, Label, Help string
	NoSource          bool // it needs no source field
	Params            []TransformParam
}

// TransformParam is one setting of a transform.
type TransformParam struct {
	Name, Label, Help string
	Options           []string // suggestions
	Required          bool
	Lines             bool // several values, one per line
}

// Applied is a transform with its source and its settings.
type Applied struct {
	Name   string
	Source string // a path, e.g. raw.offices[0].name
	Params map[string]string
}

// form is a transform with the expressions that it stands for.
type form struct {
	Transform
	variants []variant
}

// variant is the expression for one choice of settings: those of its holes are
// given, those of fixed have that value, and the others are empty.
type variant struct {
	template phrase.Template
	fixed    map[string]string
}

// sourceHole is the hole that [Applied.Source] fills.
const sourceHole = "source"

// Transforms lists the transforms in the order in which a page offers them.
func Transforms() []Transform {
	var out []Transform
	for _, f := range forms() {
		out = append(out, f.Transform)
	}
	return out
}

// CEL gives the expression. The error is [staffing.Invalid] and its field is the
// setting that is wrong.
func (a Applied) CEL() (string, error) {
	all := forms()
	i := slices.IndexFunc(all, func(f form) bool { return f.Name == a.Name })
	if i < 0 {
		return "", staffing.Errorf(staffing.Invalid, "there is no transform %s", quote(a.Name))
	}
	values := maps.Clone(a.Params)
	maps.DeleteFunc(values, func(_, v string) bool { return v == "" })
	if a.Source != "" {
		values = with(values, sourceHole, a.Source)
	}
	for _, v := range all[i].variants {
		if v.takes(values) {
			return v.fill(values)
		}
	}
	return "", all[i].missing(values)
}

// takes says that the variant is the one for the settings that are given.
func (v variant) takes(values map[string]string) bool {
	n := len(v.fixed)
	for name, want := range v.fixed {
		if values[name] != want {
			return false
		}
	}
	for _, h := range v.template.Holes() {
		if values[h.Name] == "" {
			return false
		}
		n++
	}
	return n == len(values)
}

func (v variant) fill(values map[string]string) (string, error) {
	s, err := v.template.Fill(values)
	var wrong *phrase.Error
	if errors.As(err, &wrong) {
		return "", &staffing.Error{Code: staffing.Invalid, Message: "the setting " + wrong.Message, Field: wrong.Hole}
	}
	return s, err
}

// missing says which setting is missing, or is not of the transform.
func (f form) missing(values map[string]string) error {
	known := map[string]bool{sourceHole: !f.NoSource}
	if !f.NoSource && values[sourceHole] == "" {
		return &staffing.Error{Code: staffing.Invalid, Field: sourceHole, Message: "a source field is needed for this"}
	}
	for _, p := range f.Params {
		known[p.Name] = true
		if p.Required && values[p.Name] == "" {
			return &staffing.Error{Code: staffing.Invalid, Field: p.Name, Message: "the setting " + quote(p.Label) + " is missing"}
		}
	}
	for name := range values {
		if !known[name] {
			return &staffing.Error{Code: staffing.Invalid, Field: name, Message: "the transform has no setting " + quote(name)}
		}
	}
	return staffing.Errorf(staffing.Invalid, "these settings do not go together")
}

// Recognise finds the transform that gives an expression, whatever the blanks in
// it; ok is false for one that only the advanced view can show.
func Recognise(cel string) (a Applied, ok bool) {
	for _, f := range forms() {
		for _, v := range f.variants {
			values, ok := v.template.Match(cel)
			if !ok {
				continue
			}
			maps.Copy(values, v.fixed)
			a = Applied{Name: f.Name, Source: values[sourceHole], Params: values}
			delete(a.Params, sourceHole)
			if same(a, v) {
				return a, true
			}
		}
	}
	return Applied{}, false
}

// same says that the settings lead back to the variant, and not to another one.
func same(a Applied, v variant) bool {
	back, err := a.CEL()
	if err != nil {
		return false
	}
	values, ok := v.template.Match(back)
	if !ok {
		return false
	}
	for name, value := range values {
		if name != sourceHole && a.Params[name] != value || name == sourceHole && a.Source != value {
			return false
		}
	}
	return true
}
