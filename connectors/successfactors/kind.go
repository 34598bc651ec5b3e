// Package successfactors connects a client's SAP SuccessFactors Recruiting: job
// requisitions in, candidates and applications with résumés out, statuses and offers
// back, over OData v2. The hub signs its own SAML assertion to get a token. README.md
// says which fact rests on what.
package successfactors

import (
	"crypto/rsa"
	_ "embed"
	"log/slog"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var mapping []byte

// Kind is the registry's entry for SAP SuccessFactors Recruiting.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "successfactors",
		Label:      "SAP SuccessFactors Recruiting",
		Role:       staffing.RoleClient,
		DocsURL:    "https://help.sap.com/docs/successfactors-platform/sap-successfactors-api-reference-guide-odata-v2",
		APIVersion: "OData v2",
		Summary:    "A client's SAP SuccessFactors Recruiting: job requisitions, candidates, applications, statuses and offers.",
		Spec:       spec(),
		// No rate is documented (KBA 3159263 postponed it), only that a 429 may come. The
		// pace is ours.
		Limits: connectors.Limits{PerSecond: 2, Burst: 6, Concurrency: 2},
		Can: []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsStatuses, connectors.ReadsPlacements,
			connectors.TellsFields, connectors.TellsStatuses},
		Mapping:     mapping,
		Certificate: connectors.ClientCertificate,
		Open:        open,
	}
}

const (
	signSAML        = "OAuth 2.0 with a SAML assertion"
	signCertificate = "Client certificate (X.509)"
)

func spec() connectors.Spec {
	own := connectors.Spec{
		{Key: "base_url", Label: "API server", Required: true, URL: true,
			Help: "The OData address of the tenant's data centre, such as https://api4.successfactors.com/odata/v2. SAP lists the hosts in the API guide; the tenant's own stands at Admin Center > API Center."},
		{Key: "auth", Label: "Sign-in", Default: signSAML, Options: []string{signSAML, signCertificate},
			Help: "OAuth with a SAML assertion that the hub signs, or mutual TLS with the client certificate below, mapped at Admin Center > Security Center > X.509 Public Certificate Mapping. Basic is being removed by SAP."},
		{Key: "company_id", Label: "Company id", Pattern: `[A-Za-z0-9_.-]{1,100}`, Help: "The tenant's id: it stands in the sign-in address and at Admin Center > API Center. Needed for OAuth."},
		{Key: "client_id", Label: "API key", Pattern: `[A-Za-z0-9+/=_-]{8,200}`,
			Help: "Admin Center > API Center > OAuth Configuration for OData (or Manage OAuth2 Client Applications) > Register Client Application; the key is shown after saving."},
		{Key: "user_id", Label: "API user id", Pattern: `[^\r\n]{1,100}`,
			Help: "The user id (not the user name) of the technical user in whose name the hub works. Admin Center > Manage Users. Its role needs the OData API rights that Test connection names."},
		{Key: "private_key", Label: "Private key", Secret: true, Multiline: true, Check: checkKey,
			Help: "The RSA key whose certificate is entered at Register Client Application, in PEM and without a password. Make a pair of your own; SAP's own generator gives the file Certificate.pem with both."},
		{Key: "certificate", Label: "Certificate", Multiline: true, Advanced: true, Check: checkCertificate,
			Help: "The X.509 certificate that belongs to the private key, as entered at Register Client Application, in PEM: then the hub reminds in time that it ends. Empty: it is not sent along."},
		{Key: "hired_statuses", Label: "Hired", Default: "Hired, Hired On-Board",
			Help: "Names of the statuses that mean a hire, with commas: Admin Center > Edit Applicant Status Configuration."},
		{Key: "source", Label: "Source", Pattern: `[^\r\n]{1,100}`, Help: "What applications carry as source, as it stands in the tenant's pick list (Admin Center > Picklist Center). Empty: none."},
		{Key: "candidate_entity", Label: "Candidate entity", Default: "Candidate", Options: []string{"Candidate", "CandidateLight"}, Advanced: true,
			Help: "CandidateLight makes a candidate without the fields that the tenant's profile template requires (KBA 2569249); Candidate asks for all of them."},
		{Key: "requisition_expand", Label: "Expanded fields of requisitions", Default: "jobReqLocale,hiringManager,recruiter", Pattern: `[A-Za-z0-9_,/]{0,500}`, Advanced: true,
			Help: "Navigation properties to read with each requisition: those that the tenant's $metadata has (Admin Center > OData API Data Dictionary). Add status to tell requisitions on hold from open ones."},
		{Key: "application_fields", Label: "Fields of applications", Pattern: `[A-Za-z0-9_,/]{1,1000}`, Advanced: true,
			Default: "applicationId,candidateId,jobReqId,status,appStatusSetItemId,lastModifiedDateTime,jobAppStatus/appStatusId,jobAppStatus/appStatusName",
			Help:    "What is read of every application, without what is personal: those that the tenant's $metadata has (Admin Center > OData API Data Dictionary)."},
		{Key: "paging", Label: "Paging", Default: "cursor", Options: []string{"cursor", "snapshot", "none"}, Advanced: true,
			Help: "How the server keeps a list stable while it is read. SAP blocks a user for 30 minutes who begins too many snapshots (KBA 2749091)."},
		{Key: "audience", Label: "Audience", Default: "www.successfactors.com", Advanced: true, Help: "Of the SAML assertion: www.successfactors.com, whatever the data centre."},
		{Key: "issuer", Label: "Issuer", Advanced: true, Help: "Of the SAML assertion. Empty: the API key. Another where the tenant checks it at Admin Center > Security Center."},
		{Key: "token_url", Label: "Token address", URL: true, Advanced: true, Help: "Empty: /oauth/token at the API server's host. It also is the assertion's recipient."},
	}
	return append(own, connectors.CertificateFields("For sign-in by client certificate: the one mapped at Admin Center > Security Center > X.509 Public Certificate Mapping.")...)
}

// Connector is an opened connection. It keeps nothing but its settings; all methods
// may run at the same time.
type Connector struct {
	http     *httpx.Client
	tokens   connectors.TokenStore
	now      func() time.Time
	log      *slog.Logger
	set      connectors.Settings
	base     string
	tokenURL string
	key      *rsa.PrivateKey // nil: sign-in by client certificate
	hired    []string
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	c := &Connector{http: d.HTTP, tokens: d.Tokens, now: d.Now, log: d.Log, set: s, base: s.URL("base_url"), tokenURL: s.URL("token_url"),
		hired: list(s["hired_statuses"])}
	if s["auth"] == signCertificate {
		if s[connectors.CertificateField] == "" {
			return nil, &staffing.Error{Code: staffing.Invalid, Field: connectors.CertificateField, Message: "sign-in by client certificate needs the client certificate"}
		}
		if _, err := connectors.ClientCertificate(s); err != nil {
			return nil, err
		}
	} else if err := c.withOAuth(); err != nil {
		return nil, err
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	return c, nil
}

// withOAuth checks what a SAML assertion needs.
func (c *Connector) withOAuth() (err error) {
	for _, f := range spec() {
		switch f.Key {
		case "company_id", "client_id", "user_id", "private_key":
			if c.set[f.Key] == "" {
				return &staffing.Error{Code: staffing.Invalid, Field: f.Key, Message: f.Label + " is required to sign in with OAuth"}
			}
		}
	}
	if c.tokenURL == "" {
		host, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(c.base, "https://"), "http://"), "/")
		scheme, _, _ := strings.Cut(c.base, "://")
		c.tokenURL = scheme + "://" + host + "/oauth/token"
	}
	if c.set["issuer"] == "" {
		c.set["issuer"] = c.set["client_id"]
	}
	c.key, err = readKey(c.set["private_key"])
	return err
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
	_ staffing.FieldLister       = (*Connector)(nil)
	_ staffing.StatusLister      = (*Connector)(nil)
)
