package bullhorn

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// need is an entitlement and what it is for. wide means that records of other
// users must be within reach as well.
type need struct {
	entity, verb, purpose string
	wide                  bool
}

func (c *Connector) needs() []need {
	out := []need{
		{"JobOrder", "CREATE", "create jobs", false},
		{"JobOrder", "READ", "look for a job before one is created", true},
		{"JobOrder", "UPDATE", "update jobs", true},
		{"ClientCorporation", "READ", "find the client's company for a job", true},
		{"ClientContact", "READ", "find a contact for a job", true},
		{"Candidate", "READ", "read candidates and their résumés", true},
		{"JobSubmission", "READ", "read submissions and their rates", true},
		{"JobSubmission", "UPDATE", "write the client's statuses back", true},
	}
	if c.creates() {
		out = append(out, need{"ClientCorporation", "CREATE", "open a company for a client that has none", false},
			need{"ClientContact", "CREATE", "give a company a contact that has none", false})
	}
	return out
}

const entitlementHelp = "Bullhorn: Menu > Admin > User Type > the API user's type; without that page, ask Bullhorn Support for the entitlement. "

// Check signs in, reads the API user's entitlements, and shows what this account
// has set up by itself: status words and required job fields.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	if _, err := c.session(ctx); err != nil {
		return staffing.Report{}, err
	}
	report := staffing.Report{Account: "Bullhorn API user " + c.set["username"]}
	granted := map[string][]string{}
	for _, n := range c.needs() {
		list, asked := granted[n.entity]
		if !asked {
			var err error
			if list, err = c.entitlements(ctx, n.entity); err != nil {
				return staffing.Report{}, err
			}
			granted[n.entity] = list
		}
		report.Permissions = append(report.Permissions, n.judge(list))
	}
	for _, probe := range []func(context.Context) (staffing.Permission, error){c.checkStatuses, c.checkJobFields, c.checkSubscription} {
		p, err := probe(ctx)
		if staffing.CodeOf(err) == staffing.Forbidden {
			p.Granted, p.Detail = false, "The API user may not call this. "+entitlementHelp
		} else if err != nil {
			return staffing.Report{}, err
		}
		report.Permissions = append(report.Permissions, p)
	}
	return report, nil
}

// entitlements gives none when asking for them is forbidden.
func (c *Connector) entitlements(ctx context.Context, entity string) ([]string, error) {
	resp, err := c.call(ctx, request{path: "entitlements/" + entity})
	if staffing.CodeOf(err) == staffing.Forbidden {
		return nil, nil
	}
	if err != nil {
		return nil, explain(err, "cannot read the entitlements on %s from Bullhorn", entity)
	}
	var list []string
	return list, resp.Decode(&list)
}

func (n need) judge(list []string) staffing.Permission {
	p := staffing.Permission{Name: n.entity + " " + n.verb, Purpose: n.purpose}
	own := slices.Contains(list, n.verb)
	wide := slices.Contains(list, n.verb+"_CORPORATE") || slices.Contains(list, n.verb+"_DEPARTMENT")
	p.Granted = wide || own && !n.wide
	switch {
	case !p.Granted && own:
		p.Name += "_CORPORATE"
		p.Detail = "The API user reaches its own records only, not the recruiters'. " + entitlementHelp
	case !p.Granted:
		p.Detail = entitlementHelp
	case n.wide && !slices.Contains(list, n.verb+"_CORPORATE"):
		p.Detail = "Within the API user's department only."
	}
	return p
}

// checkStatuses lists the words of this account, which the mapping's triggers and
// internal_status must use.
func (c *Connector) checkStatuses(ctx context.Context) (staffing.Permission, error) {
	p := staffing.Permission{Name: "settings/jobResponseStatusList", Purpose: "know the statuses of this account", Granted: true}
	resp, err := c.call(ctx, request{path: "settings/jobResponseStatusList"})
	if err != nil {
		return p, explain(err, "cannot read the settings of the Bullhorn account")
	}
	var out struct {
		Words any `json:"jobResponseStatusList"`
	}
	if err := resp.Decode(&out); err != nil {
		return p, err
	}
	p.Detail = "Words for triggers and internal_status: " + listed(out.Words) + "."
	return p, nil
}

// checkJobFields names the fields that this account asks of every job.
func (c *Connector) checkJobFields(ctx context.Context) (staffing.Permission, error) {
	p := staffing.Permission{Name: "meta/JobOrder", Purpose: "know the required fields of a job", Granted: true}
	resp, err := c.call(ctx, request{path: "meta/JobOrder", query: url.Values{"fields": {"*"}, "meta": {"full"}}})
	if err != nil {
		return p, explain(err, "cannot read the field map of Bullhorn's jobs")
	}
	var out struct {
		Fields []row `json:"fields"`
	}
	if err := resp.Decode(&out); err != nil {
		return p, err
	}
	var required []any
	for _, f := range out.Fields {
		if f.bool("required") {
			required = append(required, f["name"])
		}
	}
	p.Detail = "Required here: " + listed(required) + ". Each needs a cell in the job map, except externalID, clientCorporation, clientContact and owner."
	return p, nil
}

// checkSubscription asks for the subscription without reading it: a read would
// use its events up. One that is not there yet is made with the first poll.
func (c *Connector) checkSubscription(ctx context.Context) (staffing.Permission, error) {
	p := staffing.Permission{Name: "event/subscription", Purpose: "hear of status changes", Granted: true}
	_, err := c.call(ctx, request{path: c.subscription() + "/lastRequestId",
		allow: []int{http.StatusBadRequest, http.StatusNotFound, http.StatusGone}})
	if err != nil {
		return p, explain(err, "cannot ask for Bullhorn's event subscription")
	}
	return p, nil
}

// listed joins what is a list, or gives what is a text; the vendor's settings come
// in both forms.
func listed(v any) string {
	var out []string
	switch v := v.(type) {
	case string:
		return v
	case []any:
		for _, e := range v {
			if s := textOf(e); s != "" {
				out = append(out, s)
			}
		}
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}
