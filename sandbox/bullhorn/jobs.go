package bullhorn

import "time"

// Job is a job order as a recruiter sees it.
type Job struct {
	ID        int64
	Reference string // externalID: the hub's key
	Title     string
	Status    string
	Open      bool
	Openings  int
	Company   string
	BillRate  string // decimal; empty: none
	PayRate   string
	AddedAt   time.Time
	ChangedAt time.Time
}

// JobSpec is a job that a person enters by hand, without the hub.
type JobSpec struct {
	Title       string
	CompanyCode string // of [Server.AddCompany]; found or added
	Reference   string // externalID; empty for most jobs made by hand
}

// AddJob adds a job by hand and gives its number.
func (s *Server) AddJob(spec JobSpec) int64 {
	company := s.AddCompany(spec.CompanyCode, spec.CompanyCode)
	s.mu.Lock()
	defer s.mu.Unlock()
	r := row{"title": spec.Title, "clientCorporation": float64(company), "employmentType": "Contract", "onSite": "On-Site"}
	if spec.Reference != "" {
		r["externalID"] = spec.Reference
	}
	for _, c := range s.tables["ClientContact"].List(func(c row) bool { return number(c["clientCorporation"]) == company }) {
		r["clientContact"] = float64(c.id())
		break
	}
	return s.insert("JobOrder", s.defaults("JobOrder", r), recruiter)
}

// Jobs lists every job that is not deleted, by number.
func (s *Server) Jobs() []Job {
	return s.jobs(func(r row) bool { return !r.deleted() })
}

// OpenJobs lists the jobs that recruiters may fill.
func (s *Server) OpenJobs() []Job {
	return s.jobs(func(r row) bool { return !r.deleted() && r["isOpen"] == true })
}

// JobsByReference lists the jobs with that external id: more than one is a
// duplicate.
func (s *Server) JobsByReference(reference string) []Job {
	return s.jobs(func(r row) bool { return !r.deleted() && text(r["externalID"]) == reference })
}

// JobsPerReference counts the jobs of every external id. Jobs made by hand have
// none and are not counted.
func (s *Server) JobsPerReference() map[string]int {
	out := map[string]int{}
	for _, j := range s.Jobs() {
		if j.Reference != "" {
			out[j.Reference]++
		}
	}
	return out
}

func (s *Server) jobs(keep func(row) bool) []Job {
	rows := s.tables["JobOrder"].List(keep)
	out := make([]Job, len(rows))
	for i, r := range rows {
		company, _ := s.get("ClientCorporation", number(r["clientCorporation"])) // none: no name
		out[i] = Job{ID: r.id(), Reference: text(r["externalID"]), Title: text(r["title"]), Status: text(r["status"]), Open: r["isOpen"] == true,
			Openings: int(number(r["numOpenings"])), Company: text(company["name"]), BillRate: decimal(r["clientBillRate"]), PayRate: decimal(r["payRate"]),
			AddedAt: moment(r["dateAdded"]), ChangedAt: moment(r["dateLastModified"])}
	}
	return out
}
