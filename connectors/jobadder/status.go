package jobadder

import (
	"context"
	"net/http"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// PutStatus moves an application. Setting the status that is set already is no error
// at JobAdder (202), so it is not read before. The vendor's document says nothing of
// the note in that case.
func (c *Connector) PutStatus(ctx context.Context, req staffing.StatusRequest) error {
	if err := checkID("job application", req.SubmissionID); err != nil {
		return err
	}
	if strings.TrimSpace(req.Status) == "" {
		return &staffing.Error{Code: staffing.Invalid, Field: "status", Message: "the status to write is empty: mend internal_status in the mapping"}
	}
	status, err := c.named(ctx, "/applications/lists/status", strings.TrimSpace(req.Status))
	if err != nil {
		return err
	}
	body := map[string]any{"statusId": number(status.text("statusId"))}
	if note := strings.TrimSpace(req.Comment); note != "" {
		body["note"] = map[string]any{"text": note}
	}
	if _, err := c.call(ctx, request{method: http.MethodPut, path: "/applications/" + req.SubmissionID + "/status", body: body}); err != nil {
		return refusal(err, "the status of application "+req.SubmissionID)
	}
	return nil
}
