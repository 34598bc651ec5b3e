package mapping

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
	"pgregory.net/rapid"

	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
)

const schemaFile = "../docs/profile.schema.json"

// TestTheSchemaIsPublished holds the file equal to what the program says;
// UPDATE_SCHEMA=1 writes it.
func TestTheSchemaIsPublished(t *testing.T) {
	if os.Getenv("UPDATE_SCHEMA") != "" {
		if err := os.WriteFile(schemaFile, Schema(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(schemaFile)
	if err != nil || !bytes.Equal(got, Schema()) {
		t.Errorf("docs/profile.schema.json is not what the program says (%v): UPDATE_SCHEMA=1 go test ./mapping -run SchemaIsPublished", err)
	}
}

func compiledSchema(tb testing.TB) *jsonschema.Schema {
	tb.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema()))
	if err != nil {
		tb.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("profile.json", doc); err != nil {
		tb.Fatal(err)
	}
	s, err := c.Compile("profile.json")
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// valid checks a YAML file as an editor does.
func valid(tb testing.TB, s *jsonschema.Schema, src []byte) error {
	tb.Helper()
	var v any
	if err := yaml.Unmarshal(src, &v); err != nil {
		tb.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		tb.Fatal(err)
	}
	return s.Validate(doc)
}

func TestDeliveredDocumentsFitTheSchema(t *testing.T) {
	s := compiledSchema(t)
	for name, src := range connectorDocuments(t) {
		if err := valid(t, s, src); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := valid(t, s, []byte(clientDoc)); err != nil {
		t.Error(err)
	}
}

// takes says whether the program takes a document: its form, its cells, its rules.
func takes(src []byte) error {
	d, err := Parse(src)
	if err != nil {
		return err
	}
	if _, err := Compile(d); err != nil {
		return err
	}
	_, err = rules.Compile(d.Rules, d.Lists)
	return err
}

// TestSchemaAndProgramAgree draws documents that are right in most of their parts.
func TestSchemaAndProgramAgree(t *testing.T) {
	s := compiledSchema(t)
	taken, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		src, err := yaml.Marshal(drawRaw(t))
		if err != nil {
			t.Fatal(err)
		}
		program, schema := takes(src), validFor(t, s, src)
		if (program == nil) != (schema == nil) {
			t.Fatalf("the program says %v\nthe schema says %v\nof\n%s", program, schema, src)
		}
		if program == nil {
			taken++
		} else {
			refused++
		}
	})
	if taken < 10 || refused < 10 {
		t.Errorf("drew %d good and %d bad documents", taken, refused)
	}
}

func validFor(t *rapid.T, s *jsonschema.Schema, src []byte) error {
	var v any
	if err := yaml.Unmarshal(src, &v); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

// drawRaw gives a document as plain values.
func drawRaw(t *rapid.T) map[string]any {
	doc := map[string]any{"lists": map[string]any{"l": map[string]any{"a": "b", "n": 1}}}
	good := map[string]func() any{
		"about":              func() any { return pick(t, "x", 5, nil) },
		"poll":               func() any { return map[string]any{"statuses": "1m30s"} },
		"requisition_status": func() any { return drawTable(t, staffing.RequisitionStatuses()) },
		"stages":             func() any { return drawTable(t, staffing.Stages()) },
		"internal_status":    func() any { return map[string]any{string(one(t, staffing.Stages()...)): pick(t, "A", 7)} },
		"triggers":           func() any { return []any{"A", 5} },
		"status":             func() any { return map[string]any{"word": "raw.a", "at": pick(t, "raw.b", nil, "")} },
		"rules":              func() any { return []any{drawRule(t)} },
	}
	for _, k := range sectionKinds() {
		good[k.name] = func() any { return drawCells(t, k) }
	}
	names := make([]string, 0, len(good))
	for name := range good {
		names = append(names, name)
	}
	slices.Sort(names)
	for range rapid.IntRange(1, 3).Draw(t, "sections") {
		name := one(t, names...)
		doc[name] = good[name]()
	}
	if rapid.IntRange(0, 3).Draw(t, "spoil") == 0 {
		spoil(t, doc)
	}
	return doc
}

// pick chooses one of values of different types.
func pick(t *rapid.T, all ...any) any { return one(t, all...) }

func one[T any](t *rapid.T, all ...T) T { return rapid.SampledFrom(all).Draw(t, "one") }

func drawTable[T ~string](t *rapid.T, words []T) map[string]any {
	return map[string]any{one(t, "On Hold", "1"): string(one(t, words...)), one(t, "b", " c "): string(one(t, words...))}
}

func drawCells(t *rapid.T, k sectionKind) any {
	keys := []string{"a", "a b.c", `a\.b`, "_x.y"}
	if k.to != nil {
		keys, _ = pathsOf(k.to, "")
		if k.name != secOffered {
			keys = append(keys, map[string]string{secPlacement: "billing_codes.A B"}[k.name]+"")
			keys = slices.DeleteFunc(keys, func(s string) bool { return s == "" })
		}
	}
	key := one(t, keys...)
	cells := map[string]any{key: pick(t, k.vars[0]+".a", 5, true, "null")}
	if rapid.Bool().Draw(t, "long") {
		long := map[string]any{"default": pick(t, k.vars[0]+".b", nil, "")}
		if rapid.Bool().Draw(t, "cel") {
			long["cel"] = pick(t, k.vars[0]+".a", "", nil, " ")
		}
		if rapid.Bool().Draw(t, "required") {
			long["required"] = pick(t, true, false, "maybe")
		}
		if rapid.Bool().Draw(t, "list") {
			long["list"] = "l"
		}
		if rapid.IntRange(0, 3).Draw(t, "table") == 0 {
			long["table"] = one(t, "requisition_status", "stages")
		}
		cells[key] = long
	}
	if rapid.IntRange(0, 5).Draw(t, "wrong") == 0 {
		cells[one(t, "titel", "title.text", "custom_fields.", "a..b", ".a", "custom_fields.x")] = k.vars[0] + ".a"
	}
	return cells
}

func drawRule(t *rapid.T) map[string]any {
	r := map[string]any{"id": "A", "on": "placement", "assert": "true", "severity": "error", "message": "m {{ plc.status }}", "field": "x", "when": ""}
	switch rapid.IntRange(0, 4).Draw(t, "rule") {
	case 0:
		delete(r, one(t, "id", "on", "assert", "severity", "message", "field", "when"))
	case 1:
		r[one(t, "id", "on", "assert", "severity", "message")] = pick(t, "", " ", nil, "candidate")
		if r["assert"] == "candidate" {
			r["assert"] = "false"
		}
	case 2:
		r["asert"] = "true"
	}
	return r
}

// spoil breaks a document in one way.
func spoil(t *rapid.T, doc map[string]any) {
	switch rapid.IntRange(0, 6).Draw(t, "how") {
	case 0:
		doc[one(t, "requsition", "Rules", "x")] = map[string]any{}
	case 1:
		doc[one(t, "requisition", "stages", "status", "lists", "poll", "internal_status")] = pick(t, "x", []any{"x"}, 5, true)
	case 2:
		doc["poll"] = map[string]any{one(t, "statuses", "candidate"): pick(t, "often", "60", 60, "1m")}
	case 3:
		doc["stages"] = map[string]any{one(t, "A", " ", ""): one(t, "hired", "offer", "")}
	case 4:
		doc["internal_status"] = map[string]any{one(t, "hired", "offer"): pick(t, "A", "", " ", nil)}
	case 5:
		doc["triggers"] = pick(t, []any{""}, []any{[]any{}}, "A", nil, map[string]any{})
	default:
		doc["lists"] = map[string]any{"l": pick(t, []any{}, map[string]any{"a": []any{}}, nil, "x", map[string]any{"a": nil})}
	}
}
