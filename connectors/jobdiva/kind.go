// Package jobdiva connects the staffing firm's own JobDiva account: jobs in,
// candidates and the text of their résumés out, submittals both ways. JobDiva has no
// push: what changed is read in windows of time. README.md says which fact rests on
// what; none rests on the vendor's own document, which needs a login.
package jobdiva

import (
	_ "embed"
	"fmt"
	"log/slog"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for JobDiva.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "jobdiva",
		Label:      "JobDiva",
		Role:       staffing.RoleInternalATS,
		DocsURL:    "https://api.jobdiva.com/swagger-ui.html",
		APIVersion: "v2",
		Summary:    "The firm's own JobDiva account: jobs, candidates with the text of their résumés, submittals and their milestones.",
		Spec:       spec(),
		// JobDiva limits each operation and publishes no number; this is a careful guess.
		Limits: connectors.Limits{PerSecond: 0.5, Burst: 5, Concurrency: 1},
		Can: []connectors.Capability{connectors.WritesJobs, connectors.ReadsCandidateEvents, connectors.ReadsCandidates, connectors.ReadsSubmissions, connectors.WritesStatuses,
			connectors.TellsStatuses},
		Mapping: defaultMapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "client_id", Label: "Client ID", Required: true, Pattern: `[0-9]{1,18}`,
			Help: "The number of your JobDiva account for the API. Ask JobDiva Support in a ticket for API access; the number comes in the answer."},
		{Key: "username", Label: "API user name", Required: true,
			Help: "A user of the type API only. JobDiva: Leader Tools > My Team > Add User, user type API."},
		{Key: "password", Label: "API user password", Required: true, Secret: true,
			Help: "The API user's password. JobDiva: Leader Tools > My Team > the API user. Every operation of the README must be granted to this user by JobDiva Support."},
		{Key: "currency", Label: "Currency", Required: true, Default: "USD", Pattern: `[A-Z]{3}`,
			Help: "Currency of rates for which JobDiva names none. JobDiva: Settings (gear) > Financial > Rate Units > Currency."},
		{Key: "time_zone", Label: "Time zone", Required: true, Default: "America/New_York", Advanced: true,
			Help: "The zone of the times in JobDiva's answers, which name none. US Eastern as far as is known, whatever the office's zone."},
		{Key: "base_url", Label: "API address", Default: "https://api.jobdiva.com", URL: true, Advanced: true,
			Help: "Leave as it is for accounts in the US; accounts in the United Kingdom have https://api.jobdiva.co.uk."},
	}
}

// Connector is an opened JobDiva connection. It keeps nothing but its settings; all
// methods may run at the same time.
type Connector struct {
	http   *httpx.Client
	tokens connectors.TokenStore
	now    func() time.Time
	log    *slog.Logger
	set    connectors.Settings
	base   string
	zone   *time.Location
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
	c := &Connector{http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log, set: s, base: s.URL("base_url"), zone: zone}
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
	_ staffing.StatusLister         = (*Connector)(nil)
)
