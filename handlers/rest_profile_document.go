package handlers

import (
	"bytes"
	"encoding/json"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
)

// documentJSON gives a mapping document as JSON, in its order; nil where it cannot
// be read.
func documentJSON(text string) json.RawMessage {
	doc, err := mapping.Parse([]byte(text))
	if err != nil {
		return nil
	}
	form, err := doc.MarshalYAML()
	node, ok := form.(*yaml.Node)
	if err != nil || !ok {
		return nil
	}
	var b bytes.Buffer
	if err := putJSON(&b, node); err != nil {
		return nil
	}
	return b.Bytes()
}

// putJSON writes a node of a document, which has maps, lists, texts and truth only.
func putJSON(b *bytes.Buffer, n *yaml.Node) error {
	step, ends := 1, "[]"
	switch {
	case n.Kind == yaml.MappingNode:
		step, ends = 2, "{}"
	case n.Kind == yaml.ScalarNode && n.Tag == "!!bool":
		b.WriteString(n.Value)
		return nil
	case n.Kind == yaml.ScalarNode:
		text, err := json.Marshal(n.Value)
		b.Write(text)
		return err
	}
	b.WriteByte(ends[0])
	for i := 0; i+step <= len(n.Content); i += step {
		if i > 0 {
			b.WriteByte(',')
		}
		if step == 2 {
			if err := putJSON(b, n.Content[i]); err != nil {
				return err
			}
			b.WriteByte(':')
		}
		if err := putJSON(b, n.Content[i+step-1]); err != nil {
			return err
		}
	}
	b.WriteByte(ends[1])
	return nil
}

// deepest is how deep the JSON of a document may be; the document itself is less.
const deepest = 20

// documentYAML gives a document that came as JSON as the YAML that is kept. The
// order of its members stays, because that of cells counts.
func documentYAML(raw json.RawMessage) (string, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	node, err := readNode(dec, 0)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(node); err != nil {
		return "", err
	}
	return b.String(), enc.Close()
}

func readNode(dec *json.Decoder, depth int) (*yaml.Node, error) {
	if depth > deepest {
		return nil, invalidField("document", "document: it is too deep")
	}
	token, err := dec.Token()
	if err != nil {
		return nil, errUnread // the contract was held against it: it is JSON
	}
	switch v := token.(type) {
	case json.Delim:
		n := &yaml.Node{Kind: yaml.SequenceNode}
		if v == '{' {
			n.Kind = yaml.MappingNode
		}
		return n, readNodes(dec, n, depth)
	case string:
		n := &yaml.Node{}
		n.SetString(v)
		return n, nil
	case json.Number:
		return &yaml.Node{Kind: yaml.ScalarNode, Value: v.String()}, nil
	case bool:
		n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!bool", Value: "false"}
		if v {
			n.Value = "true"
		}
		return n, nil
	case nil:
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}, nil
	}
	return nil, staffing.Errorf(staffing.Internal, "JSON has no %T", token)
}

// readNodes reads what stands in a list or a map, up to its end.
func readNodes(dec *json.Decoder, into *yaml.Node, depth int) error {
	for dec.More() {
		n, err := readNode(dec, depth+1)
		if err != nil {
			return err
		}
		into.Content = append(into.Content, n)
	}
	if _, err := dec.Token(); err != nil { // the closing bracket
		return errUnread
	}
	return nil
}
