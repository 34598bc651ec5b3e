// Package bullhorn connects the staffing firm's own Bullhorn ATS: jobs in,
// candidates, résumés and agreed rates out, statuses both ways. It reads status
// changes from an event subscription, whose events the vendor forgets once they
// are read. README.md says which fact rests on what.
package bullhorn

import (
	_ "embed"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for Bullhorn.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "bullhorn",
		Label:      "Bullhorn",
		Role:       staffing.RoleInternalATS,
		DocsURL:    "https://bullhorn.github.io/rest-api-docs/",
		APIVersion: "REST, version=*",
		Summary:    "The firm's own Bullhorn ATS: job orders, candidates, résumés, submissions and their statuses.",
		Spec:       spec(),
		// 1,500 requests a minute and 50 sessions by the vendor's newest page. The
		// monthly 100,000 are kept by the poll cadence of the mapping document.
		Limits: connectors.Limits{PerSecond: 20, Burst: 20, Concurrency: 4},
		WebhookHelp: "None is needed: the hub polls Bullhorn's event subscription. To be quicker, let a Bullhorn Automation send the hub's own webhook " +
			"to a connection of the kind \"Any ATS (webhook)\".",
		Can: []connectors.Capability{connectors.WritesJobs, connectors.ReadsCandidateEvents, connectors.ReadsCandidates, connectors.ReadsSubmissions,
			connectors.WritesStatuses, connectors.TellsFields, connectors.TellsStatuses},
		Mapping: defaultMapping,
		Open:    open,
	}
}

const fieldNames = `[A-Za-z0-9_]+(\([A-Za-z0-9_, ]+\))?(\s*,\s*[A-Za-z0-9_]+(\([A-Za-z0-9_, ]+\))?)*`

func spec() connectors.Spec {
	return append(append(connectors.Spec{
		{Key: "username", Label: "API user name", Required: true,
			Help: "A user of type API, not a person. Ask Bullhorn Support in a ticket for \"REST API keys and an API user\": its name, the client ID and the secret come in the answer."},
		{Key: "password", Label: "API user password", Required: true, Secret: true,
			Help: "The API user's password, set when Bullhorn Support created the user. Sign in once in a browser with it to accept the terms; until then every call is refused."},
		{Key: "client_id", Label: "Client ID", Required: true,
			Help: "From the support ticket \"REST API keys\". The cheapest Bullhorn editions have no API."},
		{Key: "client_secret", Label: "Client secret", Required: true, Secret: true,
			Help: "From the same support ticket as the client ID."},
		{Key: "subscription", Label: "Event subscription", Required: true, Pattern: `[A-Za-z0-9_-]{1,40}`,
			Help: "A name of your choice for the queue of status changes, e.g. tributary-production. Every hub needs a name of its own: two that share one take each other's events. Bullhorn allows 15 per account."},
		{Key: "currency", Label: "Currency", Required: true, Default: "USD", Pattern: `[A-Z]{3}`,
			Help: "Currency of the rates on submissions, because Bullhorn keeps none with them. Bullhorn: Menu > Admin > System Settings > currencyFormat."},
		{Key: "time_zone", Label: "Time zone", Required: true, Default: "America/New_York",
			Help: "The zone in which the account's days begin, e.g. Europe/London, because Bullhorn keeps a day as its first moment. Bullhorn: Menu > Admin > Corporate Settings; a day that is off by one in the hub means another zone."},
		{Key: "resume_types", Label: "File types of résumés", Default: "Resume, CV",
			Help: "The words in the Type column of a candidate's Files tab that mean a résumé, separated by commas. The newest such file is sent; without one, the newest document without a type."},
		{Key: "candidate_fields", Label: "Further candidate fields", Pattern: fieldNames,
			Help: "More fields of Candidate for the mapping to use, e.g. customDate1,customText7, or fields of a custom object: customObject1s(text1,date1). Names and labels: Bullhorn: Menu > Admin > Field Mappings > Candidate."},
		{Key: "submission_fields", Label: "Further submission fields", Pattern: fieldNames,
			Help: "More fields of JobSubmission for the mapping to use, e.g. customText1. Bullhorn: Menu > Admin > Field Mappings > Submission."},
	}, companySettings()...),
		connectors.Field{Key: "redirect_uri", Label: "Redirect URI", Advanced: true,
			Help: "Only when one was registered with the client ID: exactly as it stands in the support ticket."},
		connectors.Field{Key: "login_url", Label: "Sign-in address", Default: "https://rest.bullhornstaffing.com/rest-services", URL: true, Advanced: true,
			Help: "Leave as it is: Bullhorn names the data centre of the API user by itself. Only a sandbox has another address."})
}

// Connector is an opened Bullhorn connection. It keeps nothing but its settings;
// all methods may run at the same time.
type Connector struct {
	http   *httpx.Client
	tokens connectors.TokenStore
	spool  connectors.Spool
	now    func() time.Time
	log    *slog.Logger
	set    connectors.Settings
	login  string
	zone   *time.Location
	types  []string // of résumés, lower case
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(s["time_zone"])
	if err != nil {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "time_zone", Message: fmt.Sprintf("%q is not the name of a time zone such as America/New_York", s["time_zone"])}
	}
	c := &Connector{http: d.HTTP, tokens: d.Tokens, spool: d.Spool, now: d.Now, log: d.Log, set: s, login: s.URL("login_url"), zone: zone}
	for _, t := range strings.Split(s["resume_types"], ",") {
		if t = strings.ToLower(strings.TrimSpace(t)); t != "" {
			c.types = append(c.types, t)
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
	_ staffing.Checker              = (*Connector)(nil)
	_ staffing.JobSink              = (*Connector)(nil)
	_ staffing.CandidateSource      = (*Connector)(nil)
	_ staffing.SubmissionSource     = (*Connector)(nil)
	_ staffing.StatusSink           = (*Connector)(nil)
	_ staffing.CandidateEventSource = (*Connector)(nil)
	_ staffing.FieldLister          = (*Connector)(nil)
	_ staffing.StatusLister         = (*Connector)(nil)
)
