package ashby

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// maxApplications is how many applications of a person are looked through.
const maxApplications = 50

// profile is a submission read from the outbound map's fields.
type profile struct {
	job         string
	email       string         // lower case
	candidate   map[string]any // the body of candidate.create
	application map[string]any // what goes into application.create beside the ids
}

// placeAtClient is where a submission stands at Ashby.
type placeAtClient struct {
	candidate   row
	application row // nil: the person is known, but not on the job
}

// Submit makes the candidate, the résumé and the application, each unless it is
// there. Ashby keeps no reference of ours and never looks for duplicates, so the
// natural key (e-mail and job) is looked for first. The application comes last: once
// it is there, so is the rest.
func (c *Connector) Submit(ctx context.Context, req staffing.SubmissionRequest) (staffing.Receipt, error) {
	p, err := c.readProfile(req)
	if err != nil {
		return staffing.Receipt{}, err
	}
	place, err := c.find(ctx, p)
	if err != nil {
		return staffing.Receipt{}, err
	}
	if place.candidate == nil {
		place.candidate, err = c.one(ctx, request{method: "candidate.create", body: p.candidate, write: true, what: "a new candidate"})
		if err == nil && place.candidate.text("id") == "" {
			err = nameless("the candidate")
		}
		if err != nil {
			return staffing.Receipt{}, err
		}
	}
	if err := c.attach(ctx, place.candidate, req.Resume); err != nil {
		return staffing.Receipt{}, explain(err, "the candidate is in Ashby, the résumé is not yet")
	}
	existed := place.application != nil
	if !existed {
		if place.application, err = c.apply(ctx, p, place.candidate.text("id")); err != nil {
			return staffing.Receipt{}, err
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
	switch {
	case err != nil:
		return staffing.Receipt{}, err
	case place.application == nil:
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "Ashby has no application of this candidate for job %s", p.job)
	case req.Resume != nil && !attached(place.candidate, fileName(req.Resume)):
		return staffing.Receipt{}, staffing.Errorf(staffing.NotFound, "application %s is in Ashby, its résumé is not yet", place.application.text("id"))
	}
	return place.receipt(true), nil
}

func (p placeAtClient) receipt(existed bool) staffing.Receipt {
	return staffing.Receipt{ID: p.application.text("id"), URL: p.candidate.text("profileUrl"), At: p.application.time("createdAt"),
		Existed: existed, Extra: map[string]string{"candidate_id": p.candidate.text("id")}}
}

func nameless(what string) error {
	return &staffing.Error{Code: staffing.Unavailable, OutcomeUnknown: true, Message: "Ashby's answer does not name " + what + " that it made"}
}

func (c *Connector) readProfile(req staffing.SubmissionRequest) (profile, error) {
	p := profile{job: req.RequisitionID, application: map[string]any{}}
	dec := json.NewDecoder(bytes.NewReader(req.Fields))
	dec.UseNumber()
	if err := dec.Decode(&p.candidate); err != nil || p.candidate == nil {
		return p, staffing.Errorf(staffing.Invalid, "the submission's fields are not a JSON object")
	}
	if app, ok := p.candidate["application"].(map[string]any); ok {
		p.application = app
	}
	delete(p.candidate, "application")
	p.email = strings.ToLower(text(p.candidate["email"]))
	switch {
	case p.job == "":
		return p, staffing.Errorf(staffing.Invalid, "the job's id is missing")
	case text(p.candidate["name"]) == "":
		return p, &staffing.Error{Code: staffing.Invalid, Field: "name", Message: "Ashby needs the candidate's name"}
	case p.email == "":
		return p, &staffing.Error{Code: staffing.Invalid, Field: "email",
			Message: "the candidate has no e-mail address: it is the only key by which Ashby finds a candidate again"}
	}
	if c.stage == firstStage && text(p.application["interviewStageId"]) == "" {
		p.application["interviewStageId"] = firstStage
	}
	for key, id := range map[string]string{"sourceId": c.source, "creditedToUserId": c.credit} {
		for _, body := range []map[string]any{p.candidate, p.application} {
			if id != "" && text(body[key]) == "" {
				body[key] = id
			}
		}
	}
	return p, checkResume(req.Resume)
}

// find looks for the person by e-mail and for the person's application for the job.
// Several people may have one address, because Ashby never looks for duplicates.
func (c *Connector) find(ctx context.Context, p profile) (placeAtClient, error) {
	people, err := c.all(ctx, request{method: "candidate.search", body: map[string]any{"email": p.email}, what: "candidates"})
	if err != nil {
		return placeAtClient{}, err
	}
	people = slices.DeleteFunc(people, func(r row) bool { return !hasMail(r, p.email) })
	slices.SortStableFunc(people, func(a, b row) int { return a.time("createdAt").Compare(b.time("createdAt")) })
	var best placeAtClient
	looked := 0
	for _, person := range people {
		for _, id := range person.texts("applicationIds") {
			if looked++; looked > maxApplications {
				return placeAtClient{}, staffing.Errorf(staffing.Invalid,
					"the candidate has more than %d applications in Ashby: merge or clean them there, so that a duplicate can be ruled out", maxApplications)
			}
			app, err := c.one(ctx, request{method: "application.info", body: map[string]any{"applicationId": id}, what: "an application"})
			if absent(err) {
				continue
			}
			if err != nil {
				return placeAtClient{}, err
			}
			if app.object("job").text("id") == p.job && better(app, best.application) {
				best = placeAtClient{candidate: person, application: app}
			}
		}
	}
	if best.application == nil && len(people) > 0 {
		best.candidate = people[0] // the oldest: merges keep it
	}
	src := best.application.object("source").text("id")
	if c.source != "" && src != "" && src != c.source {
		return placeAtClient{}, staffing.Errorf(staffing.Conflict,
			"the candidate already is on this job in Ashby (application %s) from another source: a duplicate submission", best.application.text("id"))
	}
	return best, nil
}

// hasMail makes sure that a filter which was not applied gives no stranger.
func hasMail(person row, mail string) bool {
	if strings.EqualFold(person.object("primaryEmailAddress").text("value"), mail) {
		return true
	}
	return slices.ContainsFunc(person.objects("emailAddresses"), func(e row) bool { return strings.EqualFold(e.text("value"), mail) })
}

// better prefers an application that is not archived, then the newer one.
func better(a, b row) bool {
	if b == nil {
		return true
	}
	ra, rb := a.text("status") == "Archived", b.text("status") == "Archived"
	if ra != rb {
		return rb
	}
	return a.time("createdAt").After(b.time("createdAt"))
}

func (c *Connector) apply(ctx context.Context, p profile, candidate string) (row, error) {
	body := map[string]any{"candidateId": candidate, "jobId": p.job}
	for k, v := range p.application {
		body[k] = v
	}
	app, err := c.one(ctx, request{method: "application.create", body: body, write: true, what: "a new application"})
	if err == nil && app.text("id") == "" {
		err = nameless("the application")
	}
	return app, err
}
