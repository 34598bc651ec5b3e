package workday

import (
	"fmt"
	"net/url"
	"path"
	"regexp"

	"github.com/tributary-hub/tributary/connectors"
)

const (
	reportHelp = " In Workday: View Custom Report > the report > Actions > Web Service > View URLs > JSON; enter the address up to the report's name, without what follows the question mark." +
		" The report is an Advanced one, enabled as a web service and shared with the integration user."
	columnHelp = " The column's XML alias in the report (Edit Custom Report > Columns > Column Heading Override XML Alias)."
)

func spec() connectors.Spec {
	return append(append(account(), reports()...), submitting()...)
}

func account() connectors.Spec {
	return connectors.Spec{
		{Key: "user", Label: "Integration user", Pattern: `[^@\s]+@[^@\s]+`,
			Help: "The client's Workday administrator creates an integration system user (Create Integration System User), puts it into a security group with access to the reports, and activates the change (Activate Pending Security Policy Changes). Enter it as user@tenant."},
		{Key: "password", Label: "Its password", Secret: true,
			Help: "The integration system user's password; the account must be exempt from password expiration (Maintain Password Rules)."},
		{Key: "client_id", Label: "OAuth client ID",
			Help: "Instead of user and password: Workday: View API Clients > API Clients for Integrations. The client's administrator registers it with the scopes Recruiting, Staffing and Tenant Non-Configurable."},
		{Key: "client_secret", Label: "OAuth client secret", Secret: true, Help: "Shown once, when the API client is registered."},
		{Key: "refresh_token", Label: "OAuth refresh token", Secret: true,
			Help: "Workday: View API Clients > the client > Manage Refresh Tokens for Integrations, for the integration user, without an end."},
		{Key: "token_url", Label: "OAuth token address", URL: true,
			Help: "Workday: View API Clients > Token Endpoint, e.g. https://wd2-impl-services1.workday.com/ccx/oauth2/acme/token."},
	}
}

func reports() connectors.Spec {
	return connectors.Spec{
		{Key: "requisition_report", Label: "Requisition report", Required: true, URL: true, Check: isReport,
			Help: "The address of the report of job requisitions, closed ones too." + reportHelp},
		{Key: "requisition_prompt", Label: "Its date prompt", Pattern: `[A-Za-z0-9_.!-]{1,80}`,
			Help: "The XML alias of the prompt that asks from which day on changes are wanted. Empty: the whole report is read each time."},
		{Key: "application_report", Label: "Application report", Required: true, URL: true, Check: isReport,
			Help: "The address of the report of job applications of your agency, all stages." + reportHelp},
		{Key: "application_prompt", Label: "Its date prompt", Pattern: `[A-Za-z0-9_.!-]{1,80}`,
			Help: "As above, for applications; leave it optional in Workday, because the search by e-mail does not fill it in."},
		{Key: "email_prompt", Label: "Its e-mail prompt", Pattern: `[A-Za-z0-9_.!-]{1,80}`,
			Help: "The XML alias of the prompt that asks for a candidate's e-mail address. Empty: the whole report is read before each submission."},
		{Key: "placement_report", Label: "Contract report", URL: true, Check: isReport,
			Help: "Optional: the address of the report of contracts or hires, by job application." + reportHelp},
		{Key: "placement_prompt", Label: "Its application prompt", Pattern: `[A-Za-z0-9_.!-]{1,80}`,
			Help: "The XML alias of the prompt that asks for a job application. Empty: the whole report is read."},
		{Key: "requisition_id", Label: "Column: requisition", Default: "Job_Requisition_ID", Advanced: true, Help: "The requisition's id in both reports." + columnHelp},
		{Key: "application_id", Label: "Column: application", Default: "Job_Application_ID", Advanced: true,
			Help: "The application's reference id, as Put_Candidate gives it back." + columnHelp},
		{Key: "candidate_id", Label: "Column: candidate", Default: "Candidate_ID", Advanced: true, Help: "The candidate's reference id." + columnHelp},
		{Key: "email", Label: "Column: e-mail", Default: "Email", Advanced: true, Help: "The candidate's e-mail address." + columnHelp},
		{Key: "resume", Label: "Column: résumé", Default: "Resume", Advanced: true, Help: "The file name of the candidate's résumé; empty while there is none." + columnHelp},
		{Key: "updated", Label: "Column: last change", Default: "Last_Updated", Advanced: true, Help: "The moment of the last change, in all reports." + columnHelp},
		{Key: "time_zone", Label: "Time zone of prompts", Default: "America/Los_Angeles", Advanced: true,
			Help: "Dates in prompts are days of this zone: Workday: Edit Tenant Setup - System > Default Time Zone."},
		{Key: "full_every_hours", Label: "Read everything every (hours)", Default: "24", Pattern: `[0-9]{1,3}`, Advanced: true,
			Help: "Workday does not stamp every change: with a date prompt the reports are also read whole this often. 0: never. Ask the client's Workday administrator when the reports are large."},
		{Key: "rows_per_page", Label: "Rows in one go", Default: "2000", Pattern: `[1-9][0-9]{0,4}`, Advanced: true,
			Help: "Reports have no pages: a report with more rows is read several times, so that the hub never holds more. Workday: nothing to set."},
	}
}

func submitting() connectors.Spec {
	return connectors.Spec{
		{Key: "recruiting_url", Label: "Recruiting web service", URL: true, Check: isService,
			Help: "For submissions: Workday: Public Web Services > Recruiting > View WSDL > its address without ?wsdl, e.g. https://wd2-impl-services1.workday.com/ccx/service/acme/Recruiting/v45.2. Empty: the hub submits nobody."},
		{Key: "stage", Label: "First stage", Default: "REVIEW", Help: "The Recruiting_Stage_ID that applications start in; each tenant has its own (Workday: Maintain Recruiting Stages)."},
		{Key: "source", Label: "Source", Help: "The id of your agency's source, which must exist: Workday: Maintain Recruiting Sources. Empty: none, and nobody is credited."},
		{Key: "source_type", Label: "Kind of source id", Default: "Applicant_Source_ID", Options: []string{"Applicant_Source_ID", "Recruiting_Source_ID"}, Advanced: true,
			Help: "Which reference id the source has: Workday: View Reference IDs."},
		{Key: "document_category", Label: "Résumé category", Default: "CANDIDATE_RESUME_AND_COVER_LETTER", Advanced: true, Help: "The document category of résumés: Workday: Maintain Document Categories."},
		{Key: "document_category_type", Label: "Kind of category id", Default: "Document_Category__Workday_Owned__ID", Advanced: true, Help: "Which reference id the category has: Workday: View Reference IDs."},
		{Key: "resume_max_mb", Label: "Largest résumé (MB)", Default: "5", Pattern: `[1-9][0-9]?`, Advanced: true,
			Help: "Larger files are refused before the call: Workday: Edit Tenant Setup - System > Maximum File Size."},
	}
}

var (
	reportPath  = regexp.MustCompile(`^/ccx/service/customreport2/[^/]+/[^/]+/[^/]+$`)
	servicePath = regexp.MustCompile(`^/ccx/service/[^/]+/Recruiting/v[0-9]+(\.[0-9]+)?$`)
)

func isReport(v string) error {
	if u, err := url.Parse(v); err != nil || !reportPath.MatchString(u.Path) {
		return fmt.Errorf("the report's address must end in /ccx/service/customreport2/tenant/owner/report")
	}
	return nil
}

func isService(v string) error {
	if u, err := url.Parse(v); err != nil || !servicePath.MatchString(u.Path) {
		return fmt.Errorf("the web service's address must end in /ccx/service/tenant/Recruiting/v45.2")
	}
	return nil
}

// version is the last part of the web service's address.
func version(service string) string { return path.Base(service) }
