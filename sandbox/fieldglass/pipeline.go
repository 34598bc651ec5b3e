package fieldglass

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// seeker is a job seeker on a posting as it is kept.
type seeker struct {
	ID            int64
	Ref           string
	External      string // the supplier's reference
	Posting       string
	FirstName     string
	LastName      string
	Email         string
	SecurityID    string
	AvailableFrom string
	Comments      string
	Rates         []ClassRate
	Answers       map[string]string // to custom fields
	Quals         map[string]string
	File          int64
	Status        string
	Reason        string
	WorkOrder     string
	SubmittedAt   time.Time
	UpdatedAt     time.Time
	Held          bool // uploaded, but not processed yet
}

// ClassRate is what the supplier asks for one rate class (ST, OT, DT). Amounts are
// decimals; "0.00" stands for none.
type ClassRate struct{ Class, Bill, Pay string }

// File is an attachment.
type File struct {
	Name, ContentType string
	Content           []byte
}

// JobSeeker is a job seeker as the demo world looks at it.
type JobSeeker struct {
	ID          string // e.g. ACMEJS00005001
	ExternalID  string // the hub's reference
	PostingID   string
	Name        string
	Email       string
	Status      string // the vendor's word
	Reason      string
	WorkOrderID string
	Rates       []ClassRate
	Answers     map[string]string
	HasResume   bool
	SubmittedAt time.Time
	UpdatedAt   time.Time
}

// Statuses are the words of job seekers: those of the path in order, then the
// exits. The vendor's own list is a customer document; these are met in the field.
func Statuses() (path, exits []string) {
	return []string{"Submitted", "Under Review", "Shortlisted", "Interview Requested", "Interview Scheduled", "Interview Completed", "Work Order Pending",
			"Work Order Created", "Work Order Accepted", "Hired"},
		[]string{"Rejected", "Withdrawn", "Work Order Declined", "Position Closed"}
}

func inReview(status string) bool { return !final(status) && !hired(status) }

func hired(status string) bool { return status == "Hired" }

func final(status string) bool {
	_, exits := Statuses()
	return slices.Contains(exits, status)
}

// JobSeekers lists all job seekers, oldest first.
func (s *Server) JobSeekers() []JobSeeker {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := s.seekers.List(nil)
	out := make([]JobSeeker, len(list))
	for i, k := range list {
		out[i] = JobSeeker{ID: k.Ref, ExternalID: k.External, PostingID: k.Posting, Name: k.FirstName + " " + k.LastName, Email: k.Email, Status: k.Status,
			Reason: k.Reason, WorkOrderID: k.WorkOrder, Rates: k.Rates, Answers: k.Answers, HasResume: k.File != 0, SubmittedAt: k.SubmittedAt, UpdatedAt: k.UpdatedAt}
	}
	return out
}

// Resume gives the file that came with a job seeker; false when none did.
func (s *Server) Resume(jobSeeker string) (File, bool) {
	k, ok := s.seekers.Get(s.number("JS", jobSeeker))
	if !ok {
		return File{}, false
	}
	return s.files.Get(k.File)
}

// CountJobSeekers gives the number of job seekers.
func (s *Server) CountJobSeekers() int { return s.seekers.Len() }

// Pair is a candidate on a posting. The candidate is the e-mail address in lower
// case, or the name where there is none.
type Pair struct{ PostingID, Candidate string }

// CountPairs counts the job seekers of every pair: more than one is a duplicate.
func (s *Server) CountPairs() map[Pair]int {
	out := map[Pair]int{}
	for _, k := range s.JobSeekers() {
		who := strings.ToLower(k.Email)
		if who == "" {
			who = k.Name
		}
		out[Pair{k.PostingID, who}]++
	}
	return out
}

// AddJobSeeker puts a person forward by hand, without any reference of the hub.
func (s *Server) AddJobSeeker(posting, first, last, email string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, ok := s.posting(posting)
	if !ok || p.Status != "Submitted" {
		return "", fmt.Errorf("job posting %s takes no job seekers", posting)
	}
	return s.enter(seeker{Posting: posting, FirstName: first, LastName: last, Email: email, AvailableFrom: p.Spec.StartDate}).Ref, nil
}

func (s *Server) enter(k seeker) seeker {
	now := s.now()
	_, k = s.seekers.Insert(func(id int64) seeker {
		k.ID, k.Ref, k.Status, k.SubmittedAt, k.UpdatedAt = id, s.ref("JS", id), "Submitted", now, now
		return k
	})
	s.tellSeeker(k)
	return k
}

func (s *Server) moveSeeker(id int64, status, reason string) {
	s.seekers.Update(id, func(k *seeker) { k.Status, k.Reason, k.UpdatedAt = status, reason, s.now() })
	k, _ := s.seekers.Get(id) // it was there a line ago
	s.tellSeeker(k)
}

func (s *Server) tellSeeker(k seeker) {
	s.push("Job Seeker Status Update", element{{"JobSeekerId", k.Ref}, {"JobPostingId", k.Posting}, {"Status", k.Status}})
}

// active gives a job seeker that can still move.
func (s *Server) active(ref string) (seeker, error) {
	k, ok := s.seekers.Get(s.number("JS", ref))
	switch {
	case !ok:
		return k, fmt.Errorf("there is no job seeker %s", ref)
	case final(k.Status) || hired(k.Status):
		return k, fmt.Errorf("job seeker %s is %q", ref, k.Status)
	}
	return k, nil
}

// MoveJobSeeker sets a status of the path before the work order, or an exit.
func (s *Server) MoveJobSeeker(jobSeeker, status string) error {
	path, exits := Statuses()
	if !slices.Contains(path[:slices.Index(path, "Work Order Created")], status) && !slices.Contains(exits, status) {
		return fmt.Errorf("%q is no status that a job seeker can be moved to", status)
	}
	return s.SetStatus(jobSeeker, status, "")
}

// RejectJobSeeker rejects with the client's reason.
func (s *Server) RejectJobSeeker(jobSeeker, reason string) error {
	return s.SetStatus(jobSeeker, "Rejected", reason)
}

// WithdrawJobSeeker takes a job seeker back, as the supplier does on its page.
func (s *Server) WithdrawJobSeeker(jobSeeker, reason string) error {
	return s.SetStatus(jobSeeker, "Withdrawn", reason)
}

// SetStatus sets any word, also one that only this tenant has.
func (s *Server) SetStatus(jobSeeker, word, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.active(jobSeeker)
	if err != nil {
		return err
	}
	s.moveSeeker(k.ID, word, reason)
	return nil
}

// ReopenJobSeeker puts one that had left the path back into review.
func (s *Server) ReopenJobSeeker(jobSeeker string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok := s.seekers.Get(s.number("JS", jobSeeker))
	if !ok || !final(k.Status) {
		return fmt.Errorf("job seeker %s is %q, so it cannot be opened again", jobSeeker, k.Status)
	}
	s.moveSeeker(k.ID, "Under Review", "")
	return nil
}

// HoldUploads lets uploads be taken but not processed, as the vendor does with
// large ones; they show when it ends.
func (s *Server) HoldUploads(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meta.Update(1, func(m *meta) { m.Held = on })
	if on {
		return
	}
	for _, k := range s.seekers.List(func(k seeker) bool { return k.Held }) {
		s.seekers.Update(k.ID, func(k *seeker) { k.Held, k.UpdatedAt = false, s.now() })
		s.processed(k.ID, "OK", "0", "1 of 1 records processed.")
	}
}
