package fieldglass

import (
	"context"

	"github.com/tributary-hub/tributary/staffing"
)

// DeclaredStatuses gives words without asking: Fieldglass has no interface that
// lists them, and the full list of job seeker statuses is a document for customers.
// These are the ones that are met in the field, in the order in which a candidate
// passes them; a tenant may have others, which show once they were seen.
func (c *Connector) DeclaredStatuses(context.Context) ([]staffing.DeclaredStatus, error) {
	var out []staffing.DeclaredStatus
	for _, word := range []string{"Submitted", "Under Review", "Shortlisted", "Interview", "Work Order Pending", "Declined", "Withdrawn", "Rejected", "Position Closed"} {
		out = append(out, staffing.DeclaredStatus{Subject: staffing.SubjectSubmission, Word: word, Label: word})
	}
	return append(out, staffing.DeclaredStatus{Subject: staffing.SubjectRequisition, Word: "Submitted", Label: "Submitted"}), nil
}
