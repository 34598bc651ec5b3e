package tryton

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	"github.com/tributary-hub/tributary/staffing"
)

func program(t *testing.T) (mapping.Document, *mapping.Program) {
	t.Helper()
	doc, err := mapping.Parse(Kind().Mapping)
	if err != nil {
		t.Fatalf("%v %+v", err, err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	return doc, p
}

func hourly(amount string) *staffing.Rate {
	return &staffing.Rate{Amount: decimal.RequireFromString(amount), Currency: "USD", Unit: staffing.Hour}
}

func goodPlacement() staffing.Placement {
	return staffing.Placement{ExternalID: "WO-7", WorkerName: "Jane Doe", WorkerType: staffing.Contract, StartDate: "2026-12-01", BillRate: hourly("95.10"),
		Purchase: "PO-118", WorkSite: "Austin", CostCentres: []staffing.Allocation{{Code: "CC-4100", Percent: decimal.NewFromInt(100)}},
		BillingCodes: map[string]string{"ProjectCode": "X9"}, Approver: staffing.Contact{Name: "R. Roe"}}
}

func TestBillMapGivesFieldsThatTheConnectorTakes(t *testing.T) {
	_, p := program(t)
	acme := staffing.Client{Code: "ACME", Name: "Acme", Currency: "USD"}
	bill, err := staffing.FirstBill("TRB-1", acme.Code, acme.Name, goodPlacement())
	if err != nil {
		t.Fatal(err)
	}
	raw, gaps, err := p.Bill(bill, goodPlacement(), acme)
	if err != nil || len(gaps) > 0 {
		t.Fatal(err, gaps)
	}
	f, err := checkRequest(staffing.BillingRequest{Key: "TRB-1", Bill: bill, Fields: raw})
	if err != nil {
		t.Fatal(err)
	}
	if got := f.reference(bill); got != "PO-118" {
		t.Errorf("the reference is %q", got)
	}
	for _, want := range []string{"WO-7", "Austin", "ProjectCode: X9", "R. Roe"} {
		if !strings.Contains(f.Comment, want) {
			t.Errorf("the comment %q lacks %q", f.Comment, want)
		}
	}
}

func TestBillMapOfABarePlacementIsEmpty(t *testing.T) {
	_, p := program(t)
	plc := staffing.Placement{WorkerName: "Jane Doe", StartDate: "2026-12-01", BillRate: hourly("95")}
	raw, gaps, err := p.Bill(staffing.Bill{}, plc, staffing.Client{})
	if err != nil || len(gaps) > 0 || string(raw) != "{}" {
		t.Fatalf("%s %v %v", raw, gaps, err)
	}
}

func TestRulesFlagWhatTheBooksCannotTake(t *testing.T) {
	doc, _ := program(t)
	set, err := rules.Compile(rules.Merge(rules.Baseline(), doc.Rules), doc.Lists)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		change func(*staffing.Placement)
		want   string
	}{
		"nothing to say of a good one": {func(*staffing.Placement) {}, ""},
		"no purchase order":            {func(p *staffing.Placement) { p.Purchase = "" }, "PO_MISSING"},
		"no cost centre":               {func(p *staffing.Placement) { p.CostCentres = nil }, "COST_CENTRE_MISSING"},
		"blank around a cost centre":   {func(p *staffing.Placement) { p.CostCentres[0].Code = "CC-4100 " }, "COST_CENTRE_FORM"},
		"no start date":                {func(p *staffing.Placement) { p.StartDate = "" }, "START_DATE_MISSING"},
		"a start long ago":             {func(p *staffing.Placement) { p.StartDate = "2025-01-01" }, "START_DATE_FAR"},
		"no bill rate":                 {func(p *staffing.Placement) { p.BillRate = nil }, "BILL_RATE_MISSING"},
		"a rate over the limit":        {func(p *staffing.Placement) { p.BillRate = hourly("100.01") }, "RATE_OVER_NTE"},
		"a rate of five places":        {func(p *staffing.Placement) { p.BillRate = hourly("95.12345") }, "RATE_PLACES"},
	} {
		plc := goodPlacement()
		c.change(&plc)
		var got []string
		for _, f := range set.Check(t.Context(), staffing.SubjectPlacement, rules.Input{Placement: &plc, Requisition: &staffing.Requisition{NTE: hourly("100")},
			Client: staffing.Client{Currency: "USD"}, Now: now}) {
			got = append(got, f.Rule)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: found %q, want %q", name, got, c.want)
		}
	}
}

func TestFieldsThatAreUnknownAreNamed(t *testing.T) {
	_, err := checkRequest(staffing.BillingRequest{Key: "k", Fields: json.RawMessage(`{"po_number": "x"}`)})
	if staffing.CodeOf(err) != staffing.Invalid || !strings.Contains(err.Error(), "po_number") {
		t.Fatal(err)
	}
}
