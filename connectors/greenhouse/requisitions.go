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

// dueAtOnce is how many jobs may wait in the cursor before they are read.
const dueAtOnce = 4 * maxIDs

// Requisitions gives jobs that are new or changed, each with what hangs on it.
// The first read gives the jobs page by page as they come. Later rounds first
// collect, over all streams, which jobs are due, and then read each of them once:
// a new job shows up in every stream. Templates are left out.
func (c *Connector) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	if cu.Walk == nil && len(cu.Due) > 0 || len(cu.Due) >= dueAtOnce {
		return c.giveDue(ctx, cu)
	}
	_, later := cu.Marks["jobs"]
	s, rows, err := c.step(ctx, requisitionStreams(), cu)
	if err != nil {
		return staffing.Page{}, err
	}
	if s.name == "jobs" && !later {
		records, err := c.requisitionRecords(ctx, dropTemplates(rows))
		if err != nil {
			return staffing.Page{}, err
		}
		return cu.page(records)
	}
	ids, err := c.jobIDs(ctx, s, rows)
	if err != nil {
		return staffing.Page{}, err
	}
	cu.owe(ids)
	return cu.page(nil)
}

// giveDue reads the next of the jobs that were found to be due. One that is gone
// meanwhile has no row and is passed over.
func (c *Connector) giveDue(ctx context.Context, cu *cursor) (staffing.Page, error) {
	n := min(maxIDs, len(cu.Due))
	jobs, err := c.byIDs(ctx, "jobs", "ids", cu.Due[:n], nil)
	if err != nil {
		return staffing.Page{}, err
	}
	records, err := c.requisitionRecords(ctx, dropTemplates(jobs))
	if err != nil {
		return staffing.Page{}, err
	}
	cu.Due = cu.Due[n:]
	return cu.page(records)
}

// jobIDs gives the jobs that rows are or hang on, directly or through a job post.
func (c *Connector) jobIDs(ctx context.Context, s stream, rows []row) ([]int64, error) {
	if s.name == "jobs" {
		return column(rows, "id"), nil
	}
	ids := column(rows, "job_id")
	if posts := column(rows, "job_post_id"); len(posts) > 0 {
		parents, err := c.byIDs(ctx, "job_posts", "ids", posts, url.Values{"fields": {"id,job_id"}})
		if err != nil {
			return nil, err
		}
		ids = append(ids, column(parents, "job_id")...)
	}
	return ids, nil
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
