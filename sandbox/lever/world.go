package lever

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// PostingSpec is what a posting is opened with.
type PostingSpec struct {
	Title           string
	Headcount       any // a number, or "unlimited"; nil: the posting has no requisition
	Confidential    bool
	Location        string // default San Francisco
	EmployedAs      string // default contractor
	CustomFields    map[string]any
	RequisitionCode string // default made up
}

func (s *Server) masterData() {
	s.lists["users"] = []object{
		{"id": ActingUser, "name": "Chandler Bing", "username": "chandler", "email": "chandler@client.example", "accessRole": "team member",
			"createdAt": int64(1407357447018), "deactivatedAt": nil},
		{"id": "9fcdb70a-628b-4848-bedd-9a89ad3ad275", "name": "Maria Hall", "username": "maria", "email": "maria@client.example", "accessRole": "admin",
			"createdAt": int64(1407357447018), "deactivatedAt": nil},
	}
	s.lists["stages"] = []object{{"id": "lead-new", "text": "New lead"}, {"id": "lead-reached-out", "text": "Reached out"},
		{"id": "applicant-new", "text": "New applicant"}, {"id": "00922a60-7c15-422b-b086-f62000824fd7", "text": "Phone screen"},
		{"id": "b4b338c9-727d-464f-9e84-457aedeb7710", "text": "On-site interview"}, {"id": "offer", "text": "Offer"}}
	s.lists["archive_reasons"] = []object{
		{"id": "63dd55b2-a99f-4e7b-985f-22c7bf80ab42", "text": "Underqualified", "status": "active", "type": "non-hired"},
		{"id": "3274b963-c37c-4465-abeb-1113896e2aa3", "text": "Withdrew", "status": "active", "type": "non-hired"},
		{"id": "1fdbfaac-4c73-45f7-af32-369054426364", "text": "Offer declined", "status": "active", "type": "non-hired"},
		{"id": "16308515-dc77-4aa7-b3af-96161b2b4e9b", "text": "Hired", "status": "active", "type": "hired"}}
	s.lists["requisition_fields"] = []object{
		{"id": "cost_center", "text": "Cost center", "type": "object", "isRequired": true, "subfields": []object{
			{"id": "city", "text": "City", "type": "text"}, {"id": "campus_code", "text": "Campus code", "type": "number"}}},
		{"id": "po_number", "text": "Purchase order", "type": "text", "isRequired": false},
		{"id": "work_type", "text": "Work type", "type": "dropdown", "isRequired": false, "options": []object{
			{"id": "5dc3d8e7-db49-44e5-99e9-fec13a305533", "text": "on site"}, {"id": "401cac37-a8a2-40b8-b175-b45fa0d69301", "text": "remote"}}}}
}

// OpenPosting publishes a posting, with a requisition when it has a headcount, and
// gives its id.
func (s *Server) OpenPosting(spec PostingSpec) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, id := s.now(), s.id()
	if spec.Location == "" {
		spec.Location = "San Francisco"
	}
	confidentiality := "non-confidential"
	if spec.Confidential {
		confidentiality = "confidential"
	}
	site := "https://jobs.lever.co/example/" + id
	p := object{"id": id, "text": spec.Title, "createdAt": now, "updatedAt": now, "user": ActingUser, "owner": ActingUser,
		"hiringManager": "9fcdb70a-628b-4848-bedd-9a89ad3ad275", "confidentiality": confidentiality,
		"categories": object{"team": "Platform", "department": "Engineering", "location": spec.Location, "allLocations": []string{spec.Location},
			"commitment": "Contract", "level": nil},
		"content": object{"description": "What it is about.", "descriptionHtml": "<div>What it is about.</div>",
			"lists": []object{{"text": "Requirements", "content": "<li>Care</li>"}}, "closing": "", "closingHtml": ""},
		"country": "US", "tags": []string{}, "state": "published", "distributionChannels": []string{"internal", "public"},
		"reqCode": nil, "requisitionCodes": []string{}, "workplaceType": "onsite",
		"urls": object{"list": "https://jobs.lever.co/example", "show": site, "apply": site + "/apply"}}
	if spec.Headcount != nil {
		p["requisitionCodes"] = []string{s.openRequisition(spec, id, confidentiality)}
	}
	s.lists["postings"] = append(s.lists["postings"], p)
	return id
}

func (s *Server) openRequisition(spec PostingSpec, posting, confidentiality string) (code string) {
	if spec.EmployedAs == "" {
		spec.EmployedAs = "contractor"
	}
	if spec.CustomFields == nil {
		spec.CustomFields = object{}
	}
	id, now := s.id(), s.now()
	if code = spec.RequisitionCode; code == "" {
		code = fmt.Sprintf("ENG-%d", len(s.lists["requisitions"])+1)
	}
	s.lists["requisitions"] = append(s.lists["requisitions"], object{"id": id, "requisitionCode": code, "name": spec.Title, "backfill": false,
		"confidentiality": confidentiality, "createdAt": now, "updatedAt": now, "creator": ActingUser, "headcountHired": 0,
		"headcountTotal": spec.Headcount, "headcountInfinite": spec.Headcount == "unlimited", "status": "open",
		"hiringManager": "9fcdb70a-628b-4848-bedd-9a89ad3ad275", "owner": ActingUser,
		"compensationBand": object{"currency": "USD", "interval": "per-hour-wage", "min": 60, "max": 80}, "employmentStatus": spec.EmployedAs,
		"location": spec.Location, "postings": []string{posting}, "department": "Engineering", "team": "Platform", "offerIds": []string{},
		"approval": object{"steps": []string{}}, "customFields": spec.CustomFields, "closedAt": nil})
	return code
}

// ChangePosting edits a posting as a person at the client would.
func (s *Server) ChangePosting(id string, edit func(map[string]any)) error {
	return s.change("postings", id, true, edit)
}

// ChangeRequisition edits the requisition with that code; stamped says whether the
// change is one that moves updatedAt.
func (s *Server) ChangeRequisition(code string, stamped bool, edit func(map[string]any)) error {
	s.mu.Lock()
	id := ""
	for _, r := range s.lists["requisitions"] {
		if r["requisitionCode"] == code {
			id = fmt.Sprint(r["id"])
		}
	}
	s.mu.Unlock()
	return s.change("requisitions", id, stamped, edit)
}

func (s *Server) change(list, id string, stamped bool, edit func(map[string]any)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.lists[list] {
		if o["id"] == id {
			edit(o)
			if stamped {
				o["updatedAt"] = s.now()
			}
			return nil
		}
	}
	return fmt.Errorf("there is no %s in %s", id, list)
}

// Delete takes a posting or an opportunity away; list is its path.
func (s *Server) Delete(list, id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, o := range s.lists[list] {
		if o["id"] == id {
			o["deletedAt"], o["deletedBy"] = s.now(), ActingUser
			s.lists[list] = append(s.lists[list][:i:i], s.lists[list][i+1:]...)
			s.lists[list+"/deleted"] = append(s.lists[list+"/deleted"], o)
			if list == "opportunities" {
				s.tell("candidateDeleted", object{"opportunityId": id, "candidateId": id, "contactId": o["contact"]})
			}
			return nil
		}
	}
	return fmt.Errorf("there is no %s in %s", id, list)
}

// SetWebhook hands every delivery from now on to post. Post is called while the
// account is locked: it must not call it.
func (s *Server) SetWebhook(post func(http.Header, []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.post = post
}

func (s *Server) tell(event string, data object) {
	if s.post == nil {
		return
	}
	sum := sha256.Sum256([]byte(s.id()))
	token, at := hex.EncodeToString(sum[:24]), s.now()
	body, err := json.Marshal(map[string]any{"id": s.id(), "triggeredAt": at, "event": event, "data": data, "token": token,
		"signature": Sign(s.opts.SignatureToken, token, at)})
	if err != nil {
		panic(err) // our own types
	}
	s.post(http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Lever-Webhooks"}}, body)
}

// Sign gives the signature of a delivery, which stands in its body and covers
// nothing but token and triggeredAt.
func Sign(key, token string, triggeredAt int64) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(token + strconv.FormatInt(triggeredAt, 10)))
	return hex.EncodeToString(mac.Sum(nil))
}
