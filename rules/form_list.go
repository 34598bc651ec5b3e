package rules

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/tributary-hub/tributary/internal/phrase"
	"github.com/tributary-hub/tributary/staffing"
)

// forms are made once: a page of rules asks for them for every rule.
var forms = sync.OnceValue(func() []form {
	return append(append(fieldForms(), dateForms()...), hubForms()...)
})

func everywhere() []staffing.Subject {
	return []staffing.Subject{staffing.SubjectRequisition, staffing.SubjectSubmission, staffing.SubjectPlacement}
}

func onlyIf() Param {
	return Param{Name: onlyIfParam, Label: "Only if", Help: `An expression; empty: always. For instance req.status == "open".`, Type: "cel"}
}

func theField() Param {
	return Param{Name: fieldParam, Label: "Field", Help: "Of the record, such as purchase_order or custom_fields.job_code.", Type: "field", Required: true}
}

func must(when, assert string, fixed ...string) variant {
	v := variant{when: phrase.New(when), assert: phrase.New(assert)}
	if len(fixed) > 0 {
		v.fixed = map[string]string{fixed[0]: fixed[1]}
	}
	return v
}

func mustOf(kind, assert string) variant {
	v := must("", assert)
	v.kind = kind
	return v
}

// fieldForms are about the value of one field.
func fieldForms() []form {
	const filled = `{field:path} != ""`
	return []form{
		{Form: Form{Name: "required", Label: "A field is filled in", Help: "The record has a value there.", On: everywhere(), Params: []Param{theField(), onlyIf()}},
			code: "REQUIRED", message: "The {subject} has no {field}.",
			variants: []variant{mustOf(kindText, filled), mustOf(kindList, `size({field:path}) > 0`), mustOf(kindPart, `{field:path} != null`),
				mustOf(kindCount, `{field:path} > 0`), mustOf(kindAmount, `cmp({field:path}, 0) > 0`), mustOf(kindYes, `{field:path} == true`),
				mustOf(kindOther, `first([{field:path}]) != null`)}},
		{Form: Form{Name: "one_of", Label: "A field is one of a list", Help: "A value that is filled in stands in the list.", On: everywhere(),
			Params: []Param{theField(), {Name: "values", Label: "Allowed values", Help: "One per line, as they are written.", Type: "lines", Required: true}, onlyIf()}},
			code: "ONE_OF", message: "The {field} “{value}” is not one of: {values}.",
			variants: []variant{must(filled, `{field:path} in [{values:texts}]`)}},
		{Form: Form{Name: "pattern", Label: "A field has a form", Help: "A value that is filled in matches a pattern.", On: everywhere(),
			Params: []Param{theField(), {Name: "pattern", Label: "Pattern", Help: "A regular expression, such as ^PO-[0-9]{6}$ for PO-123456.", Type: "text", Required: true}, onlyIf()}},
			code: "FORM", message: "The {field} “{value}” does not have the form that the client asks for.", given: checkedPattern,
			variants: []variant{must(filled, `{field:path}.matches({pattern:text})`)}},
		{Form: Form{Name: "number_within", Label: "A number lies within bounds", Help: "A value that is filled in is not below or above a bound.", On: everywhere(),
			Params: []Param{theField(), {Name: "min", Label: "At least", Type: "number"}, {Name: "max", Label: "At most", Type: "number"}, onlyIf()}},
			code: "WITHIN", message: "The {field} is {value}, which is not within the bounds.",
			variants: []variant{
				must(`first([{field:path}]) != null`, `cmp({field:path}, {min:amount}) >= 0 && cmp({field:path}, {max:amount}) <= 0`),
				must(`first([{field:path}]) != null`, `cmp({field:path}, {min:amount}) >= 0`),
				must(`first([{field:path}]) != null`, `cmp({field:path}, {max:amount}) <= 0`)}},
	}
}

func checkedPattern(values map[string]string) (map[string]string, error) {
	if _, err := regexp.Compile(values["pattern"]); err != nil {
		return nil, invalid("pattern", "the pattern is not a regular expression: "+strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	return values, nil
}

// The words of date_after.
const (
	today    = "today"
	alsoSame = "yes"
)

// dateForms compare days.
func dateForms() []form {
	const both, one = `{field:path} != "" && {other:path} != ""`, `{field:path} != ""`
	starts := map[staffing.Subject]string{staffing.SubjectRequisition: "req.start_date", staffing.SubjectSubmission: "sub.offered.start_date", staffing.SubjectPlacement: "plc.start_date"}
	return []form{
		{Form: Form{Name: "date_after", Label: "A date lies after another", Help: "Where both are filled in.", On: everywhere(), Params: []Param{theField(),
			{Name: "other", Label: "After", Help: "Another field, such as start_date; a day such as 2026-12-31; or today.", Type: "field", Options: []string{today}, Required: true},
			{Name: "or_same", Label: "Or on the same day", Type: "choice", Options: []string{"", alsoSame}}, onlyIf()}},
			code: "AFTER", message: "The {field} {value} is too early.", given: dayGiven, taken: dayTaken,
			variants: []variant{
				must(both, `{field:path} >= {other:path}`, "or_same", alsoSame), must(both, `{field:path} > {other:path}`),
				must(one, `{field:path} >= {day:text}`, "or_same", alsoSame), must(one, `{field:path} > {day:text}`),
				{when: phrase.New(one), assert: phrase.New(`{field:path} >= parse_date(now)`), fixed: map[string]string{"or_same": alsoSame, today: today}},
				must(one, `{field:path} > parse_date(now)`, today, today)}},
		{Form: Form{Name: "start_ahead_by_days", Label: "The start lies days ahead", Help: "Enough time to prepare.", On: everywhere(),
			Params: []Param{{Name: "days", Label: "At least so many days from today", Type: "number", Required: true}, onlyIf()}},
			code: "AHEAD", field: starts, message: "The start date {value} is not {days} days ahead.", given: ahead("days"), taken: back("days"),
			variants: []variant{must(one, `{field:path} >= parse_date(now + duration({span:text}))`)}},
	}
}

var dayForm = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

// dayGiven tells a day, and today, from a field.
func dayGiven(values map[string]string) (map[string]string, error) {
	other, is := values["other"], "day"
	switch {
	case other == today:
		is = today
	case !dayForm.MatchString(other):
		return values, nil
	default:
		if _, err := time.Parse(time.DateOnly, other); err != nil {
			return nil, invalid("other", "there is no such day")
		}
	}
	values[is] = other
	delete(values, "other")
	return values, nil
}

func dayTaken(values map[string]string) (map[string]string, error) {
	for _, is := range []string{"day", today} {
		if values[is] != "" {
			values["other"] = values[is]
			delete(values, is)
		}
	}
	return values, nil
}

// ahead turns a number of days into a duration, back turns it back.
func ahead(param string) func(map[string]string) (map[string]string, error) {
	return func(values map[string]string) (map[string]string, error) {
		n, err := strconv.Atoi(values[param])
		if err != nil || n < 0 || n > 3650 {
			return nil, invalid(param, "a number of days from 0 to 3650 is needed")
		}
		values["span"] = strconv.Itoa(24*n) + "h"
		delete(values, param)
		return values, nil
	}
}

func back(param string) func(map[string]string) (map[string]string, error) {
	return func(values map[string]string) (map[string]string, error) {
		hours, err := strconv.Atoi(strings.TrimSuffix(values["span"], "h"))
		if err != nil || hours%24 != 0 {
			return nil, invalid(param, "no number of days")
		}
		values[param] = strconv.Itoa(hours / 24)
		delete(values, "span")
		return values, nil
	}
}

// hubForms ask code lists, rates and what the hub knows.
func hubForms() []form {
	req, sub, plc := staffing.SubjectRequisition, staffing.SubjectSubmission, staffing.SubjectPlacement
	list := Param{Name: "list", Label: "Code list", Type: "list", Required: true}
	card := Param{Name: "list", Label: "Rate card", Help: "A code list of rates; empty: the client's limit (NTE).", Type: "list"}
	return []form{
		{Form: Form{Name: "cost_centre_in_list", Label: "Cost centres are in a code list", Help: "The codes of the list are cost centres; its values are their departments, with semicolons between.", On: []staffing.Subject{req, plc},
			Params: []Param{list, {Name: "by_department", Label: "And belong to the department", Type: "choice", Options: []string{"", alsoSame}}, onlyIf()}},
			code: "CC_IN_LIST", field: map[staffing.Subject]string{req: "req.cost_centres", plc: "plc.cost_centres"},
			message: "A cost centre of the {subject} is not in the list {list}, or not for this department.",
			variants: []variant{
				must(`size({field:path}) > 0`, `{field:path}.all(c, req.department in split(lookup({list:text}, c.code, ""), ";"))`, "by_department", alsoSame),
				must(`size({field:path}) > 0`, `{field:path}.all(c, lookup({list:text}, c.code, "?") != "?")`)}},
		{Form: Form{Name: "bill_rate_within_nte", Label: "Bill rate within NTE or rate card", Help: "The rate is not above the client's limit.", On: everywhere(),
			Params: []Param{card, {Name: "key", Label: "Found by", Help: "The field that holds the code of the rate card, such as req.department.", Type: "field"}, onlyIf()}},
			code: "RATE", field: map[staffing.Subject]string{req: "req.bill_rate.max", sub: "sub.offered.bill_rate.amount", plc: "plc.bill_rate.amount"},
			message: "The bill rate {value} is above the limit.",
			variants: []variant{
				must(`{field:path} != null && req.nte != null`, `cmp({field:path}, req.nte.amount) <= 0`),
				must(`{field:path} != null`, `cmp({field:path}, lookup({list:text}, {key:path}, "0")) <= 0`)}},
		{Form: Form{Name: "max_submittals", Label: "No more than so many candidates", Help: "Submissions of ours on the requisition that are neither withdrawn nor rejected.", On: []staffing.Subject{sub},
			Params: []Param{{Name: "most", Label: "At most", Type: "number", Required: true}, onlyIf()}},
			code: "MAX_SUBMITTALS", message: "The client takes {most} candidates for a requisition; {{ facts.live_submissions }} are submitted.",
			variants: []variant{must("", `facts.live_submissions < {most:int}`)}},
		{Form: Form{Name: "duplicate_window", Label: "Not the same person again too soon", Help: "Since the last submission of this person to this client, for any requisition.", On: []staffing.Subject{sub},
			Params: []Param{{Name: "days", Label: "Days between", Type: "number", Required: true}, onlyIf()}},
			code: "DUPLICATE_WINDOW", message: "This person was submitted to the client on {{ facts.last_to_client }}, less than {days} days ago.",
			given: ahead("days"), taken: back("days"),
			variants: []variant{must("", `has(facts.last_to_client) && facts.last_to_client < parse_date(now - duration({span:text}))`)}},
	}
}
