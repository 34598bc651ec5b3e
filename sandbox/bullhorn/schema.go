package bullhorn

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// field is one property of an entity.
type field struct {
	name     string
	kind     string // text, int, decimal, bool, time, composite, one, many
	max      int    // characters of a text; 0: no limit
	of       string // entity of one and many
	via      string // many: the to-one field of the other side, where it is computed
	required bool
	readOnly bool
	def      any // on creation, when nothing is given
	options  []string
	label    string // empty: the name
}

// schema is the fields of one entity. The tables below follow the vendor's entity
// reference; a field that is not in them is refused as unknown.
type schema struct {
	entity   string
	label    string
	fields   []*field
	index    map[string]*field
	readOnly bool // no PUT, no POST
	search   bool // has an index
	files    bool
}

func (s *schema) field(name string) (*field, bool) {
	f, ok := s.index[name]
	return f, ok
}

func entityNames() []string {
	return []string{"CorporateUser", "ClientCorporation", "ClientContact", "JobOrder", "Candidate", "JobSubmission", "JobSubmissionHistory", "Placement", "Skill", "FileAttachment",
		jobObject, personObject}
}

func schemas() map[string]*schema {
	out := map[string]*schema{}
	for _, s := range []struct {
		schema
		table string
	}{
		{schema{entity: "JobOrder", label: "Job", search: true, files: true}, jobOrderFields},
		{schema{entity: "Candidate", label: "Candidate", search: true, files: true}, candidateFields},
		{schema{entity: "JobSubmission", label: "Submission"}, jobSubmissionFields},
		{schema{entity: "JobSubmissionHistory", label: "Job Submission History", readOnly: true}, historyFields},
		{schema{entity: "Placement", label: "Placement", search: true, files: true}, placementFields},
		{schema{entity: "ClientCorporation", label: "Company", search: true, files: true}, corporationFields},
		{schema{entity: "ClientContact", label: "Contact", search: true, files: true}, contactFields},
		{schema{entity: "CorporateUser", label: "User", readOnly: true}, userFields},
		{schema{entity: "Skill", label: "Skill", readOnly: true}, "name text 100"},
		{schema{entity: "FileAttachment", label: "File", readOnly: true}, fileFields},
		{schema{entity: jobObject, label: "Custom Object1s", readOnly: true}, instanceFields + "jobOrder one JobOrder readonly"},
		{schema{entity: personObject, label: "Custom Object1s", readOnly: true}, instanceFields + "person one Candidate readonly"},
	} {
		made := s.schema
		made.read(s.table)
		out[made.entity] = &made
	}
	for name, options := range map[string][]string{
		"onSite":         {"No Preference", "On-Site", "Off-Site"},
		"employmentType": {"Contract", "Contract To Hire", "Direct Hire"},
		"status":         {"Pending", "Accepting Candidates", "On Hold", "Filled", "Cancelled", "Closed", "Archive"},
	} {
		out["JobOrder"].index[name].options = options
	}
	return out
}

func (s *schema) read(table string) {
	s.index = map[string]*field{}
	span := regexp.MustCompile(`^([A-Za-z]+)1-(\d+)$`)
	s.add(&field{name: "id", kind: "int", readOnly: true})
	for _, line := range strings.Split(strings.TrimSpace(table), "\n") {
		words := strings.Fields(line)
		f := field{name: words[0], kind: words[1]}
		for _, w := range words[2:] {
			f.option(w)
		}
		m := span.FindStringSubmatch(f.name)
		if m == nil {
			s.add(&f)
			continue
		}
		last, _ := strconv.Atoi(m[2]) // digits only
		for i := 1; i <= last; i++ {
			one := f
			one.name = fmt.Sprintf("%s%d", m[1], i)
			s.add(&one)
		}
	}
}

func (s *schema) add(f *field) {
	s.fields = append(s.fields, f)
	s.index[f.name] = f
}

// option reads one word of a line. A default's underscores stand for blanks.
func (f *field) option(w string) {
	def, isDefault := strings.CutPrefix(w, "default=")
	n, err := strconv.Atoi(w)
	switch {
	case isDefault:
		f.def = strings.ReplaceAll(def, "_", " ")
		if n, err := strconv.ParseFloat(def, 64); err == nil {
			f.def = n
		}
		if def == "true" || def == "false" {
			f.def = def == "true"
		}
	case w == "required":
		f.required = true
	case w == "readonly":
		f.readOnly = true
	case err == nil:
		f.max = n
	default:
		f.of, f.via, _ = strings.Cut(w, ":")
	}
}
