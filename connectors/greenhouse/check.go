package greenhouse

import (
	"context"
	"net/url"

	"github.com/tributary-hub/tributary/staffing"
)

// need is a scope and what it is for.
type need struct {
	path     string
	verb     string
	purpose  string
	optional bool
}

func (n need) scope() string { return "harvest:" + n.path + ":" + n.verb }

func needs() []need {
	return []need{
		{path: "jobs", verb: "list", purpose: "read requisitions"},
		{path: "job_posts", verb: "list", purpose: "read titles and descriptions"},
		{path: "openings", verb: "list", purpose: "read the headcount"},
		{path: "offices", verb: "list", purpose: "read locations"},
		{path: "job_post_locations", verb: "list", purpose: "read the locations of a posting", optional: true},
		{path: "departments", verb: "list", purpose: "read departments", optional: true},
		{path: "job_hiring_managers", verb: "list", purpose: "read who hires", optional: true},
		{path: "users", verb: "list", purpose: "read the names of hiring managers", optional: true},
		{path: "pay_input_ranges", verb: "list", purpose: "read published pay ranges", optional: true},
		{path: "candidates", verb: "list", purpose: "look for a candidate before one is created"},
		{path: "applications", verb: "list", purpose: "read the stages of submissions"},
		{path: "rejection_details", verb: "list", purpose: "tell a rejection from a withdrawal", optional: true},
		{path: "rejection_reasons", verb: "list", purpose: "read the reasons of rejections", optional: true},
		{path: "attachments", verb: "list", purpose: "see whether a résumé is there before one is sent"},
		{path: "offers", verb: "list", purpose: "read dates and rates of a hire"},
		{path: "custom_fields", verb: "list", purpose: "offer your custom fields in the profile", optional: true},
		{path: "custom_field_options", verb: "list", purpose: "offer the values of pick lists in the profile", optional: true},
		{path: "job_interview_stages", verb: "list", purpose: "offer your stages in the profile", optional: true},
		{path: "candidates", verb: "create", purpose: "submit candidates"},
		{path: "applications", verb: "create", purpose: "submit a candidate the client knows already"},
		{path: "attachments", verb: "create", purpose: "send résumés"},
	}
}

// Check asks each list for one row and names those that answer 403. Creating is
// not tried: the token's own scopes answer for it where they can be seen.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	token, err := c.token(ctx)
	if err != nil {
		return staffing.Report{}, err
	}
	cl := readClaims(token)
	report := staffing.Report{Account: "Greenhouse integration user"}
	if cl.Subject != "" {
		report.Account = "Greenhouse user " + cl.Subject
	}
	for _, n := range needs() {
		p := staffing.Permission{Name: n.scope(), Purpose: n.purpose, Granted: true}
		if n.verb == "list" {
			err = c.probe(ctx, n, &p)
		} else {
			cl.vouch(&p)
		}
		if err != nil {
			return staffing.Report{}, err
		}
		report.Permissions = append(report.Permissions, p)
	}
	return report, nil
}

func (c *Connector) probe(ctx context.Context, n need, p *staffing.Permission) error {
	_, err := c.list(ctx, n.path, url.Values{"per_page": {"1"}}, "")
	if staffing.CodeOf(err) != staffing.Forbidden {
		return err
	}
	p.Granted = false
	p.Detail = "Add the scope at Configure > Dev Center > API Credentials; if it is there, the acting user is not a Site Admin."
	if n.optional {
		p.Detail = "Optional: the hub works without it. " + p.Detail
	}
	return nil
}

// vouch answers for a permission that cannot be tried without an effect.
func (cl claims) vouch(p *staffing.Permission) {
	switch {
	case cl.Scopes == nil:
		p.Detail = "Untested: the token does not show its scopes. The first submission will tell."
	case !cl.Scopes[p.Name]:
		p.Granted = false
		p.Detail = "Add the scope at Configure > Dev Center > API Credentials."
	}
}
