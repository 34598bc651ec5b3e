package successfactors

import (
	"context"
	"net/url"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

// Check asks each entity for one row and names those that answer 403. What has an
// effect is not tried.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "SuccessFactors company " + c.set["company_id"] + ", user " + c.set["user_id"], ExpiresAt: connectors.CertificateEnds(c.set)}
	if cert, err := readCertificate(c.set["certificate"]); err == nil && c.key != nil {
		report.ExpiresAt = cert.NotAfter
	}
	for _, n := range []struct {
		entity, key, purpose string
		optional             bool
	}{
		{requisitions, "jobReqId", "read requisitions", false},
		{applications, "applicationId", "read the statuses of submissions, and look for an application before one is created", false},
		{candidates, "candidateId", "look for a candidate before one is created", false},
		{offers, "offerId", "read the dates of a hire", true},
		{"JobApplicationStatus", "appStatusId", "offer the tenant's statuses in the profile", true},
	} {
		p := staffing.Permission{Name: n.entity + " (export)", Purpose: n.purpose, Granted: true}
		_, err := c.list(ctx, n.entity, url.Values{"$format": {"json"}, "$top": {"1"}, "$select": {n.key}}, "")
		switch code := staffing.CodeOf(err); {
		case code == staffing.Forbidden || code == staffing.NotFound && n.optional:
			p.Granted = false
			p.Detail = "Give the role of the API user the OData API right to export " + n.entity + ": Admin Center > Manage Permission Roles > Recruiting Permissions."
			if n.optional {
				p.Detail = "Optional: the hub works without it. " + p.Detail
			}
		case err != nil:
			return staffing.Report{}, err
		}
		report.Permissions = append(report.Permissions, p)
	}
	report.Permissions = append(report.Permissions, staffing.Permission{Name: "Candidate, JobApplication (create)", Purpose: "submit candidates with résumés", Granted: true,
		Detail: "Untested: it cannot be tried without an effect. The first submission will tell."})
	return report, nil
}
