package ashby

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	// jobsPerPage is how many jobs are given at once: each costs a call for its text.
	jobsPerPage = 25
	// maxPostings is of how many postings of a job the text is looked for.
	maxPostings = 3
)

func jobExpand() []string { return []string{"location", "openings"} }

// requisitionStreams: a candidate is put on a job, so a job is the requisition.
// Whether a job counts as changed when an opening or a posting of it does is not
// documented, so both are read as well. Openings come first: in the first round
// all jobs are read after them.
func requisitionStreams() []stream {
	return []stream{
		{method: "opening.list", limit: maxPerPage, what: "openings"},
		{method: "job.list", limit: jobsPerPage, what: "jobs", body: map[string]any{
			"status": []string{"Draft", "Open", "Closed", "Archived"}, "expand": jobExpand(), "includeUnpublishedJobPostingsIds": true}},
		{method: "jobPosting.list", what: "job postings"},
	}
}

// Requisitions gives the jobs that changed, or whose openings or postings did.
func (c *Connector) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	if len(cu.Due) > 0 {
		return c.giveDue(ctx, cu)
	}
	s, list, err := c.step(ctx, requisitionStreams(), cu)
	if err != nil {
		return staffing.Page{}, err
	}
	switch s.method {
	case "job.list":
		return c.giveJobs(ctx, cu, list)
	case "opening.list":
		cu.noticeOpenings(list)
	default:
		if cu.Walk == nil {
			cu.noticePostings(list)
		}
	}
	return cu.page(nil)
}

// giveDue reads the next of the jobs that were found to be due. One that is gone
// meanwhile is passed over.
func (c *Connector) giveDue(ctx context.Context, cu *cursor) (staffing.Page, error) {
	n := min(jobsPerPage, len(cu.Due))
	var jobs []row
	for _, id := range cu.Due[:n] {
		j, err := c.one(ctx, request{method: "job.info", what: "a job",
			body: map[string]any{"id": id, "expand": jobExpand(), "includeUnpublishedJobPostingsIds": true}})
		if absent(err) {
			continue
		}
		if err != nil {
			return staffing.Page{}, err
		}
		jobs = append(jobs, j)
	}
	cu.Due = cu.Due[n:]
	return c.giveJobs(ctx, cu, jobs)
}

func (c *Connector) giveJobs(ctx context.Context, cu *cursor, jobs []row) (staffing.Page, error) {
	records := make([]staffing.Record, 0, len(jobs))
	for _, j := range jobs {
		if err := c.addPosting(ctx, cu, j); err != nil {
			return staffing.Page{}, err
		}
		j["_custom"] = j.named()
		at := j.time("updatedAt")
		if p := j.object("_posting"); p != nil && p.time("updatedAt").After(at) {
			at = p.time("updatedAt")
		}
		rec, err := j.record(j.text("id"), at)
		if err != nil {
			return staffing.Page{}, err
		}
		records = append(records, rec)
	}
	return cu.page(records)
}

// postingFields leave out the form and the search engine's copy of the text.
var postingFields = []string{"id", "title", "descriptionHtml", "departmentName", "teamName", "locationName", "address", "publishedDate",
	"applicationDeadline", "isListed", "isRemote", "workplaceType", "externalLink", "applyLink", "compensation", "updatedAt"}

// addPosting puts the posting whose text stands for the job under _posting: the
// first that is listed, else the first that can be read.
func (c *Connector) addPosting(ctx context.Context, cu *cursor, j row) error {
	j["_posting"] = nil
	ids := j.texts("jobPostingIds")
	for _, id := range ids[:min(maxPostings, len(ids))] {
		p, err := c.one(ctx, request{method: "jobPosting.info", body: map[string]any{"jobPostingId": id}, what: "a job posting"})
		if absent(err) {
			continue
		}
		if err != nil {
			return err
		}
		if _, known := cu.Postings[id]; !known { // else the list's own stamp counts
			cu.Postings[id] = posting{Job: j.text("id"), At: p.text("updatedAt")}
		}
		listed := p["isListed"] == true
		if listed || j["_posting"] == nil {
			j["_posting"] = p.only(postingFields...)
		}
		if listed {
			break
		}
	}
	return nil
}

// absent says that the vendor refused one object: it is gone, or not to be read on
// this board. What it calls such a refusal is not documented.
func absent(err error) bool {
	return err != nil && refusalCode(err) != "" && staffing.CodeOf(err) != staffing.Forbidden && !stale(err)
}

// noticeOpenings owes the jobs of the openings that changed. In the first round all
// jobs come after it anyway.
func (cu *cursor) noticeOpenings(list []row) {
	for _, o := range list {
		id, looks := o.text("id"), look(o)
		old, known := cu.Openings[id]
		over := o.text("openingState") == "Closed" || o["isArchived"] == true
		if over { // remembered by its absence, or an old account would fill the cursor
			delete(cu.Openings, id)
		} else {
			cu.Openings[id] = looks
		}
		if cu.Rounds > 0 && !(known && old == looks || !known && over) {
			cu.owe(o.object("latestVersion").texts("jobIds")...)
		}
	}
}

// noticePostings owes the jobs of the postings that are new, changed or gone since
// their text was read.
func (cu *cursor) noticePostings(list []row) {
	there := map[string]bool{}
	for _, p := range list {
		id := p.text("id")
		there[id] = true
		if cu.Postings[id].At != p.text("updatedAt") {
			cu.owe(p.text("jobId"))
		}
		cu.Postings[id] = posting{Job: p.text("jobId"), At: p.text("updatedAt"), Listed: true}
	}
	for id, p := range cu.Postings {
		if p.Listed && !there[id] {
			cu.owe(p.Job)
			delete(cu.Postings, id)
		}
	}
}

// look is a short hash of an opening, which has no stamp of its last change.
func look(r row) string {
	raw, err := json.Marshal(r)
	if err != nil {
		return "" // it then counts as changed
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:6])
}
