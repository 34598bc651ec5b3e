package jobadder

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
)

// hook is a webhook. The vendor never shows its authorization again.
type hook struct {
	meta          object
	authorization string
	failures      int
	post          func(http.Header, []byte) int
}

// suspendAfter is how many failures in an hour end a webhook.
const suspendAfter = 10

func (s *Server) listHooks(w http.ResponseWriter, r *http.Request, _ []string) {
	if _, ok := query(w, r, "Status", "Events"); !ok {
		return
	}
	rows := []object{}
	for _, h := range s.hooks {
		rows = append(rows, h.meta)
	}
	answer(w, http.StatusOK, object{"items": rows})
}

func (s *Server) addHook(w http.ResponseWriter, r *http.Request, _ []string) {
	h := &hook{meta: object{"webhookId": fmt.Sprintf("00000000-0000-4000-8000-%012d", s.id()), "createdAt": s.now(), "updatedAt": s.now()}}
	if s.fillHook(w, r, h) {
		s.hooks = append(s.hooks, h)
		answer(w, http.StatusCreated, h.meta)
	}
}

func (s *Server) putHook(w http.ResponseWriter, r *http.Request, ids []string) {
	at := slices.IndexFunc(s.hooks, func(h *hook) bool { return h.meta["webhookId"] == ids[0] })
	if at < 0 {
		refuse(w, http.StatusNotFound, "Webhook was not found")
		return
	}
	if s.fillHook(w, r, s.hooks[at]) {
		s.hooks[at].failures = 0
		w.WriteHeader(http.StatusOK)
	}
}

func (s *Server) fillHook(w http.ResponseWriter, r *http.Request, h *hook) bool {
	in, ok := read(w, r, "name", "events", "eventFilters", "url", "authorization", "status")
	if !ok {
		return false
	}
	events, _ := in["events"].([]any) // absent: none
	if text(in["name"]) == "" || len(events) == 0 || text(in["url"]) == "" {
		refuse(w, http.StatusUnprocessableEntity, "A webhook needs name, events and url", "name")
		return false
	}
	for _, k := range []string{"name", "events", "url", "status"} {
		h.meta[k] = in[k]
	}
	if h.meta["status"] == nil {
		h.meta["status"] = "Enabled"
	}
	h.authorization = text(in["authorization"])
	return true
}

// tell posts a change to every webhook that is enabled. Ten failures suspend one,
// and what happens then is never told.
func (s *Server) tell(app object) {
	for _, h := range s.hooks {
		if h.meta["status"] != "Enabled" || h.post == nil {
			continue
		}
		header, body := s.delivery(app, h.authorization, text(h.meta["webhookId"]))
		if status := h.post(header, body); status < 200 || status > 299 {
			if h.failures++; h.failures >= suspendAfter {
				h.meta["status"], h.meta["suspendedAt"] = "Suspended", s.now()
			}
		}
	}
}

func (s *Server) delivery(app object, authorization, id string) (http.Header, []byte) {
	body, err := json.Marshal(object{"apiVersion": 2, "event": "jobapplication_status_changed", "eventId": fmt.Sprintf("11111111-0000-4000-8000-%012d", s.id()),
		"eventDate": s.now(), "eventUser": apiUser(), "eventData": object{}, "applicationId": app["applicationId"], "status": app["status"]})
	if err != nil {
		return nil, nil // the rows came from JSON
	}
	h := http.Header{"Content-Type": {"application/json"}}
	h.Set("Authorization", authorization)
	h.Set("x-jobadder-webhookid", id)
	return h, body
}

// Delivery makes a webhook delivery with that Authorization header.
func (s *Server) Delivery(authorization string) (http.Header, []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.delivery(object{"applicationId": s.id(), "status": statusNamed("Interview")}, authorization, "22222222-0000-4000-8000-000000000001")
}

// Post sets what takes the deliveries of the webhooks and gives a status.
func (s *Server) Post(post func(http.Header, []byte) int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.hooks {
		h.post = post
	}
}

// Hooks gives the webhooks as the API shows them.
func (s *Server) Hooks() (out []map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, h := range s.hooks {
		copied := object{}
		for k, v := range h.meta {
			copied[k] = v
		}
		out = append(out, copied)
	}
	return out
}
