// Package quickbooks connects the books of a firm that keeps them in QuickBooks
// Online. An invoice there is booked the moment it is made, so each approved bill
// becomes a pending estimate, which books nothing and which the firm's own staff turn
// into an invoice. README.md says which fact rests on what.
package quickbooks

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

// Kind is the registry's entry for QuickBooks Online.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "quickbooks",
		Label:      "QuickBooks Online",
		Role:       staffing.RoleERP,
		DocsURL:    "https://developer.intuit.com/app/developer/qbo/docs/api/accounting/all-entities/estimate",
		APIVersion: "v3, minor version 75",
		Summary:    "The firm's books in QuickBooks Online: each approved bill becomes one pending estimate, which finance turns into an invoice.",
		Spec:       spec(),
		// 500 a minute for a company, 10 a second for the app in it; a bill is about nine.
		Limits:  connectors.Limits{PerSecond: 5, Burst: 10, Concurrency: 2},
		Can:     []connectors.Capability{connectors.WritesBilling, connectors.TellsFields, connectors.ListsBilling, connectors.SearchesBooks},
		Mapping: defaultMapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "client_id", Label: "Client ID", Required: true,
			Help: "Of an app of yours: developer.intuit.com > Dashboard > the app > Keys & credentials, tab Production."},
		{Key: "client_secret", Label: "Client secret", Required: true, Secret: true,
			Help: "Beside the client ID: developer.intuit.com > Dashboard > the app > Keys & credentials."},
		{Key: "refresh_token", Label: "Refresh token", Required: true, Secret: true,
			Help: "From signing in once as a user of the company, with the scope com.intuit.quickbooks.accounting, e.g. in the OAuth 2.0 Playground of developer.intuit.com. QuickBooks replaces it from time to time, and the hub keeps the new one: give each hub a sign-in of its own. It ends after 100 days without use."},
		{Key: "realm_id", Label: "Company ID", Required: true, Pattern: `[0-9]{5,20}`,
			Help: "In QuickBooks: Settings > Account and settings > Billing & subscription, Company ID; the sign-in gives it as realmId."},
		{Key: "hours_item", Label: "Service for time", Required: true,
			Help: "Name of the service that hours, days, weeks or months are billed with: Sales > Products & services."},
		{Key: "fee_item", Label: "Service for fees",
			Help: "Name of the service that placement fees are billed with: Sales > Products & services. Empty: that for time."},
		{Key: "tax_code", Label: "Tax code",
			Help: "On every line: TAX or NON in the United States, elsewhere the name of a code of Taxes > Sales tax. Empty: what QuickBooks works out for the customer and the service."},
		{Key: "po_field", Label: "Custom field for the purchase order", Pattern: `[1-9][0-9]{0,3}`, Advanced: true,
			Help: "Number of the custom field of sales forms that holds the client's purchase order (1, 2 or 3, in the order of Settings > Custom fields). Empty: the purchase order stands in the message to the customer."},
		{Key: "base_url", Label: "Address of the API", Default: "https://quickbooks.api.intuit.com", URL: true, Advanced: true,
			Help: "Leave as it is. A sandbox company has https://sandbox-quickbooks.api.intuit.com."},
		{Key: "token_url", Label: "Token address", Default: "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer", URL: true, Advanced: true,
			Help: "Leave as it is, unless you have a simulator."},
	}
}

// Connector is an opened QuickBooks connection. It keeps nothing but its settings;
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
	_ staffing.BillingLister = (*Connector)(nil)
	_ staffing.BookSearcher  = (*Connector)(nil)
	_ staffing.FieldLister   = (*Connector)(nil)
)
