package file

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// json reads a list of objects: at the path of the settings, as the whole document, or
// as one object after the other (JSON lines).
func (l layout) json(text []byte) ([]row, error) {
	if deepest(text) > maxDepth {
		return nil, flawed(0, "it is nested deeper than %d levels", maxDepth)
	}
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	var out []row
	for {
		var v any
		err := in.Decode(&v)
		if errors.Is(err, io.EOF) {
			break
		}
		line := lineAt(text, in.InputOffset())
		if err != nil {
			return nil, jsonFlaw(err, text)
		}
		if l.records != "" {
			if v = at(v, l.records); v == nil {
				return nil, flawed(line, "it has nothing at %q", l.records)
			}
		}
		list, isList := v.([]any)
		if !isList {
			list = []any{v}
		}
		for i, x := range list {
			value, ok := x.(map[string]any)
			if !ok {
				return nil, flawed(line, "record %d is no object", len(out)+i+1)
			}
			out = append(out, row{line, value})
		}
		if len(out) > maxRows {
			return nil, flawed(line, "it has more than %d records", maxRows)
		}
	}
	if len(out) == 0 && len(bytes.TrimSpace(text)) == 0 {
		return nil, flawed(0, "it is empty")
	}
	return out, nil
}

func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:min(int(offset), len(text))], []byte("\n"))
}

func jsonFlaw(err error, text []byte) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return flawed(lineAt(text, syntax.Offset), "it is no JSON from here on")
	}
	return flawed(1+bytes.Count(bytes.TrimSpace(text), []byte("\n")), "it breaks off in the midst of its JSON")
}

// deepest counts brackets outside of texts; it costs one pass and no memory.
func deepest(text []byte) (most int) {
	depth, quoted, escaped := 0, false, false
	for _, c := range text {
		switch {
		case escaped:
			escaped = false
		case quoted && c == '\\':
			escaped = true
		case c == '"':
			quoted = !quoted
		case !quoted && strings.IndexByte("[{", c) >= 0:
			depth++
			most = max(most, depth)
		case !quoted && strings.IndexByte("]}", c) >= 0:
			depth--
		}
	}
	return most
}
