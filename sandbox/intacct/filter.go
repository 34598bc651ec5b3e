package intacct

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// filter is one condition on one field.
type filter struct {
	Equal    map[string]string `json:"$eq"`
	Starts   map[string]string `json:"$startsWith"`
	Contains map[string]string `json:"$contains"`
	From     map[string]string `json:"$gte"`
	To       map[string]string `json:"$lte"`
}

func (f filter) fields() (out []string) {
	for _, m := range []map[string]string{f.Equal, f.Starts, f.Contains, f.From, f.To} {
		for field := range m {
			out = append(out, field)
		}
	}
	return out
}

// matches takes the wanted text as it is: there are no wildcards.
func (f filter) matches(r row, fold bool) bool {
	same := func(s string) string { return s }
	if fold {
		same = strings.ToLower
	}
	for _, c := range []struct {
		wanted map[string]string
		holds  func(have, want string) bool
	}{
		{f.Equal, func(have, want string) bool { return have == want }},
		{f.Starts, strings.HasPrefix},
		{f.Contains, strings.Contains},
		{f.From, func(have, want string) bool { return have >= want }},
		{f.To, func(have, want string) bool { return have <= want }},
	} {
		for field, want := range c.wanted {
			if !c.holds(same(r[field]), same(want)) {
				return false
			}
		}
	}
	return true
}

var expressionWords = regexp.MustCompile(`[0-9]+|and|or|[()]`)

// holds works an expression such as "1 and (2 or 3)" out, where the numbers stand for
// the filters. Without one all must match.
func holds(expression string, hits []bool) bool {
	if expression == "" {
		return !slices.Contains(hits, false)
	}
	words := expressionWords.FindAllString(expression, -1)
	var either func() bool
	take := func(w string) bool {
		if len(words) > 0 && words[0] == w {
			words = words[1:]
			return true
		}
		return false
	}
	one := func() bool {
		if take("(") {
			out := either()
			take(")")
			return out
		}
		if len(words) == 0 {
			return false
		}
		n, err := strconv.Atoi(words[0])
		words = words[1:]
		return err == nil && n >= 1 && n <= len(hits) && hits[n-1]
	}
	every := func() bool {
		out := one()
		for take("and") {
			out = one() && out
		}
		return out
	}
	either = func() bool {
		out := every()
		for take("or") {
			out = every() || out
		}
		return out
	}
	return either()
}
