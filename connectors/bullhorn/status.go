package bullhorn

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/tributary-hub/tributary/staffing"
)

// longestStatus is the size of JobSubmission.status.
const longestStatus = 30

// PutStatus moves a submission. It reads first: a status that is set already is
// not written again, since every write makes a history row and an event. A comment
// is added below what the recruiters wrote.
func (c *Connector) PutStatus(ctx context.Context, req staffing.StatusRequest) error {
	if n := utf8.RuneCountInString(req.Status); n == 0 || n > longestStatus {
		return &staffing.Error{Code: staffing.Invalid, Field: "status",
			Message: "a status of a submission has 1 to 30 characters in Bullhorn: mend internal_status in the mapping"}
	}
	now, err := c.one(ctx, "JobSubmission", req.SubmissionID, "id,status,comments,isDeleted")
	if err != nil {
		return err
	}
	if now.text("status") == req.Status {
		return nil
	}
	change := row{"status": req.Status}
	old, note := now.text("comments"), strings.TrimSpace(req.Comment)
	if note != "" && !strings.Contains(old, note) && strings.TrimSpace(old) != masked {
		change["comments"] = strings.TrimSpace(old + "\n" + note)
	}
	_, err = c.write(ctx, http.MethodPost, "entity/JobSubmission/"+req.SubmissionID, change, "the status of submission "+req.SubmissionID)
	return err
}
