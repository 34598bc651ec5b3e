package mapping

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// Sample is what a cell sees beside the raw record.
type Sample struct {
	Client      staffing.Client
	Requisition staffing.Requisition
	Submission  staffing.Submission
	Placement   staffing.Placement
	Bill        staffing.Bill
}

func (s Sample) vars() *expr.Vars {
	return &expr.Vars{Client: expr.Record(s.Client), Req: expr.Record(s.Requisition), Sub: expr.Record(s.Submission),
		Plc: expr.Record(s.Placement), Bill: expr.Record(s.Bill)}
}

// CheckCell compiles one cell of d and runs it on a sample: the value as the
// canonical record or the vendor's JSON would have it, and the gaps that it would
// cause. The cells of the section "status" have the keys word and at. Without a
// sample (nil) the cell is compiled only. The error is [staffing.Invalid] with
// [Problems] as its cause, which have line and column in the expression.
func CheckCell(d Document, section string, c Cell, sample json.RawMessage, with Sample) (value string, gaps []staffing.Gap, err error) {
	done := CheckCells(d, section, []Cell{c}, sample, with)[0]
	return done.Value, done.Gaps, done.Err
}

// Checked is what [CheckCell] gives for a cell.
type Checked struct {
	Value string
	Gaps  []staffing.Gap
	Err   error
}

// CheckCells checks several cells of a section, each by itself and in their order.
// What they share is made once: the code lists, the record and what else they see.
func CheckCells(d Document, section string, cells []Cell, sample json.RawMessage, with Sample) []Checked {
	out := make([]Checked, len(cells))
	all := func(err error) []Checked {
		for i := range out {
			out[i].Err = err
		}
		return out
	}
	k, ok := kindOfSection(section)
	switch {
	case section == secStatus:
		k = sectionKind{name: secStatus, vars: []string{expr.Raw}}
	case !ok:
		return all(problemAt(section, "there is no section "+quote(section)+" of cells"))
	}
	d.Lists = usedLists(d.Lists, cells)
	env, err := expr.New(d.Lists)
	if err != nil {
		return all(&staffing.Error{Code: staffing.Internal, Message: "the expression language cannot be set up", Err: err})
	}
	run := &checkRun{doc: d, kind: k, env: env, tables: newTables(d)}
	if sample != nil {
		run.vars = with.vars()
		run.vars.Raw, run.unread = expr.Decode(sample)
	}
	for i, c := range cells {
		out[i] = run.check(tidyCell(c))
	}
	return out
}

// checkRun is what the cells of one check share.
type checkRun struct {
	doc    Document
	kind   sectionKind
	env    *expr.Env
	tables *tables
	vars   *expr.Vars // nil: there is no sample, cells are compiled only
	unread error      // the sample is no record
}

func (r *checkRun) check(c Cell) (out Checked) {
	cp := &compiler{env: r.env, doc: r.doc, types: &coercers{r.env.Places()}}
	s := cp.kind(r.kind, []Cell{c})
	if err := cp.problems.err(); err != nil || r.vars == nil {
		return Checked{Err: err}
	}
	if r.unread != nil {
		return Checked{Err: r.unread}
	}
	shown := &shownValue{kind: r.kind}
	out.Gaps, out.Err = s.run(r.vars, r.tables, shown.set)
	out.Value = shown.value
	if r.kind.name == secStatus && c.Key == "word" && len(out.Gaps) == 0 && out.Err == nil {
		out.Gaps = unknownWord(r.doc, out.Value)
	}
	return out
}

// usedLists leaves out the code lists that cells cannot use: a list may have a
// hundred thousand entries.
func usedLists(all map[string]map[string]string, cells []Cell) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, c := range cells {
		if strings.Contains(c.CEL+c.Default, expr.Lists) { // lists[name]
			return all
		}
		for name, entries := range all {
			if c.List == name || strings.Contains(c.CEL, name) || strings.Contains(c.Default, name) {
				out[name] = entries
			}
		}
	}
	return out
}

func unknownWord(d Document, word string) []staffing.Gap {
	if _, known := expr.NewCodes(stringMap(d.Stages)).Find(word); known || word == "" {
		return nil
	}
	return []staffing.Gap{noStage(word)}
}

// shownValue takes the value of a cell for a page.
type shownValue struct {
	kind  sectionKind
	value string
}

func (o *shownValue) set(c *cell, v any) error {
	if o.kind.to == nil {
		o.value = plainText(v)
		return nil
	}
	record := reflect.New(o.kind.to).Elem()
	if err := c.to.set(record, v); err != nil {
		return err
	}
	o.value = plainText(c.to.get(record))
	return nil
}

// get reads what set wrote.
func (t *target) get(root reflect.Value) any {
	v := root
	for _, i := range t.fields {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		v = v.Field(i)
	}
	if t.mapKey != "" {
		v = v.MapIndex(reflect.ValueOf(t.mapKey))
	}
	return v.Interface()
}

// plainText gives a value as a person reads it: texts and numbers as they are,
// lists and maps as JSON.
func plainText(v any) string {
	const most = 2_000
	if v == nil {
		return ""
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	var s string
	if json.Unmarshal(b, &s) != nil {
		s = string(b)
	}
	return clip(s, most)
}
