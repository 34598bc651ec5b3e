package bullhorn

import (
	"fmt"
	"strconv"
	"strings"
)

// parseLucene reads the part of the index's language that this simulator knows:
// field:word, field:"words", field:[from TO to], AND, OR, NOT, brackets, and words
// side by side (which mean OR).
func (s *Server) parseLucene(entity, query string) (condition, error) {
	p := &luceneParser{s: s, entity: entity, rest: query}
	c, err := p.or(0)
	if err == nil && strings.TrimSpace(p.rest) != "" {
		err = fmt.Errorf("cannot parse the query at %q", p.rest)
	}
	return c, err
}

type luceneParser struct {
	s      *Server
	entity string
	rest   string
}

func (p *luceneParser) take(s string) bool {
	p.rest = strings.TrimLeft(p.rest, " ")
	rest, ok := strings.CutPrefix(p.rest, s)
	if ok && s[0] >= 'A' && s[0] <= 'Z' && rest != "" && rest[0] != ' ' && rest[0] != '(' {
		return false // a longer word
	}
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *luceneParser) or(depth int) (condition, error) {
	left, err := p.and(depth)
	for err == nil {
		p.take("OR")
		p.rest = strings.TrimLeft(p.rest, " ")
		if p.rest == "" || p.rest[0] == ')' {
			break
		}
		a := left
		var b condition
		b, err = p.and(depth)
		left = func(r row) bool { return a(r) || b(r) }
	}
	return left, err
}

func (p *luceneParser) and(depth int) (condition, error) {
	left, err := p.not(depth)
	for err == nil && p.take("AND") {
		a := left
		var b condition
		b, err = p.not(depth)
		left = func(r row) bool { return a(r) && b(r) }
	}
	return left, err
}

func (p *luceneParser) not(depth int) (condition, error) {
	if depth > 100 {
		return nil, fmt.Errorf("the query is nested too deep")
	}
	if p.take("NOT") {
		c, err := p.not(depth + 1)
		return func(r row) bool { return !c(r) }, err
	}
	if p.take("(") {
		c, err := p.or(depth + 1)
		if err == nil && !p.take(")") {
			err = fmt.Errorf("a bracket is not closed")
		}
		return c, err
	}
	return p.term()
}

func (p *luceneParser) term() (condition, error) {
	name, rest, ok := strings.Cut(p.rest, ":")
	if !ok {
		return nil, fmt.Errorf("a term needs a field: %q", p.rest)
	}
	get, err := p.s.path(p.entity, strings.Split(strings.TrimSpace(name), "."))
	if err != nil {
		return nil, err
	}
	p.rest = rest
	switch {
	case strings.HasPrefix(rest, `"`):
		value, after, ok := strings.Cut(rest[1:], `"`)
		if !ok {
			return nil, fmt.Errorf("a quote is not closed")
		}
		p.rest = after
		return func(r row) bool { return strings.Contains(strings.ToLower(shown(get(r))), strings.ToLower(value)) }, nil
	case strings.HasPrefix(rest, "["):
		span, after, ok := strings.Cut(rest[1:], "]")
		from, to, isSpan := strings.Cut(span, " TO ")
		if !ok || !isSpan {
			return nil, fmt.Errorf("a range has the form [from TO to]")
		}
		p.rest = after
		return between(get, from, to)
	}
	n := strings.IndexAny(rest, " )")
	if n < 0 {
		n = len(rest)
	}
	value := rest[:n]
	p.rest = rest[n:]
	return func(r row) bool { return matches(shown(get(r)), value) }, nil
}

// matches compares word by word; a star at the end stands for any ending.
func matches(have, value string) bool {
	prefix, open := strings.CutSuffix(strings.ToLower(value), "*")
	for _, w := range append(strings.Fields(strings.ToLower(have)), strings.ToLower(have)) {
		if w == prefix || open && strings.HasPrefix(w, prefix) {
			return true
		}
	}
	return false
}

// shown is a value as the index holds it.
func shown(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "1"
		}
		return "0"
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func between(get func(row) any, from, to string) (condition, error) {
	var bounds [2]*float64
	for i, s := range []string{from, to} {
		if s = strings.TrimSpace(s); s == "*" {
			continue
		}
		n, err := strconv.ParseFloat(s, 64)
		if err != nil {
			return nil, fmt.Errorf("only numbers and * are known in a range here")
		}
		bounds[i] = &n
	}
	return func(r row) bool {
		v, ok := get(r).(float64)
		return ok && (bounds[0] == nil || v >= *bounds[0]) && (bounds[1] == nil || v <= *bounds[1])
	}, nil
}
