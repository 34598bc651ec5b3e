package jobdiva

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

const (
	updateKeys = "jobid optionalref title description status address1 address2 city state zipcode countryid startdate enddate jobtype openings fills remarks " +
		"minbillrate maxbillrate minpayrate maxpayrate"
	createKeys = updateKeys + " department companyid billratecurrency billrateunit payratecurrency payrateunit"
)

func (s *Server) searchJob(w http.ResponseWriter, in object) {
	if !known(w, in, "optionalref jobId") {
		return
	}
	out := []object{}
	for _, j := range s.jobs {
		if in["optionalref"] != nil && text(j["optionalref"]) != text(in["optionalref"]) {
			continue
		}
		row := object{"id": text(j["jobid"]), "title": text(j["title"]) + "   ", "customer": "Null"}
		if !s.opts.NoReference {
			row["optional ref"] = j["optionalref"]
		}
		out = append(out, row)
	}
	answer(w, out)
}

func (s *Server) createJob(w http.ResponseWriter, in object) {
	if !known(w, in, createKeys) {
		return
	}
	if text(in["title"]) == "" || text(in["department"]) == "" && in["companyid"] == nil {
		refuse(w, http.StatusInternalServerError, "Error: title and company are required")
		return
	}
	if n, ok := in["status"].(float64); ok && n > 1 {
		refuse(w, http.StatusInternalServerError, "Error: a new job is open or on hold")
		return
	}
	id := s.id()
	in["jobid"] = id
	s.jobs = append(s.jobs, in)
	if s.opts.Misnumber {
		id += 7
	}
	answer(w, id)
}

func (s *Server) updateJob(w http.ResponseWriter, in object) {
	if !known(w, in, updateKeys) {
		return
	}
	job := find(s.jobs, "jobid", text(in["jobid"]))
	for k, v := range in {
		if job != nil && k != "jobid" {
			job[k] = v
		}
	}
	answer(w, job != nil)
}

func (s *Server) searchSubmittal(w http.ResponseWriter, in object) {
	if !known(w, in, "submittalid jobid joboptionalref companyname candidateid") {
		return
	}
	// As recorded by a public client: both parameters are needed, and the lack of one is a 500.
	if in["candidateid"] == nil || in["jobid"] == nil && in["joboptionalref"] == nil {
		refuse(w, http.StatusInternalServerError, "Error: please specify at least one candidate parameter and one job parameter.")
		return
	}
	out := []object{}
	for _, a := range s.submittals {
		if text(a["JOBID"]) == text(in["jobid"]) && text(a["CANDIDATEID"]) == text(in["candidateid"]) {
			out = append(out, object{"submittal id": text(a["ACTIVITYID"]), "job id in jd": text(a["JOBID"]), "candidate id": text(a["CANDIDATEID"]), "status": a["status"],
				"agreed bill rate": "92.50 ", "pay rate": "58.00", "pay rate currency": "USD", "pay rate unit": "h", "internal notes": "Null"})
		}
	}
	answer(w, out)
}

func (s *Server) updateSubmittal(w http.ResponseWriter, in object) {
	if !known(w, in, "submittalid status interviewdate internalrejectdate externalrejectdate internalnotes") {
		return
	}
	a := find(s.submittals, "ACTIVITYID", text(in["submittalid"]))
	if a != nil {
		a["status"], a["DATEUPDATED"] = in["status"], s.now()
		for k, column := range map[string]string{"internalrejectdate": "INTERNALREJECTDATE", "externalrejectdate": "EXTERNALREJECTDATE"} {
			if v := text(in[k]); v != "" {
				a[column] = v
			}
		}
	}
	answer(w, a != nil)
}

// report answers a BI report.
func (s *Server) report(w http.ResponseWriter, r *http.Request, name string) {
	q := r.URL.Query()
	rows := []object{}
	switch name {
	case "NewUpdatedSubmittalInterviewHireActivityRecords":
		from, err1 := time.ParseInLocation("01/02/2006 15:04:05", q.Get("fromDate"), s.zone)
		to, err2 := time.ParseInLocation("01/02/2006 15:04:05", q.Get("toDate"), s.zone)
		if err1 != nil || err2 != nil || to.Sub(from) > 14*24*time.Hour {
			refuse(w, http.StatusBadRequest, "fromDate and toDate must be MM/dd/yyyy HH:mm:ss and two weeks apart at most")
			return
		}
		for _, a := range s.submittals {
			at, err := time.ParseInLocation("2006-01-02T15:04:05", text(a["DATEUPDATED"]), s.zone)
			if err == nil && !at.Before(from) && !at.After(to) {
				rows = append(rows, a)
			}
		}
	case "CandidateDetail":
		if c := find(s.candidates, "CANDIDATEID", q.Get("candidateId")); c != nil {
			rows = append(rows, c)
		}
	case "CandidateResumesDetail":
		for _, d := range s.resumes {
			if text(d["CANDIDATEID"]) == q.Get("candidateId") {
				rows = append(rows, object{"RESUMEID": d["RESUMEID"], "CANDIDATEID": d["CANDIDATEID"], "DATECREATED": d["DATECREATED"], "DATEUPDATED": "Null"})
			}
		}
	case "ResumesTextDetail":
		if d := find(s.resumes, "RESUMEID", q.Get("resumeIds")); d != nil {
			rows = append(rows, object{"RESUMEID": d["RESUMEID"], "PLAINTEXT": d["PLAINTEXT"]})
		}
	default:
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	if q.Get("alternateFormat") != "true" { // rows without names
		lists := [][]any{}
		for _, o := range rows {
			var list []any
			for _, v := range o {
				list = append(list, v)
			}
			lists = append(lists, list)
		}
		answer(w, object{"data": lists})
		return
	}
	answer(w, object{"data": rows})
}

// AddCandidate adds a candidate with the text of a résumé; "" for none.
func (s *Server) AddCandidate(first, last, resume string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.id()
	s.candidates = append(s.candidates, object{"CANDIDATEID": text(float64(id)), "FIRSTNAME": first + "  ", "LASTNAME": last, "EMAIL": strings.ToLower(first) + "@mail.example",
		"CELLPHONE": "555-0100", "CITY": "Denver ", "STATE": "CO", "COUNTRYID": "US", "SSN": "000-00-0000", "DATE_OF_BIRTH": "1990-01-02", "TITLE": "Null", "DATEUPDATED": s.now()})
	if resume != "" {
		s.resumes = append(s.resumes, object{"RESUMEID": text(float64(s.id())) + "_1_1", "CANDIDATEID": id, "DATECREATED": s.now(), "PLAINTEXT": resume})
	}
	return id
}

// Submit makes a submittal, as a recruiter would; columns are the report's.
func (s *Server) Submit(job, candidate int64, columns map[string]any) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.id()
	a := object{"ACTIVITYID": text(float64(id)), "JOBID": text(float64(job)), "CANDIDATEID": text(float64(candidate)), "SUBMITTALFLAG": "1", "INTERNALSUBMITTALFLAG": "0",
		"EXTERNALSUBMITTALFLAG": "1", "SUBMITTALDATE": s.now(), "INTERVIEWFLAG": "0", "INTERVIEWDATE": nil, "HIREFLAG": "0", "STARTDATE": "Null", "START_STATUS": nil,
		"EXTERNALREJECTDATE": nil, "INTERNALREJECTDATE": nil, "TERMINATIONDATE": nil, "DATEUPDATED": s.now(), "status": "Submitted"}
	for k, v := range columns {
		a[k] = v
	}
	s.submittals = append(s.submittals, a)
	return id
}

// Change sets columns of a submittal.
func (s *Server) Change(submittal int64, columns map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := find(s.submittals, "ACTIVITYID", text(float64(submittal))); a != nil {
		for k, v := range columns {
			a[k] = v
		}
		a["DATEUPDATED"] = s.now()
	}
}

// Status gives the free text of a submittal.
func (s *Server) Status(submittal string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := find(s.submittals, "ACTIVITYID", submittal)
	if a == nil {
		return ""
	}
	return text(a["status"])
}

// Jobs gives all jobs as they were written.
func (s *Server) Jobs() []map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.jobs)
}
