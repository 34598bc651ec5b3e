package netsuite

import (
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
)

func TestBillMapGivesFieldsThatTheConnectorTakes(t *testing.T) {
	doc, err := mapping.Parse(Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	plc := staffing.Placement{WorkerName: "Jane Doe", WorkerType: staffing.Contract, StartDate: "2026-12-01", Purchase: "PO-118",
		BillRate: &staffing.Rate{Amount: decimal.RequireFromString("95.10"), Currency: "USD", Unit: staffing.Hour}}
	bill, err := staffing.FirstBill("b1", "ACME", "Acme", plc)
	if err != nil {
		t.Fatal(err)
	}
	raw, gaps, err := p.Bill(bill, plc, staffing.Client{Code: "ACME", Name: "Acme"})
	if err != nil || len(gaps) > 0 {
		t.Fatal(err, gaps)
	}
	f, err := checkRequest(staffing.BillingRequest{Key: "b1", Bill: bill, Fields: raw})
	if err != nil {
		t.Fatal(err)
	}
	if f.customer(bill) != "ACME" || f.reference(bill) != "PO-118" || f.memo(bill) != "2026-12-01 to 2026-12-07" {
		t.Errorf("customer %q, reference %q, memo %q", f.customer(bill), f.reference(bill), f.memo(bill))
	}
}

func TestALineKeepsItsAmountToTheCent(t *testing.T) {
	for name, c := range map[string]struct{ quantity, price, amount, wantQuantity, wantRate string }{
		"its own figures":         {"40", "95.15", "3806.00", "40", "95.15"},
		"a share of a fee":        {"0.3333", "1000", "333.33", "1", "333.33"},
		"money taken back":        {"-40", "95.15", "-3806", "40", "-95.15"},
		"a half that may go down": {"0.5", "0.01", "0.01", "1", "0.01"},
	} {
		l := staffing.BillLine{Quantity: decimal.RequireFromString(c.quantity), UnitPrice: decimal.RequireFromString(c.price), Amount: decimal.RequireFromString(c.amount), Unit: staffing.Hour}
		q, r, note := priceLine(l, l.Amount)
		if q.String() != c.wantQuantity || r.String() != c.wantRate || (note != "") != (c.wantQuantity == "1") {
			t.Errorf("%s: %s at %s (%s)", name, q, r, note)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte(`{"id":5}`))
	f.Add([]byte(`{"id":null}`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		var v text
		_ = v.UnmarshalJSON(b) // it must not panic
		_, _ = readKey(string(b))
		_ = fieldOf(string(b), string(b))
	})
}
