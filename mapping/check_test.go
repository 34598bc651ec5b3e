package mapping

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
)

func TestCheckCellShowsTheLiveValue(t *testing.T) {
	d := mustParse(t, clientDoc)
	with := Sample{Client: testClient(), Requisition: staffing.Requisition{Title: "Nurse"}}
	for name, c := range map[string]struct {
		section string
		cell    Cell
		want    string
		gap     staffing.GapKind
	}{
		"a text":                 {secRequisition, Cell{Key: "title", CEL: "raw.name"}, "Nurse", ""},
		"an amount":              {secRequisition, Cell{Key: "bill_rate.max", CEL: "raw.rate"}, "95.5", ""},
		"a rate as a map":        {secRequisition, Cell{Key: "nte", CEL: `rate(raw.rate, client.currency, "hour")`}, `{"amount":"95.5","currency":"USD","unit":"hour"}`, ""},
		"an entry of a map":      {secRequisition, Cell{Key: "custom_fields.x", CEL: "raw.name"}, "Nurse", ""},
		"nothing":                {secRequisition, Cell{Key: "title", CEL: "raw.none"}, "", ""},
		"a default":              {secRequisition, Cell{Key: "title", CEL: "raw.none", Default: `"x"`}, "x", ""},
		"a code":                 {secRequisition, Cell{Key: "worker_type", CEL: "raw.kind", List: "worker_types"}, "contract", ""},
		"an unknown code":        {secRequisition, Cell{Key: "worker_type", CEL: "raw.name", List: "worker_types"}, "", staffing.GapCode},
		"a status":               {secRequisition, Cell{Key: "status", CEL: "raw.status", Table: secReqStatus}, "on_hold", ""},
		"an unknown status":      {secRequisition, Cell{Key: "status", CEL: "raw.name", Table: secReqStatus}, "", staffing.GapStatus},
		"a required field":       {secRequisition, Cell{Key: "title", CEL: "raw.none", Required: true}, "", staffing.GapRequired},
		"a value of no form":     {secRequisition, Cell{Key: "start_date", CEL: "raw.name"}, "", staffing.GapValue},
		"a field of a vendor":    {secJob, Cell{Key: "a.b", CEL: "[req.title]"}, `["Nurse"]`, ""},
		"a status word":          {secStatus, Cell{Key: "word", CEL: `"Hired"`}, "Hired", ""},
		"a status word unmapped": {secStatus, Cell{Key: "word", CEL: "raw.name"}, "Nurse", staffing.GapStatus},
	} {
		t.Run(name, func(t *testing.T) {
			got, gaps, err := CheckCell(d, c.section, c.cell, json.RawMessage(`{"name": "Nurse", "rate": "$95.50", "kind": "contractor", "status": "on hold"}`), with)
			if err != nil || got != c.want || (c.gap == "") != (len(gaps) == 0) || c.gap != "" && gaps[0].Kind != c.gap {
				t.Errorf("got %q, %+v, %v", got, gaps, err)
			}
		})
	}
}

// TestCheckCellsAreThoseOfCheckCell holds the cells of a section, checked together,
// to what each gives by itself: a wrong one does not spoil its neighbours.
func TestCheckCellsAreThoseOfCheckCell(t *testing.T) {
	d := mustParse(t, clientDoc)
	raw := json.RawMessage(`{"name": "Nurse", "rate": "$95.50", "kind": "contractor", "status": "odd"}`)
	cells := append(slices.Clone(d.Requisition), Cell{Key: "location", CEL: "raw.a +"}, Cell{Key: "title", CEL: "raw.name"}, Cell{Key: "nowhere", CEL: "raw.name"})
	got := CheckCells(d, secRequisition, cells, raw, Sample{Client: testClient()})
	if len(got) != len(cells) {
		t.Fatalf("%d of %d cells", len(got), len(cells))
	}
	for i, c := range cells {
		value, gaps, err := CheckCell(d, secRequisition, c, raw, Sample{Client: testClient()})
		if got[i].Value != value || len(got[i].Gaps) != len(gaps) || (got[i].Err == nil) != (err == nil) || err != nil && got[i].Err.Error() != err.Error() {
			t.Errorf("%s is %+v, by itself %q %v %v", c.Key, got[i], value, gaps, err)
		}
	}
	for _, c := range CheckCells(d, "none", cells[:2], raw, Sample{}) {
		if c.Err == nil {
			t.Error("a section that is none is checked")
		}
	}
}

func BenchmarkCheckCells(b *testing.B) {
	d, err := Parse([]byte(clientDoc))
	if err != nil {
		b.Fatal(err)
	}
	lists := map[string]string{}
	for i := range 100_000 {
		lists[strconv.Itoa(i)] = "x"
	}
	d = d.WithList("worker_types", lists)
	raw := json.RawMessage(`{"name": "Nurse", "rate": "$95.50", "kind": "contractor", "status": "on hold"}`)
	b.Run("together", func(b *testing.B) {
		for b.Loop() {
			CheckCells(d, secRequisition, d.Requisition, raw, Sample{})
		}
	})
	b.Run("one by one", func(b *testing.B) {
		for b.Loop() {
			for _, c := range d.Requisition {
				if _, _, err := CheckCell(d, secRequisition, c, raw, Sample{}); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
}

func TestCheckCellNamesLineAndColumn(t *testing.T) {
	for name, c := range map[string]struct {
		section, cel, want string
		line, column       int
	}{
		"a syntax error":      {secRequisition, "raw.a +\n  )", "syntax error", 2, 3},
		"a variable not here": {secJob, "req.title +\n raw.b", "raw", 2, 2},
		"a type error":        {secRequisition, `"a" * 2`, "types", 1, 5},
		"no such function":    {secRequisition, "trim(shout(raw.a))", "shout", 1, 11},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := CheckCell(Document{}, c.section, Cell{Key: "title", CEL: c.cel}, nil, Sample{})
			p := problemsOf(err)
			if len(p) != 1 || p[0].Line != c.line || p[0].Column != c.column || !strings.Contains(p[0].Message, c.want) {
				t.Errorf("got %+v", p)
			}
		})
	}
	if _, _, err := CheckCell(Document{}, "nope", Cell{Key: "a", CEL: "raw.a"}, nil, Sample{}); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("got %v", err)
	}
}

// TestTargetsAskForWhatTheConnectorsAskFor holds the required fields of the hub
// equal to those that the delivered documents mark.
func TestTargetsAskForWhatTheConnectorsAskFor(t *testing.T) {
	marked := map[string]bool{}
	for _, src := range connectorDocuments(t) {
		d := mustParse(t, string(src))
		for _, s := range Sections() {
			for _, c := range d.Cells(s) {
				if c.Required && Inbound(s) {
					marked[s+"."+c.Key] = true
				}
			}
		}
	}
	for _, s := range Sections() {
		for _, target := range Targets(s) {
			if name := s + "." + target.Key; target.Required != marked[name] {
				t.Errorf("%s: required is %v in the table and %v in the documents", name, target.Required, marked[name])
			}
		}
	}
}

// TestEveryTargetTakesACell also checks that each has words.
func TestEveryTargetTakesACell(t *testing.T) {
	for _, s := range Sections() {
		targets := Targets(s)
		if Inbound(s) == (len(targets) == 0) {
			t.Errorf("%s has %d targets", s, len(targets))
		}
		d := Document{}
		for _, target := range targets {
			var err error
			if d, err = d.WithCell(s, Cell{Key: target.Key, CEL: "raw.a"}); err != nil {
				t.Error(err)
			}
			if target.Label == "" || strings.Contains(target.Label, "_") || target.Type == "" || (target.Type == "choice") != (len(target.Options) > 0) {
				t.Errorf("%s: %+v", s, target)
			}
		}
	}
}

func TestTargetsWithTheConnectorsOwn(t *testing.T) {
	standard := mustParse(t, clientDoc)
	got := TargetsWith(secSubmission, standard)
	if len(got) != len(standard.Submission) || got[0].Label != "First name" || !got[1].Required {
		t.Errorf("got %+v", got)
	}
	got = TargetsWith(secRequisition, standard)
	at := slices.IndexFunc(got, func(x Target) bool { return x.Key == "custom_fields.travel" })
	if at < 0 || got[at].Label != "Custom field travel" {
		t.Errorf("got %+v", got)
	}
}
