package bullhorn

import (
	"encoding/base64"
	"encoding/json"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
)

// content is the bytes of a file, by the number of its FileAttachment.
type content struct {
	Bytes []byte `json:"bytes"`
}

// serveFile answers file/{type}/{id}[/{fileId}[/raw]]. Only candidates' files
// are simulated.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, p []string) {
	if len(p) < 2 || p[0] != "Candidate" || len(p) > 4 || len(p) == 4 && p[3] != "raw" {
		refuse(w, http.StatusNotFound, "errors.notFound", "There is no such call")
		return
	}
	verb := "READ"
	if r.Method == http.MethodPut {
		verb = "UPDATE"
	}
	if !s.may("Candidate", verb) {
		forbid(w, "Candidate")
		return
	}
	candidate, _ := strconv.ParseInt(p[1], 10, 64) // 0 finds nothing
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.get("Candidate", candidate); !ok {
		refuse(w, http.StatusNotFound, "errors.entityNotFound", "Candidate could not be found")
		return
	}
	switch {
	case r.Method == http.MethodPut && len(p) == 2:
		s.putFile(w, r, candidate)
	case r.Method == http.MethodGet && len(p) >= 3:
		s.sendFile(w, candidate, p[2:])
	default:
		notAllowed(w)
	}
}

func (s *Server) putFile(w http.ResponseWriter, r *http.Request, candidate int64) {
	var in map[string]string
	if json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in) != nil {
		refuse(w, http.StatusBadRequest, "errors.invalidBody", "The request body is not a JSON object of texts")
		return
	}
	for k := range in {
		if !slices.Contains([]string{"externalID", "fileContent", "fileExtension", "fileType", "type", "name", "description", "contentType"}, k) {
			refuse(w, http.StatusBadRequest, "errors.unknownField", "Unknown field "+k)
			return
		}
	}
	data, err := base64.StdEncoding.DecodeString(in["fileContent"])
	if err != nil || len(data) == 0 || in["externalID"] == "" || in["fileType"] != "SAMPLE" || in["name"] == "" {
		refuse(w, http.StatusBadRequest, "errors.missingProperty", "externalID, fileContent, fileType (SAMPLE) and name are required")
		return
	}
	id := s.attach(candidate, File{Name: in["name"], Type: in["type"], Content: data, ContentType: in["contentType"]}, apiUser)
	answer(w, http.StatusOK, map[string]any{"fileId": id})
}

func (s *Server) sendFile(w http.ResponseWriter, candidate int64, p []string) {
	id, _ := strconv.ParseInt(p[0], 10, 64) // 0 finds nothing
	f, ok := s.get("FileAttachment", id)
	c, has := s.contents.Get(id)
	if !ok || !has || number(f["candidate"]) != candidate || f.deleted() {
		refuse(w, http.StatusNotFound, "errors.fileNotFound", "The file could not be found")
		return
	}
	kind := text(f["contentType"]) + "/" + text(f["contentSubType"])
	if len(p) == 2 {
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(c.Bytes) // the caller is gone
		return
	}
	answer(w, http.StatusOK, map[string]any{"File": map[string]any{"contentType": kind, "fileContent": base64.StdEncoding.EncodeToString(c.Bytes), "name": f["name"]}})
}

// attach keeps a file of a candidate. Content types are split, and the file type
// is padded, as on the wire.
func (s *Server) attach(candidate int64, f File, user int64) int64 {
	kind := f.ContentType
	if kind == "" {
		kind = mime.TypeByExtension(path.Ext(f.Name))
	}
	main, sub, _ := strings.Cut(kind, "/")
	if sub == "" {
		main, sub = "application", "octet-stream"
	}
	sub, _, _ = strings.Cut(sub, ";")
	id, _ := s.tables["FileAttachment"].Insert(func(id int64) row {
		r := row{"id": id, "candidate": candidate, "name": f.Name, "contentType": main, "contentSubType": sub, "fileExtension": path.Ext(f.Name),
			"fileSize": len(f.Content), "fileType": "SAMPLE         ", "isDeleted": false, "isPrivate": false, "dateAdded": millis(s.now()),
			"distribution": "internal", "uuid": fresh()}
		if f.Type != "" {
			r["type"] = f.Type
		}
		return r
	})
	s.contents.Put(id, content{Bytes: f.Content})
	s.fire("Candidate", candidate, "UPDATED", []string{"fileAttachments"}, user, "")
	return id
}
