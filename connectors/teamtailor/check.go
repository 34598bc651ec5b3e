package teamtailor

import (
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// need is a permission and what it is for.
type need struct {
	name, purpose string
	path          string // what is asked to try it; empty: it cannot be tried without an effect
	query         url.Values
	optional      bool
}

func (c *Connector) needs() []need {
	return []need{
		{name: "jobs (read)", purpose: "read requisitions", path: jobs, query: jobQuery(c.include)},
		{name: "candidates (read)", purpose: "look for a candidate before one is created", path: candidates, query: url.Values{}},
		{name: "job-applications (read)", purpose: "read the stages of submissions and hires", path: applications, query: applicationQuery()},
		{name: "candidates, job-applications (write)", purpose: "submit candidates"},
		{name: "custom-fields (read)", purpose: "offer your custom fields in the profile", path: "custom-fields", query: url.Values{}, optional: true},
	}
}

// Check asks each resource for one row, in the way in which the feeds ask, and
// names those that are forbidden. What has an effect is not tried.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "Teamtailor API key"}
	for _, n := range c.needs() {
		p := staffing.Permission{Name: n.name, Purpose: n.purpose, Granted: true}
		if n.path == "" {
			p.Detail = "Untested: it cannot be tried without an effect. The first submission will tell."
		} else {
			n.query.Set("page[size]", "1")
			_, err := c.list(ctx, n.path, n.query)
			switch {
			case staffing.CodeOf(err) == staffing.Forbidden:
				p.Granted = false
				p.Detail = "An administrator of the client makes a key with the scope Admin and the permission Read/Write at Settings > Integrations > API keys."
				if n.optional {
					p.Detail = "Optional: the hub works without it. " + p.Detail
				}
			case err != nil:
				return staffing.Report{}, err
			}
		}
		report.Permissions = append(report.Permissions, p)
	}
	return report, nil
}

// Fields gives the client's custom fields. Those of jobs stand in requisitions, those
// of candidates in placements; one that does not say whose it is stands in both.
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	list, err := c.all(ctx, "custom-fields", url.Values{})
	if err != nil {
		return nil, err
	}
	out := []staffing.VendorField{}
	for _, r := range list.rows {
		f := staffing.VendorField{Key: "raw._fields[" + strconv.Quote(r.ID) + "]", Label: r.text("name"), Type: "text"}
		if f.Label == "" {
			f.Label = r.ID
		}
		owner := strings.ToLower(r.text("owner-type"))
		for _, of := range [][2]string{{"requisition", "job"}, {"placement", "candidate"}} {
			if owner == "" || owner == of[1] {
				f.Section = of[0]
				out = append(out, f)
			}
		}
	}
	return out, nil
}

// DeclaredStatuses gives the vendor's fixed words; the names of stages are each
// client's own and not used.
func (c *Connector) DeclaredStatuses(context.Context) ([]staffing.DeclaredStatus, error) {
	var out []staffing.DeclaredStatus
	add := func(subject staffing.Subject, words ...string) {
		for _, w := range words {
			out = append(out, staffing.DeclaredStatus{Subject: subject, Word: w, Label: w})
		}
	}
	add(staffing.SubjectRequisition, "draft", "scheduled", "open", "unlisted", "archived")
	add(staffing.SubjectSubmission, "inbox", "in_process", "screening", "interview", "offer", "hired", "rejected", "withdrawn")
	return out, nil
}
