// Package greenhouse connects a client's Greenhouse Recruiting account: jobs in,
// candidates and résumés out, application statuses and accepted offers back. It
// speaks Harvest v3 only (v1 and v2 were switched off on 2026-08-31) and reads
// Greenhouse's web hooks as hints. README.md says which fact rests on what.
package greenhouse

import (
	_ "embed"
	"log/slog"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var mapping []byte

const (
	defaultBase  = "https://harvest.greenhouse.io/v3"
	defaultToken = "https://auth.greenhouse.io/token" //nolint:gosec // an address, no credential
)

// Kind is the registry's entry for Greenhouse.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "greenhouse",
		Label:      "Greenhouse",
		Role:       staffing.RoleClient,
		DocsURL:    "https://harvestdocs.greenhouse.io/reference",
		APIVersion: "Harvest v3",
		Summary:    "A client's Greenhouse Recruiting account: jobs, candidates, application stages and offers.",
		Spec:       spec(),
		// The vendor's example is 75 requests in a fixed window of 30 seconds; the
		// X-RateLimit headers of the account refine it.
		// https://harvestdocs.greenhouse.io/docs/api-rate-limiting
		Limits: connectors.Limits{PerSecond: 2.5, Burst: 20, Concurrency: 4},
		WebhookHelp: "Greenhouse: Configure > Dev Center > Web Hooks > Web Hooks. Add one web hook per event (Job created, Job updated, " +
			"Job deleted, Job post created, Job post updated, Job post deleted, Candidate has changed stage, Candidate has been hired, Candidate or " +
			"prospect rejected, Candidate unrejected, Application updated, Application deleted, Candidate deleted, Candidate merged, Offer created, Offer updated) " +
			"with this connection's address as Endpoint URL and the web hook secret as Secret key.",
		Can: []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsStatuses, connectors.ReadsPlacements,
			connectors.TakesWebhooks, connectors.TellsFields, connectors.TellsStatuses},
		Mapping: mapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "client_id", Label: "Client ID", Required: true,
			Help: "Greenhouse: Configure > Dev Center > API Credentials > Create new API credentials > Harvest V3 (OAuth). Shown when the credential is saved."},
		{Key: "client_secret", Label: "Client secret", Required: true, Secret: true,
			Help: "Shown once beside the client ID: Configure > Dev Center > API Credentials. Choose the scopes there as well; Test connection names the ones that are missing."},
		{Key: "acting_user_id", Label: "Acting user id", Pattern: `[0-9]+`,
			Help: "Greenhouse: Configure > Users, open the user; the number at the end of the address. Must be a Site Admin, because lists answer nobody else. Empty: Greenhouse's own integration user acts."},
		{Key: "source_id", Label: "Source id", Pattern: `[0-9]+`,
			Help: "The source that submissions are credited to, e.g. your agency: Greenhouse: Configure > Sources, the number in the address. When set, a candidate who already is on the job from another source is refused as a duplicate."},
		{Key: "webhook_secret", Label: "Web hook secret key", Secret: true, Generate: connectors.SharedSecret,
			Help: "The Secret key entered at Configure > Dev Center > Web Hooks > Web Hooks. Empty: every web hook delivery is refused, and the hub polls."},
		{Key: "webhook_secret_previous", Label: "Previous web hook secret key", Secret: true,
			Help: "While the key is being changed at Configure > Dev Center > Web Hooks > Web Hooks: the old one, so that no delivery is refused meanwhile. Empty it afterwards."},
		{Key: "base_url", Label: "API address", Default: defaultBase, URL: true, Advanced: true,
			Help: "Leave as it is. Only a test account of your own or a sandbox has another address than the one under Configure > Dev Center > API documentation."},
		{Key: "token_url", Label: "Token address", Default: defaultToken, URL: true, Advanced: true,
			Help: "Leave as it is, unless the API address was changed (Configure > Dev Center > API documentation)."},
	}
}

// Connector is an opened Greenhouse connection. It keeps nothing but its
// settings; all methods may run at the same time.
type Connector struct {
	http     *httpx.Client
	tokens   connectors.TokenStore
	now      func() time.Time
	log      *slog.Logger
	base     string
	tokenURL string
	id       string
	secret   string
	user     string
	source   string
	hooks    []string // current and previous web hook secret
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{
		http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log,
		base: s.URL("base_url"), tokenURL: s.URL("token_url"),
		id: s["client_id"], secret: s["client_secret"],
		user: s["acting_user_id"], source: s["source_id"],
	}
	for _, secret := range []string{s["webhook_secret"], s["webhook_secret_previous"]} {
		if secret != "" {
			c.hooks = append(c.hooks, secret)
		}
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
	_ staffing.Checker           = (*Connector)(nil)
	_ staffing.RequisitionSource = (*Connector)(nil)
	_ staffing.SubmissionSink    = (*Connector)(nil)
	_ staffing.StatusSource      = (*Connector)(nil)
	_ staffing.PlacementSource   = (*Connector)(nil)
	_ staffing.WebhookReceiver   = (*Connector)(nil)
	_ staffing.FieldLister       = (*Connector)(nil)
	_ staffing.StatusLister      = (*Connector)(nil)
)
