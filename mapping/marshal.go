package mapping

import (
	"bytes"
	"sort"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/staffing"
)

// MarshalYAML gives the document in the order of its sections; cells and rules
// keep their order, tables and lists are sorted. Parsing the result gives the
// same document, and marshalling that gives the same bytes.
func (d Document) MarshalYAML() (any, error) { return d.node(), nil }

// YAML gives the document as a file, which [Parse] reads.
func (d Document) YAML() ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(d.node()); err != nil {
		return nil, err
	}
	if err := enc.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// UnmarshalYAML lets a document stand inside another YAML file; the rules of
// [Parse] hold.
func (d *Document) UnmarshalYAML(n *yaml.Node) error {
	b, err := yaml.Marshal(n)
	if err != nil {
		return err
	}
	doc, err := Parse(b)
	*d = doc
	return err
}

func (d Document) node() *yaml.Node {
	w := &writer{node: &yaml.Node{Kind: yaml.MappingNode}}
	w.text(secAbout, d.About)
	if len(d.Poll) > 0 {
		w.put(secPoll, sortedMap(d.Poll, func(v time.Duration) *yaml.Node { return scalar(v.String()) }))
	}
	w.cells(secRequisition, d.Requisition)
	w.table(secReqStatus, stringMap(d.RequisitionStatus))
	if d.Status != nil {
		s := &writer{node: &yaml.Node{Kind: yaml.MappingNode}}
		s.text("word", d.Status.Word)
		s.text("at", d.Status.At)
		w.put(secStatus, s.node)
	}
	w.table(secStages, stringMap(d.Stages))
	w.cells(secSubmission, d.Submission)
	w.cells(secPlacement, d.Placement)
	w.cells(secJob, d.Job)
	w.cells(secCandidate, d.Candidate)
	w.cells(secOffered, d.Offered)
	if len(d.Triggers) > 0 {
		seq := &yaml.Node{Kind: yaml.SequenceNode}
		for _, t := range d.Triggers {
			seq.Content = append(seq.Content, scalar(t))
		}
		w.put(secTriggers, seq)
	}
	w.table(secInternal, stringMap(d.InternalStatus))
	w.cells(secBill, d.Bill)
	if len(d.Lists) > 0 {
		w.put(secLists, sortedMap(d.Lists, func(l map[string]string) *yaml.Node { return sortedMap(l, scalar) }))
	}
	w.rules(d.Rules)
	return w.node
}

type writer struct{ node *yaml.Node }

func (w *writer) put(key string, v *yaml.Node) {
	w.node.Content = append(w.node.Content, scalar(key), v)
}

func (w *writer) text(key, v string) {
	if v != "" {
		w.put(key, scalar(v))
	}
}

func (w *writer) table(key string, m map[string]string) {
	if len(m) > 0 {
		w.put(key, sortedMap(m, scalar))
	}
}

func (w *writer) cells(section string, cells []Cell) {
	if len(cells) == 0 {
		return
	}
	out := &writer{node: &yaml.Node{Kind: yaml.MappingNode}}
	for _, c := range cells {
		if c.short() {
			out.put(c.Key, scalar(c.CEL))
			continue
		}
		long := &writer{node: &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}}
		long.text("cel", c.CEL)
		long.text("default", c.Default)
		if c.Required {
			long.put("required", &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: strconv.FormatBool(true)})
		}
		long.text("list", c.List)
		long.text("table", c.Table)
		out.put(c.Key, long.node)
	}
	w.put(section, out.node)
}

func (w *writer) rules(rules []staffing.Rule) {
	if len(rules) == 0 {
		return
	}
	seq := &yaml.Node{Kind: yaml.SequenceNode}
	for _, r := range rules {
		one := &writer{node: &yaml.Node{Kind: yaml.MappingNode}}
		one.text("id", r.ID)
		one.text("on", string(r.On))
		one.text("when", r.When)
		one.text("assert", r.Assert)
		one.text("severity", string(r.Severity))
		one.text("message", r.Message)
		one.text("field", r.Field)
		seq.Content = append(seq.Content, one.node)
	}
	w.put(secRules, seq)
}

// scalar writes a text. One with tabs, with blanks at its ends, or that reads as a
// merge key goes into quotes:
// as a block the encoder writes what no decoder reads.
func scalar(s string) *yaml.Node {
	n := &yaml.Node{}
	n.SetString(s)
	if n.Tag != "!!binary" && (strings.ContainsAny(s, "\t\r") || strings.TrimSpace(s) != s || s == "<<") {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func sortedMap[K ~string, V any](m map[K]V, f func(V) *yaml.Node) *yaml.Node {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, string(k))
	}
	sort.Strings(keys)
	out := &yaml.Node{Kind: yaml.MappingNode}
	for _, k := range keys {
		out.Content = append(out.Content, scalar(k), f(m[K(k)]))
	}
	return out
}

func stringMap[K, V ~string](m map[K]V) map[string]string {
	out := make(map[string]string, len(m))
	for k, v := range m {
		out[string(k)] = string(v)
	}
	return out
}
