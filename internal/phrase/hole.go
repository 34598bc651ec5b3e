package phrase

import (
	"strconv"
	"strings"

	"github.com/shopspring/decimal"
)

// Error is a value that does not fit its hole.
type Error struct{ Hole, Message string }

// Error gives the sentence.
func (e *Error) Error() string { return e.Message }

func (h Hole) wrong(what string) error {
	return &Error{h.Name, strings.ReplaceAll(h.Name, "_", " ") + " " + what}
}

// write gives the value as it stands in an expression.
func (h Hole) write(v string) (string, error) {
	if strings.TrimSpace(v) == "" && h.Kind != "text" || v == "" {
		return "", h.wrong("is missing")
	}
	switch h.Kind {
	case "path":
		return h.path(v)
	case "paths":
		return h.several(v, h.path)
	case "text":
		return h.text(v)
	case "texts":
		return h.several(v, h.text)
	case "int":
		n, err := strconv.ParseUint(strings.TrimSpace(v), 10, 31)
		if err != nil {
			return "", h.wrong("must be a whole number")
		}
		return strconv.FormatUint(n, 10), nil
	}
	d, err := decimal.NewFromString(strings.TrimSpace(v))
	if err != nil || len(d.String()) > maxDigits {
		return "", h.wrong("must be a number")
	}
	return strconv.Quote(d.String()), nil
}

const maxDigits = 40

func (h Hole) text(v string) (string, error) {
	q, ok := Quote(v)
	if !ok {
		return "", h.wrong("has a character that cannot be written")
	}
	return q, nil
}

func (h Hole) path(v string) (string, error) {
	tokens, ok := scan(v, false)
	if n := pathLengths(tokens); !ok || len(n) == 0 || n[0] != len(tokens) {
		return "", h.wrong("must be the path of a field, such as raw.title")
	}
	return render(tokens), nil
}

// several writes the lines of v as the elements of a list.
func (h Hole) several(v string, one func(string) (string, error)) (string, error) {
	var out []string
	for line := range strings.SplitSeq(v, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		s, err := one(line)
		if err != nil {
			return "", err
		}
		out = append(out, s)
	}
	return strings.Join(out, ", "), nil
}

// reading is one way in which a hole can take the first tokens.
type reading struct {
	value  string
	tokens int
}

// read gives all ways, the longest first.
func (h Hole) read(have []token) []reading {
	if len(have) == 0 {
		return nil
	}
	switch h.Kind {
	case "path":
		return pathReadings(have)
	case "paths":
		return series(have, pathReadings)
	case "texts":
		return series(have, oneText)
	case "text":
		return oneText(have)
	case "amount":
		if t := oneText(have); t != nil {
			if d, err := decimal.NewFromString(t[0].value); err == nil && d.String() == t[0].value && len(t[0].value) <= maxDigits {
				return t
			}
		}
	case "int":
		if n, err := strconv.ParseUint(have[0].text, 10, 31); have[0].kind == number && err == nil {
			return []reading{{strconv.FormatUint(n, 10), 1}}
		}
	}
	return nil
}

func oneText(have []token) []reading {
	if len(have) == 0 || have[0].kind != str || have[0].text == "" {
		return nil
	}
	return []reading{{have[0].text, 1}}
}

func pathReadings(have []token) (out []reading) {
	for _, n := range pathLengths(have) {
		out = append(out, reading{render(have[:n]), n})
	}
	return out
}

// series reads elements with commas between them, as many as there are.
func series(have []token, one func([]token) []reading) []reading {
	var values []string
	at := 0
	for {
		r := one(have[at:])
		if r == nil || strings.TrimSpace(r[0].value) != r[0].value || strings.Contains(r[0].value, "\n") {
			return nil // the lines of a form cannot hold it
		}
		values, at = append(values, r[0].value), at+r[0].tokens
		if at+1 >= len(have) || have[at].kind != sign || have[at].text != "," {
			return []reading{{strings.Join(values, "\n"), at}}
		}
		at++
	}
}
