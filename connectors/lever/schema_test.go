package lever_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	sandbox "github.com/tributary-hub/tributary/sandbox/lever"
)

// sketch reads the inventory of the vendor's paths that a third party wrote; the
// vendor publishes no schema.
func sketch(t *testing.T) map[string]any {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(shared(t), "specs", "lever", "lever-data-api-openapi.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := yaml.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// The sketch has no parameters of these lists and no form with a file, and it puts
// offers elsewhere, and leaves out the deleted lists and the reading of one
// requisition; the vendor's prose has them, so they are allowed by name.
func TestEveryCallIsInTheInventory(t *testing.T) {
	known := map[string]map[string]any{"/opportunities/{id}/offers": {"get": true}, "/postings/deleted": {"get": true},
		"/opportunities/deleted": {"get": true}, "/requisition_fields": {"get": true}, "/requisitions/{id}": {"get": true}}
	paths, _ := sketch(t)["paths"].(map[string]any)
	for path, methods := range paths {
		if m, ok := methods.(map[string]any); ok && known[path] == nil {
			known[path] = m
		}
	}
	o := setup(t, sandbox.Options{BareLists: true}, nil)
	everything(t, o)
	calls := o.take()
	if len(calls) < 15 {
		t.Errorf("only %v were made", calls)
	}
	for _, call := range calls {
		if method, path, _ := strings.Cut(call, " "); !listed(known, method, path) {
			t.Errorf("%s is not in the inventory", call)
		}
	}
}

// A submission without a file is JSON, the only body that the sketch describes.
func TestASubmissionFitsTheSketch(t *testing.T) {
	raw, err := json.Marshal(sketch(t))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("https://lever.example/openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("https://lever.example/openapi.json#/components/schemas/OpportunityCreate")
	if err != nil {
		t.Fatal(err)
	}
	o := setup(t, sandbox.Options{}, nil)
	req := submission(t, o.job(), "a@b.example")
	req.Resume = nil
	if _, err := o.Submit(context.Background(), req); err != nil {
		t.Fatal(err)
	}
	body, err := jsonschema.UnmarshalJSON(bytes.NewReader(o.posted))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(body); err != nil {
		t.Errorf("%v\n%s", err, o.posted)
	}
}

// everything makes every call that the connector has.
func everything(t *testing.T, o *bench) {
	t.Helper()
	ctx := context.Background()
	ref := o.hire()
	for range 2 {
		_, cur := readAll(t, o.Requisitions, nil)
		readAll(t, o.Requisitions, cur)
		_, cur = readAll(t, o.Statuses, nil)
		readAll(t, o.Statuses, cur)
	}
	_, err := o.Check(ctx)
	o.must(err)
	_, err = o.Submit(ctx, submission(t, o.job(), "a@b.example"))
	o.must(err)
	_, err = o.Placement(ctx, ref)
	o.must(err)
	_, err = o.Fields(ctx)
	o.must(err)
	_, err = o.DeclaredStatuses(ctx)
	o.must(err)
}

func listed(paths map[string]map[string]any, method, path string) bool {
	parts := strings.Split(path, "/")
	for template, methods := range paths {
		want := strings.Split(template, "/")
		fits := len(want) == len(parts) && methods[strings.ToLower(method)] != nil
		for i := 0; fits && i < len(want); i++ {
			fits = want[i] == parts[i] || strings.HasPrefix(want[i], "{")
		}
		if fits {
			return true
		}
	}
	return false
}
