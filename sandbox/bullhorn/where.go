package bullhorn

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// condition says whether a row is wanted.
type condition func(row) bool

// token is one word of a where clause.
type token struct {
	text string
	kind rune // w word, s text, n number, o operator
}

// parseWhere reads the part of JPQL that this simulator knows: comparisons, IN,
// IS NULL, AND, OR, NOT and brackets.
func (s *Server) parseWhere(entity, where string) (condition, error) {
	tokens, err := scan(where)
	if err != nil {
		return nil, err
	}
	if len(tokens) == 0 {
		return nil, fmt.Errorf("the where clause is empty")
	}
	p := &whereParser{s: s, entity: entity, tokens: tokens}
	c, err := p.or()
	if err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("unexpected token: %s", p.tokens[0].text)
	}
	return c, err
}

func scan(in string) (out []token, err error) {
	for in = strings.TrimSpace(in); in != ""; in = strings.TrimLeftFunc(in, unicode.IsSpace) {
		n := 1
		t := token{kind: 'o'}
		switch c := in[0]; {
		case c == '\'':
			for {
				end := strings.IndexByte(in[n:], '\'')
				if end < 0 {
					return nil, fmt.Errorf("a quote is not closed")
				}
				n += end + 1
				if n >= len(in) || in[n] != '\'' {
					break
				}
				n++ // a doubled quote stands for itself
			}
			t.kind, t.text = 's', strings.ReplaceAll(in[1:n-1], "''", "'")
		case c >= '0' && c <= '9' || c == '-':
			for n < len(in) && (in[n] >= '0' && in[n] <= '9' || in[n] == '.') {
				n++
			}
			t.kind, t.text = 'n', in[:n]
		case c < 128 && (unicode.IsLetter(rune(c)) || c == '_'):
			for n < len(in) && (in[n] == '_' || in[n] == '.' || in[n] < 128 && (unicode.IsLetter(rune(in[n])) || unicode.IsDigit(rune(in[n])))) {
				n++
			}
			t.kind, t.text = 'w', in[:n]
		default:
			if strings.HasPrefix(in, "<=") || strings.HasPrefix(in, ">=") || strings.HasPrefix(in, "<>") {
				n = 2
			}
			t.text = in[:n]
			if !slices.Contains([]string{"=", "<", ">", "<=", ">=", "<>", "(", ")", ","}, t.text) {
				return nil, fmt.Errorf("unexpected character %q", t.text)
			}
		}
		out = append(out, t)
		in = in[n:]
	}
	return out, nil
}

type whereParser struct {
	s      *Server
	entity string
	tokens []token
	depth  int
}

func (p *whereParser) next() token {
	if len(p.tokens) == 0 {
		return token{}
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

// word takes the next token when it is that keyword or operator.
func (p *whereParser) word(w string) bool {
	if len(p.tokens) > 0 && p.tokens[0].kind != 's' && strings.EqualFold(p.tokens[0].text, w) {
		p.tokens = p.tokens[1:]
		return true
	}
	return false
}

func (p *whereParser) or() (condition, error) {
	left, err := p.and()
	for err == nil && p.word("OR") {
		a := left
		var b condition
		b, err = p.and()
		left = func(r row) bool { return a(r) || b(r) }
	}
	return left, err
}

func (p *whereParser) and() (condition, error) {
	left, err := p.not()
	for err == nil && p.word("AND") {
		a := left
		var b condition
		b, err = p.not()
		left = func(r row) bool { return a(r) && b(r) }
	}
	return left, err
}

func (p *whereParser) not() (condition, error) {
	if p.depth++; p.depth > 200 {
		return nil, fmt.Errorf("the clause is nested too deep")
	}
	if p.word("NOT") {
		c, err := p.not()
		return func(r row) bool { return !c(r) }, err
	}
	if !p.word("(") {
		return p.comparison()
	}
	c, err := p.or()
	if err == nil && !p.word(")") {
		err = fmt.Errorf("a bracket is not closed")
	}
	return c, err
}

func (p *whereParser) comparison() (condition, error) {
	path := p.next()
	if path.kind != 'w' {
		return nil, fmt.Errorf("unexpected token: %s", path.text)
	}
	get, err := p.s.path(p.entity, strings.Split(path.text, "."))
	if err != nil {
		return nil, err
	}
	if p.word("IS") {
		not := p.word("NOT")
		if !p.word("NULL") {
			return nil, fmt.Errorf("only IS NULL and IS NOT NULL are known here")
		}
		return func(r row) bool { return (get(r) == nil) != not }, nil
	}
	not := p.word("NOT")
	if p.word("IN") {
		list, err := p.literals()
		return func(r row) bool {
			return slices.ContainsFunc(list, func(v any) bool { return compare(get(r), v) == 0 }) != not
		}, err
	}
	if not {
		return nil, fmt.Errorf("NOT stands before a predicate or IN")
	}
	op := p.next()
	v, err := p.literal()
	if err != nil {
		return nil, err
	}
	test, ok := map[string]func(int) bool{
		"=": func(c int) bool { return c == 0 }, "<>": func(c int) bool { return c != 0 },
		"<": func(c int) bool { return c < 0 }, "<=": func(c int) bool { return c <= 0 },
		">": func(c int) bool { return c > 0 }, ">=": func(c int) bool { return c >= 0 }}[op.text]
	if !ok {
		return nil, fmt.Errorf("unexpected token: %s", op.text)
	}
	return func(r row) bool { v0 := get(r); return v0 != nil && test(compare(v0, v)) }, nil
}

func (p *whereParser) literals() (out []any, err error) {
	if !p.word("(") {
		return nil, fmt.Errorf("IN needs a list")
	}
	for {
		v, err := p.literal()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
		if p.word(")") {
			return out, nil
		}
		if !p.word(",") {
			return nil, fmt.Errorf("the list of IN is not closed")
		}
	}
}

func (p *whereParser) literal() (any, error) {
	t := p.next()
	switch {
	case t.kind == 's':
		return t.text, nil
	case t.kind == 'n':
		return strconv.ParseFloat(t.text, 64)
	case strings.EqualFold(t.text, "true"):
		return true, nil
	case strings.EqualFold(t.text, "false"):
		return false, nil
	}
	return nil, fmt.Errorf("unexpected token: %s", t.text)
}

// path gives a reader of owner.lastName and the like.
func (s *Server) path(entity string, names []string) (func(row) any, error) {
	f, ok := s.schemas[entity].field(names[0])
	switch {
	case !ok || f.kind == "many":
		return nil, fmt.Errorf("could not resolve property: %s of: %s", names[0], entity)
	case len(names) == 1:
		return func(r row) any { return r[f.name] }, nil
	case f.kind == "composite" && len(names) == 2:
		return func(r row) any { a, _ := r[f.name].(map[string]any); return a[names[1]] }, nil
	case f.kind != "one":
		return nil, fmt.Errorf("could not resolve property: %s of: %s", names[1], names[0])
	}
	if len(names) == 2 && names[1] == "id" {
		return func(r row) any { return r[f.name] }, nil // it is what the row holds
	}
	inner, err := s.path(f.of, names[1:])
	return func(r row) any {
		other, ok := s.get(f.of, number(r[f.name]))
		if !ok {
			return nil
		}
		return inner(other)
	}, err
}

// compare orders two values; texts without regard to case, as the vendor's
// database does. Values of different kinds are unequal.
func compare(a, b any) int {
	switch x := a.(type) {
	case string:
		if y, ok := b.(string); ok {
			return strings.Compare(strings.ToLower(x), strings.ToLower(y))
		}
	case bool:
		if y, ok := b.(bool); ok && x == y {
			return 0
		}
	case float64, int64, int:
		if y, ok := asNumber(b); ok {
			n, _ := asNumber(x)
			return cmp.Compare(n, y)
		}
	}
	return 2
}

// asNumber reads a number: a stored row may hold those that Go code put there.
func asNumber(v any) (float64, bool) {
	switch n := v.(type) {
	case float64:
		return n, true
	case int64:
		return float64(n), true
	case int:
		return float64(n), true
	}
	return 0, false
}
