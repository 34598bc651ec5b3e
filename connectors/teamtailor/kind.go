// Package teamtailor connects a client's Teamtailor account: jobs in, candidates
// out, stages and hires back. It speaks the JSON:API of the vendor, and reads its
// webhooks as hints: their signature stands in the body and does not cover all of
// it. README.md says which fact rests on what.
package teamtailor

import (
	_ "embed"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var mapping []byte

const (
	defaultBase    = "https://api.teamtailor.com/v1"
	defaultVersion = "20240904"
	defaultInclude = "department,locations,user,custom-field-values,custom-field-values.custom-field"
	leaveOut       = "leave out"
)

// Kind is the registry's entry for Teamtailor.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "teamtailor",
		Label:      "Teamtailor",
		Role:       staffing.RoleClient,
		DocsURL:    "https://docs.teamtailor.com",
		APIVersion: defaultVersion,
		Summary:    "A client's Teamtailor account: jobs, candidates, stages and hires.",
		Spec:       spec(),
		// 50 requests in 10 seconds; the X-Rate-Limit headers refine it. https://docs.teamtailor.com
		Limits: connectors.Limits{PerSecond: 5, Burst: 20, Concurrency: 4},
		WebhookHelp: "Teamtailor's support turns webhooks on. Then Settings > Integrations > Webhooks > Add webhook: this connection's address as URL, the events job.create, " +
			"job.update, job.destroy, job_application.create, job_application.update and job_application.destroy. Copy the signature key that Teamtailor makes to Webhook signature key.",
		Can: []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsStatuses, connectors.ReadsPlacements,
			connectors.TakesWebhooks, connectors.TellsFields, connectors.TellsStatuses},
		Mapping: mapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "api_key", Label: "API key", Required: true, Secret: true,
			Help: "An administrator of the client makes it in Teamtailor: Settings > Integrations > API keys > New API key, with the scope Admin and the permission Read/Write. It holds for the region of the account."},
		{Key: "resumes", Label: "Résumés", Default: "link", Options: []string{"link", leaveOut},
			Help: "Teamtailor takes no files: it fetches a résumé from a public address. link: from the Résumé link below; without one, candidates with a résumé are refused. leave out: candidates are submitted without."},
		{Key: "resume_link", Label: "Résumé link", Check: checkLink,
			Help: "Where Teamtailor finds the file, e.g. https://files.your-firm.example/resumes/{key}/{name}: {key} is the submission's id in the hub, {name} the name of the file. Serve it there for some minutes; anybody who has the address can read it."},
		{Key: "webhook_key", Label: "Webhook signature key", Secret: true,
			Help: "The key that Teamtailor makes with the webhook: Settings > Integrations > Webhooks. Empty: every delivery is refused, and the hub polls."},
		{Key: "webhook_key_previous", Label: "Previous webhook signature key", Secret: true, Advanced: true,
			Help: "While the webhook is being replaced at Settings > Integrations > Webhooks: the old one's key. Empty it afterwards."},
		{Key: "webhook_signed", Label: "Signed part of a delivery", Default: "payload", Options: []string{"payload", "data"}, Advanced: true,
			Help: "Teamtailor does not say which bytes it signs. If all deliveries are refused although the key at Settings > Integrations > Webhooks is right, try data."},
		{Key: "include", Label: "Included with jobs", Default: defaultInclude, Pattern: `[a-z.,-]+`, Advanced: true,
			Help: "What is read with every job. If the account refuses one of them (Test connection says so), take it out: see https://docs.teamtailor.com under Jobs."},
		{Key: "api_version", Label: "API version", Default: defaultVersion, Pattern: `20[0-9]{6}`, Advanced: true,
			Help: "The date that is sent as X-Api-Version; see https://docs.teamtailor.com under Versioning."},
		{Key: "base_url", Label: "API address", Default: defaultBase, URL: true, Advanced: true,
			Help: "https://api.teamtailor.com/v1. Clients in the North American region: https://api.na.teamtailor.com/v1 (their pages are at app.na.teamtailor.com)."},
	}
}

// checkLink wants a public address in which the file's place is left open.
func checkLink(v string) error {
	u, err := url.Parse(strings.NewReplacer("{key}", "k", "{name}", "n").Replace(v))
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || !strings.Contains(v, "{key}") {
		return fmt.Errorf("the résumé link must be an https address with {key} in it")
	}
	return nil
}

// Connector is an opened Teamtailor connection. It keeps nothing but its settings;
// all methods may run at the same time.
type Connector struct {
	http    *httpx.Client
	now     func() time.Time
	log     *slog.Logger
	base    string
	key     string
	version string
	include string
	link    string   // template of the résumé's address
	noFiles bool     // résumés are left out
	hooks   []string // current and previous signature key
	signed  string   // which part of a delivery is signed
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{
		http: d.HTTP, now: d.Now, log: d.Log, base: s.URL("base_url"), key: s["api_key"], version: s["api_version"],
		include: s["include"], link: s["resume_link"], noFiles: s["resumes"] == leaveOut, signed: s["webhook_signed"],
	}
	for _, k := range []string{"webhook_key", "webhook_key_previous"} {
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
