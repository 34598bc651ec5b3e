package workday

import (
	"fmt"
	"time"
)

func (s *Server) id(prefix string) string {
	s.n++
	return fmt.Sprintf("%s%05d", prefix, s.n)
}

func (s *Server) stamp() string { return s.opts.Now().In(s.opts.Zone).Format(time.RFC3339Nano) }

// OpenRequisition opens a requisition and gives its id; columns are added to the
// ones that every requisition has.
func (s *Server) OpenRequisition(title string, columns map[string]string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := object{"Job_Requisition_ID": s.id("R-"), "Job_Posting_Title": title, "Status": "Open", "Openings_Available": "2",
		"Primary_Location": "Dallas, TX", "Hiring_Manager": "Jane Roe", "Last_Updated": s.stamp()}
	for k, v := range columns {
		row[k] = v
	}
	s.reqs = append(s.reqs, row)
	return row["Job_Requisition_ID"]
}

// SetRequisition changes a column of a requisition.
func (s *Server) SetRequisition(id, column, value string) error {
	return s.set(&s.reqs, "Job_Requisition_ID", id, column, value)
}

// Apply makes a candidate with an application, as the client's people would.
func (s *Server) Apply(requisition, first, last, email string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.person(first, last, email)
	s.files[c] = []byte("a résumé")
	return s.apply(c, requisition, "Review")
}

func (s *Server) person(first, last, email string) string {
	id := s.id("C")
	s.people = append(s.people, object{"Candidate_ID": id, "First_Name": first, "Last_Name": last, "Email": email})
	return id
}

func (s *Server) apply(candidate, requisition, stage string) string {
	row := object{"Job_Application_ID": s.id("JOB_APPLICATION-6-"), "Candidate_ID": candidate, "Job_Requisition_ID": requisition, "Stage": stage,
		"Disposition": "", "Disposition_Date": "", "Email": s.find(s.people, "Candidate_ID", candidate)["Email"], "Last_Updated": s.stamp()}
	s.apps = append(s.apps, row)
	return row["Job_Application_ID"]
}

func (s *Server) find(list []object, column, value string) object {
	for _, o := range list {
		if o[column] == value {
			return o
		}
	}
	return nil
}

// Move puts an application into a stage.
func (s *Server) Move(application, stage string) error {
	return s.set(&s.apps, "Job_Application_ID", application, "Stage", stage)
}

// Decline ends an application with a disposition.
func (s *Server) Decline(application, disposition string) error {
	if err := s.set(&s.apps, "Job_Application_ID", application, "Disposition_Date", s.stamp()); err != nil {
		return err
	}
	return s.set(&s.apps, "Job_Application_ID", application, "Disposition", disposition)
}

// Hire makes the contract of an application; columns are those of the report.
func (s *Server) Hire(application string, columns map[string]string) error {
	if err := s.Move(application, "Hired"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	row := object{"Contract_ID": s.id("CON-"), "Job_Application_ID": application, "Contract_Status": "Active", "Last_Updated": s.stamp()}
	for k, v := range columns {
		row[k] = v
	}
	s.hires = append(s.hires, row)
	return nil
}

// SetContract changes a column of an application's contract.
func (s *Server) SetContract(application, column, value string) error {
	return s.set(&s.hires, "Job_Application_ID", application, column, value)
}

func (s *Server) set(list *[]object, key, id, column, value string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	row := s.find(*list, key, id)
	if row == nil {
		return fmt.Errorf("there is no %s", id)
	}
	row[column], row["Last_Updated"] = value, s.stamp()
	return nil
}

// CountApplications counts applications, CountCandidates people.
func (s *Server) CountApplications() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.apps)
}

// CountCandidates counts people.
func (s *Server) CountCandidates() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.people)
}

// Application gives the columns of an application, and its candidate's résumé.
func (s *Server) Application(id string) (map[string]string, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]string{}
	for k, v := range s.find(s.apps, "Job_Application_ID", id) {
		out[k] = v
	}
	return out, s.files[out["Candidate_ID"]]
}
