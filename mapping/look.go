package mapping

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// seenField is what discovery knows of one field.
type seenField struct {
	kind     string
	present  int
	last     int // payload in which it was met last
	examples []string
}

func (f *seenField) note(v any, payload int) {
	kind, example := look(v)
	if kind == "" {
		return
	}
	if f.last != payload {
		f.present++
		f.last = payload
	}
	f.kind = either(f.kind, kind)
	if example != "" && len(f.examples) < maxExamples && !slices.Contains(f.examples, example) {
		f.examples = append(f.examples, example)
	}
}

// look gives the type and an example of a value; no type for one that counts as
// empty.
func look(v any) (kind, example string) {
	switch x := v.(type) {
	case string:
		if s := strings.TrimSpace(x); s != "" {
			return textKind(s), shortened(s)
		}
	case json.Number:
		return "number", shortened(x.String())
	case bool:
		return "boolean", strconv.FormatBool(x)
	case map[string]any:
		if len(x) > 0 {
			return "object", ""
		}
	case []any:
		if len(x) > 0 {
			return "list", shortened(listExample(x))
		}
	}
	return "", ""
}

func listExample(l []any) string {
	var parts []string
	for _, e := range l[:min(len(l), maxExamples)] {
		if kind, example := look(e); kind != "object" && kind != "list" && example != "" {
			parts = append(parts, example)
		}
	}
	if len(parts) == 0 {
		return entries(len(l))
	}
	if len(l) > maxExamples {
		parts = append(parts, "…")
	}
	return strings.Join(parts, ", ")
}

var (
	dateForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	timeForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|[+-]\d\d:?\d\d))?$`)
)

func textKind(s string) string {
	switch {
	case len(s) > 40:
		return "text"
	case dateForm.MatchString(s):
		return "date"
	case timeForm.MatchString(s):
		return "time"
	}
	return "text"
}

// either is the type of a field that had both types.
func either(a, b string) string {
	words := map[string]bool{"text": true, "date": true, "time": true}
	switch {
	case a == "" || a == b:
		return b
	case words[a] && words[b]:
		return "text"
	}
	return "mixed"
}

// shortened puts an example on one line of at most maxExample characters.
func shortened(s string) string {
	if len(s) > 4*maxExample*utf8.UTFMax {
		s = strings.ToValidUTF8(s[:4*maxExample*utf8.UTFMax], "")
	}
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > maxExample {
		return string(r[:maxExample-1]) + "…"
	}
	return string(r)
}
