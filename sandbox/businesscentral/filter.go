package businesscentral

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// clause is a part of a filter: the fields that it is about, and the test.
type clause struct {
	fields []string
	holds  func(object) bool
}

var errFilter = Fault{"BadRequest", "Invalid filter clause"}

// A quote within a text is doubled.
var token = regexp.MustCompile(`^\s*('(?:[^']|'')*'|\d{4}-\d{2}-\d{2}|-?\d+(?:\.\d+)?|[A-Za-z_]\w*|[(),])`)

// filter reads an OData filter as far as the vendor describes it: comparisons, and, or
// (over one field only), contains, startswith, endswith, and tolower and toupper, which
// stand within another function only in schema version 2.1.
type filter struct {
	left    []string
	nested  bool // schema version 2.1
	columns map[string]bool
	err     error
}

// parseFilter knows the columns from the records that are there; without any, every
// name is one.
func parseFilter(text, version string, all []object) (clause, error) {
	f := &filter{nested: version == "2.1", columns: map[string]bool{}}
	for _, o := range all {
		for k := range o {
			f.columns[k] = true
		}
	}
	for strings.TrimSpace(text) != "" {
		m := token.FindStringSubmatch(text)
		if m == nil {
			return clause{}, errFilter
		}
		f.left, text = append(f.left, m[1]), text[len(m[0]):]
	}
	out := f.either()
	if len(f.left) > 0 && f.err == nil {
		f.err = errFilter
	}
	return out, f.err
}

func (f *filter) next() string {
	if len(f.left) == 0 {
		f.fail(errFilter)
		return ""
	}
	t := f.left[0]
	f.left = f.left[1:]
	return t
}

func (f *filter) word(w string) bool {
	if len(f.left) == 0 || f.left[0] != w {
		return false
	}
	f.left = f.left[1:]
	return true
}

func (f *filter) fail(err error) {
	if f.err == nil {
		f.err = err
	}
}

func (f *filter) must(w string) {
	if !f.word(w) {
		f.fail(errFilter)
	}
}

func (f *filter) either() clause {
	out := f.both()
	for f.word("or") {
		a, b := out, f.both()
		out = clause{append(slices.Clone(a.fields), b.fields...), func(o object) bool { return a.holds(o) || b.holds(o) }}
		if slices.ContainsFunc(out.fields, func(name string) bool { return name != out.fields[0] }) {
			f.fail(Fault{"BadRequest", "An 'OR' operator on distinct fields is not supported"})
		}
	}
	return out
}

func (f *filter) both() clause {
	out := f.one()
	for f.word("and") {
		a, b := out, f.one()
		out = clause{append(slices.Clone(a.fields), b.fields...), func(o object) bool { return a.holds(o) && b.holds(o) }}
	}
	return out
}

func (f *filter) one() clause {
	if f.word("(") {
		out := f.either()
		f.must(")")
		return out
	}
	for name, test := range map[string]func(s, part string) bool{"contains": strings.Contains, "startswith": strings.HasPrefix, "endswith": strings.HasSuffix} {
		if f.word(name) {
			return f.function(test)
		}
	}
	column, read := f.operand()
	op, literal := f.next(), f.next()
	if !slices.Contains([]string{"eq", "ne", "gt", "ge", "lt", "le"}, op) {
		f.fail(errFilter)
	}
	want := f.literal(literal, column)
	return clause{[]string{column}, func(o object) bool { return compare(op, read(o), want) }}
}

// function is one of a text and a part of it, and minds capitals.
func (f *filter) function(test func(s, part string) bool) clause {
	f.must("(")
	column, read := f.operand()
	f.must(",")
	part := f.literal(f.next(), column)
	f.must(")")
	return clause{[]string{column}, func(o object) bool { return test(read(o), part) }}
}

// operand is a column, as it stands or in small or capital letters.
func (f *filter) operand() (string, func(object) string) {
	name := f.next()
	change := map[string]func(string) string{"tolower": strings.ToLower, "toupper": strings.ToUpper}[name]
	if change != nil {
		if !f.nested && len(f.left) > 0 && slices.Contains(f.left[:min(4, len(f.left))], ",") {
			f.fail(Fault{"BadRequest", "Nested function calls are not supported in this schema version"})
		}
		f.must("(")
		name = f.next()
		f.must(")")
	}
	if len(f.columns) > 0 && !f.columns[name] {
		f.fail(Fault{"BadRequest", "Could not find a property named '" + name + "'"})
	}
	return name, func(o object) string {
		have := ""
		if o[name] != nil {
			have = fmt.Sprint(o[name])
		}
		if change != nil {
			have = change(have)
		}
		return have
	}
}

var isDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`).MatchString

// literal takes a text in quotes; a date, a number and a yes or no have none.
func (f *filter) literal(t, column string) string {
	quoted := strings.HasPrefix(t, "'")
	if quoted == (strings.HasSuffix(column, "Date") || t == "true" || t == "false") || !quoted && strings.HasSuffix(column, "Date") != isDate(t) {
		f.fail(Fault{"BadRequest", "A binary operator with incompatible types was detected"})
	}
	if !quoted {
		return t
	}
	return strings.ReplaceAll(t[1:len(t)-1], "''", "'")
}

// compare: an equal text may have other capitals.
func compare(op, have, want string) bool {
	order := cmp.Compare(strings.ToLower(have), strings.ToLower(want))
	switch op {
	case "ne":
		return order != 0
	case "gt":
		return order > 0
	case "ge":
		return order >= 0
	case "lt":
		return order < 0
	case "le":
		return order <= 0
	}
	return order == 0
}
