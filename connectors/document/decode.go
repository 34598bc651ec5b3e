package document

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/internal/expr"
)

// Expr is a compiled expression of a document.
type Expr struct{ prog *expr.Program }

// set says that the document has the expression.
func (e Expr) set() bool { return e.prog != nil }

// Tree is a body: expressions in maps and lists.
type Tree struct {
	leaf  Expr
	keys  []string
	items []Tree // of a list, or one for each of keys
	list  bool
}

// decoder reads a YAML tree into the structs of document.go, as their tags say:
//
//	yaml:"name"     the key
//	need:"true"     the key must be there
//	vars:"a b"      the variables of the expressions below, from here on
//	more:"a b"      variables beside those of the map around it
//	oneof:"a b"     the words that a text may be
type decoder struct {
	env      *expr.Env
	problems Problems
	nodes    int
}

func (d *decoder) fail(cell string, n *yaml.Node, format string, args ...any) {
	d.problems = append(d.problems, Problem{Cell: cell, Line: n.Line, Column: n.Column, Message: fmt.Sprintf(format, args...)})
}

// guard refuses what a document never needs and an attacker does.
func (d *decoder) guard(n *yaml.Node, depth int) {
	d.nodes++
	switch {
	case len(d.problems) > 0:
	case d.nodes > maxNodes || depth > maxDepth:
		d.fail("document", n, "the document is too large or too deep")
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.fail("document", n, "anchors and aliases are not allowed")
	case n.Style&yaml.TaggedStyle != 0 || n.Tag == "!!merge":
		d.fail("document", n, "tags and merge keys are not allowed")
	default:
		for _, c := range n.Content {
			d.guard(c, depth+1)
		}
	}
}

// value reads n into out; vars are the variables that expressions may use.
func (d *decoder) value(cell string, n *yaml.Node, out reflect.Value, vars []string) {
	switch out.Interface().(type) {
	case Expr:
		out.Set(reflect.ValueOf(d.expr(cell, n, vars)))
		return
	case Tree:
		out.Set(reflect.ValueOf(d.tree(cell, n, vars)))
		return
	case time.Duration:
		d.duration(cell, n, out)
		return
	}
	switch out.Kind() {
	case reflect.Pointer:
		out.Set(reflect.New(out.Type().Elem()))
		d.value(cell, n, out.Elem(), vars)
	case reflect.Struct:
		d.object(cell, n, out, vars)
	case reflect.Map:
		d.entries(cell, n, out, vars)
	case reflect.Slice:
		d.list(cell, n, out, vars)
	case reflect.Bool:
		if n.Kind != yaml.ScalarNode || n.Decode(out.Addr().Interface()) != nil {
			d.fail(cell, n, "true or false is needed here")
		}
	case reflect.Int:
		i, err := strconv.Atoi(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil || i < 0 {
			d.fail(cell, n, "a whole number is needed here")
			return
		}
		out.SetInt(int64(i))
	default:
		out.SetString(d.text(cell, n))
	}
}

func (d *decoder) text(cell string, n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		d.fail(cell, n, "a single text is needed here")
		return ""
	}
	if n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

func (d *decoder) duration(cell string, n *yaml.Node, out reflect.Value) {
	v, err := time.ParseDuration(d.text(cell, n))
	if err != nil || v < 0 || v > 24*time.Hour {
		d.fail(cell, n, "a duration such as 5s or 10m is needed here, 24h at most")
		return
	}
	out.SetInt(int64(v))
}

func (d *decoder) expr(cell string, n *yaml.Node, vars []string) Expr {
	if n.Kind != yaml.ScalarNode || n.Tag == "!!null" || strings.TrimSpace(n.Value) == "" {
		d.fail(cell, n, "an expression is needed here; a text stands in quotes inside the expression")
		return Expr{}
	}
	p, err := d.env.Compile(cell, n.Value, vars...)
	if err != nil {
		d.problems = append(d.problems, exprProblem(cell, n, err))
		return Expr{}
	}
	return Expr{p}
}

func (d *decoder) tree(cell string, n *yaml.Node, vars []string) Tree {
	switch n.Kind {
	case yaml.MappingNode:
		t := Tree{}
		d.mapping(cell, n, func(key string, v *yaml.Node) bool {
			t.keys = append(t.keys, key)
			t.items = append(t.items, d.tree(cell+"."+key, v, vars))
			return true
		})
		return t
	case yaml.SequenceNode:
		t := Tree{list: true}
		for i, e := range n.Content {
			t.items = append(t.items, d.tree(fmt.Sprintf("%s[%d]", cell, i), e, vars))
		}
		return t
	}
	return Tree{leaf: d.expr(cell, n, vars)}
}

// mapping goes over the entries of a map; each says whether it knows the key.
func (d *decoder) mapping(cell string, n *yaml.Node, each func(key string, v *yaml.Node) bool) {
	if n.Kind != yaml.MappingNode {
		d.fail(cell, n, "a map of names to values is needed here")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case k.Kind != yaml.ScalarNode:
			d.fail(cell, k, "a key must be a single word or text")
		case seen[k.Value]:
			d.fail(cell, k, "the key %q stands twice", clip(k.Value, 60))
		case !each(k.Value, v):
			d.fail(cell, k, "there is no key %q here", clip(k.Value, 60))
		}
		seen[k.Value] = true
	}
}

func (d *decoder) object(cell string, n *yaml.Node, out reflect.Value, vars []string) {
	t := out.Type()
	given := map[string]bool{}
	d.mapping(cell, n, func(key string, v *yaml.Node) bool {
		for i := range t.NumField() {
			tag := t.Field(i).Tag
			if tag.Get("yaml") != key {
				continue
			}
			given[key] = true
			d.value(join(cell, key), v, out.Field(i), narrowed(tag, vars))
			d.oneOf(join(cell, key), v, out.Field(i), tag.Get("oneof"))
			return true
		}
		return false
	})
	for i := range t.NumField() {
		if tag := t.Field(i).Tag; tag.Get("need") != "" && !given[tag.Get("yaml")] {
			d.fail(cell, n, "%s is missing", tag.Get("yaml"))
		}
	}
}

// narrowed gives the variables of a field.
func narrowed(tag reflect.StructTag, vars []string) []string {
	if own, ok := tag.Lookup("vars"); ok {
		vars = strings.Fields(own)
	}
	return append(slices.Clone(vars), strings.Fields(tag.Get("more"))...)
}

func (d *decoder) oneOf(cell string, n *yaml.Node, out reflect.Value, words string) {
	if words != "" && !slices.Contains(strings.Fields(words), out.String()) {
		d.fail(cell, n, "one of these is needed here: %s", strings.Join(strings.Fields(words), ", "))
	}
}

func (d *decoder) entries(cell string, n *yaml.Node, out reflect.Value, vars []string) {
	out.Set(reflect.MakeMap(out.Type()))
	d.mapping(cell, n, func(key string, v *yaml.Node) bool {
		e := reflect.New(out.Type().Elem()).Elem()
		d.value(join(cell, key), v, e, vars)
		out.SetMapIndex(reflect.ValueOf(key), e)
		return true
	})
}

func (d *decoder) list(cell string, n *yaml.Node, out reflect.Value, vars []string) {
	if n.Kind != yaml.SequenceNode {
		d.fail(cell, n, "a list is needed here")
		return
	}
	out.Set(reflect.MakeSlice(out.Type(), len(n.Content), len(n.Content)))
	for i, e := range n.Content {
		d.value(fmt.Sprintf("%s[%d]", cell, i), e, out.Index(i), vars)
	}
}

func join(cell, key string) string {
	if cell == "document" {
		return key
	}
	return cell + "." + key
}
