package phrase

import (
	"maps"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-hub/tributary/internal/expr"
)

// templates have every kind of hole and the operators that forms use.
func templates() []string {
	return []string{
		`{source:path}`, `{value:text}`, `first([{source:path}, {others:paths}])`, `parse_time({source:path}, "", client.timezone)`,
		`cut({source:path}, {length:int})`, `one_or_many({source:path}).map(l, location(l))`, `{source:path} in [{values:texts}]`,
		`first([{source:path}]) == null ? [] : [{"code": {source:path}, "percent": "100"}]`, `{source:path}.startsWith({value:text})`,
		`cmp({source:path}, {min:amount}) >= 0 && cmp({source:path}, {max:amount}) <= 0`, `!({source:path} != "")`,
		`{source:path} >= parse_date(now + duration({value:text}))`, `size({source:path}) > 0 || {source:path} == null`,
	}
}

func drawPath(t *rapid.T, name string) string {
	p := Path(rapid.SampledFrom([]string{expr.Raw, expr.Req}).Draw(t, name))
	for range rapid.IntRange(1, 4).Draw(t, "steps") {
		key := rapid.OneOf(rapid.StringMatching(`[a-z_]{1,8}`), rapid.SampledFrom([]string{"in", "filter", "@name", "a b", `q"u\o`, "é", "namespace", ""})).Draw(t, "key")
		switch rapid.IntRange(0, 5).Draw(t, "step") {
		case 0:
			p = p.At(rapid.IntRange(0, 12).Draw(t, "index"))
		case 1:
			p = p.Where("name", key)
		default:
			p = p.Key(key)
		}
	}
	return string(p)
}

// drawValue gives a value in the form in which Match gives it back.
func drawValue(t *rapid.T, h Hole) string {
	line := rapid.StringMatching(`[!-~äß€][ -~äß€]{0,6}[!-~äß€]`)
	switch h.Kind {
	case "path":
		return drawPath(t, h.Name)
	case "paths":
		return drawPath(t, h.Name) + "\n" + drawPath(t, h.Name)
	case "texts":
		return line.Draw(t, h.Name) + "\n" + line.Draw(t, h.Name)
	case "text":
		return rapid.OneOf(line, rapid.StringOfN(rapid.RuneFrom([]rune("a\"'\\\n\t{}()€\u00a0\u2028\U0001f600,.")), 1, 8, -1)).Draw(t, h.Name)
	case "int":
		return rapid.StringMatching(`[1-9][0-9]{0,8}`).Draw(t, h.Name)
	default:
		return rapid.StringMatching(`-?[1-9][0-9]{0,4}\.[0-9]{0,3}[1-9]`).Draw(t, h.Name)
	}
}

func TestWhatIsFilledInIsFoundAgainAndCompiles(t *testing.T) {
	env, err := expr.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		tmpl := New(rapid.SampledFrom(templates()).Draw(t, "template"))
		values := map[string]string{}
		for _, h := range tmpl.Holes() {
			values[h.Name] = drawValue(t, h)
		}
		s, err := tmpl.Fill(values)
		if err != nil {
			t.Fatalf("%v: %q", err, values)
		}
		got, ok := tmpl.Match(s)
		if !ok || !maps.Equal(got, values) {
			t.Fatalf("%s gives %q, want %q", s, got, values)
		}
		if _, err := env.Compile("cell", s, expr.Raw, expr.Req, expr.Client, expr.Now); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	})
}

func TestTheTextOfAHoleIsTheTextOfTheExpression(t *testing.T) {
	env, err := expr.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		want := drawValue(t, Hole{Kind: "text"})
		s, err := New(`{value:text}`).Fill(map[string]string{"value": want})
		if err != nil {
			t.Fatal(err)
		}
		p, err := env.Compile("cell", s, expr.Raw)
		if err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		if got, err := p.Value(t.Context(), &expr.Vars{}); err != nil || got != want {
			t.Fatalf("%q became %q (%v)", want, got, err)
		}
	})
}

func TestMatchKnowsOtherSpellings(t *testing.T) {
	tmpl := New(`parse_date({source:path}, {format:text})`)
	for _, s := range []string{`parse_date( raw.a ,"x")`, "parse_date(raw.a,\n  'x')", `parse_date(raw . a, "x")`} {
		if got, ok := tmpl.Match(s); !ok || got["source"] != "raw.a" || got["format"] != "x" {
			t.Errorf("%s gives %q", s, got)
		}
	}
	for _, s := range []string{"", `parse_date(raw.a)`, `parse_date(raw.a, "x").b`, `parse_date(raw.a, r"x")`, `parse_date(raw.a(), "x")`,
		`parse_date(raw.a, "x") // why`, `parse_date(raw.a, "x`, `parse_date(raw.a + raw.b, "x")`, `parse_date(raw.a, "\x41")`, `parse_date(raw.a, "")`} {
		if got, ok := tmpl.Match(s); ok {
			t.Errorf("%s gives %q", s, got)
		}
	}
}

func TestFillNamesTheWrongValue(t *testing.T) {
	for name, c := range map[string]struct {
		template string
		value    string
	}{
		"a path that is an expression":  {`{x:path}`, "raw.a + raw.b"},
		"a path that is a call":         {`{x:path}`, "f(raw.a)"},
		"nothing":                       {`{x:text}`, ""},
		"lines of nothing":              {`{x:texts}`, " \n "},
		"a number that is none":         {`{x:int}`, "1.5"},
		"an amount that is none":        {`{x:amount}`, "much"},
		"an amount that is enormous":    {`{x:amount}`, "1e99"},
		"a text with a control letter":  {`{x:text}`, "a\x00b"},
		"a text that breaks a template": {`{x:path}`, `raw["a"] || true`},
	} {
		t.Run(name, func(t *testing.T) {
			if s, err := New(c.template).Fill(map[string]string{"x": c.value}); err == nil {
				t.Errorf("it gives %s", s)
			}
		})
	}
}

func TestBalanced(t *testing.T) {
	for s, want := range map[string]bool{"a && (b)": true, `x == ")"`: true, "a) || (b": false, "(a": false, "": true} {
		if Balanced(s) != want {
			t.Errorf("Balanced(%q) is %v", s, !want)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add(`first([raw.a, raw["b"]])`)
	f.Add(`parse_time(raw.x.filter(e, e.name == "PO")[0].value, "2006")`)
	var all []Template
	for _, s := range templates() {
		all = append(all, New(s))
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, tmpl := range all {
			values, ok := tmpl.Match(s)
			if !ok {
				continue
			}
			back, err := tmpl.Fill(values)
			if err != nil {
				t.Fatalf("%q gives %q, which cannot be filled in: %v", s, values, err)
			}
			if again, ok := tmpl.Match(back); !ok || !maps.Equal(again, values) {
				t.Fatalf("%q became %q: %q and %q", s, back, values, again)
			}
		}
	})
}
