package successfactors

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// Placement gives {application, offer} of a hire: an application whose status the
// settings call one, and its last offer where the user may read offers. Before that it
// is [staffing.NotFound].
func (c *Connector) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	if !digits(ref.ID) {
		return staffing.Record{}, staffing.Errorf(staffing.Invalid, "the application's id is missing or is no number")
	}
	q := c.applicationQuery()
	q.Set("$format", "json")
	app, err := c.one(ctx, applications, ref.ID, q)
	if err != nil {
		return staffing.Record{}, err
	}
	status := app.object("jobAppStatus").text("appStatusName")
	if !slices.ContainsFunc(c.hired, func(s string) bool { return strings.EqualFold(s, status) }) {
		return staffing.Record{}, staffing.Errorf(staffing.NotFound, "application %s is not hired yet: its status is %q", ref.ID, status)
	}
	out := row{"application": app, "offer": nil}
	rows, err := c.all(ctx, offers, url.Values{"$format": {"json"}, "$filter": {"applicationId eq " + ref.ID}})
	if code := staffing.CodeOf(err); err != nil && code != staffing.Forbidden && code != staffing.NotFound {
		return staffing.Record{}, err
	}
	last := int64(-1)
	for _, r := range rows {
		if n, err := strconv.ParseInt(r.text("offerId"), 10, 64); err == nil && n > last && r.text("applicationId") == ref.ID {
			last, out["offer"] = n, r
		}
	}
	return out.record(ref.ID, app.changed())
}
