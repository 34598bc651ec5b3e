// Package workable connects a client's Workable account. It has no code of its
// own: workable.yaml is the connector, run by package document.
package workable

import (
	_ "embed"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/document"
	"github.com/tributary-hub/tributary/staffing"
)

var (
	//go:embed workable.yaml
	source []byte
	//go:embed mapping.yaml
	mapping []byte
)

// Kind is the registry's entry for Workable.
func Kind() connectors.Kind {
	return document.Kind(connectors.Kind{
		Name:       "workable",
		Label:      "Workable",
		Role:       staffing.RoleClient,
		DocsURL:    "https://workable.readme.io/reference",
		APIVersion: "SPI v3",
		Summary:    "A client's Workable account: jobs, candidates, stages and offers.",
		Spec:       spec(),
		// 10 requests in 10 seconds for an account token; the X-Rate-Limit headers refine it.
		// https://workable.readme.io/reference/rate-limits
		Limits: connectors.Limits{PerSecond: 1, Burst: 8, Concurrency: 2},
		WebhookHelp: "Workable has no page for this: a call makes the subscription. POST {\"target\": this connection's address, \"event\": \"candidate_moved\", " +
			"\"args\": {\"account_id\": your subdomain, \"job_shortcode\": \"\", \"stage_slug\": \"\"}} to /subscriptions with the token; the same for candidate_created, " +
			"candidate_deleted and job_deleted. Deliveries are signed with the token.",
		Can:     []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsStatuses, connectors.ReadsPlacements, connectors.TakesWebhooks},
		Mapping: mapping,
	}, source)
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: document.BaseURL, Label: "API address", Required: true, URL: true,
			Help: "https://SUBDOMAIN.workable.com/spi/v3, where SUBDOMAIN is the client's: it stands in the address of their Workable pages and under Settings > Company profile."},
		{Key: "token", Label: "API access token", Required: true, Secret: true,
			Help: "Workable: Settings > Integrations > Apps > API access tokens. Scopes r_jobs, r_candidates, w_candidates. Webhook deliveries are signed with it as well."},
		{Key: "token_previous", Label: "Previous API access token", Secret: true, Advanced: true,
			Help: "While the token is being changed (Settings > Integrations > Apps): the old one, so that deliveries signed with it are not refused. Empty it afterwards."},
		{Key: "webhook_secret", Label: "OAuth application secret", Secret: true, Advanced: true,
			Help: "Only for a partner application: Workable then signs deliveries with the application's secret instead of a token (from Workable's partner team)."},
		{Key: "recruiter_key", Label: "Recruiter key", Pattern: `[A-Za-z0-9_-]+`,
			Help: "Credits submissions to your agency: the key of your external recruiter account, which GET /recruiters lists. Empty: they count as sourced by the token's owner."},
		{Key: connectors.CallsPerSecond, Label: "Calls a second", Advanced: true, Pattern: `[0-9]{1,3}(\.[0-9]+)?`,
			Help: "Leave empty for the documented 10 calls in 10 seconds. An OAuth or partner token may make 50 (Settings > Integrations > Apps): 5."},
	}
}
