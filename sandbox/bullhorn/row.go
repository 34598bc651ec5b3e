package bullhorn

import (
	"fmt"
)

// row is one object: a to-one field holds a number, a to-many field numbers.
type row map[string]any

func number(v any) int64 {
	switch n := v.(type) {
	case float64:
		return int64(n)
	case int64:
		return n
	case int:
		return int64(n)
	}
	return 0
}

func text(v any) string {
	s, _ := v.(string)
	return s
}

func (r row) id() int64 { return number(r["id"]) }

func (r row) deleted() bool { return r["isDeleted"] == true }

// view gives the fields of a row as the wire shows them. The id is always there.
func (s *Server) view(entity string, r row, fields []want) (map[string]any, error) {
	return s.viewAt(entity, r, fields, 0)
}

func (s *Server) viewAt(entity string, r row, fields []want, depth int) (map[string]any, error) {
	out := map[string]any{"id": r.id()}
	for _, w := range fields {
		f, ok := s.schemas[entity].field(w.name)
		if !ok {
			return nil, fmt.Errorf("Invalid field '%s' for entity %s", w.name, entity) //nolint:staticcheck // the vendor's own words
		}
		v, err := s.value(f, r, w, depth)
		if err != nil {
			return nil, err
		}
		out[w.name] = v
	}
	return out, nil
}

func (s *Server) value(f *field, r row, w want, depth int) (any, error) {
	switch f.kind {
	case "one":
		id := number(r[f.name])
		other, ok := s.get(f.of, id)
		if !ok {
			return nil, nil // as JSON null: nothing is set
		}
		return s.viewAt(f.of, other, w.subs, depth+1)
	case "many", "custom":
		if depth > 0 {
			return nil, fmt.Errorf("the to-many field %s can be asked for at the top level only", f.name)
		}
		return s.many(f, r, w)
	case "composite":
		return part(r[f.name], w.subs), nil
	}
	if len(w.subs) > 0 {
		return nil, fmt.Errorf("%s has no fields of its own", f.name)
	}
	return r[f.name], nil
}

// part gives an address, or parts of it. One that is not set has parts all the same.
func part(v any, subs []want) any {
	whole, _ := v.(map[string]any)
	out := map[string]any{}
	if len(subs) == 0 {
		for _, name := range []string{"address1", "address2", "city", "state", "zip", "countryID"} {
			out[name] = whole[name]
		}
	}
	for _, w := range subs {
		out[w.name] = whole[w.name]
	}
	return out
}

func (s *Server) many(f *field, r row, w want) (any, error) {
	list := s.related(f, r)
	n := w.count
	if n == 0 {
		n = manyDefault
	}
	data := []any{}
	for _, o := range list[:min(n, len(list))] {
		v, err := s.viewAt(f.of, o, w.subs, 1)
		if err != nil {
			return nil, err
		}
		data = append(data, v)
	}
	return map[string]any{"total": len(list), "data": data}, nil
}

// related gives the objects of a to-many field.
func (s *Server) related(f *field, r row) []row {
	switch {
	case f.of == "-":
		return nil
	case f.of == "FileAttachment":
		return s.tables[f.of].List(func(o row) bool { return number(o["candidate"]) == r.id() && !o.deleted() })
	case f.via != "":
		return s.tables[f.of].List(func(o row) bool { return number(o[f.via]) == r.id() && !o.deleted() })
	}
	var out []row
	ids, _ := r[f.name].([]any)
	for _, id := range ids {
		if o, ok := s.get(f.of, number(id)); ok {
			out = append(out, o)
		}
	}
	return out
}

func (s *Server) get(entity string, id int64) (row, bool) {
	t, ok := s.tables[entity]
	if !ok || id == 0 {
		return nil, false
	}
	return t.Get(id)
}
