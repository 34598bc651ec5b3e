package fieldglass

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth is how deep an answer may be nested.
const maxDepth = 100

var errTooDeep = errors.New("it is nested too deeply")

// root is one top-level element of a body: a StaffingOrder, a Status.
type root struct {
	name  string // "" when the body has an object without a name around it
	value obj
}

// parseRoots reads a body that may hold several top-level values without
// anything around them, in JSON or XML. It gives what it could read even when it
// fails; rest is then the part of the body, from the first root that it could
// not read, that is not in roots.
func parseRoots(body []byte) (roots []root, rest []byte, err error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	body = bytes.TrimSpace(body)
	if len(body) == 0 {
		return nil, nil, nil
	}
	switch body[0] {
	case '<':
		return parseXML(body)
	case '{', '[':
		return parseJSON(body)
	}
	return nil, body, errors.New("it is neither JSON nor XML")
}

func parseJSON(body []byte) (roots []root, rest []byte, err error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	for {
		start := d.InputOffset()
		v, err := readJSON(d, 0)
		if errors.Is(err, io.EOF) {
			return roots, nil, nil
		}
		if err != nil {
			return roots, body[start:], fmt.Errorf("it is not whole JSON: %w", err)
		}
		roots = append(roots, rootsOf(v)...)
	}
}

// rootsOf names the roots in a value. An object that holds nothing but objects
// and lists is a set of named roots; any other object is a root itself.
func rootsOf(v any) (out []root) {
	switch x := v.(type) {
	case []any:
		for _, e := range x {
			out = append(out, rootsOf(e)...)
		}
	case obj:
		for _, member := range x {
			switch member.(type) {
			case obj, []any, nil:
			default:
				return []root{{value: x}}
			}
		}
		if _, posting := x["OrderId"]; posting {
			return []root{{value: x}}
		}
		for _, name := range sortedKeys(x) {
			for _, o := range many(x[name]) {
				out = append(out, root{name: name, value: o})
			}
		}
	}
	return out
}

// readJSON reads one value by tokens, so that a name that stands twice in an
// object (an element that repeats, written without brackets) becomes a list
// instead of losing the first.
func readJSON(d *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	t, err := d.Token()
	if err != nil {
		return nil, inside(err, depth)
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return readObject(d, depth)
		}
		return readList(d, depth)
	case string:
		return storable(t), nil
	default:
		return t, nil
	}
}

func readObject(d *json.Decoder, depth int) (any, error) {
	out := obj{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, inside(err, depth+1)
		}
		name, _ := t.(string) // the decoder gives nothing else in this place
		v, err := readJSON(d, depth+1)
		if err != nil {
			return nil, err
		}
		add(out, storable(strings.TrimSpace(name)), v)
	}
	_, err := d.Token()
	return out, inside(err, depth+1)
}

func readList(d *json.Decoder, depth int) (any, error) {
	out := []any{}
	for d.More() {
		v, err := readJSON(d, depth+1)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	_, err := d.Token()
	return out, inside(err, depth+1)
}

// inside turns an end of the input in the middle of a value into what it is: a
// cut-off body.
func inside(err error, depth int) error {
	if depth > 0 && errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// add puts a member into an object; a name that is there already makes a list.
func add(o obj, name string, v any) {
	old, there := o[name]
	switch {
	case !there || old == nil:
		o[name] = v
	case v == nil:
	default:
		list, ok := old.([]any)
		if !ok {
			list = []any{old}
		}
		if more, ok := v.([]any); ok {
			o[name] = append(list, more...)
		} else {
			o[name] = append(list, v)
		}
	}
}
