package beeline

import (
	"fmt"
	"strconv"
)

// Post releases a job posting to the supplier and gives its uid.
func (s *Server) Post(title string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	uid := s.uid()
	s.postings = append(s.postings, Object{"uid": uid, "status": "OPEN", "title": title, "sourceVMS": "BEELINE_ENTERPRISE",
		"enterpriseJobPostingNumber": strconv.Itoa(1234000 + s.next), "quantity": 2, "requestedWorkers": 2, "candidateSubmissionLimitPerSupplier": 3,
		"currency": "USD", "startDate": "2027-01-11", "endDate": "2027-07-09", "created": s.stamp(), "modified": s.stamp()})
	return uid
}

// Edit changes a posting and its time of change.
func (s *Server) Edit(uid, name string, value any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := byUID(s.postings, uid); p != nil {
		p[name], p["modified"] = value, s.stamp()
	}
}

// Require makes postings ask for custom fields of candidates.
func (s *Server) Require(names ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.required = names
}

// Apply puts a person forward as a supplier's user would, and gives the candidate's uid.
func (s *Server) Apply(posting string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := Object{"uid": s.uid(), "firstName": "Eve", "lastName": "Moss", "email": fmt.Sprintf("person%d@mail.example", s.next)}
	c := Object{"uid": s.uid(), "status": "SUBMITTED", "jobPostingUid": posting, "workerUid": w["uid"], "rateCurrency": "USD", "ratePeriod": "HOURLY", "modified": s.stamp()}
	s.workers, s.candidates = append(s.workers, w), append(s.candidates, c)
	return c.text("uid")
}

// Move gives a candidate another status; the client's system refusing it says why.
func (s *Server) Move(uid, status, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := byUID(s.candidates, uid); c != nil {
		c["status"], c["modified"] = status, s.stamp()
		if reason != "" {
			c["submissionErrorMessage"] = reason
		}
	}
}

// Candidate gives a candidate, and its résumé by name; nil when it is not there.
func (s *Server) Candidate(uid string) (Object, map[string][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	files := map[string][]byte{}
	for _, m := range anyList(byUID(s.candidates, uid)["media"]) {
		if one, ok := m.(map[string]any); ok {
			name, _ := one["fileName"].(string)
			files[name] = s.files[uid+"/"+name]
		}
	}
	return byUID(s.candidates, uid), files
}

func anyList(v any) []any { l, _ := v.([]any); return l } // another kind of value is no list

// Submitted counts the candidates that were sent to the client.
func (s *Server) Submitted() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.candidates {
		if c.text("status") != "CREATED" {
			n++
		}
	}
	return n
}

// Counts gives how many workers and candidates there are.
func (s *Server) Counts() (workers, candidates int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.workers), len(s.candidates)
}
