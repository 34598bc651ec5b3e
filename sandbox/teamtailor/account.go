package teamtailor

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

// OpenJob publishes a job and gives its id.
func (s *Server) OpenJob(title string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.named("users", "name", "Rae Cole") == nil {
		s.add("users", map[string]any{"name": "Rae Cole", "email": "rae@client.example", "title": "Recruiter"}, nil)
		s.add("departments", map[string]any{"name": "Care"}, nil)
		s.add("locations", map[string]any{"name": "Head office", "city": "Malmö", "country": "Sweden"}, nil)
	}
	j := s.add("jobs", map[string]any{"title": title, "pitch": "Care for people", "body": "<p>What it is about.</p>", "status": "open", "human-status": "published",
		"internal": false, "internal-name": title, "tags": []string{}, "remote-status": "none", "employment-type": "temporary", "employment-level": "none",
		"currency": "SEK", "salary-time-unit": "hourly", "min-salary": 180, "max-salary": 220.5, "start-date": "2026-12-07", "end-date": nil},
		map[string][]Ref{"department": {s.ref("departments", "name", "Care")}, "user": {s.ref("users", "name", "Rae Cole")},
			"locations": {s.ref("locations", "city", "Malmö")}, "custom-field-values": {s.value("Cost center", "CC-100"), s.value("Bill rate max", "385.50")}})
	s.tell("job.create", j)
	return j.ID
}

func (s *Server) ref(kind, attribute, value string) Ref {
	return Ref{s.named(kind, attribute, value).ID, kind}
}

// value fills in a custom field.
func (s *Server) value(field, value string) Ref {
	v := s.add("custom-field-values", map[string]any{"value": value, "field-type": "CustomField::Text"},
		map[string][]Ref{"custom-field": {s.ref("custom-fields", "name", field)}})
	return Ref{v.ID, v.Type}
}

// EditJob changes a job's attributes as a person at the client would.
func (s *Server) EditJob(id string, edit func(map[string]any)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.find(Ref{id, "jobs"})
	if j == nil {
		return fmt.Errorf("there is no job %s", id)
	}
	edit(j.Attributes)
	j.Attributes["updated-at"] = s.now()
	s.tell("job.update", j)
	return nil
}

// RemoveJob deletes a job as a person at the client would.
func (s *Server) RemoveJob(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.things["jobs"] = slices.DeleteFunc(s.things["jobs"], func(r *Resource) bool { return r.ID == id })
}

// Apply makes a candidate with an application, as the client's career site would,
// and gives the application's id.
func (s *Server) Apply(job, first, last, email string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.find(Ref{job, "jobs"}) == nil {
		return "", fmt.Errorf("there is no job %s", job)
	}
	who := s.named("candidates", "email", email)
	if who == nil {
		who = s.add("candidates", map[string]any{"first-name": first, "last-name": last, "email": email, "sourced": false}, nil)
	}
	return s.put(who, job, map[string]any{"sourced": false}).ID, nil
}

// put makes an application in the first stage.
func (s *Server) put(who *Resource, job string, attributes map[string]any) *Resource {
	attributes["rejected-at"], attributes["changed-stage-at"] = nil, s.now()
	a := s.add("job-applications", attributes, map[string][]Ref{"candidate": {{who.ID, who.Type}}, "job": {{job, "jobs"}},
		"stage": {s.ref("stages", "stage-type", "inbox")}})
	who.Relationships["job-applications"] = append(who.Relationships["job-applications"], Ref{a.ID, a.Type})
	s.tell("job_application.create", a)
	return a
}

// Move puts an application into the stage of that type.
func (s *Server) Move(application, stage string) error {
	return s.edit(application, func(a *Resource) {
		a.Relationships["stage"] = []Ref{s.ref("stages", "stage-type", stage)}
		a.Attributes["changed-stage-at"] = s.now()
	})
}

// Reject rejects an application for one of the account's reasons.
func (s *Server) Reject(application, reason string) error {
	return s.edit(application, func(a *Resource) {
		a.Attributes["rejected-at"] = s.now()
		a.Relationships["reject-reason"] = []Ref{s.ref("reject-reasons", "reason", reason)}
	})
}

// Hire moves an application to the hired stage, and notes the agreed bill rate.
func (s *Server) Hire(application, billRate string) error {
	return s.edit(application, func(a *Resource) {
		a.Relationships["stage"] = []Ref{s.ref("stages", "stage-type", "hired")}
		who := s.find(a.Relationships["candidate"][0])
		who.Relationships["custom-field-values"] = []Ref{s.value("Bill rate", billRate)}
	})
}

func (s *Server) edit(application string, edit func(*Resource)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.find(Ref{application, "job-applications"})
	if a == nil {
		return fmt.Errorf("there is no application %s", application)
	}
	edit(a)
	a.Attributes["updated-at"] = s.now()
	s.tell("job_application.update", a)
	return nil
}

// CountApplications counts the applications of the account.
func (s *Server) CountApplications() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.things["job-applications"])
}

// Candidate gives the attributes of who has the e-mail address; nil: nobody.
func (s *Server) Candidate(email string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if who := s.named("candidates", "email", email); who != nil {
		return who.Attributes
	}
	return nil
}

// body is what a POST sends.
type body struct {
	Data struct {
		Type          string
		Attributes    map[string]any
		Relationships map[string]struct{ Data Ref }
	}
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, kind string) {
	var in body
	if err := json.NewDecoder(io.LimitReader(r.Body, 1<<20)).Decode(&in); err != nil || in.Data.Type != kind {
		refuse(w, http.StatusBadRequest, "the body is no resource of the type "+kind)
		return
	}
	known := map[string][]string{"candidates": {"first-name", "last-name", "email", "phone", "pitch", "resume", "sourced", "tags", "merge", "referring-site"},
		"job-applications": {"cover-letter", "sourced", "referring-site"}}[kind]
	for name := range in.Data.Attributes {
		if !slices.Contains(known, name) {
			refuse(w, http.StatusBadRequest, name+" is not allowed")
			return
		}
	}
	birth := map[string]func(body) (*Resource, error){"candidates": s.person, "job-applications": s.application}[kind]
	if birth == nil {
		refuse(w, http.StatusForbidden, "this key cannot create "+kind)
		return
	}
	made, err := birth(in)
	if err != nil {
		refuse(w, http.StatusUnprocessableEntity, err.Error())
		return
	}
	s.answer(w, http.StatusCreated, r, made)
}

func (s *Server) person(in body) (*Resource, error) {
	a := in.Data.Attributes
	email, _ := a["email"].(string) // absent: refused below
	link, _ := a["resume"].(string) // absent: none
	merge := a["merge"] == true
	delete(a, "merge")
	known := s.named("candidates", "email", email)
	switch {
	case !strings.Contains(email, "@"):
		return nil, errors.New("email - can't be blank")
	case link != "" && !strings.HasPrefix(link, "https://"):
		return nil, errors.New("resume - is no public address")
	case known != nil && !merge:
		return nil, errors.New("email - has already been taken")
	case known != nil:
		for k, v := range a {
			known.Attributes[k] = v
		}
		known.Attributes["updated-at"] = s.now()
		return known, nil
	}
	return s.add("candidates", a, nil), nil
}

func (s *Server) application(in body) (*Resource, error) {
	who, job := s.find(in.Data.Relationships["candidate"].Data), s.find(in.Data.Relationships["job"].Data)
	if who == nil || job == nil || who.Type != "candidates" || job.Type != "jobs" {
		return nil, errors.New("candidate or job - must exist")
	}
	for _, to := range who.Relationships["job-applications"] {
		if s.opts.RefuseTwice && s.find(to).Relationships["job"][0].ID == job.ID {
			return nil, errors.New("candidate - has already applied")
		}
	}
	return s.put(who, job.ID, in.Data.Attributes), nil
}

// SetWebhook has every event delivered to post, signed with key; nil ends it.
func (s *Server) SetWebhook(post func([]byte), key string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook, s.key = post, key
}

func (s *Server) tell(event string, r *Resource) {
	if s.hook == nil {
		return
	}
	payload, err := json.Marshal(map[string]any{"event_name": event, "data": map[string]any{"id": r.ID, "type": r.Type, "attributes": r.Attributes}})
	if err != nil {
		return // our own values
	}
	s.hook(Delivery(s.key, payload))
}

// Delivery wraps a payload with its signature. Which bytes the vendor signs is not
// documented: here those of the payload.
func Delivery(key string, payload []byte) []byte {
	return []byte(`{"payload":` + string(payload) + `,"signature":"` + Sign(key, payload) + `"}`)
}

// Sign gives the base64 of the hexadecimal HMAC-SHA256.
func Sign(key string, signed []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(signed)
	return base64.StdEncoding.EncodeToString([]byte(hex.EncodeToString(mac.Sum(nil))))
}
