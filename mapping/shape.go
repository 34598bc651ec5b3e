package mapping

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/internal/phrase"
)

// Key is a place of a payload that holds something.
type Key struct {
	Path    string // as in [Discover]
	Example string
}

// The bounds of [Keys]: it is run on every record.
const (
	maxKeys      = 400
	maxKeyDepth  = 5
	plainDepth   = 2 // keys of objects count so far down, those of custom fields everywhere
	maxKeySample = 80
)

// Keys lists the keys of a payload under which something stands: those of the
// record and of its objects, and every custom field. It is quick and bounded, and
// looks at no elements of lists that bear no names. Keys that begin with an
// underscore are the connector's.
func Keys(raw json.RawMessage) []Key {
	m, err := decodeObject(raw)
	if err != nil {
		return nil
	}
	k := keys{}
	k.object(expr.Raw, m, 1, false)
	return k.found
}

type keys struct{ found []Key }

func (k *keys) object(path phrase.Path, m map[string]any, depth int, custom bool) {
	for _, name := range sortedKeys(m) {
		if len(k.found) >= maxKeys || !phrase.Writable(name) || strings.HasPrefix(name, "_") {
			continue
		}
		k.entry(path.Key(name), m[name], depth, custom, isCustomName(name))
	}
}

func (k *keys) entry(path phrase.Path, v any, depth int, inCustom, opensCustom bool) {
	if empty(v) || depth > maxKeyDepth {
		return
	}
	custom := inCustom || opensCustom
	switch x := v.(type) {
	case map[string]any:
		if value, isValue := valueOf(x); inCustom && isValue {
			k.note(path, value)
			return
		}
		if custom || depth < plainDepth {
			k.object(path, x, depth+1, custom)
			return
		}
		k.inner(path, x, depth)
	case []any:
		if name := nameKey(x); name != "" && custom {
			k.named(path, x, name)
			return
		}
	}
	if inCustom || depth <= plainDepth {
		k.note(path, v)
	}
}

// inner looks for custom fields below an object whose own keys do not count.
func (k *keys) inner(path phrase.Path, m map[string]any, depth int) {
	for _, name := range sortedKeys(m) {
		if isCustomName(name) && phrase.Writable(name) {
			k.entry(path.Key(name), m[name], depth+1, false, true)
		} else if next, ok := m[name].(map[string]any); ok && depth < maxKeyDepth && phrase.Writable(name) {
			k.inner(path.Key(name), next, depth+1)
		}
	}
}

func (k *keys) named(path phrase.Path, l []any, key string) {
	for _, e := range l[:min(len(l), maxNamed)] {
		m, _ := e.(map[string]any) // nameKey looked
		name, _ := m[key].(string)
		if v, _ := valueOf(m); !empty(v) && len(k.found) < maxKeys {
			k.note(path.Where(key, name), v)
		}
	}
}

func (k *keys) note(path phrase.Path, v any) {
	if empty(v) {
		return
	}
	text, ok := v.(string)
	if !ok {
		b, _ := json.Marshal(v) // it came from JSON
		text = string(b)
	}
	if r := []rune(text); len(r) > maxKeySample {
		text = string(r[:maxKeySample])
	}
	k.found = append(k.found, Key{Path: string(path), Example: text})
}

func isCustomName(name string) bool {
	low := strings.ToLower(name)
	return strings.Contains(low, "custom") && (strings.Contains(low, "field") || strings.Contains(low, "attribute")) || low == "udf" || low == "udfs"
}

func empty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(x) == ""
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return false
}

// Reads says whether a cell of the document reads what stands at a path of the
// payload: the path itself, something below it, or something above it as a whole. A
// cell that only takes a whole object over, such as raw.custom_fields, reads none of
// its fields.
func (d Document) Reads(path string) bool {
	for _, s := range Sections() {
		for _, c := range d.Cells(s) {
			if reads(c.CEL, path) || reads(c.Default, path) {
				return true
			}
		}
	}
	return d.Status != nil && (reads(d.Status.Word, path) || reads(d.Status.At, path))
}

func reads(cel, path string) bool {
	if touches(cel, path, false) {
		return true
	}
	cel = strings.TrimSpace(cel)
	for above := parent(path); above != expr.Raw && above != ""; above = parent(above) {
		if cel != above && touches(cel, above, true) {
			return true
		}
	}
	return false
}

// parent takes the last step off a path.
func parent(path string) string {
	if strings.HasSuffix(path, "]") {
		if i := strings.LastIndex(path, "["); i >= 0 {
			path = path[:i]
		}
		if i := strings.LastIndex(path, ".filter("); i >= 0 && strings.HasSuffix(path, ")") {
			path = path[:i]
		}
		return path
	}
	return path[:max(0, strings.LastIndex(path, "."))]
}

// touches finds a path in an expression. whole asks for it as a value of its own,
// not as the way to something below it.
func touches(cel, path string, whole bool) bool {
	for at := 0; ; {
		i := strings.Index(cel[at:], path)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(path)
		at = end
		if start > 0 && isPathByte(cel[start-1]) || end < len(cel) && isNameByte(cel[end]) {
			continue
		}
		if !whole || isWhole(cel[end:]) {
			return true
		}
	}
}

// oneNamed picks one entry of a list by its name, as [phrase.Path.Where] writes it.
var oneNamed = regexp.MustCompile(`^\.filter\(\s*\w+\s*,\s*\w+(\.\w+|\["[^"]*"\])\s*==\s*"[^"]*"\s*\)\s*\[0\]`)

// isWhole says that what follows a path does not go further down: nothing, an
// operator, or a method such as .map(.
func isWhole(rest string) bool {
	if rest == "" {
		return true
	}
	if rest[0] == '[' || oneNamed.MatchString(rest) {
		return false
	}
	if rest[0] != '.' {
		return true
	}
	n := 1
	for n < len(rest) && isNameByte(rest[n]) {
		n++
	}
	return n < len(rest) && rest[n] == '('
}

func isNameByte(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z'
}

func isPathByte(b byte) bool { return b == '.' || isNameByte(b) }
