package smartrecruiters

import (
	"context"
	"net/url"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	jobs       = "jobs"
	candidates = "candidates"
	// jobsPerPage is small because a list row says too little: each job costs up to
	// three further calls, ten a second are allowed, and a page should take seconds.
	jobsPerPage = "10"
)

// Requisitions gives the jobs that changed, each read by itself with its positions
// and its hiring manager. Templates are passed over.
func (c *Connector) Requisitions(ctx context.Context, cur staffing.Cursor) (staffing.Page, error) {
	cu, err := readCursor(cur)
	if err != nil {
		return staffing.Page{}, err
	}
	rows, err := c.step(ctx, jobs, url.Values{"limit": {jobsPerPage}}, cu)
	if err != nil {
		return staffing.Page{}, err
	}
	e := enricher{Connector: c, users: map[string]row{}, off: map[string]bool{}}
	var records []staffing.Record
	for _, r := range rows {
		job, err := c.get(ctx, path(jobs, r.text("id")), "id")
		switch {
		case staffing.CodeOf(err) == staffing.NotFound:
			continue // gone meanwhile
		case err != nil:
			return staffing.Page{}, err
		case job["template"] == true:
			continue
		}
		if err := e.enrich(ctx, job); err != nil {
			return staffing.Page{}, err
		}
		rec, err := job.record(job.text("id"), job.changed())
		if err != nil {
			return staffing.Page{}, err
		}
		records = append(records, rec)
	}
	return cu.page(records)
}

// enricher puts into jobs what hangs on other calls, under keys that begin with an
// underscore, so that they cannot be taken for the vendor's own. It lives for one
// page.
type enricher struct {
	*Connector
	users map[string]row  // by id
	off   map[string]bool // what this credential may not read
}

func (e *enricher) enrich(ctx context.Context, job row) error {
	job["_fields"], job["_named"] = fieldsOf(job)
	job["_positions"], job["_hiring_manager"] = []row{}, nil
	if over := job.text("status"); over != "CANCELLED" && over != "FILLED" {
		id := job.text("id")
		positions, err := e.optional(ctx, path(jobs, id, "positions"), "positions")
		if err != nil {
			return err
		}
		if job["_positions"] = positions; positions == nil {
			job["_positions"] = []row{}
		}
		if err := e.manager(ctx, job, id); err != nil {
			return err
		}
	}
	if len(e.off) > 0 {
		var names []string
		for _, name := range []string{"positions", "hiring-team", "users"} {
			if e.off[name] {
				names = append(names, name)
			}
		}
		job["_unavailable"] = names
	}
	return nil
}

// optional reads a list without which a job can do.
func (e *enricher) optional(ctx context.Context, path, name string) ([]row, error) {
	if e.off[name] {
		return nil, nil
	}
	rows, err := e.all(ctx, path, nil)
	switch staffing.CodeOf(err) {
	case staffing.Forbidden:
		e.off[name] = true
		return nil, nil
	case staffing.NotFound:
		return nil, nil
	}
	return rows, err
}

// manager reads name and address of the job's hiring manager.
func (e *enricher) manager(ctx context.Context, job row, id string) error {
	team, err := e.optional(ctx, path(jobs, id, "hiring-team"), "hiring-team")
	if err != nil {
		return err
	}
	for _, m := range team {
		if named(m.text("role")) != "hiring_manager" {
			continue
		}
		user, err := e.user(ctx, m.text("id"))
		if err != nil {
			return err
		}
		job["_hiring_manager"] = user
		return nil
	}
	return nil
}

func (e *enricher) user(ctx context.Context, id string) (row, error) {
	if u, ok := e.users[id]; ok || e.off["users"] {
		if !ok {
			return row{"id": id}, nil
		}
		return u, nil
	}
	u, err := e.get(ctx, path("users", id), "id")
	switch staffing.CodeOf(err) {
	case staffing.Forbidden:
		e.off["users"] = true
		return row{"id": id}, nil
	case staffing.NotFound:
		u, err = row{"id": id}, nil
	}
	if err != nil {
		return nil, err
	}
	out := row{"id": id, "name": strings.TrimSpace(u.text("firstName") + " " + u.text("lastName")), "email": u.text("email")}
	e.users[id] = out
	return out, nil
}

// fieldsOf gives the job's custom fields by their id and by their label; the value
// is what people see.
func fieldsOf(job row) (byID, byName row) {
	byID, byName = row{}, row{}
	for _, p := range job.objects("properties") {
		value := p["value"]
		if v := p.object("value"); v != nil {
			if value = v["label"]; value == nil {
				value = v["id"]
			}
		}
		if id := p.text("id"); id != "" {
			byID[id] = value
		}
		if label := named(p.text("label")); label != "" {
			byName[label] = value
		}
	}
	return byID, byName
}
