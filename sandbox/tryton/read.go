package tryton

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

func (s *Server) searchRead(name string, c call) (any, error) {
	rows, err := s.search(name, arg(c, 0), c)
	if err != nil {
		return nil, err
	}
	if err := s.sort(name, rows, arg(c, 3)); err != nil {
		return nil, err
	}
	rows = rows[min(max(idOf(arg(c, 1)), 0), int64(len(rows))):]
	if limit := arg(c, 2); limit != nil && idOf(limit) < int64(len(rows)) {
		rows = rows[:idOf(limit)]
	}
	return s.read(name, rows, arg(c, 4), c)
}

func (s *Server) readIDs(name string, c call) (any, error) {
	rows, missing := s.rows(name, arg(c, 0))
	if missing != "" {
		return nil, s.unreadable(name, missing)
	}
	return s.read(name, rows, arg(c, 1), c)
}

// read gives the wanted fields of rows. A dotted name goes through a relation and
// comes back as a nested object under the name with its dot.
func (s *Server) read(name string, rows []record, fields any, c call) ([]map[string]any, error) {
	names, _ := fields.([]any)
	out := []map[string]any{}
	for _, row := range rows {
		values := map[string]any{"id": row["id"]}
		nested := map[string][]any{}
		for _, n := range names {
			first, rest, dotted := strings.Cut(text(n), ".")
			if dotted {
				nested[first] = append(nested[first], rest)
				continue
			}
			v, err := s.value(name, row, first, c)
			if err != nil {
				return nil, err
			}
			values[first] = v
		}
		for first, rest := range nested {
			v, err := s.related(name, row, first, rest, c)
			if err != nil {
				return nil, err
			}
			values[first+"."] = v
		}
		out = append(out, values)
	}
	return out, nil
}

func (s *Server) related(name string, row record, first string, rest []any, c call) (any, error) {
	f, known := s.schema[name].fields[first]
	if !known || f.target == "" {
		return nil, exception("'" + first + "'")
	}
	v, err := s.value(name, row, first, c)
	if err != nil || v == nil {
		return nil, err
	}
	ids, many := v.([]int64)
	if !many {
		ids = []int64{idOf(v)}
	}
	var rows []record
	for _, id := range ids {
		if r, ok := s.data[f.target].Get(id); ok {
			rows = append(rows, r)
		}
	}
	values, err := s.read(f.target, rows, rest, c)
	if err != nil || many || len(values) == 0 {
		return values, err
	}
	return values[0], nil
}

// value gives one field in the form of the wire.
func (s *Server) value(name string, row record, fieldName string, c call) (any, error) {
	f, known := s.schema[name].fields[fieldName]
	switch {
	case fieldName == "id" || fieldName == "active":
		return row[fieldName], nil
	case fieldName == "create_date":
		return wireTime(text(row[fieldName])), nil
	case fieldName == "rec_name":
		return s.recName(name, row), nil
	case !known:
		return nil, exception("'" + fieldName + "'")
	case f.company && c.ctx["company"] == nil:
		return nil, nil
	}
	switch f.kind {
	case virtual:
		return wireAmount(s.worked(name, row, fieldName)), nil
	case one2many:
		return s.children(f, idOf(row["id"])), nil
	case many2many:
		ids := []int64{}
		some, _ := row[fieldName].([]any)
		for _, id := range some {
			ids = append(ids, idOf(id))
		}
		return ids, nil
	}
	v := row[fieldName]
	if v == nil {
		return nil, nil
	}
	switch f.kind {
	case numeric:
		return wireDecimal(number(v)), nil
	case date:
		return wireDate(text(v)), nil
	case float:
		return number(v).InexactFloat64(), nil
	}
	return v, nil
}

func (s *Server) recName(name string, row record) string {
	switch name {
	case "account.invoice":
		return invoiceName(row)
	case "party.party":
		if text(row["name"]) == "" {
			return "[" + text(row["code"]) + "]"
		}
	case "product.product":
		return "[" + text(row["code"]) + "] " + s.nameOf("product.template", row["template"])
	}
	return text(row["name"])
}

func invoiceName(row record) string {
	var parts []string
	if n := text(row["number"]); n != "" {
		parts = append(parts, n)
	}
	if r := text(row["reference"]); r != "" {
		parts = append(parts, "["+r+"]")
	}
	if len(parts) == 0 {
		return "(" + plain(row["id"]) + ")"
	}
	return strings.Join(parts, " ")
}

func (s *Server) children(f field, parent int64) []int64 {
	out := []int64{}
	for _, r := range s.data[f.target].List(func(r record) bool { return idOf(r[f.inverse]) == parent && r["active"] != false }) {
		out = append(out, idOf(r["id"]))
	}
	return out
}

func wireDecimal(d decimal.Decimal) any {
	return map[string]any{"__class__": "Decimal", "decimal": d.String()}
}

// wireAmount has the places of the currency, except for nothing at all.
func wireAmount(d decimal.Decimal) any {
	if d.IsZero() {
		return wireDecimal(decimal.Zero)
	}
	return map[string]any{"__class__": "Decimal", "decimal": d.StringFixed(centDigits)}
}

func wireDate(s string) any {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return nil
	}
	return map[string]any{"__class__": "date", "year": t.Year(), "month": int(t.Month()), "day": t.Day()}
}

func wireTime(s string) any {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return nil
	}
	return map[string]any{"__class__": "datetime", "year": t.Year(), "month": int(t.Month()), "day": t.Day(),
		"hour": t.Hour(), "minute": t.Minute(), "second": t.Second(), "microsecond": t.Nanosecond() / 1000}
}
