package quickbooks_test

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/tributary-hub/tributary/connectors/quickbooks"
	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/rules"
	sandbox "github.com/tributary-hub/tributary/sandbox/quickbooks"
	"github.com/tributary-hub/tributary/staffing"
)

func TestTheBillMapGivesWhatTheConnectorTakes(t *testing.T) {
	t.Parallel()
	doc, err := mapping.Parse(quickbooks.Kind().Mapping)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rules.Compile(rules.Merge(rules.Baseline(), doc.Rules), doc.Lists); err != nil {
		t.Error(err)
	}
	p, err := mapping.Compile(doc)
	if err != nil {
		t.Fatal(err)
	}
	b := splitBill(key)
	raw, gaps, err := p.Bill(b, staffing.Placement{}, staffing.Client{Code: "ACME"})
	if err != nil || len(gaps) > 0 || string(raw) != `{"purchase_order":"PO-118"}` {
		t.Fatalf("%s %v %v", raw, gaps, err)
	}
	put(t, open(t, sandbox.New(sandbox.Options{}), nil), staffing.BillingRequest{Key: key, Bill: b, Fields: raw})
}

// FuzzBillFields: whatever a map gives is taken or refused with a sentence.
func FuzzBillFields(f *testing.F) {
	for _, seed := range []string{`{"customer":"66"}`, `{"item":"' or 1=1"}`, `{"customer":"\\"}`, `[]`, `{"purchase_order":null}`} {
		f.Add([]byte(seed))
	}
	company := sandbox.New(sandbox.Options{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		if !json.Valid(raw) {
			return
		}
		req := request(splitBill(key))
		req.Fields = raw
		_, err := open(t, company, nil).PutBilling(t.Context(), req)
		var e *staffing.Error
		if err != nil && (!errors.As(err, &e) || e.Message == "" || e.Code == staffing.Internal) {
			t.Errorf("%s: %v", raw, err)
		}
	})
}
