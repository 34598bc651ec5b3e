package intacct

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
	if f.customer(bill) != "ACME" || f.reference(bill) != "PO-118" {
		t.Errorf("customer %q, reference %q", f.customer(bill), f.reference(bill))
	}
}

func TestARefusalIsReadInEachOfItsForms(t *testing.T) {
	for name, body := range map[string]string{
		"inside the result":  `{"ia::result":{"ia::error":{"code":"invalidRequest","message":"Payload contains errors","details":[{"message":"dueDate is required","correction":"Send one."}]}}}`,
		"beside the result":  `{"ia::error":{"code":"invalidRequest","message":"Payload contains errors","details":{"message":"dueDate is required","correction":"Send one."}},"ia::meta":{}}`,
		"without the prefix": `{"error":{"code":"GW-0010","message":"Payload contains errors dueDate is required Send one."}}`,
	} {
		f, ok := findFault([]byte(body))
		if !ok || f.words() != "Payload contains errors dueDate is required Send one." {
			t.Errorf("%s: %v %q", name, ok, f.words())
		}
	}
	for _, body := range []string{`{"ia::result":[{"key":"1"}],"ia::meta":{}}`, `{"ia::result":{"key":"1"}}`, `[]`, ``} {
		if f, ok := findFault([]byte(body)); ok {
			t.Errorf("%s is no refusal, but gave %+v", body, f)
		}
	}
}

func FuzzFault(f *testing.F) {
	f.Add([]byte(`{"ia::result":{"ia::error":{"message":"x","details":[{}]}}}`))
	f.Fuzz(func(_ *testing.T, b []byte) {
		got, _ := findFault(b)
		_ = fieldOf(got.words()) // it must not panic
	})
}
