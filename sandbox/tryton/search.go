package tryton

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

func (s *Server) search(name string, domain any, c call) ([]record, error) {
	clauses, ok := domain.([]any)
	if !ok {
		return nil, crash{"the search domain is no list"}
	}
	var failed error
	rows := s.data[name].List(func(r record) bool {
		if r["active"] == false && !names(clauses, "active") {
			return false
		}
		good, err := s.all(name, r, clauses, c)
		if err != nil {
			failed = err
		}
		return good
	})
	if len(rows) == 0 && failed == nil { // an empty table must complain of an unknown field too
		_, failed = s.all(name, record{}, clauses, c)
	}
	return rows, failed
}

func names(clauses []any, fieldName string) bool {
	return slices.ContainsFunc(clauses, func(v any) bool {
		clause, _ := v.([]any)
		return len(clause) > 0 && clause[0] == fieldName
	})
}

func (s *Server) all(name string, r record, clauses []any, c call) (bool, error) {
	good := true
	for _, v := range clauses {
		hit, err := s.clause(name, r, v, c)
		if err != nil {
			return false, err
		}
		good = good && hit
	}
	return good, nil
}

func (s *Server) clause(name string, r record, v any, c call) (bool, error) {
	clause, ok := v.([]any)
	if !ok || len(clause) == 0 {
		return false, crash{"a clause of the search domain is no list"}
	}
	switch head := clause[0].(type) {
	case []any:
		return s.all(name, r, clause, c)
	case string:
		if head == "AND" {
			return s.all(name, r, clause[1:], c)
		}
		if head == "OR" {
			some := false
			for _, sub := range clause[1:] {
				hit, err := s.clause(name, r, sub, c)
				if err != nil {
					return false, err
				}
				some = some || hit
			}
			return some, nil
		}
	}
	if len(clause) != 3 {
		return false, crash{"a clause of the search domain has not three parts"}
	}
	left, err := s.left(name, r, text(clause[0]))
	if err != nil {
		return false, err
	}
	return compare(left, text(clause[1]), clause[2])
}

// left gives the value that a clause is about, through relations.
func (s *Server) left(name string, r record, path string) (any, error) {
	first, rest, dotted := strings.Cut(path, ".")
	f, known := s.schema[name].fields[first]
	if !known && first != "id" && first != "active" {
		return nil, exception("'" + first + "'")
	}
	if !dotted {
		if f.kind == virtual {
			return s.worked(name, r, first).String(), nil
		}
		return r[first], nil
	}
	target, _ := s.data[f.target].Get(idOf(r[first]))
	return s.left(f.target, target, rest)
}

func compare(left any, op string, right any) (bool, error) {
	if some, ok := right.([]any); ok {
		in := slices.ContainsFunc(some, func(v any) bool { return same(left, v) })
		switch op {
		case "in":
			return in, nil
		case "not in":
			return !in, nil
		}
	}
	switch op {
	case "like", "not like", "ilike", "not ilike":
		hit, err := matches(left, op, right)
		return left != nil && hit != strings.HasPrefix(op, "not "), err // as in SQL, nothing is neither like nor unlike
	case "=":
		return same(left, right), nil
	case "!=":
		return !same(left, right), nil
	case "<=", ">=", "<", ">":
		if left == nil {
			return false, nil
		}
		d := order(plain(left), plain(right))
		return d < 0 && op[0] == '<' || d > 0 && op[0] == '>' || d == 0 && len(op) == 2, nil
	}
	return false, crash{"the operator " + op + " is not known here"}
}

// matches compares with a pattern of PostgreSQL: % is any text, _ any one character,
// and a backslash takes the next character for what it is.
func matches(left any, op string, right any) (bool, error) {
	var expression strings.Builder
	expression.WriteString("^(?s")
	if strings.HasSuffix(op, "ilike") {
		expression.WriteString("i")
	}
	expression.WriteString(":")
	escaped := false
	for _, r := range text(right) {
		switch {
		case !escaped && r == '\\':
			escaped = true
			continue
		case !escaped && r == '%':
			expression.WriteString(".*")
		case !escaped && r == '_':
			expression.WriteString(".")
		default:
			expression.WriteString(regexp.QuoteMeta(string(r)))
		}
		escaped = false
	}
	if escaped {
		return false, exception("LIKE pattern must not end with escape character\n")
	}
	return regexp.MustCompile(expression.String() + ")$").MatchString(text(left)), nil
}

// sort puts rows in the order that is asked for, a list of fields each with ASC or
// DESC; without one they stay as they were made.
func (s *Server) sort(name string, rows []record, wanted any) error {
	keys, _ := wanted.([]any)
	for _, key := range slices.Backward(keys) { // the last one first: the sort is stable
		pair, _ := key.([]any)
		if len(pair) != 2 {
			return crash{"an order is not of pairs"}
		}
		way := strings.ToUpper(text(pair[1]))
		if way != "ASC" && way != "DESC" {
			return exception("'" + way + "'")
		}
		if _, err := s.left(name, record{}, text(pair[0])); err != nil {
			return err
		}
		slices.SortStableFunc(rows, func(a, b record) int {
			x, _ := s.left(name, a, text(pair[0])) // the field is known
			y, _ := s.left(name, b, text(pair[0]))
			if way == "DESC" {
				x, y = y, x
			}
			return ascending(x, y)
		})
	}
	return nil
}

// ascending puts what is not there last, as PostgreSQL does.
func ascending(a, b any) int {
	if a == nil || b == nil {
		return map[bool]int{true: 1}[a == nil] - map[bool]int{true: 1}[b == nil]
	}
	x, isText := a.(string)
	y, too := b.(string)
	if isText && too {
		return strings.Compare(x, y)
	}
	return order(plain(a), plain(b))
}

func same(a, b any) bool {
	if a == nil || b == nil {
		return a == b || a == false || b == false
	}
	return plain(a) == plain(b)
}

// order compares numbers as numbers, and dates and texts as texts.
func order(a, b string) int {
	x, errX := decimal.NewFromString(a)
	y, errY := decimal.NewFromString(b)
	if errX == nil && errY == nil {
		return x.Cmp(y)
	}
	return strings.Compare(a, b)
}

// plain writes values of the wire and of rows alike.
func plain(v any) string {
	switch v := v.(type) {
	case map[string]any:
		if v["__class__"] == "date" {
			if d, err := readDate(v); err == nil {
				return d
			}
		}
		return number(v["decimal"]).String()
	case json.Number, float64, int64, int:
		return number(v).String()
	}
	return fmt.Sprint(v)
}
