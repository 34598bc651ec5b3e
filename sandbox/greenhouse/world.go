package greenhouse

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// DefaultStages is the pipeline of a new account's jobs.
func DefaultStages() []string {
	return []string{"Application Review", "Preliminary Phone Screen", "Take Home Test", "Phone Interview", "Face to Face", "Reference Check", "Offer"}
}

// JobSpec is a job as the client's people enter it.
type JobSpec struct {
	Title          string // the job's internal name
	PostTitle      string // of the advertisement; empty: Title
	Description    string // HTML of the advertisement
	Notes          string // internal
	RequisitionID  string // the client's own number
	Office         string // name of the site; found or created
	OfficeLocation string // address text of that site
	Location       string // free text of the advertisement; empty: the office stands
	Department     string
	Openings       int    // default 1
	TargetStart    string // YYYY-MM-DD
	ManagerName    string
	ManagerEmail   string
	PayMinCents    int64 // published pay range; 0: none
	PayMaxCents    int64
	Currency       string
	Stages         []string // default DefaultStages
	CustomFields   map[string]CustomField
	Draft          bool // not open yet
	Unposted       bool // no advertisement
	Template       bool
}

// Text is a custom field of the vendor's type short_text. It and the functions
// below make fields as they are on the wire: ranges hold decimals in texts, single
// amounts are numbers.
func Text(name, value string) CustomField {
	return CustomField{Name: name, Type: "short_text", Value: value}
}

// Choice is a single_select field.
func Choice(name, value string) CustomField {
	return CustomField{Name: name, Type: "single_select", Value: value}
}

// Day is a date field.
func Day(name, date string) CustomField { return CustomField{Name: name, Type: "date", Value: date} }

// Number is a number field.
func Number(name string, n int64) CustomField {
	return CustomField{Name: name, Type: "number", Value: n}
}

// Money is a currency field. Amount is a decimal, e.g. "95.00".
func Money(name, amount, currency string) CustomField {
	return CustomField{Name: name, Type: "currency", Value: map[string]any{"amount": json.Number(amount), "unit": currency}}
}

// MoneyRange is a currency_range field.
func MoneyRange(name, low, high, currency string) CustomField {
	return CustomField{Name: name, Type: "currency_range", Value: map[string]any{"min_value": low, "max_value": high, "unit": currency}}
}

// OpenJob makes a job with its openings, stages and advertisement, and gives its
// number.
func (s *Server) OpenJob(spec JobSpec) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	job := Job{Name: spec.Title, RequisitionID: maybe(spec.RequisitionID), Notes: maybe(spec.Notes), Status: "open", OpenedAt: &now,
		OfficeIDs: []int64{}, IsTemplate: spec.Template, CustomFields: orNone(spec.CustomFields)}
	s.declare("job", spec.CustomFields)
	if spec.Draft {
		job.Status, job.OpenedAt = "draft", nil
	}
	if spec.Office != "" || spec.OfficeLocation != "" {
		job.OfficeIDs = []int64{s.office(spec.Office, spec.OfficeLocation)}
	}
	if spec.Department != "" {
		id := s.department(spec.Department)
		job.DepartmentID = &id
	}
	id, _ := s.jobs.Insert(func(id int64) Job {
		job.Base = s.born(id)
		return job
	})
	for i := range max(spec.Openings, 1) {
		s.addOpening(id, i, spec.TargetStart)
	}
	names := spec.Stages
	if len(names) == 0 {
		names = DefaultStages()
	}
	for i, name := range names {
		s.stages.Insert(func(n int64) InterviewStage {
			return InterviewStage{Base: s.born(n), JobID: id, SortOrder: i, Name: name, Active: true}
		})
	}
	if spec.ManagerEmail != "" {
		user := s.user(spec.ManagerName, spec.ManagerEmail)
		s.managers.Insert(func(n int64) HiringManager { return HiringManager{Base: s.born(n), UserID: user, JobID: id} })
	}
	if !spec.Unposted && !spec.Template {
		s.post(id, spec, now)
	}
	s.tellJob("job_created", id)
	return id
}

func (s *Server) addOpening(job int64, order int, target string) int64 {
	now := s.now()
	id, _ := s.openings.Insert(func(n int64) Opening {
		return Opening{Base: s.born(n), JobID: job, OpenedAt: &now, SortOrder: order, OpeningID: maybe(fmt.Sprintf("%d-%d", job, order+1)),
			TargetStartOn: maybe(target), Open: true, CustomFields: map[string]CustomField{}}
	})
	return id
}

func (s *Server) post(job int64, spec JobSpec, now time.Time) {
	title := spec.PostTitle
	if title == "" {
		title = spec.Title
	}
	live := !spec.Draft
	id, p := s.posts.Insert(func(n int64) JobPost {
		p := JobPost{Base: s.born(n), Title: title, Active: live, Live: live, Content: maybe(spec.Description), Language: maybe("en"),
			PublicURL: maybe(fmt.Sprintf("https://boards.greenhouse.io/sandbox/jobs/%d", n)), JobID: job, JobBoardID: 5101, Questions: questions()}
		if live {
			p.FirstPublishedAt = &now
		}
		return p
	})
	if spec.Location != "" {
		s.places.Insert(func(n int64) PostLocation {
			return PostLocation{Base: s.born(n), PlainText: &spec.Location, Type: maybe("free_text"), JobPostID: &id}
		})
	}
	if spec.PayMaxCents > 0 {
		s.ranges.Insert(func(n int64) PayRange {
			return PayRange{Base: s.born(n), PayInputID: 311, CurrencyType: spec.Currency, MinCents: spec.PayMinCents, MaxCents: spec.PayMaxCents, JobPostID: p.ID}
		})
	}
}

func questions() []Question {
	yes := true
	return []Question{
		{AnswerType: "short_text", Required: &yes, Label: "First Name", Name: "first_name", Options: []Option{}},
		{AnswerType: "short_text", Required: &yes, Label: "Last Name", Name: "last_name", Options: []Option{}},
		{AnswerType: "attachment", Required: &yes, Label: "Resume/CV", Name: "resume", Options: []Option{}},
	}
}

func (s *Server) office(name, location string) int64 {
	if name == "" {
		name = location
	}
	for _, o := range s.offices.List(func(o Office) bool { return o.Name == name }) {
		return o.ID
	}
	id, _ := s.offices.Insert(func(n int64) Office { return Office{Base: s.born(n), Name: name, Location: maybe(location)} })
	return id
}

func (s *Server) department(name string) int64 {
	for _, d := range s.departments.List(func(d Department) bool { return d.Name == name }) {
		return d.ID
	}
	id, _ := s.departments.Insert(func(n int64) Department { return Department{Base: s.born(n), Name: name} })
	return id
}

func (s *Server) user(name, email string) int64 {
	for _, u := range s.users.List(func(u User) bool { return strings.EqualFold(u.PrimaryEmail, email) }) {
		return u.ID
	}
	first, last, _ := strings.Cut(name, " ")
	id, _ := s.users.Insert(func(n int64) User {
		return User{Base: s.born(n), FirstName: maybe(first), LastName: maybe(last), Name: maybe(name), PrimaryEmail: email, Emails: []string{email},
			LinkedCandidates: []int64{}, OfficeIDs: []int64{}, DepartmentIDs: []int64{}, InterviewerTags: []Option{}, CustomFields: map[string]CustomField{}}
	})
	return id
}

// UpdateJob changes a job as its own page would; its updated_at moves.
func (s *Server) UpdateJob(id int64, change func(*Job)) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	ok := s.jobs.Update(id, func(j *Job) {
		change(j)
		j.UpdatedAt = s.now()
	})
	if ok {
		s.tellJob("job_updated", id)
	}
	return ok
}

// UpdatePost changes the advertisement of a job; the job's own updated_at stays.
func (s *Server) UpdatePost(job int64, change func(*JobPost)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.posts.List(func(p JobPost) bool { return p.JobID == job }) {
		s.posts.Update(p.ID, func(p *JobPost) {
			change(p)
			p.UpdatedAt = s.now()
		})
		s.tellPost("job_post_updated", p.ID)
	}
}

// AddOpening adds a seat to a job; the job's own updated_at stays.
func (s *Server) AddOpening(job int64) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.openings.List(func(o Opening) bool { return o.JobID == job }))
	return s.addOpening(job, n, "")
}

// GiveUpOpening closes the last open seat of a job without a hire.
func (s *Server) GiveUpOpening(job int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	open := s.openings.List(func(o Opening) bool { return o.JobID == job && o.Open })
	if len(open) > 0 {
		s.closeOpening(slices.MaxFunc(open, func(a, b Opening) int { return a.SortOrder - b.SortOrder }).ID, nil)
	}
}

// CloseJob closes a job and its openings, as nobody is wanted any more.
func (s *Server) CloseJob(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.openings.List(func(o Opening) bool { return o.JobID == id && o.Open }) {
		s.closeOpening(o.ID, nil)
	}
	s.closeJob(id)
}

// DeleteJob removes a job, which no list shows afterwards.
func (s *Server) DeleteJob(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	job, ok := s.jobs.Get(id)
	if !ok {
		return
	}
	s.jobs.Delete(id)
	s.tell("job_deleted", object{"job": object{"id": id, "name": job.Name}})
}

func (s *Server) closeOpening(id int64, application *int64) {
	now := s.now()
	s.openings.Update(id, func(o *Opening) {
		o.Open, o.ClosedAt, o.UpdatedAt, o.ApplicationID = false, &now, now, application
	})
}

// closeJob closes a job whose last opening is closed, as the vendor does.
func (s *Server) closeJob(id int64) {
	now := s.now()
	changed := s.jobs.Update(id, func(j *Job) { j.Status, j.ClosedAt, j.UpdatedAt = "closed", &now, now })
	if !changed {
		return
	}
	for _, p := range s.posts.List(func(p JobPost) bool { return p.JobID == id }) {
		s.posts.Update(p.ID, func(p *JobPost) { p.Live, p.Active, p.UpdatedAt = false, false, now })
	}
	s.tellJob("job_updated", id)
}

func maybe(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func orNone(m map[string]CustomField) map[string]CustomField {
	if m == nil {
		return map[string]CustomField{}
	}
	return m
}
