// Package netsuite connects the books of a firm that keeps them in NetSuite: each
// approved bill becomes one sales order that waits for approval, or one return
// authorization when it is a credit, with our reference as its external id. Neither
// touches the ledger, and the connector never approves one. README.md says which fact
// rests on what.
package netsuite

import (
	"crypto"
	_ "embed"
	"log/slog"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for NetSuite.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "netsuite",
		Label:      "NetSuite",
		Role:       staffing.RoleERP,
		DocsURL:    "https://docs.oracle.com/en/cloud/saas/netsuite/ns-online-help/chapter_1540391670.html",
		APIVersion: "REST web services v1",
		Summary:    "The firm's books in NetSuite: each approved bill becomes one sales order pending approval, or a return authorization for a credit.",
		Spec:       spec(),
		// No number of calls is documented, only how many run at once: 5 or 15 for the
		// whole account, which its other integrations share.
		Limits:  connectors.Limits{PerSecond: 4, Burst: 20, Concurrency: 2},
		Can:     []connectors.Capability{connectors.WritesBilling, connectors.TellsFields, connectors.ListsBilling, connectors.SearchesBooks},
		Mapping: defaultMapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	const role = "A role of its own for the hub: Setup > Users/Roles > Manage Roles."
	return connectors.Spec{
		{Key: "account_id", Label: "Account ID", Required: true, Pattern: `[A-Za-z0-9_-]{3,40}`,
			Help: "Setup > Company > Company Information, field Account ID, e.g. 1234567 or 1234567_SB1."},
		{Key: "client_id", Label: "Client ID", Required: true,
			Help: "Of an integration record with Client Credentials (Machine to Machine) Grant and the scope REST Web Services; shown once: Setup > Integration > Manage Integrations > New."},
		{Key: "certificate_id", Label: "Certificate ID", Required: true,
			Help: "Of the mapping of that integration to the hub's user and role: Setup > Integration > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup. Refreshing a sandbox removes the mapping."},
		{Key: "private_key", Label: "Private key", Required: true, Secret: true, Multiline: true, Check: checkKey,
			Help: "The private key of the certificate that was uploaded there, in PEM and without a password: EC of 256, 384 or 521 bits, or RSA of 3072 or 4096. " + role},
		{Key: "item", Label: "Item for time", Required: true,
			Help: "Name, external id or internal id of the service item that hours, days, weeks or months are billed with: Lists > Accounting > Items."},
		{Key: "fee_item", Label: "Item for fees",
			Help: "The same for placement fees: Lists > Accounting > Items. Empty: that for time."},
		{Key: "subsidiary_id", Label: "Subsidiary id", Pattern: `[1-9][0-9]{0,8}`,
			Help: "Internal id of the subsidiary that bills, in accounts that have several: Setup > Company > Subsidiaries, with Show Internal IDs on. Empty: the customer's own."},
		{Key: "cost_centre", Label: "Cost centres are", Default: "department", Options: []string{"department", "class", "location"},
			Help: "Which of the three holds the client's cost centres; a code is looked for among their external ids and names: Setup > Company > Departments, Classes or Locations."},
		{Key: "order_url", Label: "Link to an order", Pattern: `https?://\S*\{id\}\S*`, Advanced: true,
			Help: "Address of a transaction in your NetSuite, with {id} where its internal id goes, e.g. https://1234567.app.netsuite.com/app/accounting/transactions/transaction.nl?id={id}. Empty: no link on the hub's pages."},
		{Key: "price_level", Label: "Price level id", Default: "-1", Pattern: `-?[0-9]{1,9}`, Advanced: true,
			Help: "Internal id of the price level Custom, which lets a line have its own rate: Setup > Accounting > Accounting Lists. Leave as it is."},
		{Key: "scope", Label: "Scope", Default: "rest_webservices", Advanced: true, Help: "What the token is asked for. Leave as it is."},
		{Key: "base_url", Label: "Address of the API", URL: true, Advanced: true,
			Help: "Empty: made from the account ID. Your own address is on Setup > Company > Company Information, tab Company URLs, SuiteTalk."},
	}
}

// Connector is an opened NetSuite connection. It keeps nothing but its settings; all
// methods may run at the same time.
type Connector struct {
	http   *httpx.Client
	tokens connectors.TokenStore
	now    func() time.Time
	log    *slog.Logger
	set    connectors.Settings
	base   string
	key    crypto.Signer
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	key, err := readKey(s["private_key"])
	if err != nil {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "private_key", Message: err.Error()}
	}
	c := &Connector{http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log, set: s, base: s.URL("base_url"), key: key}
	if c.base == "" {
		c.base = "https://" + strings.ReplaceAll(strings.ToLower(s["account_id"]), "_", "-") + ".suitetalk.api.netsuite.com"
	}
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
