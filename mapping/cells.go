package mapping

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// cell is a compiled cell.
type cell struct {
	name     string // section.key
	value    *expr.Program
	fallback *expr.Program
	required bool
	list     string
	codes    expr.Codes // of list
	status   bool       // the result is looked up in the status table of requisitions

	to   target   // inbound
	path []string // outbound
}

// section is a compiled map.
type section struct {
	name    string
	cells   []cell
	uses    map[string]bool
	cleaned bool // what the cell "description" gives is clean HTML already
}

// run evaluates every cell and hands each value to set, which says what is wrong
// with its form. Only an exhausted limit ends it early.
func (s *section) run(vars *expr.Vars, codes *tables, set func(c *cell, v any) error) ([]staffing.Gap, error) {
	var gaps []staffing.Gap
	for i := range s.cells {
		c := &s.cells[i]
		v, gap, err := c.eval(vars, codes)
		switch {
		case err != nil:
			return nil, err
		case gap != nil:
			gaps = append(gaps, *gap)
			continue
		case isEmpty(v):
			continue
		}
		if err := set(c, v); err != nil {
			gaps = append(gaps, c.gap(staffing.GapValue, v, err.Error()))
		}
	}
	return gaps, nil
}

// eval gives the value of a cell, with its default, code list and status table.
func (c *cell) eval(vars *expr.Vars, t *tables) (any, *staffing.Gap, error) {
	v, gap, err := c.result(c.value, vars)
	if gap != nil || err != nil {
		return nil, gap, err
	}
	if isEmpty(v) && c.fallback != nil {
		if v, gap, err = c.result(c.fallback, vars); gap != nil || err != nil {
			return nil, gap, err
		}
		if !isEmpty(v) {
			return v, nil, nil // a default is the final word
		}
	}
	if isEmpty(v) {
		if c.required {
			g := c.gap(staffing.GapRequired, nil, "A value is required here and the record has none.")
			return nil, &g, nil
		}
		return nil, nil, nil
	}
	switch {
	case c.list != "":
		v, gap = c.coded(v)
	case c.status:
		v, gap = t.requisitionStatus(c, v)
	}
	return v, gap, nil
}

func (c *cell) result(p *expr.Program, vars *expr.Vars) (any, *staffing.Gap, error) {
	if p == nil {
		return nil, nil, nil
	}
	v, err := p.Value(context.Background(), vars)
	if err == nil {
		return v, nil, nil
	}
	var e *expr.Error
	if errors.As(err, &e) && e.Exhausted {
		return nil, nil, &staffing.Error{Code: staffing.Invalid, Field: c.name, Message: "the cell " + c.name + " cannot be worked out: " + e.Detail()}
	}
	detail := err.Error()
	if e != nil {
		detail = e.Detail()
	}
	g := c.gap(staffing.GapValue, nil, detail)
	return nil, &g, nil
}

// coded looks a value, or each element of a list, up in the code list.
func (c *cell) coded(v any) (any, *staffing.Gap) {
	if l, ok := v.([]any); ok {
		out := make([]any, 0, len(l))
		for _, e := range l {
			code, gap := c.coded(e)
			if gap != nil {
				return nil, gap
			}
			out = append(out, code)
		}
		return out, nil
	}
	s, ok := scalarText(v)
	if !ok {
		g := c.gap(staffing.GapValue, v, "a text is needed to look it up in the list "+quote(c.list))
		return nil, &g
	}
	code, ok := c.codes.Find(s)
	if !ok {
		g := c.gap(staffing.GapCode, v, "The code list "+quote(c.list)+" has no entry for "+quote(s)+".")
		return nil, &g
	}
	return code, nil
}

// gap makes a gap of this cell.
func (c *cell) gap(kind staffing.GapKind, v any, message string) staffing.Gap {
	return staffing.Gap{Kind: kind, Field: c.name, Value: shown(v), Message: message}
}

// shown cuts a value to what fits a page.
func shown(v any) string {
	const most = 200
	s, ok := scalarText(v)
	if !ok && v != nil {
		s = shape(v)
	}
	return clip(s, most)
}

// clip cuts a text to a number of bytes, between two letters.
func clip(s string, most int) string {
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// isEmpty says that a plain value leaves its key out.
func isEmpty(v any) bool {
	switch x := v.(type) {
	case nil:
		return true
	case string:
		return strings.TrimSpace(x) == ""
	case []any:
		return len(x) == 0
	case map[string]any:
		return len(x) == 0
	}
	return false
}

// into sets the value of an inbound cell in a canonical struct.
func into(root reflect.Value) func(*cell, any) error {
	return func(c *cell, v any) error { return c.to.set(root, v) }
}
