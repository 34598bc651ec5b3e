package bullhorn

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// File is a document of a candidate.
type File struct {
	Name        string
	Type        string // the account's word, e.g. "Resume"
	ContentType string // empty: by the name's ending
	Content     []byte
}

// CandidateSpec is a candidate as a recruiter enters one.
type CandidateSpec struct {
	FirstName, LastName string
	Email, Phone        string // Phone becomes mobile
	Title, Company      string
	City, State         string
	CountryID           int // 1: United States; 0: not set
	Skills              []string
	Status              string // default "Active"
	AvailableFrom       time.Time
	RightToRepresent    time.Time // kept in customDate1
	Resume              *File     // Type defaults to "Resume"
}

// SubmissionSpec puts a candidate on a job. Rates are decimals such as "92.50".
type SubmissionSpec struct {
	JobID, CandidateID int64
	Status             string // default "Internally Submitted"
	BillRate, PayRate  string
	StartDate, EndDate time.Time
	Comments           string
}

// Submission is a candidate on a job.
type Submission struct {
	ID, JobID, CandidateID int64
	Reference              string // externalID of the job
	Status                 string
	BillRate, PayRate      string
	ChangedAt              time.Time
}

// StatusChange is what a watcher is told.
type StatusChange struct {
	SubmissionID, JobID, CandidateID int64
	Status                           string
	At                               time.Time
}

// AddCompany adds a client's company with its contact, or gives the number of the
// one that has this code already.
func (s *Server) AddCompany(code, name string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.tables["ClientCorporation"].List(func(r row) bool { return text(r["externalID"]) == code }) {
		return r.id()
	}
	id := s.insert("ClientCorporation", s.defaults("ClientCorporation", row{"externalID": code, "name": name}), recruiter)
	s.insert("ClientContact", s.defaults("ClientContact", row{"firstName": "VMS", "lastName": "Desk", "name": "VMS Desk",
		"email": "desk@" + strings.ToLower(code) + ".example", "clientCorporation": float64(id)}), recruiter)
	return id
}

// defaults completes what the world enters by hand.
func (s *Server) defaults(entity string, r row) row {
	s.complete(s.schemas[entity], r)
	for name, v := range r {
		if v == float64(apiUser) && s.schemas[entity].index[name].def == "caller" {
			r[name] = float64(recruiter)
		}
	}
	return r
}

// AddCandidate adds a candidate with skills and résumé, and gives its number.
func (s *Server) AddCandidate(c CandidateSpec) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := row{"firstName": c.FirstName, "lastName": c.LastName, "name": c.FirstName + " " + c.LastName, "email": c.Email, "mobile": c.Phone,
		"occupation": c.Title, "companyName": c.Company, "status": c.Status, "skillSet": strings.Join(c.Skills, ", ")}
	if c.Status == "" {
		r["status"] = "Active"
	}
	address := map[string]any{"address1": nil, "address2": nil, "city": c.City, "state": c.State, "zip": nil, "countryID": nil}
	if c.CountryID != 0 {
		address["countryID"] = float64(c.CountryID)
	}
	r["address"] = address
	var skills []any
	for _, name := range c.Skills {
		skills = append(skills, float64(s.skill(name)))
	}
	r["primarySkills"] = skills
	put(r, "dateAvailable", c.AvailableFrom)
	put(r, "customDate1", c.RightToRepresent)
	id := s.insert("Candidate", s.defaults("Candidate", r), recruiter)
	if c.Resume != nil {
		f := *c.Resume
		if f.Type == "" {
			f.Type = "Resume"
		}
		s.attach(id, f, recruiter)
	}
	return id
}

// AddFile adds a document to a candidate and gives its number.
func (s *Server) AddFile(candidate int64, f File) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attach(candidate, f, recruiter)
}

func (s *Server) skill(name string) int64 {
	for _, k := range s.tables["Skill"].List(func(r row) bool { return text(r["name"]) == name }) {
		return k.id()
	}
	id, _ := s.tables["Skill"].Insert(func(id int64) row { return row{"id": id, "name": name} })
	return id
}

// Submit puts a candidate on a job, as a recruiter would, and gives the
// submission's number.
func (s *Server) Submit(spec SubmissionSpec) (int64, error) {
	if spec.Status == "" {
		spec.Status = "Internally Submitted"
	}
	r := row{"jobOrder": float64(spec.JobID), "candidate": float64(spec.CandidateID), "status": spec.Status, "comments": spec.Comments}
	if err := setRates(r, spec.BillRate, spec.PayRate); err != nil {
		return 0, err
	}
	put(r, "startDate", spec.StartDate)
	put(r, "endDate", spec.EndDate)
	id, err := s.submit(r)
	if err == nil {
		s.tell(id)
	}
	return id, err
}

func (s *Server) submit(r row) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, entity := range map[string]string{"jobOrder": "JobOrder", "candidate": "Candidate"} {
		if o, ok := s.get(entity, number(r[name])); !ok || o.deleted() {
			return 0, fmt.Errorf("there is no %s %d", entity, number(r[name]))
		}
	}
	if !slices.Contains(s.opts.Statuses, text(r["status"])) {
		return 0, fmt.Errorf("%q is not one of the account's statuses", r["status"])
	}
	return s.insert("JobSubmission", s.defaults("JobSubmission", r), recruiter), nil
}

// SetStatus moves a submission, as a recruiter would. The status that is set
// already changes nothing.
func (s *Server) SetStatus(submission int64, status string) error {
	s.mu.Lock()
	before, ok := s.get("JobSubmission", submission)
	known := slices.Contains(s.opts.Statuses, status)
	if ok && known {
		s.update("JobSubmission", submission, row{"status": status}, recruiter)
	}
	s.mu.Unlock()
	switch {
	case !ok:
		return fmt.Errorf("there is no submission %d", submission)
	case !known:
		return fmt.Errorf("%q is not one of the account's statuses", status)
	case text(before["status"]) != status:
		s.tell(submission)
	}
	return nil
}

// Submissions lists every submission that is not deleted, by number.
func (s *Server) Submissions() []Submission {
	rows := s.tables["JobSubmission"].List(func(r row) bool { return !r.deleted() })
	out := make([]Submission, len(rows))
	for i, r := range rows {
		job, _ := s.get("JobOrder", number(r["jobOrder"])) // none: no reference
		out[i] = Submission{ID: r.id(), JobID: number(r["jobOrder"]), CandidateID: number(r["candidate"]), Reference: text(job["externalID"]),
			Status: text(r["status"]), BillRate: decimal(r["billRate"]), PayRate: decimal(r["payRate"]), ChangedAt: moment(r["dateLastModified"])}
	}
	return out
}

// HistoryEntry is one row of a submission's history.
type HistoryEntry struct {
	ID     int64
	Status string
	At     time.Time
}

// History lists the states that a submission had, oldest first.
func (s *Server) History(submission int64) []HistoryEntry {
	rows := s.tables["JobSubmissionHistory"].List(func(r row) bool { return number(r["jobSubmission"]) == submission })
	out := make([]HistoryEntry, len(rows))
	for i, r := range rows {
		out[i] = HistoryEntry{ID: r.id(), Status: text(r["status"]), At: moment(r["dateAdded"])}
	}
	return out
}

// OnStatus has f called after each status that a recruiter sets (not after those
// that the API sets), so that the world can fire a webhook of its own. f is called
// in the recruiter's goroutine and without a lock. Register before the account is
// used.
func (s *Server) OnStatus(f func(StatusChange)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers = append(s.watchers, f)
}

func (s *Server) tell(submission int64) {
	s.mu.Lock()
	r, _ := s.get("JobSubmission", submission) // it was just written
	watchers := slices.Clone(s.watchers)
	s.mu.Unlock()
	for _, f := range watchers {
		f(StatusChange{SubmissionID: submission, JobID: number(r["jobOrder"]), CandidateID: number(r["candidate"]),
			Status: text(r["status"]), At: moment(r["dateLastModified"])})
	}
}

func put(r row, name string, t time.Time) {
	if !t.IsZero() {
		r[name] = millis(t)
	}
}

func moment(v any) time.Time {
	if n := number(v); n != 0 {
		return time.UnixMilli(n).UTC()
	}
	return time.Time{}
}

func decimal(v any) string {
	n, ok := v.(float64)
	if !ok {
		return ""
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// SetRates changes what was agreed, as a recruiter would. Rates are decimals.
func (s *Server) SetRates(submission int64, bill, pay string) error {
	r := row{}
	if err := setRates(r, bill, pay); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.get("JobSubmission", submission); !ok {
		return fmt.Errorf("there is no submission %d", submission)
	}
	s.update("JobSubmission", submission, r, recruiter)
	return nil
}

func setRates(r row, bill, pay string) error {
	for name, v := range map[string]string{"billRate": bill, "payRate": pay} {
		if v == "" {
			continue
		}
		n, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return fmt.Errorf("%s %q is not a number", name, v)
		}
		r[name] = n
	}
	return nil
}
