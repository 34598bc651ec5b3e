package tryton

import (
	"fmt"
	"maps"
	"slices"

	"github.com/shopspring/decimal"
)

const (
	centDigits  = 2 // of every currency here
	priceDigits = 4
)

// validate holds a record and its children against what the server demands before
// it commits. id is 0 for a new one.
func (s *Server) validate(d draft, id int64) error {
	m := s.schema[d.model]
	for _, name := range slices.Sorted(maps.Keys(m.fields)) {
		f := m.fields[name]
		if f.required && d.values[name] == nil && name != d.inverse {
			return userError("A value is required for field %q in %q.", f.label, m.label)
		}
	}
	var err error
	switch d.model {
	case "party.party":
		err = s.validateParty(d, id)
	case "account.invoice":
		err = s.validateInvoice(d, id)
	case "account.invoice.line":
		err = s.validateLine(d)
	case "analytic.account.entry":
		err = s.validateEntry(d)
	}
	if err != nil {
		return err
	}
	for _, child := range d.children {
		if err := s.validate(child, 0); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) validateParty(d draft, id int64) error {
	code := text(d.values["code"])
	if code == "" {
		return nil
	}
	same := s.data["party.party"].List(func(r record) bool { return text(r["code"]) == code && idOf(r["id"]) != id })
	if len(same) > 0 {
		return userError("The code on party must be unique.")
	}
	return nil
}

func outOfDomain(field, model string) error {
	return userError("The value for field %q in %q is not valid according to its domain.", field, model)
}

func (s *Server) validateInvoice(d draft, id int64) error {
	for _, line := range d.children {
		if account := idOf(line.values["account"]); account == idOf(d.values["account"]) {
			return userError("You cannot use the same account %q on invoice %q and on line %q.",
				s.nameOf("account.account", account), s.recName("account.invoice", d.values), s.lineName(line.values, d.values))
		}
	}
	if s.opts.UniqueReference && s.taken(text(d.values["description"]), id) {
		return exception("duplicate key value violates unique constraint \"hub_reference\"\nDETAIL:  Key (company, description)=(1, ...) already exists.\n")
	}
	account, _ := s.data["account.account"].Get(idOf(d.values["account"]))
	kind, _ := s.data["account.account.type"].Get(idOf(account["type"]))
	if kind["receivable"] != true {
		return outOfDomain("Account", "Invoice")
	}
	address, _ := s.data["party.address"].Get(idOf(d.values["invoice_address"]))
	if idOf(address["party"]) != idOf(d.values["party"]) {
		return outOfDomain("Invoice Address", "Invoice")
	}
	return nil
}

// taken says whether another invoice, not cancelled, has the hub's reference.
func (s *Server) taken(reference string, id int64) bool {
	return len(s.data["account.invoice"].List(func(r record) bool {
		return text(r["description"]) == reference && text(r["state"]) != "cancelled" && idOf(r["id"]) != id
	})) > 0
}

func (s *Server) validateLine(d draft) error {
	if len(d.children) > 1 { // there is one root
		return userError("Only one account is allowed by analytic root and origin.")
	}
	unit, _ := s.data["product.uom"].Get(idOf(d.values["unit"]))
	if d.values["unit"] != nil {
		if err := digits(number(d.values["quantity"]), number(unit["digits"]).IntPart(), "Quantity", number(d.values["quantity"]).String()); err != nil {
			return err
		}
	}
	price := number(d.values["unit_price"])
	if err := digits(price, priceDigits, "Unit Price", fmt.Sprintf("Decimal('%s')", price)); err != nil {
		return err
	}
	if d.values["product"] == nil || d.values["unit"] == nil {
		return nil
	}
	product, _ := s.data["product.product"].Get(idOf(d.values["product"]))
	template, _ := s.data["product.template"].Get(idOf(product["template"]))
	if idOf(template["uom_category"]) != idOf(unit["category"]) {
		return outOfDomain("Unit", "Invoice Line")
	}
	return nil
}

func digits(d decimal.Decimal, limit int64, label, shown string) error {
	if int64(-d.Exponent()) <= limit || d.Equal(d.Round(int32(limit))) {
		return nil
	}
	return userError("The number of digits in the value %q for field %q in %q exceeds the limit of %q.", shown, label, "Invoice Line", fmt.Sprint(limit))
}

func (s *Server) validateEntry(d draft) error {
	account, known := s.data["analytic_account.account"].Get(idOf(d.values["account"]))
	if known && (idOf(account["root"]) != idOf(d.values["root"]) || text(account["type"]) == "root") {
		return outOfDomain("Account", "Analytic Account Entry")
	}
	return nil
}

// unlocked refuses to change an invoice that is no draft any more.
func (s *Server) unlocked(name string, row record) error {
	if name == "account.invoice" && slices.Contains([]string{"posted", "paid", "cancelled"}, text(row["state"])) {
		return userError("You cannot modify invoice %q because it is posted, paid or cancelled.", s.recName(name, row))
	}
	return nil
}
