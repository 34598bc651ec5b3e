package greenhouse

import (
	"context"
	"net/url"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// related is what hangs on a page of jobs, read in bulk.
type related struct {
	posts, openings, managers map[int64][]row // by job
	places, ranges            map[int64][]row // by job post
	users, departments        map[int64][]row // by id
	offices                   map[int64][]row // by id
	missing                   []string        // lists the credential may not read
}

// enrich puts the related objects into each job under keys that begin with an
// underscore, so that they cannot be taken for Greenhouse's own fields.
func (c *Connector) enrich(ctx context.Context, jobs []row) error {
	rel, err := c.readRelated(ctx, jobs)
	if err != nil {
		return err
	}
	for _, j := range jobs {
		posts := rel.posts[j.int("id")]
		best := bestPost(posts)
		j["_job_posts"] = orEmpty(posts)
		j["_job_post"] = nil
		j["_pay_input_ranges"] = []row{}
		if best != nil {
			j["_job_post"] = best
			j["_pay_input_ranges"] = orEmpty(rel.ranges[best.int("id")])
		}
		j["_openings"] = orEmpty(rel.openings[j.int("id")])
		j["_headcount"] = headcount(rel.openings[j.int("id")])
		j["_hiring_managers"] = rel.people(j.int("id"))
		j["_department"] = one(rel.departments[j.int("department_id")])
		j["_offices"] = rel.officesOf(j)
		j["_locations"] = rel.locations(best, j)
		if len(rel.missing) > 0 {
			j["_unavailable"] = rel.missing
		}
	}
	return nil
}

// relation is one list that hangs on others.
type relation struct {
	path, filter string
	ids          []int64
	query        url.Values
	key          string
	into         *map[int64][]row
	optional     bool
}

func (c *Connector) readRelated(ctx context.Context, jobs []row) (*related, error) {
	rel := &related{}
	ids := column(jobs, "id")
	err := c.readAll(ctx, rel,
		relation{path: "job_posts", filter: "job_ids", ids: ids, key: "job_id", into: &rel.posts},
		relation{path: "openings", filter: "job_ids", ids: ids, key: "job_id", into: &rel.openings},
		relation{path: "job_hiring_managers", filter: "job_ids", ids: ids, key: "job_id", into: &rel.managers, optional: true})
	if err != nil {
		return nil, err
	}
	postIDs := column(flatten(rel.posts), "id")
	err = c.readAll(ctx, rel,
		relation{path: "job_post_locations", filter: "job_post_ids", ids: postIDs, key: "job_post_id", into: &rel.places, optional: true},
		relation{path: "pay_input_ranges", filter: "job_post_ids", ids: postIDs, key: "job_post_id", into: &rel.ranges, optional: true})
	if err != nil {
		return nil, err
	}
	offices := append(append([]row{}, jobs...), flatten(rel.places)...)
	err = c.readAll(ctx, rel,
		relation{path: "users", filter: "ids", ids: column(flatten(rel.managers), "user_id"), key: "id", into: &rel.users, optional: true,
			query: url.Values{"fields": {"id,name,first_name,last_name,primary_email"}}},
		relation{path: "departments", filter: "ids", ids: column(jobs, "department_id"), key: "id", into: &rel.departments, optional: true},
		relation{path: "offices", filter: "ids", ids: integers(offices, officeIDs), key: "id", into: &rel.offices})
	return rel, err
}

func (c *Connector) readAll(ctx context.Context, rel *related, relations ...relation) error {
	for _, r := range relations {
		rows, err := c.byIDs(ctx, r.path, r.filter, r.ids, r.query)
		if r.optional && staffing.CodeOf(err) == staffing.Forbidden {
			rel.missing = append(rel.missing, r.path)
			continue
		}
		if err != nil {
			return err
		}
		*r.into = groupBy(rows, r.key)
	}
	return nil
}

// bestPost picks the posting whose text stands for the job: a live one before a
// merely active one, an external one before an internal one, the newest first.
func bestPost(posts []row) row {
	var best row
	score := 0
	for _, p := range posts {
		n := 1
		if p.bool("live") {
			n += 4
		} else if p.bool("active") {
			n += 2
		}
		if !p.bool("internal") {
			n++
		}
		if n > score || n == score && p.int("id") > best.int("id") {
			best, score = p, n
		}
	}
	return best
}

// people gives the hiring managers of a job with name and address, as far as the
// credential may read users.
func (rel *related) people(job int64) []row {
	out := []row{}
	for _, m := range rel.managers[job] {
		if u := one(rel.users[m.int("user_id")]); u != nil {
			out = append(out, u)
			continue
		}
		out = append(out, row{"id": m["user_id"]})
	}
	return out
}

func (rel *related) officesOf(j row) []row {
	out := []row{}
	for _, id := range officeIDs(j) {
		out = append(out, rel.offices[id]...)
	}
	return out
}

// locations gives the places of work in Greenhouse's own words: those of the
// posting, else those of the job's offices.
func (rel *related) locations(post, j row) []string {
	out := []string{}
	if post != nil {
		for _, p := range rel.places[post.int("id")] {
			place := p.text("plain_text_location")
			if place == "" {
				place = officeText(one(rel.offices[p.int("office_id")]))
			}
			out = appendNew(out, place)
		}
	}
	if len(out) == 0 {
		for _, o := range rel.officesOf(j) {
			out = appendNew(out, officeText(o))
		}
	}
	return out
}

func officeText(o row) string {
	if o == nil {
		return ""
	}
	if s := o.text("location"); s != "" {
		return s
	}
	return o.text("name")
}

func officeIDs(r row) []int64 {
	out := []int64{}
	if list, ok := r["office_ids"].([]any); ok {
		for _, v := range list {
			out = append(out, integer(v))
		}
	}
	if id := r.int("office_id"); id != 0 {
		out = append(out, id)
	}
	return out
}

// lastChange is the latest change of a job or of what its requisition is made of.
func lastChange(j row) time.Time {
	last := j.time("updated_at")
	for _, key := range []string{"_job_posts", "_openings"} {
		rows, _ := j[key].([]row) // enrich put them there
		for _, r := range rows {
			if at := r.time("updated_at"); at.After(last) {
				last = at
			}
		}
	}
	return last
}

func one(rows []row) row {
	if len(rows) == 0 {
		return nil
	}
	return rows[0]
}

func flatten(m map[int64][]row) []row {
	var out []row
	for _, rows := range m {
		out = append(out, rows...)
	}
	return out
}

func appendNew(list []string, s string) []string {
	if s == "" {
		return list
	}
	for _, v := range list {
		if v == s {
			return list
		}
	}
	return append(list, s)
}
