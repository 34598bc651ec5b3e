package ashby

import (
	"context"
	"slices"

	"github.com/tributary-hub/tributary/staffing"
)

// need is a permission and what it is for.
type need struct {
	name     string // as the vendor's documentation spells it
	purpose  string
	try      request // a call that needs it and changes nothing
	optional bool
}

func needs() []need {
	some := map[string]any{"limit": 1}
	return []need{
		{name: "jobsRead", purpose: "read requisitions, openings and postings", try: request{method: "job.list", body: some, what: "jobs"}},
		{name: "candidatesRead", purpose: "read the stages of submissions, and look for a candidate before one is created",
			try: request{method: "application.list", body: some, what: "applications"}},
		{name: "offersRead", purpose: "read dates and pay of a hire", try: request{method: "offer.list", body: some, what: "offers"}},
		{name: "interviewsRead", purpose: "offer your stages in the profile", try: request{method: "interviewPlan.list", body: some, what: "interview plans"}, optional: true},
		{name: "hiringProcessMetadataRead", purpose: "offer your custom fields in the profile",
			try: request{method: "customField.list", body: some, what: "custom fields"}, optional: true},
	}
}

// Check tries each permission with a call for one row and names those that are
// missing. Writing is not tried: the key's own scopes answer for it, when the key
// may read them.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "Ashby API key"}
	key, err := c.one(ctx, request{method: "apiKey.info", what: "the API key"})
	switch {
	case staffing.CodeOf(err) == staffing.Forbidden:
		key = nil
	case err != nil:
		return staffing.Report{}, err
	case key.text("title") != "":
		report.Account += " " + key.text("title")
	}
	for _, n := range needs() {
		p := staffing.Permission{Name: n.name, Purpose: n.purpose, Granted: true}
		_, err := c.call(ctx, n.try)
		switch {
		case staffing.CodeOf(err) == staffing.Forbidden:
			p.Granted = false
			p.Detail = "Give the key this permission at Admin > Integrations > API keys."
			if n.optional {
				p.Detail = "Optional: the hub works without it. " + p.Detail
			}
		case err != nil:
			return staffing.Report{}, err
		}
		report.Permissions = append(report.Permissions, p)
	}
	report.Permissions = append(report.Permissions, writing(key))
	return report, nil
}

// writing tells whether candidates may be written. The scopes are spelled
// candidates:write where permissions are spelled candidatesWrite.
func writing(key row) staffing.Permission {
	p := staffing.Permission{Name: "candidatesWrite", Purpose: "submit candidates with résumés", Granted: true}
	scopes := key.texts("scopes")
	switch {
	case len(scopes) == 0:
		p.Detail = "Untested: the key does not show its scopes (apiKeysRead). The first submission will tell."
	case !slices.Contains(scopes, "candidates:write") && !slices.Contains(scopes, "candidatesWrite"):
		p.Granted = false
		p.Detail = "Give the key this permission at Admin > Integrations > API keys."
	}
	return p
}
