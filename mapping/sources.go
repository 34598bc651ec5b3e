package mapping

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/internal/phrase"
	"github.com/tributary-hub/tributary/staffing"
)

// Sources lists what the cells of a section can read beside the payload: the
// fields of the hub's own records, with their values in a sample as examples, and
// the custom fields that the sample has.
func Sources(section string, with Sample) []SourceField {
	records := map[string]any{expr.Req: with.Requisition, expr.Sub: with.Submission, expr.Plc: with.Placement, expr.Bill: with.Bill, expr.Client: with.Client}
	var out []SourceField
	for _, name := range Variables(section) {
		if record, ok := records[name]; ok {
			out = append(out, sourcesIn(phrase.Path(name), record)...)
		}
	}
	return out
}

func sourcesIn(name phrase.Path, record any) []SourceField {
	known := fieldsBelow(reflect.TypeOf(record), name)
	values := sampled(name, record)
	for _, path := range slices.Sorted(maps.Keys(values)) {
		f := values[path]
		i := slices.IndexFunc(known, func(k SourceField) bool { return k.Path == string(path) })
		switch {
		case i >= 0 && !slices.Equal(f.examples, []string{"0"}):
			known[i].Examples = f.examples
		case i < 0 && f.kind != "object" && isCustom(path, known):
			known = append(known, SourceField{Path: string(path), Type: f.kind, Examples: f.examples})
		}
	}
	return known
}

// sampled gives the values of a record by their paths.
func sampled(name phrase.Path, record any) map[phrase.Path]*seenField {
	d := discovery{fields: map[phrase.Path]*seenField{}, payload: 1}
	b, err := json.Marshal(record)
	if err != nil {
		return nil // a sample that has no form as JSON has no examples
	}
	if m, err := decodeObject(b); err == nil {
		d.object(name, m, 1)
	}
	return d.fields
}

// isCustom says that a path leads into a map whose keys the record's type does
// not know.
func isCustom(path phrase.Path, known []SourceField) bool {
	return slices.ContainsFunc(known, func(k SourceField) bool {
		return k.Type == "fields" && len(path) > len(k.Path) && string(path[:len(k.Path)]) == k.Path
	})
}

// fieldsBelow lists every field of a type by its path: the parts of rates, and of
// the first element of lists, too.
func fieldsBelow(t reflect.Type, path phrase.Path) []SourceField {
	var out []SourceField
	for i := range t.NumField() {
		name := expr.JSONName(t.Field(i))
		if name == "" {
			continue
		}
		at, ft := path.Key(name), t.Field(i).Type
		if ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		switch {
		case ft == reflect.TypeFor[staffing.Instant]():
			out = append(out, SourceField{Path: string(at.Key("at")), Type: "time"})
			continue
		case hasParts(ft):
			out = append(out, fieldsBelow(ft, at)...)
			continue
		}
		kind, _ := typeWords(ft)
		out = append(out, SourceField{Path: string(at), Type: kind})
		if ft.Kind() == reflect.Slice && hasParts(ft.Elem()) {
			out = append(out, fieldsBelow(ft.Elem(), at.At(0))...)
		}
	}
	return out
}

func hasParts(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[decimal.Decimal]()
}
