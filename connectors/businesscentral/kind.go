// Package businesscentral connects the books of a firm that keeps them in Microsoft
// Dynamics 365 Business Central: each approved bill becomes one draft sales invoice,
// or one draft sales credit memo, that is found again by its external document number.
// It never posts one; the firm's own staff do that. README.md says which fact rests on
// what.
package businesscentral

import (
	_ "embed"
	"log/slog"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for Business Central.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "businesscentral",
		Label:      "Microsoft Dynamics 365 Business Central",
		Role:       staffing.RoleERP,
		DocsURL:    "https://learn.microsoft.com/dynamics365/business-central/dev-itpro/api-reference/v2.0/",
		APIVersion: "API v2.0",
		Summary:    "The firm's books in Business Central: each approved bill becomes one draft sales invoice or credit memo.",
		Spec:       spec(),
		// 6,000 calls in 5 minutes and 5 at once for one user; a bill is about eight.
		Limits:  connectors.Limits{PerSecond: 10, Burst: 20, Concurrency: 2},
		Can:     []connectors.Capability{connectors.WritesBilling, connectors.TellsFields, connectors.ListsBilling, connectors.SearchesBooks},
		Mapping: defaultMapping,
		Open:    open,
	}
}

const uuidPattern = `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}`

func spec() connectors.Spec {
	kinds := []string{"Account", "Item", "Resource"}
	return connectors.Spec{
		{Key: "tenant_id", Label: "Tenant ID", Required: true, Pattern: uuidPattern,
			Help: "Of the firm's Microsoft Entra directory: entra.microsoft.com > Overview, Tenant ID."},
		{Key: "client_id", Label: "Client ID", Required: true, Pattern: uuidPattern,
			Help: "Of an app registration for the hub: entra.microsoft.com > App registrations > the app, Application (client) ID. It needs the application permission API.ReadWrite.All of Dynamics 365 Business Central, with admin consent, and must be entered in Business Central as well: search for Microsoft Entra Applications, State Enabled, with a permission set that may make sales documents and not post them."},
		{Key: "client_secret", Label: "Client secret", Required: true, Secret: true,
			Help: "entra.microsoft.com > App registrations > the app > Certificates & secrets, the column Value. It ends on the day that is shown there: enter it below as Credential expires on."},
		{Key: "environment", Label: "Environment", Required: true, Default: "Production", Pattern: `[A-Za-z0-9_-]{1,30}`,
			Help: "Name of the environment: Business Central admin center > Environments."},
		{Key: "company_id", Label: "Company ID", Required: true, Pattern: uuidPattern,
			Help: "Of the company that invoices: in Business Central, Settings gear > Company information gives its name; the id is in the answer of .../api/v2.0/companies."},
		{Key: "line_type", Label: "Lines are", Required: true, Default: "Account", Options: kinds,
			Help: "What an invoice line points to: a general ledger account (Chart of Accounts), an item of the type Service (Items), or a resource (Resources)."},
		{Key: "hours_number", Label: "Number for time", Required: true, Pattern: `.{1,20}`,
			Help: "No. of the account, item or resource that hours, days, weeks or months are billed with: Chart of Accounts, Items or Resources, column No."},
		{Key: "fee_number", Label: "Number for fees", Pattern: `.{1,20}`,
			Help: "No. of the account, item or resource that placement fees are billed with: Chart of Accounts, Items or Resources, column No. Empty: that for time."},
		{Key: "cost_centre_dimension", Label: "Cost centre dimension", Default: "DEPARTMENT", Pattern: `.{1,20}`,
			Help: "Code of the dimension whose values are the cost centres: search for Dimensions. Needed only for bills with a cost centre."},
		{Key: "base_url", Label: "Address of the API", Default: "https://api.businesscentral.dynamics.com/v2.0", URL: true, Advanced: true, Help: "Leave as it is, unless you have a simulator."},
		{Key: "login_url", Label: "Sign-in address", Default: "https://login.microsoftonline.com", URL: true, Advanced: true, Help: "Leave as it is, unless you have a simulator or a national cloud."},
		{Key: "scope", Label: "Scope", Default: "https://api.businesscentral.dynamics.com/.default", Advanced: true, Help: "Leave as it is."},
	}
}

// Connector is an opened Business Central connection. It keeps nothing but its
// settings; all methods may run at the same time.
type Connector struct {
	http    *httpx.Client
	tokens  connectors.TokenStore
	now     func() time.Time
	log     *slog.Logger
	set     connectors.Settings
	company string // address of the company
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log, set: s}
	c.company = s.URL("base_url") + "/" + s["tenant_id"] + "/" + url.PathEscape(s["environment"]) + "/api/v2.0/companies(" + s["company_id"] + ")"
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
