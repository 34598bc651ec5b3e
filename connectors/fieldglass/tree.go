package fieldglass

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// obj is a JSON object whose meaning is not fixed by a Go type: tenants add and
// leave out elements.
type obj = map[string]any

// at walks down objects by key. Where an element that may repeat came several
// times, the first one is taken.
func at(v any, path ...string) any {
	for _, key := range path {
		if list, ok := v.([]any); ok && len(list) > 0 {
			v = list[0]
		}
		o, ok := v.(obj)
		if !ok {
			return nil
		}
		v = o[key]
	}
	return v
}

// many gives an element that may repeat as a list: one object, a list of them,
// or nothing. XML turned into JSON writes a single element without brackets.
func many(v any) []obj {
	switch x := v.(type) {
	case obj:
		return []obj{x}
	case []any:
		var out []obj
		for _, e := range x {
			if o, ok := e.(obj); ok {
				out = append(out, o)
			}
		}
		return out
	}
	return nil
}

// text gives a scalar, or the text of an element with attributes ("$").
func text(v any) string {
	switch x := v.(type) {
	case string:
		return strings.TrimSpace(x)
	case json.Number:
		return x.String()
	case bool:
		if x {
			return "true"
		}
		return "false"
	case obj:
		return text(x["$"])
	}
	return ""
}

// texts gives a scalar or a list of scalars as texts.
func texts(v any) []string {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []string
	for _, e := range list {
		if s := text(e); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// yes reads Fieldglass's yes/no.
func yes(v any) bool { return strings.EqualFold(text(v), "yes") || strings.EqualFold(text(v), "true") }

// sameWord compares names as a person would.
func sameWord(a, b string) bool {
	return strings.EqualFold(strings.Join(strings.Fields(a), " "), strings.Join(strings.Fields(b), " "))
}

func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

// storable drops what a PostgreSQL document cannot hold: NUL and broken UTF-8.
func storable(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
