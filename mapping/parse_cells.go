package mapping

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/staffing"
)

// cells reads a map in the order in which it is written.
func (p *parser) cells(section string, n *yaml.Node) []Cell {
	var out []Cell
	p.mapping(section, n, func(key string, v *yaml.Node) bool {
		out = append(out, p.cell(section+"."+key, key, v))
		return true
	})
	return out
}

// cell reads the short form (an expression) or the long form (a map).
func (p *parser) cell(name, key string, n *yaml.Node) Cell {
	c := Cell{Key: key}
	if n.Kind == yaml.ScalarNode {
		if c.CEL = p.text(name, n); c.CEL == "" {
			p.fail(name, n, "the expression is empty")
		}
		return c
	}
	p.mapping(name, n, func(field string, v *yaml.Node) bool {
		switch field {
		case "cel":
			c.CEL = p.text(name, v)
		case "default":
			c.Default = p.text(name, v)
		case "list":
			c.List = p.text(name, v)
		case "table":
			c.Table = p.text(name, v)
		case "required":
			if err := v.Decode(&c.Required); err != nil {
				p.fail(name, v, "required is true or false")
			}
		default:
			return false
		}
		return true
	})
	if c.CEL == "" && c.Default == "" {
		p.fail(name, n, "the cell has no expression: cel is needed")
	}
	return c
}

func (p *parser) rules(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.SequenceNode {
		p.fail(secRules, n, "a list of rules is needed here")
		return
	}
	seen := map[string]bool{}
	for i, e := range n.Content {
		r := p.rule(i, e)
		key := string(r.On) + " " + r.ID // the same code may stand on two subjects
		if r.ID != "" && seen[key] {
			p.fail(secRules, e, "the rule "+quote(r.ID)+" stands twice")
		}
		seen[key] = true
		p.doc.Rules = append(p.doc.Rules, r)
	}
}

func (p *parser) rule(i int, n *yaml.Node) staffing.Rule {
	var r staffing.Rule
	cell := fmt.Sprintf("%s[%d]", secRules, i)
	p.mapping(cell, n, func(key string, v *yaml.Node) bool {
		s := p.text(cell, v)
		switch key {
		case "id":
			r.ID = s
		case "on":
			r.On = staffing.Subject(s)
		case "when":
			r.When = s
		case "assert":
			r.Assert = s
		case "severity":
			r.Severity = staffing.Severity(s)
		case "message":
			r.Message = s
		case "field":
			r.Field = s
		default:
			return false
		}
		return true
	})
	return r
}
