package bullhorn

import "testing"

// FuzzQueries reads the three small languages that strangers write to the account:
// whatever comes, it is understood or refused.
func FuzzQueries(f *testing.F) {
	for _, s := range []string{"id > 0 AND NOT (title = 'it''s')", "externalID IN ('a','b') OR owner.lastName IS NOT NULL", `title:"x" AND (isOpen:1 OR id:[1 TO *])`,
		"id,title,owner(id,name),submissions[5](candidate(lastName))"} {
		f.Add(s)
	}
	s := New(nil, Options{})
	s.AddJob(JobSpec{Title: "Nurse", CompanyCode: "ACME"})
	f.Fuzz(func(t *testing.T, in string) {
		for _, parse := range []func(string, string) (condition, error){s.parseWhere, s.parseLucene} {
			if keep, err := parse("JobOrder", in); err == nil {
				s.tables["JobOrder"].List(keep)
			}
		}
		if fields, err := parseFields(in); err == nil {
			for _, r := range s.tables["JobOrder"].List(nil) {
				if _, err := s.view("JobOrder", r, fields); err == nil && len(fields) == 0 {
					t.Error("no fields were asked for, and no error tells so")
				}
			}
		}
	})
}
