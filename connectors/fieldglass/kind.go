// Package fieldglass connects a client's SAP Fieldglass tenant as one of its
// staffing suppliers: job postings in, job seekers out, their statuses and work
// orders back. It speaks Fieldglass's connectors (one named upload or download
// each, enabled per tenant), because the postings, job seekers and work orders
// of a supplier have no other interface. README.md says which fact rests on what.
package fieldglass

import (
	_ "embed"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

//go:embed mapping.yaml
var defaultMapping []byte

// Kind is the registry's entry for SAP Fieldglass.
func Kind() connectors.Kind {
	return connectors.Kind{
		Name:       "fieldglass",
		Label:      "SAP Fieldglass",
		Role:       staffing.RoleClient,
		DocsURL:    "https://help.sap.com/docs/SAP_FIELDGLASS",
		APIVersion: "connectors v1 (InSiteJobPostingV2)",
		Summary:    "A client's SAP Fieldglass VMS, seen as a supplier: job postings, job seekers and work orders.",
		Spec:       spec(),
		// Fieldglass publishes no limits. One call at a time per tenant is where its
		// integrators start.
		Limits: connectors.Limits{PerSecond: 5, Burst: 5, Concurrency: 1},
		WebhookHelp: "The client's Fieldglass administrator: Admin > Integrations > Publish/Subscribe (in newer tenants the tile Pub / Sub Wizard of the Self-Service Dashboard). Make an App Activity Subscription for job postings, job seekers, " +
			"interviews and work orders with delivery type Push, this connection's address as URL, and Basic authentication with the push user and password of this page. The payload may be small: the type of the event and the ids are enough. RePush is harmless.",
		Can: []connectors.Capability{connectors.ReadsRequisitions, connectors.WritesSubmissions, connectors.ReadsStatuses, connectors.ReadsPlacements,
			connectors.TakesWebhooks, connectors.TellsStatuses},
		Mapping:     defaultMapping,
		Certificate: connectors.ClientCertificate,
		Open:        open,
	}
}

const connectorHelp = " The name is the tenant's own choice: ask the client's Fieldglass administrator (Admin > Integrations > Connectors), who also enables it for your web-service user and switches JSON on."

func spec() connectors.Spec {
	return append(connectors.Spec{
		{Key: "host", Label: "Fieldglass address", Required: true, URL: true,
			Help: "The address the client's Fieldglass opens with, e.g. https://www.fieldglass.net, https://www.fieldglass.eu or https://www.us.fieldglass.cloud.sap. Test tenants have their own."},
		{Key: "client_id", Label: "Web-service user", Required: true,
			Help: "The user name of your web-service account in this tenant. The client's Fieldglass administrator creates it: Admin > Users."},
		{Key: "client_secret", Label: "Licence key", Required: true, Secret: true,
			Help: "The OAuth licence key of the web-service user: Fieldglass Configuration Manager > Users > Generate License Key."},
		{Key: "application_key", Label: "Application key", Secret: true,
			Help: "Optional. Fieldglass Configuration Manager > Application Keys; connectors work without one in most tenants."},
		{Key: "buyer_code", Label: "Buyer code", Required: true, Pattern: `[A-Za-z0-9]{1,10}`,
			Help: "The client's company code, four letters as a rule: the letters that job posting ids start with, e.g. ACME in ACMEJP00000123."},
		{Key: "supplier_code", Label: "Supplier code", Required: true,
			Help: "Your company's code in this tenant: Admin > Company > Company Code on your supplier account."},
		{Key: "submitter", Label: "Submitter user name", Advanced: true,
			Help: "The Fieldglass user that job seekers are submitted as (Creator Username). Empty: the web-service user."},
		{Key: "postings_delta", Label: "Job posting download, changes", Required: true, Default: "Job Posting Supplier Download",
			Help: "The download that gives what changed since its last run (a delta connector)." + connectorHelp},
		{Key: "postings_full", Label: "Job posting download, full", Required: true, Default: "Job Posting Supplier Download Full",
			Help: "The same download without the delta option: it gives every posting, and one alone by its id. It repairs what a lost answer took away." + connectorHelp},
		{Key: "job_seeker_upload", Label: "Job seeker upload", Required: true, Default: "Job Seeker Upload",
			Help: "The upload that submits candidates." + connectorHelp},
		{Key: "job_seeker_status", Label: "Job seeker status download", Required: true, Default: "Job Seeker Status Download",
			Help: "A download that the client's administrator builds on the Job Seeker object: Job Seeker ID, External Reference ID, Job Posting ID, Status, Reason, Last Modified, Work Order ID and Work Order Revision; not a delta; one posting by object reference; first filter: last modified since." + connectorHelp},
		{Key: "work_orders", Label: "Work order download", Required: true, Default: "Work Order Supplier Download",
			Help: "The download of work orders with rates, cost centres, dates and site; one by its id as object reference, first filter: job seeker id." + connectorHelp},
	}, tuning()...)
}

// tuning are the settings that most tenants leave as they are, and those of the push.
func tuning() connectors.Spec {
	return append(connectors.Spec{
		{Key: "full_every_hours", Label: "Full download every (hours)", Default: "6", Pattern: `[0-9]{1,3}`, Advanced: true,
			Help: "How often all job postings and job seeker statuses are read again, so that nothing stays lost. 0: never. Ask the client's Fieldglass administrator if the tenant is very large."},
		{Key: "time_zone", Label: "Time zone", Default: "UTC",
			Help: "The zone of date-times in the tenant's downloads, e.g. America/New_York: Fieldglass: My Preferences > Time Zone of the web-service user."},
		{Key: "resume_max_mb", Label: "Largest résumé (MB)", Default: "10", Pattern: `[1-9][0-9]?`, Advanced: true,
			Help: "Larger files are refused before the call. The tenant's limit stands at Fieldglass Configuration Manager > Attachments."},
		{Key: "resume_types", Label: "Types of résumés", Required: true, Default: "pdf, doc, docx, rtf, txt", Pattern: `[A-Za-z0-9]+(\s*,\s*[A-Za-z0-9]+)*`, Advanced: true,
			Help: "Endings of file names that this tenant takes; others are refused before the call. Fieldglass publishes no list: Fieldglass Configuration Manager > Attachments has the tenant's."},
		{Key: "audit_trail", Label: "Integration Audit Trail", Required: true, Default: "vc", Options: []string{"vc", "v1", "off"}, Advanced: true,
			Help: "Where the reasons of uploads that fail later are read: /api/vc or /api/v1 of the Fieldglass address. It needs an application key; without one it is not read."},
		{Key: "sign_in_host", Label: "Sign-in address", URL: true, Advanced: true,
			Help: "Empty: the Fieldglass address. With a client certificate SAP names another for the token, e.g. https://www-auth.fgvms.com: ask SAP Fieldglass integration support."},
		{Key: "webhook_user", Label: "Push user",
			Help: "The user name you chose for the push: Fieldglass Admin > Integrations > Publish/Subscribe. Empty: every push is refused, and the hub polls."},
		{Key: "webhook_password", Label: "Push password", Secret: true, Generate: connectors.SharedSecret,
			Help: "The password entered beside the push user: Fieldglass Admin > Integrations > Publish/Subscribe. Empty: every push is refused."},
		{Key: "webhook_password_previous", Label: "Previous push password", Secret: true,
			Help: "While the password is being changed at Fieldglass Admin > Integrations > Publish/Subscribe: the old one, so that no push is refused meanwhile. Empty it afterwards."},
	}, connectors.CertificateFields("For tenants that sign in by certificate: made by you and registered with SAP Fieldglass integration support.")...)
}

// Connector is an opened Fieldglass connection. It keeps nothing but its
// settings; all methods may run at the same time.
type Connector struct {
	http   *httpx.Client
	tokens connectors.TokenStore
	spool  connectors.Spool
	now    func() time.Time
	log    *slog.Logger
	set    connectors.Settings
	host   string
	signIn string        // where the token is
	full   time.Duration // between full downloads; 0: never
	zone   *time.Location
	resume int64 // bytes
	types  []string
}

func open(d connectors.Deps) (staffing.Checker, error) {
	s, err := spec().Complete(d.Settings)
	if err != nil {
		return nil, err
	}
	if _, err := connectors.ClientCertificate(s); err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation(s["time_zone"])
	if err != nil {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "time_zone", Message: fmt.Sprintf("%q is not the name of a time zone such as America/New_York", s["time_zone"])}
	}
	hours, _ := strconv.Atoi(s["full_every_hours"]) // the spec's pattern allows digits only
	mb, _ := strconv.Atoi(s["resume_max_mb"])       // likewise
	if s["submitter"] == "" {
		s["submitter"] = s["client_id"]
	}
	c := &Connector{
		http: d.HTTP, tokens: d.Tokens, spool: d.Spool, now: d.Now, log: d.Log, set: s,
		host: s.URL("host"), signIn: s.URL("sign_in_host"), types: resumeTypes(s["resume_types"]), full: time.Duration(hours) * time.Hour, zone: zone, resume: int64(mb) << 20,
	}
	if c.signIn == "" {
		c.signIn = c.host
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
	_ staffing.StatusLister      = (*Connector)(nil)
)
