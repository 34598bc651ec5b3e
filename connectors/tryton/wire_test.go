package tryton_test

import (
	"encoding/json"
	"errors"
	"maps"
	"strconv"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
)

// wireCase is one call and the words of its answer.
type wireCase struct {
	name   string
	who    *rpc
	method string
	params []any
	want   string
}

func inContext(params ...any) []any { return append(params, object{"company": 1, "language": "en"}) }

func number(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		panic(err) // a fault of the test
	}
	return n
}

func asError(err error, e **staffing.Error) bool { return errors.As(err, e) }

type object = map[string]any

func decimalOf(text string) object { return object{"__class__": "Decimal", "decimal": text} }

// wire knows the ids of one server's records.
type wire struct {
	*server
	t *testing.T
}

func (w wire) id(model string, clause ...any) int64 {
	w.t.Helper()
	var rows []struct{ ID int64 }
	w.finance.must(w.t, &rows, model+".search_read", []any{clause}, 0, 1, nil, []string{"rec_name"})
	if len(rows) != 1 {
		w.t.Fatalf("%s has no record with %v", model, clause)
	}
	return rows[0].ID
}

// wireCases are answers that the connector relies on, as a real server gives them.
func wireCases(t *testing.T, s *server) []wireCase {
	t.Helper()
	w := wire{s, t}
	var party []int64
	s.hub.must(t, &party, "party.party.create", []any{object{"name": "Wire", "code": "WIRE", "addresses": []any{[]any{"create", []any{object{"invoice": true}}}}}})
	line, invoice := w.records(party[0])
	with := func(field string, value any) object {
		out := maps.Clone(invoice)
		out[field] = value
		return out
	}
	of := func(field string, value any) object {
		l := maps.Clone(line)
		l[field] = value
		return with("lines", []any{[]any{"create", []any{l}}})
	}
	entry := func(list ...any) object { return of("analytic_accounts", []any{[]any{"create", list}}) }
	root, centre := w.id("analytic_account.account", "code", "=", "CC"), w.id("analytic_account.account", "code", "=", "CC-4100")
	create := func(name string, values object, want string) wireCase {
		return wireCase{name, s.hub, "model.account.invoice.create", inContext([]any{values}), want}
	}
	return append(w.otherCases(party[0]),
		create("a whole invoice is taken", entry(object{"root": root, "account": centre}), "ok"),
		create("a required field is missing", object{"type": "out", "company": 1, "party": party[0]}, `UserError: A value is required for field "Account" in "Invoice".`),
		create("an unknown field", with("bogus", 1), "'bogus'"),
		create("an unknown field of a line", of("bogus", 1), "'bogus'"),
		create("an amount is worked out", with("untaxed_amount", decimalOf("1")), `Missing setter function for field "Untaxed" in "Invoice".`),
		create("the state is closed", with("state", "posted"), `UserError: You are not allowed to access "Invoice.State".`),
		create("a party that is not there", with("party", 9999), `UserError: The value "9999" for field "Party" in "Invoice" does not exist.`),
		create("the address of somebody else", with("invoice_address", 1), `UserError: The value for field "Invoice Address" in "Invoice" is not valid according to its domain.`),
		create("an account that is not receivable", with("account", w.id("account.account", "name", "=", "Main Tax")),
			`UserError: The value for field "Account" in "Invoice" is not valid according to its domain.`),
		create("five places of a price", of("unit_price", decimalOf("95.12345")),
			`UserError: The number of digits in the value "Decimal('95.12345')" for field "Unit Price" in "Invoice Line" exceeds the limit of "4".`),
		create("three places of hours", of("quantity", json.Number("40.125")),
			`UserError: The number of digits in the value "40.125" for field "Quantity" in "Invoice Line" exceeds the limit of "2".`),
		create("hours by the piece", of("unit", w.id("product.uom", "name", "=", "Unit")), `UserError: The value for field "Unit" in "Invoice Line" is not valid according to its domain.`),
		create("the root as a cost centre", entry(object{"root": root, "account": root}), `UserError: The value for field "Account" in "Analytic Account Entry" is not valid according to its domain.`),
		create("two cost centres on a line", entry(object{"root": root, "account": centre}, object{"root": root, "account": centre}), `UserError: Only one account is allowed by analytic root and origin.`),
		create("a date that is none", with("invoice_date", object{"__class__": "date", "year": 2026, "month": 2, "day": 30}), "500"),
		create("a price as a plain number is taken", of("unit_price", 95.5), "ok"),
	)
}

func (w wire) records(party int64) (line, invoice object) {
	usd := w.id("currency.currency", "code", "=", "USD")
	line = object{"type": "line", "company": 1, "currency": usd, "product": w.id("product.product", "code", "=", "TEMP-HOUR"), "unit": w.id("product.uom", "name", "=", "Hour"),
		"account": w.id("account.account", "name", "=", "Main Revenue"), "quantity": 40, "unit_price": decimalOf("95"), "description": "x"}
	invoice = object{"type": "out", "company": 1, "party": party, "invoice_address": w.id("party.address", "party", "=", party), "currency": usd,
		"journal": w.id("account.journal", "type", "=", "revenue"), "account": w.id("account.account", "name", "=", "Main Receivable"),
		"payment_term": w.id("account.invoice.payment_term", "name", "=", "Net 30"), "description": "WIRE", "lines": []any{[]any{"create", []any{line}}}}
	return line, invoice
}

func (w wire) otherCases(party int64) []wireCase {
	hub := func(name, method, want string, params ...any) wireCase {
		return wireCase{name, w.hub, "model." + method, inContext(params...), want}
	}
	fields := []string{"rec_name"}
	return []wireCase{
		hub("a code that is taken", "party.party.create", "UserError: The code on party must be unique.", []any{object{"name": "Wire", "code": "WIRE"}}),
		hub("two in one create are one transaction", "party.party.create", "UserError: The code on party must be unique.",
			[]any{object{"name": "Wire", "code": "WIRE-2"}, object{"name": "Wire", "code": "WIRE"}}),
		hub("and none was kept, so the first code is free", "party.party.create", "ok", []any{object{"name": "Wire", "code": "WIRE-2"}}),
		hub("a model that may not be written", "account.account.write", `UserError: You are not allowed to access "Account".`, []any{1}, object{"name": "x"}),
		hub("an unknown model", "party.nope.search_read", "'party.nope'", []any{}, 0, 1, nil, fields),
		hub("an unknown field in a search", "account.invoice.search_read", "'bogus'", []any{[]any{"bogus", "=", 1}}, 0, 1, nil, fields),
		hub("an unknown field to read", "account.invoice.search_read", "'bogus'", []any{}, 0, 1, nil, []string{"bogus"}),
		hub("a pattern that ends in a backslash", "party.party.search_read", "LIKE pattern must not end with escape character\n", []any{[]any{"code", "ilike", "%\\"}}, 0, 1, nil, fields),
		hub("an order by an unknown field", "account.invoice.search_read", "'bogus'", []any{}, 0, 1, []any{[]any{"bogus", "ASC"}}, fields),
		hub("an order that goes nowhere", "account.invoice.search_read", "'SIDEWAYS'", []any{}, 0, 1, []any{[]any{"id", "sideways"}}, fields),
		hub("a method that is not exported", "account.invoice.update_taxes", "403", []any{1}),
		hub("reading what is not there", "account.invoice.read",
			"UserError: You are not allowed to read records \"9999\" of \"Invoice\" because of at least one of these rules:\nUser in companies", []any{9999}, fields),
		hub("writing what is not there", "account.invoice.write", `UserError: You are trying to read records "9999" of "Invoice" that don't exist anymore.`,
			[]any{9999}, object{"reference": "x"}),
		{"a call without its context", w.hub, "model.party.party.search_read", []any{[]any{}}, "Missing context argument"},
		{"a session that is none", &rpc{w.url + "/", "bm9uZTo5OjA="}, "model.party.party.read", inContext([]any{party}, fields), "401"},
		{"a login without a password", &rpc{url: w.url + "/"}, "common.db.login", []any{"hub", object{}, "en"}, "LoginException: password"},
		{"another database", &rpc{url: w.url + "x/"}, "common.db.login", []any{"hub", object{}, "en"}, "404"},
	}
}
