package icims

import (
	"context"
	"encoding/json"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// getsPerPage is how many records are read for one page of a feed.
const getsPerPage = 20

// stream is what a feed reads.
type stream struct {
	what   string   // of a search, and of a path
	entity string   // before the names of its filters
	first  []filter // of the first walk only
	fields []string
}

// cursor is how far a feed has been read: a walk goes through the ids in order.
type cursor struct {
	Since time.Time `json:"since,omitzero"` // the vendor's clock at the start of the last whole walk
	Start time.Time `json:"start,omitzero"` // of the walk under way; zero: none
	Last  string    `json:"last,omitempty"` // the largest id that was found
	Due   []string  `json:"due,omitempty"`  // found and not read yet
}

func readCursor(c staffing.Cursor) (*cursor, error) {
	out := &cursor{}
	if len(c) > 0 && string(c) != "null" {
		if err := json.Unmarshal(c, out); err != nil {
			return nil, staffing.Errorf(staffing.Internal, "the saved position of this feed cannot be read; reset the feed to read it from the beginning: %w", err)
		}
	}
	return out, nil
}

func (cu *cursor) page(records []staffing.Record) (staffing.Page, error) {
	next, err := json.Marshal(cu)
	if err != nil {
		return staffing.Page{}, staffing.Errorf(staffing.Internal, "the position of this feed cannot be written: %w", err)
	}
	return staffing.Page{Records: records, Next: next, More: !cu.Start.IsZero()}, nil
}

// read gives the next page of a stream: it searches when nothing is due, and reads
// some of what is. A walk ends at an empty search: the largest page is documented,
// but a smaller one is no proof that there is no more.
func (c *Connector) read(ctx context.Context, s stream, cur staffing.Cursor) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	if len(cu.Due) == 0 {
		if err := c.find(ctx, s, cu); err != nil {
			return staffing.Page{}, err
		}
	}
	records, err := c.due(ctx, s, cu)
	if err != nil {
		return staffing.Page{}, err
	}
	return cu.page(records)
}

// find searches for the next ids of the walk, or ends it.
func (c *Connector) find(ctx context.Context, s stream, cu *cursor) error {
	last := cu.Last
	if last == "" {
		last = "0"
	}
	filters := []filter{{Name: s.entity + ".id", Value: []string{last}, Operator: ">"}}
	if cu.Since.IsZero() {
		filters = append(filters, s.first...)
	} else {
		filters = append(filters, c.changedSince(s.entity, cu.Since))
	}
	ids, date, err := c.search(ctx, s.what, c.set["staleness"], filters...)
	if err != nil {
		return err
	}
	if cu.Start.IsZero() {
		if cu.Start = date.UTC(); date.IsZero() {
			cu.Start = c.now().Add(-time.Minute).UTC() // the vendor's clock is unknown: stay behind ours
		}
	}
	for _, id := range ids {
		if !after(id, cu.Last) {
			return staffing.Errorf(staffing.Unavailable, "iCIMS gives %s again that were read already: it does not apply the filter by id", s.what)
		}
		cu.Due, cu.Last = append(cu.Due, id), id
	}
	if len(ids) == 0 {
		*cu = cursor{Since: cu.Start}
	}
	return nil
}

// after compares two ids; both are digits.
func after(a, b string) bool {
	return len(a) > len(b) || len(a) == len(b) && a > b
}

// changedSince reaches back behind a walk's start: by the age of the cache, because
// a search may be as old, and by what clocks were put back since, because times have
// no zone.
func (c *Connector) changedSince(entity string, since time.Time) filter {
	at := since.Add(-c.reach).In(c.zone)
	_, then := at.Zone()
	if _, now := c.now().In(c.zone).Zone(); now < then {
		at = at.Add(time.Duration(now-then) * time.Second)
	}
	return filter{Name: entity + ".updateddate", Value: []string{at.Format("2006-01-02 03:04 PM")}, Operator: ">="}
}

// due reads the next of the records that were found. One that is gone meanwhile, or
// that the user may not see, is passed over. When the vendor asks to slow down on
// the way, what was read is given, so that it is not read again.
func (c *Connector) due(ctx context.Context, s stream, cu *cursor) (records []staffing.Record, err error) {
	for range min(getsPerPage, len(cu.Due)) {
		id := cu.Due[0]
		r, err := c.get(ctx, s.what+"/"+id, s.fields...)
		switch {
		case staffing.CodeOf(err) == staffing.NotFound:
			cu.Due = cu.Due[1:]
			continue
		case staffing.CodeOf(err) == staffing.RateLimited && len(records) > 0:
			return records, nil
		case err != nil:
			return nil, err
		}
		rec, err := r.record(id, r.stamp(id, c.zone))
		if err != nil {
			return nil, err
		}
		records, cu.Due = append(records, rec), cu.Due[1:]
	}
	return records, nil
}

const (
	jobs      = "jobs"
	workflows = "applicantworkflows"
	people    = "people"
)

// jobFields are the usual fields of a job; which there are is the client's choice,
// and those that a user may not see are left out without a word.
func jobFields() []string {
	return []string{"jobtitle", "jobid", "folder", "joblocation", "positiontype", "positioncategory", "hiretype", "department", "numberofpositions", "overview",
		"responsibilities", "qualifications", "hiringmanager", "recruiter", "startdate", "updateddate", "createddate"}
}

// workflowFields are asked for when the settings name further ones: without any,
// iCIMS shows these by itself.
func workflowFields() []string {
	return []string{"associatedprofile", "baseprofile", "status", "bin", "source", "updateddate"}
}

func (c *Connector) workflowFields() []string {
	if more := list(c.set["workflow_fields"]); len(more) > 0 {
		return append(workflowFields(), more...)
	}
	return nil
}

// Requisitions gives the jobs that changed.
func (c *Connector) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	s := stream{what: jobs, entity: "job", fields: append(jobFields(), list(c.set["job_fields"])...)}
	if folders := list(c.set["first_folders"]); len(folders) > 0 {
		s.first = []filter{{Name: "job.folder", Value: folders, Operator: "="}}
	}
	return c.read(ctx, s, cur)
}

// Statuses gives the applicant workflows that changed, ours and others'; the hub
// knows its own by the id.
func (c *Connector) Statuses(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	return c.read(ctx, stream{what: workflows, entity: "applicantworkflow", fields: c.workflowFields(),
		first: []filter{c.changedSince("applicantworkflow", c.now().AddDate(0, 0, -c.days))}}, cur)
}
