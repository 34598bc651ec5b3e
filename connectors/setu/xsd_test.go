package setu_test

import (
	"encoding/xml"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// There is no XSD validator in Go without C that is kept well. This one knows what
// the HR-XML schemas use (sequences, choices, extensions, attributes, enumerations,
// patterns, unions) and refuses to judge by anything else. What stands in UserArea is
// open in them, so SETU's own extension is not checked.

type xnode struct {
	XMLName xml.Name
	Attrs   []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	Kids    []xnode    `xml:",any"`
}

func (n *xnode) attr(name string) string {
	for _, a := range n.Attrs {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func (n *xnode) kid(name string) *xnode {
	for i := range n.Kids {
		if n.Kids[i].XMLName.Local == name {
			return &n.Kids[i]
		}
	}
	return nil
}

// schemas are the global declarations of all files, by kind and name.
type schemas map[string]map[string]*xnode

func sides(t *testing.T) schemas {
	t.Helper()
	out := schemas{"element": {}, "complexType": {}, "simpleType": {}, "group": {}}
	for _, dir := range []string{"SIDES", "CPO", "SEP", "TimeCard"} {
		files, err := filepath.Glob(filepath.Join(shared(t), "specs", "hr-xml-sides", dir, "*.xsd"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no schemas in %s: %v", dir, err)
		}
		for _, name := range files {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			root := &xnode{}
			if err := xml.Unmarshal(raw, root); err != nil {
				t.Fatal(name, err)
			}
			for i := range root.Kids {
				if kind := out[root.Kids[i].XMLName.Local]; kind != nil {
					kind[root.Kids[i].attr("name")] = &root.Kids[i]
				}
			}
		}
	}
	return out
}

func local(name string) string { return name[strings.LastIndexByte(name, ':')+1:] }

func (s schemas) document(raw []byte) error {
	root := &xnode{}
	if err := xml.Unmarshal(raw, root); err != nil {
		return err
	}
	decl := s["element"][root.XMLName.Local]
	if decl == nil || root.XMLName.Space != "http://ns.hr-xml.org/2007-04-15" {
		return fmt.Errorf("no element %s", root.XMLName)
	}
	return s.element(decl, root)
}

func (s schemas) element(decl, n *xnode) error {
	if r := decl.attr("ref"); r != "" {
		decl = s["element"][local(r)]
	}
	if decl == nil {
		return fmt.Errorf("%s: its declaration is not here", n.XMLName.Local)
	}
	def := decl.kid("complexType")
	if t := decl.attr("type"); def == nil && t != "" {
		if def = s["complexType"][local(t)]; def == nil {
			return wrap(n, s.simple(t, n))
		}
	}
	if def == nil {
		if inner := decl.kid("simpleType"); inner != nil {
			return wrap(n, s.restricted(inner, strings.TrimSpace(n.Text)))
		}
		return nil // anything
	}
	return wrap(n, s.complex(def, n))
}

func wrap(n *xnode, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", n.XMLName.Local, err)
}

// simple checks an element of a simple type: no children, no attributes.
func (s schemas) simple(name string, n *xnode) error {
	if len(n.Kids) > 0 {
		return fmt.Errorf("it has children")
	}
	return s.value(name, strings.TrimSpace(n.Text))
}

func (s schemas) complex(def, n *xnode) error {
	attrs, content, base := map[string]*xnode{}, []*xnode{}, ""
	s.collect(def, attrs, &content, &base)
	for _, a := range n.Attrs {
		if a.Name.Space == "xmlns" || a.Name.Local == "xmlns" || strings.Contains(a.Name.Space, "XMLSchema-instance") || strings.Contains(a.Name.Space, "XML/1998") {
			continue
		}
		decl := attrs[a.Name.Local]
		if decl == nil {
			return fmt.Errorf("no attribute %s", a.Name.Local)
		}
		if err := s.attribute(decl, a.Value); err != nil {
			return fmt.Errorf("@%s: %w", a.Name.Local, err)
		}
	}
	for name, decl := range attrs {
		if decl.attr("use") == "required" && !slices.ContainsFunc(n.Attrs, func(a xml.Attr) bool { return a.Name.Local == name }) {
			return fmt.Errorf("the attribute %s is missing", name)
		}
	}
	if base != "" {
		return s.simple(base, n)
	}
	at := 0
	for _, p := range content {
		var err error
		if at, err = s.particle(p, n.Kids, at); err != nil {
			return err
		}
	}
	if at < len(n.Kids) {
		return fmt.Errorf("%s is not expected there", n.Kids[at].XMLName.Local)
	}
	return nil
}

// collect gathers a type with what it extends.
func (s schemas) collect(def *xnode, attrs map[string]*xnode, content *[]*xnode, base *string) {
	for i := range def.Kids {
		k := &def.Kids[i]
		switch k.XMLName.Local {
		case "attribute":
			if name := k.attr("name"); name != "" {
				attrs[name] = k
			}
		case "sequence", "choice", "any":
			*content = append(*content, k)
		case "simpleContent", "complexContent":
			s.collect(k, attrs, content, base)
		case "extension":
			if parent := s["complexType"][local(k.attr("base"))]; parent != nil {
				s.collect(parent, attrs, content, base)
			} else {
				*base = k.attr("base")
			}
			s.collect(k, attrs, content, base)
		}
	}
}

func occurs(p *xnode) (low, high int) {
	low, high = 1, 1
	if v := p.attr("minOccurs"); v != "" {
		low, _ = strconv.Atoi(v)
	}
	if v := p.attr("maxOccurs"); v == "unbounded" {
		high = math.MaxInt
	} else if v != "" {
		high, _ = strconv.Atoi(v)
	}
	return low, high
}

// particle takes as many children as fit, from at on: the schemas are
// deterministic, so there is nothing to go back for.
func (s schemas) particle(p *xnode, kids []xnode, at int) (int, error) {
	low, high := occurs(p)
	for n := 0; n < high; n++ {
		next, err := s.once(p, kids, at)
		if err != nil || next == at {
			if n >= low || err == nil {
				if err != nil && s.starts(p, kids, at) {
					return at, err
				}
				return at, nil
			}
			return at, err
		}
		at = next
	}
	return at, nil
}

// starts says whether the child at is the particle's own, so that its error counts.
func (s schemas) starts(p *xnode, kids []xnode, at int) bool {
	return at < len(kids) && p.XMLName.Local == "element" && local(first(p.attr("ref"), p.attr("name"))) == kids[at].XMLName.Local
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (s schemas) once(p *xnode, kids []xnode, at int) (int, error) {
	switch p.XMLName.Local {
	case "element":
		name := local(first(p.attr("ref"), p.attr("name")))
		if at >= len(kids) || kids[at].XMLName.Local != name {
			return at, fmt.Errorf("%s is missing", name)
		}
		return at + 1, s.element(p, &kids[at])
	case "any":
		if at >= len(kids) {
			return at, fmt.Errorf("an element is missing")
		}
		return at + 1, nil
	case "sequence":
		var err error
		for i := range p.Kids {
			if at, err = s.particle(&p.Kids[i], kids, at); err != nil {
				return at, err
			}
		}
		return at, nil
	case "choice":
		for i := range p.Kids {
			if next, err := s.particle(&p.Kids[i], kids, at); err == nil && next > at {
				return next, nil
			}
		}
		return at, nil
	case "annotation":
		return at, nil
	}
	return at, fmt.Errorf("the checker does not know %s", p.XMLName.Local)
}

func (s schemas) attribute(decl *xnode, value string) error {
	if inner := decl.kid("simpleType"); inner != nil {
		return s.restricted(inner, value)
	}
	return s.value(decl.attr("type"), value)
}

// value checks a text against a simple type by its name.
func (s schemas) value(name, value string) error {
	forms := map[string]string{"decimal": `[+-]?(\d+(\.\d*)?|\.\d+)`, "integer": `[+-]?\d+`, "boolean": `true|false|0|1`, "date": `\d{4}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?`,
		"dateTime": `\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?`, "time": `\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?`}
	if strings.HasPrefix(name, "xsd:") {
		form, checked := forms[local(name)]
		if checked && !regexp.MustCompile("^(?:"+form+")$").MatchString(value) {
			return fmt.Errorf("%q is no %s", value, local(name))
		}
		return nil
	}
	def := s["simpleType"][local(name)]
	if def == nil {
		return fmt.Errorf("the type %s is not here", name)
	}
	return s.restricted(def, value)
}

func (s schemas) restricted(def *xnode, value string) error {
	if union := def.kid("union"); union != nil {
		for _, member := range strings.Fields(union.attr("memberTypes")) {
			if s.value(member, value) == nil {
				return nil
			}
		}
		return fmt.Errorf("%q is none of %s", value, union.attr("memberTypes"))
	}
	r := def.kid("restriction")
	if r == nil {
		return fmt.Errorf("the checker does not know this type")
	}
	if err := s.value(r.attr("base"), value); err != nil {
		return err
	}
	words, patterns, fits := 0, 0, false
	for i := range r.Kids {
		switch v := r.Kids[i].attr("value"); r.Kids[i].XMLName.Local {
		case "enumeration":
			words++
			fits = fits || v == value
		case "pattern":
			patterns++
			fits = fits || regexp.MustCompile("^(?:"+v+")$").MatchString(value)
		}
	}
	if words+patterns > 0 && !fits {
		return fmt.Errorf("%q is not allowed", value)
	}
	return nil
}
