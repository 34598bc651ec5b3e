// Package avionte connects the staffing firm's own Avionté BOLD account as far as
// the facts carry: talents with their résumés, and nominations, are read. How jobs
// are made and how moves are told is not known; README.md says what is left out and
// why, and which fact rests on what.
package avionte

import (
	_ "embed"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for Avionté.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "avionte",
		Label:      "Avionté BOLD",
		Role:       staffing.RoleInternalATS,
		DocsURL:    "https://developer.avionte.com/reference",
		APIVersion: "front-office v1",
		Summary:    "The firm's own Avionté BOLD account, for reading only: talents, résumés and nominations. Jobs cannot be made.",
		Spec:       spec(),
		Limits:     connectors.Limits{PerSecond: 1, Burst: 5, Concurrency: 1}, // 429 exists, numbers are not published; calls are billed
		Can:        []connectors.Capability{connectors.ReadsCandidates, connectors.ReadsSubmissions},
		Mapping:    defaultMapping,
		Open:       open,
	}
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: "tenant", Label: "Tenant", Required: true, Pattern: `[A-Za-z0-9_-]{1,60}`,
			Help: "The short code of the firm at Avionté. It comes with the API credentials: Avionté's partner programme (developer.avionte.com) or your account manager there."},
		{Key: "client_id", Label: "Client ID", Required: true,
			Help: "From Avionté's partner programme, which certifies each integration before it may read real data: developer.avionte.com."},
		{Key: "client_secret", Label: "Client secret", Required: true, Secret: true,
			Help: "Issued together with the client ID: developer.avionte.com."},
		{Key: "api_key", Label: "API key", Required: true, Secret: true,
			Help: "The subscription key, sent as x-api-key: developer.avionte.com. Avionté bills by the call."},
		{Key: "scope", Label: "Scope", Required: true, Default: "avionte.aero.compasintegrationservice", Advanced: true,
			Help: "Leave as it is, unless Avionté's letter with the credentials names another."},
		{Key: "tenant_header", Label: "Header of the tenant", Required: true, Default: "Tenant", Options: []string{"Tenant", "FrontOfficeTenantId"}, Advanced: true,
			Help: "Tenant takes the short code, FrontOfficeTenantId the number of the front office: Avionté's letter with the credentials says which it is."},
		{Key: "resume_content", Label: "Field with the résumé", Required: true, Default: "fileContents", Pattern: `[A-Za-z0-9_]+`, Advanced: true,
			Help: "The member of talentResume that holds the file in base64, which is not documented publicly. When it has another name, the error says which members there are."},
		{Key: "resume_name", Label: "Field with the résumé's file name", Required: true, Default: "fileName", Pattern: `[A-Za-z0-9_]+`, Advanced: true,
			Help: "The member of talentResume that holds the file's name. Without it the file is called resume."},
		{Key: "base_url", Label: "API address", Default: "https://api.avionte.com", URL: true, Advanced: true,
			Help: "Leave as it is, unless Avionté's letter with the credentials names another, such as https://partner-api.avionte.com."},
	}
}

// Connector is an opened Avionté connection. It keeps nothing but its settings; all
// methods may run at the same time.
type Connector struct {
	http   *httpx.Client
	tokens connectors.TokenStore
	now    func() time.Time
	set    connectors.Settings
	base   string
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{http: d.HTTP, tokens: d.Tokens, now: d.Now, set: s, base: s.URL("base_url")}
	if c.now == nil {
		c.now = time.Now
	}
	return c, nil
}

var (
	_ staffing.Checker          = (*Connector)(nil)
	_ staffing.CandidateSource  = (*Connector)(nil)
	_ staffing.SubmissionSource = (*Connector)(nil)
)
