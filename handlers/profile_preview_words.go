package handlers

import (
	"slices"

	"github.com/tributary-hub/tributary/mapping"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/web"
)

// mapOf names the map of the document that a record of a preview went through.
func mapOf(role staffing.Role, x store.PreviewRecord) string {
	switch {
	case role == staffing.RoleInternalATS && x.Subject == staffing.SubjectRequisition:
		return "job"
	case role == staffing.RoleERP:
		return "bill"
	case x.Subject == staffing.SubjectSubmission && x.RawID != nil:
		return statusSection
	}
	return string(x.Subject)
}

// saidFields are what is compared of a status record or of a recruiter's move.
var saidFields = map[string]string{"stage": "Stage", "word": "The client's word", "at": "Said at", "submits": "Submits the candidate"}

// changeInWords gives a field of a record before and after as a person reads it.
func changeInWords(section string, c store.FieldChange) web.FieldChange {
	label, said := saidFields[c.Field]
	if !said || section != statusSection {
		label = mapping.PathLabel(section, c.Field)
	}
	return web.FieldChange{Path: c.Field, Field: label, Before: mapping.HumanValue(section, c.Field, c.Before), After: mapping.HumanValue(section, c.Field, c.After)}
}

// triedWords says which records a preview has tried.
func triedWords(role staffing.Role, scope []store.PreviewScope) (out []string) {
	for _, x := range scope {
		one, many := "submission", "submissions"
		switch {
		case role == staffing.RoleERP:
			one, many = "bill", "bills"
		case role == staffing.RoleInternalATS && x.Said:
			one, many = "move of a candidate", "moves of candidates"
		case role == staffing.RoleInternalATS:
			one, many = "job", "jobs"
		case x.Said:
			one, many = "status of the client", "statuses of the client"
		case x.Subject != staffing.SubjectSubmission:
			one, many = string(x.Subject), string(x.Subject)+"s"
		}
		out = append(out, counted(x.Count, one, many))
	}
	return out
}

// untriedWords are the parts of a document that no record here can show, and when
// they show.
var untriedWords = []struct{ section, words string }{
	{"candidate", "How a candidate is read: the record stays in the internal ATS and is read when a submission leaves. The first one after publishing shows it; in shadow mode nothing leaves."},
	{"offered", "How offered terms are read: they stay in the internal ATS too, and are read with the candidate."},
	{"internal_status", "What recruiters see of a stage: it is written with the candidate's next status."},
	{"poll", "How often the system is read: that begins with publishing."},
}

// untried says what of the draft's changes the preview did not try.
func untried(p profile) (out []string) {
	before, err := mapping.Parse([]byte(p.published.Document))
	if err != nil {
		return nil // the page says that it cannot be read
	}
	after, err := mapping.Parse([]byte(p.draft.Document))
	if err != nil {
		return nil // likewise
	}
	changes := mapping.Diff(before, after)
	for _, u := range untriedWords {
		if slices.ContainsFunc(changes, func(c mapping.Change) bool { return c.Section == u.section }) {
			out = append(out, u.words)
		}
	}
	return out
}
