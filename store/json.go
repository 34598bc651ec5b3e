package store

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"
)

// JSON is a column that holds a document of type T.
type JSON[T any] struct{ V T }

// Doc wraps v for a jsonb column.
func Doc[T any](v T) JSON[T] { return JSON[T]{V: v} }

// Value implements driver.Valuer. PostgreSQL cannot keep NUL characters in
// jsonb; strangers send them; they are dropped.
func (j JSON[T]) Value() (driver.Value, error) {
	b, err := json.Marshal(j.V)
	if err != nil {
		return nil, err
	}
	return string(dropNUL(b)), nil
}

// Scan implements sql.Scanner; NULL leaves the zero value.
func (j *JSON[T]) Scan(src any) error {
	var b []byte
	switch v := src.(type) {
	case nil:
		return nil
	case []byte:
		b = v
	case string:
		b = []byte(v)
	default:
		return fmt.Errorf("a JSON column gave a %T", src)
	}
	return json.Unmarshal(b, &j.V)
}

// dropNUL removes \u0000 escapes from a JSON text; an escaped backslash before
// "u0000" is no escape.
func dropNUL(b []byte) []byte {
	if !bytes.Contains(b, []byte(`\u0000`)) {
		return b
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] != '\\' || i+1 >= len(b) {
			out = append(out, b[i])
			continue
		}
		if bytes.HasPrefix(b[i:], []byte(`\u0000`)) {
			i += 5
			continue
		}
		out = append(out, b[i], b[i+1])
		i++
	}
	return out
}

// clean makes a stranger's text fit for a text column: valid UTF-8, no NUL.
func clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\uFFFD")
	}
	return strings.ReplaceAll(s, "\x00", "")
}

func cleanAll(texts []string) []string {
	out := make([]string, 0, len(texts))
	for _, s := range texts {
		out = append(out, clean(s))
	}
	return out
}
