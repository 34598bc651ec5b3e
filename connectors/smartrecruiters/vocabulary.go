package smartrecruiters

import (
	"context"
	"strconv"

	"github.com/tributary-hub/tributary/staffing"
)

// Fields gives the client's job fields that are in use.
func (c *Connector) Fields(ctx context.Context) ([]staffing.VendorField, error) {
	rows, err := c.all(ctx, "configuration/job-properties", nil)
	if err != nil {
		return nil, err
	}
	out := []staffing.VendorField{}
	for _, r := range rows {
		if r["active"] == false {
			continue
		}
		f := staffing.VendorField{Section: "requisition", Key: "raw._fields[" + strconv.Quote(r.text("id")) + "]", Label: r.text("label"),
			Type: "text", Required: r["required"] == true}
		if f.Label == "" {
			f.Label = r.text("id")
		}
		out = append(out, f)
	}
	return out, nil
}

// DeclaredStatuses gives the vendor's fixed words, in the order of its pipeline.
// https://developers.smartrecruiters.com/reference
func (c *Connector) DeclaredStatuses(context.Context) ([]staffing.DeclaredStatus, error) {
	var out []staffing.DeclaredStatus
	add := func(subject staffing.Subject, words ...string) {
		for _, w := range words {
			out = append(out, staffing.DeclaredStatus{Subject: subject, Word: w, Label: w})
		}
	}
	add(staffing.SubjectRequisition, "CREATED", "SOURCING", "INTERVIEW", "OFFER", "ON_HOLD", "FILLED", "CANCELLED")
	add(staffing.SubjectSubmission, "LEAD", "NEW", "IN_REVIEW", "INTERVIEW", "OFFERED", "HIRED", "REJECTED", "WITHDRAWN")
	return out, nil
}
