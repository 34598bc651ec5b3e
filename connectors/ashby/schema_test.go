package ashby_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	sandbox "github.com/tributary-hub/tributary/sandbox/ashby"
	"github.com/tributary-hub/tributary/staffing"
)

// vendorSchemas compiles schemas of the vendor's OpenAPI 3.1 document, whose
// references point into its own paths.
func vendorSchemas(t *testing.T) func(pointer string) *jsonschema.Schema {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(shared(t), "specs", "ashby", "ashby-openapi.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var doc any
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	c.AssertFormat()
	if err := c.AddResource("https://ashby.example/openapi.json", plain(doc)); err != nil {
		t.Fatal(err)
	}
	return func(pointer string) *jsonschema.Schema {
		t.Helper()
		schema, err := c.Compile("https://ashby.example/openapi.json#" + pointer)
		if err != nil {
			t.Fatal(err)
		}
		return schema
	}
}

// plain turns YAML's values into those of JSON.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = plain(e)
		}
		return v
	case map[any]any:
		out := map[string]any{}
		for k, e := range v {
			out[fmt.Sprint(k)] = plain(e)
		}
		return out
	case []any:
		for i, e := range v {
			v[i] = plain(e)
		}
		return v
	case int:
		return float64(v)
	case string, bool, float64, nil:
		return v
	}
	return fmt.Sprint(v) // dates
}

// Every request of the connector fits the vendor's document, and so does every
// answer of the simulator. The document is a copy of the one that Ashby publishes.
// Four places of it are left out, see tolerated.
func TestCallsFitTheVendorsDocument(t *testing.T) {
	schema := vendorSchemas(t)
	o := setup(t, sandbox.Options{}, nil)
	everything(t, o)
	seen := map[string]int{}
	for _, c := range o.take() {
		seen[c.method]++
		at := "/paths/~1" + c.method + "/post"
		if err := schema(at + "/requestBody/content/application~1json/schema").Validate(body(t, c.body)); err != nil {
			t.Errorf("request of %s: %v\n%s", c.method, err, c.body)
		}
		if err := schema(at + "/responses/200/content/application~1json/schema").Validate(body(t, c.reply)); err != nil {
			t.Errorf("answer of %s: %v\n%s", c.method, err, c.reply)
		}
	}
	if len(seen) != 17 {
		t.Errorf("%d methods were called: %v", len(seen), seen)
	}
}

// tolerated are the places where the document contradicts itself or the facts: null
// for a moment that has not come; a UUID where its own text allows the word
// FirstPreInterviewScreen; a UUID for the requisition id that people give (its
// job.search has the example REQ-2471). The fourth is the value of a custom field,
// where a text fits two branches of its oneOf: it stands as true here.
func tolerated(key string, v any) bool {
	return v == nil || key == "interviewStageId" && v == "FirstPreInterviewScreen" || key == "customRequisitionId"
}

// body reads JSON without what is tolerated.
func body(t *testing.T, raw []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return without(v)
}

func without(v any) any {
	switch v := v.(type) {
	case map[string]any:
		_, isText := v["value"].(string)
		if isText && v["title"] != nil { // a custom field
			v["value"] = true
		}
		for k, e := range v {
			if tolerated(k, e) {
				delete(v, k)
				continue
			}
			v[k] = without(e)
		}
	case []any:
		for i, e := range v {
			v[i] = without(e)
		}
	}
	return v
}

// everything makes every call that the connector has.
func everything(t *testing.T, o *bench) {
	t.Helper()
	ctx := context.Background()
	ref := o.hire()
	_, cur := readAll(t, o.Requisitions, nil)
	o.must(o.account.Change("opening.list", o.account.Ids("opening.list")[0], func(e map[string]any) { e["openingState"] = "Closed" }))
	readAll(t, o.Requisitions, cur)
	_, cur = readAll(t, o.Statuses, nil)
	readAll(t, o.Statuses, cur)
	_, err := o.Check(ctx)
	o.must(err)
	for range 2 {
		_, err = o.Submit(ctx, submission(t, o.opened(), "a@b.example"))
		o.must(err)
	}
	_, err = o.Placement(ctx, ref)
	o.must(err)
	_, err = o.Fields(ctx)
	o.must(err)
	_, err = o.DeclaredStatuses(ctx)
	o.must(err)
}

// A refusal of the simulator is one of the vendor's.
func TestRefusalsFitTheVendorsDocument(t *testing.T) {
	schema := vendorSchemas(t)
	o := setup(t, sandbox.Options{}, nil)
	_, err := o.Placement(context.Background(), staffing.SubmissionRef{ID: "e9ed20fd-d45f-4aad-8a00-a19bfba0083e"})
	if staffing.CodeOf(err) != staffing.NotFound {
		t.Fatal(err)
	}
	calls := o.take()
	if err := schema("/paths/~1application.info/post/responses/200/content/application~1json/schema").Validate(body(t, calls[0].reply)); err != nil ||
		!strings.Contains(string(calls[0].reply), `"success":false`) {
		t.Errorf("%v\n%s", err, calls[0].reply)
	}
}
