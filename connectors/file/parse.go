package file

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/tributary-hub/tributary/staffing"
)

// The bounds of one file.
const (
	maxFile  = 32 << 20 // bytes
	maxRows  = 200_000
	maxDepth = 32
)

// flaw is what is wrong with a file. It quotes no value of it: files hold names.
type flaw struct {
	line int // 0: the file as a whole
	why  string
}

// Error implements error.
func (f *flaw) Error() string {
	if f.line > 0 {
		return fmt.Sprintf("line %d: %s", f.line, f.why)
	}
	return f.why
}

func flawed(line int, format string, args ...any) error {
	return &flaw{line, fmt.Sprintf(format, args...)}
}

// row is one record of a file.
type row struct {
	line  int
	value map[string]any
}

// layout says how the files of one feed are read.
type layout struct {
	format    string // auto, csv, xml, json
	encoding  string // auto, utf-8, utf-16, windows-1252
	delimiter string // auto, or the character
	header    int    // line of the column names, from 1
	records   string // where the records of XML and JSON lie
	id        string // column or path of the external id
	updated   string // column or path of the time of change; empty: none
}

// parse reads a file whole: all of its records, or its first flaw and none.
func (l layout) parse(name string, content []byte) ([]staffing.Record, error) {
	rows, err := l.rows(name, content)
	if err != nil {
		return nil, err
	}
	out := make([]staffing.Record, 0, len(rows))
	for _, r := range rows {
		rec, err := l.record(r)
		if err != nil {
			return nil, err
		}
		out = append(out, rec)
	}
	return out, nil
}

func (l layout) rows(name string, content []byte) ([]row, error) {
	format := l.format
	if format == "auto" {
		format = strings.TrimPrefix(strings.ToLower(path.Ext(name)), ".")
	}
	switch format {
	case "xml":
		return l.xml(content)
	case "json", "jsonl", "ndjson":
		text, err := l.text(content)
		if err != nil {
			return nil, err
		}
		return l.json(text)
	case "csv", "txt", "tsv", "psv", "dat":
		text, err := l.text(content)
		if err != nil {
			return nil, err
		}
		return l.csv(text)
	}
	return nil, flawed(0, "its name does not say whether it is CSV, XML or JSON: set the format in the connection's settings")
}

// text gives the content as UTF-8 without a byte order mark.
func (l layout) text(content []byte) ([]byte, error) {
	switch {
	case l.encoding == "windows-1252":
		out, err := charmap.Windows1252.NewDecoder().Bytes(content)
		if err != nil {
			return nil, flawed(0, "it is not in the encoding Windows-1252")
		}
		return out, nil
	case l.encoding == "utf-16", l.encoding == "auto" && (bytes.HasPrefix(content, []byte{0xff, 0xfe}) || bytes.HasPrefix(content, []byte{0xfe, 0xff})):
		out, _, err := transform.Bytes(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder(), content)
		if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
			return nil, flawed(0, "it is not in the encoding UTF-16")
		}
		return out, nil
	}
	content = bytes.TrimPrefix(content, []byte{0xef, 0xbb, 0xbf})
	if !utf8.Valid(content) {
		return nil, flawed(1+bytes.Count(content[:firstInvalid(content)], []byte("\n")), "it is not in UTF-8: set the encoding in the connection's settings")
	}
	if bytes.IndexByte(content, 0) >= 0 {
		return nil, flawed(0, "it holds zero bytes, so it is no text file")
	}
	return content, nil
}

func firstInvalid(b []byte) int {
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return len(b)
}

// record finds the id and the time of a row.
func (l layout) record(r row) (staffing.Record, error) {
	id, ok := word(at(r.value, l.id))
	if !ok || id == "" {
		return staffing.Record{}, flawed(r.line, "it has no %q, which is to hold the id", l.id)
	}
	if len(id) > 200 {
		return staffing.Record{}, flawed(r.line, "its %q has more than 200 bytes", l.id)
	}
	raw, err := json.Marshal(r.value)
	if err != nil {
		return staffing.Record{}, flawed(r.line, "it cannot be written as JSON")
	}
	rec := staffing.Record{ExternalID: id, Raw: raw}
	if l.updated != "" {
		text, _ := word(at(r.value, l.updated))
		rec.UpdatedAt = moment(text)
	}
	return rec, nil
}

// at finds a column by its whole name, else a path whose parts are parted by dots.
func at(v any, name string) any {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	if x, ok := m[name]; ok {
		return x
	}
	first, rest, more := strings.Cut(name, ".")
	if !more {
		return nil
	}
	return at(m[first], rest)
}

// word gives a text or number as it is written.
func word(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return strings.TrimSpace(x), true
	case json.Number:
		return x.String(), true
	case map[string]any: // an XML element with attributes
		return word(x["#text"])
	}
	return "", false
}

// moment reads the usual forms of a time; zero when it is none of them: what a time
// means for the record is the mapping's business.
func moment(s string) time.Time {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.Parse(form, s); err == nil && t.Year() > 1970 && t.Year() < 9998 {
			return t.UTC()
		}
	}
	return time.Time{}
}
