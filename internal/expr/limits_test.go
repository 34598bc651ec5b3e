package expr

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"cel.dev/cel-go/common/types"
)

// within fails when f takes longer than a second, with room for a busy machine.
func within(t *testing.T, f func()) {
	t.Helper()
	start := time.Now()
	f()
	if d := time.Since(start); d > 2*time.Second {
		t.Errorf("took %v", d)
	}
}

func TestHostileExpressionsAreRefused(t *testing.T) {
	e := testEnv(t)
	for name, c := range map[string]struct{ src, want string }{
		"ten megabytes":       {strings.Repeat("1+", 5<<20) + "1", "longer than 16 KiB"},
		"deep parentheses":    {strings.Repeat("(", 4000) + "1" + strings.Repeat(")", 4000), ""},
		"deep lists":          {strings.Repeat("[", 4000) + strings.Repeat("]", 4000), ""},
		"deep ternaries":      {strings.Repeat("true ? 1 : ", 1000) + "2", ""},
		"deep selection":      {"raw" + strings.Repeat(".a", 7000), ""},
		"nested macros":       {strings.Repeat("raw.x.map(a, ", 900) + "1" + strings.Repeat(")", 900), ""},
		"huge pattern":        {`"a".matches("` + strings.Repeat("(a{1,99}){1,9}", 99) + `")`, ""},
		"empty":               {"  \n ", "empty"},
		"syntax":              {"raw.name +", "syntax error"},
		"unknown function":    {"raw.name.explode()", "there is no"},
		"unknown variable":    {"nothing.name", "there is no 'nothing'"},
		"variable not here":   {"raw.a +\n sub.b", `there is no "sub" here`},
		"internal function":   {"@truthy(raw.a)", ""},
		"wrong kind of value": {`"a" * 2`, "these types do not fit"},
		"a list as receiver":  {`"l".lookup("a", "b")`, ""},
		"lookup of too much":  {`lookup("l", raw.a, "b", raw.c)`, "these types do not fit"},
	} {
		t.Run(name, func(t *testing.T) {
			within(t, func() {
				_, err := e.Compile("requisition.title", c.src, Raw)
				var x *Error
				if !errors.As(err, &x) || x.Cell != "requisition.title" || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got error %v, want one of the cell with %q", err, c.want)
				}
			})
		})
	}
}

func TestErrorsNameThePlace(t *testing.T) {
	_, err := testEnv(t).Compile("requisition.title", "raw.a +\n  sub.b", Raw)
	var x *Error
	if !errors.As(err, &x) || x.Line != 2 || x.Column != 3 {
		t.Errorf("got %#v, want line 2 column 3", err)
	}
	p, err := testEnv(t).Compile("requisition.start_date", "[\n  parse_date(raw.name)][0]", Raw)
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Eval(context.Background(), testVars(t))
	if !errors.As(err, &x) || x.Line != 2 || x.Cell != "requisition.start_date" || !strings.Contains(x.Message, "not a date") {
		t.Errorf("got %v, want the date of line 2", err)
	}
}

func TestHostileEvaluationsAreStopped(t *testing.T) {
	e := testEnv(t)
	million := make(List, 1_000_000)
	for i := range million {
		million[i] = types.Int(i)
	}
	vars := &Vars{Raw: Object{"list": million, "long": strings.Repeat("a", 8<<20), "half": strings.Repeat("a", 200<<10)}}
	double := "raw.half"
	for range 14 {
		double = "cel.bind(x, " + double + ", x + x)"
	}
	for name, c := range map[string]struct{ src, want string }{
		"a loop over a million":    {`raw.list.map(x, x + 1).size()`, "does too much"},
		"a loop inside a loop":     {`raw.list.exists(x, raw.list.exists(y, y < 0))`, "does too much"},
		"heavy work in a loop":     {`lists.range(9000).map(i, html_to_text(raw.long)).size()`, "does too much"},
		"a long list in a loop":    {`raw.list.map(i, first(raw.list)).size()`, "does too much"},
		"a range without end":      {`lists.range(1000000000).size()`, "exceeds"},
		"a replacement that grows": {`raw.half.replace("a", "` + strings.Repeat("b", 5000) + `")`, "longer than"},
		"a replacement of nothing": {`raw.half.replace("", "` + strings.Repeat("b", 5000) + `")`, "longer than"},
		"a text that doubles":      {double, "longer than"},
		"joining with a long text": {`split(raw.half, "b").map(x, x)[0].split("").join(raw.half)`, "longer than"},
		"a pattern on a long text": {`raw.long.matches("(a*)*b")`, "not searched"},
		"a result of a million":    {`raw.list`, "more than"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := e.Compile("cell", c.src, Raw)
			if err != nil {
				t.Fatal(err)
			}
			within(t, func() {
				if _, err := p.Value(context.Background(), vars); err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want an error with %q", err, c.want)
				}
			})
		})
	}
	t.Run("a pattern that backtracks elsewhere", func(t *testing.T) {
		p, err := e.Compile("cell", `raw.half.matches("(a*)*(a*)*b")`, Raw)
		if err != nil {
			t.Fatal(err)
		}
		within(t, func() {
			if v, err := p.Value(context.Background(), vars); v != false || err != nil {
				t.Errorf("got %v, %v", v, err)
			}
		})
	})
}

func TestEndedContextStopsALoop(t *testing.T) {
	p, err := testEnv(t).Compile("cell", `raw.list.all(x, x >= 0)`, Raw)
	if err != nil {
		t.Fatal(err)
	}
	list := make(List, 5000)
	for i := range list {
		list[i] = types.Int(i)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = p.Eval(ctx, &Vars{Raw: Object{"list": list}})
	var x *Error
	if !errors.As(err, &x) || !x.Exhausted {
		t.Errorf("got %v, want an exhausted error", err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, src := range map[string]string{
		"a list": "[1]", "a text": `"x"`, "null": "null", "nothing": "", "half": `{"a":`, "two": `{} {}`,
		"deep nesting": strings.Repeat(`{"a":`, 20000) + "1" + strings.Repeat("}", 20000),
	} {
		if _, err := Decode([]byte(src)); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
