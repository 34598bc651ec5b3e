package mapping

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

func TestDiscoverTellsWhatPayloadsHave(t *testing.T) {
	got := Discover([]json.RawMessage{
		[]byte(`{"id": 7, "name": "Nurse", "on": "2026-01-02", "at": "2026-01-02T03:04:05Z", "open": true, "tags": ["a", "b", "c", "d"], "none": null,
			"offices": [{"name": "NY"}, {"name": "LA", "zip": 1}], "po number": "P1", "fields": [{"name": "NTE", "value": 95.50}, {"name": "PO", "value": "x"}]}`),
		[]byte(`{"id": "8", "name": " ", "on": "soon", "at": "2026-01-02 03:04", "offices": [], "fields": [{"name": "PO", "value": "y"}]}`),
		[]byte(`[1]`),
		[]byte(`{"id": 9, "name": "` + strings.Repeat("long ", 40) + `"}`),
	})
	var lines []string
	for _, f := range got {
		lines = append(lines, fmt.Sprintf("%s %s %d/%d %s", f.Path, f.Type, f.Present, f.Of, strings.Join(f.Examples, "|")))
	}
	want := []string{
		`raw.at time 2/4 2026-01-02T03:04:05Z|2026-01-02 03:04`,
		`raw.fields list 2/4 2 entries|1 entry`,
		`raw.fields.filter(e, e.name == "NTE")[0].name text 1/4 NTE`,
		`raw.fields.filter(e, e.name == "NTE")[0].value number 1/4 95.50`,
		`raw.fields.filter(e, e.name == "PO")[0].name text 2/4 PO`,
		`raw.fields.filter(e, e.name == "PO")[0].value text 2/4 x|y`,
		`raw.id mixed 3/4 7|8|9`,
		`raw.name text 2/4 Nurse|` + strings.Repeat("long ", 15) + `long…`,
		`raw.none  0/4 `,
		`raw.offices list 1/4 2 entries`,
		`raw.offices[0] object 1/4 `,
		`raw.offices[0].name text 1/4 NY`,
		`raw.on text 2/4 2026-01-02|soon`,
		`raw.open boolean 1/4 true`,
		`raw.tags list 1/4 a, b, c, …`,
		`raw.tags[0] text 1/4 a`,
		`raw["po number"] text 1/4 P1`,
	}
	if !reflect.DeepEqual(lines, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
}

// TestEveryPathThatIsFoundCanBePicked evaluates the paths on the payload itself.
func TestEveryPathThatIsFoundCanBePicked(t *testing.T) {
	env, err := expr.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	key := rapid.OneOf(rapid.StringMatching(`[a-z]{1,3}`), rapid.SampledFrom([]string{"in", "a b", `q"`, "é", "name", "value", "filter", "if"}))
	rapid.Check(t, func(t *rapid.T) {
		var draw func(depth int) any
		draw = func(depth int) any {
			switch n := rapid.IntRange(0, 7).Draw(t, "kind"); {
			case n < 2 && depth < 4:
				m := map[string]any{}
				for range rapid.IntRange(1, 3).Draw(t, "keys") {
					m[key.Draw(t, "key")] = draw(depth + 1)
				}
				return m
			case n == 2 && depth < 4:
				return []any{draw(depth + 1), draw(depth + 1)}
			case n == 3 && depth < 4:
				return []any{map[string]any{"name": "A", "value": draw(depth + 1)}, map[string]any{"name": key.Draw(t, "name") + "x", "value": draw(depth + 1)}}
			case n == 4:
				return rapid.Int32().Draw(t, "number")
			}
			return rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "text")
		}
		raw, err := json.Marshal(map[string]any{key.Draw(t, "top"): draw(1)})
		if err != nil {
			t.Fatal(err)
		}
		record, err := expr.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range Discover([]json.RawMessage{raw}) {
			if a, ok := Recognise(f.Path); !ok || a.Source != f.Path {
				t.Fatalf("%s is no source", f.Path)
			}
			p, err := env.Compile("cell", f.Path, expr.Raw)
			if err != nil {
				t.Fatal(err)
			}
			v, err := p.Value(t.Context(), &expr.Vars{Raw: record})
			if s, ok := scalarText(v); err != nil || ok && s != f.Examples[0] || v == nil {
				t.Fatalf("%s gives %v (%v), the example is %q in %s", f.Path, v, err, f.Examples, raw)
			}
		}
	})
}

func TestDiscoverIsBounded(t *testing.T) {
	wide := map[string]any{}
	for i := range 20_000 {
		wide[fmt.Sprintf("k%d", i)] = i
	}
	b, err := json.Marshal(wide)
	if err != nil {
		t.Fatal(err)
	}
	deep := strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)
	long := `{"l": [` + strings.Repeat(`{"name": "x", "value": 1},`, 200_000) + `1]}`
	start := time.Now()
	if got := Discover([]json.RawMessage{b, b}); len(got) != maxFields {
		t.Errorf("got %d fields", len(got))
	}
	if got := Discover([]json.RawMessage{[]byte(deep)}); len(got) != maxFieldDepth {
		t.Errorf("got %d levels", len(got))
	}
	if got := Discover([]json.RawMessage{[]byte(long)}); len(got) > 4 {
		t.Errorf("got %d fields of a long list", len(got))
	}
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestSourcesShowTheHubsRecords(t *testing.T) {
	req := staffing.Requisition{Title: "Nurse", Locations: []staffing.Location{{City: "Austin"}}, NTE: &staffing.Rate{Currency: "USD"},
		CustomFields: map[string]any{"shift": "night", "po number": map[string]any{"value": 7}}}
	found := map[string]SourceField{}
	for _, f := range Sources(secJob, Sample{Requisition: req, Client: testClient()}) {
		found[f.Path] = f
	}
	for path, want := range map[string]SourceField{
		"req.title":                            {Type: "text", Examples: []string{"Nurse"}},
		"req.locations[0].city":                {Type: "text", Examples: []string{"Austin"}},
		"req.nte.currency":                     {Type: "text", Examples: []string{"USD"}},
		"req.respond_by.at":                    {Type: "time"},
		"req.bill_rate.max":                    {Type: "amount"},
		"req.custom_fields.shift":              {Type: "text", Examples: []string{"night"}},
		`req.custom_fields["po number"].value`: {Type: "number", Examples: []string{"7"}},
		"client.code":                          {Type: "text", Examples: []string{"ACME"}},
		"req.openings":                         {Type: "number"},
	} {
		want.Path = path
		if got, ok := found[path]; !ok || !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, want %+v", path, got, want)
		}
	}
	if len(Sources(secCandidate, Sample{})) > 0 {
		t.Error("a candidate is made of the raw record alone")
	}
}
