package mapping

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/tributary-hub/tributary/staffing"
)

// Limits of a document.
const (
	MaxDocument = 1 << 20 // bytes
	maxNodes    = 50_000
	maxDepth    = 12
)

// Parse reads a document. Every key must be known and stand once; aliases and
// tags are refused. The error is [staffing.Invalid] with all [Problems] and
// their lines as its cause. The content of the cells is checked by [Compile].
func Parse(src []byte) (Document, error) {
	if len(src) > MaxDocument {
		return Document{}, staffing.Errorf(staffing.Invalid, "the mapping document is larger than %d KiB", MaxDocument>>10)
	}
	dec := yaml.NewDecoder(bytes.NewReader(src))
	var root yaml.Node
	if err := dec.Decode(&root); err != nil {
		if errors.Is(err, io.EOF) {
			return Document{}, nil // an empty document maps nothing
		}
		return Document{}, &staffing.Error{Code: staffing.Invalid, Message: "the mapping document is not valid YAML (" + strings.TrimPrefix(err.Error(), "yaml: ") + ")", Err: err}
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Document{}, staffing.Errorf(staffing.Invalid, "the file holds more than one YAML document")
	}
	p := &parser{}
	p.guard(&root, 0)
	if len(p.problems) > 0 {
		return Document{}, p.problems.err()
	}
	p.document(root.Content[0])
	return p.doc, p.problems.err()
}

type parser struct {
	doc      Document
	problems Problems
	nodes    int
}

func (p *parser) fail(cell string, n *yaml.Node, msg string) {
	p.problems = append(p.problems, Problem{Cell: cell, Line: n.Line, Message: msg})
}

// guard refuses what a mapping document never needs and an attacker does.
func (p *parser) guard(n *yaml.Node, depth int) {
	p.nodes++
	switch {
	case len(p.problems) > 0:
	case p.nodes > maxNodes || depth > maxDepth:
		p.fail("document", n, "the document is too large or too deep")
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		p.fail("document", n, "anchors and aliases are not allowed")
	case n.Style&yaml.TaggedStyle != 0 || n.Tag == "!!merge":
		p.fail("document", n, "tags and merge keys are not allowed")
	default:
		for _, c := range n.Content {
			p.guard(c, depth+1)
		}
	}
}

func (p *parser) document(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	p.mapping("document", n, func(key string, v *yaml.Node) bool {
		switch key {
		case secAbout:
			p.doc.About = p.text(key, v)
		case secPoll:
			p.poll(v)
		case secRequisition:
			p.doc.Requisition = p.cells(key, v)
		case secReqStatus:
			p.doc.RequisitionStatus = table[staffing.RequisitionStatus](p, key, v)
		case secStatus:
			p.status(v)
		case secStages:
			p.doc.Stages = table[staffing.Stage](p, key, v)
		case secSubmission:
			p.doc.Submission = p.cells(key, v)
		case secPlacement:
			p.doc.Placement = p.cells(key, v)
		case secJob:
			p.doc.Job = p.cells(key, v)
		case secCandidate:
			p.doc.Candidate = p.cells(key, v)
		case secOffered:
			p.doc.Offered = p.cells(key, v)
		case secTriggers:
			p.doc.Triggers = p.texts(key, v)
		case secInternal:
			p.internal(v)
		case secBill:
			p.doc.Bill = p.cells(key, v)
		case secLists:
			p.lists(v)
		case secRules:
			p.rules(v)
		default:
			return false
		}
		return true
	})
}

// mapping goes over the entries of a map; each says whether it knows the key.
func (p *parser) mapping(cell string, n *yaml.Node, each func(key string, v *yaml.Node) bool) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return
	}
	if n.Kind != yaml.MappingNode {
		p.fail(cell, n, "a map of names to values is needed here")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case k.Kind != yaml.ScalarNode:
			p.fail(cell, k, "a key must be a single word or text")
		case seen[k.Value]:
			p.fail(cell, k, "the key "+quote(k.Value)+" stands twice")
		case !each(k.Value, v):
			p.fail(cell, k, "there is no key "+quote(k.Value)+" here")
		}
		seen[k.Value] = true
	}
}

func (p *parser) text(cell string, n *yaml.Node) string {
	if n.Kind != yaml.ScalarNode {
		p.fail(cell, n, "a single text is needed here")
		return ""
	}
	if n.Tag == "!!null" {
		return ""
	}
	return n.Value
}

func (p *parser) texts(cell string, n *yaml.Node) []string {
	if n.Kind != yaml.SequenceNode {
		p.fail(cell, n, "a list of texts is needed here")
		return nil
	}
	var out []string
	for _, e := range n.Content {
		out = append(out, p.text(cell, e))
	}
	return out
}

func (p *parser) poll(n *yaml.Node) {
	p.doc.Poll = map[staffing.Feed]time.Duration{}
	feeds := []staffing.Feed{staffing.FeedRequisitions, staffing.FeedStatuses, staffing.FeedCandidates}
	p.mapping(secPoll, n, func(key string, v *yaml.Node) bool {
		cell := secPoll + "." + key
		if !slices.Contains(feeds, staffing.Feed(key)) {
			return false
		}
		d, err := time.ParseDuration(p.text(cell, v))
		switch {
		case err != nil:
			p.fail(cell, v, "a duration such as 60s or 5m is needed here")
		case d < 5*time.Second || d > 7*24*time.Hour:
			p.fail(cell, v, "a cadence must lie between 5s and 168h")
		default:
			p.doc.Poll[staffing.Feed(key)] = d
		}
		return true
	})
}

func (p *parser) status(n *yaml.Node) {
	p.doc.Status = &StatusCells{}
	p.mapping(secStatus, n, func(key string, v *yaml.Node) bool {
		switch key {
		case "word":
			p.doc.Status.Word = p.text(secStatus+".word", v)
		case "at":
			p.doc.Status.At = p.text(secStatus+".at", v)
		default:
			return false
		}
		return true
	})
}

// table reads a status table: a vendor's word to a canonical word.
func table[T ~string](p *parser, section string, n *yaml.Node) map[string]T {
	out := map[string]T{}
	p.mapping(section, n, func(key string, v *yaml.Node) bool {
		out[key] = T(strings.TrimSpace(p.text(section+"."+key, v)))
		return true
	})
	return out
}

func (p *parser) internal(n *yaml.Node) {
	p.doc.InternalStatus = map[staffing.Stage]string{}
	p.mapping(secInternal, n, func(key string, v *yaml.Node) bool {
		p.doc.InternalStatus[staffing.Stage(key)] = p.text(secInternal+"."+key, v)
		return true
	})
}

func (p *parser) lists(n *yaml.Node) {
	p.doc.Lists = map[string]map[string]string{}
	p.mapping(secLists, n, func(name string, v *yaml.Node) bool {
		list := map[string]string{}
		p.mapping(secLists+"."+name, v, func(key string, e *yaml.Node) bool {
			list[key] = p.text(secLists+"."+name+"."+key, e)
			return true
		})
		p.doc.Lists[name] = list
		return true
	})
}

func quote(s string) string { return `"` + clip(s, 60) + `"` }
