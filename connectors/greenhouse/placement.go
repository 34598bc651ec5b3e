package greenhouse

import (
	"context"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// Placement gives {application, offer, opening, _fields} of a hire: the accepted offer
// if there is one, the opening that the application fills, and all their custom fields
// with typed values, the offer's before the opening's before the application's. Before an offer is
// accepted or the candidate is marked as hired it is [staffing.NotFound].
func (c *Connector) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	id, err := number(ref.ID, "the application id")
	if err != nil {
		return staffing.Record{}, err
	}
	apps, err := c.byIDs(ctx, "applications", "ids", []int64{id}, nil)
	if err != nil {
		return staffing.Record{}, err
	}
	app := newest(apps)
	if app.int("id") != id {
		return staffing.Record{}, staffing.Errorf(staffing.NotFound, "Greenhouse has no application %d (deleted, private, or given up when its candidate was merged with another)", id)
	}
	// Offers are versions: only the current one counts.
	offers, err := c.byIDs(ctx, "offers", "application_ids", []int64{id}, url.Values{"current_only": {"true"}})
	if err != nil {
		return staffing.Record{}, err
	}
	offer := acceptedOffer(offers)
	if offer == nil && applicationStatus(app.text("status")) != "hired" {
		return staffing.Record{}, staffing.Errorf(staffing.NotFound, "application %d has no accepted offer and is not marked as hired yet", id)
	}
	if offer == nil {
		if err := c.withoutOffer(ctx, app); err != nil {
			return staffing.Record{}, err
		}
	}
	openings, err := c.byIDs(ctx, "openings", "application_ids", []int64{id}, nil)
	if err != nil {
		return staffing.Record{}, err
	}
	app["_status"] = applicationStatus(app.text("status"))
	delete(app, "answers") // personal, and of no use for a placement
	delete(app, "location_address")
	raw := row{"application": app, "offer": nil, "opening": nil}
	updated := app.time("updated_at")
	if offer != nil {
		raw["offer"] = offer
		if at := offer.time("updated_at"); at.After(updated) {
			updated = at
		}
	}
	if o := newest(openings); o.int("id") != 0 {
		raw["opening"] = o
	}
	opening, _ := raw["opening"].(row) // none: no fields
	raw["_fields"] = typedFields(app, opening, offer)
	rec, err := raw.record(ref.ID, updated)
	rec.Version = offer.text("version")
	return rec, err
}

func acceptedOffer(offers []row) row {
	var best row
	for _, o := range offers {
		if strings.EqualFold(o.text("status"), "Accepted") && (best == nil || o.int("version") > best.int("version")) {
			best = o
		}
	}
	return best
}
