package tryton_test

import (
	"slices"

	"github.com/tributary-hub/tributary/staffing"
)

// fieldsOfABill holds the connector's list against the books.
func fieldsOfABill(r run) {
	sink, _ := r.s.connect(r.T, nil)
	lister, ok := sink.(staffing.FieldLister)
	if !ok {
		r.Fatal("the connector lists no fields")
	}
	list, err := lister.Fields(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	got := map[string]staffing.VendorField{}
	for _, f := range list {
		got[f.Key] = f
	}
	for key, label := range map[string]string{"reference": "Reference", "payment_term": "Payment Term", "comment": "Comment"} {
		if got[key].Label != label || got[key].Section != "bill" || got[key].Required {
			r.Errorf("%s: %+v", key, got[key])
		}
	}
	has := func(key, value string) bool {
		return slices.ContainsFunc(got[key].Options, func(o staffing.FieldOption) bool { return o.Value == value })
	}
	if !has("payment_term", "Net 30") || !has("product_code", "TEMP-HOUR") || !has("product_code", "PERM-FEE") {
		r.Errorf("terms %v, products %v", got["payment_term"].Options, got["product_code"].Options)
	}
}
