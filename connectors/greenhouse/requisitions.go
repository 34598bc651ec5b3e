package greenhouse

import (
	"context"
	"net/url"

	"github.com/tributary-hub/tributary/staffing"
)

// requisitionStreams are the lists whose changes make a requisition due. Only the
// first holds jobs; the others name the job they hang on, because a new opening
// or a changed posting does not have to move the job's own updated_at.
func requisitionStreams() []stream {
	return []stream{
		{name: "jobs", path: "jobs", stamp: "updated_at", perPage: maxIDs},
		{name: "job_posts", path: "job_posts", stamp: "updated_at", perPage: maxIDs, fields: "id,job_id,updated_at"},
		{name: "openings", path: "openings", stamp: "updated_at", perPage: maxIDs, fields: "id,job_id,updated_at"},
		{name: "job_hiring_managers", path: "job_hiring_managers", stamp: "updated_at", perPage: maxIDs, optional: true},
		{name: "job_post_locations", path: "job_post_locations", stamp: "updated_at", perPage: maxIDs, optional: true},
		{name: "pay_input_ranges", path: "pay_input_ranges", stamp: "updated_at", perPage: maxIDs, optional: true},
	}
}

// Requisitions gives jobs that are new or changed, each with what hangs on it.
// A page is one page of one stream. Templates are left out.
func (c *Connector) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	s, rows, err := c.step(ctx, requisitionStreams(), cu)
	if err != nil {
		return staffing.Page{}, err
	}
	jobs := rows
	if s.name != "jobs" {
		if jobs, err = c.jobsOf(ctx, rows); err != nil {
			return staffing.Page{}, err
		}
	}
	records, err := c.requisitionRecords(ctx, dropTemplates(jobs))
	if err != nil {
		return staffing.Page{}, err
	}
	return cu.page(records)
}

// jobsOf reads the jobs that rows hang on, directly or through a job post.
func (c *Connector) jobsOf(ctx context.Context, rows []row) ([]row, error) {
	ids := column(rows, "job_id")
	if posts := column(rows, "job_post_id"); len(posts) > 0 {
		parents, err := c.byIDs(ctx, "job_posts", "ids", posts, url.Values{"fields": {"id,job_id"}})
		if err != nil {
			return nil, err
		}
		ids = append(ids, column(parents, "job_id")...)
	}
	return c.byIDs(ctx, "jobs", "ids", ids, nil)
}

// dropTemplates leaves out the jobs that only serve to copy new jobs from.
func dropTemplates(jobs []row) []row {
	var out []row
	for _, j := range jobs {
		if !j.bool("is_template") {
			out = append(out, j)
		}
	}
	return out
}

func (c *Connector) requisitionRecords(ctx context.Context, jobs []row) ([]staffing.Record, error) {
	if len(jobs) == 0 {
		return nil, nil
	}
	if err := c.enrich(ctx, jobs); err != nil {
		return nil, err
	}
	records := make([]staffing.Record, 0, len(jobs))
	for _, j := range jobs {
		rec, err := j.record(j.text("id"), lastChange(j))
		if err != nil {
			return nil, err
		}
		records = append(records, rec)
	}
	return records, nil
}
