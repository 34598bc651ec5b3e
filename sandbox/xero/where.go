package xero

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// errNull is what the vendor makes of a method of a value that is not there.
const errNull = refusal("An error occurred in Xero.")

// properties are what a filter and an order may name.
func properties(list string) []string {
	return map[string][]string{
		"Contacts":           {"ContactID", "AccountNumber", "ContactNumber", "Name", "FirstName", "LastName", "EmailAddress", "ContactStatus", "IsCustomer", "IsSupplier"},
		"Accounts":           {"AccountID", "Code", "Name", "Type", "Class", "Status", "TaxType"},
		"Items":              {"ItemID", "Code", "Name", "Description", "IsSold", "IsPurchased"},
		"TaxRates":           {"Name", "TaxType", "Status"},
		"TrackingCategories": {"TrackingCategoryID", "Name", "Status"},
		"Invoices":           {"InvoiceID", "InvoiceNumber", "Type", "Status", "Date", "DueDate", "Reference"},
		"CreditNotes":        {"CreditNoteID", "CreditNoteNumber", "Type", "Status", "Date", "Reference"},
	}[list]
}

// The terms of a filter: a comparison, or a method of a text. Terms are joined by &&.
var (
	comparison = regexp.MustCompile(`^(\w+)\s*(==|!=|>=|<=|>|<)\s*(.+)$`)
	method     = regexp.MustCompile(`^(\w+)(\.ToLower\(\))?\.(Contains|StartsWith|EndsWith)\((".*")\)$`)
	dateOf     = regexp.MustCompile(`^DateTime\((\d{4}),\s*(\d{1,2}),\s*(\d{1,2})\)$`)
)

// filtered gives the records for which every term of the filter holds. A term is looked
// at only where those before it hold.
func filtered(list string, all []object, where string) ([]object, error) {
	out := []object{}
	if strings.TrimSpace(where) == "" {
		return append(out, all...), nil
	}
	terms, err := split(where)
	if err != nil {
		return nil, err
	}
	for _, o := range append(slices.Clone(all), nil) { // the last one: an empty list must complain too
		good := true
		for _, t := range terms {
			hit, err := holdsFor(list, o, t)
			if err != nil && (o != nil || !errors.Is(err, errNull)) {
				return nil, err
			}
			if good = good && hit; !good && o != nil {
				break
			}
		}
		if good && o != nil {
			out = append(out, o)
		}
	}
	return out, nil
}

// split cuts a filter at the && outside its texts.
func split(where string) (terms []string, err error) {
	var term strings.Builder
	quoted := false
	for i := 0; i < len(where); i++ {
		switch {
		case quoted && where[i] == '\\' && i+1 < len(where):
			term.WriteByte(where[i])
			i++
		case where[i] == '"':
			quoted = !quoted
		case !quoted && strings.HasPrefix(where[i:], "&&"):
			terms = append(terms, strings.TrimSpace(term.String()))
			term.Reset()
			i++
			continue
		}
		term.WriteByte(where[i])
	}
	if quoted {
		return nil, refusal("Unterminated string literal")
	}
	return append(terms, strings.TrimSpace(term.String())), nil
}

func holdsFor(list string, o object, term string) (bool, error) {
	if m := method.FindStringSubmatch(term); m != nil {
		return textHolds(list, o, m)
	}
	m := comparison.FindStringSubmatch(term)
	if m == nil {
		return false, refusal("Expression expected")
	}
	if !slices.Contains(properties(list), m[1]) {
		return false, refusal("No property or field '" + m[1] + "' exists in type '" + list + "'")
	}
	right, err := literal(m[3])
	if err != nil {
		return false, err
	}
	left := o[m[1]]
	if m[2] == "==" || m[2] == "!=" {
		return same(left, right) == (m[2] == "=="), nil
	}
	want, isDate := right.(time.Time)
	if !isDate || m[1] != "Date" && m[1] != "DueDate" {
		return false, refusal("Operator '" + m[2] + "' incompatible with operand types")
	}
	have, ok := dateIn(left)
	d := have.Compare(want)
	return ok && (d < 0 && m[2][0] == '<' || d > 0 && m[2][0] == '>' || d == 0 && len(m[2]) == 2), nil
}

func textHolds(list string, o object, m []string) (bool, error) {
	if !slices.Contains(properties(list), m[1]) {
		return false, refusal("No property or field '" + m[1] + "' exists in type '" + list + "'")
	}
	right, err := literal(m[4])
	if err != nil {
		return false, err
	}
	left, there := o[m[1]].(string)
	if !there {
		return false, errNull
	}
	if m[2] != "" {
		left = strings.ToLower(left)
	}
	how := map[string]func(string, string) bool{"Contains": strings.Contains, "StartsWith": strings.HasPrefix, "EndsWith": strings.HasSuffix}[m[3]]
	return how(left, text(right)), nil
}

func literal(s string) (any, error) {
	s = strings.TrimSpace(s)
	var t string
	switch d := dateOf.FindStringSubmatch(s); {
	case s == "null":
		return nil, nil //nolint:nilnil // it is the vendor's null
	case s == "true" || s == "false":
		return s == "true", nil
	case strings.HasPrefix(s, `"`) && json.Unmarshal([]byte(s), &t) == nil:
		return t, nil
	case d != nil:
		at, err := time.Parse("2006-1-2", fmt.Sprintf("%s-%s-%s", d[1], d[2], d[3]))
		if err != nil {
			return nil, refusal("Un-representable DateTime")
		}
		return at, nil
	}
	return nil, refusal("Expression expected")
}

func same(left, right any) bool {
	x, isText := left.(string)
	y, too := right.(string)
	if isText && too {
		return strings.EqualFold(x, y)
	}
	if want, isDate := right.(time.Time); isDate {
		have, ok := dateIn(left)
		return ok && have.Equal(want)
	}
	return left == right
}

// dateIn reads /Date(milliseconds+0000)/.
func dateIn(v any) (time.Time, bool) {
	inner, ok := strings.CutPrefix(text(v), "/Date(")
	ms, err := strconv.ParseInt(strings.TrimSuffix(inner, "+0000)/"), 10, 64)
	return time.UnixMilli(ms).UTC(), ok && err == nil
}

// sorted puts records in the order asked for: a property, and ASC or DESC.
func sorted(list string, found []object, order string) error {
	if order == "" {
		return nil
	}
	field, way, _ := strings.Cut(order, " ")
	if !slices.Contains(properties(list), field) || way != "" && way != "ASC" && way != "DESC" {
		return refusal("No property or field '" + field + "' exists in type '" + list + "'")
	}
	slices.SortStableFunc(found, func(a, b object) int {
		if way == "DESC" {
			a, b = b, a
		}
		if x, ok := dateIn(a[field]); ok {
			y, _ := dateIn(b[field]) // none: the beginning of time
			return x.Compare(y)
		}
		return strings.Compare(text(a[field]), text(b[field]))
	})
	return nil
}
