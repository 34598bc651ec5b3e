package workable

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Apply puts a candidate on a job, as somebody else than the hub would, and gives
// the candidate's id.
func (s *Server) Apply(shortcode, first, last, email string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.job(shortcode)
	if j == nil {
		return "", fmt.Errorf("there is no job %s", shortcode)
	}
	no := false
	in := application{Sourced: &no}
	in.Candidate.Firstname, in.Candidate.Lastname, in.Candidate.Email = first, last, email
	c, err := s.born(j, in)
	if err != nil {
		return "", err
	}
	return c.ID, nil
}

// Move puts a candidate into another stage.
func (s *Server) Move(id, stage, kind string) error {
	return s.change(id, "candidate_moved", func(c *Candidate) { c.Stage, c.StageKind = stage, kind })
}

// Disqualify takes a candidate off the path; withdrew says that the candidate
// left. The stage stays, and no webhook is sent.
func (s *Server) Disqualify(id, reason string, withdrew bool) error {
	return s.change(id, "", func(c *Candidate) {
		now := s.now()
		c.Disqualified, c.DisqualifiedAt, c.Withdrew, c.Disqualification = true, &now, withdrew, &reason
	})
}

// Hire makes an offer that is accepted, and moves the candidate to hired.
func (s *Server) Hire(id, startDate string) error {
	return s.change(id, "candidate_moved", func(c *Candidate) {
		now := s.now()
		c.Stage, c.StageKind, c.HiredAt = "Hired", "hired", &now
		s.offers[id] = Offer{State: "accepted", StartDate: startDate}
	})
}

func (s *Server) change(id, event string, f func(*Candidate)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.candidate(id)
	if c == nil {
		return fmt.Errorf("there is no candidate %s", id)
	}
	f(c)
	c.UpdatedAt = s.now()
	if event != "" {
		s.tell(event, c)
	}
	return nil
}

// CountCandidates counts the candidates of all jobs.
func (s *Server) CountCandidates() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.candidates)
}

// ResumeOf gives the file that came with a candidate; nil: none.
func (s *Server) ResumeOf(id string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.candidate(id); c != nil {
		return c.resume
	}
	return nil
}

// SetWebhook hands every delivery from now on to post, signed with the account's
// token. Post is called while the account is locked: it must not call it.
func (s *Server) SetWebhook(post func(http.Header, []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.post = post
}

func (s *Server) tell(event string, c *Candidate) {
	if s.post == nil {
		return
	}
	s.next++
	body, err := json.Marshal(map[string]any{"id": "e" + strconv.FormatInt(s.next, 16), "event_type": event, "resource_type": "candidate",
		"fired_at": s.now().Format(time.RFC3339), "data": c})
	if err != nil {
		panic(err) // our own types
	}
	header := http.Header{}
	header.Set("Content-Type", "application/json")
	header.Set("X-Workable-Signature", Sign(s.opts.Token, body))
	s.post(header, body)
}

// Sign gives the X-Workable-Signature of a body.
func Sign(key string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
