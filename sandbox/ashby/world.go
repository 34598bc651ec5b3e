package ashby

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
)

// Ids of what every account has.
const (
	PlanID       = "4e3a2b10-5c6d-4e7f-8a9b-0c1d2e3f4a5b"
	AgencySource = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
	directSource = "1b2c3d4e-5f6a-4b7c-8d9e-0f1a2b3c4d5e"
	userID       = "2c3d4e5f-6a7b-4c8d-9e0f-1a2b3c4d5e6f"
	groupID      = "5f7b3b3b-7b1b-4b1b-8b3b-7b1b4b1b8b3b"
	fieldID      = "650e5f74-32db-4a0a-b61b-b9afece05023"
)

// JobSpec is what a job is opened with.
type JobSpec struct {
	Title    string
	Openings int
	Hourly   bool           // the pay is by the hour
	Custom   map[string]any // custom fields by their title
	Status   string         // default Open
}

func (s *Server) masterData() {
	s.add("interviewPlan.list", object{"id": PlanID, "title": "Default", "isArchived": false, "createdAt": s.now(), "updatedAt": s.now()})
	s.add("customField.list", object{"id": fieldID, "isPrivate": false, "title": "Cost Center", "objectType": "Job", "isArchived": false,
		"fieldType": "String", "isRequired": true})
	s.add("customField.list", object{"id": "751e5f74-32db-4a0a-b61b-b9afece05024", "isPrivate": false, "title": "Shift", "objectType": "Offer", "isArchived": false,
		"fieldType": "ValueSelect", "isRequired": false, "selectableValues": []object{
			{"label": "Day", "value": "day", "isArchived": false}, {"label": "Night", "value": "night", "isArchived": false}}})
	s.add("customField.list", object{"id": "852e5f74-32db-4a0a-b61b-b9afece05025", "isPrivate": false, "title": "Badge", "objectType": "Employee",
		"isArchived": false, "fieldType": "String", "isRequired": false})
}

func (s *Server) stages() []object {
	out := []object{}
	for i, st := range [][3]string{
		{"a0000000-0000-4000-8000-000000000001", "New Lead", "Lead"}, {"a0000000-0000-4000-8000-000000000002", "Application Review", "PreInterviewScreen"},
		{"a0000000-0000-4000-8000-000000000003", "Phone Screen", "Active"}, {"a0000000-0000-4000-8000-000000000004", "Onsite", "Active"},
		{"a0000000-0000-4000-8000-000000000005", "Offer", "Offer"}, {"a0000000-0000-4000-8000-000000000006", "Archived", "Archived"},
		{"a0000000-0000-4000-8000-000000000007", "Hired", "Hired"}} {
		out = append(out, object{"id": st[0], "title": st[1], "type": st[2], "orderInInterviewPlan": i, "interviewStageGroupId": groupID, "interviewPlanId": PlanID})
	}
	return out
}

func (s *Server) stage(title string) object {
	for _, st := range s.stages() {
		if st["title"] == title {
			return st
		}
	}
	return nil
}

func team() []object {
	return []object{{"email": "maria@client.example", "firstName": "Maria", "lastName": "Hall", "role": "Hiring Manager", "userId": userID}}
}

// custom writes custom fields by their title in the form of the wire.
func custom(values map[string]any) []object {
	out := []object{}
	for title, v := range values {
		out = append(out, object{"id": fieldID, "title": title, "value": v})
	}
	return out
}

// OpenJob opens a job with a listed posting and its openings, and gives its id.
func (s *Server) OpenJob(spec JobSpec) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, postingID, now := s.id(), s.id(), s.now()
	if spec.Status == "" {
		spec.Status = "Open"
	}
	interval := "1 YEAR"
	if spec.Hourly {
		interval = "1 HOUR"
	}
	pay := object{"compensationTiers": []object{{"id": s.id(), "title": "Zone A", "tierSummary": "60 - 80", "components": []object{
		{"id": s.id(), "summary": "60 - 80", "compensationType": "Salary", "interval": interval, "currencyCode": "USD", "minValue": 60, "maxValue": 80}}}}}
	place := object{"postalAddress": object{"addressCountry": "United States", "addressRegion": "California", "addressLocality": "San Francisco"}}
	s.add("jobPosting.info", object{"id": postingID, "title": spec.Title, "descriptionPlain": "What it is about.", "descriptionHtml": "<p>What it is about.</p>",
		"descriptionParts": object{"descriptionOpening": nil, "descriptionBody": object{"html": "<p>What it is about.</p>", "plain": "What it is about."}, "descriptionClosing": nil},
		"departmentName":   "People", "teamName": "Recruiting", "jobId": id, "locationName": "Bay Area Office",
		"locationIds": object{"primaryLocationId": groupID, "secondaryLocationIds": []string{}}, "linkedData": object{}, "publishedDate": now[:10],
		"applicationDeadline": "2027-08-12T20:00:00.000Z", "workplaceType": "OnSite", "employmentType": "Contract", "isListed": true,
		"applicationFormDefinition": object{"sections": []object{}}, "surveyFormDefinitions": []object{}, "updatedAt": now,
		"externalLink": "https://jobs.ashbyhq.com/example/" + postingID, "applyLink": "https://jobs.ashbyhq.com/example/" + postingID + "/application",
		"compensation": object{"compensationTiers": pay["compensationTiers"], "shouldDisplayCompensationOnJobBoard": true}})
	s.add("job.list", object{"id": id, "title": spec.Title, "confidential": false, "status": spec.Status, "employmentType": "Contract", "locationId": groupID,
		"departmentId": groupID, "defaultInterviewPlanId": PlanID, "interviewPlanIds": []string{PlanID}, "customFields": custom(spec.Custom),
		"jobPostingIds": []string{postingID}, "customRequisitionId": fmt.Sprintf("REQ-%d", len(s.lists["job.list"])+1), "hiringTeam": team(),
		"createdAt": now, "updatedAt": now, "openedAt": now, "closedAt": nil, "compensation": pay,
		"location": object{"id": groupID, "name": "Bay Area Office", "externalName": "San Francisco Office", "isArchived": false, "isRemote": false,
			"workplaceType": "OnSite", "type": "Location", "address": place}})
	for i := range spec.Openings {
		s.add("opening.list", object{"id": s.id(), "openedAt": now, "isArchived": false, "openingState": "Open", "latestVersion": object{"id": s.id(),
			"identifier": fmt.Sprintf("OPN-%d-%d", len(s.lists["job.list"]), i+1), "description": "", "authorId": userID, "createdAt": now, "jobIds": []string{id},
			"targetStartDate": "2026-12-01", "isBackfill": false, "employmentType": "Contract", "locationIds": []string{groupID}, "hiringTeam": team(),
			"customFields": []object{}}})
	}
	s.tell("jobCreate", object{"job": object{"id": id}})
	return id
}

// Change edits an object as a person at the client would; method is the one that
// lists such objects. Jobs, openings, postings (jobPosting.info) and applications
// can be changed.
func (s *Server) Change(method, id string, edit func(map[string]any)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.entry(method, id)
	if e == nil {
		return fmt.Errorf("there is no %s in %s", id, method)
	}
	edit(e.object)
	s.touch(e)
	return nil
}

// Ids gives the ids of a list, the oldest first.
func (s *Server) Ids(method string) (ids []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.lists[method] {
		ids = append(ids, fmt.Sprint(e.object["id"]))
	}
	return ids
}

// publishedPostings is the list of postings, without their text.
func (s *Server) publishedPostings() object {
	out := []object{}
	for _, e := range s.lists["jobPosting.info"] {
		if e.object["_unpublished"] == true {
			continue
		}
		p := object{"shouldDisplayCompensationOnJobBoard": true}
		for _, k := range []string{"id", "title", "jobId", "departmentName", "teamName", "locationName", "locationIds", "workplaceType", "employmentType",
			"isListed", "publishedDate", "applicationDeadline", "externalLink", "applyLink", "updatedAt"} {
			p[k] = e.object[k]
		}
		out = append(out, p)
	}
	return object{"results": out}
}

// SetWebhook hands every delivery from now on to post. Post is called while the
// account is locked: it must not call it.
func (s *Server) SetWebhook(post func(http.Header, []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.post = post
}

func (s *Server) tell(action string, data object) {
	if s.post == nil {
		return
	}
	body, err := json.Marshal(map[string]any{"action": action, "data": data, "webhookActionId": s.id()})
	if err != nil {
		panic(err) // our own types
	}
	s.post(http.Header{"Content-Type": {"application/json"}, "Ashby-Signature": {Sign(s.opts.Secret, body)}}, body)
}

// Sign gives the Ashby-Signature of a body.
func Sign(key string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write(body)
	return "sha256=" + hex.EncodeToString(mac.Sum(nil))
}
