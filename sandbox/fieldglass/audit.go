package fieldglass

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// auditEntry is what the tenant's Integration Audit Trail keeps of one upload.
type auditEntry struct {
	Transaction string
	State       string // OK, Error; empty while it waits
	Code        string
	Message     string
	Seeker      int64
	Began       time.Time
	Ended       time.Time
}

// record notes an upload; the caller holds s.mu.
func (s *Server) record(e auditEntry) {
	e.Began = s.now()
	if e.State != "" {
		e.Ended = e.Began
	}
	s.audit.Insert(func(int64) auditEntry { return e })
}

// processed notes what became of an upload that waited; the caller holds s.mu.
func (s *Server) processed(seeker int64, state, code, message string) {
	for _, id := range s.auditIDs(func(e auditEntry) bool { return e.Seeker == seeker }) {
		s.audit.Update(id, func(e *auditEntry) { e.State, e.Code, e.Message, e.Ended = state, code, message, s.now() })
	}
}

func (s *Server) auditIDs(keep func(auditEntry) bool) (out []int64) {
	for id := int64(1); id <= int64(s.audit.Len()); id++ { // none is ever taken out
		if e, ok := s.audit.Get(id); ok && keep(e) {
			out = append(out, id)
		}
	}
	return out
}

// FailUploads processes the uploads that wait, and refuses all of them with this
// reason. As at the vendor, the Integration Audit Trail alone tells.
func (s *Server) FailUploads(reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meta.Update(1, func(m *meta) { m.Held = false })
	for _, k := range s.seekers.List(func(k seeker) bool { return k.Held }) {
		s.seekers.Delete(k.ID)
		s.processed(k.ID, "Error", "106", "Record 1 : "+reason+". 0 of 1 records processed.")
	}
}

// serveAudit answers the Audit Trail API. Beside the token it wants an application key
// and a content type, as the vendor's document says for production.
func (s *Server) serveAudit(w http.ResponseWriter, r *http.Request) {
	transaction := r.URL.Query().Get("TransactionId")
	switch {
	case !s.authorized(r):
		auditAnswer(w, http.StatusUnauthorized, "Error", "Unable to authenticate", nil)
	case r.Header.Get("X-Applicationkey") == "":
		auditAnswer(w, http.StatusForbidden, "Error", "An application key is needed", nil)
	case r.Method != http.MethodGet || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || transaction == "" || !knownOnly(r.URL.Query(), "TransactionId"):
		auditAnswer(w, http.StatusBadRequest, "Error", "Bad request", nil)
	default:
		s.mu.Lock()
		defer s.mu.Unlock()
		list := s.audit.List(func(e auditEntry) bool { return e.Transaction == transaction && s.now().Sub(e.Began) < 90*24*time.Hour })
		out := []object{}
		for _, e := range list {
			out = append(out, s.auditDocument(e))
		}
		auditAnswer(w, http.StatusOK, "OK", "", out)
	}
}

func (s *Server) auditDocument(e auditEntry) object {
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(s.opts.Zone).Format("01/02/2006 15:04:05")
	}
	done, failed := "0", "0"
	switch e.State {
	case "OK":
		done = "1"
	case "Error":
		failed = "1"
	}
	return object{"type": JobSeekerUpload, "company": s.opts.BuyerCode, "startTime": stamp(e.Began), "stopTime": stamp(e.Ended), "user": s.opts.User,
		"category": "Integration", "ID": e.Transaction, "details": "", "status": e.State,
		"Attributes": object{"version": "", "activity": "Upload", "company": s.opts.BuyerCode, "documentStatus": strings.ToUpper(e.State), "recordsProcessed": done,
			"recordsFailed": failed, "serverStatus": "", "serverMessage": "", "clientReturnCode": e.Code, "clientMessage": e.Message, "uploadFile": ""}}
}

func auditAnswer(w http.ResponseWriter, status int, state, details string, payload []object) {
	body := object{"HEADER": object{"appVersion": "", "OSUAStr": "", "numRecs": len(payload), "status": state, "details": details}, "PAYLOAD": payload}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the caller is gone: nobody to tell
}
