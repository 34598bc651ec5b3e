// Package vincere connects the staffing firm's own Vincere account as far as the
// facts carry: jobs in, candidates and résumés out. How applications are read and
// moved is not known well enough; README.md says what is left out and why, and which
// fact rests on what.
package vincere

import (
	_ "embed"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for Vincere.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "vincere",
		Label:      "Vincere",
		Role:       staffing.RoleInternalATS,
		DocsURL:    "https://api-portal.vincere.io",
		APIVersion: "v2",
		Summary:    "The firm's own Vincere account, in part: jobs, candidates and résumés. Moves of candidates are not read.",
		Spec:       spec(),
		Limits:     connectors.Limits{PerSecond: 2, Burst: 5, Concurrency: 2}, // none is published; a careful guess
		Can:        []connectors.Capability{connectors.WritesJobs, connectors.ReadsCandidates},
		Mapping:    defaultMapping,
		Open:       open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "tenant_url", Label: "Vincere address", Required: true, URL: true,
			Help: "The address in the browser when you are signed in to Vincere, without a path: https://yourfirm.vincere.io."},
		{Key: "client_id", Label: "Client ID", Required: true,
			Help: "Vincere: Marketplace > API Integrations (or a ticket to Vincere Support). There is no client secret."},
		{Key: "api_key", Label: "API key", Required: true, Secret: true,
			Help: "Issued together with the client ID: Vincere: Marketplace > API Integrations."},
		{Key: "refresh_token", Label: "Refresh token", Required: true, Secret: true,
			Help: "From signing in once as the user in whose name the hub acts: open id.vincere.io/oauth2/authorize with response_type=code, your client_id and redirect_uri, " +
				"then exchange the code. Should a use replace it, the hub keeps the new one."},
		{Key: "job_path", Label: "Path of jobs", Required: true, Default: "position", Options: []string{"position", "job"}, Advanced: true,
			Help: "Newer accounts call jobs position in the API, old ones job. Leave it, unless Test connection says that position is not there (Vincere API portal > your version)."},
		{Key: "token_url", Label: "Token address", Default: "https://id.vincere.io/oauth2/token", URL: true, Advanced: true,
			Help: "Leave as it is. Vincere's test systems have https://id.vinceredev.com/oauth2/token."},
	}
}

// Connector is an opened Vincere connection. It keeps nothing but its settings; all
// methods may run at the same time.
type Connector struct {
	http     *httpx.Client
	tokens   connectors.TokenStore
	now      func() time.Time
	set      connectors.Settings
	base     string
	tokenURL string
	jobs     string // path of jobs
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{http: d.HTTP, tokens: d.Tokens, now: d.Now, set: s, base: s.URL("tenant_url") + "/api/v2", tokenURL: s.URL("token_url"), jobs: "/" + s["job_path"]}
	if c.now == nil {
		c.now = time.Now
	}
	return c, nil
}

var (
	_ staffing.Checker         = (*Connector)(nil)
	_ staffing.JobSink         = (*Connector)(nil)
	_ staffing.CandidateSource = (*Connector)(nil)
)
