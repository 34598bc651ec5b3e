// Package jobadder connects the staffing firm's own JobAdder account: jobs in,
// candidates and résumés out, statuses of job applications both ways. It polls, and
// takes the vendor's webhooks as hints only. README.md says which fact rests on what.
package jobadder

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
var defaultMapping []byte

// Kind is the registry's entry for JobAdder.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "jobadder",
		Label:      "JobAdder",
		Role:       staffing.RoleInternalATS,
		DocsURL:    "https://api.jobadder.com/v2/docs",
		APIVersion: "v2",
		Summary:    "The firm's own JobAdder account: jobs, candidates, résumés, job applications and their statuses.",
		Spec:       spec(),
		// JobAdder limits by account and publishes no number: this is a careful guess, and
		// Retry-After refines it.
		Limits: connectors.Limits{PerSecond: 2, Burst: 10, Concurrency: 2},
		WebhookHelp: "JobAdder has no page for webhooks: they are made over its API. Enter this connection's address as Webhook address, and the hub makes the webhook " +
			"(job application status changed) with the webhook secret, looks after it every 15 minutes, and enables it again when JobAdder has suspended it.",
		Can: []connectors.Capability{connectors.WritesJobs, connectors.ReadsCandidateEvents, connectors.ReadsCandidates, connectors.ReadsSubmissions, connectors.WritesStatuses,
			connectors.TakesWebhooks, connectors.TellsFields, connectors.TellsStatuses},
		Mapping: defaultMapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "client_id", Label: "Client ID", Required: true,
			Help: "Issued by JobAdder for an application of yours: developers.jobadder.com > your application. One application may serve several hubs."},
		{Key: "client_secret", Label: "Client secret", Required: true, Secret: true,
			Help: "Issued together with the client ID: developers.jobadder.com > your application."},
		{Key: "refresh_token", Label: "Refresh token", Required: true, Secret: true,
			Help: "From signing in once as the user in whose name the hub acts: open id.jobadder.com/connect/authorize with response_type=code, your client_id and redirect_uri, and " +
				"scope=read write offline_access (or the scopes of the README), then exchange the code within 5 minutes. Every use replaces the token, and the hub keeps the new one: give each hub a sign-in of its own."},
		{Key: "currency", Label: "Currency", Required: true, Pattern: `[A-Z]{3}`,
			Help: "Currency of rates that stand in custom fields, such as AUD or GBP, because JobAdder keeps none with them. JobAdder: Settings > Account."},
		{Key: "resume_types", Label: "Attachment types of résumés", Required: true, Default: "FormattedResume, Resume", Pattern: `(FormattedResume|Resume)(\s*,\s*(FormattedResume|Resume))?`,
			Help: "Which attachment of a candidate is sent: the newest of the first type, else of the second. FormattedResume is the one that the firm has prepared for clients."},
		{Key: "webhook_url", Label: "Webhook address", URL: true,
			Help: "The address that this connection's page shows for deliveries. When it is entered, the hub makes and watches the webhook at JobAdder. Empty: the hub polls only, or you make the webhook yourself (POST /webhooks)."},
		{Key: "webhook_secret", Label: "Webhook secret", Secret: true, Generate: connectors.SharedSecret, Pattern: `[!-~]{16,200}`,
			Help: "JobAdder signs nothing: it sends back the Authorization header that it was given, which is \"Bearer \" and this secret. After a change the hub tells JobAdder the new one. Empty: every delivery is refused."},
		{Key: "webhook_secret_previous", Label: "Previous webhook secret", Secret: true,
			Help: "While the webhook secret is being changed: the old one, so that no delivery is refused meanwhile. Empty it afterwards."},
		{Key: "find_days", Label: "Days to look back for a job", Required: true, Default: "90", Pattern: `[1-9][0-9]{0,3}`, Advanced: true,
			Help: "JobAdder cannot search by a reference of ours, so before it creates a job the hub reads the jobs that were created within so many days: one call for each 1,000."},
		{Key: "token_url", Label: "Token address", Default: "https://id.jobadder.com/connect/token", URL: true, Advanced: true,
			Help: "Leave as it is: JobAdder names the address of its API by itself. Only a sandbox has another address."},
	}
}

// Connector is an opened JobAdder connection. It keeps nothing but its settings;
// all methods may run at the same time.
type Connector struct {
	http     *httpx.Client
	tokens   connectors.TokenStore
	now      func() time.Time
	log      *slog.Logger
	set      connectors.Settings
	tokenURL string
	types    []string // of résumés, the best first
	days     int
	hooks    []string // current and previous webhook secret
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log, set: s, tokenURL: s.URL("token_url")}
	if c.days, err = strconv.Atoi(s["find_days"]); err != nil {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "find_days", Message: "the days to look back must be a number"}
	}
	for _, t := range strings.Split(s["resume_types"], ",") {
		c.types = append(c.types, strings.TrimSpace(t))
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
	_ staffing.Checker              = (*Connector)(nil)
	_ staffing.JobSink              = (*Connector)(nil)
	_ staffing.CandidateSource      = (*Connector)(nil)
	_ staffing.SubmissionSource     = (*Connector)(nil)
	_ staffing.StatusSink           = (*Connector)(nil)
	_ staffing.CandidateEventSource = (*Connector)(nil)
	_ staffing.WebhookReceiver      = (*Connector)(nil)
	_ staffing.FieldLister          = (*Connector)(nil)
	_ staffing.StatusLister         = (*Connector)(nil)
)
