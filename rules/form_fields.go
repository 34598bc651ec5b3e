package rules

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// ownVariable is the variable that holds the record which a rule is on.
func ownVariable(on staffing.Subject) string {
	return map[staffing.Subject]string{staffing.SubjectRequisition: expr.Req, staffing.SubjectSubmission: expr.Sub, staffing.SubjectPlacement: expr.Plc}[on]
}

// absolute makes an expression of a field: purchase_order on a placement is
// plc.purchase_order. A path that begins with a variable stays.
func absolute(on staffing.Subject, field string) string {
	first, _, _ := strings.Cut(field, ".")
	if slices.Contains(subjects()[on], first) && field != first {
		return field
	}
	return ownVariable(on) + "." + field
}

// relative is the way back.
func relative(on staffing.Subject, path string) string {
	return strings.TrimPrefix(path, ownVariable(on)+".")
}

// The kinds of fields that differ in what it means to have no value.
const (
	kindText   = "text"
	kindYes    = "yes"
	kindCount  = "count"
	kindAmount = "amount"
	kindList   = "list"
	kindPart   = "part"    // a value that may not be there at all
	kindOther  = "unknown" // of a custom field
)

// kindOf looks a path up in the records of the hub.
func kindOf(on staffing.Subject, path string) string {
	names := strings.Split(absolute(on, path), ".")
	t := map[string]reflect.Type{
		expr.Req: reflect.TypeFor[staffing.Requisition](), expr.Sub: reflect.TypeFor[staffing.Submission](),
		expr.Plc: reflect.TypeFor[staffing.Placement](), expr.Client: reflect.TypeFor[staffing.Client](),
	}[names[0]]
	for i, name := range names[1:] {
		if t == nil || t.Kind() != reflect.Struct || t == reflect.TypeFor[decimal.Decimal]() {
			return kindOther
		}
		f := fieldNamed(t, name)
		if t = f; t != nil && t.Kind() == reflect.Pointer && i < len(names)-2 {
			t = t.Elem()
		}
	}
	return kindOfType(t)
}

func fieldNamed(t reflect.Type, name string) reflect.Type {
	for i := range t.NumField() {
		if expr.JSONName(t.Field(i)) == name {
			return t.Field(i).Type
		}
	}
	return nil
}

func kindOfType(t reflect.Type) string {
	switch {
	case t == nil:
		return kindOther
	case t == reflect.TypeFor[decimal.Decimal]():
		return kindAmount
	}
	switch t.Kind() {
	case reflect.String:
		return kindText
	case reflect.Bool:
		return kindYes
	case reflect.Int:
		return kindCount
	case reflect.Slice, reflect.Map:
		return kindList
	case reflect.Pointer:
		return kindPart
	}
	return kindOther
}

var noIDLetter = regexp.MustCompile(`[^A-Z0-9]+`)

// idOf makes the id of a rule: REQUIRED_PURCHASE_ORDER.
func idOf(code, field string) string {
	const most = 60
	id := code + "_" + strings.Trim(noIDLetter.ReplaceAllString(strings.ToUpper(field), "_"), "_")
	return strings.Trim(id[:min(len(id), most)], "_")
}

// words writes the message of a rule that was given none.
func (f form) words(on staffing.Subject, params, values map[string]string) string {
	pairs := []string{"{subject}", string(on), "{value}", "{{ " + values[fieldParam] + " }}", "{field}", fieldWords(relative(on, values[fieldParam]))}
	for _, p := range f.Params {
		v := strings.Join(strings.Split(strings.TrimSpace(params[p.Name]), "\n"), ", ")
		pairs = append(pairs, "{"+p.Name+"}", strings.NewReplacer("{{", "{ {", "}}", "} }").Replace(v))
	}
	return strings.NewReplacer(pairs...).Replace(f.message)
}

// fieldWords gives a path as words: offered.bill_rate -> bill rate.
func fieldWords(path string) string {
	parts := strings.Split(path, ".")
	last := parts[len(parts)-1]
	if len(parts) > 1 && slices.Contains([]string{"min", "max", "amount", "currency", "unit", "name", "email", "phone", "at"}, last) {
		last = parts[len(parts)-2] + " " + last
	}
	return strings.ReplaceAll(strings.Trim(last, `"]`), "_", " ")
}
