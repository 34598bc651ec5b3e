package bullhorn

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// validate reads the body of a write, with defaults on creation, and says
// everything that is wrong with it. id is 0 on creation.
func (s *Server) validate(entity string, body map[string]any, id int64) (row, []string) {
	sc := s.schemas[entity]
	out := row{}
	var problems []string
	for _, name := range slices.Sorted(maps.Keys(body)) {
		f, ok := sc.field(name)
		switch {
		case !ok:
			problems = append(problems, fmt.Sprintf("Unknown or invalid field '%s' for entity %s", name, entity))
			continue
		case name == "id" && number(body[name]) == id && id != 0:
			continue
		case f.readOnly:
			problems = append(problems, fmt.Sprintf("Field '%s' is read-only", name))
			continue
		case entity == "Placement" && id != 0 && (name == "candidate" || name == "jobOrder"):
			problems = append(problems, fmt.Sprintf("Field '%s' cannot be changed", name))
			continue
		}
		v, why := s.check(f, body[name])
		if why != "" {
			problems = append(problems, fmt.Sprintf("Invalid value for field '%s': %s", name, why))
			continue
		}
		out[name] = v
	}
	if id == 0 {
		problems = append(problems, s.complete(sc, out)...)
	} else {
		problems = append(problems, emptied(sc, out)...)
	}
	if status, ok := out["status"].(string); ok && entity == "JobSubmission" && !slices.Contains(s.opts.Statuses, status) {
		problems = append(problems, fmt.Sprintf("Invalid value for field 'status': '%s' is not one of the account's statuses", status))
	}
	return out, problems
}

// complete puts in the defaults and names what is missing.
func (s *Server) complete(sc *schema, out row) (problems []string) {
	for _, f := range sc.fields {
		if out[f.name] != nil {
			continue
		}
		switch {
		case f.def == "now":
			out[f.name] = millis(s.now())
		case f.def == "caller":
			out[f.name] = float64(apiUser)
		case f.def != nil:
			out[f.name] = f.def
		case f.required:
			problems = append(problems, fmt.Sprintf("Missing required property '%s' for entity %s", f.name, sc.entity))
		}
	}
	return problems
}

func emptied(sc *schema, out row) (problems []string) {
	for _, name := range slices.Sorted(maps.Keys(out)) {
		if f := sc.index[name]; f.required && (out[name] == nil || out[name] == "") {
			problems = append(problems, fmt.Sprintf("Missing required property '%s' for entity %s", name, sc.entity))
		}
	}
	return problems
}

// check reads one value.
func (s *Server) check(f *field, v any) (out any, why string) {
	if v == nil {
		return nil, ""
	}
	switch f.kind {
	case "text":
		t, ok := v.(string)
		switch {
		case !ok:
			return nil, "it must be a text"
		case f.max > 0 && utf8.RuneCountInString(t) > f.max:
			return nil, fmt.Sprintf("it is longer than %d characters", f.max)
		case t != "" && len(f.options) > 0 && !slices.Contains(f.options, t):
			return nil, "it must be one of " + strings.Join(f.options, ", ")
		}
		return t, ""
	case "int", "time":
		n, ok := v.(float64)
		if !ok || n != float64(int64(n)) {
			return nil, "it must be a whole number"
		}
		return n, ""
	case "decimal":
		n, ok := v.(float64)
		if !ok {
			return nil, "it must be a number"
		}
		return n, ""
	case "bool":
		b, ok := v.(bool)
		if !ok {
			return nil, "it must be true or false"
		}
		return b, ""
	case "composite":
		return checkAddress(v)
	case "one":
		return s.checkOne(f, v)
	case "custom":
		return s.checkInstances(f, v)
	}
	return nil, "to-many associations are made with a call of their own"
}

func (s *Server) checkOne(f *field, v any) (any, string) {
	m, ok := v.(map[string]any)
	id, isNumber := m["id"].(float64)
	if !ok || len(m) != 1 || !isNumber {
		return nil, `it must be an object with nothing but an id`
	}
	if _, ok := s.get(f.of, int64(id)); !ok {
		return nil, fmt.Sprintf("there is no %s with id %d", f.of, int64(id))
	}
	return id, ""
}

func checkAddress(v any) (any, string) {
	m, ok := v.(map[string]any)
	if !ok {
		return nil, "it must be an object"
	}
	limits := map[string]int{"address1": 100, "address2": 100, "city": 40, "state": 30, "zip": 15}
	for k, part := range m {
		text, isText := part.(string)
		n, isNumber := part.(float64)
		switch {
		case part == nil && (limits[k] > 0 || k == "countryID"):
		case k == "countryID" && isNumber && n == float64(int64(n)):
		case limits[k] > 0 && isText && utf8.RuneCountInString(text) <= limits[k]:
		case limits[k] > 0 && isText:
			return nil, fmt.Sprintf("%s is longer than %d characters", k, limits[k])
		default:
			return nil, fmt.Sprintf("it has no part %s of that form", k)
		}
	}
	return m, ""
}
