package greenhouse

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// profile is a submission read from the outbound map's fields.
type profile struct {
	job    int64
	emails []string       // lower case, distinct
	fields map[string]any // the body of POST /candidates without application
	app    map[string]any // the nested application
}

// placeAtClient is where a submission stands at Greenhouse.
type placeAtClient struct {
	candidate   int64
	application int64
	at          time.Time
}

// Submit makes a candidate and an application, or an application only when the
// person is known, and attaches the résumé. Greenhouse keeps no reference of ours
// and does not look for duplicates, so the natural key (e-mail and job) is looked
// for first; whatever an earlier call left undone is completed.
func (c *Connector) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := c.readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if req.Resume != nil {
		if err := checkResume(req.Resume); err != nil {
			return staffing.Receipt{}, err
		}
	}
	place, err := c.find(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	existed := place.application != 0
	if !existed {
		if place, err = c.create(ctx, p, place); err != nil {
			return staffing.Receipt{}, err
		}
	}
	if req.Resume != nil {
		if err := c.attach(ctx, place.application, req.Resume); err != nil {
			return staffing.Receipt{}, staffing.PartlyDone(explain(err, "application %d is in Greenhouse, its résumé is not yet", place.application))
		}
	}
	return place.receipt(existed), nil
}

// FindSubmission looks for the application of a submission. One whose résumé is
// still missing counts as not found: Submit then completes it.
func (c *Connector) FindSubmission(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := c.readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	place, err := c.find(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if place.application == 0 {
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "Greenhouse has no application of this candidate for job %d", p.job)
	}
	if req.Resume != nil {
		there, err := c.attached(ctx, place.application, fileName(req.Resume))
		if err != nil {
			return staffing.Receipt{}, err
		}
		if !there {
			return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "application %d is in Greenhouse, its résumé is not yet", place.application)
		}
	}
	return place.receipt(true), nil
}

func (p placeAtClient) receipt(existed bool) staffing.Receipt {
	return staffing.Receipt{
		ID:      strconv.FormatInt(p.application, 10),
		URL:     fmt.Sprintf("https://app.greenhouse.io/people/%d?application_id=%d", p.candidate, p.application),
		At:      p.at,
		Existed: existed,
		Extra:   map[string]string{"candidate_id": strconv.FormatInt(p.candidate, 10)},
	}
}

func (c *Connector) readProfile(req staffing.SubmissionRequest) (profile, error) {
	var p profile
	var err error
	if p.job, err = number(req.RequisitionID, "the job id"); err != nil {
		return p, err
	}
	dec := json.NewDecoder(bytes.NewReader(req.Fields))
	dec.UseNumber()
	if err := dec.Decode(&p.fields); err != nil {
		return p, staffing.Errorf(staffing.Invalid, "the submission's fields are not a JSON object: %w", err)
	}
	for _, key := range []string{"first_name", "last_name"} {
		if strings.TrimSpace(text(p.fields[key])) == "" {
			return p, &staffing.Error{Code: staffing.Invalid, Field: key, Message: "Greenhouse needs the candidate's first and last name"}
		}
	}
	if p.emails = emailsOf(p.fields); len(p.emails) == 0 {
		return p, &staffing.Error{Code: staffing.Invalid, Field: "email_addresses",
			Message: "the candidate has no e-mail address: it is the only key by which Greenhouse finds a candidate again"}
	}
	if app, ok := p.fields["application"].(map[string]any); ok {
		p.app = app
	} else {
		p.app = map[string]any{}
	}
	delete(p.fields, "application")
	p.app["job_id"] = p.job
	if c.source != "" && p.app["source_id"] == nil {
		p.app["source_id"] = json.Number(c.source)
	}
	return p, nil
}

// find looks for the person by e-mail and for the person's application for the
// job. The candidate is set without the application when only the person is known.
func (c *Connector) find(ctx context.Context, p profile) (placeAtClient, error) {
	var people []int64
	for _, mail := range p.emails {
		rows, err := c.all(ctx, "candidates", url.Values{"email": {mail}, "fields": {"id,email_addresses"}})
		if err != nil {
			return placeAtClient{}, err
		}
		for _, r := range rows {
			if contains(emailsOf(r), mail) { // a filter that was not applied must not give a stranger
				people = append(people, r.int("id"))
			}
		}
	}
	if len(people) == 0 {
		return placeAtClient{}, nil
	}
	return c.findApplication(ctx, p, people)
}

func (c *Connector) findApplication(ctx context.Context, p profile, people []int64) (placeAtClient, error) {
	rows, err := c.byIDs(ctx, "applications", "candidate_ids", people,
		url.Values{"job_ids": {strconv.FormatInt(p.job, 10)}, "fields": {applicationFields}})
	if err != nil {
		return placeAtClient{}, err
	}
	best := row{}
	for _, r := range rows {
		if r.int("job_id") == p.job && containsID(people, r.int("candidate_id")) && better(r, best) {
			best = r
		}
	}
	if best.int("id") == 0 {
		return placeAtClient{candidate: oldest(people)}, nil
	}
	if src := best.text("source_id"); c.source != "" && src != "" && src != c.source {
		return placeAtClient{}, staffing.Errorf(staffing.Conflict,
			"the candidate already is on job %d in Greenhouse (application %d) from another source: a duplicate submission", p.job, best.int("id"))
	}
	return placeAtClient{candidate: best.int("candidate_id"), application: best.int("id"), at: best.time("created_at")}, nil
}

// better prefers an application that is not rejected, then the newer one.
func better(a, b row) bool {
	ra, rb := applicationStatus(a.text("status")) == "rejected", applicationStatus(b.text("status")) == "rejected"
	if b.int("id") == 0 || ra != rb {
		return b.int("id") == 0 || !ra
	}
	return a.int("id") > b.int("id")
}

// create makes the application, and the person with it when nobody has the e-mail
// address yet: one request, so a cut connection leaves both or neither.
func (c *Connector) create(ctx context.Context, p profile, known placeAtClient) (placeAtClient, error) {
	if known.candidate != 0 {
		body := map[string]any{"candidate_id": known.candidate}
		for k, v := range p.app {
			body[k] = v
		}
		made, err := c.write(ctx, "applications", body, "the application")
		if err != nil {
			return placeAtClient{}, err
		}
		if id := made.int("id"); id != 0 {
			return placeAtClient{candidate: known.candidate, application: id, at: made.time("created_at")}, nil
		}
		return c.confirm(ctx, p, known.candidate)
	}
	body := map[string]any{"application": p.app}
	for k, v := range p.fields {
		body[k] = v
	}
	made, err := c.write(ctx, "candidates", body, "the candidate")
	if err != nil {
		return placeAtClient{}, err
	}
	return c.confirm(ctx, p, made.int("id"))
}

// confirm reads the application that was just made: the answer to a new candidate
// is the person, not the application.
func (c *Connector) confirm(ctx context.Context, p profile, candidate int64) (placeAtClient, error) {
	place, err := c.findApplication(ctx, p, []int64{candidate})
	if err != nil {
		return placeAtClient{}, staffing.PartlyDone(explain(err, "the candidate is in Greenhouse, the application cannot be read back"))
	}
	if place.application == 0 {
		return placeAtClient{}, &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true,
			Message: fmt.Sprintf("Greenhouse took candidate %d but does not show the application for job %d yet", candidate, p.job)}
	}
	return place, nil
}

func emailsOf(fields map[string]any) []string {
	var out []string
	list, _ := fields["email_addresses"].([]any) // absent: no address
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			out = appendNew(out, strings.ToLower(strings.TrimSpace(text(m["value"]))))
		}
	}
	return out
}

func number(s, what string) (int64, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return 0, staffing.Errorf(staffing.Invalid, "%s %q is not a Greenhouse id (a number)", what, s)
	}
	return n, nil
}

func contains(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

func containsID(list []int64, n int64) bool {
	for _, v := range list {
		if v == n {
			return true
		}
	}
	return false
}

func oldest(ids []int64) int64 {
	out := ids[0]
	for _, id := range ids {
		out = min(out, id)
	}
	return out
}
