package fieldglass

import (
	"context"
	"net/http"
	"net/url"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

// probe is the id that a connection test asks for: no job posting or work order
// has it. One object is asked for, because a plain call of the changes download
// would move its cursor, and a plain call of the full one may be large.
const probe = "TRIBUTARYCHECK"

// Check gets a token and then reaches each connector. A connector that answers at
// all is there; 403 and 404 name what the client's administrator has to do.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	if _, err := c.token(ctx); err != nil {
		return staffing.Report{}, err
	}
	report := staffing.Report{Account: c.set["client_id"] + " at " + c.set["buyer_code"], ExpiresAt: connectors.CertificateEnds(c.set)}
	for _, p := range c.probes() {
		permission := staffing.Permission{Name: p.connector, Purpose: p.purpose}
		err := c.reach(ctx, p)
		switch staffing.CodeOf(err) {
		case "":
			permission.Granted = true // it answered
		case staffing.NotFound:
			permission.Granted = isObjectUnknown(err)
			permission.Detail = "There is no connector of this name. Ask the client's Fieldglass administrator for its exact name (Admin > Integrations > Connectors), or to create it."
		case staffing.Forbidden:
			permission.Detail = "The connector exists, but not for this user. Ask the client's Fieldglass administrator to enable it for the web-service user."
		default:
			return staffing.Report{}, err
		}
		if permission.Granted {
			permission.Detail = ""
		}
		report.Permissions = append(report.Permissions, permission)
	}
	if !c.audits() {
		return report, nil
	}
	audit, err := c.checkAudit(ctx)
	report.Permissions = append(report.Permissions, audit)
	return report, err
}

// checkAudit asks the audit trail for a transaction that does not exist.
func (c *Connector) checkAudit(ctx context.Context) (staffing.Permission, error) {
	p := staffing.Permission{Name: auditTrail, Purpose: "reads why an upload failed that was processed later"}
	_, _, err := c.run(ctx, c.auditJob(probe))
	switch staffing.CodeOf(err) {
	case "", staffing.NotFound: // the vendor may say so when it has no result
		p.Granted = true
	case staffing.Forbidden, staffing.Unauthorized:
		p.Detail = "Ask SAP Fieldglass for an application key that includes the Audit Trail API, or switch the setting Integration Audit Trail off."
	default:
		return p, err
	}
	return p, nil
}

type reachable struct {
	connector, purpose string
	query              url.Values
}

func (c *Connector) probes() []reachable {
	return []reachable{
		{c.set["postings_delta"], "reads new and changed job postings", byRef(probe)},
		{c.set["postings_full"], "reads all job postings again, as repair", byRef(probe)},
		{c.set["job_seeker_upload"], "submits candidates", nil},
		{c.set["job_seeker_status"], "reads the statuses of job seekers, and finds our own before submitting", byRef(probe)},
		{c.set["work_orders"], "reads work orders for placements", byRef(probe)},
	}
}

// reach asks a connector with GET, the upload too: that it is an upload is then
// answered with 400 or with any return code, which is an answer. A refusal in
// Fieldglass's own envelope is one as well; anything else is an error.
func (c *Connector) reach(ctx context.Context, p reachable) error {
	upload := p.query == nil
	j := job{connector: p.connector, query: p.query}
	if upload {
		j.allow = []int{http.StatusBadRequest, http.StatusMethodNotAllowed}
	}
	data, st, err := c.run(ctx, j)
	code := staffing.CodeOf(err)
	switch {
	case err == nil && !upload:
		_, err = parseAnswer(data, p.connector)
		return err
	case st != nil && (code == staffing.Invalid || upload && code == staffing.Unavailable):
		return nil
	}
	return err
}
