package expr

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-hub/tributary/staffing"
)

func TestParseAmount(t *testing.T) {
	for in, want := range map[string]string{
		"95": "95", "95.00": "95", "$95.00": "95", "10000.0": "10000", "1,234.50": "1234.5", "1.234,50": "1234.5",
		"1 234,50 €": "1234.5", "1'234.50": "1234.5", "1,234,567": "1234567", "1.234.567": "1234567", "12,5": "12.5",
		"USD 95.00": "95", "95.00 USD": "95", "US$ 95": "95", "£45.50/hr": "45.5", "£45.50 per hour": "45.5",
		"(12.50)": "-12.5", "-12.50": "-12.5", "$-3": "-3", "-$3": "-3", ".50": "0.5", "₹1,200": "1200", "0": "0",
		"1234567890123456.78": "1234567890123456.78",
	} {
		d, ok, err := ParseAmount(in)
		if err != nil || !ok || d.String() != want {
			t.Errorf("%q: got %s, %v, %v, want %s", in, d, ok, err, want)
		}
	}
	for _, in := range []string{"TBD", "n/a", "95-100", "1e999999999", "1,23,4.5.6", "12..5", "ninety", "95 apples", "--5", "$", strings.Repeat("9", 100), "1.2,3.4"} {
		if d, _, err := ParseAmount(in); err == nil {
			t.Errorf("%q is read as %s", in, d)
		}
	}
	if _, ok, err := ParseAmount("  "); ok || err != nil {
		t.Error("blanks are an amount")
	}
}

func TestParseAmountKeepsEveryDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		whole := rapid.StringMatching(`[1-9][0-9]{0,17}`).Draw(t, "whole")
		frac := rapid.StringMatching(`[0-9]{0,3}[1-9]`).Draw(t, "frac")
		d, ok, err := ParseAmount("$ " + whole + "." + frac)
		if err != nil || !ok || d.String() != whole+"."+frac {
			t.Fatalf("got %s, %v, %v", d, ok, err)
		}
	})
}

func TestUnits(t *testing.T) {
	for word, want := range map[string]staffing.Unit{
		"Hr": "hour", "Hour": "hour", "hourly": "hour", "Per Hour": "hour", "/hr": "hour", "HRS.": "hour", "per-hour": "hour", "Day": "day", "yr": "year",
		"Per Annum": "year", "Monthly": "month", "weeks": "week", "ea": "each", "Flat": "flat", "": "", "fortnight": "",
	} {
		if got := UnitOf(word); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestLocations(t *testing.T) {
	p := testEnv(t).Places()
	for in, want := range map[string]staffing.Location{
		"SF":                         {City: "San Francisco", Region: "US-CA", Country: "US"},
		"NYC":                        {City: "New York", Region: "US-NY", Country: "US"},
		"Remote in USA":              {Country: "US", Remote: true},
		"Remote":                     {Remote: true},
		"Remote - Austin, TX":        {City: "Austin", Region: "US-TX", Country: "US", Remote: true},
		"United States (Remote)":     {Country: "US", Remote: true},
		"Toronto, ON, Canada":        {City: "Toronto", Region: "CA-ON", Country: "CA"},
		"Toronto, ON, CA":            {City: "Toronto", Region: "CA-ON", Country: "CA"},
		"San Jose, CA":               {City: "San Jose", Region: "US-CA", Country: "US"},
		"Austin TX":                  {City: "Austin", Region: "US-TX", Country: "US"},
		"Austin, TX 78701":           {City: "Austin", Region: "US-TX", Country: "US"},
		"Austin, Texas, USA":         {City: "Austin", Region: "US-TX", Country: "US"},
		"London, UK":                 {City: "London", Region: "GB-ENG", Country: "GB"},
		"London":                     {City: "London", Region: "GB-ENG", Country: "GB"},
		"Kanata, Ottawa, ON, Canada": {City: "Ottawa", Region: "CA-ON", Country: "CA"},
		"Colorado":                   {Region: "US-CO", Country: "US"},
		"US-CA":                      {Region: "US-CA", Country: "US"},
		"Canada":                     {Country: "CA"},
		"Atlanta, Georgia":           {City: "Atlanta", Region: "US-GA", Country: "US"},
		"Tbilisi, Georgia":           {City: "Tbilisi", Country: "GE"},
		"Georgia":                    {Country: "GE"},
		"München, Deutschland":       {City: "München", Region: "DE-BY", Country: "DE"},
		"Paris, France":              {City: "Paris", Country: "FR"},
		"Multiple Locations":         {},
		"Springfield":                {City: "Springfield"},
		"Bala Cynwyd (Philadelphia Area), Pennsylvania": {City: "Bala Cynwyd", Region: "US-PA", Country: "US"},
	} {
		want.Text = in
		if got := p.Parse(in); got != want {
			t.Errorf("%q: got %+v", in, got)
		}
	}
}

func TestRealLocationsResolve(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(shared(t), "data", "postings.json"))
	if err != nil {
		t.Fatal(err)
	}
	var postings []struct{ Locations []string }
	if err := json.Unmarshal(b, &postings); err != nil {
		t.Fatal(err)
	}
	places := testEnv(t).Places()
	seen, resolved := map[string]bool{}, 0
	for _, p := range postings {
		for _, text := range p.Locations {
			if seen[text] {
				continue
			}
			seen[text] = true
			if l := places.Parse(text); l.Country != "" || l.Remote {
				resolved++
			} else {
				t.Logf("not resolved: %q", text)
			}
		}
	}
	if share := 100 * resolved / len(seen); len(seen) < 100 || share < 85 {
		t.Errorf("%d of %d locations resolve (%d %%)", resolved, len(seen), share)
	}
}

// shared finds the folder with vendor samples beside the repository.
func shared(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("TRIBUTARY_SHARED")
	if dir == "" {
		root, _ := os.Getwd()
		for root != filepath.Dir(root) {
			if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
				break
			}
			root = filepath.Dir(root)
		}
		dir = filepath.Join(root, "..", "shared")
	}
	if _, err := os.Stat(dir); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("the shared samples are needed in CI: %v", err)
		}
		t.Skip("the shared samples are not beside the repository")
	}
	return dir
}

func TestHTML(t *testing.T) {
	e := testEnv(t)
	clean := e.Cleaner()
	for in, want := range map[string]string{
		"plain": "plain",
		`<p style="x" onclick="y">a</p><script>z</script>`:       "<p>a</p>",
		`<a href="javascript:alert(1)">x</a>`:                    "x",
		`<img src=x onerror=alert(1)>`:                           "",
		`&lt;b&gt;bold&lt;/b&gt;`:                                "<b>bold</b>",
		`&lt;script&gt;alert(1)&lt;/script&gt;<i>x</i>`:          "&lt;script&gt;alert(1)&lt;/script&gt;<i>x</i>",
		`<svg><style><img src=x onerror=alert(1)></style></svg>`: "",
	} {
		if got := clean.Clean(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"<h1>A</h1><p>b<br>c</p>":               "A\n\nb\nc",
		"a&nbsp;b &lt;c&gt;":                    "a b <c>",
		"<ul><li>x</li><li><p>y</p></li></ul>z": "- x\n- y\n\nz",
		"<style>p{}</style>t":                   "t",
		"<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>": "a b\nc",
	} {
		if got := htmlToText(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

func TestFunctionsRefuseWrongForms(t *testing.T) {
	e, vars := testEnv(t), testVars(t)
	for _, src := range []string{
		`parse_date("13/45/2026")`, `parse_date(raw.count)`, `parse_date(raw.tags)`, `parse_date("0000-00-00")`, `parse_time("noon")`,
		`parse_time("2026-01-01 10:00:00", "", "Mars/Base")`, `millis("x")`, `millis_at("2026-01-01", 25)`, `date_of_millis("x")`, `date_of_millis(9223372036854775807)`,
		`money("TBD")`, `money(raw.tags)`, `money(raw.flag)`, `rate("x", "USD", "hour")`, `mul("x", 2)`, `div("1", 0, 2)`, `div("1", 3, 99)`,
		`lookup("nope", "x")`, `cut("x", -1)`, `split("x", "")`, `join([raw.office], ",")`, `html_to_text(raw.office)`, `raw.name ? 1 : 2`, `location(raw.tags)`,
	} {
		p, err := e.Compile("cell", src, Raw)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if v, err := p.Value(context.Background(), vars); err == nil {
			t.Errorf("%s gives %v", src, v)
		}
	}
}

func TestTemplate(t *testing.T) {
	e, vars := testEnv(t), testVars(t)
	for src, want := range map[string]string{
		"no values":                                     "no values",
		"{{ raw.count }} of {{raw.price}}":              "3 of 95.5",
		"is {{ raw.nope }}!":                            "is !",
		"tags {{ raw.tags }}":                           "tags a, b, c",
		`{{ {"a": "}}"}.a }}`:                           "}}",
		`{{ raw.office }} and {{ parse_date("x") }}`:    "? and ?",
		`{{ raw.count > 2 ? "many" : "few" }} { braces`: "many { braces",
	} {
		tpl, err := e.CompileTemplate("rules.X.message", src, Raw)
		if err != nil {
			t.Errorf("%q: %v", src, err)
			continue
		}
		if got := tpl.Render(context.Background(), vars); got != want {
			t.Errorf("%q: got %q, want %q", src, got, want)
		}
	}
	for _, src := range []string{"{{ raw.x", "{{ }}", "{{ sub.x }}", "{{ raw. }}"} {
		if _, err := e.CompileTemplate("rules.X.message", src, Raw); err == nil {
			t.Errorf("%q is accepted", src)
		}
	}
}

func TestRecordHasZeroValuesAndNoEmptyPointers(t *testing.T) {
	r := Record(staffing.Requisition{Title: "x", Locations: []staffing.Location{{City: "c"}}})
	if v, ok := r["openings"]; !ok || v == nil {
		t.Error("openings is missing")
	}
	if r["nte"] != nil {
		t.Errorf("nte is %v", r["nte"])
	}
	if Record((*staffing.Requisition)(nil)) != nil {
		t.Error("a nil pointer is a record")
	}
}
