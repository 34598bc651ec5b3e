// Package tryton connects the books of a firm that keeps them in Tryton: each
// approved placement becomes one draft customer invoice with our reference on it.
// It never posts; the firm's own staff do that. README.md says which fact rests on
// what.
package tryton

import (
	_ "embed"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for Tryton.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "tryton",
		Label:      "Tryton",
		Role:       staffing.RoleERP,
		DocsURL:    "https://docs.tryton.org/6.0/server/topics/rpc.html",
		APIVersion: "JSON-RPC of Tryton 6.0",
		Summary:    "The firm's books in Tryton: each approved placement becomes one draft customer invoice.",
		Spec:       spec(),
		// No limit is documented. A bill is about a dozen short calls, and the ERP
		// belongs to its own users first.
		Limits:  connectors.Limits{PerSecond: 20, Burst: 40, Concurrency: 2},
		Can:     []connectors.Capability{connectors.WritesBilling, connectors.ListsBilling, connectors.SearchesBooks, connectors.TellsFields},
		Mapping: defaultMapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "base_url", Label: "Server and database", Required: true, URL: true,
			Help: "The address of the server followed by the name of the database, e.g. https://erp.example.com/accounting. Both stand in the Tryton client's login window."},
		{Key: "login", Label: "User", Required: true,
			Help: "A user of its own for the hub, in the group Account only: Administration > Users > Users. Without Account Administration it can make drafts and cannot post, if Post asks for that group."},
		{Key: "password", Label: "Password", Required: true, Secret: true,
			Help: "That user's password: Administration > Users > Users, field Password."},
		{Key: "company_id", Label: "Company id", Default: "1", Pattern: `[1-9][0-9]{0,8}`, Advanced: true,
			Help: "The number of the company that invoices: Company > Companies, column ID. 1 in a database with one company."},
		{Key: "hours_product", Label: "Product for time", Default: "TEMP-HOUR",
			Help: "Code of the service product that hours, days, weeks or months are billed with: Product > Products > Variants, field Code."},
		{Key: "fee_product", Label: "Product for fees", Default: "PERM-FEE",
			Help: "Code of the service product that placement fees are billed with: Product > Products > Variants, field Code."},
		{Key: "revenue_account", Label: "Revenue account", Advanced: true,
			Help: "Name, code or id of the account that lines are booked on: Financial > Configuration > General Account > Accounts. Empty: that of the product's account category, else the only revenue account there is."},
		{Key: "receivable_account", Label: "Receivable account", Advanced: true,
			Help: "Name, code or id of the account that invoices are booked on: Financial > Configuration > General Account > Accounts. Empty: the default of Financial > Configuration > Configuration, else the only receivable account there is."},
		{Key: "payment_term", Label: "Payment term", Default: "Net 30",
			Help: "Name of the payment term of every invoice, unless the bill map gives another: Financial > Configuration > Payment Terms."},
		{Key: "tax", Label: "Tax",
			Help: "Name of the tax on every line: Financial > Configuration > Taxes > Taxes. Empty: no tax, as is usual for staffing services in most states."},
		{Key: "analytic_root", Label: "Cost centre root", Default: "CC", Advanced: true,
			Help: "Code of the analytic account under which the cost centres lie, by their codes: Financial > Configuration > Analytic > Accounts. Needed only for bills with a cost centre."},
		{Key: "invoice_url", Label: "Link to an invoice", Pattern: `https?://\S*\{id\}\S*`, Advanced: true,
			Help: "Address of an invoice in your Tryton web client, with {id} where its number goes, e.g. https://erp.example.com/#accounting/model/account.invoice/{id}. Empty: no link on the hub's pages."},
	}
}

// Connector is an opened Tryton connection. It keeps nothing but its settings; all
// methods may run at the same time.
type Connector struct {
	http    *httpx.Client
	tokens  connectors.TokenStore
	now     func() time.Time
	log     *slog.Logger
	set     connectors.Settings
	url     string // of the database, with the slash that Tryton wants
	company int64
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(s.URL("base_url"))
	if err != nil || strings.Trim(u.Path, "/") == "" || strings.Contains(strings.Trim(u.Path, "/"), "/") {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "base_url",
			Message: "Server and database must end in the name of the database, such as https://erp.example.com/accounting"}
	}
	company, err := strconv.ParseInt(s["company_id"], 10, 64)
	if err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "Company id is not a number")
	}
	c := &Connector{http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log, set: s, url: s.URL("base_url") + "/", company: company}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

var (
	_ staffing.Checker       = (*Connector)(nil)
	_ staffing.BillingSink   = (*Connector)(nil)
	_ staffing.BillingLister = (*Connector)(nil)
	_ staffing.BookSearcher  = (*Connector)(nil)
	_ staffing.FieldLister   = (*Connector)(nil)
)
