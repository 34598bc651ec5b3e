package handlers

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/tributary-hub/tributary/web"
)

const (
	shownErrors = 200 // lines that are named
	longCode    = 500 // characters of a code or of what it means
)

// codeFile is a code list as it was read from CSV.
type codeFile struct {
	entries map[string]string
	lines   []web.LineError
	more    int // errors beyond those in lines
}

func (f *codeFile) wrong(line int, format string, args ...any) {
	if len(f.lines) >= shownErrors {
		f.more++
		return
	}
	f.lines = append(f.lines, web.LineError{Line: line, Text: fmt.Sprintf(format, args...)})
}

// readCodes reads a code list: a code and what it means, or a code alone. Comma,
// semicolon and tab part the columns, whichever the first line has.
func readCodes(text string) (f codeFile) {
	f.entries = map[string]string{}
	text = strings.TrimPrefix(text, "\ufeff")
	if !utf8.ValidString(text) {
		f.wrong(1, "the file is not in UTF-8; save it as \"CSV UTF-8\"")
		return f
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord, r.TrimLeadingSpace = separator(text), -1, true, true
	at := map[string]int{} // code -> line
	for first := true; ; first = false {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return f
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			f.wrong(bad.Line, "a quote is not closed, or stands inside a value")
			continue
		}
		if err != nil {
			f.wrong(1, "the file cannot be read")
			return f
		}
		line, _ := r.FieldPos(0)
		f.row(at, line, cells, first)
	}
}

func (f *codeFile) row(at map[string]int, line int, cells []string, first bool) {
	for len(cells) > 1 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	code := strings.TrimSpace(cells[0])
	means := code
	if len(cells) > 1 {
		means = strings.TrimSpace(cells[1])
	}
	switch {
	case first && namesColumns(cells):
	case len(cells) > 2:
		f.wrong(line, "it has %d columns; a list has two", len(cells))
	case code == "" && means == "":
	case code == "":
		f.wrong(line, "the code is empty")
	case utf8.RuneCountInString(code) > longCode || utf8.RuneCountInString(means) > longCode:
		f.wrong(line, "a code and its meaning have at most %d characters each", longCode)
	case at[code] > 0 && f.entries[code] != means:
		f.wrong(line, "the code %q stands on line %d already, with another meaning", code, at[code])
	default:
		code = strings.Clone(code)
		f.entries[code], at[code] = strings.Clone(means), line
	}
}

// namesColumns says that the first line names the columns.
func namesColumns(cells []string) bool {
	names := map[string]bool{"code": true, "key": true, "id": true}
	return len(cells) == 2 && names[strings.ToLower(strings.TrimSpace(cells[0]))] && map[string]bool{"value": true, "meaning": true, "name": true, "label": true, "means": true}[strings.ToLower(strings.TrimSpace(cells[1]))]
}

// separator is what parts the columns of the first line.
func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	for _, c := range []rune{'\t', ';'} {
		if strings.ContainsRune(first, c) {
			return c
		}
	}
	return ','
}
