package httpx

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

const (
	maxRecorded = 16 << 10 // bytes of a recorded body
	maxParsed   = 1 << 20  // larger bodies are masked as text, from their beginning
	maxBlob     = 2 << 10  // longer base64 is told by its length
)

// body gives a recorded form of a body: masked, then cut.
func (m *masker) body(contentType string, b []byte) string {
	switch {
	case len(b) == 0:
		return ""
	case strings.HasPrefix(contentType, "application/x-www-form-urlencoded"):
		return cutBytes(m.query(string(b[:min(len(b), maxParsed)])), len(b))
	case !utf8.Valid(b[:min(len(b), maxBlob)/2]) || bytes.IndexByte(b[:min(len(b), 512)], 0) >= 0:
		return fmt.Sprintf("[%d bytes]", len(b))
	}
	if len(b) <= maxParsed {
		if s, ok := m.json(b); ok {
			return cutBytes(s, len(b))
		}
	}
	// The window is wider than what is kept, so that the cut splits no secret.
	return cutBytes(m.text(shortenBlobs(strings.ToValidUTF8(string(b[:min(len(b), 4*maxRecorded)]), "?"))), len(b))
}

func cutBytes(s string, whole int) string {
	if len(s) <= maxRecorded {
		return s
	}
	return fmt.Sprintf("%s... [cut; %d bytes in all]", strings.ToValidUTF8(s[:maxRecorded], ""), whole)
}

func (m *masker) json(b []byte) (string, bool) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return "", false
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return "", false
	}
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if enc.Encode(m.value("", v)) != nil {
		return "", false
	}
	return strings.TrimSuffix(out.String(), "\n"), true
}

// value masks a JSON value that stands under a name.
func (m *masker) value(name string, v any) any {
	if name != "" && m.name(name) && v != nil {
		return masked
	}
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[m.known(k)] = m.value(k, e)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = m.value(name, e)
		}
		return out
	case string:
		return m.stringValue(name, v)
	case json.Number:
		if s := m.known(v.String()); s != v.String() || phoneName(name) {
			return masked
		}
	}
	return v
}

func (m *masker) stringValue(name, s string) string {
	if phoneName(name) && s != "" {
		return lastTwo(m.known(s))
	}
	if inner := strings.TrimSpace(s); len(inner) > 1 && (inner[0] == '{' || inner[0] == '[') {
		if out, ok := m.json([]byte(inner)); ok { // JSON inside JSON
			return out
		}
	}
	return m.text(shortenBlobs(s))
}

func phoneName(name string) bool {
	name = strings.ToLower(name)
	return strings.Contains(name, "phone") || strings.Contains(name, "mobile") || strings.HasSuffix(name, "fax")
}

// shortenBlobs replaces long runs of base64 by their length.
func shortenBlobs(s string) string {
	if len(s) <= maxBlob {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); {
		n := blobLength(s[i:])
		switch {
		case n > maxBlob:
			fmt.Fprintf(&out, "[%d bytes]", n)
			i += n
		case n > 0:
			out.WriteString(s[i : i+n])
			i += n
		default:
			out.WriteByte(s[i])
			i++
		}
	}
	return out.String()
}

func blobLength(s string) int {
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("+/=_-", c) >= 0) {
			return i
		}
	}
	return len(s)
}
