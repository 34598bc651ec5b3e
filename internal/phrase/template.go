package phrase

import (
	"maps"
	"strings"
)

// Hole is a place of a template that a value fills. Its kind is one of
//
//	path   the way to a value, e.g. raw.offices[0].name
//	paths  several, one per line
//	text   any text, written in quotes
//	texts  several, one per line
//	int    a whole number without a sign
//	amount a decimal number, written in quotes so that it stays exact
type Hole struct{ Name, Kind string }

// Template is an expression with holes. A hole that stands twice holds the same
// value twice.
type Template struct{ tokens []token }

// New reads a template. Its holes are written {name:kind}.
func New(source string) Template {
	tokens, _ := scan(source, true) // templates are constants; a test reads all of them
	return Template{tokens}
}

// Holes gives the holes in their order, each once.
func (t Template) Holes() []Hole {
	var out []Hole
	seen := map[string]bool{}
	for _, k := range t.tokens {
		if k.kind == hole && !seen[k.hole.Name] {
			out = append(out, k.hole)
			seen[k.hole.Name] = true
		}
	}
	return out
}

func parseHole(s string) (Hole, int) {
	inside, _, closed := strings.Cut(s[1:], "}")
	name, kind, ok := strings.Cut(inside, ":")
	if !closed || !ok || strings.ContainsAny(inside, " \"'") {
		return Hole{}, 0
	}
	return Hole{name, kind}, len(inside) + 2
}

// Fill writes the expression. The error is an [*Error] about the value that does
// not fit.
func (t Template) Fill(values map[string]string) (string, error) {
	var b strings.Builder
	var last token
	for _, k := range t.tokens {
		text, err := k.write(values)
		if err != nil {
			return "", err
		}
		if spaced(last, k) {
			b.WriteByte(' ')
		}
		b.WriteString(text)
		last = k
	}
	return b.String(), nil
}

func (k token) write(values map[string]string) (string, error) {
	switch k.kind {
	case hole:
		return k.hole.write(values[k.hole.Name])
	case str:
		q, _ := Quote(k.text) // of a template
		return q, nil
	}
	return k.text, nil
}

// spaced sets tokens apart as people write them.
func spaced(a, b token) bool {
	const operators = "=!<>&|?:+-*"
	is := func(t token, set string) bool { return t.kind == sign && strings.Contains(set, t.text) }
	switch {
	case is(a, ","):
		return true
	case is(a, operators) && is(b, operators):
		return a.text == "?" || a.text == ":" || b.text == "?" || b.text == ":"
	case is(a, "!"), is(b, ":") && a.kind == str:
		return false
	case is(a, operators) || is(b, operators):
		return a.text != "" || a.kind != word
	case a.kind == word && a.text == "in", b.kind == word && b.text == "in":
		return true
	}
	return false
}

// Match finds the values of the holes in an expression, whatever its blanks and
// quotes; ok is false when it has another form.
func (t Template) Match(source string) (values map[string]string, ok bool) {
	tokens, ok := scan(source, false)
	if !ok {
		return nil, false
	}
	return match(t.tokens, tokens, map[string]string{})
}

// match tries the longest value of a hole first.
func match(want, have []token, values map[string]string) (map[string]string, bool) {
	if len(want) == 0 {
		return values, len(have) == 0
	}
	first := want[0]
	if first.kind != hole {
		if len(have) == 0 || have[0].kind != first.kind || have[0].text != first.text {
			return nil, false
		}
		return match(want[1:], have[1:], values)
	}
	for _, r := range first.hole.read(have) {
		if old, set := values[first.hole.Name]; set && old != r.value {
			continue
		}
		more := maps.Clone(values)
		more[first.hole.Name] = r.value
		if out, ok := match(want[1:], have[r.tokens:], more); ok {
			return out, true
		}
	}
	return nil, false
}
