package ashby

import (
	"context"

	"github.com/tributary-hub/tributary/staffing"
)

// Placement gives {application, offer, opening} of a hire: the accepted offer, or the
// one that was taken back after it, and the opening that the hire fills. Before an
// offer is accepted or the application is marked as hired it is [staffing.NotFound].
func (c *Connector) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	app, err := c.one(ctx, request{method: "application.info", what: "an application",
		body: map[string]any{"applicationId": ref.ID, "expand": []string{"openings"}}})
	if absent(err) {
		return staffing.Record{}, staffing.Errorf(staffing.NotFound, "Ashby has no application %s (deleted, or merged away): %w", ref.ID, err)
	}
	if err != nil {
		return staffing.Record{}, err
	}
	offers, err := c.all(ctx, request{method: "offer.list", body: map[string]any{"applicationId": ref.ID}, what: "offers"})
	if err != nil {
		return staffing.Record{}, err
	}
	offer := acceptedOffer(offers, ref.ID)
	if offer == nil && app.text("status") != "Hired" {
		return staffing.Record{}, staffing.Errorf(staffing.NotFound, "application %s has no accepted offer and is not marked as hired yet", ref.ID)
	}
	if offer == nil {
		offer = offerTakenBack(offers, ref.ID)
	}
	out := bare(app)
	out["_custom"] = app.named()
	raw := row{"application": out, "offer": nil, "opening": nil}
	at := app.time("updatedAt")
	wanted := ""
	if offer != nil {
		latest := offer.object("latestVersion")
		wanted = latest.text("openingId")
		raw["offer"] = row{"id": offer["id"], "acceptanceStatus": offer["acceptanceStatus"], "offerStatus": offer["offerStatus"],
			"decidedAt": offer["decidedAt"], "latestVersion": latest.only("id", "startDate", "salary", "openingId", "createdAt", "customFields"),
			"_custom": latest.named()}
		if decided := offer.time("decidedAt"); decided.After(at) {
			at = decided
		}
	}
	for _, o := range app.objects("openings") {
		if raw["opening"] == nil || o.text("id") == wanted {
			o["_custom"] = o.object("latestVersion").named()
			raw["opening"] = o
		}
	}
	rec, err := raw.record(ref.ID, at)
	rec.Version = offer.object("latestVersion").text("id")
	return rec, err
}

// acceptedOffer is the accepted offer that was made last.
func acceptedOffer(offers []row, application string) row {
	var out row
	for _, o := range offers {
		accepted := o.text("acceptanceStatus") == "Accepted" || o.text("offerStatus") == "CandidateAccepted"
		if accepted && o.text("applicationId") == application &&
			(out == nil || o.object("latestVersion").time("createdAt").After(out.object("latestVersion").time("createdAt"))) {
			out = o
		}
	}
	return out
}

// offerTakenBack is the last offer of a hired application, where it was cancelled after
// somebody had decided on it; nil otherwise. decidedAt is when an offer was accepted or
// declined, and who declined is not hired.
func offerTakenBack(offers []row, application string) row {
	var last row
	for _, o := range offers {
		if o.text("applicationId") == application &&
			(last == nil || o.object("latestVersion").time("createdAt").After(last.object("latestVersion").time("createdAt"))) {
			last = o
		}
	}
	if last.text("acceptanceStatus") != "Cancelled" || last.time("decidedAt").IsZero() {
		return nil
	}
	return last
}
