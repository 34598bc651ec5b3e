package file

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
)

// csv reads a table whose columns have names. Every row must have as many cells as
// the header: one that has not is cut off, or its quoting is wrong.
func (l layout) csv(text []byte) ([]row, error) {
	text, skipped := l.preamble(text)
	in := csv.NewReader(bytes.NewReader(text))
	in.Comma = l.comma(text)
	in.ReuseRecord = true
	header, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, flawed(0, "it is empty: not even the column names are there")
	}
	if err != nil {
		return nil, csvFlaw(err, skipped)
	}
	names, err := columns(header, 1+skipped)
	if err != nil {
		return nil, err
	}
	var out []row
	for {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, csvFlaw(err, skipped)
		}
		line, _ := in.FieldPos(0)
		if len(out) >= maxRows {
			return nil, flawed(line+skipped, "it has more than %d rows", maxRows)
		}
		value := make(map[string]any, len(names))
		for i, name := range names {
			value[name] = strings.TrimSpace(strings.Clone(cells[i]))
		}
		out = append(out, row{line + skipped, value})
	}
}

// preamble drops the lines before the column names.
func (l layout) preamble(text []byte) ([]byte, int) {
	n := 0
	for ; n < l.header-1; n++ {
		i := bytes.IndexByte(text, '\n')
		if i < 0 {
			return nil, n
		}
		text = text[i+1:]
	}
	return text, n
}

// comma finds the separator that the header has most of.
func (l layout) comma(text []byte) rune {
	switch l.delimiter {
	case "tab":
		return '\t'
	case "auto", "":
	default:
		return rune(l.delimiter[0])
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := ',', bytes.Count(first, []byte(","))
	for _, c := range ";\t|" {
		if n := bytes.Count(first, []byte(string(c))); n > most {
			best, most = c, n
		}
	}
	return best
}

func columns(header []string, line int) ([]string, error) {
	out := make([]string, len(header))
	seen := map[string]bool{}
	for i, name := range header {
		name = strings.TrimSpace(strings.Clone(name))
		if name == "" {
			name = "column " + strconv.Itoa(i+1)
		}
		if seen[name] {
			return nil, flawed(line, "two columns have the same name, so neither can be told by it (columns up to %d)", i+1)
		}
		seen[name] = true
		out[i] = name
	}
	return out, nil
}

func csvFlaw(err error, skipped int) error {
	var p *csv.ParseError
	if !errors.As(err, &p) {
		return flawed(0, "it cannot be read as CSV")
	}
	why := "its quotes are wrong"
	if errors.Is(p.Err, csv.ErrFieldCount) {
		why = "it has another number of cells than the column names"
	}
	return flawed(p.Line+skipped, "%s", why)
}
