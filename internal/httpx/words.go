package httpx

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// sayings are the members in which vendors put their own words, best first.
func sayings() []string {
	return []string{"error_description", "errorMessage", "error_message", "message", "detail", "title", "error", "errors",
		"details", "description", "faultstring", "reason"}
}

// words gives what the vendor says about a refusal: from JSON the customary
// members, from plain text its beginning; nothing from a web page.
func words(h http.Header, body []byte) string {
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return ""
	}
	var v any
	if json.Unmarshal(body, &v) == nil {
		return oneLine(strings.Join(collect(v, 0, nil), "; "))
	}
	if strings.HasPrefix(h.Get("Content-Type"), "text/plain") && body[0] != '<' {
		return oneLine(string(body[:min(len(body), 2000)]))
	}
	return ""
}

// collect gathers sentences, each once, at most five.
func collect(v any, depth int, out []string) []string {
	if depth > 4 || len(out) >= 5 {
		return out
	}
	switch v := v.(type) {
	case string:
		return appendNew(out, v)
	case []any:
		for _, e := range v {
			out = collect(e, depth+1, out)
		}
	case map[string]any:
		out = collectObject(v, depth, out)
	}
	return out
}

func collectObject(m map[string]any, depth int, out []string) []string {
	before := len(out)
	for _, k := range sayings() {
		e, ok := m[k]
		fields, isMap := e.(map[string]any)
		switch {
		case ok && isMap && (k == "errors" || k == "details") && fields["message"] == nil:
			out = collectFields(fields, depth, out)
		case ok:
			out = collect(e, depth+1, out)
		}
	}
	if len(out) > before {
		if field, ok := m["field"].(string); ok && field != "" {
			out[before] = field + ": " + out[before]
		}
		return out
	}
	if depth == 0 {
		return out
	}
	return collectFields(m, depth, out)
}

// collectFields reads {"title": ["is required"]}: sentences by field.
func collectFields(m map[string]any, depth int, out []string) []string {
	for _, k := range slices.Sorted(maps.Keys(m)) {
		for _, s := range collect(m[k], depth+1, nil) {
			out = appendNew(out, k+" "+s)
		}
	}
	return out
}

func appendNew(out []string, s string) []string {
	s = strings.TrimSpace(s)
	for _, have := range out {
		if s == "" || strings.Contains(have, s) {
			return out
		}
	}
	if s == "" {
		return out
	}
	return append(out, s)
}

// oneLine makes text fit for a sentence: no control characters, single spaces.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "?"))
	return strings.Join(strings.Fields(s), " ")
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "..."
	}
	return s
}
