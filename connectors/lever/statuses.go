package lever

import (
	"context"
	"net/url"

	"github.com/tributary-hub/tributary/staffing"
)

const opportunities = "opportunities"

// statusFields leave out what is personal: most opportunities of an account are
// not ours.
var statusFields = []string{"id", "contact", "stage", "stageChanges", "archived", "archivedAt", "archiveReason", "applications", "origin", "sources",
	"confidentiality", "createdAt", "updatedAt", "lastAdvancedAt", "isAnonymized", "deletedAt"}

func statusStreams() []stream {
	return []stream{
		{name: opportunities, filter: "updated_at_start", query: url.Values{"expand": {"stage"}}},
		{name: "opportunities/deleted", filter: "deleted_at_start", later: true, optional: true},
	}
}

// Statuses gives the opportunities of the account that changed, ours and others';
// the hub knows its own by the id.
func (c *Connector) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	s, rows, err := c.step(ctx, statusStreams(), cu)
	if err != nil {
		return staffing.Page{}, err
	}
	if err := c.addReasons(ctx, rows); err != nil {
		return staffing.Page{}, err
	}
	records := make([]staffing.Record, 0, len(rows))
	for _, r := range rows {
		out := r.only(append([]string{"_archived"}, statusFields...)...)
		out["_deleted"] = s.later
		rec, err := out.record(r.text("id"), r.changed())
		if err != nil {
			return staffing.Page{}, err
		}
		records = append(records, rec)
	}
	return cu.page(records)
}

// addReasons puts {at, id, text, type} under _archived. Whether somebody was hired
// or turned away is told by the type of the reason alone.
func (c *Connector) addReasons(ctx context.Context, rows []row) error {
	var left []row
	for _, r := range rows {
		r["_archived"] = nil
		if _, reason := archived(r); reason != "" {
			left = append(left, r)
		}
	}
	if len(left) == 0 {
		return nil
	}
	reasons, err := c.all(ctx, "archive_reasons", nil)
	if err != nil {
		return err
	}
	byID := map[string]row{}
	for _, r := range reasons {
		byID[r.text("id")] = r
	}
	for _, r := range left {
		at, id := archived(r)
		r["_archived"] = row{"at": at, "id": id, "text": byID[id].text("text"), "type": byID[id].text("type")}
	}
	return nil
}

// archived reads both forms that the vendor shows: archived {archivedAt, reason},
// and archivedAt beside archiveReason.
func archived(r row) (at int64, reason string) {
	if a := r.object("archived"); a != nil {
		return a.millis("archivedAt"), a.ref("reason")
	}
	return r.millis("archivedAt"), r.ref("archiveReason")
}

func hired(r row) bool { return r.object("_archived").text("type") == "hired" }
