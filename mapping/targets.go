package mapping

import (
	"reflect"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// Target is a field that a section can fill: a row of the editor's table.
type Target struct {
	Key      string   // of the cell
	Label    string   // in words
	Type     string   // text, number, amount, yes or no, date, time, rate, list, fields, choice, any
	Options  []string // of a choice
	Help     string
	Required bool // a profile without it makes records that cannot be used
}

// Targets lists the canonical fields of an inbound section in the order of the
// record. An outbound section has the vendor's fields, which only the connector
// knows: see [TargetsWith].
func Targets(section string) []Target {
	k, _ := kindOfSection(section)
	if k.to == nil {
		return nil
	}
	out := targetsOf(k.to, "")
	for i := range out {
		out[i].Required = slices.Contains(requiredKeys(section), out[i].Key)
		out[i].Help = help(section + "." + out[i].Key)
	}
	return out
}

// TargetsWith adds the cells of a connector's own document that are no canonical
// fields, and what it marks as required. For an outbound section these are all.
func TargetsWith(section string, standard Document) []Target {
	out := Targets(section)
	for _, c := range standard.Cells(section) {
		i := slices.IndexFunc(out, func(t Target) bool { return t.Key == c.Key })
		if i < 0 {
			i = len(out)
			out = append(out, Target{Key: c.Key, Label: Label(section, c.Key), Type: "any"})
		}
		out[i].Required = out[i].Required || c.Required
	}
	return out
}

// requiredKeys are what the connectors' own documents ask for; a test holds them
// equal.
func requiredKeys(section string) []string {
	return map[string][]string{
		secRequisition: {"external_id", "title", "status"},
		secCandidate:   {"external_id", "first_name", "last_name"},
		secPlacement:   {"external_id", "worker_name", "start_date"},
	}[section]
}

func targetsOf(t reflect.Type, path string) []Target {
	var out []Target
	for i := range t.NumField() {
		name := expr.JSONName(t.Field(i))
		if name == "" {
			continue
		}
		key := strings.TrimPrefix(path+"."+name, ".")
		ft := t.Field(i).Type
		if ft == reflect.TypeFor[staffing.RateRange]() || ft == reflect.TypeFor[staffing.Contact]() {
			out = append(out, targetsOf(ft, key)...)
			continue
		}
		kind, options := typeWords(ft)
		out = append(out, Target{Key: key, Label: labelOf(key), Type: kind, Options: options})
	}
	return out
}

// typeWords names the type of a field, and the words that it may hold.
func typeWords(t reflect.Type) (kind string, options []string) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[decimal.Decimal]():
		return "amount", nil
	case reflect.TypeFor[staffing.Date]():
		return "date", nil
	case reflect.TypeFor[staffing.Instant]():
		return "time", nil
	case reflect.TypeFor[staffing.Rate]():
		return "rate", nil
	case reflect.TypeFor[staffing.RequisitionStatus]():
		return "choice", wordsOf(staffing.RequisitionStatuses())
	case reflect.TypeFor[staffing.WorkerType]():
		return "choice", wordsOf(staffing.WorkerTypes())
	case reflect.TypeFor[staffing.Outcome]():
		return "choice", wordsOf(staffing.Outcomes())
	case reflect.TypeFor[staffing.Unit]():
		return "choice", wordsOf(staffing.Units())
	}
	switch t.Kind() {
	case reflect.Bool:
		return "yes or no", nil
	case reflect.Int:
		return "number", nil
	case reflect.Slice:
		return "list", nil
	case reflect.Map:
		return "fields", nil
	}
	return "text", nil
}

func wordsOf[T ~string](all []T) []string {
	out := make([]string, len(all))
	for i, w := range all {
		out[i] = string(w)
	}
	return out
}
