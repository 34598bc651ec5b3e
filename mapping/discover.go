package mapping

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/internal/phrase"
)

// SourceField is a field that a cell can read: of payloads, or of the hub's own
// records.
type SourceField struct {
	Path     string   // as an expression, e.g. raw.offices[0].name
	Type     string   // text, number, boolean, date, time, list, object, mixed; "" when it never had a value
	Present  int      // payloads in which it had a value
	Of       int      // payloads looked at; 0 for the hub's own records
	Examples []string // at most three, distinct, cut to 80 characters
}

// The limits of what is looked at and shown.
const (
	maxFields     = 5_000
	maxFieldDepth = 12
	maxNamed      = 200 // entries of a list of named values
	maxExamples   = 3
	maxExample    = 80 // characters
)

// Discover lists the fields of payloads by path, those of maps and of the first
// element of lists. A list whose elements bear names, such as
// [{"name": "PO", "value": 1}], gives a path to each name, since their order says
// nothing. Payloads that are no JSON objects count as empty.
func Discover(payloads []json.RawMessage) []SourceField {
	d := discovery{fields: map[phrase.Path]*seenField{}}
	for _, raw := range payloads {
		if m, err := decodeObject(raw); err == nil {
			d.payload++
			d.object(expr.Raw, m, 1)
		}
	}
	out := make([]SourceField, 0, len(d.fields))
	for _, path := range slices.Sorted(maps.Keys(d.fields)) {
		f := d.fields[path]
		out = append(out, SourceField{Path: string(path), Type: f.kind, Present: f.present, Of: len(payloads), Examples: f.examples})
	}
	return out
}

// decodeObject keeps numbers as they are written.
func decodeObject(raw []byte) (m map[string]any, err error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	err = dec.Decode(&m)
	return m, err
}

type discovery struct {
	fields  map[phrase.Path]*seenField
	payload int // the one that is being read, from 1
}

func (d *discovery) object(path phrase.Path, m map[string]any, depth int) {
	for _, key := range sortedKeys(m) {
		if phrase.Writable(key) {
			d.value(path.Key(key), m[key], depth)
		}
	}
}

func (d *discovery) value(path phrase.Path, v any, depth int) {
	f, known := d.fields[path]
	switch {
	case depth > maxFieldDepth, !known && len(d.fields) >= maxFields:
		return
	case !known:
		f = &seenField{}
		d.fields[path] = f
	}
	f.note(v, d.payload)
	switch x := v.(type) {
	case map[string]any:
		d.object(path, x, depth+1)
	case []any:
		d.list(path, x, depth+1)
	}
}

func (d *discovery) list(path phrase.Path, l []any, depth int) {
	if key := nameKey(l); key != "" {
		for _, e := range l[:min(len(l), maxNamed)] {
			m, _ := e.(map[string]any) // nameKey looked
			name, _ := m[key].(string)
			d.object(path.Where(key, name), m, depth)
		}
		return
	}
	if len(l) > 0 {
		d.value(path.At(0), l[0], depth)
	}
}

// nameKey finds the key by which the elements of a list are told apart; "" when
// they bear no names.
func nameKey(l []any) string {
	for _, key := range []string{"name_key", "key", "@name", "name", "field", "label"} {
		seen := map[string]bool{}
		ok := len(l) > 0
		for _, e := range l[:min(len(l), maxNamed)] {
			m, _ := e.(map[string]any)
			name, _ := m[key].(string)
			_, hasValue := valueOf(m)
			if ok = name != "" && hasValue && !seen[name] && len(name) <= maxExample && phrase.Writable(name); !ok {
				break
			}
			seen[name] = true
		}
		if ok {
			return key
		}
	}
	return ""
}

// valueOf says whether an element of a list looks like a name with its value.
func valueOf(m map[string]any) (v any, ok bool) {
	for _, key := range []string{"value", "values", "text", "#text", "$", "content"} {
		if v, ok = m[key]; ok {
			return v, true
		}
	}
	return nil, false
}
