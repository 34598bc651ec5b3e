package greenhouse

import (
	"fmt"
	"sort"
	"time"
)

// Attachments gives the files of an application, contents included.
func (s *Server) Attachments(application int64) []Attachment {
	return s.attachments.List(func(a Attachment) bool { return a.ApplicationID == application })
}

// Stages gives the pipeline of a job in order.
func (s *Server) Stages(job int64) []string {
	var out []string
	for _, st := range s.pipeline(job) {
		out = append(out, st.Name)
	}
	return out
}

func (s *Server) pipeline(job int64) []InterviewStage {
	list := s.stages.List(func(st InterviewStage) bool { return st.JobID == job && st.Active })
	sort.SliceStable(list, func(i, j int) bool { return list[i].SortOrder < list[j].SortOrder })
	return list
}

// Apply makes a person and an application as a visitor of the job board would.
func (s *Server) Apply(job int64, first, last, email string) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if j, ok := s.jobs.Get(job); !ok || j.Status != "open" {
		return 0, fmt.Errorf("job %d is not open", job)
	}
	id, _ := s.candidates.Insert(func(n int64) Candidate {
		return Candidate{Base: s.born(n), FirstName: &first, LastName: &last, CanEmail: true, Tags: []string{}, LinkedUserIDs: []int64{},
			Emails: []Contact{{Value: email, Type: "personal"}}, Phones: []Contact{}, Addresses: []Contact{}, Websites: []Contact{},
			SocialMedia: []Contact{}, CustomFields: map[string]CustomField{}}
	})
	board := s.sources.List(func(src Source) bool { return src.Type.Name != "Agencies" })
	return s.enter(Application{JobID: &job, Status: "in_process", SourceID: &board[0].ID, Answers: []Answer{}, ProspectiveIDs: []int64{},
		CustomFields: map[string]CustomField{}}, id).ID, nil
}

// AgencySource is the source that an agency's submissions are credited to.
func (s *Server) AgencySource() int64 {
	return s.sources.List(func(src Source) bool { return src.Type.Name == "Agencies" })[0].ID
}

// enter puts a new application into the first stage of its job.
func (s *Server) enter(app Application, candidate int64) Application {
	_, app = s.applications.Insert(func(id int64) Application {
		app.Base = s.born(id)
		app.CandidateID, app.LastActivityAt = candidate, &app.CreatedAt
		return app
	})
	if first := s.pipeline(*app.JobID); len(first) > 0 {
		s.stand(app.ID, first[0])
	}
	app, _ = s.applications.Get(app.ID)
	s.tellApplication("new_candidate_application", app.ID)
	return app
}

// stand records that an application is in a stage from now on.
func (s *Server) stand(app int64, stage InterviewStage) {
	now := s.now()
	for _, st := range s.stays.List(func(st ApplicationStage) bool { return st.ApplicationID == app && st.Current }) {
		s.stays.Update(st.ID, func(st *ApplicationStage) { st.Current, st.ExitedAt, st.UpdatedAt = false, &now, now })
	}
	id, _ := s.stays.Insert(func(n int64) ApplicationStage {
		return ApplicationStage{Base: s.born(n), ApplicationID: app, StageID: stage.ID, EnteredAt: &now, Current: true}
	})
	s.touchApplication(app, func(a *Application) { a.StageID, a.StageName = &id, &stage.Name })
}

// definition gives the stage that a stay is in: applications point at the stay.
func (s *Server) definition(stay int64) int64 {
	st, _ := s.stays.Get(stay) // gone: 0
	return st.StageID
}

func (s *Server) touchApplication(id int64, change func(*Application)) {
	now := s.now()
	s.applications.Update(id, func(a *Application) {
		change(a)
		a.UpdatedAt, a.LastActivityAt = now, &now
	})
}

// active gives an application that can still move.
func (s *Server) active(id int64) (Application, error) {
	app, ok := s.applications.Get(id)
	switch {
	case !ok:
		return app, fmt.Errorf("application %d does not exist", id)
	case app.Status != "in_process":
		return app, fmt.Errorf("application %d is %s", id, app.Status)
	}
	return app, nil
}

// MoveToStage moves an application to the stage of that name.
func (s *Server) MoveToStage(id int64, stage string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	app, err := s.active(id)
	if err != nil {
		return err
	}
	for _, st := range s.pipeline(*app.JobID) {
		if st.Name == stage {
			s.stand(id, st)
			s.tellApplication("candidate_stage_change", id)
			return nil
		}
	}
	return fmt.Errorf("job %d has no stage %q", *app.JobID, stage)
}

// Reject rejects an application. A reason that the account does not have is made.
func (s *Server) Reject(id int64, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, err := s.active(id); err != nil {
		return err
	}
	now, reasonID := s.now(), s.reason(reason)
	s.details.Insert(func(n int64) RejectionDetail {
		return RejectionDetail{Base: s.born(n), ApplicationID: id, ReasonID: &reasonID, RejectedAt: &now, CustomFields: map[string]CustomField{}}
	})
	s.touchApplication(id, func(a *Application) { a.Status, a.RejectedAt = "rejected", &now })
	s.tellApplication("reject_candidate", id)
	return nil
}

func (s *Server) reason(name string) int64 {
	for _, r := range s.reasons.List(func(r RejectionReason) bool { return r.Name == name }) {
		return r.ID
	}
	id, _ := s.reasons.Insert(func(n int64) RejectionReason {
		return RejectionReason{Base: s.born(n), Name: name, Type: ReasonType{ID: 1, Key: "WE_REJECTED_THEM", Name: "We rejected them"}}
	})
	return id
}

// Unreject puts a rejected application back where it stood.
func (s *Server) Unreject(id int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if app, ok := s.applications.Get(id); !ok || app.Status != "rejected" {
		return fmt.Errorf("application %d is not rejected", id)
	}
	for _, d := range s.details.List(func(d RejectionDetail) bool { return d.ApplicationID == id }) {
		s.details.Delete(d.ID)
	}
	s.touchApplication(id, func(a *Application) { a.Status, a.RejectedAt = "in_process", nil })
	s.tellApplication("unreject_candidate", id)
	return nil
}

// DeleteApplication removes an application, which no list shows afterwards.
func (s *Server) DeleteApplication(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	app, ok := s.applications.Get(id)
	if !ok {
		return
	}
	s.applications.Delete(id)
	s.tell("delete_application", object{"application": object{"id": id, "candidate_id": app.CandidateID, "job_id": app.JobID, "created_at": app.CreatedAt,
		"source_id": app.SourceID, "candidate_rejection_reason_id": nil, "rejection_note_id": nil, "rejected_at": app.RejectedAt, "referrer_id": app.ReferrerID,
		"prospect": app.Prospect, "rejected_by_user_id": nil}})
}

// OfferSpec is what the client offers.
type OfferSpec struct {
	StartsOn     string // YYYY-MM-DD
	Status       string // Created, Accepted or Rejected; default Accepted
	CustomFields map[string]CustomField
}

// MakeOffer puts an offer on an application; an earlier one becomes Deprecated.
func (s *Server) MakeOffer(id int64, spec OfferSpec) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	app, err := s.active(id)
	if err != nil {
		return err
	}
	s.declare("offer", spec.CustomFields)
	version, action := 1, "offer_created"
	for _, o := range s.offers.List(func(o Offer) bool { return o.ApplicationID == id }) {
		version, action = max(version, o.Version+1), "offer_updated"
		s.offers.Update(o.ID, func(o *Offer) { o.Status, o.Current, o.UpdatedAt = "Deprecated", false, s.now() })
	}
	now := s.now()
	offer := Offer{Version: version, ApplicationID: id, JobID: *app.JobID, CandidateID: app.CandidateID, OpeningID: s.freeOpening(*app.JobID),
		Status: spec.Status, StartsOn: maybe(spec.StartsOn), SentOn: maybe(now.Format(time.DateOnly)), CustomFields: orNone(spec.CustomFields), Current: true}
	if offer.Status == "" {
		offer.Status = "Accepted"
	}
	if offer.Status != "Created" {
		offer.ResolvedAt = &now
	}
	n, _ := s.offers.Insert(func(n int64) Offer {
		offer.Base = s.born(n)
		return offer
	})
	s.touchApplication(id, func(*Application) {})
	s.tellOffer(action, n)
	return nil
}

func (s *Server) freeOpening(job int64) *int64 {
	for _, o := range s.openings.List(func(o Opening) bool { return o.JobID == job && o.Open }) {
		return &o.ID
	}
	return nil
}

// Hire marks an application as hired from start (YYYY-MM-DD) on. It fills an
// opening, and with the last one the job closes.
func (s *Server) Hire(id int64, start string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	app, err := s.active(id)
	if err != nil {
		return err
	}
	opening := s.freeOpening(*app.JobID)
	if opening == nil {
		return fmt.Errorf("job %d has no open opening", *app.JobID)
	}
	s.closeOpening(*opening, &id)
	s.touchApplication(id, func(a *Application) { a.Status, a.HiredOn = "hired", start })
	s.tellApplication("hire_candidate", id)
	if s.freeOpening(*app.JobID) == nil {
		s.closeJob(*app.JobID)
	}
	return nil
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func deref(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}
