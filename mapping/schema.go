package mapping

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// node is a part of a schema. Its keys are written in alphabetical order.
type node map[string]any

// Schema gives the JSON Schema (2020-12) of a document, for editors and for those
// who write documents by program; docs/profile.schema.json is a copy. What it takes,
// [Parse] and [Compile] take, but for what no schema can say: expressions that do
// not compile, names of lists that are not there, cells inside others, cadences
// out of bounds.
func Schema() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(schema()); err != nil {
		return nil // maps, lists and texts: it cannot fail
	}
	return b.Bytes()
}

func schema() node {
	properties := node{
		secAbout:     described(ref("text"), "What this profile is for."),
		secPoll:      described(pollSchema(), "How often each feed is read, between 5s and 168h."),
		secReqStatus: described(tableOf(wordsOf(staffing.RequisitionStatuses())), "The vendor's word for the state of a requisition -> the hub's."),
		secStatus: described(object(node{"word": ref("expression"), "at": ref("optional")}, "word"),
			"How a status record is read: the vendor's word, and when it was said by the vendor's clock."),
		secStages:   described(tableOf(wordsOf(staffing.Stages())), "The vendor's word for where a candidate stands -> the hub's stage."),
		secTriggers: node{"type": "array", "items": ref("word"), "description": "Statuses of the internal ATS that cause a submission."},
		secInternal: described(node{"type": nullable("object"), "propertyNames": node{"enum": wordsOf(staffing.Stages())}, "additionalProperties": ref("word")},
			"The hub's stage -> the internal ATS's word; a stage that is left out is not synced back."),
		secLists: described(node{"type": nullable("object"), "additionalProperties": node{"type": nullable("object"), "additionalProperties": ref("text")}},
			"Code lists by name: code -> value."),
		secRules: rulesSchema(),
	}
	for _, k := range sectionKinds() {
		properties[k.name] = cellsSchema(k)
	}
	return node{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"title":                "Profile",
		"description":          "The mapping document of one connection: what maps to what, which statuses mean what, and the rules. Expressions are CEL.",
		"type":                 nullable("object"),
		"additionalProperties": false,
		"properties":           properties,
		"$defs":                definitions(),
	}
}

// definitions are the forms of text. YAML's numbers and booleans count as the text
// that they are written with.
func definitions() node {
	scalar := []string{"string", "number", "boolean"}
	cel := node{"type": scalar, "pattern": `\S`, "maxLength": expr.MaxSource}
	optional := node{"type": nullable(scalar...), "pattern": `^$|\S`, "maxLength": expr.MaxSource}
	return node{
		"text":       node{"type": nullable(scalar...)},
		"word":       node{"type": scalar, "pattern": `\S`},
		"expression": described(cel, "An expression."),
		"optional":   described(optional, "An expression, or nothing."),
		"cell":       cellSchema(nil),
		"statusCell": cellSchema(node{"table": node{"enum": []string{secReqStatus}, "description": "The result is a vendor's word, which the table turns into a state."}}),
	}
}

func cellSchema(more node) node {
	properties := node{
		"cel": ref("optional"), "default": described(ref("optional"), "What counts when the result is empty."),
		"required": node{"type": nullable("boolean"), "description": "An empty result holds the record."},
		"list":     described(ref("text"), "The code list in which the result is looked up."),
	}
	for name, n := range more {
		properties[name] = n
	}
	long := object(properties)
	long["type"] = "object"
	long["anyOf"] = []node{
		{"required": []string{"cel"}, "properties": node{"cel": ref("expression")}},
		{"required": []string{"default"}, "properties": node{"default": ref("expression")}},
	}
	if more != nil {
		long["not"] = node{"required": []string{"list", "table"}}
	}
	return node{"anyOf": []node{ref("expression"), long}, "description": "An expression, or an expression with what belongs to it."}
}

func cellsSchema(k sectionKind) node {
	n := node{"type": nullable("object"), "additionalProperties": ref("cell"),
		"description": "Expressions see " + strings.Join(k.vars, ", ") + " and lists."}
	if k.to == nil {
		n["propertyNames"] = node{"pattern": `^(\\[\s\S]|[^.\\])+(\.(\\[\s\S]|[^.\\])+)*\\?$`}
		return n
	}
	paths, open := pathsOf(k.to, "")
	names := []node{{"enum": paths}}
	for _, path := range open {
		names = append(names, node{"pattern": "^" + strings.ReplaceAll(path, ".", `\.`) + `\.[\s\S]`})
	}
	n["propertyNames"] = node{"anyOf": names}
	if k.name == secRequisition {
		n["properties"] = node{"status": ref("statusCell")}
	}
	return n
}

// pathsOf lists the paths that a cell may fill; below those that are open, any
// name may stand.
func pathsOf(t reflect.Type, prefix string) (paths, open []string) {
	types := &coercers{}
	for i := range t.NumField() {
		name := expr.JSONName(t.Field(i))
		if name == "" {
			continue
		}
		path, ft := prefix+name, t.Field(i).Type
		if ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		paths = append(paths, path)
		switch {
		case ft.Kind() == reflect.Map:
			open = append(open, path)
		case ft.Kind() == reflect.Struct && !types.leaf(ft):
			more, moreOpen := pathsOf(ft, path+".")
			paths, open = append(paths, more...), append(open, moreOpen...)
		}
	}
	return paths, open
}

func pollSchema() node {
	every := node{"type": "string", "pattern": `^((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+$`}
	return object(node{string(staffing.FeedRequisitions): every, string(staffing.FeedStatuses): every, string(staffing.FeedCandidates): every})
}

func tableOf(words []string) node {
	return node{"type": nullable("object"), "propertyNames": node{"pattern": `\S`}, "additionalProperties": node{"enum": words}}
}

func rulesSchema() node {
	subjects := []staffing.Subject{staffing.SubjectRequisition, staffing.SubjectSubmission, staffing.SubjectPlacement}
	one := object(node{
		"id": described(ref("word"), "Stable, e.g. RATE_OVER_NTE; one that the hub has takes its place."), "on": node{"enum": wordsOf(subjects)},
		"when": described(ref("text"), "The records to which it applies; empty: all."), "assert": described(ref("expression"), "What must hold."),
		"severity": node{"enum": wordsOf([]staffing.Severity{staffing.SeverityError, staffing.SeverityWarning}), "description": "error blocks the record, warning flags it."},
		"message":  described(ref("word"), "For a person; {{ expression }} gives a value."), "field": described(ref("text"), "The field that it is about."),
	}, "id", "on", "assert", "severity", "message")
	one["type"] = "object"
	return node{"type": nullable("array"), "items": one}
}

func ref(name string) node { return node{"$ref": "#/$defs/" + name} }

func described(n node, words string) node {
	n["description"] = words
	return n
}

func object(properties node, required ...string) node {
	n := node{"type": nullable("object"), "additionalProperties": false, "properties": properties}
	if len(required) > 0 {
		slices.Sort(required)
		n["type"], n["required"] = "object", required
	}
	return n
}

func nullable(types ...string) []string { return append(slices.Clone(types), "null") }
