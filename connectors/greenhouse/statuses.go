package greenhouse

import (
	"context"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// applicationFields leaves out what is personal (answers, address): most of the
// applications of an account are not ours.
const applicationFields = "id,candidate_id,job_id,job_post_id,stage_id,stage_name,status,prospect,source_id," +
	"rejected_at,last_activity_at,created_at,updated_at"

// statusStreams reads applications by both stamps: which of the two a change of
// stage moves in every case is not documented.
func statusStreams() []stream {
	return []stream{
		{name: "applications", path: "applications", stamp: "updated_at", perPage: 100, fields: applicationFields},
		{name: "activity", path: "applications", stamp: "last_activity_at", perPage: 100, fields: applicationFields},
	}
}

// Statuses gives the applications of the account that changed, ours and others';
// the hub knows its own by the application id.
func (c *Connector) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	_, rows, err := c.step(ctx, statusStreams(), cu)
	if err != nil {
		return staffing.Page{}, err
	}
	if err := c.addRejections(ctx, rows); err != nil {
		return staffing.Page{}, err
	}
	if rows, err = c.dropAnonymized(ctx, rows); err != nil {
		return staffing.Page{}, err
	}
	records := make([]staffing.Record, 0, len(rows))
	for _, r := range rows {
		r["_status"] = applicationStatus(r.text("status"))
		rec, err := r.record(r.text("id"), r.time("updated_at"))
		if err != nil {
			return staffing.Page{}, err
		}
		records = append(records, rec)
	}
	return cu.page(records)
}

// applicationStatus brings Greenhouse's three vocabularies together: lists answer
// in_process where filters and web hooks say active, and some samples capitalise.
func applicationStatus(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "in_process" {
		return "active"
	}
	return s
}

// addRejections puts the reason under _rejection_reason of rejected applications.
// A credential without these scopes gives rejections without a reason.
func (c *Connector) addRejections(ctx context.Context, rows []row) error {
	var rejected []row
	for _, r := range rows {
		if applicationStatus(r.text("status")) == "rejected" {
			rejected = append(rejected, r)
		}
	}
	if len(rejected) == 0 {
		return nil
	}
	details, err := c.byIDs(ctx, "rejection_details", "application_ids", column(rejected, "id"), nil)
	if err != nil {
		return passForbidden(err, rejected, "rejection_details")
	}
	// Built-in reasons are left out unless asked for.
	reasons, err := c.all(ctx, "rejection_reasons", url.Values{"include_defaults": {"true"}})
	if err != nil {
		return passForbidden(err, rejected, "rejection_reasons")
	}
	byApplication, byID := groupBy(details, "application_id"), groupBy(reasons, "id")
	for _, r := range rejected {
		r["_rejection_reason"] = nil
		d := newest(byApplication[r.int("id")])
		if reason := one(byID[d.int("rejection_reason_id")]); reason != nil {
			r["_rejection_reason"] = row{"id": reason["id"], "name": reason["name"], "type": reason["type"]}
		}
	}
	return nil
}

func passForbidden(err error, rows []row, path string) error {
	if staffing.CodeOf(err) != staffing.Forbidden {
		return err
	}
	for _, r := range rows {
		r["_unavailable"] = []string{path}
	}
	return nil
}

// newest gives the row with the highest id; an empty row when there is none.
func newest(rows []row) row {
	out := row{}
	for _, r := range rows {
		if r.int("id") >= out.int("id") {
			out = r
		}
	}
	return out
}
