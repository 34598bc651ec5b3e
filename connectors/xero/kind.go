// Package xero connects the books of a firm that keeps them in Xero: each approved
// bill becomes one draft sales invoice, or one draft credit note, whose number is our
// reference. It never approves one; the firm's own staff do that. README.md says which
// fact rests on what.
package xero

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

// Kind is the registry's entry for Xero.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "xero",
		Label:      "Xero",
		Role:       staffing.RoleERP,
		DocsURL:    "https://developer.xero.com/documentation/api/accounting/overview",
		APIVersion: "Accounting API 2.0",
		Summary:    "The firm's books in Xero: each approved bill becomes one draft sales invoice or credit note.",
		Spec:       spec(),
		// 60 calls a minute and 5 at once for one organisation, 5,000 a day: a bill is
		// about seven. The organisation's other apps have limits of their own.
		Limits:  connectors.Limits{PerSecond: 1, Burst: 20, Concurrency: 2},
		Can:     []connectors.Capability{connectors.WritesBilling, connectors.ListsBilling, connectors.SearchesBooks, connectors.TellsFields},
		Mapping: defaultMapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "client_id", Label: "Client ID", Required: true,
			Help: "Of an app of yours: developer.xero.com > My Apps > the app > Configuration. A Custom Connection serves one organisation without a person signing in; a Web app needs the refresh token below."},
		{Key: "client_secret", Label: "Client secret", Required: true, Secret: true,
			Help: "Made on the same page: developer.xero.com > My Apps > the app > Configuration > Generate a secret."},
		{Key: "refresh_token", Label: "Refresh token", Secret: true,
			Help: "Only for a Web app: from signing in once with the scopes offline_access, accounting.invoices, accounting.contacts.read and accounting.settings.read. Every use replaces the token, and the hub keeps the new one: give each hub a sign-in of its own. Empty: the app is a Custom Connection."},
		{Key: "tenant_id", Label: "Tenant ID", Required: true, Pattern: uuidPattern,
			Help: "Of the organisation: tenantId in the answer of https://api.xero.com/connections, asked with a token of the app."},
		{Key: "account_code", Label: "Revenue account for time", Required: true,
			Help: "Code of the account that hours, days, weeks or months are booked on: Accounting > Chart of accounts, column Code."},
		{Key: "fee_account_code", Label: "Revenue account for fees",
			Help: "Code of the account that placement fees are booked on: Accounting > Chart of accounts, column Code. Empty: that for time."},
		{Key: "item_code", Label: "Item for time",
			Help: "Code of an item for lines of time: Business > Products and services. Empty: lines without an item."},
		{Key: "fee_item_code", Label: "Item for fees",
			Help: "Code of an item for lines of fees: Business > Products and services. Empty: lines without an item."},
		{Key: "tax_type", Label: "Tax type",
			Help: "Of every line, as the API calls it, e.g. NONE, OUTPUT or OUTPUT2; reading the fields lists them. Empty: Xero takes the account's own tax rate (Accounting > Chart of accounts, column Tax rate)."},
		{Key: "cost_centre_category", Label: "Tracking category", Default: "Cost centre",
			Help: "Name of the tracking category whose options are the cost centres: Accounting > Advanced > Tracking categories. Needed only for bills with a cost centre."},
		{Key: "scopes", Label: "Scopes", Default: "accounting.invoices accounting.contacts.read accounting.settings.read", Advanced: true,
			Help: "What a Custom Connection asks for. Apps made before March 2026 have accounting.transactions in place of accounting.invoices."},
		{Key: "base_url", Label: "Address of the API", Default: "https://api.xero.com/api.xro/2.0", URL: true, Advanced: true, Help: "Leave as it is, unless you have a simulator."},
		{Key: "token_url", Label: "Token address", Default: "https://identity.xero.com/connect/token", URL: true, Advanced: true, Help: "Leave as it is, unless you have a simulator."},
	}
}

// Connector is an opened Xero connection. It keeps nothing but its settings; all
// methods may run at the same time.
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
