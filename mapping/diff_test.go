package mapping

import (
	"slices"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
)

func TestDiffSpeaksOfWhatChanged(t *testing.T) {
	d := mustParse(t, clientDoc)
	edit := func(section string, c Cell) Document {
		out, err := d.WithCell(section, c)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	other := d
	other.Requisition = slices.Clone(d.Requisition)
	slices.Reverse(other.Requisition)
	rule := d.Rules[0]
	rule.Severity, rule.When = staffing.SeverityWarning, `req.status == "open"`
	long := map[string]string{"1": "", "2": "", "3": "", "4": "", "5": "", "6": ""}
	for name, c := range map[string]struct {
		after Document
		want  Change
	}{
		"an expression":   {edit(secRequisition, Cell{Key: "bill_rate.max", CEL: "money(raw.b)"}), Change{secRequisition, "bill_rate.max", "Bill rate (max): was money(raw.custom.rate.max), is money(raw.b)"}},
		"a new cell":      {edit(secRequisition, Cell{Key: "salary.max", CEL: "raw.s", Required: true}), Change{secRequisition, "salary.max", "Salary (max): new, raw.s, required"}},
		"a removed cell":  {d.WithoutCell(secRequisition, "url"), Change{secRequisition, "url", "Link: removed, was raw.absolute_url"}},
		"a default":       {edit(secSubmission, Cell{Key: "application.note", CEL: "raw.custom.note", Default: `"-"`}), Change{secSubmission, "application.note", `Application (note): was raw.custom.note, is raw.custom.note, otherwise "-"`}},
		"an order":        {other, Change{secRequisition, "", "The fields of requisition stand in another order"}},
		"a stage":         {d.WithStage("Hired", staffing.OfferAccepted), Change{secStages, "Hired", `Status "Hired": was Placed, is Offer accepted`}},
		"a new status":    {d.WithRequisitionStatus("Frozen", staffing.ReqOnHold), Change{secReqStatus, "Frozen", `Requisition status "Frozen": new, on_hold`}},
		"an internal one": {d.WithInternalStatus(staffing.Placed, "Hired"), Change{secInternal, "placed", `Internal status of Placed: new, "Hired"`}},
		"a trigger":       {d.WithTriggers([]string{"Send"}), Change{secTriggers, "Send", `Trigger "Send": new`}},
		"a rule":          {d.WithRule(rule), Change{secRules, "TITLE_MISSING", `Rule TITLE_MISSING on a requisition: condition: new, req.status == "open"; effect: was blocks, is warns`}},
		"a removed rule":  {d.WithoutRule(rule.On, rule.ID), Change{secRules, "TITLE_MISSING", `Rule TITLE_MISSING on a requisition: removed, was: req.title != ""`}},
		"a code":          {d.WithList("sites", map[string]string{"SF": "US-CA-SFO", "LA": "US-CA-LAX"}), Change{secLists, "sites", `Code list "sites": "LA": new, US-CA-LAX`}},
		"many codes":      {d.WithList("sites", long), Change{secLists, "sites", `Code list "sites": 7 entries changed`}},
		"a new list":      {d.WithList("units", map[string]string{"a": "b"}), Change{secLists, "units", `Code list "units": new, 1 entry`}},
		"a status record": {d.WithStatusCells(StatusCells{Word: "raw.stage_name"}), Change{secStatus, "at", "Status record (time): removed, was raw.updated_at"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Diff(d, c.after); len(got) != 1 || got[0] != c.want {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}
