package filebooks

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// maxAcknowledgements is how many files of the import are read, the last by name.
const maxAcknowledgements = 100

// acknowledgement is what the import said of one bill.
type acknowledgement struct {
	found, refused          bool
	status, number, message string
}

func (a acknowledgement) words() string {
	out := a.status
	if a.message != "" {
		out += " (" + a.message + ")"
	}
	if r := []rune(out); len(r) > 300 {
		return string(r[:300]) + "..."
	}
	return out
}

// acknowledged looks for the newest row about a bill in the files of the import. A file
// that cannot be read is passed over: it may be half written.
func (c *Connector) acknowledged(s share, key string) (acknowledgement, error) {
	dir := c.set["acknowledgement_folder"]
	if dir == "" {
		return acknowledgement{}, nil
	}
	names, err := s.list(dir)
	if err != nil {
		return acknowledgement{}, err
	}
	names = slices.DeleteFunc(names, func(n string) bool {
		ok, err := path.Match(c.set["acknowledgement_files"], n)
		return err != nil || !ok || strings.HasPrefix(n, ".")
	})
	slices.Sort(names)
	slices.Reverse(names)
	for _, name := range names[:min(len(names), maxAcknowledgements)] {
		raw, err := s.read(path.Join(dir, name))
		if missing(err) || staffing.CodeOf(err) == staffing.Invalid {
			continue // gone meanwhile, or no acknowledgement
		}
		if err != nil {
			return acknowledgement{}, err
		}
		if a := c.among(rowsOf(raw, c.format().comma), key); a.found {
			return a, nil
		}
	}
	return acknowledgement{}, nil
}

// among takes the last row about the bill.
func (c *Connector) among(rows []map[string]string, key string) (out acknowledgement) {
	columns := strings.Split(c.set["acknowledgement_columns"], ",")
	cell := func(row map[string]string, i int) string { return row[strings.TrimSpace(columns[i])] }
	for _, row := range rows {
		if cell(row, 0) != key {
			continue
		}
		out = acknowledgement{found: true, status: cell(row, 1), number: cell(row, 2), message: cell(row, 3)}
		for _, word := range strings.Split(c.set["refused_words"], ",") {
			out.refused = out.refused || strings.EqualFold(strings.TrimSpace(word), out.status)
		}
	}
	return out
}

// rowsOf reads CSV with a line of names, or a JSON list of objects; nil when it is
// neither.
func rowsOf(raw []byte, comma rune) []map[string]string {
	var list []map[string]any
	if json.Unmarshal(raw, &list) == nil {
		var out []map[string]string
		for _, one := range list {
			row := map[string]string{}
			for k, v := range one {
				if v != nil {
					row[k] = fmt.Sprint(v)
				}
			}
			out = append(out, row)
		}
		return out
	}
	r := csvReader(raw, comma)
	r.FieldsPerRecord = -1
	table, err := r.ReadAll()
	if err != nil || len(table) == 0 {
		return nil
	}
	var out []map[string]string
	for _, cells := range table[1:] {
		row := map[string]string{}
		for i, v := range cells[:min(len(cells), len(table[0]))] {
			row[strings.TrimSpace(table[0][i])] = strings.TrimSpace(v)
		}
		out = append(out, row)
	}
	return out
}
