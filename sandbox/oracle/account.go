package oracle

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
)

// OpenRequisition makes a requisition and gives its number.
func (s *Server) OpenRequisition(title string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := s.id()
	n := fmt.Sprint(id - 300000123446000)
	s.items[requisitions] = append(s.items[requisitions], Item{"RequisitionId": id, "RequisitionNumber": n, "Title": title, "RecruitingType": "Contingent",
		"CurrentPhaseName": "Open", "CurrentStateName": "Open - Posted", "NumberOfOpenings": 2, "PrimaryLocation": "Dallas, TX, United States", "HiringManager": "Max Hill",
		"ExternalDescription": "<p>Care</p>", "CreationDate": s.now(), "LastUpdateDate": s.now()})
	return n
}

// Edit changes the requisition or the application of that number or id.
func (s *Server) Edit(id string, edit func(Item)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, list := range [][]Item{s.items[requisitions], s.items[applications]} {
		for _, i := range list {
			_, isApplication := i["JobApplicationId"]
			if isApplication && fmt.Sprint(i["JobApplicationId"]) == id || !isApplication && i["RequisitionNumber"] == id {
				edit(i)
				i["LastUpdateDate"] = s.now()
				return nil
			}
		}
	}
	return errors.New("there is no " + id)
}

// Apply makes a candidate with an application and gives the application's id.
func (s *Server) Apply(requisition, first, last, email string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.person(Item{"FirstName": first, "LastName": last, "Email": email})
	return fmt.Sprint(s.apply(fmt.Sprint(c["CandidateNumber"]), requisition)["JobApplicationId"])
}

// Hire moves an application on to HR, with an accepted offer.
func (s *Server) Hire(application, start string) error {
	if err := s.Edit(application, func(i Item) { i["CurrentPhaseName"], i["CurrentStateName"] = "HR", "Pending" }); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[offers] = append(s.items[offers], Item{"JobOfferId": s.id(), "JobApplicationId": application, "OfferStatus": "Accepted", "ProjectedStartDate": start})
	return nil
}

// CountApplications counts the applications of the account.
func (s *Server) CountApplications() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.items[applications])
}

// Files gives the attachments of all candidates.
func (s *Server) Files() (list []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, files := range s.files {
		for _, f := range files {
			list = append(list, fmt.Sprint(f["CategoryName"], " ", f["FileName"]))
		}
	}
	return list
}

func (s *Server) person(in Item) Item {
	in["CandidateNumber"], in["CreationDate"], in["LastUpdateDate"] = fmt.Sprint(s.id()-300000123450000), s.now(), s.now()
	s.items[candidates] = append(s.items[candidates], in)
	return in
}

func (s *Server) apply(candidate, requisition string) Item {
	a := Item{"JobApplicationId": s.id(), "RequisitionNumber": requisition, "CandidateNumber": candidate, "CurrentPhaseName": "New", "CurrentStateName": "To be Reviewed",
		"SubmissionDate": s.now(), "LastUpdateDate": s.now()}
	s.items[applications] = append(s.items[applications], a)
	return a
}

// addCandidate makes one. Whether Oracle refuses a known e-mail address is not
// documented: here it does not, so that whoever does not look first is found out.
func (s *Server) addCandidate(w http.ResponseWriter, r *http.Request) {
	in, ok := read(w, r, []string{"LastName", "Email"}, "FirstName", "MiddleNames")
	if ok {
		answer(w, http.StatusCreated, s.show(candidates, s.person(in), false))
	}
}

func (s *Server) addApplication(w http.ResponseWriter, r *http.Request) {
	if s.opts.NotPartner {
		refuse(w, http.StatusForbidden, "this resource is for approved partners")
		return
	}
	in, ok := read(w, r, []string{"CandidateNumber", "RequisitionNumber"}, "PartnerTrackingId", "AdditionalSourceInformation")
	if !ok {
		return
	}
	for kind, name := range map[string]string{candidates: "CandidateNumber", requisitions: "RequisitionNumber"} {
		known := false
		for _, i := range s.items[kind] {
			known = known || i[name] == in[name]
		}
		if !known {
			refuse(w, http.StatusBadRequest, name+" is not known")
			return
		}
	}
	s.apply(fmt.Sprint(in["CandidateNumber"]), fmt.Sprint(in["RequisitionNumber"]))
	answer(w, http.StatusCreated, in) // what the answer holds beside is not documented
}

func (s *Server) attach(w http.ResponseWriter, r *http.Request, candidate string) {
	in, ok := read(w, r, []string{"FileName", "CategoryName", "FileContents"})
	if !ok {
		return
	}
	if _, err := base64.StdEncoding.DecodeString(strings.TrimSpace(fmt.Sprint(in["FileContents"]))); err != nil {
		refuse(w, http.StatusBadRequest, "FileContents is no base64")
		return
	}
	delete(in, "FileContents")
	s.files[candidate] = append(s.files[candidate], in)
	answer(w, http.StatusCreated, in)
}
