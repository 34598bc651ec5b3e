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
	k, ok := kindOfSection(section)
	switch {
	case section == secStatus:
		k = sectionKind{name: secStatus, vars: []string{expr.Raw}}
	case !ok:
		return "", nil, problemAt(section, "there is no section "+quote(section)+" of cells")
	}
	c = tidyCell(c)
	d.Lists = usedLists(d.Lists, c)
	env, err := expr.New(d.Lists)
	if err != nil {
		return "", nil, &staffing.Error{Code: staffing.Internal, Message: "the expression language cannot be set up", Err: err}
	}
	cp := &compiler{env: env, doc: d, types: &coercers{env.Places()}}
	s := cp.kind(k, []Cell{c})
	if err := cp.problems.err(); err != nil || sample == nil {
		return "", nil, err
	}
	vars := with.vars()
	if vars.Raw, err = expr.Decode(sample); err != nil {
		return "", nil, err
	}
	out := &shownValue{kind: k}
	gaps, err = s.run(vars, newTables(d), out.set)
	if section == secStatus && c.Key == "word" && len(gaps) == 0 && err == nil {
		gaps = unknownWord(d, out.value)
	}
	return out.value, gaps, err
}

// usedLists leaves out the code lists that a cell cannot use: a list may have a
// hundred thousand entries.
func usedLists(all map[string]map[string]string, c Cell) map[string]map[string]string {
	if strings.Contains(c.CEL+c.Default, expr.Lists) { // lists[name]
		return all
	}
	out := map[string]map[string]string{}
	for name, entries := range all {
		if c.List == name || strings.Contains(c.CEL, name) || strings.Contains(c.Default, name) {
			out[name] = entries
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
