package greenhouse

import (
	"fmt"
	"strconv"
)

// CandidateOf gives the person of an application; 0 when there is none.
func (s *Server) CandidateOf(application int64) int64 {
	app, _ := s.applications.Get(application) // none: 0
	return app.CandidateID
}

// Merge makes one person of two, as the client's people do with a duplicate. The
// applications of the duplicate go over to primary and keep their ids, except for jobs
// on which primary stands already: those are given up.
func (s *Server) Merge(primary, duplicate int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	keep, ok := s.candidates.Get(primary)
	lost, also := s.candidates.Get(duplicate)
	if !ok || !also || primary == duplicate {
		return fmt.Errorf("candidates %d and %d cannot be merged", primary, duplicate)
	}
	taken := map[int64]bool{}
	for _, a := range s.applications.List(func(a Application) bool { return a.CandidateID == primary }) {
		taken[deref(a.JobID)] = true
	}
	removed := []int64{}
	for _, a := range s.applications.List(func(a Application) bool { return a.CandidateID == duplicate }) {
		if taken[deref(a.JobID)] {
			s.applications.Delete(a.ID)
			removed = append(removed, a.ID)
			continue
		}
		s.touchApplication(a.ID, func(a *Application) { a.CandidateID = primary })
	}
	s.candidates.Update(primary, func(c *Candidate) {
		c.Emails, c.UpdatedAt = append(keep.Emails, lost.Emails...), s.now()
	})
	s.candidates.Delete(duplicate)
	merged, gone := s.personPayload(lost), s.personPayload(lost)
	merged["new_candidate_id"], gone["deleted_application_ids"] = primary, removed
	s.tell("merge_candidate", object{"person": merged})
	s.tell("delete_candidate", object{"person": gone}) // the vendor sends it for a merge as well
	return nil
}

func (s *Server) personPayload(c Candidate) object {
	return object{"id": c.ID, "first_name": c.FirstName, "last_name": c.LastName, "company": c.Company, "title": c.Title,
		"created_at": stamp(&c.CreatedAt), "headline": nil, "is_private": c.Private, "recruiter_user_id": nil, "coordinator_user_id": nil, "can_email": c.CanEmail}
}

// Anonymize erases a person's data: the name becomes "Anonymized" and the id, offers and
// reasons of rejections go, and applications are put back to their first stage.
func (s *Server) Anonymize(candidate int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	first, last := "Anonymized", strconv.FormatInt(candidate, 10)
	ok := s.candidates.Update(candidate, func(c *Candidate) {
		c.FirstName, c.LastName, c.Title, c.Company, c.UpdatedAt = &first, &last, nil, nil, s.now()
		c.Emails, c.Phones, c.Addresses, c.CustomFields = []Contact{}, []Contact{}, []Contact{}, map[string]CustomField{}
	})
	if !ok {
		return fmt.Errorf("candidate %d does not exist", candidate)
	}
	for _, a := range s.applications.List(func(a Application) bool { return a.CandidateID == candidate }) {
		for _, o := range s.offers.List(func(o Offer) bool { return o.ApplicationID == a.ID }) {
			s.offers.Delete(o.ID)
		}
		for _, d := range s.details.List(func(d RejectionDetail) bool { return d.ApplicationID == a.ID }) {
			s.details.Delete(d.ID)
		}
		if steps := s.pipeline(deref(a.JobID)); len(steps) > 0 {
			s.stand(a.ID, steps[0])
		}
		s.touchApplication(a.ID, func(a *Application) { a.SourceID, a.CustomFields = nil, map[string]CustomField{} })
	}
	s.tell("candidate_anonymized", object{"candidate_id": candidate, "anonymized_fields": []string{"full_name", "email_addresses", "phone_numbers",
		"candidate_stage_data", "all_offer_versions", "rejection_reasons", "source"}})
	return nil
}
