package mapping

import (
	"maps"
	"slices"
)

// Write is a word that a document sends to a vendor as it stands: a constant, a
// default, or an entry of a code list.
type Write struct {
	Section string // job, submission, bill; internal_status and triggers for status words
	Key     string // of the cell; the stage of an internal status
	Value   string
	List    string // the code list that holds the value; "" when the cell does
}

// maxListed is how many entries of a code list are taken for words of a pick list;
// a longer list is data.
const maxListed = 2_000

// Writes lists the words that a document sends to its vendor, in its order. Values
// that come from records are not known here. Lists of the connection are to be in
// the document already.
func (d Document) Writes() []Write {
	var out []Write
	for _, s := range Sections() {
		if k, _ := kindOfSection(s); k.to != nil {
			continue // inbound: nothing is sent
		}
		for _, c := range d.Cells(s) {
			out = append(out, d.writesOf(s, c)...)
		}
	}
	for _, stage := range slices.Sorted(maps.Keys(d.InternalStatus)) {
		out = append(out, Write{Section: secInternal, Key: string(stage), Value: d.InternalStatus[stage]})
	}
	for _, word := range d.Triggers {
		out = append(out, Write{Section: secTriggers, Value: word})
	}
	return out
}

func (d Document) writesOf(section string, c Cell) (out []Write) {
	add := func(value, list string) {
		if value != "" {
			out = append(out, Write{Section: section, Key: c.Key, Value: value, List: list})
		}
	}
	listed := func(name string) {
		if list := d.Lists[name]; len(list) <= maxListed {
			for _, code := range slices.Sorted(maps.Keys(list)) {
				add(list[code], name)
			}
		}
	}
	for _, cel := range []string{c.CEL, c.Default} {
		switch a, _ := Recognise(cel); a.Name { // not recognised: made of records
		case "constant":
			if c.List == "" || cel == c.Default {
				add(a.Params["value"], "")
			}
		case "lookup":
			listed(a.Params["list"])
			add(a.Params["default"], "")
		}
	}
	if c.List != "" {
		listed(c.List)
	}
	return out
}
