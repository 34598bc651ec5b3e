package vincere

import (
	"context"

	"github.com/tributary-hub/tributary/staffing"
)

// Check signs in and makes the searches that the hub needs, for one row each.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "Vincere " + c.set["tenant_url"]}
	for _, p := range []struct{ path, purpose string }{
		{c.jobs, "look for a job before one is created"},
		{"/company", "find the client's company for a job"},
		{"/candidate", "read candidates and their résumés"},
	} {
		out := staffing.Permission{Name: "search of " + p.path[1:], Purpose: p.purpose, Granted: true, Detail: "That jobs may be created shows only when one is."}
		_, err := c.search(ctx, p.path, "id", "", 1)
		switch {
		case staffing.CodeOf(err) == staffing.Forbidden:
			out.Granted, out.Detail = false, "The user of the sign-in may not see this, or the API key lacks it: Vincere: Marketplace > API Integrations."
		case err != nil:
			return staffing.Report{}, err
		}
		report.Permissions = append(report.Permissions, out)
	}
	return report, nil
}
