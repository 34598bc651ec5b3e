package greenhouse

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// TestAnswersFitTheVendorsSchemas reads every list of a busy account.
func TestAnswersFitTheVendorsSchemas(t *testing.T) {
	dir := filepath.Join(shared(t), "specs", "greenhouse", "v3-json-schemas")
	a := open(t, nil, Options{})
	busy(t, a.Server)
	for name := range a.lists {
		t.Run(name, func(t *testing.T) {
			schema := compile(t, filepath.Join(dir, name+".json"))
			query := name
			if name == "rejection_reasons" {
				query += "?include_defaults=true"
			}
			answer, err := jsonschema.UnmarshalJSON(bytes.NewReader(a.get(query).body))
			if err != nil {
				t.Fatal(err)
			}
			rows, ok := answer.([]any)
			if !ok || len(rows) == 0 {
				t.Fatalf("%s is empty: the account must hold one of everything", name)
			}
			for _, row := range rows {
				if err := schema.Validate(row); err != nil {
					t.Errorf("%s: %v\n%v", name, err, row)
				}
			}
		})
	}
}

// TestWritesAnswerInTheVendorsSchemas creates one of each over HTTP.
func TestWritesAnswerInTheVendorsSchemas(t *testing.T) {
	dir := filepath.Join(shared(t), "specs", "greenhouse", "v3-json-schemas")
	a := open(t, nil, Options{})
	job := a.OpenJob(JobSpec{Title: "Nurse"})
	made := a.post("candidates", candidate("eve@mail.example", job))
	again := a.post("applications", map[string]any{"candidate_id": a.candidates.List(nil)[0].ID, "job_id": job})
	file := a.post("attachments", map[string]any{"application_id": a.Applications()[0].ID, "filename": "eve.pdf", "type": "resume", "content": "JVBERg=="})
	for name, r := range map[string]reply{"candidates": made, "applications": again, "attachments": file} {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(r.body))
		if err != nil || r.status != 201 {
			t.Fatalf("%s: %d %s", name, r.status, r.body)
		}
		if err := compile(t, filepath.Join(dir, name+".json")).Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func compile(t *testing.T, path string) *jsonschema.Schema {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(path, doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func candidate(email string, job int64) map[string]any {
	return map[string]any{"first_name": "Eve", "last_name": "Moss", "email_addresses": []any{map[string]any{"value": email, "type": "personal"}},
		"application": map[string]any{"job_id": job}}
}

// vendorParameters gives the query parameters of each list, by path.
func vendorParameters(t *testing.T) map[string][]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(shared(t), "specs", "greenhouse", "harvest-v3-get-endpoints.json"))
	if err != nil {
		t.Fatal(err)
	}
	var endpoints []struct {
		Path       string
		Parameters []struct{ Name string }
	}
	if err := json.Unmarshal(raw, &endpoints); err != nil {
		t.Fatal(err)
	}
	out := map[string][]string{}
	for _, e := range endpoints {
		for _, p := range e.Parameters {
			out[e.Path] = append(out[e.Path], p.Name)
		}
	}
	return out
}
