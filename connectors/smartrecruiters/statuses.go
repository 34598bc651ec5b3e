package smartrecruiters

import (
	"context"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// Statuses gives the applications of the candidates that changed, ours and others';
// the hub knows its own by the id. What is personal is left out.
func (c *Connector) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	rows, err := c.step(ctx, candidates, url.Values{}, cu)
	if err != nil {
		return staffing.Page{}, err
	}
	var records []staffing.Record
	for _, r := range rows {
		who := r.only("id", "internal", "createdOn", "updatedOn")
		for _, a := range assignments(r) {
			raw := a.only("status", "subStatus", "startsOn", "source", "reasonOfRejection")
			raw["candidate"], raw["job"] = who, a.object("job").only("id", "title")
			rec, err := raw.record(applicationID(r.text("id"), a.object("job").text("id")), r.changed())
			if err != nil {
				return staffing.Page{}, err
			}
			records = append(records, rec)
		}
	}
	return cu.page(records)
}

// assignments are a candidate's applications: the newest stands apart. One without
// a job is a candidate of the talent pool.
func assignments(candidate row) []row {
	var out []row
	seen := map[string]bool{}
	for _, a := range append([]row{candidate.object("primaryAssignment")}, candidate.objects("secondaryAssignments")...) {
		if id := a.object("job").text("id"); id != "" && !seen[id] {
			seen[id] = true
			out = append(out, a)
		}
	}
	return out
}

// applicationID names a candidate on a job: the vendor has no single id for it in
// this API.
func applicationID(candidate, job string) string { return candidate + ":" + job }

func splitID(id, job string) (string, string) {
	if c, j, ok := strings.Cut(id, ":"); ok {
		return c, j
	}
	return id, job
}
