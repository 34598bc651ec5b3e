package document

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// Parse reads a document and compiles its expressions. Every key must be known
// and stand once; aliases and tags are refused. The error is [staffing.Invalid]
// and has all [Problems], with line and column, as its cause.
func Parse(src []byte) (*Document, error) {
	if len(src) > MaxDocument {
		return nil, refused("it is larger than %d KiB", MaxDocument>>10)
	}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var root yaml.Node
	if err := dec.Decode(&root); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, refused("it is empty")
		}
		return nil, refused("it is not valid YAML (%s)", strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return nil, refused("the text holds more than one YAML document")
	}
	env, err := expr.New(nil)
	if err != nil {
		return nil, err
	}
	d := &decoder{env: env}
	if d.guard(&root, 0); len(d.problems) > 0 {
		return nil, d.problems.err()
	}
	doc := &Document{}
	d.value("document", root.Content[0], reflect.ValueOf(doc).Elem(), nil)
	if len(d.problems) == 0 {
		c := &checker{root: root.Content[0]}
		c.document(doc)
		d.problems = c.problems
	}
	if err := d.problems.err(); err != nil {
		return nil, err
	}
	doc.fill()
	return doc, nil
}

func refused(format string, args ...any) error {
	e := staffing.Errorf(staffing.Invalid, "the document cannot be read: "+format, args...)
	e.Field = "document"
	return e
}

// fill puts in the defaults, so that the rest need not know them.
func (d *Document) fill() {
	for _, s := range []*Source{d.Requisitions, d.Statuses} {
		if s != nil && s.Paging != nil {
			s.Paging.fill()
		}
		if s != nil && s.Incremental != nil {
			s.Incremental.fill()
		}
	}
	for _, s := range []*Sink{d.Submit, d.Billing} {
		for i := range s.steps() {
			if p := s.Steps[i].Find.Paging; p != nil {
				p.fill()
			}
		}
	}
	if d.Auth.OAuth2 != nil {
		d.Auth.OAuth2.fill()
	}
	if d.Webhook != nil {
		d.Webhook.fill()
	}
}

func (s *Sink) steps() []Step {
	if s == nil {
		return nil
	}
	return s.Steps
}

func (p *Paging) fill() {
	if p.MaxPages == 0 {
		p.MaxPages = defaultPages
	}
	if p.Style == styleLink || p.Style == styleURL || p.Style == styleCursor {
		p.Stable = !p.Shifting
	}
}
