package successfactors

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
)

func (s *Server) add(entity string, o object) int64 {
	s.next++
	o[key(entity)] = s.next
	if slices.Contains(properties()[entity], "lastModifiedDateTime") {
		o["lastModifiedDateTime"] = s.opts.Now()
	}
	s.rows[entity] = append(s.rows[entity], o)
	return s.next
}

// OpenRequisition makes an approved requisition and gives its id.
func (s *Server) OpenRequisition(title string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strconv.FormatInt(s.add("JobRequisition", object{"templateId": "21", "numberOpenings": "3", "status": "Approved", "internalStatus": "Approved", "isDraft": false,
		"deleted": "Not Deleted", "jobStartDate": "/Date(1764547200000)/", "createdDateTime": s.opts.Now(), "department": "Care", "city": "New York",
		"stateProvince": "New York", "country": "US", "costCenterId": "4100", "cust_billRate": "85.50", "cust_poNumber": "PO-9",
		"jobReqLocale":  object{"results": []object{{"locale": "en_US", "jobTitle": title + " (internal)", "externalTitle": title, "externalJobDescription": "<p>Care</p>", "extJobDescHeader": nil}}},
		"hiringManager": object{"results": []object{{"usersSysId": "mgr1", "firstName": "Maria", "lastName": "Hall", "email": "maria@client.example"}}},
		"recruiter":     object{"results": []object{}}}), 10)
}

// Change edits an object as a person at the client would.
func (s *Server) Change(entity, id string, edit func(map[string]any)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.rows[entity] {
		if fmt.Sprint(o[key(entity)]) == id {
			edit(o)
			o["lastModifiedDateTime"] = s.opts.Now()
			return nil
		}
	}
	return fmt.Errorf("there is no %s in %s", id, entity)
}

// Apply puts a new candidate on a requisition, as somebody else than the hub would,
// and gives the application's id.
func (s *Server) Apply(requisition, first, last, email string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	candidate, err := s.candidate(object{"firstName": first, "lastName": last, "primaryEmail": email})
	if err != nil {
		return "", err
	}
	id, err := s.application(object{"jobReqId": requisition, "candidateId": strconv.FormatInt(candidate, 10)})
	return strconv.FormatInt(id, 10), err
}

func status(name string) object { return object{"appStatusId": "1", "appStatusName": name} }

// Move puts an application into another status of the pipeline.
func (s *Server) Move(id, name string) error {
	return s.Change("JobApplication", id, func(o object) { o["jobAppStatus"] = status(name) })
}

// Hire makes an offer and moves the application to hired; start is a date of the wire.
func (s *Server) Hire(id, start string) error {
	s.mu.Lock()
	n, err := strconv.ParseInt(id, 10, 64)
	s.add("JobOffer", object{"applicationId": n, "jobStartDate": start})
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.Move(id, "Hired")
}

// CountApplications counts applications with a résumé, and the candidates.
func (s *Server) CountApplications() (applications, candidates int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.resumes), len(s.rows["Candidate"])
}

// ResumeOf gives the file of an application.
func (s *Server) ResumeOf(id string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, _ := strconv.ParseInt(id, 10, 64) // no such application: nothing
	return s.resumes[n]
}

// Block keeps the user from paging, as SAP does after too many snapshots.
func (s *Server) Block(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocked = on
}

// EndToken makes a page token no longer good.
func (s *Server) EndToken(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refused = token
}

// HideOnce keeps an application from the next list that would show it: its write is
// still under way.
func (s *Server) HideOnce(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hidden = id
}

// upsert writes one object. The answer is 200 whatever became of it.
func (s *Server) upsert(w http.ResponseWriter, r *http.Request) {
	var in object
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 32<<20))
	dec.UseNumber()
	if err := dec.Decode(&in); err != nil || in == nil {
		refuse(w, http.StatusBadRequest, "COE0018", "the body is no JSON object")
		return
	}
	meta, _ := in["__metadata"].(object) // no object: nil
	entity := fmt.Sprint(meta["uri"])
	delete(in, "__metadata")
	var id int64
	err := fmt.Errorf("[COE0021]Invalid entity %s", entity)
	switch {
	case meta["type"] != "SFOData."+entity:
	case entity == "Candidate" && s.opts.Required != "" && in[s.opts.Required] == nil:
		err = fmt.Errorf("%s required, for templateId 1, with the index 0", s.opts.Required)
	case entity == "Candidate" || entity == "CandidateLight":
		id, err = s.candidate(in)
	case entity == "JobApplication":
		id, err = s.application(in)
	}
	out := object{"key": fmt.Sprintf("%s/%s=%d", entity, map[string]string{"Candidate": "candidateId", "CandidateLight": "candidateId", "JobApplication": "applicationId"}[entity], id),
		"status": "OK", "editStatus": "UPSERTED", "message": nil, "index": 0, "httpCode": 200, "inlineResults": nil}
	if err != nil {
		out["key"], out["status"], out["editStatus"], out["message"], out["httpCode"] = nil, "ERROR", nil, err.Error(), 500
	}
	answer(w, http.StatusOK, object{"d": []object{out}})
}

func only(entity string, in object, more ...string) error {
	for k := range in {
		if !slices.Contains(append(more, properties()[entity]...), k) {
			return fmt.Errorf("[COE_PROPERTY_NOT_FOUND]Invalid property names: %s/%s", entity, k)
		}
	}
	return nil
}

// candidate refuses an address that is there already: it is unique in a tenant.
func (s *Server) candidate(in object) (int64, error) {
	if err := only("Candidate", in); err != nil {
		return 0, err
	}
	for _, k := range []string{"firstName", "lastName", "primaryEmail"} {
		if v, ok := in[k].(string); !ok || v == "" {
			return 0, fmt.Errorf("%s is required", k)
		}
	}
	for _, o := range s.rows["Candidate"] {
		if o["primaryEmail"] == in["primaryEmail"] {
			return 0, fmt.Errorf("primaryEmail is in use")
		}
	}
	return s.add("Candidate", in), nil
}

func (s *Server) application(in object) (int64, error) {
	if err := only("JobApplication", in, "resume"); err != nil {
		return 0, err
	}
	ids := map[string]int64{}
	for field, entity := range map[string]string{"jobReqId": "JobRequisition", "candidateId": "Candidate"} {
		for _, o := range s.rows[entity] {
			if fmt.Sprint(o[key(entity)]) == fmt.Sprint(in[field]) {
				ids[field] = o[key(entity)].(int64) //nolint:forcetypeassert // our own
			}
		}
		if ids[field] == 0 {
			return 0, fmt.Errorf("%s does not exist", field)
		}
	}
	for _, o := range s.rows["JobApplication"] {
		if o["jobReqId"] == ids["jobReqId"] && o["candidateId"] == ids["candidateId"] && o["status"] != "Draft Application" {
			return 0, fmt.Errorf("[COE0019]Override not allowed for Candidate ID = %d and Job Requisition ID = %d with the index 0", ids["candidateId"], ids["jobReqId"])
		}
	}
	var content []byte
	if file, ok := in["resume"].(object); ok {
		var err error
		content, err = base64.StdEncoding.DecodeString(fmt.Sprint(file["fileContent"]))
		if err != nil || len(bytes.TrimSpace(content)) == 0 || file["module"] != "RECRUITING" || file["moduleCategory"] != "RESUME" || file["fileName"] == "" {
			return 0, fmt.Errorf("the résumé cannot be read")
		}
	}
	delete(in, "resume")
	in["jobReqId"], in["candidateId"], in["status"], in["jobAppStatus"], in["appStatusSetItemId"] = ids["jobReqId"], ids["candidateId"], "Open", status("New Application"), "1"
	id := s.add("JobApplication", in)
	if content != nil {
		s.resumes[id] = content
	}
	return id, nil
}
