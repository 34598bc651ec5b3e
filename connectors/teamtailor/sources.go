package teamtailor

import (
	"context"
	"net/url"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	jobs         = "jobs"
	candidates   = "candidates"
	applications = "job-applications"
)

func jobQuery(include string) url.Values {
	return url.Values{"filter[status]": {"all"}, "include": {include}}
}

// Requisitions gives the jobs that changed, in any status, with what is included.
func (c *Connector) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	page, err := c.step(ctx, jobs, jobQuery(c.include), cu)
	if err != nil {
		return staffing.Page{}, err
	}
	var records []staffing.Record
	for _, j := range page.rows {
		raw := j.flat()
		raw["_fields"], raw["_named"] = fields(j.related("custom-field-values", page.in), page.in)
		raw["_department"] = j.first("department", page.in)
		raw["_user"] = j.first("user", page.in, "name", "email", "title")
		locations := []row{}
		for _, l := range j.related("locations", page.in) {
			locations = append(locations, l.flat())
		}
		raw["_locations"] = locations
		rec, err := raw.record(j.ID, j.changed())
		if err != nil {
			return staffing.Page{}, err
		}
		records = append(records, rec)
	}
	return cu.page(records)
}

func applicationQuery() url.Values {
	return url.Values{"include": {"stage,job,reject-reason"}}
}

// Statuses gives the applications of the account that changed, ours and others';
// the hub knows its own by the id. What is personal is left out.
func (c *Connector) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	page, err := c.step(ctx, applications, applicationQuery(), cu)
	if err != nil {
		return staffing.Page{}, err
	}
	var records []staffing.Record
	for _, a := range page.rows {
		rec, err := status(a, page.in).record(a.ID, a.changed())
		if err != nil {
			return staffing.Page{}, err
		}
		records = append(records, rec)
	}
	return cu.page(records)
}

// status is an application without its texts.
func status(a resource, in map[ref]resource) row {
	raw := a.flat("sourced", "rejected_at", "changed_stage_at", "created_at", "updated_at")
	raw["_stage"] = a.first("stage", in, "name", "stage_type")
	raw["_job"] = a.first("job", in, "title", "status")
	raw["_reject_reason"] = a.first("reject-reason", in)
	return raw
}

// Placement gives the application of a hire, with the candidate's custom fields:
// one whose stage has the type hired. Before that it is [staffing.NotFound].
func (c *Connector) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	if ref.ID == "" {
		return staffing.Record{}, staffing.Errorf(staffing.Invalid, "the application's id is missing")
	}
	a, in, err := c.get(ctx, applications+"/"+url.PathEscape(ref.ID), url.Values{"include": {"stage,job,reject-reason,candidate"}})
	if err != nil {
		return staffing.Record{}, err
	}
	raw := status(a, in)
	stage, _ := raw["_stage"].(row) // nil: none is shown
	if text(stage["stage_type"]) != "hired" || raw["rejected_at"] != nil {
		return staffing.Record{}, staffing.Errorf(staffing.NotFound, "application %s is in no stage of the type hired yet", ref.ID)
	}
	raw["_fields"], raw["_named"] = row{}, row{}
	for _, who := range a.refs("candidate") {
		values, err := c.all(ctx, candidates+"/"+url.PathEscape(who.ID)+"/custom-field-values", url.Values{"include": {"custom-field"}})
		switch code := staffing.CodeOf(err); {
		case code == staffing.Forbidden || code == staffing.NotFound:
			continue // the hire counts without them
		case err != nil:
			return staffing.Record{}, err
		}
		raw["_fields"], raw["_named"] = fields(values.rows, values.in)
	}
	return raw.record(ref.ID, a.changed())
}
