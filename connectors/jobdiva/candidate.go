package jobdiva

import (
	"context"
	"html"
	"io"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

// Candidate gives a candidate without numbers of identity and the like.
func (c *Connector) Candidate(ctx context.Context, id string) (staffing.Record, error) {
	if err := checkID("candidate", id); err != nil {
		return staffing.Record{}, err
	}
	rows, err := c.report(ctx, "CandidateDetail", url.Values{"candidateId": {id}})
	if err != nil {
		return staffing.Record{}, err
	}
	for _, r := range rows {
		if r.text("CANDIDATEID", "ID") == id {
			r["CANDIDATEID"] = id
			return r.record(id, c.moment(r, "DATEUPDATED", "DATEMODIFIED"))
		}
	}
	return staffing.Record{}, staffing.Errorf(staffing.NotFound, "JobDiva has no candidate %s", id)
}

// Resume gives the text of the newest résumé as a file: the call that gives the
// original document is not known.
func (c *Connector) Resume(ctx context.Context, candidate string) (*staffing.File, error) {
	if err := checkID("candidate", candidate); err != nil {
		return nil, err
	}
	rows, err := c.report(ctx, "CandidateResumesDetail", url.Values{"candidateId": {candidate}})
	if err != nil {
		return nil, err
	}
	var newest row
	for _, r := range rows {
		if r.text("RESUMEID") != "" && (newest == nil || c.moment(r, "DATEUPDATED", "DATECREATED").After(c.moment(newest, "DATEUPDATED", "DATECREATED"))) {
			newest = r
		}
	}
	if newest == nil {
		return nil, nil //nolint:nilnil // by the interface: a candidate without a résumé
	}
	id := newest.text("RESUMEID")
	return &staffing.File{Name: "resume.txt", ContentType: "text/plain; charset=utf-8", Size: -1,
		Open: func(ctx context.Context) (io.ReadCloser, error) { return c.resumeText(ctx, id) }}, nil
}

func (c *Connector) resumeText(ctx context.Context, id string) (io.ReadCloser, error) {
	rows, err := c.report(ctx, "ResumesTextDetail", url.Values{"resumeIds": {id}})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if text := r.text("PLAINTEXT"); text != "" {
			return io.NopCloser(strings.NewReader(html.UnescapeString(text))), nil
		}
	}
	return nil, staffing.Errorf(staffing.NotFound, "JobDiva gives no text of résumé %s", id)
}

// on names a candidate on a job: JobDiva's search for a submittal needs the job and
// the candidate beside its number.
type on struct{ submittal, job, candidate string }

func (o on) String() string { return o.submittal + "-" + o.job + "-" + o.candidate }

func readOn(id string) (on, error) {
	parts := strings.Split(id, "-")
	if len(parts) != 3 {
		return on{}, staffing.Errorf(staffing.Invalid, "%q does not name a submittal, its job and its candidate in JobDiva", id)
	}
	for i, what := range []string{"submittal", "job", "candidate"} {
		if err := checkID(what, parts[i]); err != nil {
			return on{}, err
		}
	}
	return on{parts[0], parts[1], parts[2]}, nil
}

// Submission gives a submittal with the rates that were agreed; _currency is the
// connection's setting.
func (c *Connector) Submission(ctx context.Context, id string) (staffing.Record, error) {
	o, err := readOn(id)
	if err != nil {
		return staffing.Record{}, err
	}
	rows, err := c.search(ctx, "searchSubmittal", map[string]any{"submittalid": number(o.submittal), "jobid": number(o.job), "candidateid": number(o.candidate)})
	if err != nil {
		return staffing.Record{}, err
	}
	for _, r := range rows {
		if r.text("SUBMITTALID", "ID") == o.submittal {
			r["_currency"] = c.set["currency"]
			return r.record(id, c.moment(r, "DATEUPDATED"))
		}
	}
	return staffing.Record{}, staffing.Errorf(staffing.NotFound, "JobDiva has no submittal %s of candidate %s on job %s", o.submittal, o.candidate, o.job)
}
