package ashby

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

func (s *Server) searchCandidates(in object) object {
	out := []object{}
	for _, e := range s.lists["candidate"] {
		mail, _ := e.object["primaryEmailAddress"].(object) // a candidate may have none
		value := fmt.Sprint(mail["value"])
		name := fmt.Sprint(e.object["name"])
		if (in["email"] == nil || strings.EqualFold(value, fmt.Sprint(in["email"]))) &&
			(in["name"] == nil || strings.EqualFold(name, fmt.Sprint(in["name"]))) && len(out) < 100 {
			out = append(out, e.object)
		}
	}
	return object{"results": out}
}

// createCandidate never looks for duplicates.
func (s *Server) createCandidate(in object) (object, *refusal) {
	if in["name"] == nil || in["name"] == "" {
		return nil, &refusal{"invalid_input", "name is required"}
	}
	id, now := s.id(), s.now()
	o := object{"id": id, "createdAt": now, "updatedAt": now, "name": in["name"], "emailAddresses": []object{}, "phoneNumbers": []object{},
		"socialLinks": []object{}, "tags": []object{}, "applicationIds": []string{}, "fileHandles": []object{}, "customFields": []object{},
		"profileUrl": "https://app.ashbyhq.com/candidate-searches/new/right-side/candidates/" + id}
	for key, lists := range map[string][2]string{"email": {"primaryEmailAddress", "emailAddresses"}, "phoneNumber": {"primaryPhoneNumber", "phoneNumbers"}} {
		if v := in[key]; v != nil && v != "" {
			one := object{"value": v, "type": "Personal", "isPrimary": true}
			o[lists[0]], o[lists[1]] = one, []object{one}
		}
	}
	if src := source(in["sourceId"]); src != nil {
		o["source"] = src
	}
	s.add("candidate", o)
	return object{"results": o}, nil
}

func source(id any) object {
	titles := map[any]string{AgencySource: "North Staffing", directSource: "Applied"}
	if titles[id] == "" {
		return nil
	}
	return object{"id": id, "title": titles[id], "isArchived": false}
}

func (s *Server) createHandle(host string, in object) (object, *refusal) {
	for _, key := range []string{"fileUploadContext", "filename", "contentType", "contentLength"} {
		if in[key] == nil {
			return nil, &refusal{"invalid_input", key + " is required"}
		}
	}
	id := s.id()
	s.handles[id] = upload{name: fmt.Sprint(in["filename"]), kind: fmt.Sprint(in["contentType"])}
	return object{"results": object{"handle": id, "url": "http://" + host + "/storage/" + id, "fields": object{"key": "uploads/" + id, "policy": "sandbox-policy"}}}, nil
}

// take is the storage, which is not Ashby: it knows no API key, wants its own
// fields first and the file last.
func (s *Server) take(w http.ResponseWriter, r *http.Request, id string) {
	form, err := r.MultipartReader()
	up, known := s.handles[id]
	if err != nil || !known || r.Header.Get("Authorization") != "" {
		http.Error(w, "<Error><Code>AccessDenied</Code></Error>", http.StatusForbidden)
		return
	}
	var seen []string
	for {
		part, err := form.NextPart()
		if err != nil {
			break
		}
		value, err := io.ReadAll(part)
		if err != nil {
			break
		}
		seen = append(seen, part.FormName())
		if part.FormName() == "file" {
			up.content = value
		}
	}
	slices.Sort(seen[:max(0, len(seen)-1)])
	if !slices.Equal(seen, []string{"key", "policy", "file"}) {
		http.Error(w, "<Error><Code>InvalidArgument</Code></Error>", http.StatusBadRequest)
		return
	}
	s.handles[id] = up
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) uploadResume(in object) (object, *refusal) {
	e := s.entry("candidate", in["candidateId"])
	up := s.handles[fmt.Sprint(in["resumeHandle"])]
	switch {
	case e == nil:
		return nil, &refusal{"candidate_not_found", "There is no such candidate"}
	case up.content == nil:
		return nil, &refusal{"invalid_input", "Nothing was uploaded under this handle"}
	}
	file := object{"id": s.id(), "name": up.name, "handle": in["resumeHandle"]}
	list, _ := e.object["fileHandles"].([]object) // born with one
	e.object["resumeFileHandle"], e.object["fileHandles"] = file, append(list, file)
	s.files[fmt.Sprint(in["candidateId"])] = up.content
	s.touch(e)
	return object{"results": e.object}, nil
}

func (s *Server) createApplication(in object) (object, *refusal) {
	candidate, job := s.entry("candidate", in["candidateId"]), s.entry("job.list", in["jobId"])
	if candidate == nil || job == nil {
		return nil, &refusal{"invalid_input", "There is no such candidate or job"}
	}
	if job.object["status"] != "Open" {
		return nil, &refusal{"job_not_open", "The job takes no candidates"}
	}
	stage, status := s.stage("New Lead"), "Lead"
	for _, st := range s.stages() {
		if st["id"] == in["interviewStageId"] || in["interviewStageId"] == "FirstPreInterviewScreen" && st["title"] == "Application Review" {
			stage, status = st, "Active"
		}
	}
	if in["interviewStageId"] != nil && status == "Lead" {
		return nil, &refusal{"invalid_input", "There is no such interview stage"}
	}
	id, now := s.id(), s.now()
	app := object{"id": id, "createdAt": now, "updatedAt": now, "status": status, "customFields": []object{}, "currentInterviewStage": stage,
		"candidate": object{"id": candidate.object["id"], "name": candidate.object["name"]},
		"job":       object{"id": job.object["id"], "title": job.object["title"], "locationId": groupID, "departmentId": groupID}, "hiringTeam": team()}
	if src := source(in["sourceId"]); src != nil {
		app["source"] = src
	}
	s.add("application.list", app)
	ids, _ := candidate.object["applicationIds"].([]string) // born with one
	candidate.object["applicationIds"] = append(ids, id)
	s.tell("applicationSubmit", object{"application": object{"id": id}})
	return object{"results": app}, nil
}

// Apply puts a candidate on a job, as somebody else than the hub would, and gives
// the application's id.
func (s *Server) Apply(job, name, email string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	person, bad := s.createCandidate(object{"name": name, "email": email, "sourceId": directSource})
	if bad != nil {
		return "", fmt.Errorf("%s", bad.message)
	}
	made, _ := person["results"].(object) // our own
	out, bad := s.createApplication(object{"candidateId": made["id"], "jobId": job, "sourceId": directSource, "interviewStageId": "FirstPreInterviewScreen"})
	if bad != nil {
		return "", fmt.Errorf("%s", bad.message)
	}
	app, _ := out["results"].(object) // our own
	return fmt.Sprint(app["id"]), nil
}

// Move puts an application into the stage of that title.
func (s *Server) Move(id, stage string) error {
	return s.application(id, "candidateStageChange", func(o object) error {
		st := s.stage(stage)
		if st == nil {
			return fmt.Errorf("there is no stage %s", stage)
		}
		o["currentInterviewStage"], o["status"] = st, "Active"
		return nil
	})
}

// Archive ends an application; kind is RejectedByOrg, RejectedByCandidate or Other.
func (s *Server) Archive(id, text, kind string) error {
	return s.application(id, "candidateStageChange", func(o object) error {
		o["status"], o["archivedAt"], o["currentInterviewStage"] = "Archived", s.now(), s.stage("Archived")
		o["archiveReason"] = object{"id": s.id(), "text": text, "reasonType": kind, "isArchived": false}
		return nil
	})
}

// Hire makes an accepted offer with these custom fields, fills an opening of the
// job, and marks the application as hired.
func (s *Server) Hire(id, startsAt string, values map[string]any) error {
	return s.application(id, "candidateHire", func(o object) error {
		job, _ := o["job"].(object) // our own
		opening := ""
		for _, e := range s.lists["opening.list"] {
			latest, _ := e.object["latestVersion"].(object) // our own
			jobs, _ := latest["jobIds"].([]string)
			if opening == "" && e.object["openingState"] == "Open" && slices.Contains(jobs, fmt.Sprint(job["id"])) {
				opening = fmt.Sprint(e.object["id"])
				e.object["openingState"] = "Filled"
				s.touch(e)
			}
		}
		o["status"], o["currentInterviewStage"], o["_opening"] = "Hired", s.stage("Hired"), opening
		s.add("offer.list", object{"id": s.id(), "decidedAt": s.now(), "applicationId": id, "acceptanceStatus": "Accepted", "offerStatus": "CandidateAccepted",
			"latestVersion": object{"id": s.id(), "startDate": startsAt, "salary": object{"currencyCode": "USD", "value": 120000}, "createdAt": s.now(),
				"openingId": opening, "customFields": custom(values), "fileHandles": []object{}, "approvalStatus": "Approved"}})
		return nil
	})
}

// CancelOffer takes the offers of an application back that were accepted. When they
// were decided stays, and so does the application's status.
func (s *Server) CancelOffer(application string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	found := false
	for _, e := range s.lists["offer.list"] {
		if o := e.object; o["applicationId"] == application && o["acceptanceStatus"] == "Accepted" {
			o["acceptanceStatus"], o["offerStatus"], found = "Cancelled", "OfferCancelled", true
			s.touch(e)
			s.tell("offerUpdate", object{"offer": object{"id": o["id"], "applicationId": application}})
		}
	}
	if !found {
		return fmt.Errorf("there is no accepted offer of application %s", application)
	}
	return nil
}

func (s *Server) application(id, action string, f func(object) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entry("application.list", id)
	if e == nil {
		return fmt.Errorf("there is no application %s", id)
	}
	if err := f(e.object); err != nil {
		return err
	}
	s.touch(e)
	s.tell(action, object{"application": object{"id": id}})
	return nil
}

// CountApplications counts the applications of the account, CountCandidates its
// people.
func (s *Server) CountApplications() int { return len(s.Ids("application.list")) }

// CountCandidates counts the people of the account.
func (s *Server) CountCandidates() int { return len(s.Ids("candidate")) }

// ResumeOf gives the résumé of a candidate; nil: none.
func (s *Server) ResumeOf(candidate string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[candidate]
}
