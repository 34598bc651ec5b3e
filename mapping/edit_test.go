package mapping

import (
	"bytes"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/tributary-hub/tributary/staffing"
)

// drawText gives what people and pasted tables type.
func drawText(t *rapid.T, name string) string {
	return rapid.OneOf(rapid.StringMatching(`[A-Za-z][a-z ]{0,8}`), rapid.String(),
		rapid.SampledFrom([]string{"<<", "null", "~", "yes", "1", "=", "- a", "a: b", "#x", "\ta", "a\r\nb", "a\nb\n", "\ufeffx", "\x80\xff", "{{ a }}", "'", `"`, "é\u2028", "?", "\u0085"})).Draw(t, name)
}

// drawEdit changes a document in one way, as the editor does.
func drawEdit(t *rapid.T, d Document) Document {
	switch rapid.IntRange(0, 9).Draw(t, "edit") {
	case 0:
		s := rapid.SampledFrom(Sections()).Draw(t, "section")
		key := rapid.SampledFrom([]string{"title", "status", "start_date", "bill_rate", "bill_rate.max", "custom_fields.a b", "custom_fields.x.y", `a\.b.c`, "first_name", "", " "}).Draw(t, "key")
		out, err := d.WithCell(s, Cell{Key: key, CEL: drawText(t, "cel"), Default: drawText(t, "default"), Required: rapid.Bool().Draw(t, "required"), List: drawText(t, "list")})
		if err != nil {
			return d
		}
		return out
	case 1:
		return d.WithoutCell(rapid.SampledFrom(Sections()).Draw(t, "section"), "title")
	case 2:
		return d.WithStage(drawText(t, "word"), rapid.SampledFrom(append(staffing.Stages(), "")).Draw(t, "stage"))
	case 3:
		return d.WithRequisitionStatus(drawText(t, "word"), rapid.SampledFrom(append(staffing.RequisitionStatuses(), "")).Draw(t, "state"))
	case 4:
		return d.WithInternalStatus(rapid.SampledFrom(staffing.Stages()).Draw(t, "stage"), drawText(t, "word"))
	case 5:
		return d.WithTriggers([]string{drawText(t, "a"), drawText(t, "b")})
	case 6:
		return d.WithRule(staffing.Rule{ID: rapid.SampledFrom([]string{"A", "B"}).Draw(t, "id"), On: staffing.SubjectPlacement, When: drawText(t, "when"),
			Assert: drawText(t, "assert"), Severity: staffing.SeverityError, Message: drawText(t, "message"), Field: drawText(t, "field")})
	case 7:
		return d.WithoutRule(staffing.SubjectPlacement, "A")
	case 8:
		return d.WithList(drawText(t, "list"), rapid.MapOfN(rapid.String(), rapid.String(), 0, 3).Draw(t, "entries"))
	default:
		return d.WithStatusCells(StatusCells{Word: drawText(t, "word"), At: drawText(t, "at")})
	}
}

func drawDocument(t *rapid.T) Document {
	d := mustParseBytes(t, clientDoc)
	if rapid.Bool().Draw(t, "empty") {
		d = Document{}
	}
	for range rapid.IntRange(0, 6).Draw(t, "edits") {
		d = drawEdit(t, d)
	}
	return d
}

func mustParseBytes(t *rapid.T, src string) Document {
	d, err := Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestAnEditedDocumentComesBackFromItsFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDocument(t)
		b, err := d.YAML()
		if err != nil {
			t.Fatal(err)
		}
		got, err := Parse(b)
		if err != nil {
			t.Fatalf("%v\n%s", err, b)
		}
		if !reflect.DeepEqual(got, d) {
			t.Fatalf("got  %#v\nwant %#v\n%s", got, d, b)
		}
	})
}

func TestADiffIsEmptyOnlyForTheSameFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := drawDocument(t)
		b := drawEdit(t, a)
		if c := Diff(a, a); len(c) > 0 {
			t.Fatalf("a document differs from itself: %+v", c)
		}
		fileA, err := a.YAML()
		if err != nil {
			t.Fatal(err)
		}
		fileB, err := b.YAML()
		if err != nil {
			t.Fatal(err)
		}
		if c := Diff(a, b); bytes.Equal(fileA, fileB) != (len(c) == 0) {
			t.Fatalf("got %+v\n%s\n%s", c, fileA, fileB)
		}
	})
}

func TestACellThatIsSetIsThere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := drawDocument(t)
		before, err := d.YAML()
		if err != nil {
			t.Fatal(err)
		}
		c := Cell{Key: "custom_fields." + rapid.StringMatching(`[a-z]{1,3}`).Draw(t, "key"), CEL: "raw.a", Required: true}
		out, err := d.WithCell(secRequisition, c)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := out.Cell(secRequisition, c.Key); !ok || got != c || !slices.Contains(out.Cells(secRequisition), c) {
			t.Fatalf("got %+v", got)
		}
		if _, ok := out.WithoutCell(secRequisition, c.Key).Cell(secRequisition, c.Key); ok {
			t.Fatal("it is still there")
		}
		if after, err := d.YAML(); err != nil || !bytes.Equal(before, after) {
			t.Fatalf("the old document changed (%v)", err)
		}
	})
}

func TestWithCellRefuses(t *testing.T) {
	d := mustParse(t, clientDoc)
	for name, c := range map[string]struct {
		section string
		cell    Cell
		want    string
	}{
		"no such section":        {"requisitions", Cell{Key: "title", CEL: "raw.a"}, "no section"},
		"no such field":          {secRequisition, Cell{Key: "titel", CEL: "raw.a"}, "no field"},
		"a part of a whole":      {secRequisition, Cell{Key: "nte.amount", CEL: "raw.a"}, "a part of"},
		"the whole of a part":    {secSubmission, Cell{Key: "application", CEL: "raw.a"}, "a part of"},
		"no expression":          {secRequisition, Cell{Key: "title", CEL: " \n"}, "no expression"},
		"a path with a gap":      {secSubmission, Cell{Key: "a..b", CEL: "raw.a"}, "empty"},
		"no key":                 {secSubmission, Cell{CEL: "raw.a"}, "empty"},
		"an enormous expression": {secRequisition, Cell{Key: "title", CEL: strings.Repeat("x", 20_000)}, "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			out, err := d.WithCell(c.section, c.cell)
			if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), c.want) || len(problemsOf(err)) != 1 {
				t.Errorf("got %v", err)
			}
			if !reflect.DeepEqual(out, d) {
				t.Error("the document changed")
			}
		})
	}
}

func TestStatusWordsAreReplacedAsPeopleWriteThem(t *testing.T) {
	d := Document{}.WithStage("On  Hold", staffing.ClientReview).WithStage(" on hold ", staffing.Interview)
	if want := map[string]staffing.Stage{"on hold": staffing.Interview}; !maps.Equal(d.Stages, want) {
		t.Errorf("got %v", d.Stages)
	}
	if d = d.WithStage("ON HOLD", ""); d.Stages != nil {
		t.Errorf("got %v", d.Stages)
	}
	d = d.WithTriggers([]string{"A", "", "a ", "B"}).WithInternalStatus(staffing.Offer, "Offer").WithInternalStatus(staffing.Offer, " ")
	if !slices.Equal(d.Triggers, []string{"A", "B"}) || d.InternalStatus != nil {
		t.Errorf("got %+v", d)
	}
}

func TestListsOfTheConnectionStandOverThoseOfTheDocument(t *testing.T) {
	d := Document{}.WithList("a", map[string]string{" x  y ": "1"}).WithList("b", map[string]string{})
	got := d.WithLists(map[string]map[string]string{"a": {"z": "2"}})
	if got.Lists["a"]["z"] != "2" || got.Lists["b"] == nil || d.Lists["a"]["x y"] != "1" {
		t.Errorf("got %v and %v", got.Lists, d.Lists)
	}
}
