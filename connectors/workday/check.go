package workday

import (
	"context"
	"errors"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// Check reads the beginning of each report, and asks the recruiting web service for
// the candidates of the last minute. A report that gives no rows proves only that
// it is there: Workday leaves out what a security group may not see.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: c.set["user"]}
	if c.oauth {
		report.Account = "API client " + c.set["client_id"]
	}
	for _, p := range c.probes() {
		permission := staffing.Permission{Name: p.name, Purpose: p.purpose}
		note, err := p.try(ctx)
		switch staffing.CodeOf(err) {
		case "":
			permission.Granted, permission.Detail = true, note
		case staffing.Forbidden:
			permission.Detail = "The client's Workday administrator shares the report with the integration user, gives its security group the domains of what it shows, and activates the change."
		case staffing.NotFound:
			permission.Detail = "There is nothing at this address: compare it with Actions > Web Service > View URLs of the report."
		case staffing.Invalid:
			permission.Detail = err.Error()
		default:
			return staffing.Report{}, err
		}
		report.Permissions = append(report.Permissions, permission)
	}
	return report, nil
}

type probe struct {
	name, purpose string
	try           func(context.Context) (note string, err error)
}

func (c *Connector) probes() []probe {
	list := []probe{
		c.probeReport("requisition_report", "read requisitions", url.Values{c.set["requisition_prompt"]: {c.prompted(c.now())}}, "requisition_id"),
		c.probeReport("application_report", "read the stages of submissions, and look for a candidate before one is made",
			url.Values{c.set["application_prompt"]: {c.prompted(c.now())}}, "application_id", "requisition_id", "candidate_id"),
	}
	if c.set["placement_report"] != "" {
		list = append(list, c.probeReport("placement_report", "read the terms of a hire", url.Values{c.set["placement_prompt"]: {"TRIBUTARY_CHECK"}}, "application_id"))
	}
	if c.set["recruiting_url"] != "" {
		list = append(list, probe{"Recruiting web service", "submit candidates with résumés", func(ctx context.Context) (string, error) {
			_, err := c.soap(ctx, c.candidatesOf(c.now()), false)
			if staffing.CodeOf(err) == staffing.Invalid {
				err = nil // it read the request, so it let us in
			}
			return "Untested: whether the user may put candidates, only that it may ask for them. The first submission will tell.", err
		}})
	}
	return list
}

var errSeen = errors.New("one row is enough")

// probeReport reads up to the first row and looks for the columns that the
// connector itself needs.
func (c *Connector) probeReport(key, purpose string, prompts url.Values, columns ...string) probe {
	delete(prompts, "") // the report has no such prompt
	address := c.set[key]
	return probe{reportName(address), purpose, func(ctx context.Context) (string, error) {
		err := c.report(ctx, address, prompts, func(r row) error {
			for _, column := range columns {
				if r.text(c.set[column]) == "" {
					return missing(address, c.set[column], r)
				}
			}
			return errSeen
		})
		if errors.Is(err, errSeen) {
			return "", nil
		}
		return "It gave no rows now, so its columns could not be seen.", err
	}}
}

// candidatesOf asks for the candidates of the minute before now, one at most.
func (c *Connector) candidatesOf(now time.Time) element {
	return el("wd:Get_Candidates_Request",
		el("wd:Request_Criteria", el("wd:Transaction_Log_Criteria_Data", el("wd:Transaction_Date_Range_Data",
			leaf("wd:Updated_From", now.UTC().Add(-time.Minute).Format(time.RFC3339)), leaf("wd:Updated_Through", now.UTC().Format(time.RFC3339))))),
		el("wd:Response_Filter", leaf("wd:As_Of_Entry_DateTime", now.UTC().Format(time.RFC3339)), leaf("wd:Page", "1"), leaf("wd:Count", "1")),
		el("wd:Response_Group", leaf("wd:Include_Reference", "true")))
}
