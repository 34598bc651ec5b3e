package icims

import (
	"context"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// Placement gives {workflow} of a hire: a workflow whose status the settings call
// one. Before that it is [staffing.NotFound].
func (c *Connector) Placement(ctx context.Context, ref staffing.SubmissionRef) (staffing.Record, error) {
	if !digits(ref.ID) {
		return staffing.Record{}, staffing.Errorf(staffing.Invalid, "the workflow's id is missing or is no number")
	}
	r, err := c.get(ctx, workflows+"/"+ref.ID, c.workflowFields()...)
	if err != nil {
		return staffing.Record{}, err
	}
	if !c.isHire(r) {
		return staffing.Record{}, staffing.Errorf(staffing.NotFound, "workflow %s is not hired yet: its status is %q", ref.ID, r.object("status").text("value"))
	}
	at := r.stamp(ref.ID, c.zone)
	return row{"workflow": r}.record(ref.ID, at)
}

// isHire compares id, bin and the whole of a status with the setting.
func (c *Connector) isHire(r row) bool {
	s := r.object("status")
	bin, _, _ := strings.Cut(s.text("value"), ":")
	for _, want := range c.hired {
		for _, is := range []string{s.text("id"), s.text("value"), strings.TrimSpace(bin)} {
			if strings.EqualFold(is, want) {
				return true
			}
		}
	}
	return false
}
