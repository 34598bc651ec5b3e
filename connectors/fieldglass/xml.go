package fieldglass

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
)

// parseXML reads XML with several roots and gives the shape that Fieldglass's own
// JSON has: attributes as "@name", the text of an element with attributes as "$",
// an empty element as null, a repeated one as a list.
func parseXML(body []byte) (roots []root, rest []byte, err error) {
	body = printable(body)
	d := xml.NewDecoder(bytes.NewReader(body))
	d.Entity = xml.HTMLEntity
	for {
		start := d.InputOffset()
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return roots, nil, nil
		}
		if err != nil {
			return roots, body[start:], fmt.Errorf("it is not whole XML: %w", err)
		}
		el, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		v, err := readElement(d, el, 0)
		if err != nil {
			return roots, body[start:], fmt.Errorf("it is not whole XML: %w", err)
		}
		if o, ok := v.(obj); ok {
			roots = append(roots, root{name: el.Name.Local, value: o})
		}
	}
}

func readElement(d *xml.Decoder, el xml.StartElement, depth int) (any, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	out := obj{}
	for _, a := range el.Attr {
		out[attribute(a.Name)] = storable(a.Value)
	}
	var chars strings.Builder
	for {
		t, err := d.Token()
		if err != nil {
			return nil, inside(err, 1)
		}
		switch t := t.(type) {
		case xml.StartElement:
			v, err := readElement(d, t, depth+1)
			if err != nil {
				return nil, err
			}
			addElement(out, t.Name.Local, v)
		case xml.CharData:
			chars.Write(t)
		case xml.EndElement:
			return finish(out, storable(strings.TrimSpace(chars.String()))), nil
		}
	}
}

// addElement is add, but an empty element among others still counts.
func addElement(o obj, name string, v any) {
	if _, there := o[name]; !there {
		o[name] = v
		return
	}
	add(o, name, v)
}

// finish gives an element its JSON form.
func finish(o obj, chars string) any {
	if nilled := text(o["@xsi:nil"]); nilled == "true" || nilled == "1" {
		return nil
	}
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

func attribute(n xml.Name) string {
	switch {
	case n.Space == "":
		return "@" + n.Local
	case n.Space == "xmlns":
		return "@xmlns:" + n.Local
	case strings.HasSuffix(n.Space, "XMLSchema-instance"):
		return "@xsi:" + n.Local
	default:
		return "@" + n.Space + ":" + n.Local
	}
}

// printable blanks the control characters that XML forbids and old systems let
// through.
func printable(body []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if r < 0x20 && r != '\t' && r != '\n' && r != '\r' {
			return ' '
		}
		return r
	}, body)
}

func sortedKeys(o obj) []string {
	out := make([]string, 0, len(o))
	for k := range o {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
