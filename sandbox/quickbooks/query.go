package quickbooks

import (
	"cmp"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// condition is one comparison of a statement; all of them must hold.
type condition struct {
	field, op string
	values    []any // texts, or true and false
}

// selection is a statement of the vendor's query language: one entity, conditions
// joined by AND only, an order, and a page of at most 1000 rows, 100 when it asks for
// no number.
type selection struct {
	entity       string
	where        []condition
	orderBy      string
	descending   bool
	start, limit int
}

var errSyntax = errors.New("QueryParserError: Encountered \" \" ")

// A text may hold \' and any other character after a backslash.
var token = regexp.MustCompile(`^\s*('(?:[^'\\]|\\.)*'|[A-Za-z][\w.]*|\d+(?:\.\d+)?|<=|>=|[=<>(),*])`)

func tokens(q string) (out []string, err error) {
	for strings.TrimSpace(q) != "" {
		m := token.FindStringSubmatch(q)
		if m == nil {
			return nil, errSyntax
		}
		out, q = append(out, m[1]), q[len(m[0]):]
	}
	return out, nil
}

// parser walks over the tokens; the first thing that does not fit ends it.
type parser struct {
	left []string
	err  error
}

func (p *parser) next() string {
	if len(p.left) == 0 {
		p.err = errSyntax
		return ""
	}
	t := p.left[0]
	p.left = p.left[1:]
	return t
}

// word takes the next token when it is that keyword; keywords may be in any case.
func (p *parser) word(w string) bool {
	if len(p.left) == 0 || !strings.EqualFold(p.left[0], w) {
		return false
	}
	p.left = p.left[1:]
	return true
}

func (p *parser) must(w string) {
	if !p.word(w) {
		p.err = errSyntax
	}
}

func (p *parser) number() int {
	n, err := strconv.Atoi(p.next())
	if err != nil || n < 1 {
		p.err = errSyntax
	}
	return n
}

func parse(q string) (selection, error) {
	list, err := tokens(q)
	p := &parser{left: list, err: err}
	s := selection{start: 1, limit: 100}
	p.must("select")
	p.must("*")
	p.must("from")
	s.entity = p.next()
	if p.word("where") {
		s.where = append(s.where, p.condition())
		for p.word("and") {
			s.where = append(s.where, p.condition())
		}
	}
	if p.word("orderby") {
		s.orderBy = p.next()
		s.descending = p.word("desc")
		if !s.descending {
			p.word("asc")
		}
	}
	if p.word("startposition") {
		s.start = p.number()
	}
	if p.word("maxresults") {
		s.limit = p.number()
	}
	if len(p.left) > 0 || s.limit > 1000 {
		p.err = errSyntax
	}
	return s, p.err
}

func (p *parser) condition() condition {
	c := condition{field: p.next(), op: strings.ToUpper(p.next())}
	switch {
	case c.op == "IN":
		p.must("(")
		c.values = append(c.values, p.value())
		for p.word(",") {
			c.values = append(c.values, p.value())
		}
		p.must(")")
	case slices.Contains([]string{"=", "<", ">", "<=", ">=", "LIKE"}, c.op):
		c.values = []any{p.value()}
	default:
		p.err = errSyntax
	}
	return c
}

var escaped = regexp.MustCompile(`\\(.)`)

func (p *parser) value() any {
	t := p.next()
	switch {
	case strings.HasPrefix(t, "'"):
		return escaped.ReplaceAllString(t[1:len(t)-1], "$1")
	case strings.EqualFold(t, "true"), strings.EqualFold(t, "false"):
		return strings.EqualFold(t, "true")
	case t == "" || !strings.Contains("0123456789", t[:1]):
		p.err = errSyntax
	}
	return t
}

// holds compares texts without regard to capitals; the only wildcard of LIKE is %.
func (c condition) holds(o object) bool {
	have, is := o[c.field].(string)
	return slices.ContainsFunc(c.values, func(v any) bool {
		want, isText := v.(string)
		if !is || !isText {
			return (c.op == "=" || c.op == "IN") && o[c.field] == v
		}
		order := cmp.Compare(strings.ToLower(have), strings.ToLower(want))
		switch c.op {
		case "<":
			return order < 0
		case ">":
			return order > 0
		case "<=":
			return order <= 0
		case ">=":
			return order >= 0
		case "LIKE":
			return like(have, want)
		}
		return order == 0
	})
}

func like(have, pattern string) bool {
	parts := strings.Split(pattern, "%")
	for i, part := range parts {
		parts[i] = regexp.QuoteMeta(part)
	}
	return regexp.MustCompile(`(?is)^` + strings.Join(parts, ".*") + `$`).MatchString(have)
}

// apply gives the page that a statement asks for. Inactive records are told only when
// Active or Id is asked for.
func (s selection) apply(all []object) []object {
	asked := slices.ContainsFunc(s.where, func(c condition) bool { return c.field == "Active" || c.field == "Id" })
	var found []object
	for _, o := range all {
		if (o["Active"] != false || asked) && !slices.ContainsFunc(s.where, func(c condition) bool { return !c.holds(o) }) {
			found = append(found, o)
		}
	}
	if s.orderBy != "" {
		slices.SortStableFunc(found, func(a, b object) int {
			order := cmp.Compare(strings.ToLower(text(a[s.orderBy])), strings.ToLower(text(b[s.orderBy])))
			if s.descending {
				return -order
			}
			return order
		})
	}
	return found[min(s.start-1, len(found)):min(s.start-1+s.limit, len(found))]
}

func (s *Server) query(w http.ResponseWriter, q string) {
	asked, err := parse(q)
	if err != nil {
		refuse(w, http.StatusBadRequest, Fault{"ValidationFault", "4000", "Error parsing query", err.Error(), ""})
		return
	}
	all := s.lists[asked.entity]
	switch asked.entity {
	case "Estimate":
		all = s.estimates
	case "Preferences":
		all = []object{{"CurrencyPrefs": object{"MultiCurrencyEnabled": s.opts.MultiCurrency, "HomeCurrency": object{"value": "USD"}},
			"AccountingInfoPrefs": object{"ClassTrackingPerTxnLine": !s.opts.NoClasses}, "SalesFormsPrefs": object{"AllowEstimates": !s.opts.NoEstimates, "CustomTxnNumbers": true}}}
	}
	result := object{}
	if found := asked.apply(all); len(found) > 0 {
		result = object{asked.entity: found, "startPosition": asked.start, "maxResults": len(found)}
	}
	answer(w, http.StatusOK, object{"QueryResponse": result, "time": s.now()})
}
