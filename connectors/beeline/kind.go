// Package beeline connects clients on Beeline through the supplier API of its Global
// Work Graph: job postings in, workers as candidates with résumés out, statuses back.
// README.md says which fact rests on what; much of the wire is not public.
package beeline

import (
	_ "embed"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var mapping []byte

// Kind is the registry's entry for Beeline.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "beeline",
		Label:      "Beeline",
		Role:       staffing.RoleClient,
		DocsURL:    "https://gwgdocs.bpe.beeline.com/supplier/integrate-with-your-ats/implement.html",
		APIVersion: "Supplier and Talent API 1.0",
		Summary:    "A client's Beeline VMS as a supplier sees it: job postings, candidates and what became of them.",
		Spec:       spec(),
		// Published without numbers; the X-Rate-Limit headers of the answers set the pace.
		Limits:  connectors.Limits{PerSecond: 2, Burst: 10, Concurrency: 2},
		Can:     []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsStatuses},
		Mapping: mapping,
		Open:    open,
	}
}

func spec() connectors.Spec {
	const part = `[A-Za-z0-9._~/-]{1,80}`
	unverified := " The path is not public: compare it with the API reference of your account (Beeline Supplier application, where the integration client is made)."
	return connectors.Spec{
		{Key: "client_id", Label: "Client ID", Required: true,
			Help: "Your supplier administrator makes an integration client in the Beeline Supplier application and gets it with the secret."},
		{Key: "client_secret", Label: "Client secret", Required: true, Secret: true,
			Help: "Shown with the client ID in the Beeline Supplier application."},
		{Key: "scope", Label: "Scope", Advanced: true, Help: "Only if Beeline asks for one when the integration client is made."},
		{Key: "audience", Label: "Audience", Advanced: true, Help: "Only if Beeline asks for one when the integration client is made."},
		{Key: "base_url", Label: "API address", Default: "https://gwg.cloud.utmost.co/api/gwg/supplier", URL: true, Advanced: true,
			Help: "The address of your Beeline environment up to /supplier; another one for tests (Beeline tells it)."},
		{Key: "postings_path", Label: "Path of job postings", Default: "job-postings", Pattern: part, Advanced: true, Help: "List below the API address; one posting is /UID behind it." + unverified},
		{Key: "workers_path", Label: "Path of workers", Default: "workers", Pattern: part, Advanced: true, Help: "List and creation of workers." + unverified},
		{Key: "candidates_path", Label: "Path of candidates", Default: "candidates", Pattern: part, Advanced: true, Help: "List and creation of candidates; one candidate is /UID behind it." + unverified},
		{Key: "metadata_path", Label: "Candidate metadata", Default: "candidates/metadata", Pattern: part, Advanced: true, Help: "Which fields a posting asks of a candidate, with jobPostingUid behind it. A dash: it is not asked." + unverified},
		{Key: "media_path", Label: "Media of a candidate", Default: "media", Pattern: part, Advanced: true, Help: "Behind /UID of the candidate: takes the résumé." + unverified},
		{Key: "submit_path", Label: "Submission of a candidate", Default: "submit", Pattern: part, Advanced: true, Help: "Behind /UID of the candidate: sends it to the client." + unverified},
	}
}

// Connector is an opened connection.
type Connector struct {
	s      connectors.Settings
	base   string
	http   *httpx.Client
	tokens connectors.TokenStore
	now    func() time.Time
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	if d.Now == nil {
		d.Now = time.Now
	}
	return &Connector{s: s, base: s.URL("base_url"), http: d.HTTP, tokens: d.Tokens, now: d.Now}, nil
}

var (
	_ staffing.RequisitionSource = (*Connector)(nil)
	_ staffing.SubmissionSink    = (*Connector)(nil)
	_ staffing.StatusSource      = (*Connector)(nil)
)
