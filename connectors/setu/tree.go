package setu

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

const maxDepth = 100

// obj is a message as a tree. Its elements are the standard's; parties add more in
// UserArea.
type obj = map[string]any

var (
	errDepth    = errors.New("it is nested too deeply")
	errNoSingle = errors.New("it is no single message")
)

// message is one root of a body.
type message struct {
	name string // local name of the root; empty for JSON, which has none
	v    obj
}

// parse reads a body: one message or a list in JSON, or one root in XML whose
// children may be the messages.
func parse(body []byte) ([]message, error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	if bytes.HasPrefix(body, []byte("<")) {
		return parseXML(body)
	}
	return parseJSON(body)
}

func parseJSON(body []byte) ([]message, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return nil, errors.New("it is not whole JSON")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errNoSingle
	}
	list, many := v.([]any)
	if !many {
		list = []any{v}
	}
	var out []message
	for _, e := range list {
		o, ok := e.(obj)
		if !ok {
			return nil, errors.New("it is no object and no list of objects")
		}
		clean, err := storable(o, 0)
		if err != nil {
			return nil, err
		}
		o, _ = clean.(obj) // it stays what it is
		out = append(out, message{v: o})
	}
	return out, nil
}

// parseXML turns XML into the shape that the mapping reads: attributes as @name,
// the text of an element with attributes as $, an empty element as null, a repeated
// one as a list. Namespaces are dropped: the extensions' names do not collide.
func parseXML(body []byte) ([]message, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	var out []message
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, errors.New("it is not whole XML")
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if len(out) > 0 {
			return nil, errNoSingle
		}
		v, err := element(d, start, 0)
		if err != nil {
			return nil, err
		}
		o, _ := v.(obj) // an empty root is an empty message
		out = roots(start.Name.Local, o)
	}
}

// roots unwraps a list: a root that is no message of its own but holds some.
func roots(name string, o obj) []message {
	if known(name) || o == nil {
		return []message{{name, o}}
	}
	out := []message{}
	for _, kind := range []string{staffingOrder, humanResource, assignment} {
		for _, inner := range many(o[kind]) {
			out = append(out, message{kind, inner})
		}
	}
	if len(out) == 0 {
		return []message{{name, o}}
	}
	return out
}

func element(d *xml.Decoder, start xml.StartElement, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	out := obj{}
	for _, a := range start.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" && a.Name.Local != "schemaLocation" {
			out["@"+a.Name.Local] = clean(a.Value)
		}
	}
	var chars strings.Builder
	for {
		t, err := d.Token()
		if err != nil {
			return nil, errors.New("it is not whole XML")
		}
		switch t := t.(type) {
		case xml.StartElement:
			v, err := element(d, t, depth+1)
			if err != nil {
				return nil, err
			}
			add(out, t.Name.Local, v)
		case xml.CharData:
			chars.Write(t)
		case xml.EndElement:
			return finish(out, clean(strings.TrimSpace(chars.String()))), nil
		}
	}
}

func add(o obj, name string, v any) {
	old, there := o[name]
	list, isList := old.([]any)
	switch {
	case !there:
		o[name] = v
	case isList:
		o[name] = append(list, v)
	default:
		o[name] = []any{old, v}
	}
}

func finish(o obj, chars string) any {
	switch {
	case len(o) == 0 && chars == "":
		return nil
	case len(o) == 0:
		return chars
	case chars != "":
		o["$"] = chars
	}
	return o
}

// clean drops what a PostgreSQL document cannot hold.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

func storable(v any, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errDepth
	}
	switch x := v.(type) {
	case string:
		return clean(x), nil
	case []any:
		for i := range x {
			e, err := storable(x[i], depth+1)
			if err != nil {
				return nil, err
			}
			x[i] = e
		}
	case obj:
		out := make(obj, len(x))
		for k, inner := range x {
			e, err := storable(inner, depth+1)
			if err != nil {
				return nil, err
			}
			out[clean(k)] = e
		}
		return out, nil
	}
	return v, nil
}

// at walks down by key; of an element that came several times the first is taken.
func at(v any, path ...string) any {
	for _, key := range path {
		if list, ok := v.([]any); ok && len(list) > 0 {
			v = list[0]
		}
		o, ok := v.(obj)
		if !ok {
			return nil
		}
		v = o[key]
	}
	return v
}

func many(v any) []obj {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	var out []obj
	for _, e := range list {
		if o, ok := e.(obj); ok {
			out = append(out, o)
		}
	}
	return out
}

// text gives a scalar, or the text of an element with attributes.
func text(v any) string {
	switch x := v.(type) {
	case string:
		return strings.TrimSpace(x)
	case json.Number:
		return x.String()
	case []any:
		if len(x) > 0 {
			return text(x[0])
		}
	case obj:
		return text(x["$"])
	}
	return ""
}
