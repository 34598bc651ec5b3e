package smartrecruiters

import (
	"fmt"
	"net/http"
)

// Labelled is a value of a pick list.
type Labelled struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// Location is where a job is.
type Location struct {
	Country     string `json:"country"`
	CountryCode string `json:"countryCode"`
	Region      string `json:"region"`
	RegionCode  string `json:"regionCode"`
	City        string `json:"city"`
	Remote      bool   `json:"remote"`
}

// Property is one custom field of a job.
type Property struct {
	ID    string   `json:"id"`
	Label string   `json:"label"`
	Value Labelled `json:"value"`
}

// Section is one part of a job ad.
type Section struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Position is one opening of a job.
type Position struct {
	ID              string `json:"id"`
	PositionID      string `json:"positionId"`
	Type            string `json:"type"`
	TargetStartDate string `json:"targetStartDate,omitempty"`
	Status          string `json:"status"`
}

// Member is one of a job's hiring team.
type Member struct {
	ID   string `json:"id"`
	Role string `json:"role"`
}

// Job is one job of the account. A list shows the summary, the job's own address
// the details.
type Job struct {
	summary
	TargetHiringDate string         `json:"targetHiringDate,omitempty"`
	TypeOfEmployment *Labelled      `json:"typeOfEmployment,omitempty"`
	Template         bool           `json:"template"`
	Compensation     map[string]any `json:"compensation,omitempty"`
	JobAd            map[string]any `json:"jobAd,omitempty"`
	Properties       []Property     `json:"properties"`
	Positions        []Position     `json:"-"`
	Team             []Member       `json:"-"`
}

type summary struct {
	ID             string            `json:"id"`
	Title          string            `json:"title"`
	RefNumber      string            `json:"refNumber"`
	CreatedOn      string            `json:"createdOn"`
	UpdatedOn      string            `json:"updatedOn"`
	LastActivityOn string            `json:"lastActivityOn"`
	Department     *Labelled         `json:"department"`
	Location       Location          `json:"location"`
	Status         string            `json:"status"`
	PostingStatus  string            `json:"postingStatus"`
	Actions        map[string]string `json:"actions"`
}

// OpenJob publishes a job and gives its id.
func (s *Server) OpenJob(title string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, now := s.id(), s.now()
	j := &Job{summary: summary{ID: id, Title: title, RefNumber: fmt.Sprintf("REF%d", s.next), CreatedOn: now, UpdatedOn: now, LastActivityOn: now,
		Department: &Labelled{"1", "Care"}, Location: Location{Country: "United States", CountryCode: "us", Region: "California", RegionCode: "CA", City: "San Francisco"},
		Status: "SOURCING", PostingStatus: "PUBLIC", Actions: map[string]string{}},
		TypeOfEmployment: &Labelled{"contract", "Contract"}, Compensation: map[string]any{"min": 50.5, "max": 62.0, "currency": "USD"},
		JobAd:      map[string]any{"sections": map[string]any{"jobDescription": Section{"Job Description", "<p>Care</p>"}, "qualifications": Section{"Qualifications", "<p>RN</p>"}}},
		Properties: []Property{{"5ac1", "Cost Center", Labelled{"cc-100", "CC-100"}}, {"5ac2", "Bill rate max", Labelled{"", "85.50"}}},
		Positions: []Position{{ID: id + "-1", PositionID: "P-1", Type: "NEW", TargetStartDate: "2026-12-07T00:00:00.000Z", Status: "OPEN"},
			{ID: id + "-2", PositionID: "P-2", Type: "NEW", Status: "FILLED"}},
		Team: []Member{{"user-1", "RECRUITER"}, {"user-2", "HIRING_MANAGER"}}}
	s.jobs = append(s.jobs, j)
	return id
}

// EditJob changes a job as a person at the client would.
func (s *Server) EditJob(id string, edit func(*Job)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.job(id)
	if j == nil {
		return fmt.Errorf("there is no job %s", id)
	}
	edit(j)
	j.UpdatedOn = s.now()
	return nil
}

func (s *Server) job(id string) *Job {
	for _, j := range s.jobs {
		if j.ID == id {
			return j
		}
	}
	return nil
}

func (s *Server) listJobs(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	since, err := after(q)
	if err == nil {
		err = checked(q, "city", "department", "lastActivityAfter", "language", "postingStatus", "status")
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	var rows []any
	for _, j := range s.jobs {
		if fresh(j.UpdatedOn, since) {
			rows = append(rows, j.summary)
		}
	}
	s.page(w, q, rows)
}

func (s *Server) showJob(w http.ResponseWriter, id string) {
	if j := s.job(id); j != nil {
		answer(w, http.StatusOK, j)
		return
	}
	refuse(w, http.StatusNotFound, "Job not found")
}

func (s *Server) listOfJob(w http.ResponseWriter, id string, of func(*Job) any) {
	j := s.job(id)
	if j == nil {
		refuse(w, http.StatusNotFound, "Job not found")
		return
	}
	switch rows := of(j).(type) {
	case []Position:
		answer(w, http.StatusOK, whole(rows))
	case []Member:
		answer(w, http.StatusOK, whole(rows))
	}
}

func (s *Server) showUsers(w http.ResponseWriter, path []string) {
	users := map[string]map[string]any{
		"user-1": {"id": "user-1", "firstName": "Rae", "lastName": "Cole", "email": "rae@client.example", "role": "BASIC", "active": true},
		"user-2": {"id": "user-2", "firstName": "Max", "lastName": "Hill", "email": "max@client.example", "role": "BASIC", "active": true}}
	switch {
	case len(path) == 1:
		answer(w, http.StatusOK, map[string]any{"totalFound": 2, "limit": 10, "offset": 0, "content": []any{users["user-1"], users["user-2"]}})
	case users[path[1]] != nil:
		answer(w, http.StatusOK, users[path[1]])
	default:
		refuse(w, http.StatusNotFound, "User not found")
	}
}
