package smartrecruiters

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// profile is a submission read from the outbound map's fields.
type profile struct {
	job    string
	email  string
	fields map[string]any // the body of POST /jobs/{id}/candidates
}

// Submit makes the candidate on the job, then attaches the résumé. SmartRecruiters
// keeps no reference of ours, so the natural key (e-mail and job) is looked for
// first; a submission counts as made when its résumé is there too.
func (c *Connector) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := c.readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	found, err := c.find(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	existed, whole := found != nil, false
	switch {
	case existed:
		whole, err = c.hasFile(ctx, found, req.Resume)
	default:
		found, err = c.create(ctx, p)
	}
	if err == nil && !whole && req.Resume != nil {
		existed = false
		err = staffing.PartlyDone(c.attach(ctx, found.text("id"), req.Resume))
	}
	if err != nil {
		return staffing.Receipt{}, err
	}
	return receipt(found, p, existed), nil
}

// FindSubmission looks for the candidate on the job, with the résumé.
func (c *Connector) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := c.readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	found, err := c.find(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	whole := false
	if found != nil {
		if whole, err = c.hasFile(ctx, found, req.Resume); err != nil {
			return staffing.Receipt{}, err
		}
	}
	if !whole {
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "SmartRecruiters has no whole submission of this candidate on job %s", p.job)
	}
	return receipt(found, p, true), nil
}

func receipt(candidate row, p profile, existed bool) staffing.Receipt {
	id := candidate.text("id")
	return staffing.Receipt{ID: applicationID(id, p.job), At: candidate.only("createdOn").changed(), Existed: existed,
		Extra: map[string]string{"candidate_id": id}}
}

func (c *Connector) readProfile(req staffing.SubmissionRequest) (profile, error) {
	p := profile{job: req.RequisitionID}
	dec := json.NewDecoder(bytes.NewReader(req.Fields))
	dec.UseNumber()
	if err := dec.Decode(&p.fields); err != nil || p.fields == nil {
		return p, staffing.Errorf(staffing.Invalid, "the submission's fields are not a JSON object")
	}
	p.email = text(p.fields["email"])
	switch {
	case p.job == "":
		return p, staffing.Errorf(staffing.Invalid, "the job's id is missing")
	case p.email == "":
		return p, &staffing.Error{Code: staffing.Invalid, Field: "email",
			Message: "the candidate has no e-mail address: it is the only key by which SmartRecruiters finds a candidate again"}
	case text(p.fields["firstName"]) == "" || text(p.fields["lastName"]) == "":
		return p, &staffing.Error{Code: staffing.Invalid, Field: "lastName", Message: "SmartRecruiters needs the candidate's first and last name"}
	}
	if c.source != nil {
		p.fields["sourceDetails"] = c.source
	}
	return p, c.checkResume(req.Resume)
}

// find looks for the person by e-mail, then whether the person is on the job. The
// search may be behind, or show no older applications, so the job is asked too.
func (c *Connector) find(ctx context.Context, p profile) (row, error) {
	rows, err := c.all(ctx, candidates, url.Values{"q": {p.email}})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if !strings.EqualFold(r.text("email"), p.email) {
			continue
		}
		for _, a := range assignments(r) {
			if a.object("job").text("id") == p.job {
				return r, nil
			}
		}
		_, err := c.get(ctx, path(candidates, r.text("id"), jobs, p.job), "status")
		if err == nil {
			return r, nil
		}
		if staffing.CodeOf(err) != staffing.NotFound {
			return nil, err
		}
	}
	return nil, nil
}

func (c *Connector) create(ctx context.Context, p profile) (row, error) {
	resp, err := c.call(ctx, httpx.Request{Method: http.MethodPost, URL: c.base + "/" + path(jobs, p.job, candidates), Body: p.fields}, "application/json")
	switch {
	case staffing.CodeOf(err) == staffing.Forbidden:
		return nil, explain(err, "SmartRecruiters does not let this credential add candidates: give it the scope candidates_manage in Credential Manager")
	case httpx.StatusOf(err) == http.StatusConflict:
		return c.refound(ctx, p, err)
	case err != nil:
		return nil, explain(err, "SmartRecruiters did not confirm the candidate")
	}
	made, err := object(resp, "the candidate", "id")
	if err != nil {
		return nil, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Err: err,
			Message: "SmartRecruiters answered, but not with the candidate it made"}
	}
	if made.changed().IsZero() {
		made["createdOn"] = c.now().UTC().Format(time.RFC3339)
	}
	return made, nil
}

// refound looks once more after the vendor said that the candidate is there.
func (c *Connector) refound(ctx context.Context, p profile, refusal error) (row, error) {
	found, err := c.find(ctx, p)
	if err != nil {
		return nil, err
	}
	if found == nil {
		return nil, explain(refusal, "SmartRecruiters says that the candidate is there already, but does not show it on job %s: a duplicate submission", p.job)
	}
	return found, nil
}
