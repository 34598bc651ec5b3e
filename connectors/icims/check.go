package icims

import (
	"context"

	"github.com/tributary-hub/tributary/staffing"
)

// Check searches each kind of record for what is not there, which costs one call
// each, and names those that answer 403. What has an effect is not tried.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "iCIMS customer " + c.set["customer_id"] + ", " + c.set["client_id"]}
	for _, n := range []struct{ what, purpose, filter, value string }{
		{jobs, "read requisitions", "job.id", "1"},
		{people, "look for a person before one is created", "person.email", "nobody@tributary.invalid"},
		{workflows, "read the statuses of submissions", "applicantworkflow.id", "1"},
	} {
		p := staffing.Permission{Name: "search " + n.what, Purpose: n.purpose, Granted: true}
		_, _, err := c.search(ctx, n.what, c.set["staleness"], filter{Name: n.filter, Value: []string{n.value}, Operator: "="})
		switch {
		case staffing.CodeOf(err) == staffing.Forbidden:
			p.Granted = false
			p.Detail = "Ask the client to put the API user into the Integration User group, with rights on " + n.what + "."
		case err != nil:
			return staffing.Report{}, err
		}
		report.Permissions = append(report.Permissions, p)
	}
	report.Permissions = append(report.Permissions, staffing.Permission{Name: "create people and applicantworkflows", Purpose: "submit candidates with résumés", Granted: true,
		Detail: "Untested: it cannot be tried without an effect. The first submission will tell."})
	return report, nil
}
