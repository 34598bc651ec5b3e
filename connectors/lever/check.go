package lever

import (
	"context"
	"net/url"

	"github.com/tributary-hub/tributary/staffing"
)

// need is a permission and what it is for.
type need struct {
	resource string
	purpose  string
	optional bool
	path     string // what is asked to try it; empty: it cannot be tried without an effect
	write    bool
}

func (n need) name() string {
	if n.write {
		return n.resource + ":write:admin"
	}
	return n.resource + ":read:admin"
}

func needs(user string) []need {
	return []need{
		{resource: postings, purpose: "read requisitions", path: postings},
		{resource: opportunities, purpose: "read the stages of submissions, and look for a candidate before one is created", path: opportunities},
		{resource: "stages", purpose: "offer your stages in the profile", path: "stages"},
		{resource: "archive_reasons", purpose: "tell a hire from a rejection", path: "archive_reasons"},
		{resource: requisitions, purpose: "read headcount, pay band and custom fields", path: requisitions, optional: true},
		{resource: "requisition_fields", purpose: "offer your custom fields in the profile", path: "requisition_fields", optional: true},
		{resource: "users", purpose: "read the names of hiring managers", path: "users/" + url.PathEscape(user), optional: true},
		{resource: "applications", purpose: "see which posting an opportunity is for"},
		{resource: "offers", purpose: "read dates and pay of a hire"},
		{resource: opportunities, purpose: "submit candidates with résumés", write: true},
	}
}

// Check asks each resource for one row and names those that answer 403. What has
// an effect, or hangs on an opportunity, is not tried.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "Lever API key, submissions by user " + c.user}
	for _, n := range needs(c.user) {
		p := staffing.Permission{Name: n.name(), Purpose: n.purpose, Granted: true,
			Detail: "Untested: it cannot be tried without an opportunity. The first submission will tell."}
		if n.path != "" {
			p.Detail = ""
			who, err := c.probe(ctx, n, &p)
			if err != nil {
				return staffing.Report{}, err
			}
			if who != "" {
				report.Account = "Lever API key, submissions by " + who
			}
		}
		report.Permissions = append(report.Permissions, p)
	}
	return report, nil
}

// probe tries one permission; of the acting user it gives the name.
func (c *Connector) probe(ctx context.Context, n need, p *staffing.Permission) (who string, err error) {
	if n.resource == "users" {
		var u row
		u, err = c.get(ctx, n.path, nil)
		who = u.text("name")
	} else {
		_, err = c.list(ctx, n.path, url.Values{"limit": {"1"}}, "")
	}
	switch staffing.CodeOf(err) {
	case staffing.Forbidden:
		p.Granted = false
		p.Detail = "A Super Admin makes a key with this permission at Settings > Integrations and API > API credentials."
		if n.optional {
			p.Detail = "Optional: the hub works without it. " + p.Detail
		}
		return "", nil
	case staffing.NotFound:
		if n.resource != "users" {
			return "", err
		}
		p.Granted = false
		p.Detail = "Lever has no user with the acting user id: see Settings > Users."
		return "", nil
	}
	return who, err
}
