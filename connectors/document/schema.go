package document

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"time"
)

// Schema gives the JSON Schema (2020-12) of a document, for editors;
// docs/document.schema.json is a copy. It says which keys there are and of which
// form; what goes together, and whether expressions compile, [Parse] says.
func Schema() []byte {
	s := &schemer{defs: map[string]any{
		"expression": map[string]any{"type": []string{"string", "number", "boolean"}, "description": "CEL"},
		"body": map[string]any{"description": "an expression, or a map or list of them",
			"anyOf": []any{defined("expression"), map[string]any{"type": "object", "additionalProperties": defined("body")}, map[string]any{"type": "array", "items": defined("body")}}},
	}}
	root := s.object(reflect.TypeFor[Document]())
	root["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	root["title"] = "Document of a connector"
	root["$defs"] = s.defs
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		return nil // maps, lists and texts: it cannot fail
	}
	return b.Bytes()
}

func defined(name string) map[string]any { return map[string]any{"$ref": "#/$defs/" + name} }

type schemer struct{ defs map[string]any }

func (s *schemer) of(t reflect.Type) map[string]any {
	switch t {
	case reflect.TypeFor[Expr]():
		return defined("expression")
	case reflect.TypeFor[Tree]():
		return defined("body")
	case reflect.TypeFor[time.Duration]():
		return map[string]any{"type": "string", "pattern": `^([0-9.]+(ms|s|m|h))+$`}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return s.of(t.Elem())
	case reflect.Struct:
		name := strings.ToLower(t.Name())
		if _, known := s.defs[name]; !known {
			s.defs[name] = map[string]any{}
			s.defs[name] = s.object(t)
		}
		return defined(name)
	case reflect.Map:
		return map[string]any{"type": "object", "additionalProperties": s.of(t.Elem())}
	case reflect.Slice:
		return map[string]any{"type": "array", "items": s.of(t.Elem())}
	case reflect.Bool:
		return map[string]any{"type": "boolean"}
	case reflect.Int:
		return map[string]any{"type": "integer", "minimum": 0}
	}
	return map[string]any{"type": []string{"string", "number", "boolean"}}
}

func (s *schemer) object(t reflect.Type) map[string]any {
	properties, required := map[string]any{}, []string{}
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		p := s.of(t.Field(i).Type)
		if words := tag.Get("oneof"); words != "" {
			p = map[string]any{"enum": strings.Fields(words)}
		}
		if doc := tag.Get("doc"); doc != "" {
			p["description"] = doc
		}
		properties[tag.Get("yaml")] = p
		if tag.Get("need") != "" {
			required = append(required, tag.Get("yaml"))
		}
	}
	out := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if len(required) > 0 {
		out["required"] = required
	}
	return out
}

// Reference gives every key of a document as Markdown tables, one for each part.
// The README of the custom adapter holds a copy.
func Reference() string {
	r := &referer{seen: map[reflect.Type]bool{}}
	r.part("document", reflect.TypeFor[Document](), nil)
	return r.out.String()
}

type referer struct {
	out  strings.Builder
	seen map[reflect.Type]bool
}

// part writes the table of one struct, then those of the structs below it.
func (r *referer) part(name string, t reflect.Type, vars []string) {
	if r.seen[t] {
		return
	}
	r.seen[t] = true
	fmt.Fprintf(&r.out, "### `%s`\n\n", name)
	if len(vars) > 0 {
		fmt.Fprintf(&r.out, "Variables: `%s`.\n\n", strings.Join(vars, "`, `"))
	}
	r.out.WriteString("| key | form | |\n| --- | --- | --- |\n")
	type below struct {
		name string
		t    reflect.Type
		vars []string
	}
	var next []below
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		form, inner := formOf(t.Field(i).Type, tag)
		said := []string{}
		if tag.Get("need") != "" {
			said = append(said, "**needed**")
		}
		if doc := tag.Get("doc"); doc != "" {
			said = append(said, doc)
		}
		if more := tag.Get("more"); more != "" {
			said = append(said, "sees `"+strings.Join(strings.Fields(more), "`, `")+"` too")
		}
		fmt.Fprintf(&r.out, "| `%s` | %s | %s |\n", tag.Get("yaml"), form, strings.ReplaceAll(strings.Join(said, "; "), "|", "\\|"))
		if inner != nil {
			next = append(next, below{tag.Get("yaml"), inner, strings.Fields(tag.Get("vars"))})
		}
	}
	r.out.WriteString("\n")
	for _, n := range next {
		r.part(n.name, n.t, n.vars)
	}
}

// formOf gives the form of a value in words, and the struct below it.
func formOf(t reflect.Type, tag reflect.StructTag) (string, reflect.Type) {
	switch {
	case tag.Get("oneof") != "":
		return "`" + strings.Join(strings.Fields(tag.Get("oneof")), "`, `") + "`", nil
	case t == reflect.TypeFor[Expr]():
		return "expression", nil
	case t == reflect.TypeFor[Tree]():
		return "expressions", nil
	case t == reflect.TypeFor[time.Duration]():
		return "duration", nil
	}
	switch t.Kind() {
	case reflect.Pointer:
		return formOf(t.Elem(), tag)
	case reflect.Struct:
		return "map", t
	case reflect.Map:
		form, inner := formOf(t.Elem(), "")
		return "map of " + plural(form), inner
	case reflect.Slice:
		form, inner := formOf(t.Elem(), "")
		return "list of " + plural(form), inner
	case reflect.Bool:
		return "true or false", nil
	case reflect.Int:
		return "number", nil
	}
	return "text", nil
}

func plural(form string) string { return strings.TrimSuffix(form, "s") + "s" }
