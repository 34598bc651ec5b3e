// Package lever connects a client's Lever account: postings with their
// requisitions in, candidates with résumés out, stages, archive reasons and signed
// offers back. It speaks the Data API v1, and reads Lever's webhooks as hints,
// because their signature does not cover what they say. README.md says which fact
// rests on what.
package lever

import (
	_ "embed"
	"log/slog"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var mapping []byte

const defaultBase = "https://api.lever.co/v1"

// Kind is the registry's entry for Lever.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "lever",
		Label:      "Lever",
		Role:       staffing.RoleClient,
		DocsURL:    "https://hire.lever.co/developer/documentation",
		APIVersion: "Data API v1",
		Summary:    "A client's Lever account: postings, requisitions, opportunities, archive reasons and offers.",
		Spec:       spec(),
		// A token bucket per API key: 10 requests a second, bursts of 20 when possible. No
		// header tells what is left. https://hire.lever.co/developer/documentation#rate-limits
		Limits: connectors.Limits{PerSecond: 10, Burst: 20, Concurrency: 4},
		WebhookHelp: "Lever: Settings > Integrations and API > Webhooks. Turn on Candidate Stage Change, Candidate Archive Change, Candidate Hired, " +
			"Application Created and Candidate Deleted, each with this connection's address as URL, and copy each signature token to Webhook signature tokens. " +
			"Lever has no webhook for postings or requisitions: those are polled.",
		Can: []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsStatuses, connectors.ReadsPlacements,
			connectors.TakesWebhooks, connectors.TellsFields, connectors.TellsStatuses},
		Mapping: mapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "api_key", Label: "API key", Required: true, Secret: true,
			Help: "A Super Admin makes it in Lever: Settings > Integrations and API > API credentials > Lever API credentials > Generate new key. Tick the read permissions that Test connection names, and write for opportunities. Access to confidential data can be chosen only now, not later."},
		{Key: "acting_user_id", Label: "Acting user id", Required: true, Pattern: `[A-Za-z0-9-]{8,64}`,
			Help: "The Lever user whose name stands on your submissions (perform_as). It is the id in the address of the user's page: Settings > Users. Make a user for your agency, so that the client sees who submitted."},
		{Key: "source", Label: "Source", Pattern: `[^\r\n]{1,100}`,
			Help: "The source that submissions carry, e.g. your agency's name as it stands at Settings > Sources; Lever makes one that is not there yet. When set, a candidate who already is on the posting from another source is refused as a duplicate."},
		{Key: "confidentiality", Label: "Confidential data", Default: "non-confidential", Options: []string{"non-confidential", "all", "confidential"},
			Help: "Lever leaves confidential postings out unless they are asked for. Choose all only when the key was made with access to confidential data (Settings > Integrations and API > API credentials)."},
		{Key: "webhook_tokens", Label: "Webhook signature tokens", Secret: true, Multiline: true,
			Help: "The signature token of each webhook at Settings > Integrations and API > Webhooks, one a line: every webhook may have its own. Empty: every delivery is refused, and the hub polls."},
		{Key: "webhook_tokens_previous", Label: "Previous webhook signature tokens", Secret: true, Multiline: true, Advanced: true,
			Help: "While a token is being changed at Settings > Integrations and API > Webhooks: the old ones, so that no delivery is refused meanwhile. Empty it afterwards."},
		{Key: "base_url", Label: "API address", Default: defaultBase, URL: true, Advanced: true,
			Help: "https://api.lever.co/v1. Clients in Lever's EU region: https://api.eu.lever.co/v1. Sandboxes: https://api.sandbox.lever.co/v1."},
	}
}

// Connector is an opened Lever connection. It keeps nothing but its settings; all
// methods may run at the same time.
type Connector struct {
	http            *httpx.Client
	now             func() time.Time
	log             *slog.Logger
	base            string
	key             string
	user            string
	source          string
	confidentiality string
	hooks           []string // current and previous signature tokens
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{
		http: d.HTTP, now: d.Now, log: d.Log, base: s.URL("base_url"), key: s["api_key"],
		user: s["acting_user_id"], source: s["source"], confidentiality: s["confidentiality"],
		hooks: append(tokens(s["webhook_tokens"]), tokens(s["webhook_tokens_previous"])...),
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// tokens reads a setting that holds several tokens, one a line or with commas.
func tokens(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" ,;\r\n\t", r) })
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
