package tryton

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// draft is a record that is ready to be stored: every value is checked.
type draft struct {
	model    string
	values   record
	inverse  string // field that is to name the parent
	children []draft
}

func (s *Server) create(name string, m model, c call) (any, error) {
	if !m.writable {
		return nil, notAllowed(m.label)
	}
	list, ok := arg(c, 0).([]any)
	if !ok {
		return nil, crash{"the values to create are no list"}
	}
	var drafts []draft
	for _, v := range list {
		d, err := s.draft(name, v, "", c)
		if err != nil {
			return nil, err
		}
		if err := s.validate(d, 0); err != nil {
			return nil, err
		}
		drafts = append(drafts, d)
	}
	ids := []int64{}
	for _, d := range drafts {
		ids = append(ids, s.store(d, 0))
	}
	return ids, nil
}

func notAllowed(what string) error { return userError("You are not allowed to access %q.", what) }

// draft reads the values of one record, those of its children among them.
func (s *Server) draft(name string, v any, inverse string, c call) (draft, error) {
	given, ok := v.(map[string]any)
	if !ok {
		return draft{}, crash{"the values of a record are no object"}
	}
	d := draft{model: name, inverse: inverse, values: s.defaults(name, c)}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		f, err := s.open(name, key)
		if err != nil {
			return draft{}, err
		}
		if f.kind == one2many {
			if d.children, err = s.childDrafts(d.children, f, given[key], c); err != nil {
				return draft{}, err
			}
			continue
		}
		if d.values[key], err = s.convert(name, f, given[key]); err != nil {
			return draft{}, err
		}
	}
	if name == "account.invoice.line" && len(d.children) == 0 { // an entry for every root, also when it says nothing
		d.children = []draft{{model: "analytic.account.entry", inverse: "origin", values: record{"root": int64(1)}}}
	}
	return d, nil
}

// open gives a field that may be written.
func (s *Server) open(name, key string) (field, error) {
	f, known := s.schema[name].fields[key]
	switch {
	case !known && key != "active":
		return field{}, exception("'" + key + "'")
	case !known:
		return field{kind: boolean}, nil
	case f.closed:
		return field{}, notAllowed(s.schema[name].label + "." + f.label)
	case f.kind == virtual:
		return field{}, exception(fmt.Sprintf("Missing setter function for field %q in %q.", f.label, s.schema[name].label))
	}
	return f, nil
}

// defaults are the few that a server fills in without its client's help.
func (s *Server) defaults(name string, c call) record {
	company := c.ctx["company"]
	switch name {
	case "account.invoice":
		return record{"state": "draft", "type": "out", "company": company, "currency": int64(1)}
	case "account.invoice.line":
		return record{"type": "line"}
	}
	return record{}
}

func (s *Server) childDrafts(list []draft, f field, v any, c call) ([]draft, error) {
	commands, _ := v.([]any)
	for _, command := range commands {
		parts, _ := command.([]any)
		if len(parts) != 2 || parts[0] != "create" {
			return nil, crash{"of a list of records only the command create is simulated"}
		}
		some, _ := parts[1].([]any)
		for _, child := range some {
			d, err := s.draft(f.target, child, f.inverse, c)
			if err != nil {
				return nil, err
			}
			list = append(list, d)
		}
	}
	return list, nil
}

// convert reads a value of the wire into the form of a row.
func (s *Server) convert(name string, f field, v any) (any, error) {
	switch {
	case v == nil:
		return nil, nil
	case f.kind == date:
		return readDate(v)
	case f.kind == numeric:
		if m, ok := v.(map[string]any); ok {
			v = m["decimal"]
		}
		return number(v).String(), nil
	case f.kind == many2one:
		return v, s.exists(name, f, v)
	case f.kind == many2many:
		return s.added(name, f, v)
	}
	return v, nil
}

func (s *Server) exists(name string, f field, id any) error {
	if _, ok := s.data[f.target].Get(idOf(id)); !ok {
		return userError("The value %q for field %q in %q does not exist.", fmt.Sprint(id), f.label, s.schema[name].label)
	}
	return nil
}

func (s *Server) added(name string, f field, v any) (any, error) {
	var out []any
	commands, _ := v.([]any)
	for _, command := range commands {
		parts, _ := command.([]any)
		if len(parts) != 2 || parts[0] != "add" {
			return nil, crash{"of a list of links only the command add is simulated"}
		}
		ids, _ := parts[1].([]any)
		for _, id := range ids {
			if err := s.exists(name, f, id); err != nil {
				return nil, err
			}
			out = append(out, id)
		}
	}
	return out, nil
}

// readDate takes an object of the class date, or a text.
func readDate(v any) (string, error) {
	m, ok := v.(map[string]any)
	if !ok {
		t, err := time.Parse(time.DateOnly, text(v))
		if err != nil {
			return "", crash{"Invalid isoformat string: " + text(v)}
		}
		return t.Format(time.DateOnly), nil
	}
	year, month, day := int(idOf(m["year"])), time.Month(idOf(m["month"])), int(idOf(m["day"]))
	t := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || t.Month() != month || t.Day() != day {
		return "", crash{"Value after * must be an iterable, not NoneType"}
	}
	return t.Format(time.DateOnly), nil
}

// store writes a checked record and its children. It is marked until the last of
// them is in the journal: what a crash left half done is rolled back.
func (s *Server) store(d draft, parent int64) int64 {
	if d.inverse != "" {
		d.values[d.inverse] = parent
	}
	if len(d.children) == 0 {
		return s.insert(d.model, d.values)
	}
	d.values["half"] = true
	id := s.insert(d.model, d.values)
	for _, child := range d.children {
		s.store(child, id)
	}
	s.data[d.model].Update(id, func(r *record) { delete(*r, "half") })
	return id
}

// rollBack removes what was half done when the last process died.
func (s *Server) rollBack() {
	for name, table := range s.data {
		for _, r := range table.List(func(r record) bool { return r["half"] == true }) {
			s.remove(name, r)
		}
	}
}

func (s *Server) remove(name string, r record) {
	for _, f := range s.schema[name].fields {
		if f.kind != one2many {
			continue
		}
		for _, child := range s.data[f.target].List(func(c record) bool { return idOf(c[f.inverse]) == idOf(r["id"]) }) {
			s.remove(f.target, child)
		}
	}
	s.data[name].Delete(idOf(r["id"]))
}

func (s *Server) write(name string, m model, c call) error {
	if !m.writable {
		return notAllowed(m.label)
	}
	rows, missing := s.rows(name, arg(c, 0))
	if missing != "" {
		return userError("You are trying to read records %q of %q that don't exist anymore.", missing, m.label)
	}
	d, err := s.draft(name, arg(c, 1), "", c)
	if err != nil {
		return err
	}
	if len(d.children) > 0 {
		return crash{"children cannot be added by a write to the simulator"}
	}
	given, _ := arg(c, 1).(map[string]any) // draft has seen that it is one
	for _, row := range rows {
		if err := s.unlocked(name, row); err != nil {
			return err
		}
		changed := draft{model: name, values: maps.Clone(row)}
		for key := range given {
			changed.values[key] = d.values[key]
		}
		if err := s.validate(changed, idOf(row["id"])); err != nil {
			return err
		}
		s.data[name].Update(idOf(row["id"]), func(r *record) { *r = changed.values })
		if name == "account.invoice" {
			s.workOutTax(row)
		}
	}
	return nil
}

// rows gives the rows with these ids, or the first id that has none.
func (s *Server) rows(name string, ids any) (out []record, missing string) {
	list, _ := ids.([]any)
	for _, id := range list {
		row, found := s.data[name].Get(idOf(id))
		if !found {
			return nil, plain(id)
		}
		out = append(out, row)
	}
	return out, ""
}

func (s *Server) unreadable(name, id string) error {
	return userError("You are not allowed to read records %q of %q because of at least one of these rules:\nUser in companies", id, s.schema[name].label)
}
