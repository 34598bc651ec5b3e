package mapping

import (
	"maps"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// Cells gives the cells of a section in their order; none for a name that is no
// section of cells. They are not to be changed.
func (d Document) Cells(section string) []Cell {
	k, ok := kindOfSection(section)
	if !ok {
		return nil
	}
	return *k.of(&d)
}

// Cell finds a cell by its key.
func (d Document) Cell(section, key string) (c Cell, ok bool) {
	cells := d.Cells(section)
	if i := indexOfCell(cells, key); i >= 0 {
		return cells[i], true
	}
	return Cell{}, false
}

func indexOfCell(cells []Cell, key string) int {
	return slices.IndexFunc(cells, func(c Cell) bool { return c.Key == key })
}

// WithCell gives the document with a cell in the place of the one of that key, or
// at the end of the section. The error is [staffing.Invalid] with [Problems]: the
// section or the field is not there, it overlaps another cell, or the cell has no
// expression. What the expression is worth, [CheckCell] says.
func (d Document) WithCell(section string, c Cell) (Document, error) {
	k, ok := kindOfSection(section)
	if !ok {
		return d, problemAt(section, "there is no section "+quote(section)+" of cells")
	}
	c = tidyCell(c)
	cells := slices.Clone(*k.of(&d))
	if i := indexOfCell(cells, c.Key); i >= 0 {
		cells[i] = c
	} else {
		cells = append(cells, c)
	}
	if err := k.fits(c, cells); err != nil {
		return d, err
	}
	*k.of(&d) = cells
	return d, nil
}

// fits says whether a cell may stand where its key says, without its expressions.
func (k sectionKind) fits(c Cell, all []Cell) error {
	name := k.name + "." + c.Key
	if c.CEL == "" && c.Default == "" {
		return problemAt(name, "the cell has no expression")
	}
	if len(c.CEL) > expr.MaxSource || len(c.Default) > expr.MaxSource {
		return problemAt(name, "the expression is too long")
	}
	check := &compiler{types: &coercers{}}
	if k.to != nil {
		if _, problem := check.types.resolve(k.to, c.Key); problem != "" {
			return problemAt(name, problem)
		}
	} else if slices.Contains(vendorPath(c.Key), "") {
		return problemAt(name, "a part of the path is empty")
	}
	check.conflicts(k.name, all)
	for _, p := range check.problems {
		if p.Cell == name || strings.HasPrefix(p.Cell, name+".") {
			return Problems{p}.err()
		}
	}
	return nil
}

func problemAt(cell, message string) error {
	return Problems{{Cell: cell, Message: message}}.err()
}

// WithoutCell gives the document without the cell of that key.
func (d Document) WithoutCell(section, key string) Document {
	if k, ok := kindOfSection(section); ok {
		cells := k.of(&d)
		*cells = without(*cells, func(c Cell) bool { return c.Key == key })
	}
	return d
}

// WithStatusCells gives the document that reads a status record so; both empty
// takes the section out.
func (d Document) WithStatusCells(s StatusCells) Document {
	d.Status = &StatusCells{Word: tidyText(s.Word), At: tidyText(s.At)}
	if *d.Status == (StatusCells{}) {
		d.Status = nil
	}
	return d
}

// WithStage maps a vendor's status word to a stage, in the place of the word in
// any other case or spacing; no stage takes the word out.
func (d Document) WithStage(status string, s staffing.Stage) Document {
	d.Stages = withWord(d.Stages, status, s)
	return d
}

// WithRequisitionStatus maps a vendor's word to a state of a requisition, as
// [Document.WithStage] does.
func (d Document) WithRequisitionStatus(status string, s staffing.RequisitionStatus) Document {
	d.RequisitionStatus = withWord(d.RequisitionStatus, status, s)
	return d
}

func withWord[T ~string](table map[string]T, status string, to T) map[string]T {
	status = tidyLine(status)
	out := maps.Clone(table)
	maps.DeleteFunc(out, func(k string, _ T) bool { return expr.Fold(k) == expr.Fold(status) })
	if to != "" && status != "" {
		out = with(out, status, to)
	}
	return orNil(out)
}

// WithInternalStatus sets the internal ATS's word for a stage; no word says that
// the stage is not synced back.
func (d Document) WithInternalStatus(stage staffing.Stage, status string) Document {
	out := maps.Clone(d.InternalStatus)
	delete(out, stage)
	if status = tidyLine(status); status != "" {
		out = with(out, stage, status)
	}
	d.InternalStatus = orNil(out)
	return d
}

// WithTriggers sets the internal statuses that cause a submission; empty and
// repeated ones fall out.
func (d Document) WithTriggers(statuses []string) Document {
	d.Triggers = nil
	for _, s := range statuses {
		s = tidyLine(s)
		if s != "" && !slices.ContainsFunc(d.Triggers, func(o string) bool { return expr.Fold(o) == expr.Fold(s) }) {
			d.Triggers = append(d.Triggers, s)
		}
	}
	return d
}

// WithRule puts a rule in the place of the one with its id on its subject, or at
// the end. Whether it is a good one is for package rules to say.
func (d Document) WithRule(r staffing.Rule) Document {
	r = staffing.Rule{ID: tidyLine(r.ID), On: r.On, When: tidyText(r.When), Assert: tidyText(r.Assert),
		Severity: r.Severity, Message: tidyText(r.Message), Field: tidyLine(r.Field)}
	out := slices.Clone(d.Rules)
	if i := slices.IndexFunc(out, func(o staffing.Rule) bool { return o.On == r.On && o.ID == r.ID }); i >= 0 {
		out[i] = r
	} else {
		out = append(out, r)
	}
	d.Rules = out
	return d
}

// WithoutRule gives the document without a rule.
func (d Document) WithoutRule(on staffing.Subject, id string) Document {
	d.Rules = without(d.Rules, func(r staffing.Rule) bool { return r.On == on && r.ID == id })
	return d
}

// WithList sets a code list of the document; nil takes it out.
func (d Document) WithList(name string, entries map[string]string) Document {
	name = tidyLine(name)
	out := maps.Clone(d.Lists)
	delete(out, name)
	if entries != nil && name != "" {
		clean := make(map[string]string, len(entries))
		for k, v := range entries {
			clean[tidyLine(k)] = tidyText(v)
		}
		out = with(out, name, clean)
	}
	d.Lists = orNil(out)
	return d
}

// WithLists puts code lists that are kept elsewhere over those of the document,
// so that [Compile] and [CheckCell] see what a running profile sees. The lists
// are shared, not copied.
func (d Document) WithLists(kept map[string]map[string]string) Document {
	out := maps.Clone(d.Lists)
	for name, entries := range kept {
		out = with(out, name, entries)
	}
	d.Lists = orNil(out)
	return d
}
