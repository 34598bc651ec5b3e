package jobadder

import (
	"context"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// probe is a call that shows whether the sign-in has a scope.
type probe struct {
	scope, path, purpose string
	query                url.Values
	detail               func([]row) string
}

func probes() []probe {
	none := url.Values{"Limit": {"0"}}
	return []probe{
		{"read_job", "/jobs", "look for a job before one is created", none, nil},
		{"read_job", "/jobs/lists/status", "know the statuses of jobs", nil, names("Words for _status: ")},
		{"read_company", "/companies", "find the client's company for a job", none, nil},
		{"read_candidate", "/candidates", "read candidates and their résumés", none, nil},
		{"read_jobapplication", "/applications", "hear of status changes", none, nil},
		{"read_jobapplication", "/applications/lists/status", "know the statuses of job applications", nil, names("Words for triggers and internal_status: ")},
	}
}

func names(intro string) func([]row) string {
	return func(rows []row) string {
		var out []string
		for _, r := range rows {
			out = append(out, r.text("name"))
		}
		return intro + strings.Join(out, ", ") + ". Scopes to write (write_job, write_jobapplication) show only when something is written."
	}
}

// Check signs in, tries every call that only reads, and shows the words of the
// account. What may be written, JobAdder tells only when it is written.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "JobAdder"}
	resp, err := c.call(ctx, request{path: "/users/current"})
	user := staffing.Permission{Name: "read_user", Purpose: "name the user in whose name the hub acts", Granted: true}
	switch {
	case staffing.CodeOf(err) == staffing.Forbidden:
		user.Granted, user.Detail = false, scopeHelp
	case err != nil:
		return staffing.Report{}, explain(err, "cannot ask JobAdder who we are")
	default:
		var me row
		if err := resp.Decode(&me); err != nil {
			return staffing.Report{}, err
		}
		report.Account = strings.TrimSpace("JobAdder " + me.text("accountName") + ", user " + me.text("firstName") + " " + me.text("lastName"))
	}
	report.Permissions = append(report.Permissions, user)
	for _, p := range probes() {
		got, err := c.try(ctx, p)
		if err != nil {
			return staffing.Report{}, err
		}
		report.Permissions = append(report.Permissions, got)
	}
	if c.set["webhook_url"] == "" {
		return report, nil
	}
	got, err := c.tryWebhook(ctx)
	if err != nil {
		return staffing.Report{}, err
	}
	report.Permissions = append(report.Permissions, got)
	return report, nil
}

const scopeHelp = "The sign-in lacks this scope, or the user may not see this: sign in anew with the scopes of the README and enter the new refresh token."

func (c *Connector) try(ctx context.Context, p probe) (staffing.Permission, error) {
	out := staffing.Permission{Name: p.scope + " " + p.path, Purpose: p.purpose, Granted: true}
	got, err := c.list(ctx, p.path, p.query)
	switch {
	case staffing.CodeOf(err) == staffing.Forbidden:
		out.Granted, out.Detail = false, scopeHelp
	case err != nil:
		return out, err
	case p.detail != nil:
		out.Detail = p.detail(got.items)
	}
	return out, nil
}

// tryWebhook says how the webhook stands. One that is not there yet is made with the
// next poll, so it is no missing permission.
func (c *Connector) tryWebhook(ctx context.Context) (staffing.Permission, error) {
	out := staffing.Permission{Name: "offline_access /webhooks", Purpose: "make and watch the webhook", Granted: true}
	hook, err := c.hook(ctx)
	switch {
	case staffing.CodeOf(err) == staffing.Forbidden:
		out.Granted, out.Detail = false, scopeHelp
	case err != nil:
		return out, err
	case len(c.hooks) == 0:
		out.Detail = "There is no webhook secret, so no webhook is made; the hub polls."
	case hook == nil:
		out.Detail = "There is no webhook yet; the next poll makes it."
	default:
		out.Detail = "JobAdder says: " + hook.text("status") + ". The next look of the feed enables it when it is not."
	}
	return out, nil
}
