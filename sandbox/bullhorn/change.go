package bullhorn

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// insert stores a new object and does what the vendor does besides: history,
// events, and the workflow of a placement.
func (s *Server) insert(entity string, values row, user int64) int64 {
	now := millis(s.now())
	for _, name := range []string{"dateAdded", "dateLastModified"} {
		if f, ok := s.schemas[entity].field(name); ok && (f.readOnly || values[name] == nil) {
			values[name] = now
		}
	}
	if entity == "Placement" {
		if job, ok := s.get("JobOrder", number(values["jobOrder"])); ok {
			values["employmentType"] = job["employmentType"]
		}
	}
	id, _ := s.tables[entity].Insert(func(id int64) row {
		values["id"] = id
		return values
	})
	if entity == "JobSubmission" && !s.opts.NoInsertHistory {
		s.history(id, user, "")
	}
	s.fire(entity, id, "INSERTED", nil, user, "")
	if sub := number(values["jobSubmission"]); entity == "Placement" && sub != 0 {
		s.update("JobSubmission", sub, row{"status": "Placed"}, user)
	}
	if c := number(values["candidate"]); entity == "Placement" && c != 0 {
		s.update("Candidate", c, row{"status": "Placed"}, user)
	}
	return id
}

// update changes an object. A change that changes nothing is none: no event, no
// history.
func (s *Server) update(entity string, id int64, values row, user int64) {
	var changed []string
	before, ok := s.get(entity, id)
	if !ok {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !reflect.DeepEqual(before[name], values[name]) {
			changed = append(changed, name)
		}
	}
	if len(changed) == 0 {
		return
	}
	s.tables[entity].Update(id, func(r *row) {
		maps.Copy(*r, values)
		if _, ok := s.schemas[entity].field("dateLastModified"); ok {
			(*r)["dateLastModified"] = millis(s.now())
		}
	})
	transaction := fresh()
	if entity == "JobSubmission" {
		s.history(id, user, transaction)
	}
	s.fire(entity, id, "UPDATED", changed, user, transaction)
}

// history notes the state of a submission after a change.
func (s *Server) history(submission, user int64, transaction string) {
	sub, ok := s.get("JobSubmission", submission)
	if !ok {
		return
	}
	s.tables["JobSubmissionHistory"].Insert(func(id int64) row {
		h := row{"id": id, "comments": sub["comments"], "dateAdded": millis(s.now()), "jobSubmission": submission,
			"modifyingUser": user, "status": sub["status"]}
		if transaction != "" {
			h["transactionID"] = fmt.Sprintf("%.8s-%.4s-%.4s-%.4s-%.12s", transaction, transaction[8:], transaction[12:], transaction[16:], transaction[20:])
		}
		return h
	})
}
