package jobadder

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	// sourceMark and the key make a job's source, the only text of ours that the
	// vendor's list of jobs shows. It holds 50 characters.
	sourceMark = "Tributary "
	longestKey = 50 - len(sourceMark)
	jobsPage   = 1000 // the most of one answer
	jobsPages  = 100  // more is a fault
)

// PutJob creates the job of a requisition, or updates it when its id is known.
func (c *Connector) PutJob(ctx context.Context, req staffing.JobRequest) (staffing.Receipt, error) {
	fields, err := jobFields(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if req.ID != "" {
		return c.updateJob(ctx, req.ID, fields)
	}
	found, err := c.FindJob(ctx, req.Key)
	if err == nil || staffing.CodeOf(err) != staffing.NotFound {
		return found, err
	}
	if err := c.resolve(ctx, fields); err != nil {
		return staffing.Receipt{}, err
	}
	made, err := c.createJob(ctx, fields)
	if staffing.CodeOf(err) == staffing.Conflict {
		// Somebody was quicker, perhaps another replica. The override code of
		// X-Allow-Duplicates is never sent: a duplicate is what must not be.
		if found, findErr := c.FindJob(ctx, req.Key); findErr == nil {
			return found, nil
		}
	}
	return made, err
}

func (c *Connector) createJob(ctx context.Context, fields row) (staffing.Receipt, error) {
	resp, err := c.call(ctx, request{method: http.MethodPost, path: "/jobs", body: fields})
	if err != nil {
		return staffing.Receipt{}, refusal(err, "the new job")
	}
	var made row
	if err := resp.Decode(&made); err != nil {
		return staffing.Receipt{}, explain(err, "JobAdder's answer to the new job cannot be read")
	}
	if made.text("jobId") == "" {
		e := staffing.Errorf(staffing.Unavailable, "JobAdder's answer to the new job names no id")
		e.OutcomeUnknown = true
		return staffing.Receipt{}, e
	}
	if made.text("source") != fields.text("source") {
		c.log.WarnContext(ctx, "JobAdder did not keep the job's source, so the job cannot be found again by the hub's key", "job", made.text("jobId"))
	}
	return c.receipt(made), nil
}

func (c *Connector) receipt(job row) staffing.Receipt {
	at := job.time("createdAt")
	if at.IsZero() {
		at = c.now()
	}
	return staffing.Receipt{ID: job.text("jobId"), At: at}
}

// updateJob changes a job. Whether the vendor empties what a PUT leaves out is not
// documented, so what the map does not give is sent as it stands; company, contact,
// owner and recruiters stay what the firm's people made them in any case.
func (c *Connector) updateJob(ctx context.Context, id string, fields row) (staffing.Receipt, error) {
	if err := checkID("job", id); err != nil {
		return staffing.Receipt{}, err
	}
	now, err := c.one(ctx, "/jobs/"+id, "jobId", id)
	if err != nil {
		return staffing.Receipt{}, err
	}
	for _, k := range []string{"companyId", "contactId", "ownerUserId", "recruiterUserId", "_client"} {
		delete(fields, k)
	}
	if err := c.resolve(ctx, fields); err != nil {
		return staffing.Receipt{}, err
	}
	keep(fields, now)
	if _, err := c.call(ctx, request{method: http.MethodPut, path: "/jobs/" + id, body: fields}); err != nil {
		return staffing.Receipt{}, refusal(err, "the change of job "+id)
	}
	return staffing.Receipt{ID: id, At: c.now()}, nil
}

// FindJob looks for a job by our key: in the source of the jobs that were created
// lately, because the vendor has no search by a reference. The oldest counts.
func (c *Connector) FindJob(ctx context.Context, key string) (staffing.Receipt, error) {
	if err := checkKey(key); err != nil {
		return staffing.Receipt{}, err
	}
	w := walk{Created: c.now().AddDate(0, 0, -c.days).UTC().Format(time.RFC3339)}
	for range jobsPages {
		jobs, next, err := c.step(ctx, "/jobs", w, jobsPage)
		if err != nil {
			return staffing.Receipt{}, err
		}
		for _, j := range jobs.items {
			if j.text("source") == sourceMark+key {
				r := c.receipt(j)
				r.Existed = true
				return r, nil
			}
		}
		if next == nil {
			return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "JobAdder has no job with the source %q among those of the last %d days", sourceMark+key, c.days)
		}
		w = *next
	}
	return staffing.Receipt{}, staffing.Errorf(staffing.Unavailable, "JobAdder gives jobs without an end")
}

func checkKey(key string) error {
	if key == "" || utf8.RuneCountInString(key) > longestKey {
		return staffing.Errorf(staffing.Invalid, "the key of a job must have 1 to %d characters", longestKey)
	}
	return nil
}

func jobFields(req staffing.JobRequest) (row, error) {
	if err := checkKey(req.Key); err != nil {
		return nil, err
	}
	fields, err := decode(req.Fields)
	if err != nil {
		return nil, err
	}
	if _, taken := fields["source"]; taken {
		return nil, &staffing.Error{Code: staffing.Invalid, Field: "source",
			Message: "the job map sets source, which holds the hub's own key: give the client's number another field"}
	}
	fields["source"] = sourceMark + req.Key
	return fields, nil
}

// refusal explains why a write failed; a missing right says where it is given.
func refusal(err error, what string) error {
	out, _ := explain(err, "JobAdder did not confirm %s", what).(*staffing.Error) //nolint:errorlint // explain gives no other
	switch out.Code {
	case staffing.Forbidden:
		out.Message += ". The sign-in lacks a scope: sign in anew with write (or write_job and write_jobapplication) and enter the new refresh token"
	case staffing.Conflict:
		out.Message += ". It exists already; the hub makes no duplicates"
	case staffing.NotFound:
		if strings.HasPrefix(what, "the new") {
			out.Code = staffing.Invalid
		}
	}
	return out
}

// custom turns the hint _custom, values by number of the field, into the vendor's
// list.
func custom(hint row) ([]any, error) {
	var out []any
	for id, v := range hint {
		if err := checkID("custom field", id); err != nil {
			return nil, err
		}
		if v != nil && v != "" {
			out = append(out, map[string]any{"fieldId": number(id), "value": v})
		}
	}
	return out, nil
}

func clientProblem(format string, args ...any) error {
	return &staffing.Error{Code: staffing.Invalid, Field: "companyId", Message: fmt.Sprintf(format, args...)}
}
