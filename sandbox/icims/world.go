package icims

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// OpenJob makes an approved job and gives its id.
func (s *Server) OpenJob(title string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec := s.add("jobs", object{"jobtitle": title, "folder": object{"id": "D31001", "value": "Approved", "formattedvalue": "Approved"},
		"joblocation":  object{"id": 5, "companyid": 6, "address": "https://api.icims.com/customers/1234/companies/6/fields/addresses/5", "value": "Chicago, Illinois 60661 United States"},
		"positiontype": object{"id": "D37001", "value": "Contract"}, "numberofpositions": 2, "overview": "<p>What it is about.</p>",
		"responsibilities": "<ul><li>Care</li></ul>", "qualifications": "<p>A licence</p>", "startdate": "2026-12-01",
		"hiringmanager": object{"id": 564, "value": "Maria Hall", "profile": "https://api.icims.com/customers/1234/people/564"}})
	rec.fields["jobid"] = fmt.Sprintf("2026-%d", rec.id)
	return strconv.FormatInt(rec.id, 10)
}

// EditJob changes a job as a person at the client would.
func (s *Server) EditJob(id string, edit func(map[string]any)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.edit("jobs", id, edit)
}

func (s *Server) edit(what, id string, edit func(object)) error {
	rec := find(s.lists[what], id)
	if rec == nil {
		return fmt.Errorf("there is no %s in %s", id, what)
	}
	edit(rec.fields)
	rec.changed = s.opts.Now()
	return nil
}

// Apply submits a new person to a job, as somebody else than the hub would, and
// gives the workflow's id.
func (s *Server) Apply(job, first, last, email string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	person, err := s.person(object{"firstname": first, "lastname": last, "email": email})
	if err != nil {
		return "", err
	}
	rec, err := s.workflow(object{"baseprofile": job, "associatedprofile": person.id})
	if err != nil {
		return "", err
	}
	return strconv.FormatInt(rec.id, 10), nil
}

// Move puts a workflow into another status, and sends the event.
func (s *Server) Move(id, status string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.edit("applicantworkflows", id, func(f object) {
		old := f["status"]
		f["status"] = object{"id": status, "value": statuses()[status]}
		if s.post == nil {
			return
		}
		before, _ := old.(object) // our own
		job, _ := f["baseprofile"].(object)
		person, _ := f["associatedprofile"].(object)
		body, err := json.Marshal(object{"eventType": "WorkflowStatusChangeEvent", "systemId": id, "customerId": s.opts.Customer,
			"jobId": fmt.Sprint(job["id"]), "personId": fmt.Sprint(person["id"]), "userId": "777", "newStatus": status, "oldStatus": before["id"],
			"links": []object{{"rel": "applicantWorkflow", "title": "The applicant workflow", "url": "https://api.icims.com/customers/1234/applicantworkflows/" + id}}})
		if err != nil {
			panic(err) // our own types
		}
		s.post(body)
	})
}

// Hire moves a workflow to hired, with a start date in its field.
func (s *Server) Hire(id, startDate string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.edit("applicantworkflows", id, func(f object) {
		f["status"], f["startdate"] = object{"id": "D10120", "value": statuses()["D10120"]}, startDate
	})
}

// SetEvents hands the body of every event from now on to post, which must not call
// the platform.
func (s *Server) SetEvents(post func([]byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.post = post
}

// CountPeople counts the people of the platform.
func (s *Server) CountPeople() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lists["people"])
}

// CountSubmissions counts the workflows whose person has a résumé.
func (s *Server) CountSubmissions() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, rec := range s.lists["applicantworkflows"] {
		if p := find(s.lists["people"], words(rec, "person.id")[0]); p != nil && p.resume != nil {
			n++
		}
	}
	return n
}

// Workflow gives a copy of a workflow's fields, and the résumé of its person.
func (s *Server) Workflow(id string) (fields map[string]any, resume []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rec := find(s.lists["applicantworkflows"], id)
	if rec == nil {
		return nil, nil
	}
	fields = object{}
	for k, v := range rec.fields {
		fields[k] = v
	}
	return fields, find(s.lists["people"], words(rec, "person.id")[0]).resume
}
