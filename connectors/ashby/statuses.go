package ashby

import (
	"context"

	"github.com/tributary-hub/tributary/staffing"
)

// applicationFields leave out what is personal: most applications of an account are
// not ours. The candidate is kept as an id.
var applicationFields = []string{"id", "status", "currentInterviewStage", "archiveReason", "archivedAt", "source", "job", "createdAt", "updatedAt"}

func statusStreams() []stream {
	return []stream{{method: "application.list", limit: maxPerPage, what: "applications"}}
}

// Statuses gives the applications of the account that changed, ours and others';
// the hub knows its own by the application id.
func (c *Connector) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	_, list, err := c.step(ctx, statusStreams(), cu)
	if err != nil {
		return staffing.Page{}, err
	}
	records := make([]staffing.Record, 0, len(list))
	for _, a := range list {
		rec, err := bare(a).record(a.text("id"), a.time("updatedAt"))
		if err != nil {
			return staffing.Page{}, err
		}
		records = append(records, rec)
	}
	return cu.page(records)
}

func bare(a row) row {
	out := a.only(applicationFields...)
	out["candidate"] = row{"id": a.object("candidate").text("id")}
	return out
}
