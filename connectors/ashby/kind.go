// Package ashby connects a client's Ashby account: jobs with their openings and
// postings in, candidates, résumés and applications out, stages, archive reasons
// and accepted offers back. Ashby's API is calls by POST, with sync tokens for what
// changed, and refusals that come with status 200. README.md says which fact rests
// on what.
package ashby

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
	defaultBase = "https://api.ashbyhq.com"
	uuidForm    = `[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}`
	// firstStage is Ashby's own word for the first stage before interviews of a job.
	firstStage = "FirstPreInterviewScreen"
)

// Kind is the registry's entry for Ashby.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "ashby",
		Label:      "Ashby",
		Role:       staffing.RoleClient,
		DocsURL:    "https://developers.ashbyhq.com/docs",
		APIVersion: "version 1",
		Summary:    "A client's Ashby account: jobs, openings, applications, archive reasons and offers.",
		Spec:       spec(),
		// Ashby publishes limits for reports only; other calls answer 429 with Retry-After,
		// which sets the pace. This is a careful start.
		Limits: connectors.Limits{PerSecond: 5, Burst: 10, Concurrency: 3},
		WebhookHelp: "Ashby: Admin > Integrations > Webhooks > New webhook. Add one per event (Application Submitted, Application Updated, " +
			"Candidate Stage Change, Candidate Hired, Candidate Deleted, Candidate Merged, Offer Created, Offer Updated, Offer Deleted, Job Created, Job Updated, " +
			"Job Posting Updated, Published and Unpublished, Opening Created) with this connection's address as Request URL and the webhook secret as Secret token. " +
			"Ashby sends a ping first and leaves the webhook off when it is refused: save the secret here before.",
		Can: []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsStatuses, connectors.ReadsPlacements,
			connectors.TakesWebhooks, connectors.TellsFields, connectors.TellsStatuses},
		Mapping: mapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "api_key", Label: "API key", Required: true, Secret: true,
			Help: "Ashby: Admin > Integrations > API keys > New. Permissions: Jobs (read), Candidates (read and write), Offers (read), Hiring process metadata (read), Interviews (read) and, so that Test connection can name the key, API keys (read). Confidential jobs and private fields are options of the key."},
		{Key: "source_id", Label: "Source id", Pattern: uuidForm,
			Help: "The source that submissions are credited to, e.g. your agency: Ashby: Admin > Sources; source.list gives its id. When set, a candidate who already is on the job from another source is refused as a duplicate."},
		{Key: "credited_user_id", Label: "Credited user id", Pattern: uuidForm,
			Help: "The Ashby user whom submissions are credited to; user.list gives the id. Empty: nobody (Admin > Users)."},
		{Key: "entry_stage", Label: "Stage of new applications", Default: firstStage, Options: []string{firstStage, "Lead"},
			Help: "Where a submitted candidate starts: the first stage of the job's interview plan before interviews, or as a lead that nobody has looked at (Admin > Interview plans)."},
		{Key: "webhook_secret", Label: "Webhook secret token", Secret: true, Generate: connectors.SharedSecret,
			Help: "The Secret token entered at Admin > Integrations > Webhooks. Empty: every delivery is refused, and the hub polls."},
		{Key: "webhook_secret_previous", Label: "Previous webhook secret token", Secret: true, Advanced: true,
			Help: "While the token is being changed at Admin > Integrations > Webhooks: the old one, because Ashby does not repeat a delivery that was refused as unsigned. Empty it afterwards."},
		{Key: "base_url", Label: "API address", Default: defaultBase, URL: true, Advanced: true,
			Help: "Leave as it is. Only a test double has another address than Ashby's documentation (Admin > Integrations > API keys)."},
	}
}

// Connector is an opened Ashby connection. It keeps nothing but its settings; all
// methods may run at the same time.
type Connector struct {
	http   *httpx.Client
	now    func() time.Time
	log    *slog.Logger
	base   string
	key    string
	source string
	credit string
	stage  string
	hooks  []string // current and previous webhook secret
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{http: d.HTTP, now: d.Now, log: d.Log, base: s.URL("base_url"), key: s["api_key"],
		source: s["source_id"], credit: s["credited_user_id"], stage: s["entry_stage"]}
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
