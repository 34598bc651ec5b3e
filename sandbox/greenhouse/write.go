package greenhouse

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const maxBody = 64 << 20

// problem is one entry of a validation answer.
type problem = map[string]string

// body is what a request sends, with the refusals it earns.
type body struct {
	fields   map[string]json.RawMessage
	problems []any
}

func (s *Server) serveWrite(w http.ResponseWriter, r *http.Request, path string, scopes map[string]bool) {
	resource, verb, id, ok := route(r.Method, path)
	switch {
	case !ok:
		refuse(w, http.StatusNotFound, "Resource not found")
		return
	case !scopes["harvest:"+resource+":"+verb]:
		refuse(w, http.StatusForbidden, "Forbidden")
		return
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	b := &body{}
	if err != nil || json.Unmarshal(raw, &b.fields) != nil || b.fields == nil {
		refuse(w, http.StatusBadRequest, "The request body is not a JSON object")
		return
	}
	var made any
	switch resource + ":" + verb {
	case "candidates:create":
		made = s.createCandidate(b)
	case "applications:create":
		made = s.createApplication(b)
	case "attachments:create":
		made = s.createAttachment(b)
	default:
		s.act(b, verb, id)
	}
	switch {
	case len(b.problems) > 0:
		refuse(w, http.StatusUnprocessableEntity, "Unprocessable Content", b.problems...)
	case made == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		answer(w, http.StatusCreated, wire(made).public())
	}
}

// route knows the writes: POST /candidates and POST /applications/{id}/{verb}.
func route(method, path string) (resource, verb string, id int64, ok bool) {
	parts := strings.Split(path, "/")
	switch {
	case method != http.MethodPost:
		return "", "", 0, false
	case len(parts) == 1 && slices.Contains([]string{"candidates", "applications", "attachments"}, parts[0]):
		return parts[0], "create", 0, true
	case len(parts) == 3 && parts[0] == "applications" && slices.Contains([]string{"move", "reject", "unreject", "hire"}, parts[2]):
		id, err := strconv.ParseInt(parts[1], 10, 64)
		return parts[0], parts[2], id, err == nil
	}
	return "", "", 0, false
}

// only refuses keys the endpoint does not have.
func (b *body) only(keys ...string) {
	for k := range b.fields {
		if !slices.Contains(keys, k) {
			b.refuse(k, "is not a known attribute")
		}
	}
}

func (b *body) refuse(field, why string) { b.problems = append(b.problems, problem{field: why}) }

func (b *body) read(key string, v any) bool {
	raw, ok := b.fields[key]
	if !ok || bytes.Equal(raw, []byte("null")) {
		return false
	}
	if err := json.Unmarshal(raw, v); err != nil {
		b.refuse(key, "has the wrong type")
		return false
	}
	return true
}

func (b *body) text(key string) *string {
	var v string
	if b.read(key, &v) {
		return &v
	}
	return nil
}

func (b *body) number(key string) *int64 {
	var v int64
	if b.read(key, &v) {
		return &v
	}
	return nil
}

func (b *body) contacts(key string, types ...string) []Contact {
	list := []Contact{}
	b.read(key, &list)
	for _, c := range list {
		if strings.TrimSpace(c.Value) == "" || key == "email_addresses" && !strings.Contains(c.Value, "@") {
			b.refuse(key, "value is invalid")
		}
		if len(types) > 0 && !slices.Contains(types, c.Type) {
			b.refuse(key, "type must be one of "+strings.Join(types, ", "))
		}
	}
	return list
}

func (s *Server) createCandidate(b *body) any {
	b.only("first_name", "last_name", "preferred_name", "company", "title", "email_addresses", "phone_numbers", "addresses",
		"website_addresses", "social_media_addresses", "tags", "custom_fields", "is_private", "can_email", "application")
	c := Candidate{FirstName: b.text("first_name"), LastName: b.text("last_name"), PreferredName: b.text("preferred_name"),
		Company: b.text("company"), Title: b.text("title"), CanEmail: true, Tags: []string{}, LinkedUserIDs: []int64{},
		Emails:    b.contacts("email_addresses", "personal", "work", "other"),
		Phones:    b.contacts("phone_numbers", "mobile", "home", "work", "skype", "other"),
		Addresses: b.contacts("addresses", "home", "work", "other"), Websites: b.contacts("website_addresses"),
		SocialMedia: b.contacts("social_media_addresses"), CustomFields: s.customFields(b, "candidate")}
	for key, v := range map[string]*string{"first_name": c.FirstName, "last_name": c.LastName} {
		if v == nil || strings.TrimSpace(*v) == "" {
			b.refuse(key, "can't be blank")
		}
	}
	b.read("tags", &c.Tags)
	s.mu.Lock()
	defer s.mu.Unlock()
	var nested *body
	if raw, ok := b.fields["application"]; ok {
		nested = &body{}
		if json.Unmarshal(raw, &nested.fields) != nil {
			b.refuse("application", "has the wrong type")
			return nil
		}
		nested.only("job_id", "source_id", "recruiter_id", "coordinator_id")
	}
	var app *Application
	if nested != nil {
		app = s.readApplication(nested)
		b.problems = append(b.problems, nested.problems...)
	}
	if len(b.problems) > 0 {
		return nil
	}
	_, c = s.candidates.Insert(func(id int64) Candidate {
		c.Base = s.born(id)
		c.LastActivityAt = &c.CreatedAt
		return c
	})
	if app != nil {
		s.enter(*app, c.ID)
	}
	return c
}

func (s *Server) createApplication(b *body) any {
	b.only("candidate_id", "job_id", "initial_stage_id", "source_id", "referrer_id", "recruiter_id", "coordinator_id", "custom_fields")
	s.mu.Lock()
	defer s.mu.Unlock()
	candidate := b.number("candidate_id")
	if candidate == nil {
		b.refuse("candidate_id", "can't be blank")
	} else if _, ok := s.candidates.Get(*candidate); !ok {
		b.refuse("candidate_id", "does not exist")
	}
	app := s.readApplication(b)
	if len(b.problems) > 0 {
		return nil
	}
	return s.enter(*app, *candidate)
}

// readApplication checks the job and the people of an application to be made.
// The vendor looks for no duplicates, so neither does this.
func (s *Server) readApplication(b *body) *Application {
	app := &Application{Status: "in_process", JobID: b.number("job_id"), SourceID: b.number("source_id"), RecruiterID: b.number("recruiter_id"),
		CoordinatorID: b.number("coordinator_id"), ReferrerID: b.number("referrer_id"), Answers: []Answer{}, ProspectiveIDs: []int64{},
		CustomFields: map[string]CustomField{}}
	if app.JobID == nil {
		b.refuse("job_id", "can't be blank")
		return app
	}
	switch job, ok := s.jobs.Get(*app.JobID); {
	case !ok:
		b.refuse("job_id", "does not exist")
	case job.Status != "open":
		b.refuse("job_id", "must be an open job")
	}
	if app.SourceID != nil {
		if _, ok := s.sources.Get(*app.SourceID); !ok {
			b.refuse("source_id", "does not exist")
		}
	}
	return app
}

func (s *Server) createAttachment(b *body) any {
	b.only("application_id", "filename", "type", "content", "url", "visibility")
	name, kind, content, link := b.text("filename"), b.text("type"), b.text("content"), b.text("url")
	id := b.number("application_id")
	if id == nil {
		b.refuse("application_id", "can't be blank")
		return nil
	}
	app, ok := s.applications.Get(*id)
	if !ok {
		b.refuse("application_id", "does not exist")
	}
	if name == nil || !strings.Contains(*name, ".") || strings.HasSuffix(strings.ToLower(*name), ".exe") {
		b.refuse("filename", "must have an allowed extension")
	}
	if kind == nil || !slices.Contains(attachmentTypes(), *kind) {
		b.refuse("type", "is not included in the list")
	}
	if (content == nil) == (link == nil) {
		b.refuse("content", "provide exactly one of content and url")
	}
	if v := b.text("visibility"); v != nil && !slices.Contains([]string{"public", "private", "admin_only"}, *v) {
		b.refuse("visibility", "is not included in the list")
	}
	var file []byte
	if content != nil {
		var err error
		if file, err = base64.StdEncoding.DecodeString(*content); err != nil {
			b.refuse("content", "is not valid base64")
		}
	}
	if len(b.problems) > 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.attach(Attachment{ApplicationID: app.ID, CandidateID: app.CandidateID, Type: *kind, Filename: *name, Content: file})
}

// attach keeps a file. A new résumé or cover letter turns the earlier one into
// type "other".
func (s *Server) attach(a Attachment) Attachment {
	if a.Type == "resume" || a.Type == "cover_letter" {
		for _, old := range s.attachments.List(func(o Attachment) bool { return o.ApplicationID == a.ApplicationID && o.Type == a.Type }) {
			s.attachments.Update(old.ID, func(o *Attachment) { o.Type, o.UpdatedAt = "other", s.now() })
		}
	}
	_, made := s.attachments.Insert(func(id int64) Attachment {
		a.Base = s.born(id)
		a.URL = "https://files.example/attachments/" + strconv.FormatInt(id, 10) + "?expires=7d"
		return a
	})
	s.touchApplication(a.ApplicationID, func(*Application) {})
	return made
}

// act moves, rejects, re-opens or hires over HTTP, as a person of the client (or
// another integration) would.
func (s *Server) act(b *body, verb string, id int64) {
	app, ok := s.applications.Get(id)
	if !ok {
		b.refuse("id", "does not exist")
		return
	}
	switch verb {
	case "move":
		b.only("from_stage_id", "to_stage_id")
		from, to := b.number("from_stage_id"), b.number("to_stage_id")
		if from == nil || to == nil || app.StageID == nil || *from != s.definition(*app.StageID) {
			b.refuse("from_stage_id", "is not the current stage")
			return
		}
		stage, ok := s.stages.Get(*to)
		if !ok || stage.JobID != *app.JobID {
			b.refuse("to_stage_id", "is not a stage of the job")
			return
		}
		s.report(b, s.MoveToStage(id, stage.Name))
	case "reject":
		b.only("rejection_reason_id", "notes", "rejection_email")
		reason := b.number("rejection_reason_id")
		if reason == nil {
			b.refuse("rejection_reason_id", "can't be blank")
			return
		}
		r, ok := s.reasons.Get(*reason)
		if !ok {
			b.refuse("rejection_reason_id", "does not exist")
			return
		}
		s.report(b, s.Reject(id, r.Name))
	case "unreject":
		b.only()
		s.report(b, s.Unreject(id))
	case "hire":
		b.only("opening_id", "start_date", "close_reason_id")
		start := ""
		if d := b.text("start_date"); d != nil {
			start = *d
		}
		s.report(b, s.Hire(id, start))
	}
}

func (s *Server) report(b *body, err error) {
	if err != nil {
		b.problems = append(b.problems, err.Error())
	}
}
