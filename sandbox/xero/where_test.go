package xero

import (
	"errors"
	"strings"
	"testing"
)

func TestFiltersSayWhatTheVendorsDo(t *testing.T) {
	contacts := []object{{"ContactID": "1", "Name": `A "B" && C`, "AccountNumber": "ACME"}, {"ContactID": "2", "Name": "Globex"}}
	invoices := []object{{"InvoiceID": "3", "Type": "ACCREC", "Date": "/Date(1796083200000+0000)/"}} // 2026-12-01
	for _, c := range []struct{ list, where, ids, says string }{
		{"Contacts", "", "1 2", ""},
		{"Contacts", `Name=="globex"`, "2", ""},
		{"Contacts", `AccountNumber==null`, "2", ""},
		{"Contacts", `AccountNumber.Contains("A")`, "", errNull.Error()},
		{"Contacts", `AccountNumber!=null && AccountNumber.Contains("acm")`, "", ""},
		{"Contacts", `AccountNumber!=null&&AccountNumber.ToLower().Contains("acm")`, "1", ""},
		{"Contacts", `Name.EndsWith("\" && C")`, "1", ""},
		{"Contacts", `Name=="x`, "", "Unterminated string literal"},
		{"Contacts", `Name==x`, "", "Expression expected"},
		{"Contacts", `Name>"A"`, "", "incompatible"},
		{"Contacts", `Colour=="red"`, "", "No property or field 'Colour'"},
		{"Items", `Colour.Contains("r")`, "", "No property or field 'Colour'"},
		{"Invoices", `Type=="ACCREC"&&Date>=DateTime(2026,12,01)&&Date<=DateTime(2026, 12, 1)`, "3", ""},
		{"Invoices", `Date<DateTime(2026,12,01)`, "", ""},
		{"Invoices", `Date<DateTime(2026,02,30)`, "", "DateTime"},
	} {
		all := map[string][]object{"Contacts": contacts, "Invoices": invoices}[c.list]
		got, err := filtered(c.list, all, c.where)
		var ids []string
		for _, o := range got {
			ids = append(ids, text(o["ContactID"])+text(o["InvoiceID"]))
		}
		if strings.Join(ids, " ") != c.ids || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s where %s: %v, %v", c.list, c.where, ids, err)
		}
		if c.says == errNull.Error() && !errors.Is(err, errNull) {
			t.Errorf("%s: %v is no failure of the vendor's", c.where, err)
		}
	}
}
