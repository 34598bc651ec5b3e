package bullhorn

import (
	"fmt"
	"strings"
)

// The entities of the custom objects that this account has: one of jobs, and one of
// people. Other accounts have up to 35 of each.
const (
	jobObject    = "JobOrderCustomObjectInstance1"
	personObject = "PersonCustomObjectInstance1"
)

// checkInstances reads the instances of a custom object in a write. One with an id is
// changed, one without is added.
func (s *Server) checkInstances(f *field, v any) (any, string) {
	list, ok := v.([]any)
	if !ok {
		return nil, "it must be a list of instances"
	}
	out := []row{}
	for _, e := range list {
		m, ok := e.(map[string]any)
		if !ok {
			return nil, "an instance must be an object"
		}
		id := number(m["id"])
		if _, found := s.get(f.of, id); id != 0 && !found {
			return nil, fmt.Sprintf("there is no instance %d", id)
		}
		values, problems := s.validate(f.of, m, max(id, 1)) // 1: no defaults, nothing is required
		if id == 0 {
			delete(m, "id")
		}
		if len(problems) > 0 {
			return nil, strings.Join(problems, "; ")
		}
		if id != 0 {
			values["id"] = id
		}
		out = append(out, values)
	}
	return out, ""
}

// instances are those of one field in one write.
type instances struct {
	field *field
	rows  []row
}

// takeInstances takes the custom objects out of what is to be stored on the object
// itself.
func takeInstances(sc *schema, values row) (out []instances) {
	for _, f := range sc.fields {
		if f.kind != "custom" {
			continue
		}
		if rows, ok := values[f.name].([]row); ok {
			out = append(out, instances{f, rows})
		}
		delete(values, f.name)
	}
	return out
}

func (s *Server) saveInstances(owner int64, objects []instances) {
	for _, o := range objects {
		for _, values := range o.rows {
			if id := values.id(); id != 0 {
				s.update(o.field.of, id, values, apiUser)
				continue
			}
			values[o.field.via] = owner
			s.insert(o.field.of, values, apiUser)
		}
	}
}

// assigned says whether Support has set a custom object up: one of its fields is named.
func (s *Server) assigned(f *field) bool {
	for _, inner := range s.schemas[f.of].fields {
		if inner.label != "" {
			return true
		}
	}
	return false
}

// describeInstances describes the fields of a custom object that are in use.
func (s *Server) describeInstances(f *field, full bool) map[string]any {
	fields := []any{}
	for _, inner := range s.schemas[f.of].fields {
		if inner.label != "" || inner.readOnly {
			fields = append(fields, s.describe(inner, full, f.of))
		}
	}
	return map[string]any{"entity": f.of, "label": s.schemas[f.of].label, "fields": fields}
}

// SetCustomObject names a custom object and the fields of it that are in use, by name.
func (s *Server) SetCustomObject(owner, label string, fields map[string]string) error {
	entity := map[string]string{"JobOrder": jobObject, "Candidate": personObject}[owner]
	if entity == "" {
		return fmt.Errorf("%s has no custom object here", owner)
	}
	for name, l := range fields {
		if err := s.SetField(entity, name, FieldSetup{Label: l}); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.schemas[entity].label = label
	return nil
}

// CustomObjects gives the instances of an object's custom object, by field name.
func (s *Server) CustomObjects(owner string, id int64) (out []map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.get(owner, id)
	if !ok {
		return nil
	}
	for _, o := range s.related(s.schemas[owner].index["customObject1s"], r) {
		out = append(out, o)
	}
	return out
}

// AddCustomObject adds an instance to a candidate's custom object, as a recruiter does.
func (s *Server) AddCustomObject(candidate int64, values map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := row{"person": candidate}
	for k, v := range values {
		r[k] = v
	}
	s.insert(personObject, r, recruiter)
}

// CountCompanies and CountContacts count the firm's master data.
func (s *Server) CountCompanies() int { return s.tables["ClientCorporation"].Len() }

// CountContacts counts the contacts of all companies.
func (s *Server) CountContacts() int { return s.tables["ClientContact"].Len() }
