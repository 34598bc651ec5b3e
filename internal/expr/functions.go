package expr

import (
	"maps"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
	"cel.dev/cel-go/common/types/traits"
)

// functions are the functions with staffing meaning, and the small ones that
// payloads need. An absent argument gives an absent result unless the comment of
// the implementation says otherwise.
func (l *library) functions() []cel.EnvOption {
	dyn := cel.DynType
	return []cel.EnvOption{
		// text
		l.fn("html_to_text", dyn, 1, onText(htmlToText)),
		l.fn(fnClean, dyn, 1, onText(l.cleanHTML)),
		l.fn("slug", dyn, 1, onText(slug)),
		l.fn("trim", dyn, 1, onText(strings.TrimSpace)),
		l.fn("upper", dyn, 1, onText(strings.ToUpper)),
		l.fn("lower", dyn, 1, onText(strings.ToLower)),
		l.fn("cut", dyn, 2, cut),
		l.fn("split", dyn, 2, split),
		l.fn("join", dyn, 2, join),
		l.fn("yes", cel.BoolType, 1, yes),
		// dates and times
		l.fn("parse_date", dyn, 1, l.parseDate, 2, 3),
		l.fn("parse_time", dyn, 1, l.parseTime, 2, 3),
		l.fn("millis", dyn, 1, millis),
		l.fn("millis_at", dyn, 2, millisAt),
		l.fn("date_of_millis", dyn, 1, dateOfMillis),
		l.fn("time_of_millis", dyn, 1, timeOfMillis),
		// money
		l.fn("money", dyn, 1, money),
		l.fn("rate", dyn, 3, rate),
		l.fn("unit", dyn, 1, unit),
		l.fn("add", dyn, 2, arithmetic("add")),
		l.fn("sub", dyn, 2, arithmetic("sub")),
		l.fn("mul", dyn, 2, arithmetic("mul")),
		l.fn("div", dyn, 3, divide),
		l.fn("cmp", cel.IntType, 2, compare),
		l.fn("sum", dyn, 1, sum),
		// lists and codes
		l.fn(fnLookup, dyn, 3, lookup, 4),
		l.fn("first", dyn, 1, first),
		l.fn("one_or_many", dyn, 1, oneOrMany),
		l.fn("merge", dyn, 2, merge),
		// places
		l.fn("location", dyn, 1, l.location),
		l.fn("country", dyn, 1, l.country),
	}
}

// onText makes a function of one text: numbers are taken as they are written.
func onText(f func(string) string) func([]ref.Val) ref.Val {
	return func(a []ref.Val) ref.Val {
		s, ok := text(a[0])
		switch {
		case !ok:
			return types.NewErr("expected a text, got %s", kindOf(a[0]))
		case s == "":
			return absent{}
		}
		return types.String(f(s))
	}
}

func cut(a []ref.Val) ref.Val {
	n, ok := a[1].(types.Int)
	if !ok || n < 0 {
		return types.NewErr("cut needs the number of characters as its second value")
	}
	return onText(func(s string) string {
		if int64(len(s)) <= int64(n) {
			return s
		}
		r := []rune(s)
		return string(r[:min(int64(n), int64(len(r)))])
	})(a[:1])
}

// split gives the trimmed, non-empty parts of a text.
func split(a []ref.Val) ref.Val {
	s, ok := text(a[0])
	sep, okSep := text(a[1])
	if !ok || !okSep || sep == "" {
		return types.NewErr("split needs a text and a separator")
	}
	out := List{}
	for part := range strings.SplitSeq(s, sep) {
		if p := strings.TrimSpace(part); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// join puts the non-empty elements of a list into one text.
func join(a []ref.Val) ref.Val {
	sep, ok := text(a[1])
	if !ok {
		return types.NewErr("join needs a separator")
	}
	var b strings.Builder
	for e := range elements(a[0]) {
		s, ok := text(e)
		if !ok {
			return types.NewErr("join needs a list of texts, got %s in it", kindOf(e))
		}
		if s == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(sep)
		}
		if b.WriteString(s); b.Len() > maxString {
			return types.NewErr("the text would be longer than %d MiB", maxString>>20)
		}
	}
	return types.String(b.String())
}

// yes reads the words that systems use for true; everything else is false.
func yes(a []ref.Val) ref.Val {
	s, _ := text(a[0])
	switch strings.ToLower(strings.TrimSpace(s)) {
	case "yes", "y", "true", "t", "1", "on", "x":
		return types.True
	}
	return types.False
}

// slug gives lower case letters and digits with single hyphens between them.
func slug(s string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToLower(s) {
		if r = plainLetter(r); r == 0 {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte('-')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// first gives the first element that is not empty.
func first(a []ref.Val) ref.Val {
	for e := range elements(a[0]) {
		if !empty(e) {
			return e
		}
	}
	return absent{}
}

// oneOrMany gives a list as it is, nothing as an empty list, and anything else
// as a list of one: some systems write a list of one without its brackets.
func oneOrMany(a []ref.Val) ref.Val {
	if isNull(a[0]) {
		return List{}
	}
	if _, ok := open(a[0]).(List); ok {
		return a[0]
	}
	return List{a[0]}
}

// elements goes over a list; a single value is a list of one, nothing has none.
func elements(v ref.Val) func(yield func(ref.Val) bool) {
	return func(yield func(ref.Val) bool) {
		if isNull(v) {
			return
		}
		var it traits.Iterator
		switch x := v.(type) {
		case List:
			it = x.Iterator()
		case traits.Lister:
			it = x.Iterator()
		default:
			yield(v)
			return
		}
		for it.HasNext() == types.True {
			if !yield(it.Next()) {
				return
			}
		}
	}
}

// empty says whether a value counts as no value: absent, null, "" (blanks
// count), and an empty list or map.
func empty(v ref.Val) bool {
	switch x := v.(type) {
	case types.String:
		return strings.TrimSpace(string(x)) == ""
	case List:
		return len(x) == 0
	case Object:
		return len(x) == 0
	case traits.Lister:
		return sizeOf(x) == 0
	case traits.Mapper:
		return sizeOf(x) == 0
	}
	return isNull(v)
}

// Fold is how words of vendors are compared: trimmed, without regard to case or
// to the number of blanks.
func Fold(s string) string { return strings.ToLower(strings.Join(strings.Fields(s), " ")) }

// tables are the code lists of an environment. They reach lookup as a last value
// that the rewriter adds, so that one environment serves all code lists.
type tables map[string]Codes

// lookup finds a code; without an entry it gives the default, or nothing.
func lookup(a []ref.Val) ref.Val {
	name, _ := text(a[0])
	all, _ := a[len(a)-1].Value().(tables)
	table, ok := all[name]
	if !ok {
		return types.NewErr("there is no code list %q", name)
	}
	key, ok := text(a[1])
	if !ok {
		return types.NewErr("lookup needs a text as key, got %s", kindOf(a[1]))
	}
	if v, ok := table.Find(key); ok {
		return types.String(v)
	}
	if len(a) == 4 {
		return a[2]
	}
	return absent{}
}

// Codes finds the entries of a code list or a status table: by the key as it is,
// then by the [Fold]ed key.
type Codes struct{ exact, folded map[string]string }

// NewCodes makes a finder. Of two keys that fold to the same, the one that comes
// first in the alphabet wins.
func NewCodes(codes map[string]string) Codes {
	c := Codes{exact: make(map[string]string, len(codes)), folded: make(map[string]string, len(codes))}
	for _, k := range slices.Sorted(maps.Keys(codes)) {
		c.exact[k] = codes[k]
		if _, taken := c.folded[Fold(k)]; !taken {
			c.folded[Fold(k)] = codes[k]
		}
	}
	return c
}

// Find gives the entry of a key.
func (c Codes) Find(key string) (string, bool) {
	if v, ok := c.exact[key]; ok {
		return v, true
	}
	v, ok := c.folded[Fold(key)]
	return v, ok && key != ""
}
