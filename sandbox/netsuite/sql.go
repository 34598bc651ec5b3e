package netsuite

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// statement is a question in SuiteQL to one table.
type statement struct {
	columns []column
	table   string
	where   test // nil: every row
	group   string
	order   []operand
}

// column is what a row of the answer shows under a name.
type column struct {
	name  string
	value operand
	sums  string // the column that is added up; empty: none
}

// operand gives a value of a row; false: it is null.
type operand func(row) (string, bool)

type test func(row) bool

var (
	tokens   = regexp.MustCompile(`'(?:[^']|'')*'|[0-9]+|[A-Za-z][A-Za-z0-9_.]*|>=|<=|<>|[=<>(),]|\S`)
	integer  = regexp.MustCompile(`^[0-9]+$`)
	plain    = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)
	name     = regexp.MustCompile(`^[a-z]+$`)
	errWords = errors.New("invalid or unsupported search")
)

// parser reads a statement from its first word to its last. What NetSuite would take
// and no billing client asks is refused.
type parser struct {
	words []string
	used  []string // columns that the statement names
	bad   bool
}

func parse(q string) (statement, []string, error) {
	p := &parser{words: tokens.FindAllString(q, -1)}
	var out statement
	p.need("SELECT")
	for more := true; more && !p.bad; more = p.take(",") {
		out.columns = append(out.columns, p.column())
	}
	p.need("FROM")
	out.table = p.next()
	if p.take("WHERE") {
		out.where = p.either()
	}
	if p.take("GROUP") {
		p.need("BY")
		out.group = p.next()
	}
	if p.take("ORDER") {
		p.need("BY")
		for more := true; more && !p.bad; more = p.take(",") {
			out.order = append(out.order, p.operand())
		}
	}
	if p.bad || len(p.words) > 0 {
		return statement{}, nil, errWords
	}
	return out, p.used, nil
}

func (p *parser) next() string {
	if len(p.words) == 0 {
		p.bad = true
		return ""
	}
	w := p.words[0]
	p.words = p.words[1:]
	return w
}

func (p *parser) take(word string) bool {
	if len(p.words) > 0 && p.words[0] == word {
		p.words = p.words[1:]
		return true
	}
	return false
}

func (p *parser) need(word string) { p.bad = !p.take(word) || p.bad }

func (p *parser) column() column {
	var out column
	if p.take("SUM") {
		p.need("(")
		out.sums = p.next()
		p.used = append(p.used, out.sums)
		out.value = func(r row) (string, bool) { v, ok := r[out.sums]; return v, ok }
		p.need(")")
	} else {
		out.name = strings.Join(p.words[:min(1, len(p.words))], "")
		out.value = p.operand()
	}
	if p.take("AS") {
		out.name = p.next()
	}
	p.bad = p.bad || !name.MatchString(out.name)
	return out
}

func (p *parser) either() test {
	all := []test{p.every()}
	for p.take("OR") {
		all = append(all, p.every())
	}
	return func(r row) bool { return slices.ContainsFunc(all, func(t test) bool { return t(r) }) }
}

func (p *parser) every() test {
	all := []test{p.condition()}
	for p.take("AND") {
		all = append(all, p.condition())
	}
	return func(r row) bool { return !slices.ContainsFunc(all, func(t test) bool { return !t(r) }) }
}

func (p *parser) condition() test {
	if p.take("(") {
		inner := p.either()
		p.need(")")
		return inner
	}
	left, op := p.operand(), p.next()
	switch op {
	case "IN":
		p.need("(")
		var list []operand
		for more := true; more && !p.bad; more = p.take(",") {
			list = append(list, p.operand())
		}
		p.need(")")
		return func(r row) bool {
			return slices.ContainsFunc(list, func(v operand) bool { return compare(r, left, "=", v) })
		}
	case "=", ">", ">=", "<", "<=":
		right := p.operand()
		return func(r row) bool { return compare(r, left, op, right) }
	}
	p.bad = true
	return func(row) bool { return false }
}

// compare says no where one of the two is null.
func compare(r row, left operand, op string, right operand) bool {
	a, okA := left(r)
	b, okB := right(r)
	if !okA || !okB {
		return false
	}
	n := order(a, b)
	return strings.Contains(op, "=") && n == 0 || op[0] == '>' && n > 0 || op[0] == '<' && n < 0
}

func order(a, b string) int {
	if plain.MatchString(a) && plain.MatchString(b) {
		return number(a).Cmp(number(b))
	}
	return strings.Compare(a, b)
}

func (p *parser) operand() operand {
	w := p.next()
	switch {
	case strings.HasPrefix(w, "'"):
		text := strings.ReplaceAll(w[1:max(1, len(w)-1)], "''", "'")
		return func(row) (string, bool) { return text, text != "" } // an empty text is null in this database
	case integer.MatchString(w):
		return func(row) (string, bool) { return w, true }
	case p.take("("):
		return p.function(w)
	case !name.MatchString(w):
		p.bad = true
	}
	p.used = append(p.used, w)
	return func(r row) (string, bool) { v, ok := r[w]; return v, ok }
}

// function is one of those that NetSuite lists as supported.
func (p *parser) function(called string) operand {
	if called == "BUILTIN.DF" {
		col := p.next()
		p.used = append(p.used, col)
		p.need(")")
		return func(r row) (string, bool) { v, ok := r["shown "+col]; return v, ok }
	}
	a, b := p.operand(), operand(nil)
	if p.take(",") {
		b = p.operand()
	}
	p.need(")")
	if two := slices.Contains([]string{"TO_CHAR", "TO_DATE", "NVL", "INSTR"}, called); called != "LOWER" && !two || two != (b != nil) {
		p.bad = true
		return func(row) (string, bool) { return "", false }
	}
	return func(r row) (string, bool) {
		v, ok := a(r)
		if called == "LOWER" {
			return strings.ToLower(v), ok
		}
		w, okW := b(r)
		switch {
		case called == "NVL" && !ok:
			return w, okW
		case called == "INSTR":
			return strconv.Itoa(strings.Index(v, w) + 1), ok && okW
		case called == "TO_CHAR" && w == "YYYY-MM-DD":
			return v[:min(10, len(v))], ok
		}
		return v, ok
	}
}

// run gives the rows of the answer, null columns left out as over REST.
func (st statement) run(table []row) []row {
	var kept []row
	for _, r := range table {
		if st.where == nil || st.where(r) {
			kept = append(kept, r)
		}
	}
	slices.SortStableFunc(kept, func(a, b row) int {
		for _, o := range st.order {
			x, okX := o(a)
			y, okY := o(b)
			if okX != okY { // null comes last
				return map[bool]int{true: -1, false: 1}[okX]
			}
			if n := order(x, y); n != 0 {
				return n
			}
		}
		return 0
	})
	if st.group != "" {
		kept = st.grouped(kept)
	}
	out := []row{}
	for _, r := range kept {
		shown := row{}
		for _, c := range st.columns {
			if v, ok := c.value(r); ok {
				shown[c.name] = v
			}
		}
		out = append(out, shown)
	}
	return out
}

// grouped makes one row of all that agree in the column of GROUP BY.
func (st statement) grouped(rows []row) (out []row) {
	at := map[string]int{}
	for _, r := range rows {
		i, ok := at[r[st.group]]
		if !ok {
			at[r[st.group]] = len(out)
			out = append(out, maps.Clone(r))
			continue
		}
		for _, c := range st.columns {
			if c.sums != "" {
				out[i][c.sums] = number(out[i][c.sums]).Add(number(r[c.sums])).String()
			}
		}
	}
	return out
}
