package icims

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
)

// statuses are the platform's: ids and "bin: status".
func statuses() map[string]string {
	return map[string]string{"C12295": "New Submissions: New Submission", "D10100": "Interview: Phone Interview", "D10110": "Offer: Offer Extended",
		"D10120": "Hired: Hired", "D10130": "Rejected: Not Selected", "D10140": "Withdrawn: Candidate Withdrew"}
}

func (s *Server) create(w http.ResponseWriter, r *http.Request, what string) {
	var in object
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20))
	dec.UseNumber()
	if err := dec.Decode(&in); err != nil || in == nil {
		refuse(w, http.StatusBadRequest, "the body is no JSON object")
		return
	}
	born := s.person
	if what == "applicantworkflows" {
		born = s.workflow
	}
	rec, err := born(in)
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	w.Header().Set("Location", s.url(r, what, rec.id))
	w.WriteHeader(http.StatusCreated)
}

func (s *Server) add(what string, fields object) *record {
	s.next++
	rec := &record{id: s.next, fields: fields, changed: s.opts.Now()}
	s.lists[what] = append(s.lists[what], rec)
	return rec
}

func only(in object, known ...string) error {
	for k := range in {
		if !slices.Contains(known, k) {
			return fmt.Errorf("the field %s is not known", k)
		}
	}
	return nil
}

// person makes one although the e-mail address is there already: what a platform
// does then is the client's configuration.
func (s *Server) person(in object) (*record, error) {
	if err := only(in, "firstname", "lastname", "email", "phones"); err != nil {
		return nil, err
	}
	for _, k := range []string{"firstname", "lastname", "email"} {
		if v, ok := in[k].(string); !ok || v == "" {
			return nil, fmt.Errorf("the field %s is required", k)
		}
	}
	return s.add("people", in), nil
}

func (s *Server) workflow(in object) (*record, error) {
	if err := only(in, "baseprofile", "associatedprofile", "status", "source", "sourcename"); err != nil {
		return nil, err
	}
	job, person := find(s.lists["jobs"], fmt.Sprint(in["baseprofile"])), find(s.lists["people"], fmt.Sprint(in["associatedprofile"]))
	if job == nil || person == nil {
		return nil, fmt.Errorf("the job or the person was not found")
	}
	if s.pair(strconv.FormatInt(person.id, 10), strconv.FormatInt(job.id, 10)) != nil {
		return nil, fmt.Errorf("the person is submitted to the job already")
	}
	status := "C12295"
	if o, ok := in["status"].(object); ok {
		status = fmt.Sprint(o["id"])
	}
	if statuses()[status] == "" {
		return nil, fmt.Errorf("the status %s is not known", status)
	}
	fields := object{"baseprofile": s.ref("jobs", job, job.fields["jobtitle"]),
		"associatedprofile": s.ref("people", person, fmt.Sprint(person.fields["firstname"], " ", person.fields["lastname"])),
		"status":            object{"id": status, "value": statuses()[status]}}
	for _, k := range []string{"source", "sourcename"} {
		if in[k] != nil {
			fields[k] = in[k]
		}
	}
	return s.add("applicantworkflows", fields), nil
}

func (s *Server) ref(what string, rec *record, value any) object {
	return object{"profile": fmt.Sprintf("https://api.icims.com/customers/%s/%s/%d", s.opts.Customer, what, rec.id), "id": rec.id, "value": value}
}

func (s *Server) pair(person, job string) *record {
	for _, rec := range s.lists["applicantworkflows"] {
		if words(rec, "person.id")[0] == person && words(rec, "job.id")[0] == job {
			return rec
		}
	}
	return nil
}

// upload takes the file of a form as the person's résumé.
func (s *Server) upload(w http.ResponseWriter, r *http.Request, person *record) {
	if person == nil {
		refuse(w, http.StatusNotFound, "the profile was not found")
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 20<<20)
	file, head, err := r.FormFile("file")
	if err != nil || head.Filename == "" {
		refuse(w, http.StatusBadRequest, "the form holds no file")
		return
	}
	defer file.Close()
	content, err := io.ReadAll(file)
	if err != nil || len(content) == 0 {
		refuse(w, http.StatusBadRequest, "the file is empty")
		return
	}
	person.resume, person.changed = content, s.opts.Now()
	w.WriteHeader(http.StatusNoContent)
}
