package mapping

import (
	"slices"
	"sync"

	"github.com/tributary-hub/tributary/internal/phrase"
	"github.com/tributary-hub/tributary/staffing"
)

// forms are the transforms; made once, since a page asks for them for each cell.
var forms = sync.OnceValue(func() []form {
	return slices.Concat(textForms(), timeForms(), moneyForms(), listForms(), placeForms())
})

func expression(template string) variant { return variant{template: phrase.New(template)} }

// ofClient is an expression that has the client's own for a setting.
func ofClient(template, setting string) variant {
	return variant{phrase.New(template), map[string]string{setting: clientsOwn}}
}

func textForms() []form {
	return []form{
		{Transform{Name: "copy", Label: "As it is", Help: "The value as the source has it."},
			[]variant{expression(`{source:path}`)}},
		{Transform{Name: "constant", Label: "A fixed value", Help: "The same value for every record.", NoSource: true,
			Params: []TransformParam{{Name: "value", Label: "Value", Required: true}}},
			[]variant{expression(`{value:text}`)}},
		{Transform{Name: "first_non_empty", Label: "First that is not empty", Help: "The source, or where it is empty the next of the others.",
			Params: []TransformParam{{Name: "others", Label: "Other sources", Help: "One path per line, in their order.", Required: true, Lines: true}}},
			[]variant{expression(`first([{source:path}, {others:paths}])`)}},
		{Transform{Name: "trim", Label: "Without blanks around it", Help: "Removes blanks before and after the text."},
			[]variant{expression(`trim({source:path})`)}},
		{Transform{Name: "html_to_text", Label: "HTML to plain text", Help: "Removes all markup and keeps the lines."},
			[]variant{expression(`html_to_text({source:path})`)}},
		{Transform{Name: "html_clean", Label: "HTML, made safe", Help: "Keeps headings, lists and links, removes scripts and styles."},
			[]variant{expression(`html_clean({source:path})`)}},
		{Transform{Name: "text", Label: "As text", Help: "A number, such as an id, as text."},
			[]variant{expression(`string({source:path})`)}},
		{Transform{Name: "number", Label: "As a number", Help: "An amount or a text as a number, for systems that ask for one."},
			[]variant{expression(`double({source:path})`)}},
		{Transform{Name: "upper", Label: "CAPITALS", Help: "All letters as capitals."},
			[]variant{expression(`upper({source:path})`)}},
		{Transform{Name: "lower", Label: "small letters", Help: "All letters as small letters."},
			[]variant{expression(`lower({source:path})`)}},
		{Transform{Name: "cut", Label: "Cut to a length", Help: "The first characters of the text.",
			Params: []TransformParam{{Name: "length", Label: "Characters", Required: true}}},
			[]variant{expression(`cut({source:path}, {length:int})`)}},
		{Transform{Name: "slug", Label: "As a code", Help: "Small letters and digits with hyphens between, e.g. full-time, for a look-up in a code list."},
			[]variant{expression(`slug({source:path})`)}},
		{Transform{Name: "yes_no", Label: "Yes or no", Help: "Yes, true, on, 1 and X are yes; all else is no."},
			[]variant{expression(`yes({source:path})`)}},
	}
}

// clientsOwn is the choice of what is set at the client.
const clientsOwn = "client"

func timeForms() []form {
	format := TransformParam{Name: "format", Label: "Form", Help: "How the vendor writes it, spelled with the moment 2006-01-02 15:04:05; empty: the usual forms.",
		Options: []string{"2006-01-02", "01/02/2006", "02/01/2006", "02.01.2006", "Jan 2, 2006", "2 January 2006", "20060102"}}
	moment := format
	moment.Options = []string{"2006-01-02T15:04:05Z07:00", "2006-01-02 15:04:05", "01/02/2006 15:04", "01/02/2006 3:04 PM", "02.01.2006 15:04", "Jan 2, 2006 3:04 PM"}
	zone := TransformParam{Name: "zone", Label: "Time zone", Help: "Where the text names none: an IANA name such as America/New_York, or " + clientsOwn + " for the client's own; empty: UTC.",
		Options: []string{clientsOwn, "UTC", "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "Europe/London", "Europe/Berlin"}}
	day := zone
	day.Help = "Whose day counts, where the source has a time: an IANA name, or " + clientsOwn + " for the client's own; empty: the day as it is written."
	return []form{
		{Transform{Name: "date", Label: "Date", Help: "A day without a time.", Params: []TransformParam{format, day}},
			[]variant{expression(`parse_date({source:path})`), expression(`parse_date({source:path}, {format:text})`),
				ofClient(`parse_date({source:path}, "", client.timezone)`, "zone"), expression(`parse_date({source:path}, "", {zone:text})`),
				ofClient(`parse_date({source:path}, {format:text}, client.timezone)`, "zone"), expression(`parse_date({source:path}, {format:text}, {zone:text})`)}},
		{Transform{Name: "time", Label: "Date and time", Help: "A moment; the vendor's own spelling is kept beside it.", Params: []TransformParam{moment, zone}},
			[]variant{expression(`parse_time({source:path})`), expression(`parse_time({source:path}, {format:text})`),
				ofClient(`parse_time({source:path}, "", client.timezone)`, "zone"), expression(`parse_time({source:path}, "", {zone:text})`),
				ofClient(`parse_time({source:path}, {format:text}, client.timezone)`, "zone"), expression(`parse_time({source:path}, {format:text}, {zone:text})`)}},
		{Transform{Name: "date_of_millis", Label: "Date from milliseconds", Help: "A day from the milliseconds since 1970."},
			[]variant{expression(`date_of_millis({source:path})`)}},
		{Transform{Name: "time_of_millis", Label: "Date and time from milliseconds", Help: "A moment from the milliseconds since 1970."},
			[]variant{expression(`time_of_millis({source:path})`)}},
		{Transform{Name: "date_as_millis", Label: "Date as milliseconds", Help: "Noon (UTC) of a day in milliseconds since 1970, for systems that keep days as moments."},
			[]variant{expression(`millis_at({source:path}, 12)`)}},
	}
}

func moneyForms() []form {
	var units []string
	for _, u := range staffing.Units() {
		units = append(units, string(u))
	}
	currency := TransformParam{Name: "currency", Label: "Currency", Help: "Three capitals, or " + clientsOwn + " for the client's own.",
		Options: []string{clientsOwn, "USD", "EUR", "GBP", "CAD"}, Required: true}
	unit := TransformParam{Name: "unit", Label: "Per", Options: units, Required: true}
	return []form{
		{Transform{Name: "money", Label: "Amount", Help: `An amount from a number or from text such as "$1,234.50/hr".`},
			[]variant{expression(`money({source:path})`)}},
		{Transform{Name: "money_from_cents", Label: "Amount from cents", Help: "The hundredth part of the number."},
			[]variant{expression(`div(money({source:path}), 100, 2)`)}},
		{Transform{Name: "rate", Label: "Rate", Help: "An amount with its currency and unit.", Params: []TransformParam{currency, unit}},
			[]variant{ofClient(`rate({source:path}, client.currency, {unit:text})`, "currency"), expression(`rate({source:path}, {currency:text}, {unit:text})`)}},
		{Transform{Name: "unit", Label: "Unit of a rate", Help: "hour, day, week and so on from the vendor's word for it."},
			[]variant{expression(`unit({source:path})`)}},
	}
}

func listForms() []form {
	separator := TransformParam{Name: "separator", Label: "Separator", Required: true, Options: []string{",", ";", "/", "|"}}
	between := separator
	between.Options = []string{", ", "; ", " / ", " "}
	lookup := []TransformParam{
		{Name: "list", Label: "Code list", Required: true},
		{Name: "default", Label: "Otherwise", Help: "What an unknown code gives; empty: nothing."},
	}
	return []form{
		{Transform{Name: "lookup", Label: "Look up in a code list", Help: "The entry of the code. To be told of unknown codes, give the cell the code list instead.", Params: lookup},
			[]variant{expression(`lookup({list:text}, {source:path})`), expression(`lookup({list:text}, {source:path}, {default:text})`)}},
		{Transform{Name: "split", Label: "Split into a list", Help: "The parts of a text.", Params: []TransformParam{separator}},
			[]variant{expression(`split({source:path}, {separator:text})`)}},
		{Transform{Name: "join", Label: "Join a list", Help: "The elements of a list as one text.", Params: []TransformParam{between}},
			[]variant{expression(`join(one_or_many({source:path}), {separator:text})`)}},
		{Transform{Name: "count", Label: "Count", Help: "How many elements the list has."},
			[]variant{expression(`size({source:path})`)}},
	}
}

func placeForms() []form {
	return []form{
		{Transform{Name: "place", Label: "Place of work", Help: "City, region and country from text such as Austin, TX."},
			[]variant{expression(`location({source:path})`)}},
		{Transform{Name: "places", Label: "Places of work", Help: "One place from each element of a list."},
			[]variant{expression(`one_or_many({source:path}).map(l, location(l))`)}},
		{Transform{Name: "country", Label: "Country", Help: "The code of two letters of a country's name."},
			[]variant{expression(`country({source:path})`)}},
		{Transform{Name: "cost_centre", Label: "One cost centre", Help: "The code bears all of the cost."},
			[]variant{expression(`first([{source:path}]) == null ? [] : [{"code": {source:path}, "percent": "100"}]`)}},
	}
}
