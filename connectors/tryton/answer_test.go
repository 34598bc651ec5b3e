package tryton

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

func TestAnswersBecomeCodes(t *testing.T) {
	for name, c := range map[string]struct {
		body    string
		read    staffing.Code // of a read
		write   staffing.Code // of a write
		unknown bool          // after the write
		says    string
	}{
		"a result":            {`{"id":1,"result":[]}`, "", "", false, ""},
		"a wrong record":      {`{"id":1,"error":["UserError",["A value is required.","",null]]}`, staffing.Invalid, staffing.Invalid, false, "A value is required."},
		"a missing right":     {`{"id":1,"error":["UserError",["You are not allowed to access \"Invoice\".","",null]]}`, staffing.Forbidden, staffing.Forbidden, false, "group Account"},
		"a warning":           {`{"id":1,"error":["UserWarning",["name_3","It is late.",""]]}`, staffing.Invalid, staffing.Invalid, false, "It is late."},
		"a lost update":       {`{"id":1,"error":["ConcurrencyException","Records were modified in the meanwhile"]}`, staffing.Conflict, staffing.Conflict, false, "same moment"},
		"a second factor":     {`{"id":1,"error":["LoginException",["password","Password for hub","password"]]}`, staffing.Unauthorized, staffing.Unauthorized, false, "two-factor"},
		"a unique index":      {`{"id":1,"error":["duplicate key value violates unique constraint \"x\"\nDETAIL: Key (a)=(secret)",""]}`, staffing.Conflict, staffing.Conflict, false, "same key"},
		"an unknown field":    {`{"id":1,"error":["'bogus'",""]}`, staffing.Invalid, staffing.Invalid, false, "is a module missing"},
		"no database":         {`{"id":1,"error":["connection already closed",""]}`, staffing.Unavailable, staffing.Unavailable, true, "does not answer"},
		"an exception":        {`{"id":1,"error":["unsupported operand type(s)",""]}`, staffing.Internal, staffing.Internal, true, "failed"},
		"an empty error":      {`{"id":1,"error":[null]}`, staffing.Internal, staffing.Internal, true, "failed"},
		"neither":             {`{"id":1}`, staffing.Unavailable, staffing.Unavailable, true, "not the JSON"},
		"no list, but null":   {`{"id":1,"result":null}`, staffing.Unavailable, staffing.Unavailable, true, "not the JSON"},
		"an endless amount":   {`{"id":1,"result":[{"total_amount":{"__class__":"Decimal","decimal":"1e999999999"}}]}`, staffing.Unavailable, staffing.Unavailable, true, "not the JSON"},
		"a page with no JSON": {`<!doctype html><title>Sign in</title>`, staffing.Unavailable, staffing.Unavailable, true, "not the JSON"},
	} {
		for _, readOnly := range []bool{true, false} {
			want := c.write
			if readOnly {
				want = c.read
			}
			var rows []invoice
			err := decode(&httpx.Response{Body: []byte(c.body)}, "account.invoice.read", readOnly, &rows)
			if staffing.CodeOf(err) != want || err != nil && !strings.Contains(staffing.MessageOf(err), c.says) {
				t.Errorf("%s, read %v: %q %v", name, readOnly, staffing.CodeOf(err), err)
			}
			if staffing.IsOutcomeUnknown(err) != (c.unknown && !readOnly) {
				t.Errorf("%s, read %v: the outcome is unknown: %v", name, readOnly, staffing.IsOutcomeUnknown(err))
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("%s: the error repeats a value: %v", name, err)
			}
		}
	}
}

// FuzzAnswer reads what a server may send for every type that the connector reads:
// it either fails with a code, or gives something that can be shown.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"id":1,"result":[{"id":2,"number":null,"state":"draft","description":"TRB-1","reference":null,"invoice_date":{"__class__":"date","year":2026,"month":11,"day":24},"create_date":{"__class__":"datetime","year":2026,"month":11,"day":24,"hour":1,"minute":2,"second":3,"microsecond":4},"untaxed_amount":{"__class__":"Decimal","decimal":"3800.00"},"tax_amount":{"__class__":"Decimal","decimal":"0"},"total_amount":3800.0,"taxes":[],"party.":{"code":"ACME","id":2},"currency.":{"code":"USD","id":1}}]}`,
		`{"id":1,"result":[{"amount":{"__class__":"Decimal","decimal":"1"},"analytic_accounts.":[{"id":1,"account.":null},{"account.":{"code":"CC"}}]}]}`,
		`{"id":1,"result":[{"id":1,"code":null,"name":"Hour","digits":2}]}`,
		`{"id":1,"result":[7]}`, `{"id":1,"result":null}`, `{"id":1,"result":[2,"key"]}`,
		`{"id":1,"error":["UserError",["You are not allowed to access \"Invoice\".","",null]]}`, `{"id":1,"error":["'x'",""]}`, `{"id":1,"error":[["x"],7]}`,
		`{"id":1,"result":[{"total_amount":{"decimal":"-1e30"}}]}`, `<html>`, ``,
	} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, body []byte, readOnly bool) {
		c := &Connector{set: map[string]string{"invoice_url": "https://erp.example.com/{id}"}}
		c.now = time.Now
		for _, out := range []any{&[]invoice{}, &[]listed{}, &[]entry{}, &[]invoiceLine{}, &[]named{}, &[]int64{}, &[]json.RawMessage{}, nil} {
			err := decode(&httpx.Response{Body: body}, "x.read", readOnly, out)
			if err == nil {
				show(t, c, out)
				continue
			}
			if staffing.CodeOf(err) == "" || strings.TrimSpace(staffing.MessageOf(err)) == "" {
				t.Fatalf("an error without a code or a sentence: %v", err)
			}
			if readOnly && staffing.IsOutcomeUnknown(err) {
				t.Fatalf("a read has no outcome: %v", err)
			}
			if len(staffing.MessageOf(err)) > 3000 {
				t.Fatalf("the sentence is %d bytes long", len(staffing.MessageOf(err)))
			}
		}
	})
}

func show(t *testing.T, c *Connector, out any) {
	t.Helper()
	switch rows := out.(type) {
	case *[]invoice:
		for _, inv := range *rows {
			if r := c.receipt(inv, true); r.ID == "" || r.Number == "" || r.At.IsZero() {
				t.Fatalf("a receipt without id, number or time: %+v", r)
			}
			_ = compare(inv, nil, staffing.BillingRequest{}, fields{}, true) // it must not panic
		}
	case *[]listed:
		for _, l := range *rows {
			if r := c.record(l); r.ID == "" || r.Number == "" {
				t.Fatalf("a record without id or number: %+v", r)
			}
		}
	case *[]invoiceLine:
		if len(shape(*rows)) > 200*len(*rows)+1<<20 {
			t.Fatal("lines grow when they are shown")
		}
	}
}
