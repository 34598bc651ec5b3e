// Package icims connects a client's iCIMS platform: jobs in, people with résumés and
// their applicant workflows out, statuses and hires back. Its search tells ids only
// and from a cache, so every record is read by itself and every walk reaches back.
// README.md says which fact rests on what.
package icims

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

// Kind is the registry's entry for iCIMS.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "icims",
		Label:      "iCIMS",
		Role:       staffing.RoleClient,
		DocsURL:    "https://developer-community.icims.com",
		APIVersion: "Talent Cloud REST API",
		Summary:    "A client's iCIMS platform: jobs, people with résumés, applicant workflows and their statuses.",
		Spec:       spec(),
		// 10,000 calls a day and customer; X-RateLimit headers say what is left. The pace
		// only keeps a day's calls from being used up in minutes.
		Limits: connectors.Limits{PerSecond: 2, Burst: 20, Concurrency: 2},
		WebhookHelp: "iCIMS: Event Notifications (Admin > System Configuration; else by the client's iCIMS support). Send Workflow Status Change, Application Complete and the job " +
			"posting events to this connection's address, with Basic Authentication and the event user and event password of this connection. Without them the hub polls.",
		Can: []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsStatuses,
			connectors.ReadsPlacements, connectors.TakesWebhooks},
		Mapping: mapping,
		Open:    open,
	}
}

const (
	authOAuth = "OAuth 2.0"
	authBasic = "Basic"
)

func spec() connectors.Spec {
	return append(signIn(), connectors.Spec{
		{Key: "time_zone", Label: "Time zone", Required: true, Default: "America/New_York", Check: checkZone,
			Help: "The time zone of the client's platform, as an IANA name: iCIMS writes times without one. The client's administrator finds it at Admin > System Configuration."},
		{Key: "first_folders", Label: "Folders of the first read", Pattern: `[^\r\n]{1,300}`,
			Help: "Ids or names of the job folders that hold open jobs, with commas: the first read takes only those. Admin > System Configuration > Lists > Job Folders. Empty: every job of the platform, one call each, out of 10,000 a day."},
		{Key: "job_fields", Label: "Further job fields", Pattern: `[A-Za-z0-9_, ]{1,1000}`,
			Help: "Names of the client's own fields to read with each job, with commas, such as field29946: bill rate, cost centre, PO number. The client's administrator finds them at Admin > System Configuration > Fields."},
		{Key: "workflow_fields", Label: "Further workflow fields", Pattern: `[A-Za-z0-9_, ]{1,1000}`,
			Help: "The same for applicant workflows: start date and pay of an offer. Empty: the fields that iCIMS shows by itself."},
		{Key: "new_status", Label: "Status of submissions", Pattern: `[A-Za-z0-9_]{1,40}`,
			Help: "The id of the status that a new submission gets, such as C12295: Admin > System Configuration > Lists > Recruiting Workflow Statuses. Empty: iCIMS chooses."},
		{Key: "source", Label: "Source", Pattern: `[^\r\n]{1,100}`,
			Help: "The source of submissions as it stands in the client's list: Admin > System Configuration > Lists > Sources, e.g. Agency."},
		{Key: "source_name", Label: "Source name", Pattern: `[^\r\n]{1,100}`, Help: "Your agency's name; it stands beside the source."},
		{Key: "hired_statuses", Label: "Hired", Default: "Hired",
			Help: "Bins, status ids or whole statuses that mean a hire, with commas: Admin > System Configuration > Lists > Recruiting Workflow Statuses."},
		{Key: "webhook_user", Label: "Event user", Default: "tributary", Pattern: `[^:\s]{1,60}`, Advanced: true,
			Help: "The user name that iCIMS signs in with when it sends an event: entered at iCIMS with the event notification."},
		{Key: "webhook_secret", Label: "Event password", Secret: true, Generate: connectors.SharedSecret,
			Help: "The password that iCIMS signs in with when it sends an event (Basic): entered at iCIMS with the event notification. Empty: every event is refused, and the hub polls."},
		{Key: "webhook_secret_previous", Label: "Previous event password", Secret: true, Advanced: true,
			Help: "While the event password is being changed at iCIMS: the old one, so that no event is refused meanwhile. Empty it afterwards."},
		{Key: "status_days", Label: "Days of the first read", Default: "30", Pattern: `[0-9]{1,4}`, Advanced: true,
			Help: "How many days back the first read of statuses reaches: every workflow of the client costs a call."},
		{Key: "staleness", Label: "Staleness", Default: "5", Pattern: `[0-9]{1,3}`, Advanced: true,
			Help: "How many minutes old a cached search may be when the hub polls. Fewer find changes sooner, and cost iCIMS more. The hub reaches back by as much."},
		{Key: "lookup_staleness", Label: "Staleness of look-ups", Default: "0", Pattern: `[0-9]{1,3}`, Advanced: true,
			Help: "The same when the hub looks for a person before it writes. More than 0 can make a second person when an answer was lost."},
		{Key: "base_url", Label: "API address", Default: "https://api.icims.com", URL: true, Advanced: true,
			Help: "https://api.icims.com; clients in Europe: https://api-eu.icims.com; in Canada: from iCIMS support."},
	}...)
}

// signIn are the settings of the credential. iCIMS staff issues all of them.
func signIn() connectors.Spec {
	return connectors.Spec{
		{Key: "customer_id", Label: "Customer id", Required: true, Pattern: `[0-9]{1,12}`,
			Help: "The number of the client's platform. It stands in every API address (/customers/...) and in iCIMS support's letter with the credential."},
		{Key: "auth", Label: "Sign-in", Default: authOAuth, Options: []string{authOAuth, authBasic},
			Help: "Which kind of credential iCIMS support issued. Both belong to a user in the Integration User group."},
		{Key: "client_id", Label: "Client id or user name", Required: true, Help: "From iCIMS support: the OAuth 2.0 client id, or the API user's name."},
		{Key: "client_secret", Label: "Client secret or password", Required: true, Secret: true, Help: "From iCIMS support: it belongs to the client id or the user name."},
		{Key: "token_url", Label: "Token address", Default: "https://login.icims.com/oauth/token", URL: true, Advanced: true,
			Help: "Of OAuth 2.0, as iCIMS support says: https://login.icims.com, .eu or .ca, then /oauth/token."},
		{Key: "audience", Label: "Audience", Default: "https://api.icims.com/v1/", Advanced: true, Help: "Of OAuth 2.0, as iCIMS support says."},
	}
}

func checkZone(v string) error {
	_, err := time.LoadLocation(v)
	return err
}

// Connector is an opened iCIMS connection. It keeps nothing but its settings; all
// methods may run at the same time.
type Connector struct {
	http   *httpx.Client
	tokens connectors.TokenStore
	now    func() time.Time
	log    *slog.Logger
	set    connectors.Settings
	base   string // of the customer
	zone   *time.Location
	reach  time.Duration // how far a walk reaches back
	days   int           // of the first read of statuses
	hired  []string
	hooks  []string // current and previous event password
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log, set: s,
		base: s.URL("base_url") + "/customers/" + s["customer_id"], hired: list(s["hired_statuses"])}
	if c.zone, err = time.LoadLocation(s["time_zone"]); err != nil {
		return nil, staffing.Errorf(staffing.Invalid, "there is no time zone %s", s["time_zone"])
	}
	minutes, _ := strconv.Atoi(s["staleness"])       // digits, by the spec's pattern
	c.days, _ = strconv.Atoi(s["status_days"])       // likewise
	c.reach = time.Duration(minutes+2) * time.Minute // two more: times are written without seconds
	for _, key := range []string{"webhook_secret", "webhook_secret_previous"} {
		if s[key] != "" {
			c.hooks = append(c.hooks, s[key])
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

// list reads a setting with commas.
func list(s string) (out []string) {
	for _, v := range strings.Split(s, ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

var (
	_ staffing.Checker           = (*Connector)(nil)
	_ staffing.RequisitionSource = (*Connector)(nil)
	_ staffing.SubmissionSink    = (*Connector)(nil)
	_ staffing.StatusSource      = (*Connector)(nil)
	_ staffing.PlacementSource   = (*Connector)(nil)
	_ staffing.WebhookReceiver   = (*Connector)(nil)
)
