package jobdiva

import (
	"context"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// Check signs in and tries the operations that change nothing and need no number of
// a record. JobDiva grants each operation to the API user by itself.
func (c *Connector) Check(ctx context.Context) (staffing.Report, error) {
	report := staffing.Report{Account: "JobDiva account " + c.set["client_id"] + ", API user " + c.set["username"]}
	now := c.now()
	tries := []struct {
		name, purpose string
		call          func() error
	}{
		{"SearchJob", "look for a job before one is created", func() error {
			_, err := c.search(ctx, "SearchJob", map[string]any{"optionalref": "tributary connection test"})
			return err
		}},
		{activities, "hear of status changes", func() error {
			_, err := c.report(ctx, activities, url.Values{"fromDate": {c.stamp(now.Add(-time.Minute))}, "toDate": {c.stamp(now)}})
			return err
		}},
	}
	for _, t := range tries {
		p := staffing.Permission{Name: t.name, Purpose: t.purpose, Granted: true,
			Detail: "createJob, updateJob, updateSubmittal, searchSubmittal, CandidateDetail, CandidateResumesDetail and ResumesTextDetail show only when they are used."}
		switch err := t.call(); {
		case staffing.CodeOf(err) == staffing.Forbidden:
			p.Granted, p.Detail = false, "Ask JobDiva Support to grant this operation to the API user."
		case err != nil:
			return staffing.Report{}, err
		}
		report.Permissions = append(report.Permissions, p)
	}
	return report, nil
}
