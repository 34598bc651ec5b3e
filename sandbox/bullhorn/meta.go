package bullhorn

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// serveSettings answers settings/{name,name}.
func (s *Server) serveSettings(w http.ResponseWriter, r *http.Request, path []string) {
	if r.Method != http.MethodGet || len(path) != 1 {
		notAllowed(w)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := map[string]any{"jobResponseStatusList": s.opts.Statuses, "currencyFormat": "USD", "interviewScheduledJobResponseStatus": "Interview Scheduled",
		"userId": apiUser, "allPrivateLabelIds": []int{1}}
	out := map[string]any{}
	for _, name := range strings.Split(path[0], ",") {
		v, ok := known[name]
		if !ok {
			refuse(w, http.StatusBadRequest, "errors.unknownSetting", "Unknown setting "+name)
			return
		}
		out[name] = v
	}
	answer(w, http.StatusOK, out)
}

// serveMeta describes the fields of an entity. Only here fields=* is allowed.
func (s *Server) serveMeta(w http.ResponseWriter, r *http.Request, path []string) {
	if len(path) != 1 || s.schemas[path[0]] == nil {
		refuse(w, http.StatusNotFound, "errors.unknownEntity", "The entity could not be found")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := strings.Split(r.URL.Query().Get("fields"), ",")
	full := r.URL.Query().Get("meta") == "full"
	sc := s.schemas[path[0]]
	fields := []any{}
	for _, f := range sc.fields {
		if f.kind == "custom" && !s.assigned(f) {
			continue
		}
		if asked[0] == "*" || slices.Contains(asked, f.name) || f.name == "id" {
			fields = append(fields, s.describe(f, full, sc.entity))
		}
	}
	if asked[0] == "" {
		refuse(w, http.StatusBadRequest, "errors.missingParameter", "fields is required")
		return
	}
	answer(w, http.StatusOK, map[string]any{"entity": sc.entity, "entityMetaUrl": origin(r) + "/rest-services/" + corp + "/meta/" + sc.entity + "?fields=*",
		"label": sc.label, "fields": fields})
}

func (s *Server) describe(f *field, full bool, entity string) map[string]any {
	if f.name == "id" {
		return map[string]any{"name": "id", "type": "ID", "dataType": "Integer"}
	}
	out := map[string]any{"name": f.name, "type": "SCALAR", "label": f.name, "confidential": false}
	switch {
	case f.label != "":
		out["label"] = f.label
	case !strings.HasPrefix(f.name, "custom"): // a spare field is labelled with its name
		out["label"] = titled(f.name)
	}
	switch f.kind {
	case "one", "many":
		out["type"] = map[string]string{"one": "TO_ONE", "many": "TO_MANY"}[f.kind]
		out["associatedEntity"] = map[string]any{"entity": f.of}
	case "custom":
		out["type"], out["dataSpecialization"], out["label"] = "TO_MANY", "EMBEDDED", titled(f.name)
		out["associatedEntity"] = s.describeInstances(f, full)
	case "composite":
		out["type"], out["dataType"], out["fields"] = "COMPOSITE", "Address", addressParts(full)
	default:
		out["dataType"] = map[string]string{"text": "String", "int": "Integer", "decimal": "BigDecimal", "bool": "Boolean", "time": "Timestamp"}[f.kind]
	}
	if f.kind == "text" {
		out["maxLength"] = f.max
		if f.max == 0 {
			out["maxLength"] = 2147483647
		}
	}
	options := f.options
	if f.name == "status" && entity == "JobSubmission" {
		options = s.opts.Statuses
	}
	for _, o := range options {
		list, _ := out["options"].([]any)
		out["options"] = append(list, map[string]any{"value": o, "label": o})
	}
	if full {
		out["required"], out["optional"], out["readOnly"], out["multiValue"] = f.required, !f.required, f.readOnly, false
	}
	return out
}

// serveEntitlements gives the API user's rights on one entity.
func (s *Server) serveEntitlements(w http.ResponseWriter, _ *http.Request, path []string) {
	if len(path) != 1 || s.schemas[path[0]] == nil {
		refuse(w, http.StatusNotFound, "errors.unknownEntity", "The entity could not be found")
		return
	}
	list, limited := s.opts.Entitlements[path[0]]
	if !limited {
		list = []string{"CREATE", "READ", "READ_DEPARTMENT", "READ_CORPORATE", "UPDATE", "UPDATE_DEPARTMENT", "UPDATE_CORPORATE", "DELETE"}
	}
	answer(w, http.StatusOK, list)
}

func (s *Server) servePing(w http.ResponseWriter, r *http.Request, _ []string) {
	s.access.mu.Lock()
	until := s.access.sessions[r.Header.Get("BhRestToken")]
	s.access.mu.Unlock()
	answer(w, http.StatusOK, map[string]any{"sessionExpires": until.UnixMilli()})
}

// FieldSetup is what an administrator says of a field under Field Mappings.
type FieldSetup struct {
	Label    string
	Required bool
	Options  []string // of a text field; nil: free text
}

// SetField sets a field of an entity up, e.g. customText1 of JobOrder.
func (s *Server) SetField(entity, name string, setup FieldSetup) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	sc := s.schemas[entity]
	if sc == nil || sc.index[name] == nil {
		return fmt.Errorf("there is no field %s of %s", name, entity)
	}
	f := sc.index[name]
	f.label, f.required, f.options = setup.Label, setup.Required, setup.Options
	return nil
}

// SetStatuses sets the words of a submission anew; submissions keep theirs.
func (s *Server) SetStatuses(words []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.Statuses = words
}

// addressParts are the parts of an address as the field map describes them.
func addressParts(full bool) []any {
	var out []any
	for _, p := range []struct {
		name, label string
		max         int
	}{{"address1", "Address", 100}, {"address2", "Address 2", 100}, {"city", "City", 40}, {"state", "State", 30}, {"zip", "Zip", 15}} {
		m := map[string]any{"name": p.name, "type": "SCALAR", "dataType": "String", "maxLength": p.max, "confidential": false, "label": p.label}
		if full {
			m["required"], m["optional"], m["readOnly"], m["multiValue"] = false, true, false, false
		}
		out = append(out, m)
	}
	country := map[string]any{"name": "countryID", "type": "SCALAR", "dataType": "Integer", "confidential": false, "label": "Country",
		"optionsType": "Country", "optionsUrl": "https://rest.sandbox.example/options/Country"}
	if full {
		country["required"], country["optional"], country["readOnly"], country["multiValue"] = false, true, false, false
	}
	return append(out, country)
}

// titled makes Client Bill Rate of clientBillRate.
func titled(name string) string {
	var out strings.Builder
	for i, c := range name {
		if i > 0 && unicode.IsUpper(c) && !strings.HasSuffix(name[:i], "I") {
			out.WriteByte(' ')
		}
		if i == 0 {
			c = unicode.ToUpper(c)
		}
		out.WriteRune(c)
	}
	return out.String()
}
