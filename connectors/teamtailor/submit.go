package teamtailor

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// profile is a submission read from the outbound map's fields.
type profile struct {
	job       string
	email     string
	candidate row
	letter    any // of the application
}

// Submit makes the candidate, or joins with the one who has the e-mail address, and
// puts the candidate on the job. Teamtailor keeps no reference of ours, so the
// natural key (e-mail and job) is looked for first. Both writes can be repeated.
func (c *Connector) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := c.readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	found, err := c.find(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if found != nil {
		return receipt(*found, true), nil
	}
	who, err := c.create(ctx, candidates, p.candidate, nil)
	if err != nil {
		return staffing.Receipt{}, err
	}
	return c.apply(ctx, p, who)
}

// apply puts the candidate on the job. What the vendor answers when the candidate is
// there already is not documented: both customary statuses are looked into.
func (c *Connector) apply(ctx context.Context, p profile, who resource) (staffing.Receipt, error) {
	attributes := row{"sourced": true}
	if p.letter != nil {
		attributes["cover-letter"] = p.letter
	}
	made, err := c.create(ctx, applications, attributes, map[string]ref{"candidate": {who.ID, candidates}, "job": {p.job, jobs}})
	if status := httpx.StatusOf(err); status == http.StatusConflict || status == http.StatusUnprocessableEntity {
		found, lookErr := c.onJob(ctx, who.ID, p.job)
		if lookErr != nil {
			return staffing.Receipt{}, lookErr
		}
		if found != nil {
			return receipt(*found, true), nil
		}
	}
	if err != nil {
		return staffing.Receipt{}, err
	}
	return receipt(made, false), nil
}

// FindSubmission looks for the application of a submission.
func (c *Connector) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := c.readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	found, err := c.find(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if found == nil {
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "Teamtailor has no application of this candidate on job %s", p.job)
	}
	return receipt(*found, true), nil
}

func receipt(a resource, existed bool) staffing.Receipt {
	a.Attributes = row{"created-at": a.Attributes["created-at"]}
	return staffing.Receipt{ID: a.ID, At: a.changed(), Existed: existed}
}

func (c *Connector) readProfile(req staffing.SubmissionRequest) (profile, error) {
	p := profile{job: req.RequisitionID}
	dec := json.NewDecoder(bytes.NewReader(req.Fields))
	dec.UseNumber()
	if err := dec.Decode(&p.candidate); err != nil || p.candidate == nil {
		return p, staffing.Errorf(staffing.Invalid, "the submission's fields are not a JSON object")
	}
	p.email = text(p.candidate["email"])
	switch {
	case p.job == "":
		return p, staffing.Errorf(staffing.Invalid, "the job's id is missing")
	case p.email == "":
		return p, &staffing.Error{Code: staffing.Invalid, Field: "email",
			Message: "the candidate has no e-mail address: it is the only key by which Teamtailor finds a candidate again"}
	case text(p.candidate["first-name"]) == "" || text(p.candidate["last-name"]) == "":
		return p, &staffing.Error{Code: staffing.Invalid, Field: "last-name", Message: "Teamtailor needs the candidate's first and last name"}
	}
	if letter := text(p.candidate["cover-letter"]); letter != "" {
		p.letter = letter
	}
	delete(p.candidate, "cover-letter")
	p.candidate["sourced"], p.candidate["merge"] = true, true
	return p, c.linkResume(p.candidate, req)
}

// linkResume puts the address of the résumé into the candidate: Teamtailor takes no
// file, it fetches one. An address that the map gives is kept.
func (c *Connector) linkResume(candidate row, req staffing.SubmissionRequest) error {
	if req.Resume == nil || text(candidate["resume"]) != "" || c.noFiles {
		return nil
	}
	if c.link == "" {
		return &staffing.Error{Code: staffing.Invalid, Field: "resume",
			Message: "Teamtailor takes no files: it fetches a résumé from a public address. Enter a Résumé link in the connection, or choose there to leave résumés out"}
	}
	candidate["resume"] = strings.NewReplacer("{key}", url.PathEscape(req.Key), "{name}", url.PathEscape(req.Resume.Name)).Replace(c.link)
	return nil
}

// find looks for the person by e-mail, then for the person's application on the job.
func (c *Connector) find(ctx context.Context, p profile) (*resource, error) {
	people, err := c.all(ctx, candidates, url.Values{"filter[email]": {p.email}})
	if err != nil {
		return nil, err
	}
	for _, who := range people.rows {
		if !strings.EqualFold(who.text("email"), p.email) {
			continue // a filter that was not applied gives strangers
		}
		found, err := c.onJob(ctx, who.ID, p.job)
		if err != nil || found != nil {
			return found, err
		}
	}
	return nil, nil
}

func (c *Connector) onJob(ctx context.Context, candidate, job string) (*resource, error) {
	mine, err := c.all(ctx, candidates+"/"+url.PathEscape(candidate)+"/"+applications, url.Values{"include": {"job"}})
	if err != nil {
		return nil, err
	}
	for _, a := range mine.rows {
		for _, j := range a.refs("job") {
			if j.ID == job {
				return &a, nil
			}
		}
	}
	return nil, nil
}
