// Package oracle connects a client's Oracle Recruiting Cloud. It has no code of its
// own: oracle.yaml is the connector, run by package document.
package oracle

import (
	_ "embed"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/document"
	"github.com/tributary-hub/tributary/staffing"
)

var (
	//go:embed oracle.yaml
	source []byte
	//go:embed mapping.yaml
	mapping []byte
)

// Kind is the registry's entry for Oracle Recruiting Cloud.
func Kind() connectors.Kind {
	return document.Kind(connectors.Kind{
		Name:       "oracle",
		Label:      "Oracle Recruiting Cloud",
		Role:       staffing.RoleClient,
		DocsURL:    "https://docs.oracle.com/en/cloud/saas/human-resources/farws/",
		APIVersion: "HCM REST 11.13.18.05, framework 4",
		Summary:    "A client's Oracle Recruiting Cloud: requisitions, candidates, job applications and offers. Submitting wants an agreement with Oracle.",
		Spec:       spec(),
		// Oracle publishes no limit: a cautious pace, and what its answers ask for.
		Limits: connectors.Limits{PerSecond: 2, Burst: 4, Concurrency: 2},
		Can: []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsStatuses,
			connectors.ReadsPlacements},
		Mapping: mapping,
	}, source)
}

func spec() connectors.Spec {
	return connectors.Spec{
		{Key: document.BaseURL, Label: "API address", Required: true, URL: true,
			Help: "https://POD.fa.DC.oraclecloud.com/hcmRestApi/resources/11.13.18.05, where POD and DC are the client's: they stand in the address of their Oracle pages."},
		{Key: "username", Label: "User name", Required: true,
			Help: "Of the integration user that the client makes in Oracle: Tools > Security Console > Users, with the roles that Test connection names."},
		{Key: "password", Label: "Password", Required: true, Secret: true,
			Help: "Of the integration user (Tools > Security Console > Users)."},
		{Key: "agency", Label: "Agency name", Pattern: `[^\r\n]{1,100}`,
			Help: "Stands at your submissions as additional source information, so that the client sees who submitted."},
		{Key: "category", Label: "Attachment category", Default: "Resume", Pattern: `[A-Za-z0-9_ -]{1,40}`, Advanced: true,
			Help: "How résumés are filed with the candidate; the categories are the client's (Setup and Maintenance > Manage Attachment Categories)."},
	}
}
