package greenhouse

import (
	"context"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// anonymizedName is what the vendor makes of the first name of a person whose data
// was erased; the last name becomes the person's id.
// https://developers.greenhouse.io/webhooks.html#candidate-anonymized
const anonymizedName = "Anonymized"

// dropAnonymized marks the applications of people whose data the client has erased,
// and leaves out those that were decided before. Erasing may put an application back
// to its first stage and take reason and offers away: none of that is a step of the
// hiring. The names are looked at and not kept.
func (c *Connector) dropAnonymized(ctx context.Context, rows []row) ([]row, error) {
	erased, err := c.anonymized(ctx, column(rows, "candidate_id"))
	if err != nil {
		return rows, passForbidden(err, rows, "candidates")
	}
	kept := rows[:0]
	for _, r := range rows {
		if erased[r.int("candidate_id")] {
			if applicationStatus(r.text("status")) == "hired" {
				continue // its offer may be gone: the terms that were read stand
			}
			r["_anonymized"] = true
		}
		kept = append(kept, r)
	}
	return kept, nil
}

func (c *Connector) anonymized(ctx context.Context, candidates []int64) (map[int64]bool, error) {
	people, err := c.byIDs(ctx, "candidates", "ids", candidates, url.Values{"fields": {"id,first_name,last_name"}})
	if err != nil {
		return nil, err
	}
	out := map[int64]bool{}
	for _, p := range people {
		if p.text("first_name") == anonymizedName && strings.TrimSpace(p.text("last_name")) == p.text("id") {
			out[p.int("id")] = true
		}
	}
	return out, nil
}

// withoutOffer says why a hired application has no accepted offer, when that is
// because the person's data was erased.
func (c *Connector) withoutOffer(ctx context.Context, app row) error {
	erased, err := c.anonymized(ctx, []int64{app.int("candidate_id")})
	if staffing.CodeOf(err) == staffing.Forbidden {
		return nil
	}
	if err == nil && erased[app.int("candidate_id")] {
		err = staffing.Errorf(staffing.Invalid, "the client has anonymised the candidate of application %s and with it the offer; the terms that were read before stand", app.text("id"))
	}
	return err
}
