package mapping

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// bounded fails when f takes more than a second, with room for a busy machine, or
// more memory than a document may cost.
func bounded(t *testing.T, f func()) {
	t.Helper()
	const most = 256 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	f()
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; took > 2*time.Second || used > most {
		t.Errorf("took %v and %d MiB", took, used>>20)
	}
}

func oneCell(cel string) string { return "requisition:\n  title: '" + cel + "'\n" }

// TestHostileDocumentsAreRefused goes the way of a document that somebody sends:
// parse, compile, run on a record.
func TestHostileDocumentsAreRefused(t *testing.T) {
	million := `{"list": [` + strings.Repeat("1,", 999_999) + `1], "half": "` + strings.Repeat("a", 200<<10) + `"}`
	wide := strings.Builder{}
	for i := range 60_000 {
		fmt.Fprintf(&wide, "  k%d: v\n", i)
	}
	anchors := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'z'; c++ {
		anchors += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for name, c := range map[string]struct{ doc, cell, want string }{
		"an expression of ten megabytes":      {oneCell(strings.Repeat("1+", 5<<20) + "1"), "", "larger than"},
		"an expression of half a megabyte":    {oneCell(strings.Repeat("1+", 1<<18) + "1"), "requisition.title", "longer than 16 KiB"},
		"a thousand long expressions":         {"requisition:\n  title: raw.a\n" + strings.Repeat("  custom_fields.x: '"+strings.Repeat("raw.a+", 150)+"1'\n", 1000), "requisition", "stands twice"},
		"a pattern that grows":                {oneCell(`"a".matches("` + strings.Repeat("(a{1,99}){1,9}", 99) + `")`), "requisition.title", ""},
		"a pattern that backtracks elsewhere": {oneCell(`raw.half.matches("(a*)*(a*)*b") ? "x" : parse_date("no")`), "requisition.title", "not a date"},
		"a loop over a million":               {oneCell(`raw.list.map(x, raw.list.map(y, x * y)).size()`), "requisition.title", "does too much"},
		"a loop in a loop in a loop":          {oneCell(`raw.list.all(a, raw.list.all(b, raw.list.all(c, a == b)))`), "requisition.title", "does too much"},
		"a result of a million":               {oneCell(`raw.list`), "requisition.title", "more than"},
		"a text that doubles":                 {oneCell(strings.Repeat("cel.bind(x, ", 14) + "raw.half" + strings.Repeat(", x + x)", 14)), "requisition.title", "longer than"},
		"brackets in an expression":           {oneCell(strings.Repeat("(", 7000) + "1" + strings.Repeat(")", 7000)), "requisition.title", ""},
		"macros in macros":                    {oneCell(strings.Repeat("raw.x.map(a, ", 900) + "1" + strings.Repeat(")", 900)), "requisition.title", ""},
		"a type error":                        {oneCell(`"a" * 2`), "requisition.title", "do not fit"},
		"anchors that multiply":               {anchors, "document", "anchors"},
		"an anchor on the document":           {"&a\nabout: *a\n", "", ""},
		"lists in lists":                      {"lists: " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000), "", "not valid YAML"},
		"maps in maps":                        {"lists: " + strings.Repeat("{a: ", 4_000) + "1" + strings.Repeat("}", 4_000), "", ""},
		"indented maps in maps":               {nested(1_300), "", ""},
		"sixty thousand keys":                 {"lists:\n l:\n" + wide.String(), "document", "too large"},
		"a merge key":                         {"requisition:\n  <<: {title: raw.a}", "document", "merge"},
		"a tag that makes a value of its own": {"about: !!binary aGk=", "document", "tags"},
		"many documents":                      {strings.Repeat("about: x\n---\n", 50_000), "", "more than one"},
		"a key of a megabyte":                 {strings.Repeat("k", MaxDocument-10) + ": 1", "", "not valid YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			bounded(t, func() {
				err := throughTheHub([]byte(c.doc), []byte(million))
				if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), c.want) || len(staffing.MessageOf(err)) > 1000 {
					t.Fatalf("got %.300v", err)
				}
				if p := problemsOf(err); c.cell != "" && len(p) > 0 && p[0].Cell != c.cell {
					t.Errorf("the first problem is %.300v", p[0])
				}
			})
		})
	}
}

// throughTheHub gives the first error, or the first gap as an error.
func throughTheHub(doc, raw []byte) error {
	d, err := Parse(doc)
	if err != nil {
		return err
	}
	p, err := Compile(d)
	if err != nil {
		return err
	}
	_, gaps, err := p.Requisition(raw, testClient())
	if err == nil && len(gaps) > 0 {
		return &staffing.Error{Code: staffing.Invalid, Message: gaps[0].Message}
	}
	return err
}

func nested(levels int) string {
	var b strings.Builder
	b.WriteString("lists:\n")
	for i := range levels {
		b.WriteString(strings.Repeat(" ", i+1) + "a:\n")
	}
	return b.String()
}

// TestAHostileCellDoesNotStopTheEditor is the same through the check of one cell.
func TestAHostileCellDoesNotStopTheEditor(t *testing.T) {
	million := []byte(`{"list": [` + strings.Repeat("1,", 999_999) + `1]}`)
	for name, c := range map[string]struct {
		cel          string
		line, column int
	}{
		"ten megabytes":     {strings.Repeat("1+", 5<<20) + "1", 0, 0},
		"a loop in a loop":  {"raw.list.all(a,\n raw.list.all(b, a == b))", 0, 0},
		"a type error":      {"raw.a ==\n 1 + \"a\"", 2, 4},
		"a missing bracket": {"trim(raw.a", 1, 11},
	} {
		t.Run(name, func(t *testing.T) {
			bounded(t, func() {
				_, _, err := CheckCell(Document{}, secRequisition, Cell{Key: "title", CEL: c.cel}, million, Sample{})
				if staffing.CodeOf(err) != staffing.Invalid {
					t.Fatalf("got %.300v", err)
				}
				if p := problemsOf(err); c.line > 0 && (len(p) != 1 || p[0].Line != c.line || p[0].Column != c.column) {
					t.Errorf("got %+v", p)
				}
				Recognise(c.cel)
			})
		})
	}
}
