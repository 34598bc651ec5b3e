package lever

import (
	"context"
	"net/url"

	"github.com/tributary-hub/tributary/staffing"
)

// Placement gives {opportunity, application, offer, requisition, fields} of a hire:
// an opportunity archived with a reason of the type hired, or with a signed offer.
// Before that it is [staffing.NotFound].
func (c *Connector) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	if ref.ID == "" {
		return staffing.Record{}, staffing.Errorf(staffing.Invalid, "the opportunity id is missing")
	}
	path := "opportunities/" + url.PathEscape(ref.ID)
	opp, err := c.get(ctx, path, url.Values{"expand": {"applications"}})
	if err != nil {
		return staffing.Record{}, err
	}
	if err := c.addReasons(ctx, []row{opp}); err != nil {
		return staffing.Record{}, err
	}
	offers, err := c.all(ctx, path+"/offers", nil)
	if err != nil {
		return staffing.Record{}, err
	}
	offer := signedOffer(offers)
	if offer == nil && !hired(opp) {
		return staffing.Record{}, staffing.Errorf(staffing.NotFound, "opportunity %s has no signed offer and is not archived as hired yet", ref.ID)
	}
	app := row{}
	for _, a := range opp.objects("applications") {
		app = a.only("id", "posting", "createdAt", "type", "requisitionForHire", "hiringManager", "ownerId")
	}
	fields := offerFields(offer)
	req, err := c.requisitionForHire(ctx, app, fields)
	if err != nil {
		return staffing.Record{}, err
	}
	raw := row{"opportunity": opp.only(append([]string{"_archived"}, statusFields...)...), "application": app, "offer": nil,
		"requisition": nil, "fields": fields}
	if offer != nil {
		raw["offer"] = offer.only("id", "status", "createdAt", "creator", "posting")
	}
	if req != nil {
		raw["requisition"] = req
	}
	return raw.record(ref.ID, opp.changed())
}

// signedOffer is the newest of the offers that the candidate signed.
func signedOffer(offers []row) row {
	var out row
	for _, o := range offers {
		if o.text("status") == "signed" && (out == nil || o.millis("createdAt") > out.millis("createdAt")) {
			out = o
		}
	}
	return out
}

// offerFields gives the fields of an offer by their identifier.
func offerFields(offer row) row {
	out := row{}
	for _, f := range offer.objects("fields") {
		if id := f.text("identifier"); id != "" {
			out[id] = f["value"]
		}
	}
	return out
}

// requisitionForHire reads the requisition that the hire counts for. Without the
// permission, or when it is gone, the placement comes without.
func (c *Connector) requisitionForHire(ctx context.Context, app, fields row) (row, error) {
	id := app.object("requisitionForHire").text("id")
	if id == "" {
		id = fields.text("requisition")
	}
	if id == "" {
		return nil, nil
	}
	req, err := c.get(ctx, "requisitions/"+url.PathEscape(id), nil)
	if code := staffing.CodeOf(err); code == staffing.NotFound || code == staffing.Forbidden {
		return nil, nil
	}
	return req, err
}
