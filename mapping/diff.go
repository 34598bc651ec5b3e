package mapping

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// Change is one difference between two documents, in words.
type Change struct {
	Section string
	Key     string // of the cell, status word, code list or rule; "" for the section
	Words   string // "Bill rate (max): was raw.a, is raw.b"
}

// Diff lists what differs, in the order of a document; nothing for documents that
// have the same file.
func Diff(before, after Document) []Change {
	c := &differ{}
	c.value(secAbout, "", "Description", before.About, after.About)
	c.table(secPoll, durations(before.Poll), durations(after.Poll), func(feed string) string { return "Poll of " + feed })
	for _, k := range sectionKinds() {
		c.cells(k, *k.of(&before), *k.of(&after))
		if k.name == secRequisition { // the tables stand between the maps
			c.statuses(before, after)
		}
	}
	c.triggers(before.Triggers, after.Triggers)
	c.table(secInternal, quoted(before.InternalStatus), quoted(after.InternalStatus), func(stage string) string { return "Internal status of " + stageName(staffing.Stage(stage)) })
	c.lists(before.Lists, after.Lists)
	c.rules(before.Rules, after.Rules)
	return c.changes
}

type differ struct{ changes []Change }

func (c *differ) add(section, key, format string, args ...any) {
	c.changes = append(c.changes, Change{section, key, fmt.Sprintf(format, args...)})
}

// value notes that a text changed; empty is no text.
func (c *differ) value(section, key, label, before, after string) {
	switch {
	case before == after:
	case before == "":
		c.add(section, key, "%s: new, %s", label, brief(after))
	case after == "":
		c.add(section, key, "%s: removed, was %s", label, brief(before))
	default:
		c.add(section, key, "%s: was %s, is %s", label, brief(before), brief(after))
	}
}

// brief keeps a value on one line.
func brief(s string) string { return clip(strings.Join(strings.Fields(s), " "), 300) }

func (c *differ) table(section string, before, after map[string]string, label func(key string) string) {
	for _, key := range unionOf(before, after) {
		was, had := before[key]
		is, has := after[key]
		switch {
		case !had:
			c.add(section, key, "%s: new, %s", label(key), brief(is))
		case !has:
			c.add(section, key, "%s: removed, was %s", label(key), brief(was))
		default:
			c.value(section, key, label(key), was, is)
		}
	}
}

// unionOf gives the keys of both maps in order.
func unionOf[V any](a, b map[string]V) []string {
	keys := slices.AppendSeq(slices.Collect(maps.Keys(a)), maps.Keys(b))
	slices.Sort(keys)
	return slices.Compact(keys)
}

func durations(m map[staffing.Feed]time.Duration) map[string]string {
	out := map[string]string{}
	for feed, every := range m {
		out[string(feed)] = "every " + every.String()
	}
	return out
}

func quoted(m map[staffing.Stage]string) map[string]string {
	out := map[string]string{}
	for stage, word := range m {
		out[string(stage)] = quote(word)
	}
	return out
}

// stageName gives a stage in words; a document may name one that is none.
func stageName(s staffing.Stage) string {
	if !s.Known() {
		return string(s)
	}
	return s.Label()
}

func (c *differ) cells(k sectionKind, before, after []Cell) {
	was, is := cellWords(before), cellWords(after)
	for _, cell := range after {
		c.value(k.name, cell.Key, Label(k.name, cell.Key), was[cell.Key], is[cell.Key])
	}
	for _, cell := range before {
		if _, still := is[cell.Key]; !still {
			c.value(k.name, cell.Key, Label(k.name, cell.Key), was[cell.Key], "")
		}
	}
	if moved(keysOf(before), keysOf(after)) {
		c.add(k.name, "", "The fields of %s stand in another order", k.name)
	}
}

// cellWords describes cells by key.
func cellWords(cells []Cell) map[string]string {
	out := map[string]string{}
	for _, c := range cells {
		parts := []string{c.CEL}
		if c.CEL == "" {
			parts[0] = "nothing"
		}
		if c.List != "" {
			parts = append(parts, "looked up in the list "+quote(c.List))
		}
		if c.Table != "" {
			parts = append(parts, "looked up in "+c.Table)
		}
		if c.Default != "" {
			parts = append(parts, "otherwise "+c.Default)
		}
		if c.Required {
			parts = append(parts, "required")
		}
		out[c.Key] = strings.Join(parts, ", ")
	}
	return out
}

func keysOf(cells []Cell) []string {
	var out []string
	for _, c := range cells {
		out = append(out, c.Key)
	}
	return out
}

// moved says that what stands in both lists stands in another order.
func moved(before, after []string) bool {
	keep := func(list, other []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !slices.Contains(other, s) })
	}
	return !slices.Equal(keep(before, after), keep(after, before))
}

func (c *differ) statuses(before, after Document) {
	c.table(secReqStatus, stringMap(before.RequisitionStatus), stringMap(after.RequisitionStatus), func(word string) string { return "Requisition status " + quote(word) })
	was, is := StatusCells{}, StatusCells{}
	if before.Status != nil {
		was = *before.Status
	}
	if after.Status != nil {
		is = *after.Status
	}
	c.value(secStatus, "word", "Status record (word)", was.Word, is.Word)
	c.value(secStatus, "at", "Status record (time)", was.At, is.At)
	c.table(secStages, stages(before.Stages), stages(after.Stages), func(word string) string { return "Status " + quote(word) })
}

func stages(m map[string]staffing.Stage) map[string]string {
	out := map[string]string{}
	for word, stage := range m {
		out[word] = stageName(stage)
	}
	return out
}

func (c *differ) triggers(before, after []string) {
	for _, w := range after {
		if !slices.Contains(before, w) {
			c.add(secTriggers, w, "Trigger %s: new", quote(w))
		}
	}
	for _, w := range before {
		if !slices.Contains(after, w) {
			c.add(secTriggers, w, "Trigger %s: removed", quote(w))
		}
	}
	if moved(before, after) {
		c.add(secTriggers, "", "The triggers stand in another order")
	}
}

// lists counts what changed in code lists, and names it when it is little.
func (c *differ) lists(before, after map[string]map[string]string) {
	for _, name := range unionOf(before, after) {
		was, had := before[name]
		is, has := after[name]
		switch {
		case !had:
			c.add(secLists, name, "Code list %s: new, %s", quote(name), entries(len(is)))
		case !has:
			c.add(secLists, name, "Code list %s: removed, had %s", quote(name), entries(len(was)))
		default:
			c.list(name, was, is)
		}
	}
}

func (c *differ) list(name string, was, is map[string]string) {
	const few = 5
	one := &differ{}
	one.table(secLists, was, is, quote)
	switch {
	case len(one.changes) == 0:
	case len(one.changes) > few:
		c.add(secLists, name, "Code list %s: %s changed", quote(name), entries(len(one.changes)))
	default:
		var words []string
		for _, x := range one.changes {
			words = append(words, x.Words)
		}
		c.add(secLists, name, "Code list %s: %s", quote(name), strings.Join(words, "; "))
	}
}

func entries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return strconv.Itoa(n) + " entries"
}
