package tryton

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
)

// worked gives what is not stored: amounts, rounded half to even as Tryton does.
func (s *Server) worked(name string, row record, fieldName string) decimal.Decimal {
	if name == "account.invoice.line" {
		return lineAmount(row)
	}
	untaxed, tax := decimal.Zero, decimal.Zero
	for _, line := range s.linesOf(row) {
		untaxed = untaxed.Add(lineAmount(line))
	}
	for _, t := range s.taxesOf(row) {
		tax = tax.Add(number(t["amount"]))
	}
	switch fieldName {
	case "untaxed_amount":
		return untaxed
	case "tax_amount":
		return tax
	}
	return untaxed.Add(tax)
}

func (s *Server) taxesOf(invoice record) []record {
	return s.data["account.invoice.tax"].List(func(r record) bool { return idOf(r["invoice"]) == idOf(invoice["id"]) })
}

// workOutTax makes the tax rows that a create left out; every later write does it.
func (s *Server) workOutTax(invoice record) {
	for _, old := range s.taxesOf(invoice) {
		s.data["account.invoice.tax"].Delete(idOf(old["id"]))
	}
	base := map[int64]decimal.Decimal{}
	for _, line := range s.linesOf(invoice) {
		taxes, _ := line["taxes"].([]any)
		for _, id := range taxes {
			base[idOf(id)] = base[idOf(id)].Add(lineAmount(line))
		}
	}
	for _, id := range slices.Sorted(maps.Keys(base)) {
		t, _ := s.data["account.tax"].Get(id)
		s.insert("account.invoice.tax", record{"invoice": invoice["id"], "tax": id, "base": base[id].String(),
			"amount": base[id].Mul(number(t["rate"])).RoundBank(centDigits).String()})
	}
}

func lineAmount(line record) decimal.Decimal {
	return number(line["quantity"]).Mul(number(line["unit_price"])).RoundBank(centDigits)
}

func (s *Server) linesOf(invoice record) []record {
	return s.data["account.invoice.line"].List(func(r record) bool { return idOf(r["invoice"]) == idOf(invoice["id"]) })
}

func (s *Server) nameOf(model string, id any) string {
	r, _ := s.data[model].Get(idOf(id))
	return text(r["name"])
}

// lineName is how error messages call a line.
func (s *Server) lineName(line, invoice record) string {
	unit, _ := s.data["product.uom"].Get(idOf(line["unit"]))
	product, _ := s.data["product.product"].Get(idOf(line["product"]))
	return fmt.Sprintf("%s%s [%s] %s @ %s", number(line["quantity"]).StringFixed(int32(idOf(unit["digits"]))), text(unit["symbol"]),
		text(product["code"]), s.nameOf("product.template", product["template"]), s.recName("account.invoice", invoice))
}

// press clicks a button on invoices. What does not fit the state, or the rule on
// the button, is passed over in silence: the answer is good and nothing happens.
func (s *Server) press(c call) error {
	rows, missing := s.rows("account.invoice", arg(c, 0))
	if missing != "" {
		return s.unreadable("account.invoice", missing)
	}
	for _, row := range rows {
		was, id := text(row["state"]), idOf(row["id"])
		open := was == "draft" || was == "validated"
		switch {
		case c.method == "validate_invoice" && was == "draft":
			s.workOutTax(row)
			s.setState(id, "validated")
		case c.method == "cancel" && open:
			s.setState(id, "cancelled")
		case c.method == "post" && open && c.user.posts:
			if err := s.post(row); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Server) setState(id int64, state string) {
	s.data["account.invoice"].Update(id, func(r *record) { (*r)["state"] = state })
}

// post numbers an invoice in the year of its date.
func (s *Server) post(row record) error {
	day := text(row["invoice_date"])
	if day == "" {
		day = s.opts.Now().UTC().Format(time.DateOnly)
	}
	years := s.data["account.fiscalyear"].List(func(y record) bool {
		return text(y["start_date"]) <= day && day <= text(y["end_date"]) && y["state"] == "open"
	})
	if len(years) == 0 {
		t, _ := time.Parse(time.DateOnly, day) // it was one when it was written
		return userError("To continue, you must create a period for the date %q.", t.Format("01/02/2006"))
	}
	prefix := "INV-" + day[:4] + "-"
	s.workOutTax(row)
	used := s.data["account.invoice"].List(func(r record) bool { return strings.HasPrefix(text(r["number"]), prefix) })
	s.data["account.invoice"].Update(idOf(row["id"]), func(r *record) {
		(*r)["state"], (*r)["invoice_date"] = "posted", day
		(*r)["number"] = fmt.Sprintf("%s%05d", prefix, len(used)+1)
	})
	return nil
}
