package workable

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Job is one job of the account, in the form of the wire.
type Job struct {
	ID                  string     `json:"id"`
	Title               string     `json:"title"`
	FullTitle           string     `json:"full_title"`
	Shortcode           string     `json:"shortcode"`
	Code                *string    `json:"code"`
	State               string     `json:"state"`
	Sample              bool       `json:"sample"`
	Confidential        bool       `json:"confidential"`
	Department          *string    `json:"department"`
	DepartmentHierarchy []string   `json:"department_hierarchy"`
	URL                 string     `json:"url"`
	ApplicationURL      string     `json:"application_url"`
	Shortlink           string     `json:"shortlink"`
	WorkplaceType       string     `json:"workplace_type"`
	EmploymentType      string     `json:"employment_type,omitempty"`
	Location            Location   `json:"location"`
	Locations           []Location `json:"locations"`
	Salary              Salary     `json:"salary"`
	CreatedAt           time.Time  `json:"created_at"`
	UpdatedAt           time.Time  `json:"updated_at"`
	// What include_fields asks for.
	Description     string `json:"description,omitempty"`
	FullDescription string `json:"full_description,omitempty"`
	Requirements    string `json:"requirements,omitempty"`
	Benefits        string `json:"benefits,omitempty"`
}

// Location is where a job is.
type Location struct {
	LocationStr   string  `json:"location_str"`
	Country       string  `json:"country"`
	CountryCode   string  `json:"country_code"`
	Region        *string `json:"region"`
	RegionCode    string  `json:"region_code"`
	City          string  `json:"city"`
	ZipCode       *string `json:"zip_code"`
	Telecommuting bool    `json:"telecommuting"`
	WorkplaceType string  `json:"workplace_type"`
}

// Salary is the published range.
type Salary struct {
	From     int    `json:"salary_from,omitempty"`
	To       int    `json:"salary_to,omitempty"`
	Currency string `json:"salary_currency,omitempty"`
}

func (j *Job) key() (string, int64) { return j.ID, number(j.ID) }

func number(id string) int64 {
	n, err := strconv.ParseInt(id, 16, 64)
	if err != nil {
		panic(err) // our own ids
	}
	return n
}

// OpenJob publishes a job and gives its shortcode.
func (s *Server) OpenJob(title string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.id()
	code := fmt.Sprintf("REQ/%s", id)
	short := fmt.Sprintf("%010X", number(id)*7919)
	site := fmt.Sprintf("https://%s.workable.com/jobs/%d", s.opts.Subdomain, number(id))
	region := "New York"
	place := Location{LocationStr: "New York, United States", Country: "United States", CountryCode: "US", Region: &region,
		RegionCode: "NY", City: "New York", WorkplaceType: "on_site"}
	now := s.now()
	s.jobs = append(s.jobs, &Job{ID: id, Title: title, FullTitle: title + " - " + code, Shortcode: short, Code: &code, State: "published",
		DepartmentHierarchy: []string{}, URL: site, ApplicationURL: site + "/candidates/new", Shortlink: "https://apply.workable.com/j/" + short,
		WorkplaceType: "on_site", EmploymentType: "Contract", Location: place, Locations: []Location{place},
		Salary: Salary{From: 60000, To: 80000, Currency: "usd"}, CreatedAt: now, UpdatedAt: now,
		Description: "<p>What it is about.</p>", FullDescription: "<p>What it is about.</p><ul><li>Care</li></ul>", Requirements: "<p>Care</p>"})
	return short
}

// EditJob changes a job as a person at the client would.
func (s *Server) EditJob(shortcode string, edit func(*Job)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.job(shortcode)
	if j == nil {
		return fmt.Errorf("there is no job %s", shortcode)
	}
	edit(j)
	j.UpdatedAt = s.now()
	return nil
}

func (s *Server) job(shortcode string) *Job {
	for _, j := range s.jobs {
		if j.Shortcode == shortcode {
			return j
		}
	}
	return nil
}

func (s *Server) listJobs(w http.ResponseWriter, r *http.Request) {
	q, err := readQuery(r.URL.Query(), "state", "limit", "since_id", "max_id", "created_after", "updated_after", "include_fields")
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	var found []*Job
	for _, j := range s.jobs {
		if (q.state == "" || j.State == q.state) && !j.UpdatedAt.Before(q.updatedAfter) && !j.CreatedAt.Before(q.createdAfter) {
			found = append(found, j.in(q.includeFields))
		}
	}
	rows, next := page(r, found, q)
	if rows == nil {
		rows = []*Job{}
	}
	answer(w, listing("jobs", rows, next))
}

// in gives the job as a list shows it: texts only when they are asked for.
func (j *Job) in(fields []string) *Job {
	out := *j
	for name, text := range map[string]*string{"description": &out.Description, "full_description": &out.FullDescription,
		"requirements": &out.Requirements, "benefits": &out.Benefits} {
		if !slices.Contains(fields, name) {
			*text = ""
		}
	}
	return &out
}

func (s *Server) showJob(w http.ResponseWriter, shortcode string) {
	if j := s.job(shortcode); j != nil {
		answer(w, j)
		return
	}
	refuse(w, http.StatusNotFound, "Not found")
}
