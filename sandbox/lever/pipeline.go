package lever

import "fmt"

// Apply puts a candidate on a posting, as somebody else than the hub would, and
// gives the id of the opportunity.
func (s *Server) Apply(posting, name, email string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	in := application{Name: name, Emails: []string{email}, Postings: []string{posting}, Origin: "applied", Sources: []string{"Job site"}, Stage: "applicant-new"}
	if err := s.invalid(in); err != nil {
		return "", err
	}
	made, _ := s.born(in, ActingUser)
	return fmt.Sprint(made["id"]), nil
}

// Move puts an opportunity into the stage of that name.
func (s *Server) Move(id, stage string) error {
	return s.opportunity(id, func(o object) error {
		for _, st := range s.lists["stages"] {
			if st["text"] != stage {
				continue
			}
			from := o["stage"]
			o["stage"], o["lastAdvancedAt"] = st["id"], s.now()
			s.tell("candidateStageChange", object{"opportunityId": id, "candidateId": id, "contactId": o["contact"], "toStageId": st["id"], "fromStageId": from})
			return nil
		}
		return fmt.Errorf("there is no stage %s", stage)
	})
}

// Archive ends an opportunity with the reason of that text.
func (s *Server) Archive(id, reason string) error {
	return s.opportunity(id, func(o object) error {
		for _, r := range s.lists["archive_reasons"] {
			if r["text"] != reason {
				continue
			}
			o["archived"] = object{"archivedAt": s.now(), "reason": r["id"]}
			data := object{"opportunityId": id, "candidateId": id, "contactId": o["contact"]}
			if r["type"] == "hired" {
				s.tell("candidateHired", data)
				return nil
			}
			data["fromArchived"], data["toArchived"] = nil, o["archived"]
			s.tell("candidateArchiveChange", data)
			return nil
		}
		return fmt.Errorf("there is no archive reason %s", reason)
	})
}

// Hire signs an offer with these fields and archives the opportunity as hired, on
// the requisition of its posting when there is one.
func (s *Server) Hire(id string, startsAt int64, fields map[string]any) error {
	err := s.opportunity(id, func(o object) error {
		list := []object{{"text": "Anticipated start date", "identifier": "anticipated_start_date", "value": startsAt},
			{"text": "Compensation currency", "identifier": "compensation_currency", "value": "USD"},
			{"text": "Offered compensation amount", "identifier": "salary_amount", "value": 70},
			{"text": "Type of earnings", "identifier": "salary_interval", "value": "per-hour-wage"}}
		for k, v := range fields {
			list = append(list, object{"text": k, "identifier": k, "value": v})
		}
		s.offer[id] = append(s.offer[id], object{"id": s.id(), "createdAt": s.now(), "status": "signed", "creator": ActingUser, "fields": list,
			"sentDocument": nil, "signedDocument": nil})
		app := s.apps[texts(o, "applications")[0]] // every opportunity is born with one
		for _, r := range s.lists["requisitions"] {
			for _, p := range texts(r, "postings") {
				if p == app["posting"] {
					hired, _ := r["headcountHired"].(int) // a test may have put anything there
					r["headcountHired"] = hired + 1
					app["requisitionForHire"] = object{"id": r["id"], "requisitionCode": r["requisitionCode"], "hiringManagerOnHire": r["hiringManager"]}
				}
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.Archive(id, "Hired")
}

func (s *Server) opportunity(id string, f func(object) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.lists["opportunities"] {
		if o["id"] == id {
			o["updatedAt"], o["lastInteractionAt"] = s.now(), s.now()
			return f(o)
		}
	}
	return fmt.Errorf("there is no opportunity %s", id)
}

// CountOpportunities counts the opportunities of the account.
func (s *Server) CountOpportunities() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.lists["opportunities"])
}

// Opportunity gives a copy of one as it is kept; nil: there is none.
func (s *Server) Opportunity(id string) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.lists["opportunities"] {
		if o["id"] == id {
			return s.view("", o, nil, false)
		}
	}
	return nil
}

// ResumeOf gives the file that came with an opportunity; nil: none.
func (s *Server) ResumeOf(id string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[id]
}

func (s *Server) stageText(id any) any {
	for _, st := range s.lists["stages"] {
		if st["id"] == id {
			return st["text"]
		}
	}
	return nil
}
