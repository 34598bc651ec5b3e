package tryton

import "github.com/shopspring/decimal"

// Invoice is a customer invoice as the firm's accountants see it.
type Invoice struct {
	ID            int64
	Number        string // empty until it is posted
	State         string // draft, validated, posted, cancelled
	Reference     string // the hub's reference: Tryton's field description
	PurchaseOrder string // what the client wants to see: Tryton's field reference
	PartyCode     string
	PartyName     string
	Currency      string
	Date          string // YYYY-MM-DD
	Comment       string
	Untaxed       decimal.Decimal
	Tax           decimal.Decimal // 0 until the draft is written a second time
	Total         decimal.Decimal
	Lines         []InvoiceLine
}

// InvoiceLine is one line of an [Invoice].
type InvoiceLine struct {
	Description string
	Quantity    decimal.Decimal
	Unit        string
	UnitPrice   decimal.Decimal
	Amount      decimal.Decimal
	CostCentre  string // code; several are joined by a comma
}

// Invoices gives all customer invoices, cancelled ones too, oldest first.
func (s *Server) Invoices() []Invoice {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Invoice{}
	for _, r := range s.data["account.invoice"].List(func(r record) bool { return r["type"] == "out" }) {
		out = append(out, s.invoice(r))
	}
	return out
}

// CountByReference counts the invoices with the hub's reference that are not
// cancelled. More than one means that a client would be billed twice.
func (s *Server) CountByReference(reference string) int {
	n := 0
	for _, i := range s.Invoices() {
		if i.Reference == reference && i.State != "cancelled" {
			n++
		}
	}
	return n
}

// AddProduct adds a product by the hour, as an accountant does. One that is not sold
// is told from others only with [Options.SalesOrders].
func (s *Server) AddProduct(code, name string, sold bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	like := s.data["product.template"].List(nil)[0]
	t := s.insert("product.template", record{"name": name, "account_category": like["account_category"], "uom_category": like["uom_category"], "salable": sold})
	s.insert("product.product", record{"code": code, "template": t})
}

// DropProduct deactivates every variant with a code.
func (s *Server) DropProduct(code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.data["product.product"].List(func(r record) bool { return r["code"] == code }) {
		s.data["product.product"].Update(idOf(r["id"]), func(r *record) { (*r)["active"] = false })
	}
}

// Post posts an invoice as the firm's finance does; it gets its number.
func (s *Server) Post(id int64) error { return s.click("post", id) }

// Cancel cancels a draft, as finance does with a wrong one.
func (s *Server) Cancel(id int64) error { return s.click("cancel", id) }

func (s *Server) click(button string, id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.press(call{user: user{posts: true}, method: button, params: []any{[]any{id}}})
}

func (s *Server) invoice(r record) Invoice {
	party, _ := s.data["party.party"].Get(idOf(r["party"]))
	currency, _ := s.data["currency.currency"].Get(idOf(r["currency"]))
	out := Invoice{ID: idOf(r["id"]), Number: text(r["number"]), State: text(r["state"]), Reference: text(r["description"]),
		PurchaseOrder: text(r["reference"]), PartyCode: text(party["code"]), PartyName: text(party["name"]), Currency: text(currency["code"]),
		Date: text(r["invoice_date"]), Comment: text(r["comment"]), Untaxed: s.worked("account.invoice", r, "untaxed_amount"),
		Tax: s.worked("account.invoice", r, "tax_amount"), Total: s.worked("account.invoice", r, "total_amount")}
	for _, l := range s.linesOf(r) {
		out.Lines = append(out.Lines, InvoiceLine{Description: text(l["description"]), Quantity: number(l["quantity"]),
			Unit: s.nameOf("product.uom", l["unit"]), UnitPrice: number(l["unit_price"]), Amount: lineAmount(l), CostCentre: s.centreOf(l)})
	}
	return out
}

func (s *Server) centreOf(line record) string {
	code := ""
	for _, e := range s.data["analytic.account.entry"].List(func(e record) bool { return idOf(e["origin"]) == idOf(line["id"]) }) {
		account, _ := s.data["analytic_account.account"].Get(idOf(e["account"]))
		if code != "" {
			code += ", "
		}
		code += text(account["code"])
	}
	return code
}

// InvoicePath is where a browser finds an invoice, below the server's root; {id}
// stands for its number, as in the connector's setting for links.
func (s *Server) InvoicePath() string { return "/" + s.opts.Database + "/invoice/{id}" }
