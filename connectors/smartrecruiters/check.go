package smartrecruiters

import (
	"context"
	"net/url"

	"github.com/tributary-hub/tributary/staffing"
)

// need is a scope and what it is for.
type need struct {
	scope, purpose string
	path           string // what is asked to try it; empty: it cannot be tried without an effect
	optional       bool
}

func needs() []need {
	return []need{
		{scope: "jobs_read", purpose: "read requisitions, their positions and hiring teams", path: jobs},
		{scope: "candidates_read", purpose: "read the statuses of submissions, and look for a candidate before one is created", path: candidates},
		{scope: "candidates_manage", purpose: "submit candidates with résumés"},
		{scope: "configuration_read", purpose: "offer your job fields in the profile", path: "configuration/job-properties", optional: true},
		{scope: "users_read", purpose: "read the names of hiring managers", path: "users", optional: true},
	}
}

// Check asks each resource for one row and names those that are forbidden. What
// has an effect is not tried.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "SmartRecruiters API key"}
	if c.key == "" {
		report.Account = "SmartRecruiters OAuth client " + c.id
	}
	for _, n := range needs() {
		p := staffing.Permission{Name: n.scope, Purpose: n.purpose, Granted: true}
		if n.path == "" {
			p.Detail = "Untested: it cannot be tried without an effect. The first submission will tell."
		} else if err := c.probe(ctx, n, &p); err != nil {
			return staffing.Report{}, err
		}
		report.Permissions = append(report.Permissions, p)
	}
	return report, nil
}

func (c *Connector) probe(ctx context.Context, n need, p *staffing.Permission) error {
	_, err := c.list(ctx, n.path, url.Values{"limit": {"1"}}, "", 0)
	if staffing.CodeOf(err) != staffing.Forbidden {
		return err
	}
	p.Granted = false
	p.Detail = "An administrator of the client gives this scope to the credential in Credential Manager."
	if n.optional {
		p.Detail = "Optional: the hub works without it. " + p.Detail
	}
	return nil
}
