// Package intacct connects the books of a firm that keeps them in Sage Intacct: each
// approved bill becomes one draft invoice of accounts receivable, or one draft
// adjustment when it is a credit, with our reference as its number. It never submits
// one; the firm's own staff do that. README.md says which fact rests on what.
package intacct

import (
	_ "embed"
	"log/slog"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for Sage Intacct.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "intacct",
		Label:      "Sage Intacct",
		Role:       staffing.RoleERP,
		DocsURL:    "https://developer.sage.com/intacct/docs/",
		APIVersion: "REST API v1",
		Summary:    "The firm's books in Sage Intacct: each approved bill becomes one draft invoice, or a draft adjustment for a credit.",
		Spec:       spec(),
		// Two calls at once is what a company has on the first performance tier. Calls are
		// metered by the month, so a bill takes three.
		Limits:  connectors.Limits{PerSecond: 2, Burst: 10, Concurrency: 2},
		Can:     []connectors.Capability{connectors.WritesBilling, connectors.TellsFields, connectors.ListsBilling, connectors.SearchesBooks},
		Mapping: defaultMapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "client_id", Label: "Client ID", Required: true,
			Help: "Of an application of yours: developer.sage.com > Sage Intacct > Apps. It must be authorised in the company: Company > Setup > Company > Security, Authorized client applications."},
		{Key: "client_secret", Label: "Client secret", Required: true, Secret: true,
			Help: "Made on the same page: developer.sage.com > Sage Intacct > Apps."},
		{Key: "username", Label: "User", Required: true, Pattern: `[^@|\s]+@[^@|]+(\|[^@|]+)?`,
			Help: "A Web Services user of its own for the hub, as user@company, or user@company|entity for one entity: Company > Admin > Web Services users. Its role may add invoices and adjustments, and not submit or post them."},
		{Key: "entity_id", Label: "Entity", Help: "ID of the entity that bills, in companies with several: Company > Setup > Entities. Empty: that of the user, else the top level."},
		{Key: "account", Label: "Revenue account for time", Required: true,
			Help: "Number of the GL account that hours, days, weeks or months are booked on: General Ledger > Setup > Accounts."},
		{Key: "fee_account", Label: "Revenue account for fees", Help: "The same for placement fees: General Ledger > Setup > Accounts. Empty: that for time."},
		{Key: "location", Label: "Location", Required: true,
			Help: "ID of the location of every line, which Sage Intacct asks for: Company > Setup > Locations. The bill map or a cost centre may give another."},
		{Key: "cost_centre", Label: "Cost centres are", Default: "department", Options: []string{"department", "location", "class", "project"},
			Help: "Which dimension holds the client's cost centres, by ID: Company > Setup, Departments, Locations or Classes; Projects > Setup."},
		{Key: "due_days", Label: "Days until due", Default: "30", Pattern: `[0-9]{1,3}`,
			Help: "Sage Intacct asks for a due date: so many days after the invoice's date, unless the bill map gives another number. Finance may set another on the draft."},
		{Key: "base_currency", Label: "Base currency", Pattern: `[A-Z]{3}`, Advanced: true,
			Help: "Of the company, in companies with several currencies: bills in another currency are then sent with the rate type below. Company > Setup > Company > Accounting."},
		{Key: "exchange_rate_type", Label: "Exchange rate type", Default: "Intacct Daily Rate", Advanced: true,
			Help: "Name of the rate type for bills in another currency: Company > Setup > Exchange rate types."},
		{Key: "credit_amounts", Label: "Amounts of a credit", Default: "negative", Options: []string{"negative", "positive"}, Advanced: true,
			Help: "How a credit is written on an adjustment. Try one credit in a sandbox company, and look at the draft: it must lower what the client owes."},
		{Key: "base_url", Label: "Address of the API", Default: "https://api.intacct.com/ia/api/v1", URL: true, Advanced: true, Help: "Leave as it is, unless you have a simulator."},
	}
}

// Connector is an opened Sage Intacct connection. It keeps nothing but its settings;
// all methods may run at the same time.
type Connector struct {
	http   *httpx.Client
	tokens connectors.TokenStore
	now    func() time.Time
	log    *slog.Logger
	set    connectors.Settings
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log, set: s}
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
	_ staffing.FieldLister   = (*Connector)(nil)
	_ staffing.BillingLister = (*Connector)(nil)
	_ staffing.BookSearcher  = (*Connector)(nil)
)
