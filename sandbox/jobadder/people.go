package jobadder

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// attachment is a file of a candidate.
type attachment struct {
	candidate int64
	meta      object
	content   []byte
}

// statuses of applications.
func applicationStatusList() []object {
	step := func(id int, name, stage string, index int, progress string) object {
		return object{"statusId": id, "name": name, "active": true, "rejected": false, "default": id == 101,
			"workflow": object{"stage": stage, "stageIndex": index, "progress": progress}}
	}
	list := []object{step(104, "Interview", "Interview", 3, "InProgress"), step(101, "New", "New", 0, "Started"), step(102, "Shortlisted", "Review", 1, "InProgress"),
		step(103, "Submitted to client", "Submitted", 2, "InProgress"), step(105, "Offered", "Offer", 4, "InProgress"), step(106, "Placed", "Placed", 5, "Complete")}
	return append(list, object{"statusId": 107, "name": "Rejected by client", "active": false, "rejected": true, "workflow": object{"stage": "Submitted", "stageIndex": 2, "progress": "Complete"}})
}

func statusNamed(name string) object {
	for _, o := range applicationStatusList() {
		if text(o["name"]) == name {
			return o
		}
	}
	return nil
}

func (s *Server) applicationStatuses(w http.ResponseWriter, r *http.Request, _ []string) {
	if _, ok := query(w, r, "Rejected", "StatusId", "Name", "Active", "Default"); ok {
		answer(w, http.StatusOK, object{"items": applicationStatusList()})
	}
}

func (s *Server) listCandidates(w http.ResponseWriter, r *http.Request, _ []string) {
	listing(w, r, s.candidates, paging)
}

func (s *Server) getCandidate(w http.ResponseWriter, _ *http.Request, ids []string) {
	show(w, s.candidates, "candidateId", ids[0])
}

func (s *Server) listAttachments(w http.ResponseWriter, r *http.Request, ids []string) {
	q, ok := query(w, r, "Type", "Category", "Latest", "Offset", "Limit")
	if !ok {
		return
	}
	var rows []object
	latest := map[string]int{}
	for _, a := range s.attachments {
		kind := text(a.meta["type"])
		if strconv.FormatInt(a.candidate, 10) != ids[0] || len(q["Type"]) > 0 && !slices.Contains(q["Type"], kind) {
			continue
		}
		if at, seen := latest[kind]; seen && q.Get("Latest") == "true" {
			rows[at] = a.meta
			continue
		}
		latest[kind] = len(rows)
		rows = append(rows, a.meta)
	}
	answer(w, http.StatusOK, object{"items": append([]object{}, rows...), "totalCount": len(rows)})
}

func (s *Server) getAttachment(w http.ResponseWriter, r *http.Request, ids []string) {
	for _, a := range s.attachments {
		if strconv.FormatInt(a.candidate, 10) == ids[0] && strconv.FormatInt(number(a.meta["attachmentId"]), 10) == ids[1] {
			if accept := r.Header.Get("Accept"); accept != "" && accept != "*/*" {
				refuse(w, http.StatusNotAcceptable, "The file cannot be converted to "+accept)
				return
			}
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write(a.content) // the caller is gone: nobody to tell
			return
		}
	}
	refuse(w, http.StatusNotFound, "Requested candidate attachment was not found")
}

func (s *Server) listApplications(w http.ResponseWriter, r *http.Request, _ []string) {
	var rows []object
	for _, a := range s.applications {
		rows = append(rows, only(a, "applicationId", "jobTitle", "status", "candidate", "job", "createdAt", "updatedAt"))
	}
	listing(w, r, rows, "CreatedAt UpdatedAt Sort "+paging)
}

func (s *Server) getApplication(w http.ResponseWriter, _ *http.Request, ids []string) {
	show(w, s.applications, "applicationId", ids[0])
}

func (s *Server) putStatus(w http.ResponseWriter, r *http.Request, ids []string) {
	in, ok := read(w, r, "statusId", "note")
	if !ok {
		return
	}
	app := byID(s.applications, "applicationId", ids[0])
	status := byID(applicationStatusList(), "statusId", strconv.FormatInt(number(in["statusId"]), 10))
	current, _ := lookup(app, "status").(object) // absent: none
	switch {
	case app == nil:
		refuse(w, http.StatusNotFound, "Job application was not found")
	case status == nil:
		refuse(w, http.StatusUnprocessableEntity, "There is no such status", "statusId")
	case number(current["statusId"]) == number(status["statusId"]):
		w.WriteHeader(http.StatusAccepted)
	default:
		app["status"], app["updatedAt"] = status, s.now()
		s.tell(app)
		w.WriteHeader(http.StatusOK)
	}
}

func lookup(o object, key string) any {
	if o == nil {
		return nil
	}
	return o[key]
}

// File is an attachment.
type File struct {
	Name, Type string // Type: Resume, FormattedResume, CoverLetter, License, ...
	Content    []byte
}

// AddCandidate adds a candidate with attachments; fields are the vendor's.
func (s *Server) AddCandidate(fields map[string]any, files ...File) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.id()
	c := object{"candidateId": id, "createdAt": s.now(), "updatedAt": s.now()}
	for k, v := range fields {
		c[k] = v
	}
	s.candidates = append(s.candidates, c)
	for _, f := range files {
		s.attachments = append(s.attachments, attachment{candidate: id, content: f.Content, meta: object{"attachmentId": s.id(), "type": f.Type,
			"fileName": f.Name, "fileType": strings.TrimPrefix(f.Name[strings.LastIndex(f.Name, ".")+1:], "."), "createdAt": s.now(), "updatedAt": s.now(), "candidateId": id}})
	}
	return id
}

// Apply puts a candidate on a job with a status.
func (s *Server) Apply(job, candidate int64, status string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.id()
	a := object{"applicationId": id, "jobTitle": "Job", "status": statusNamed(status), "job": object{"jobId": job, "jobTitle": "Job"},
		"candidate": object{"candidateId": candidate}, "createdAt": s.now(), "updatedAt": s.now(), "manual": true,
		"custom": []object{{"fieldId": 21, "name": "Bill rate", "type": "Text", "value": "92.50"}}}
	s.applications = append(s.applications, a)
	s.tell(a)
	return id
}

// Move gives an application another status, as a recruiter would.
func (s *Server) Move(application int64, status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := byID(s.applications, "applicationId", strconv.FormatInt(application, 10)); a != nil {
		a["status"], a["updatedAt"] = statusNamed(status), s.now()
		s.tell(a)
	}
}

// Status gives the name of an application's status.
func (s *Server) Status(application string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	status, _ := lookup(byID(s.applications, "applicationId", application), "status").(object) // absent: none
	return text(status["name"])
}

// Refresh gives the refresh token that is good now, as a new sign-in would.
func (s *Server) Refresh() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refresh
}
