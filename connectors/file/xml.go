package file

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// xml reads the elements at the path of the settings, such as Requisitions/Requisition.
// An element becomes an object: attributes as "@name", children by their name, repeated
// ones as a list, text as "#text" or, where there is nothing else, as the value itself.
func (l layout) xml(content []byte) ([]row, error) {
	if bytes.HasPrefix(content, []byte{0xff, 0xfe}) || bytes.HasPrefix(content, []byte{0xfe, 0xff}) {
		text, err := layout{encoding: "utf-16"}.text(content)
		if err != nil {
			return nil, err
		}
		content = text
	}
	r := &xmlReader{in: xml.NewDecoder(bytes.NewReader(content)), want: strings.Split(strings.Trim(l.records, "/"), "/")}
	r.in.CharsetReader = charset
	r.in.Entity = nil // none but the five of XML
	if l.records == "" {
		return nil, flawed(0, "the settings do not say which elements are the records (for instance Requisitions/Requisition)")
	}
	if err := r.run(); err != nil {
		return nil, err
	}
	return r.rows, nil
}

func charset(label string, in io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "us-ascii":
		return in, nil
	case "utf-16": // it was turned into UTF-8 above
		return in, nil
	case "iso-8859-1", "windows-1252":
		return transform.NewReader(in, charmap.Windows1252.NewDecoder()), nil
	case "utf-16le":
		return transform.NewReader(in, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder()), nil
	}
	return nil, errors.New("an encoding that the hub does not know")
}

type xmlReader struct {
	in   *xml.Decoder
	want []string
	path []string
	rows []row
	root bool
}

func (r *xmlReader) run() error {
	for {
		t, err := r.in.Token()
		if errors.Is(err, io.EOF) {
			if !r.root {
				return flawed(0, "it is empty")
			}
			return nil
		}
		if err != nil {
			return r.flaw(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			r.root = true
			if err := r.enter(t); err != nil {
				return err
			}
		case xml.EndElement:
			r.path = r.path[:len(r.path)-1]
		}
	}
}

// enter reads a record, or steps into the element.
func (r *xmlReader) enter(t xml.StartElement) error {
	r.path = append(r.path, t.Name.Local)
	if len(r.path) > maxDepth {
		return r.flaw(nil)
	}
	if len(r.path) == 1 && r.path[0] != r.want[0] {
		return flawed(1, "its outermost element is not %q", r.want[0])
	}
	if len(r.path) != len(r.want) || strings.Join(r.path, "/") != strings.Join(r.want, "/") {
		return nil
	}
	line, _ := r.in.InputPos()
	v, err := r.element(t, len(r.path))
	if err != nil {
		return err
	}
	r.path = r.path[:len(r.path)-1]
	value, ok := v.(map[string]any)
	if !ok {
		value = map[string]any{"#text": v}
	}
	if len(r.rows) >= maxRows {
		return flawed(line, "it has more than %d records", maxRows)
	}
	r.rows = append(r.rows, row{line, value})
	return nil
}

func (r *xmlReader) element(t xml.StartElement, depth int) (any, error) {
	if depth > maxDepth {
		return nil, r.flaw(nil)
	}
	out := map[string]any{}
	for _, a := range t.Attr {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			out["@"+a.Name.Local] = a.Value
		}
	}
	var text strings.Builder
	for {
		tok, err := r.in.Token()
		if err != nil {
			return nil, r.flaw(err)
		}
		switch tok := tok.(type) {
		case xml.CharData:
			text.Write(tok)
		case xml.StartElement:
			v, err := r.element(tok, depth+1)
			if err != nil {
				return nil, err
			}
			add(out, tok.Name.Local, v)
		case xml.EndElement:
			return settled(out, strings.TrimSpace(text.String())), nil
		}
	}
}

func settled(out map[string]any, text string) any {
	if len(out) == 0 {
		return text
	}
	if text != "" {
		out["#text"] = text
	}
	return out
}

func add(out map[string]any, name string, v any) {
	switch old := out[name].(type) {
	case nil:
		out[name] = v
	case []any:
		out[name] = append(old, v)
	default:
		out[name] = []any{old, v}
	}
}

func (r *xmlReader) flaw(err error) error {
	line, _ := r.in.InputPos()
	var syntax *xml.SyntaxError
	switch {
	case err == nil:
		return flawed(line, "it is nested deeper than %d levels", maxDepth)
	case errors.Is(err, io.EOF), errors.As(err, &syntax) && strings.Contains(syntax.Msg, "unexpected EOF"):
		return flawed(line, "it breaks off in the midst of an element")
	}
	return flawed(line, "it is no XML from here on")
}
