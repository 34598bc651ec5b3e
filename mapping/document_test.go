package mapping

import (
	"bytes"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hub/tributary/internal/expr"
	"github.com/tributary-hub/tributary/staffing"
)

func TestParseIsStrict(t *testing.T) {
	for name, c := range map[string]struct {
		src  string
		line int
		want string
	}{
		"an unknown section":      {"about: x\nrequsition: {}", 2, `no key "requsition"`},
		"an unknown cell option":  {"requisition:\n  title:\n    cel: raw.a\n    requird: true", 4, `no key "requird"`},
		"a key twice":             {"requisition:\n  title: raw.a\n  title: raw.b", 3, "stands twice"},
		"a cell that is a list":   {"requisition:\n  title: [raw.a]", 2, "a map"},
		"a cell without cel":      {"requisition:\n  title: {required: true}", 2, "no expression"},
		"an empty cell":           {"requisition:\n  title:", 2, "empty"},
		"an alias":                {"about: &a x\ntriggers: [*a]", 1, "anchors"},
		"a merge key":             {"requisition:\n  <<: {title: raw.a}", 2, "merge"},
		"a tag":                   {"about: !!binary aGk=", 1, "tags"},
		"a feed that is none":     {"poll: {candidate: 10s}", 1, `no key "candidate"`},
		"a duration that is none": {"poll: {candidates: often}", 1, "duration"},
		"a cadence that is mad":   {"poll: {candidates: 1ms}", 1, "between"},
		"a list of sections":      {"- about", 1, "a map"},
		"a rule with a typo":      {"rules:\n  - {id: X, asert: 'true'}", 2, `no key "asert"`},
		"a rule twice":            {"rules:\n  - {id: X, on: placement}\n  - {id: X, on: placement}", 3, "stands twice"},
		"required as a word":      {"requisition:\n  title: {cel: raw.a, required: maybe}", 2, "true or false"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(c.src))
			p := problemsOf(err)
			if staffing.CodeOf(err) != staffing.Invalid || len(p) == 0 || p[0].Line != c.line || !strings.Contains(p[0].Message, c.want) {
				t.Errorf("got %v", p)
			}
		})
	}
	for name, src := range map[string]string{
		"too large":        "about: " + strings.Repeat("x", MaxDocument),
		"two documents":    "about: x\n---\nabout: y",
		"not YAML":         "a: [",
		"a billion laughs": "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]",
		"deep":             strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
	} {
		start := time.Now()
		if _, err := Parse([]byte(src)); staffing.CodeOf(err) != staffing.Invalid {
			t.Errorf("%s: got %v", name, err)
		}
		if d := time.Since(start); d > 2*time.Second {
			t.Errorf("%s: took %v", name, d)
		}
	}
}

func TestCompileNamesEveryProblemAtOnce(t *testing.T) {
	d := mustParse(t, `
requisition:
  titel: raw.name
  bill_rate.maximum: raw.max
  title.text: raw.name
  department: raw.a +
  number: sub.key
  worker_type: {cel: raw.t, list: nope}
  nte: rate(raw.a, raw.b, "hour")
  nte.amount: money(raw.a)
  status: {cel: raw.s, table: stages}
  url: {cel: raw.u, table: requisition_status}
  custom_fields.a.b: raw.x
  hours_per_week.x: raw.x
requisition_status: {open: opened}
stages: {Hired: hired, "APPLIED ": sourced, Applied: offer}
internal_status: {hired: Placed}
submission: {a..b: sub.key}
status: {word: raw.status.unknown_function()}
`)
	_, err := Compile(d)
	var got []string
	for _, p := range problemsOf(err) {
		got = append(got, p.Cell)
	}
	want := []string{
		"requisition_status.open", "stages.Applied", "stages.Hired", "internal_status.hired",
		"requisition.department", "requisition.number", "requisition.worker_type", "requisition.status", "requisition.url",
		"requisition.nte.amount", "requisition.titel", "requisition.bill_rate.maximum", "requisition.title.text", "requisition.hours_per_week.x",
		"submission.a..b", "status.word",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %q\nwant %q\n%v", got, want, problemsOf(err))
	}
	if !strings.Contains(err.Error(), "16 problems") {
		t.Errorf("the message does not count: %v", err)
	}
}

func TestDocumentRoundTrips(t *testing.T) {
	d := mustParse(t, clientDoc)
	first, err := d.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again := mustParse(t, string(first))
	if !reflect.DeepEqual(d, again) {
		t.Errorf("the document changed:\n%s", first)
	}
	second, err := again.YAML()
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the bytes changed:\n%s\n%s", first, second)
	}
	if _, err := Compile(again); err != nil {
		t.Error(err)
	}
}

func TestBlanksAtTheEndsOfATextRoundTrip(t *testing.T) {
	for _, s := range []string{"\t\n", " a", "a\n ", "\n\n", "a\n\tb", "\r", "a\n\n", "<<"} {
		b, err := Document{Triggers: []string{s}}.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if d, err := Parse(b); err != nil || d.Triggers[0] != s {
			t.Errorf("%q became %q (%v)\n%s", s, d.Triggers, err, b)
		}
	}
}

func TestAnyTableRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Document{
			Stages:   rapid.MapOfN(rapid.String(), rapid.SampledFrom(staffing.Stages()), 1, 6).Draw(t, "stages"),
			Lists:    map[string]map[string]string{"l": rapid.MapOfN(rapid.String(), rapid.String(), 1, 6).Draw(t, "list")},
			Triggers: rapid.SliceOfN(rapid.String(), 1, 4).Draw(t, "triggers"),
		}
		b, err := d.YAML()
		if err != nil {
			t.Skip("YAML cannot hold it")
		}
		got, err := Parse(b)
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		for word, stage := range d.Stages {
			if got.Stages[word] != stage {
				t.Fatalf("%q became %q\n%s", word, got.Stages[word], b)
			}
		}
		if !reflect.DeepEqual(got.Lists, d.Lists) || !reflect.DeepEqual(got.Triggers, d.Triggers) {
			t.Fatalf("got %q %q\n%s", got.Lists, got.Triggers, b)
		}
	})
}

func TestStatusTablesFindWordsAsPeopleWriteThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[A-Za-zÄÖ][A-Za-z -]{0,20}[a-z]`).Draw(t, "word")
		tables := newTables(Document{Stages: map[string]staffing.Stage{word: staffing.Offer}})
		spelt := "  " + strings.ToUpper(strings.ReplaceAll(word, " ", "   ")) + "\t"
		if expr.Fold(spelt) != expr.Fold(word) {
			t.Skip("a letter without a single upper case")
		}
		if got, ok := tables.stages.Find(spelt); !ok || got != string(staffing.Offer) {
			t.Fatalf("%q is not found as %q", word, spelt)
		}
	})
}

func TestDottedPathsBuildNestedMaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SliceOfN(rapid.StringMatching(`[a-zA-Z0-9_.\\@-]{1,6}`), 1, 5).Draw(t, "path")
		escaped := make([]string, len(path))
		for i, p := range path {
			escaped[i] = strings.NewReplacer(`\`, `\\`, `.`, `\.`).Replace(p)
		}
		got := vendorPath(strings.Join(escaped, "."))
		if !reflect.DeepEqual(got, path) {
			t.Fatalf("got %q, want %q", got, path)
		}
		root := map[string]any{}
		put(root, got, 1)
		var at any = root
		for _, p := range path {
			at = at.(map[string]any)[p]
		}
		if at != 1 {
			t.Fatalf("got %v", root)
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(clientDoc))
	f.Add([]byte("rules: [{id: X}]"))
	f.Add([]byte("requisition: {title: {cel: raw.a, required: true}}\nstages: {A: offer}\npoll: {statuses: 1m}"))
	f.Fuzz(func(t *testing.T, src []byte) {
		d, err := Parse(src)
		if err != nil {
			return
		}
		b, err := d.YAML()
		if err != nil {
			return
		}
		again, err := Parse(b)
		if err != nil {
			t.Fatalf("what Parse took it refuses after YAML: %v\n%s", err, b)
		}
		c, _ := again.YAML()
		if !bytes.Equal(b, c) {
			t.Fatalf("the bytes are not stable:\n%s\n%s", b, c)
		}
		_, _ = Compile(d)
	})
}

func FuzzRequisition(f *testing.F) {
	p := mustCompile(f, clientDoc)
	f.Add([]byte(clientRecord))
	f.Add([]byte(`{"openings": {"a": 1}, "offices": "x", "custom": [1], "questions": 7, "hiring_team": null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		req, _, err := p.Requisition(raw, testClient())
		if err == nil && strings.Contains(strings.ToLower(req.Description), "<script") {
			t.Fatalf("a script came through: %q", req.Description)
		}
		_, _, _ = p.Status(raw)
		_, _, _ = p.Placement(raw, staffing.Submission{}, req, testClient())
	})
}
