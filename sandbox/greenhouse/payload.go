package greenhouse

import "time"

// The payloads have the forms of the vendor's web hook documentation, which
// differ from the API's: other names, other words for the status, dates of other
// forms, and an empty list where there are no custom fields.

func (s *Server) tellJob(action string, id int64) {
	if job, ok := s.jobs.Get(id); ok {
		s.tell(action, object{"job": s.jobPayload(job)})
	}
}

func (s *Server) jobPayload(j Job) object {
	o := s.jobSummary(j)
	managers := []object{}
	for _, m := range s.managers.List(func(m HiringManager) bool { return m.JobID == j.ID }) {
		managers = append(managers, object{"user_id": m.UserID, "employee_id": nil})
	}
	o["hiring_team"] = object{"hiring_managers": managers, "sourcers": []object{}, "recruiters": []object{}, "coordinators": []object{}}
	openings := []object{}
	for _, op := range s.openings.List(func(op Opening) bool { return op.JobID == j.ID }) {
		openings = append(openings, object{"id": op.ID, "opening_id": op.OpeningID, "custom_fields": fieldsOrList(op.CustomFields)})
	}
	o["openings"] = openings
	return o
}

func (s *Server) jobSummary(j Job) object {
	departments, offices := []object{}, []object{}
	if j.DepartmentID != nil {
		if d, ok := s.departments.Get(*j.DepartmentID); ok {
			departments = append(departments, object{"id": d.ID, "name": d.Name, "external_id": d.ExternalID})
		}
	}
	for _, id := range j.OfficeIDs {
		if o, ok := s.offices.Get(id); ok {
			offices = append(offices, object{"id": o.ID, "name": o.Name, "location": o.Location, "external_id": o.ExternalID})
		}
	}
	var post any
	for _, p := range s.posts.List(func(p JobPost) bool { return p.JobID == j.ID }) {
		post = p.ID
	}
	return object{"id": j.ID, "name": j.Name, "requisition_id": j.RequisitionID, "notes": j.Notes, "confidential": j.Confidential,
		"job_post_id": post, "status": j.Status, "created_by_id": 273555, "created_at": stamp(&j.CreatedAt), "opened_at": stamp(j.OpenedAt),
		"closed_at": stamp(j.ClosedAt), "departments": departments, "offices": offices, "custom_fields": fieldsOrList(j.CustomFields)}
}

func (s *Server) tellPost(action string, id int64) {
	p, ok := s.posts.Get(id)
	if !ok {
		return
	}
	s.tell(action, object{"id": p.ID, "title": p.Title, "content": p.Content, "internal_content": p.InternalContent, "updated_at": p.UpdatedAt,
		"job_id": p.JobID, "external": !p.Internal, "internal": p.Internal, "live": p.Live, "questions": []object{}})
}

func (s *Server) tellApplication(action string, id int64) {
	app, ok := s.applications.Get(id)
	if !ok {
		return
	}
	o := s.applicationPayload(app)
	if src, ok := o["source"].(object); ok && (action == "hire_candidate" || action == "reject_candidate") {
		o["source"] = object{"id": src["id"], "public_name": src["name"]} // so the vendor's samples of these two
	}
	if action == "hire_candidate" {
		o = s.hirePayload(o, app)
	}
	s.tell(action, object{"application": o})
}

func (s *Server) applicationPayload(a Application) object {
	status := a.Status
	if status == "in_process" {
		status = "active"
	}
	jobs := []object{}
	if a.JobID != nil {
		if j, ok := s.jobs.Get(*a.JobID); ok {
			jobs = append(jobs, s.jobSummary(j))
		}
	}
	var stage, source any
	if a.StageID != nil {
		stage = object{"id": s.definition(*a.StageID), "name": a.StageName, "interviews": []object{}}
	}
	if a.SourceID != nil {
		src, _ := s.sources.Get(*a.SourceID) // gone: a source without a name
		source = object{"id": *a.SourceID, "name": src.Name}
	}
	return object{"id": a.ID, "rejected_at": stamp(a.RejectedAt), "prospect": a.Prospect, "status": status, "applied_at": stamp(&a.CreatedAt),
		"last_activity_at": stamp(a.LastActivityAt), "source": source, "credited_to": nil, "rejection_reason": s.reasonPayload(a.ID),
		"rejection_details": nil, "current_stage": stage, "custom_fields": fieldsOrList(a.CustomFields), "candidate": s.candidatePayload(a), "jobs": jobs}
}

func (s *Server) reasonPayload(app int64) any {
	for _, d := range s.details.List(func(d RejectionDetail) bool { return d.ApplicationID == app }) {
		if r, ok := s.reasons.Get(deref(d.ReasonID)); ok {
			return object{"id": r.ID, "name": r.Name, "type": object{"id": r.Type.ID, "name": r.Type.Name}}
		}
	}
	return nil
}

func (s *Server) candidatePayload(a Application) object {
	c, _ := s.candidates.Get(a.CandidateID) // gone: a person without a name
	files := []object{}
	for _, f := range s.Attachments(a.ID) {
		files = append(files, object{"filename": f.Filename, "url": f.URL, "type": f.Type})
	}
	return object{"id": c.ID, "first_name": c.FirstName, "last_name": c.LastName, "title": c.Title, "company": c.Company,
		"created_at": stamp(&c.CreatedAt), "external_id": nil, "photo_url": nil, "is_private": c.Private, "can_email": c.CanEmail,
		"phone_numbers": c.Phones, "email_addresses": c.Emails, "addresses": c.Addresses, "website_addresses": c.Websites,
		"social_media_addresses": c.SocialMedia, "educations": []object{}, "employments": []object{}, "recruiter": nil, "coordinator": nil,
		"attachments": files, "tags": c.Tags, "custom_fields": fieldsOrList(c.CustomFields)}
}

// hirePayload is made for the client's HRIS: less of the application, and with it
// the opening and the offer.
func (s *Server) hirePayload(o object, a Application) object {
	person, _ := o["candidate"].(object) // applicationPayload made it so
	out := object{"id": a.ID, "opening": nil, "offer": nil, "credited_to": nil, "source": o["source"], "custom_fields": o["custom_fields"],
		"candidate": person.only([]string{"id", "first_name", "last_name", "title", "external_id", "is_private", "can_email", "phone_numbers",
			"email_addresses", "addresses", "educations", "employments", "recruiter", "coordinator", "attachments", "custom_fields"})}
	if j, ok := s.jobs.Get(deref(a.JobID)); ok {
		job := s.jobSummary(j).only([]string{"id", "name", "requisition_id", "confidential", "opened_at", "closed_at", "departments", "offices", "custom_fields"})
		out["jobs"] = []object{job}
		old := job.only([]string{"id", "name", "requisition_id", "departments", "offices", "custom_fields"})
		old["open_date"], old["close_date"] = job["opened_at"], job["closed_at"]
		out["job"] = old
	}
	for _, op := range s.openings.List(func(op Opening) bool { return deref(op.ApplicationID) == a.ID }) {
		out["opening"] = object{"opening_id": op.OpeningID, "custom_fields": fieldsOrList(op.CustomFields)}
	}
	for _, of := range s.offers.List(func(of Offer) bool { return of.ApplicationID == a.ID && of.Current }) {
		out["offer"] = object{"id": of.ID, "version": of.Version, "created_at": stamp(&of.CreatedAt), "sent_at": of.SentOn,
			"resolved_at": stamp(of.ResolvedAt), "starts_at": of.StartsOn, "custom_fields": fieldsOrList(of.CustomFields)}
	}
	return out
}

func (s *Server) tellOffer(action string, id int64) {
	o, ok := s.offers.Get(id)
	if !ok {
		return
	}
	var start any
	if d, err := time.Parse(time.DateOnly, text(o.StartsOn)); err == nil {
		start = d.Format("01/02/2006") // here, and only here, the vendor writes dates so
	}
	s.tell(action, object{"id": o.ID, "application_id": o.ApplicationID, "job_id": o.JobID, "user_id": 273555, "version": o.Version,
		"sent_on": o.SentOn, "resolved_at": stamp(o.ResolvedAt), "start_date": start, "notes": nil, "offer_status": o.Status,
		"custom_fields": fieldsOrList(o.CustomFields)})
}

func fieldsOrList(m map[string]CustomField) any {
	if len(m) == 0 {
		return []any{}
	}
	return m
}

// stamp gives a moment in whole seconds, as most payloads have it.
func stamp(t *time.Time) any {
	if t == nil {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}
