package smartrecruiters

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// Assignment is a candidate on a job.
type Assignment struct {
	Job       JobRef `json:"job"`
	Status    string `json:"status"`
	SubStatus string `json:"subStatus,omitempty"`
	StartsOn  string `json:"startsOn,omitempty"`
	Source    string `json:"source,omitempty"`
}

// JobRef is the job of an assignment.
type JobRef struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// Attachment is one file of a candidate.
type Attachment struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Type        string `json:"type"`
	ContentType string `json:"contentType"`
	content     []byte
}

// Candidate is one person of the account: one for an e-mail address, on any number
// of jobs.
type Candidate struct {
	ID                   string        `json:"id"`
	Internal             bool          `json:"internal"`
	FirstName            string        `json:"firstName"`
	LastName             string        `json:"lastName"`
	Email                string        `json:"email"`
	PhoneNumber          string        `json:"phoneNumber,omitempty"`
	CreatedOn            string        `json:"createdOn"`
	UpdatedOn            string        `json:"updatedOn"`
	Tags                 []string      `json:"tags"`
	PrimaryAssignment    *Assignment   `json:"primaryAssignment,omitempty"`
	SecondaryAssignments []*Assignment `json:"secondaryAssignments"`
	attachments          []Attachment
}

// Offer is what the client offered a candidate on a job.
type Offer struct {
	ID         string            `json:"id"`
	Status     string            `json:"status"`
	CreatedOn  string            `json:"createdOn"`
	UpdatedOn  string            `json:"updatedOn"`
	Properties map[string]string `json:"properties"`
}

// input is the body of POST /jobs/{id}/candidates.
type input struct {
	FirstName     string          `json:"firstName"`
	LastName      string          `json:"lastName"`
	Email         string          `json:"email"`
	PhoneNumber   string          `json:"phoneNumber"`
	Location      json.RawMessage `json:"location"`
	Web           json.RawMessage `json:"web"`
	Tags          []string        `json:"tags"`
	Education     json.RawMessage `json:"education"`
	Experience    json.RawMessage `json:"experience"`
	Internal      bool            `json:"internal"`
	SourceDetails *struct {
		SourceTypeID    string `json:"sourceTypeId"`
		SourceSubTypeID string `json:"sourceSubTypeId"`
		SourceID        string `json:"sourceId"`
	} `json:"sourceDetails"`
}

func (s *Server) addCandidate(w http.ResponseWriter, r *http.Request, job string) {
	j := s.job(job)
	if j == nil {
		refuse(w, http.StatusNotFound, "Job not found")
		return
	}
	var in input
	dec := json.NewDecoder(io.LimitReader(r.Body, 1<<20))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	if in.FirstName == "" || in.LastName == "" || !strings.Contains(in.Email, "@") {
		refuse(w, http.StatusBadRequest, "firstName, lastName and email are required")
		return
	}
	c := s.apply(j, in)
	answer(w, http.StatusCreated, c)
	s.tell("application.created", c.ID, j.ID)
}

// apply puts a person on a job. A known e-mail address is joined with who has it.
// The vendor does not say what a second application on the same job gives: here it
// is kept as another one, so that whoever does not look first is found out.
func (s *Server) apply(j *Job, in input) *Candidate {
	var c *Candidate
	for _, known := range s.candidates {
		if strings.EqualFold(known.Email, in.Email) {
			c = known
		}
	}
	if c == nil {
		c = &Candidate{ID: s.id(), FirstName: in.FirstName, LastName: in.LastName, Email: in.Email, CreatedOn: s.now(), SecondaryAssignments: []*Assignment{}}
		s.candidates = append(s.candidates, c)
	}
	a := &Assignment{Job: JobRef{j.ID, j.Title}, Status: "NEW", Source: "API"}
	if in.SourceDetails != nil {
		a.Source = in.SourceDetails.SourceID
	}
	if c.PrimaryAssignment != nil {
		c.SecondaryAssignments = append(c.SecondaryAssignments, c.PrimaryAssignment)
	}
	c.PrimaryAssignment, c.UpdatedOn, c.PhoneNumber, c.Tags = a, s.now(), in.PhoneNumber, in.Tags
	return c
}

// Apply makes a candidate as a person on the client's career site would, and gives
// the candidate's id.
func (s *Server) Apply(job, first, last, email string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.job(job)
	if j == nil {
		return "", fmt.Errorf("there is no job %s", job)
	}
	c := s.apply(j, input{FirstName: first, LastName: last, Email: email})
	s.tell("application.created", c.ID, j.ID)
	return c.ID, nil
}

// Move sets a candidate's status on a job.
func (s *Server) Move(candidate, job, status, sub string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, a := s.application(candidate, job)
	if a == nil {
		return errors.New("the candidate is not on the job")
	}
	a.Status, a.SubStatus, c.UpdatedOn = status, sub, s.now()
	s.tell("application.status.updated", candidate, job)
	return nil
}

// Hire sets HIRED with a start, and keeps an accepted offer.
func (s *Server) Hire(candidate, job, start string, properties map[string]string) error {
	if err := s.Move(candidate, job, "HIRED", ""); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	_, a := s.application(candidate, job)
	a.StartsOn = start
	s.offers[candidate+job] = append(s.offers[candidate+job], Offer{ID: s.id(), Status: "ACCEPTED", CreatedOn: s.now(), UpdatedOn: s.now(), Properties: properties})
	return nil
}

// CountApplications counts candidates on jobs.
func (s *Server) CountApplications() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.candidates {
		n += len(c.SecondaryAssignments)
		if c.PrimaryAssignment != nil {
			n++
		}
	}
	return n
}

// Resumes gives the names of a candidate's files.
func (s *Server) Resumes(candidate string) (names []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.candidate(candidate); c != nil {
		for _, f := range c.attachments {
			names = append(names, f.Type+" "+f.Name+" "+string(f.content))
		}
	}
	return names
}

func (s *Server) candidate(id string) *Candidate {
	for _, c := range s.candidates {
		if c.ID == id {
			return c
		}
	}
	return nil
}

func (s *Server) application(candidate, job string) (*Candidate, *Assignment) {
	c := s.candidate(candidate)
	if c == nil {
		return nil, nil
	}
	for _, a := range append([]*Assignment{c.PrimaryAssignment}, c.SecondaryAssignments...) {
		if a != nil && a.Job.ID == job {
			return c, a
		}
	}
	return c, nil
}

func (s *Server) listCandidates(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	since, err := after(q)
	if err == nil {
		err = checked(q, "jobId", "status", "onboardingStatus")
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	var rows []any
	for _, c := range s.candidates {
		text := strings.ToLower(c.FirstName + " " + c.LastName + " " + c.Email)
		if fresh(c.UpdatedOn, since) && strings.Contains(text, strings.ToLower(q.Get("q"))) {
			rows = append(rows, c)
		}
	}
	s.page(w, q, rows)
}

func (s *Server) showApplication(w http.ResponseWriter, candidate, job string) {
	if _, a := s.application(candidate, job); a != nil {
		answer(w, http.StatusOK, a)
		return
	}
	refuse(w, http.StatusNotFound, "Candidate is not assigned to given job")
}

func (s *Server) listOffers(w http.ResponseWriter, candidate, job string) {
	answer(w, http.StatusOK, whole(s.offers[candidate+job]))
}

func (s *Server) listAttachments(w http.ResponseWriter, candidate string) {
	c := s.candidate(candidate)
	if c == nil {
		refuse(w, http.StatusNotFound, "Candidate not found")
		return
	}
	answer(w, http.StatusOK, whole(c.attachments))
}

func (s *Server) addAttachment(w http.ResponseWriter, r *http.Request, candidate string) {
	c := s.candidate(candidate)
	if c == nil {
		refuse(w, http.StatusNotFound, "Candidate not found")
		return
	}
	file, head, err := r.FormFile("file")
	if err != nil {
		refuse(w, http.StatusBadRequest, "the form has no file")
		return
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, 32<<20))
	if err != nil {
		refuse(w, http.StatusBadRequest, "the file broke off")
		return
	}
	kind := r.FormValue("attachmentType")
	if kind != "RESUME" && kind != "GENERIC_FILE" {
		refuse(w, http.StatusBadRequest, "attachmentType is not valid")
		return
	}
	a := Attachment{ID: s.id(), Name: head.Filename, Type: kind, ContentType: head.Header.Get("Content-Type"), content: content}
	c.attachments = append(c.attachments, a)
	c.UpdatedOn = s.now()
	answer(w, http.StatusCreated, a)
}
