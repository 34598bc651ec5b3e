package handlers

import (
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// A person reads which fields a term comes from, not how the map works it out.
func TestATermSaysWhichFieldsItComesFrom(t *testing.T) {
	t.Parallel()
	for cel, want := range map[string]string{
		`one_or_many(raw.Assignment.Rates).filter(r, r["@type"] == "bill").map(r, rate(money(r.Amount)))[0]`: "raw.Assignment.Rates · profile version 3",
		`first([raw["@status"], raw.Order["@status"], req.worker_type, raw["@status"]])`:                     `raw.Order["@status"]; raw["@status"]; req.worker_type · profile version 3`,
		`"contract"`: `"contract" · profile version 3`,
	} {
		if got := termSource(store.Provenance{"bill_rate": staffing.Source{Path: cel, ProfileVersion: 3}}, "bill_rate"); got != want {
			t.Errorf("%s is told as %q, want %q", cel, got, want)
		}
	}
}

func TestTheFirstInvoiceHasATaxLine(t *testing.T) {
	t.Parallel()
	percent := decimal.RequireFromString("8.25")
	line := staffing.BillLine{Quantity: decimal.NewFromInt(40), Unit: staffing.Hour, UnitPrice: decimal.NewFromInt(61)}
	bill := &staffing.Bill{ClientName: "Acme", Currency: "USD", Lines: []staffing.BillLine{line}, Total: decimal.NewFromInt(2440)}
	got := map[string]string{}
	for _, f := range invoiceView(staffing.Placement{}, bill, store.Client{Contract: store.Contract{TaxRegion: "US-TX", TaxPercent: &percent}}) {
		got[f.Label] = f.Value
	}
	if got["Without tax"] != "USD 2,440.00" || got["Tax"] != "USD 201.30, 8.25 % by the rules of US-TX" || got["With tax"] != "USD 2,641.30" {
		t.Errorf("the invoice is %v", got)
	}
}
