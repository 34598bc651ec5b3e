package smartrecruiters

import (
	"context"
	"net/url"

	"github.com/tributary-hub/tributary/staffing"
)

// Placement gives {id, application, offer, properties} of a hire: a candidate who
// is HIRED on the job, or has an accepted offer. Before that it is
// [staffing.NotFound].
func (c *Connector) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	who, job := splitID(ref.ID, ref.RequisitionID)
	if who == "" || job == "" {
		return staffing.Record{}, staffing.Errorf(staffing.Invalid, "the candidate's or the job's id is missing")
	}
	at := path(candidates, who, jobs, job)
	app, err := c.get(ctx, at, "status")
	if err != nil {
		return staffing.Record{}, err
	}
	offers, err := c.all(ctx, at+"/offers", url.Values{})
	switch staffing.CodeOf(err) {
	case staffing.Forbidden, staffing.NotFound:
		offers, err = nil, nil // the hire counts without its offer
	}
	if err != nil {
		return staffing.Record{}, err
	}
	offer := accepted(offers)
	if offer == nil && app.text("status") != "HIRED" {
		return staffing.Record{}, staffing.Errorf(staffing.NotFound, "candidate %s is not hired on job %s and has no accepted offer yet", who, job)
	}
	properties := offer.object("properties")
	byName := row{}
	for k, v := range properties {
		byName[named(k)] = v
	}
	id := applicationID(who, job)
	raw := row{"id": id, "application": app.only("status", "subStatus", "startsOn", "source"), "offer": nil, "_named": byName}
	if offer != nil {
		raw["offer"] = offer.only("id", "status", "createdOn", "updatedOn", "properties")
	}
	return raw.record(id, offer.changed())
}

// accepted is the newest of the offers that the candidate accepted.
func accepted(offers []row) row {
	var out row
	for _, o := range offers {
		if o.text("status") == "ACCEPTED" && (out == nil || o.changed().After(out.changed())) {
			out = o
		}
	}
	return out
}
