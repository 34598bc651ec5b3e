package jobadder

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

const jobKeys = "jobTitle companyId contactId jobDescription statusId userFavourite category location workplaceAddressId start duration workTypeId salary fee " +
	"numberOfJobs source custom skillTags ownerUserId recruiterUserId"

func apiUser() object {
	return object{"userId": 7, "firstName": "Tributary", "lastName": "Hub", "email": "hub@firm.example"}
}

func (s *Server) currentUser(w http.ResponseWriter, _ *http.Request, _ []string) {
	me := apiUser()
	me["accountName"] = "Sandbox Staffing"
	answer(w, http.StatusOK, me)
}

// statuses of jobs, and of applications: every account has its own.
func jobStatusList() []object {
	return []object{
		{"statusId": 11, "name": "Active", "active": true, "default": true},
		{"statusId": 12, "name": "On Hold", "active": true},
		{"statusId": 13, "name": "Filled", "active": false},
		{"statusId": 14, "name": "Cancelled", "active": false},
	}
}

func workTypeList() []object {
	return []object{{"workTypeId": 1, "name": "Contract", "ratePer": "Hour"}, {"workTypeId": 2, "name": "Permanent", "ratePer": "Year"}}
}

func (s *Server) jobStatuses(w http.ResponseWriter, r *http.Request, _ []string) {
	if _, ok := query(w, r, "StatusId", "Name", "Active", "Default"); ok {
		answer(w, http.StatusOK, object{"items": jobStatusList()})
	}
}

func (s *Server) workTypes(w http.ResponseWriter, r *http.Request, _ []string) {
	if _, ok := query(w, r, "WorkTypeId"); ok {
		answer(w, http.StatusOK, object{"items": workTypeList()})
	}
}

func (s *Server) listCompanies(w http.ResponseWriter, r *http.Request, _ []string) {
	listing(w, r, s.companies, "Name "+paging)
}

func (s *Server) listJobs(w http.ResponseWriter, r *http.Request, _ []string) {
	var rows []object
	for _, j := range s.jobs {
		rows = append(rows, only(j, "jobId", "jobTitle", "company", "status", "source", "createdBy", "createdAt", "updatedBy", "updatedAt"))
	}
	listing(w, r, rows, "CreatedAt UpdatedAt Sort "+paging)
}

func (s *Server) getJob(w http.ResponseWriter, _ *http.Request, ids []string) {
	show(w, s.jobs, "jobId", ids[0])
}

func (s *Server) addJob(w http.ResponseWriter, r *http.Request, _ []string) {
	in, ok := read(w, r, strings.Fields(jobKeys)...)
	if !ok {
		return
	}
	job := object{"jobId": s.id(), "createdBy": apiUser(), "createdAt": s.now(), "owner": apiUser(), "status": jobStatusList()[0]}
	if !s.fill(w, job, in) {
		return
	}
	s.jobs = append(s.jobs, job)
	if s.opts.TakenJob {
		s.opts.TakenJob = false
		w.Header().Set("X-Allow-Duplicates", "override-1")
		refuse(w, http.StatusConflict, "Job already exists", "jobTitle")
		return
	}
	answer(w, http.StatusCreated, job)
}

// putJob takes a PUT at its word: what is left out is emptied.
func (s *Server) putJob(w http.ResponseWriter, r *http.Request, ids []string) {
	job := byID(s.jobs, "jobId", ids[0])
	if job == nil {
		refuse(w, http.StatusNotFound, "Job was not found")
		return
	}
	in, ok := read(w, r, strings.Fields(jobKeys)...)
	if !ok {
		return
	}
	fresh := only(job, "jobId", "createdBy", "createdAt")
	if !s.fill(w, fresh, in) {
		return
	}
	clear(job)
	for k, v := range fresh {
		job[k] = v
	}
	w.WriteHeader(http.StatusOK)
}

// fill checks what was sent and puts it into job in the form in which it is shown.
func (s *Server) fill(w http.ResponseWriter, job, in object) bool {
	title := text(in["jobTitle"])
	if title == "" || len([]rune(title)) > 100 {
		refuse(w, http.StatusUnprocessableEntity, "Job title is required and has 100 characters at most", "jobTitle")
		return false
	}
	if len([]rune(text(in["source"]))) > 50 {
		refuse(w, http.StatusUnprocessableEntity, "Source has 50 characters at most", "source")
		return false
	}
	for _, ref := range []struct {
		in, out string
		rows    []object
		id      string
	}{{"companyId", "company", s.companies, "companyId"}, {"statusId", "status", jobStatusList(), "statusId"}, {"workTypeId", "workType", workTypeList(), "workTypeId"},
		{"ownerUserId", "owner", []object{apiUser()}, "userId"}} {
		if in[ref.in] == nil {
			continue
		}
		found := byID(ref.rows, ref.id, strconv.FormatInt(number(in[ref.in]), 10))
		if found == nil {
			refuse(w, http.StatusUnprocessableEntity, "There is no such "+ref.in, ref.in)
			return false
		}
		job[ref.out] = only(found, "companyId", "statusId", "workTypeId", "userId", "name", "active", "default", "ratePer", "firstName", "lastName", "email")
	}
	for _, k := range []string{"jobTitle", "jobDescription", "start", "duration", "salary", "numberOfJobs", "source", "skillTags"} {
		if in[k] != nil {
			job[k] = in[k]
		}
	}
	job["updatedAt"], job["updatedBy"] = s.now(), apiUser()
	return s.fillCustom(w, job, in["custom"])
}

func (s *Server) fillCustom(w http.ResponseWriter, job object, given any) bool {
	list, _ := given.([]any) // absent: none
	var out []object
	for _, e := range list {
		v, _ := e.(object) // anything else names no field
		def := byID(s.custom["jobs"], "fieldId", strconv.FormatInt(number(v["fieldId"]), 10))
		if def == nil {
			refuse(w, http.StatusUnprocessableEntity, "There is no such custom field", "custom")
			return false
		}
		options, _ := def["values"].([]string)
		if options != nil && !slices.Contains(options, text(v["value"])) {
			refuse(w, http.StatusUnprocessableEntity, "The list has no such value", "custom")
			return false
		}
		out = append(out, object{"fieldId": def["fieldId"], "name": def["name"], "type": def["type"], "value": v["value"]})
	}
	if out != nil {
		job["custom"] = out
	}
	return true
}

func customFields() map[string][]object {
	return map[string][]object{
		"jobs": {
			{"fieldId": 12, "name": "Bill rate", "type": "Text", "maxLength": 20},
			{"fieldId": 13, "name": "Cost centre", "type": "Text"},
			{"fieldId": 14, "name": "Program", "type": "List", "mandatory": true, "values": []string{"MSP", "Direct"}},
			{"fieldId": 15, "name": "Site", "type": "Lookup"},
		},
		"candidates":   {{"fieldId": 7, "name": "Right to represent", "type": "Date"}},
		"applications": {{"fieldId": 21, "name": "Bill rate", "type": "Text"}, {"fieldId": 22, "name": "Pay rate", "type": "Text"}},
	}
}

func (s *Server) listCustom(w http.ResponseWriter, r *http.Request, _ []string) {
	of, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/v2/"), "/")
	answer(w, http.StatusOK, object{"items": s.custom[of]})
}

// AddCompany adds a client's company.
func (s *Server) AddCompany(name string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.id()
	s.companies = append(s.companies, object{"companyId": id, "name": name, "createdAt": s.now()})
	return id
}

// Jobs gives all jobs as the API shows them.
func (s *Server) Jobs() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.jobs)
}

// AddJob adds a job that a person made.
func (s *Server) AddJob(title string, at time.Time) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	job := object{"jobId": s.id(), "jobTitle": title, "createdAt": at.UTC().Format(time.RFC3339), "updatedAt": at.UTC().Format(time.RFC3339)}
	s.jobs = append(s.jobs, job)
	return number(job["jobId"])
}

// Change sets fields of a job as a person would.
func (s *Server) Change(job int64, fields map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := byID(s.jobs, "jobId", strconv.FormatInt(job, 10)); o != nil {
		for k, v := range fields {
			o[k] = v
		}
	}
}
