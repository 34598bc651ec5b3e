// Package smartrecruiters connects a client's SmartRecruiters account: jobs with
// their positions in, candidates with résumés out, statuses and offers back. It
// speaks the Customer API. README.md says which fact rests on what.
package smartrecruiters

import (
	_ "embed"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var mapping []byte

const defaultBase = "https://api.smartrecruiters.com"

// Kind is the registry's entry for SmartRecruiters.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "smartrecruiters",
		Label:      "SmartRecruiters",
		Role:       staffing.RoleClient,
		DocsURL:    "https://developers.smartrecruiters.com/docs",
		APIVersion: "Customer API, webhooks v201907",
		Summary:    "A client's SmartRecruiters account: jobs, positions, candidates, statuses and offers.",
		Spec:       spec(),
		// 10 requests a second and 8 at once for a credential; the X-RateLimit headers refine
		// it. https://developers.smartrecruiters.com/docs/rate-limiting
		Limits: connectors.Limits{PerSecond: 10, Burst: 10, Concurrency: 8},
		WebhookHelp: "SmartRecruiters has no page for this: calls make the subscription (POST /webhooks-api/v201907/subscriptions with this connection's address as callback, " +
			"and the events application.created, application.status.updated, offer.updated, job.created, job.updated, job.status.updated, position.created, position.updated, " +
			"position.deleted). POST .../secret-key gives the secret that is entered here. Then PUT .../activation: SmartRecruiters asks " +
			"this address whether it listens, and the hub answers by itself once the connection is saved.",
		Can: []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsStatuses, connectors.ReadsPlacements,
			connectors.TakesWebhooks, connectors.TellsFields, connectors.TellsStatuses},
		Mapping: mapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "api_key", Label: "API key", Secret: true,
			Help: "An administrator of the client makes it in SmartRecruiters: Settings / Admin > Apps & Integrations > Credential Manager > New credential > API key. Leave it empty when you enter an OAuth client instead."},
		{Key: "client_id", Label: "OAuth client ID", Pattern: `\S+`,
			Help: "Instead of an API key: Settings / Admin > Apps & Integrations > Credential Manager > New credential > OAuth client, with the scopes jobs_read, candidates_read, candidates_manage."},
		{Key: "client_secret", Label: "OAuth client secret", Secret: true,
			Help: "Shown once, when the OAuth client is made in Credential Manager."},
		{Key: "source_type_id", Label: "Source type id", Pattern: `\S+`,
			Help: "So that the client sees your agency as source: the type's id in GET /configuration/sources, e.g. the one of agencies. Empty: the source of your submissions is API."},
		{Key: "source_subtype_id", Label: "Source subtype id", Pattern: `\S+`, Advanced: true,
			Help: "Where the source type has subtypes: the id in GET /configuration/sources."},
		{Key: "source_id", Label: "Source id", Pattern: `\S+`,
			Help: "Your agency's id in GET /configuration/sources/{source type id}/values. It goes with the source type id."},
		{Key: "webhook_secret", Label: "Webhook secret", Secret: true,
			Help: "The secret that POST /webhooks-api/v201907/subscriptions/{id}/secret-key gave. Empty: every delivery is refused, and the hub polls."},
		{Key: "webhook_secret_previous", Label: "Previous webhook secret", Secret: true, Advanced: true,
			Help: "While the secret is being changed (POST .../secret-key): the old one, which SmartRecruiters goes on using for 24 hours. Empty it afterwards."},
		{Key: "attachment_type", Label: "Attachment type of résumés", Default: "RESUME", Options: []string{"RESUME", "GENERIC_FILE"}, Advanced: true,
			Help: "How résumés are filed with the candidate. The vendor's page names GENERIC_FILE only; choose it if the client's account refuses RESUME."},
		{Key: "resume_max_mb", Label: "Largest résumé (MB)", Default: "5", Pattern: `[1-9][0-9]?`, Advanced: true,
			Help: "SmartRecruiters documents no limit for this call (2 MB for its partners' one), so larger files are refused before they are sent."},
		{Key: "base_url", Label: "API address", Default: defaultBase, URL: true, Advanced: true,
			Help: "https://api.smartrecruiters.com, also for sandbox companies: those have keys of their own (Credential Manager)."},
		{Key: "token_url", Label: "Token address", Default: defaultBase + "/identity/oauth/token", URL: true, Advanced: true,
			Help: "Where access tokens come from when an OAuth client is used (docs: OAuth 2.0)."},
	}
}

// Connector is an opened SmartRecruiters connection. All methods may run at the
// same time.
type Connector struct {
	http      *httpx.Client
	tokens    connectors.TokenStore
	now       func() time.Time
	log       *slog.Logger
	base      string
	key       string // API key; empty: OAuth
	id        string
	secret    string
	tokenURL  string
	source    map[string]any // sourceDetails of submissions; nil: none
	hooks     []string       // current and previous webhook secret
	fileType  string
	maxResume int64
	// searching holds the one call of GET /candidates that the vendor allows at a time.
	searching chan struct{}
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	mb, err := strconv.ParseInt(s["resume_max_mb"], 10, 64)
	if err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "the largest résumé is not a number of megabytes")
	}
	c := &Connector{
		http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log, base: s.URL("base_url"), key: s["api_key"], id: s["client_id"],
		secret: s["client_secret"], tokenURL: s.URL("token_url"), fileType: s["attachment_type"], maxResume: mb << 20,
		searching: make(chan struct{}, 1),
	}
	if err := c.readSource(s); err != nil {
		return nil, err
	}
	for _, k := range []string{"webhook_secret", "webhook_secret_previous"} {
		if s[k] != "" {
			c.hooks = append(c.hooks, s[k])
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

// readSource checks the settings that only make sense together.
func (c *Connector) readSource(s connectors.Settings) error {
	switch {
	case c.key == "" && (c.id == "" || c.secret == ""):
		return staffing.Errorf(staffing.Invalid, "enter an API key, or an OAuth client ID with its secret")
	case c.key != "" && c.id+c.secret != "":
		return staffing.Errorf(staffing.Invalid, "enter either an API key or an OAuth client, not both")
	case (s["source_type_id"] == "") != (s["source_id"] == ""):
		return staffing.Errorf(staffing.Invalid, "source type id and source id go together: enter both or none")
	}
	if s["source_id"] == "" {
		return nil
	}
	c.source = map[string]any{"sourceTypeId": s["source_type_id"], "sourceId": s["source_id"]}
	if sub := strings.TrimSpace(s["source_subtype_id"]); sub != "" {
		c.source["sourceSubTypeId"] = sub
	}
	return nil
}

var (
	_ staffing.Checker           = (*Connector)(nil)
	_ staffing.RequisitionSource = (*Connector)(nil)
	_ staffing.SubmissionSink    = (*Connector)(nil)
	_ staffing.StatusSource      = (*Connector)(nil)
	_ staffing.PlacementSource   = (*Connector)(nil)
	_ staffing.WebhookReceiver   = (*Connector)(nil)
	_ staffing.WebhookGreeter    = (*Connector)(nil)
	_ staffing.FieldLister       = (*Connector)(nil)
	_ staffing.StatusLister      = (*Connector)(nil)
)
