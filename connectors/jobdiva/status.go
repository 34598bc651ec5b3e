package jobdiva

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// The milestones of a submittal. JobDiva has no single status: these words are the
// connector's, after the vendor's names of flags and dates.
const (
	internalSubmittal = "Internal Submittal"
	externalSubmittal = "External Submittal"
	interview         = "Interview"
	hire              = "Hire"
	internalReject    = "Internal Reject"
	externalReject    = "External Reject"
	terminated        = "Terminated"
)

// DeclaredStatuses gives the words of the milestones, without asking anybody.
func (c *Connector) DeclaredStatuses(context.Context) ([]staffing.DeclaredStatus, error) {
	var out []staffing.DeclaredStatus
	for _, w := range []string{internalSubmittal, externalSubmittal, interview, hire, internalReject, externalReject, terminated} {
		out = append(out, staffing.DeclaredStatus{Subject: staffing.SubjectSubmission, Word: w, Label: w})
	}
	return out, nil
}

// PutStatus writes the status of a submittal, a free text. A rejection sets its date
// as well, which is what moves the submittal. Doing it twice leaves the same.
func (c *Connector) PutStatus(ctx context.Context, req staffing.StatusRequest) error {
	o, err := readOn(req.SubmissionID)
	if err != nil {
		return err
	}
	word := strings.TrimSpace(req.Status)
	if word == "" {
		return &staffing.Error{Code: staffing.Invalid, Field: "status", Message: "the status to write is empty: mend internal_status in the mapping"}
	}
	body := map[string]any{"submittalid": number(o.submittal), "status": word}
	now := c.now().In(c.zone).Format("2006-01-02T15:04:05")
	switch word {
	case externalReject:
		body["externalrejectdate"] = now
	case internalReject:
		body["internalrejectdate"] = now
	}
	return c.confirm(ctx, "updateSubmittal", body)
}

func number(s string) json.Number { return json.Number(s) }
