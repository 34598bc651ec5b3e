package tryton

// kind is the type of a field.
type kind int

const (
	char kind = iota
	boolean
	integer
	float   // digits from the row's unit
	numeric // a Decimal
	date
	datetime
	many2one
	one2many
	many2many
	virtual // worked out when it is read
)

// field is one field of a model: its label stands in error messages.
type field struct {
	kind     kind
	label    string
	target   string // model of a relation
	inverse  string // field of the target that points back, for one2many
	required bool
	closed   bool // refused to the hub's user by a rule on the field
	company  bool // has a value only where the context names a company
}

// model is a table that the API shows.
type model struct {
	label    string
	fields   map[string]field
	writable bool // by the hub's user
}

func models(sales bool) map[string]model {
	c, b, n := field{kind: char, label: "Name"}, field{kind: boolean}, field{kind: integer}
	to := func(target string) field { return field{kind: many2one, target: target} }
	company := to("company.company")
	product := map[string]field{"name": c, "account_category": to("product.category"), "uom_category": to("product.uom.category")}
	if sales {
		product["salable"] = field{kind: boolean, label: "Salable"}
	}
	return map[string]model{
		"company.company":   {"Company", map[string]field{"name": c, "currency": to("currency.currency")}, false},
		"currency.currency": {"Currency", map[string]field{"code": c, "name": c, "digits": n}, false},
		"party.party": {"Party", map[string]field{"code": {kind: char, label: "Code"}, "name": c,
			"addresses": {kind: one2many, label: "Addresses", target: "party.address", inverse: "party"}}, true},
		"party.address": {"Address", map[string]field{"party": {kind: many2one, label: "Party", target: "party.party", required: true}, "invoice": b,
			"street": c, "city": c, "postal_code": c}, true},
		"account.account.type": {"Account Type", map[string]field{"name": c, "receivable": b, "revenue": b}, false},
		"account.account": {"Account", map[string]field{"code": c, "name": c, "closed": b, "company": company,
			"type": to("account.account.type")}, false},
		"account.configuration":        {"Configuration", map[string]field{"default_account_receivable": {kind: many2one, target: "account.account", company: true}}, false},
		"account.journal":              {"Journal", map[string]field{"name": c, "type": c}, false},
		"account.invoice.payment_term": {"Payment Term", map[string]field{"name": c}, false},
		"account.tax":                  {"Tax", map[string]field{"name": c, "rate": {kind: numeric}, "company": company}, false},
		"account.fiscalyear": {"Fiscal Year", map[string]field{"name": c, "company": company, "state": c,
			"start_date": {kind: date}, "end_date": {kind: date}}, false},
		"product.category":     {"Category", map[string]field{"name": c, "account_revenue": {kind: many2one, target: "account.account", company: true}}, false},
		"product.template":     {"Product", product, false},
		"product.product":      {"Variant", map[string]field{"code": c, "template": to("product.template")}, false},
		"product.uom.category": {"Unit Category", map[string]field{"name": c}, false},
		"product.uom":          {"Unit of Measure", map[string]field{"name": c, "symbol": c, "digits": n, "category": to("product.uom.category")}, false},
		"account.invoice":      {"Invoice", invoiceFields(), true},
		"account.invoice.line": {"Invoice Line", lineFields(), false},
		"account.invoice.tax": {"Invoice Tax", map[string]field{"invoice": to("account.invoice"), "tax": to("account.tax"),
			"base": {kind: numeric}, "amount": {kind: numeric}}, false},
		"analytic_account.account": {"Analytic Account", map[string]field{"code": c, "name": c, "type": c, "company": company,
			"root": to("analytic_account.account"), "parent": to("analytic_account.account")}, false},
		"analytic.account.entry": {"Analytic Account Entry", map[string]field{"origin": to("account.invoice.line"),
			"root":    {kind: many2one, label: "Root Analytic", target: "analytic_account.account", required: true},
			"account": {kind: many2one, label: "Account", target: "analytic_account.account"}}, false},
	}
}

func invoiceFields() map[string]field {
	must := func(label, target string) field {
		return field{kind: many2one, label: label, target: target, required: true}
	}
	return map[string]field{
		"type":            {kind: char, label: "Type", required: true},
		"company":         must("Company", "company.company"),
		"party":           must("Party", "party.party"),
		"invoice_address": must("Invoice Address", "party.address"),
		"currency":        must("Currency", "currency.currency"),
		"journal":         must("Journal", "account.journal"),
		"account":         must("Account", "account.account"),
		"payment_term":    {kind: many2one, label: "Payment Term", target: "account.invoice.payment_term"},
		"reference":       {kind: char, label: "Reference"},
		"description":     {kind: char, label: "Description"},
		"comment":         {kind: char, label: "Comment"},
		"invoice_date":    {kind: date, label: "Invoice Date"},
		"number":          {kind: char, label: "Number"},
		"state":           {kind: char, label: "State", closed: true},
		"taxes":           {kind: one2many, label: "Taxes", target: "account.invoice.tax", inverse: "invoice"},
		"lines":           {kind: one2many, label: "Lines", target: "account.invoice.line", inverse: "invoice"},
		"untaxed_amount":  {kind: virtual, label: "Untaxed"},
		"tax_amount":      {kind: virtual, label: "Tax"},
		"total_amount":    {kind: virtual, label: "Total"},
	}
}

func lineFields() map[string]field {
	return map[string]field{
		"invoice":           {kind: many2one, label: "Invoice", target: "account.invoice"},
		"type":              {kind: char, label: "Type", required: true},
		"company":           {kind: many2one, label: "Company", target: "company.company", required: true},
		"currency":          {kind: many2one, label: "Currency", target: "currency.currency", required: true},
		"product":           {kind: many2one, label: "Product", target: "product.product"},
		"unit":              {kind: many2one, label: "Unit", target: "product.uom"},
		"account":           {kind: many2one, label: "Account", target: "account.account", required: true},
		"quantity":          {kind: float, label: "Quantity", required: true},
		"unit_price":        {kind: numeric, label: "Unit Price", required: true},
		"description":       {kind: char, label: "Description"},
		"taxes":             {kind: many2many, label: "Taxes", target: "account.tax"},
		"amount":            {kind: virtual, label: "Amount"},
		"analytic_accounts": {kind: one2many, label: "Analytic Accounts", target: "analytic.account.entry", inverse: "origin"},
	}
}
