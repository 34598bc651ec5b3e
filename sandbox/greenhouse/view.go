package greenhouse

import (
	"fmt"
	"strings"
	"time"
)

// JobView is a job as the demo world looks at it.
type JobView struct {
	ID           int64
	Title        string
	Number       string // the client's own, may be empty
	Status       string // open, draft, closed
	OpenOpenings int
	Applications int
	OpenedAt     time.Time
}

// OpenJobs lists the jobs that take candidates now, oldest first.
func (s *Server) OpenJobs() []JobView {
	applied := map[int64]int{}
	for _, a := range s.applications.List(nil) {
		applied[deref(a.JobID)]++
	}
	free := map[int64]int{}
	for _, o := range s.openings.List(func(o Opening) bool { return o.Open }) {
		free[o.JobID]++
	}
	var out []JobView
	for _, j := range s.jobs.List(func(j Job) bool { return j.Status == "open" && !j.IsTemplate }) {
		v := JobView{ID: j.ID, Title: j.Name, Number: text(j.RequisitionID), Status: j.Status, OpenOpenings: free[j.ID], Applications: applied[j.ID]}
		if j.OpenedAt != nil {
			v.OpenedAt = *j.OpenedAt
		}
		out = append(out, v)
	}
	return out
}

// ApplicationView is an application as the demo world looks at it.
type ApplicationView struct {
	ID            int64
	JobID         int64
	CandidateID   int64
	CandidateName string
	Email         string
	SourceID      int64 // who brought the candidate; 0: not said
	StageName     string
	StageSince    time.Time
	Status        string // in_process, rejected, hired
	OfferStatus   string // of the current offer: Created, Accepted, Rejected; empty: none
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// Applications lists every application, oldest first.
func (s *Server) Applications() []ApplicationView {
	offers := map[int64]string{}
	for _, o := range s.offers.List(func(o Offer) bool { return o.Current }) {
		offers[o.ApplicationID] = o.Status
	}
	apps := s.applications.List(nil)
	out := make([]ApplicationView, 0, len(apps))
	for _, a := range apps {
		c, _ := s.candidates.Get(a.CandidateID) // gone: an application without a name
		v := ApplicationView{ID: a.ID, JobID: deref(a.JobID), CandidateID: a.CandidateID, SourceID: deref(a.SourceID), Status: a.Status,
			CandidateName: strings.TrimSpace(text(c.FirstName) + " " + text(c.LastName)), StageName: text(a.StageName),
			OfferStatus: offers[a.ID], CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt}
		if len(c.Emails) > 0 {
			v.Email = c.Emails[0].Value
		}
		if stay, ok := s.stays.Get(deref(a.StageID)); ok && stay.EnteredAt != nil {
			v.StageSince = *stay.EnteredAt
		}
		out = append(out, v)
	}
	return out
}

// JobCandidate is a person on a job.
type JobCandidate struct {
	JobID int64
	Email string // lower case
}

// ApplicationCounts counts the applications of every person on every job. A
// submission that arrived twice shows as 2.
func (s *Server) ApplicationCounts() map[JobCandidate]int {
	out := map[JobCandidate]int{}
	for _, a := range s.Applications() {
		out[JobCandidate{a.JobID, strings.ToLower(a.Email)}]++
	}
	return out
}

// Advance moves an application to the next stage of its job and gives that
// stage's name.
func (s *Server) Advance(application int64) (string, error) {
	app, ok := s.applications.Get(application)
	if !ok {
		return "", fmt.Errorf("application %d does not exist", application)
	}
	stages := s.Stages(deref(app.JobID))
	for i, name := range stages {
		if name == text(app.StageName) && i+1 < len(stages) {
			return stages[i+1], s.MoveToStage(application, stages[i+1])
		}
	}
	return "", fmt.Errorf("application %d is in the last stage", application)
}

// CountApplications gives the number of applications.
func (s *Server) CountApplications() int { return s.applications.Len() }

// CountCandidates gives the number of people.
func (s *Server) CountCandidates() int { return s.candidates.Len() }
