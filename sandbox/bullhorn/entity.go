package bullhorn

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const maxBody = 64 << 20

// serveEntity answers entity/{type}[/{ids}[/{association}[/{ids}]]].
func (s *Server) serveEntity(w http.ResponseWriter, r *http.Request, path []string) {
	if len(path) == 0 || s.schemas[path[0]] == nil || path[0] == "FileAttachment" {
		refuse(w, http.StatusNotFound, "errors.unknownEntity", "The entity could not be found")
		return
	}
	entity := path[0]
	ids, ok := readIDs(path[1:])
	if !ok {
		refuse(w, http.StatusBadRequest, "errors.invalidId", "An id must be a number")
		return
	}
	verb := map[string]string{http.MethodGet: "READ", http.MethodPut: "CREATE", http.MethodPost: "UPDATE", http.MethodDelete: "DELETE"}[r.Method]
	if !s.may(entity, verb) {
		forbid(w, entity)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch sc := s.schemas[entity]; {
	case r.Method == http.MethodGet && len(path) == 2:
		s.readEntity(w, r, entity, ids)
	case r.Method == http.MethodGet && len(path) == 3:
		s.readAssociation(w, r, entity, ids, path[2])
	case sc.readOnly:
		notAllowed(w)
	case r.Method == http.MethodPut && len(path) == 1:
		s.writeEntity(w, r, entity, 0)
	case r.Method == http.MethodPost && len(path) == 2 && len(ids) == 1:
		s.writeEntity(w, r, entity, ids[0])
	case r.Method == http.MethodPut && len(path) == 4 && len(ids) == 1:
		s.associate(w, entity, ids[0], path[2:])
	case r.Method == http.MethodDelete && len(path) == 2 && len(ids) == 1:
		s.softDelete(w, entity, ids[0])
	default:
		notAllowed(w)
	}
}

func readIDs(path []string) (out []int64, ok bool) {
	if len(path) == 0 {
		return nil, true
	}
	for _, p := range strings.Split(path[0], ",") {
		n, err := strconv.ParseInt(p, 10, 64)
		if err != nil {
			return nil, false
		}
		out = append(out, n)
	}
	return out, true
}

// readEntity gives one object, or a page of several: missing ones are silently
// left out, as the vendor does.
func (s *Server) readEntity(w http.ResponseWriter, r *http.Request, entity string, ids []int64) {
	ask, err := readPage(r.URL.Query())
	if err != nil {
		refuse(w, http.StatusBadRequest, "errors.invalidFields", err.Error())
		return
	}
	var rows []row
	for _, id := range ids {
		if o, ok := s.get(entity, id); ok {
			rows = append(rows, o)
		}
	}
	switch {
	case len(rows) == 0:
		refuse(w, http.StatusNotFound, "errors.entityNotFound", entity+" could not be found")
	case len(ids) > 1:
		if err := s.answerRows(w, entity, rows, ask); err != nil {
			refuse(w, http.StatusBadRequest, "errors.invalidFields", err.Error())
		}
	default:
		v, err := s.view(entity, rows[0], ask.fields)
		if err != nil {
			refuse(w, http.StatusBadRequest, "errors.invalidFields", err.Error())
			return
		}
		answer(w, http.StatusOK, map[string]any{"data": v})
	}
}

func (s *Server) readAssociation(w http.ResponseWriter, r *http.Request, entity string, ids []int64, name string) {
	f, ok := s.schemas[entity].field(name)
	ask, err := readPage(r.URL.Query())
	if !ok || f.kind != "many" || f.of == "-" || len(ids) != 1 || err != nil {
		refuse(w, http.StatusBadRequest, "errors.invalidFields", "Invalid field '"+name+"' for entity "+entity)
		return
	}
	owner, ok := s.get(entity, ids[0])
	if !ok {
		refuse(w, http.StatusNotFound, "errors.entityNotFound", entity+" could not be found")
		return
	}
	if err := s.answerRows(w, f.of, s.related(f, owner), ask); err != nil {
		refuse(w, http.StatusBadRequest, "errors.invalidFields", err.Error())
	}
}

func (s *Server) writeEntity(w http.ResponseWriter, r *http.Request, entity string, id int64) {
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var body map[string]any
	if err != nil || json.Unmarshal(raw, &body) != nil || body == nil {
		refuse(w, http.StatusBadRequest, "errors.invalidBody", "The request body is not a JSON object")
		return
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		refuse(w, http.StatusBadRequest, "errors.invalidContentType", "The content type must be application/json")
		return
	}
	if id != 0 {
		if _, ok := s.get(entity, id); !ok {
			refuse(w, http.StatusNotFound, "errors.entityNotFound", entity+" could not be found")
			return
		}
	}
	values, problems := s.validate(entity, body, id)
	if len(problems) > 0 {
		refuse(w, http.StatusBadRequest, "errors.validation", strings.Join(problems, "; "))
		return
	}
	objects := takeInstances(s.schemas[entity], values)
	change := "UPDATE"
	if id == 0 {
		change, id = "INSERT", s.insert(entity, values, apiUser)
	} else {
		s.update(entity, id, values, apiUser)
	}
	s.saveInstances(id, objects)
	answer(w, http.StatusOK, map[string]any{"changedEntityType": entity, "changedEntityId": id, "changeType": change})
}

func (s *Server) associate(w http.ResponseWriter, entity string, id int64, path []string) {
	f, ok := s.schemas[entity].field(path[0])
	more, good := readIDs(path[1:])
	r, found := s.get(entity, id)
	if !ok || f.kind != "many" || f.via != "" || f.of == "-" || f.readOnly || !good || !found {
		refuse(w, http.StatusNotFound, "errors.entityNotFound", "The association could not be made")
		return
	}
	list, _ := r[f.name].([]any)
	for _, n := range more {
		_, exists := s.get(f.of, n)
		if !exists || slices.ContainsFunc(list, func(v any) bool { return number(v) == n }) {
			refuse(w, http.StatusBadRequest, "errors.invalidAssociation", "An id does not exist or is associated already")
			return
		}
		list = append(list, float64(n))
	}
	s.update(entity, id, row{f.name: list}, apiUser)
	answer(w, http.StatusOK, map[string]any{"changedEntityType": entity, "changedEntityId": id, "changeType": "ASSOCIATE"})
}

func (s *Server) softDelete(w http.ResponseWriter, entity string, id int64) {
	_, soft := s.schemas[entity].field("isDeleted")
	_, found := s.get(entity, id)
	switch {
	case !found:
		refuse(w, http.StatusNotFound, "errors.entityNotFound", entity+" could not be found")
	case !soft:
		notAllowed(w)
	default:
		s.tables[entity].Update(id, func(r *row) { (*r)["isDeleted"], (*r)["dateLastModified"] = true, millis(s.now()) })
		s.fire(entity, id, "DELETED", nil, apiUser, "")
		answer(w, http.StatusOK, map[string]any{"changedEntityType": entity, "changedEntityId": id, "changeType": "DELETE"})
	}
}

// may says whether the API user has an entitlement, or its wider forms.
func (s *Server) may(entity, verb string) bool {
	list, limited := s.opts.Entitlements[entity]
	return !limited || slices.ContainsFunc(list, func(e string) bool { return e == verb || strings.HasPrefix(e, verb+"_") })
}

func forbid(w http.ResponseWriter, entity string) {
	refuse(w, http.StatusForbidden, "errors.entitlements", "The user is not entitled to this action on "+entity)
}
