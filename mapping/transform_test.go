package mapping

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

// TestTransformsGiveWhatTheySay runs every transform on a record.
func TestTransformsGiveWhatTheySay(t *testing.T) {
	type params = map[string]string
	const record = `{"a": " Ab ", "n": 95, "html": "<p>Hi <b>you</b></p>", "d": "2026-03-01T23:30:00-05:00", "us": "03/04/2026", "ms": 1767225600000,
		"money": "$1,234.50/hr", "cents": 9950, "csv": "a; b", "l": ["x", "y"], "e": "", "yes": "Y", "job": "Nurse", "place": "Austin, TX", "u": "per hour", "code": "A 1", "d2": "2026-03-01", "hours": "7.50"}`
	d := Document{Lists: map[string]map[string]string{"jobs": {"nurse": "RN"}}}
	for name, c := range map[string]struct {
		section, key, want string
		applied            Applied
	}{
		"copy":                     {secRequisition, "title", " Ab ", Applied{"copy", "raw.a", nil}},
		"text":                     {secSubmission, "x", "95", Applied{"text", "raw.n", nil}},
		"trim":                     {secRequisition, "title", "Ab", Applied{"trim", "raw.a", nil}},
		"upper":                    {secRequisition, "title", "NURSE", Applied{"upper", "raw.job", nil}},
		"lower":                    {secRequisition, "title", "nurse", Applied{"lower", "raw.job", nil}},
		"slug":                     {secRequisition, "title", "a-1", Applied{"slug", "raw.code", nil}},
		"cut":                      {secRequisition, "title", "Nu", Applied{"cut", "raw.job", params{"length": "2"}}},
		"html_to_text":             {secRequisition, "title", "Hi you", Applied{"html_to_text", "raw.html", nil}},
		"html_clean":               {secRequisition, "title", "<p>Hi <b>you</b></p>", Applied{"html_clean", "raw.html", nil}},
		"constant":                 {secRequisition, "worker_type", "contract", Applied{"constant", "", params{"value": "contract"}}},
		"a constant number":        {secSubmission, "x", "5", Applied{"constant", "", params{"value": "5"}}},
		"first_non_empty":          {secRequisition, "title", "Nurse", Applied{"first_non_empty", "raw.e", params{"others": "raw.none\nraw.job"}}},
		"date":                     {secRequisition, "start_date", "2026-03-01", Applied{"date", "raw.d", nil}},
		"date of a form":           {secRequisition, "start_date", "2026-04-03", Applied{"date", "raw.us", params{"format": "02/01/2006"}}},
		"date in a zone":           {secRequisition, "start_date", "2026-03-02", Applied{"date", "raw.d", params{"zone": "UTC"}}},
		"date in the client's":     {secRequisition, "start_date", "2026-03-01", Applied{"date", "raw.d", params{"zone": "client"}}},
		"time":                     {secRequisition, "respond_by", `{"at":"2026-03-02T04:30:00Z","original":"2026-03-01T23:30:00-05:00"}`, Applied{"time", "raw.d", nil}},
		"time of a form in a zone": {secRequisition, "respond_by", `{"at":"2026-03-04T05:00:00Z","original":"03/04/2026"}`, Applied{"time", "raw.us", params{"format": "01/02/2006", "zone": "client"}}},
		"date_of_millis":           {secRequisition, "start_date", "2026-01-01", Applied{"date_of_millis", "raw.ms", nil}},
		"time_of_millis":           {secSubmission, "x", "2026-01-01T00:00:00Z", Applied{"time_of_millis", "raw.ms", nil}},
		"date_as_millis":           {secSubmission, "x", "1772366400000", Applied{"date_as_millis", "raw.d2", nil}},
		"number":                   {secSubmission, "x", "7.5", Applied{"number", "raw.hours", nil}},
		"money":                    {secRequisition, "bill_rate.max", "1234.5", Applied{"money", "raw.money", nil}},
		"money_from_cents":         {secRequisition, "bill_rate.max", "99.5", Applied{"money_from_cents", "raw.cents", nil}},
		"rate":                     {secRequisition, "nte", `{"amount":"95","currency":"USD","unit":"hour"}`, Applied{"rate", "raw.n", params{"currency": "client", "unit": "hour"}}},
		"unit":                     {secRequisition, "bill_rate.unit", "hour", Applied{"unit", "raw.u", nil}},
		"lookup":                   {secRequisition, "title", "RN", Applied{"lookup", "raw.job", params{"list": "jobs"}}},
		"lookup otherwise":         {secRequisition, "title", "none", Applied{"lookup", "raw.code", params{"list": "jobs", "default": "none"}}},
		"split":                    {secSubmission, "x", `["a","b"]`, Applied{"split", "raw.csv", params{"separator": ";"}}},
		"join":                     {secRequisition, "title", "x, y", Applied{"join", "raw.l", params{"separator": ", "}}},
		"count":                    {secRequisition, "openings", "2", Applied{"count", "raw.l", nil}},
		"yes_no":                   {secRequisition, "resume_required", "true", Applied{"yes_no", "raw.yes", nil}},
		"place":                    {secRequisition, "locations", `[{"text":"Austin, TX","city":"Austin","region":"US-TX","country":"US"}]`, Applied{"place", "raw.place", nil}},
		"places":                   {secRequisition, "locations", `[{"text":"Austin, TX","city":"Austin","region":"US-TX","country":"US"}]`, Applied{"places", "raw.place", nil}},
		"country":                  {secSubmission, "x", "", Applied{"country", "raw.code", nil}},
		"cost_centre":              {secRequisition, "cost_centres", `[{"code":"A 1","percent":"100"}]`, Applied{"cost_centre", "raw.code", nil}},
		"a source that is absent":  {secRequisition, "cost_centres", "", Applied{"cost_centre", "raw.none", nil}},
	} {
		t.Run(name, func(t *testing.T) {
			cel, err := c.applied.CEL()
			if err != nil {
				t.Fatal(err)
			}
			got, gaps, err := CheckCell(d, c.section, Cell{Key: c.key, CEL: cel}, []byte(record), Sample{Client: testClient()})
			if err != nil || len(gaps) > 0 || got != c.want {
				t.Errorf("%s gives %q, %v, %v; want %q", cel, got, gaps, err, c.want)
			}
			if a, ok := Recognise(cel); !ok || !equalApplied(a, c.applied) {
				t.Errorf("%s is recognised as %+v", cel, a)
			}
		})
	}
}

func equalApplied(a, b Applied) bool {
	return a.Name == b.Name && a.Source == b.Source && maps.Equal(a.Params, b.Params)
}

// TestEveryTransformIsRecognised draws settings for every transform.
func TestEveryTransformIsRecognised(t *testing.T) {
	env, err := expr.New(map[string]map[string]string{"l": {}})
	if err != nil {
		t.Fatal(err)
	}
	path := rapid.SampledFrom([]string{"raw.a", `raw["a b"].c[0]`, `raw.x.filter(e, e.name == "P\"O")[0].value`, "raw.filter", "client.currency"})
	rapid.Check(t, func(t *rapid.T) {
		tr := rapid.SampledFrom(Transforms()).Draw(t, "transform")
		a := Applied{Name: tr.Name, Params: map[string]string{}}
		if !tr.NoSource {
			a.Source = path.Draw(t, "source")
		}
		for _, p := range tr.Params {
			if p.Required || rapid.Bool().Draw(t, "has "+p.Name) {
				a.Params[p.Name] = drawSetting(t, p, path)
			}
		}
		cel, err := a.CEL()
		if err != nil {
			t.Fatalf("%v: %+v", err, a)
		}
		if _, err := env.Compile("cell", cel, expr.Raw, expr.Client); err != nil {
			t.Fatalf("%s: %v", cel, err)
		}
		if got, ok := Recognise(cel); !ok || !equalApplied(got, a) {
			t.Fatalf("%s is recognised as %+v, want %+v", cel, got, a)
		}
	})
}

func drawSetting(t *rapid.T, p TransformParam, path *rapid.Generator[string]) string {
	switch p.Name {
	case "others":
		return path.Draw(t, p.Name) + "\n" + path.Draw(t, p.Name)
	case "length":
		return "12"
	case "list":
		return "l"
	case "value", "separator", "default":
		return rapid.StringOfN(rapid.RuneFrom([]rune("a1\"'\\\n {}(),é")), 1, 8, -1).Draw(t, p.Name)
	}
	return rapid.SampledFrom(append([]string{"Europe/Berlin"}, p.Options...)).Draw(t, p.Name)
}

func TestWrongSettingsAreNamed(t *testing.T) {
	for name, c := range map[string]struct {
		applied Applied
		field   string
	}{
		"no source":              {Applied{Name: "copy"}, "source"},
		"a source that computes": {Applied{Name: "copy", Source: "raw.a + raw.b"}, "source"},
		"no separator":           {Applied{Name: "split", Source: "raw.a"}, "separator"},
		"a length of words":      {Applied{Name: "cut", Source: "raw.a", Params: map[string]string{"length": "ten"}}, "length"},
		"a setting of another":   {Applied{Name: "trim", Source: "raw.a", Params: map[string]string{"length": "1"}}, "length"},
		"a source too many":      {Applied{Name: "constant", Source: "raw.a", Params: map[string]string{"value": "x"}}, "source"},
		"no such transform":      {Applied{Name: "nope", Source: "raw.a"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := c.applied.CEL()
			e, ok := err.(*staffing.Error) //nolint:errorlint // it is one, or the test fails
			if !ok || e.Code != staffing.Invalid || e.Field != c.field {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOtherExpressionsAreNotRecognised(t *testing.T) {
	for _, cel := range []string{"", "raw.a + raw.b", "trim(upper(raw.a))", "raw.a.size()", `rate(raw.a, "client", "hour")`, "raw.", `"a" + raw.b`} {
		if a, ok := Recognise(cel); ok {
			t.Errorf("%s is recognised as %+v", cel, a)
		}
	}
}

// connectorDocuments reads the documents that come with the connectors.
func connectorDocuments(tb testing.TB) map[string][]byte {
	tb.Helper()
	files, err := filepath.Glob("../connectors/*/mapping.yaml")
	if err != nil || len(files) < 4 {
		tb.Fatalf("found %q, %v", files, err)
	}
	out := map[string][]byte{}
	for _, f := range files {
		if out[f], err = os.ReadFile(f); err != nil {
			tb.Fatal(err)
		}
	}
	return out
}

// TestMostDeliveredCellsNeedNoExpression keeps the table of a new client readable.
func TestMostDeliveredCellsNeedNoExpression(t *testing.T) {
	all, known := 0, 0
	for _, src := range connectorDocuments(t) {
		d := mustParse(t, string(src))
		for _, s := range Sections() {
			for _, c := range d.Cells(s) {
				all++
				if _, ok := Recognise(c.CEL); ok {
					known++
				}
			}
		}
	}
	t.Logf("%d of %d cells", known, all)
	if known*2 < all {
		t.Errorf("only %d of %d cells are shown as a transform", known, all)
	}
}
