package bullhorn

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	mostEvents        = 100 // of one read, the vendor's
	mostSubscriptions = 15  // of an account, the smaller of the two numbers that the vendor names
	keptRequests      = 10  // that can be read again
)

// subscription is a queue of events. The client chose its name.
type subscription struct {
	ID          int64    `json:"id"`
	Name        string   `json:"name"`
	Entities    []string `json:"entities"`
	Types       []string `json:"types"`
	CreatedOn   int64    `json:"created_on"`
	LastRequest int64    `json:"last_request"`
}

// event waits in a queue while Request is 0; then it belongs to that read.
type event struct {
	ID           int64    `json:"id"`
	Subscription int64    `json:"subscription"`
	Request      int64    `json:"request"`
	At           int64    `json:"at"`
	Entity       string   `json:"entity"`
	EntityID     int64    `json:"entity_id"`
	Type         string   `json:"type"`
	Properties   []string `json:"properties,omitempty"`
	Person       int64    `json:"person"`
	Transaction  string   `json:"transaction,omitempty"`
}

// fire puts an event into every queue that asked for it.
func (s *Server) fire(entity string, id int64, kind string, properties []string, user int64, transaction string) {
	subs := s.subs.List(func(q subscription) bool {
		return slices.Contains(q.Entities, entity) && slices.Contains(q.Types, kind)
	})
	for _, q := range subs {
		s.events.Insert(func(n int64) event {
			return event{ID: n, Subscription: q.ID, At: s.now().UnixMilli(), Entity: entity, EntityID: id, Type: kind,
				Properties: properties, Person: user, Transaction: transaction}
		})
	}
}

// serveEvent answers event/subscription/{name}[/lastRequestId].
func (s *Server) serveEvent(w http.ResponseWriter, r *http.Request, path []string) {
	if len(path) < 2 || path[0] != "subscription" || path[1] == "" || len(path) > 3 || len(path) == 3 && path[2] != "lastRequestId" {
		refuse(w, http.StatusNotFound, "errors.notFound", "There is no such call")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found := s.subs.List(func(q subscription) bool { return q.Name == path[1] })
	if r.Method == http.MethodPut && len(path) == 2 {
		s.subscribe(w, r, path[1], found)
		return
	}
	if len(found) == 0 {
		refuse(w, http.StatusNotFound, "errors.subscriptionNotFound", "There is no subscription "+path[1])
		return
	}
	switch q := found[0]; {
	case r.Method == http.MethodGet && len(path) == 3:
		answer(w, http.StatusOK, map[string]any{"result": q.LastRequest})
	case r.Method == http.MethodGet:
		s.readEvents(w, r, q)
	case r.Method == http.MethodDelete && len(path) == 2:
		s.unsubscribe(q.ID)
		answer(w, http.StatusOK, map[string]any{"result": true})
	default:
		notAllowed(w)
	}
}

// subscribe makes a subscription, and throws an older one of that name away: the
// harsher reading of what the vendor leaves open.
func (s *Server) subscribe(w http.ResponseWriter, r *http.Request, name string, found []subscription) {
	q := r.URL.Query()
	entities, types := strings.Split(q.Get("names"), ","), strings.Split(q.Get("eventTypes"), ",")
	if q.Get("type") != "entity" || slices.ContainsFunc(entities, func(e string) bool { return s.schemas[e] == nil }) ||
		slices.ContainsFunc(types, func(t string) bool { return !slices.Contains([]string{"INSERTED", "UPDATED", "DELETED"}, t) }) {
		refuse(w, http.StatusBadRequest, "errors.invalidParameter", "type, names and eventTypes are required")
		return
	}
	for _, old := range found {
		s.unsubscribe(old.ID)
	}
	if s.subs.Len() >= mostSubscriptions {
		refuse(w, http.StatusBadRequest, "errors.tooManySubscriptions", fmt.Sprintf("There are %d subscriptions already", mostSubscriptions))
		return
	}
	_, made := s.subs.Insert(func(id int64) subscription {
		return subscription{ID: id, Name: name, Entities: entities, Types: types, CreatedOn: s.now().UnixMilli()}
	})
	answer(w, http.StatusOK, map[string]any{"lastRequestId": 0, "subscriptionId": name, "createdOn": made.CreatedOn,
		"jmsSelector": "JMSType='ENTITY' AND BhCorpId=44 AND BhEntityName IN ('" + strings.Join(entities, "','") + "') AND BhEntityEventType IN ('" + strings.Join(types, "','") + "')"})
}

// readEvents hands out what waits, and forgets it, or gives an earlier read again.
func (s *Server) readEvents(w http.ResponseWriter, r *http.Request, q subscription) {
	if again := r.URL.Query().Get("requestId"); again != "" {
		n, err := strconv.ParseInt(again, 10, 64)
		if err != nil {
			refuse(w, http.StatusBadRequest, "errors.invalidParameter", "requestId must be a number")
			return
		}
		s.answerEvents(w, n, s.events.List(func(e event) bool { return e.Subscription == q.ID && e.Request == n && n > 0 }))
		return
	}
	most, err := strconv.Atoi(r.URL.Query().Get("maxEvents"))
	if err != nil || most < 1 {
		refuse(w, http.StatusBadRequest, "errors.missingParameter", "maxEvents is required")
		return
	}
	list := s.events.List(func(e event) bool { return e.Subscription == q.ID && e.Request == 0 })
	list = list[:min(most, mostEvents, len(list))]
	if len(list) == 0 {
		s.answerEvents(w, 0, nil)
		return
	}
	request := q.LastRequest + 1
	s.subs.Update(q.ID, func(q *subscription) { q.LastRequest = request })
	for _, e := range list {
		s.events.Update(e.ID, func(e *event) { e.Request = request })
	}
	for _, old := range s.events.List(func(e event) bool {
		return e.Subscription == q.ID && e.Request > 0 && e.Request <= request-keptRequests
	}) {
		s.events.Delete(old.ID)
	}
	s.answerEvents(w, request, list)
}

func (s *Server) answerEvents(w http.ResponseWriter, request int64, list []event) {
	if len(list) == 0 {
		answer(w, http.StatusOK, map[string]any{})
		return
	}
	out := []any{}
	for _, e := range list {
		meta := map[string]any{"PERSON_ID": strconv.FormatInt(e.Person, 10)}
		if e.Transaction != "" {
			meta["TRANSACTION_ID"] = e.Transaction
		}
		v := map[string]any{"eventId": fmt.Sprintf("ID:JBM-%d", e.ID), "eventType": "ENTITY", "eventTimestamp": e.At, "eventMetadata": meta,
			"entityName": e.Entity, "entityId": e.EntityID, "entityEventType": e.Type}
		if e.Type == "UPDATED" {
			v["updatedProperties"] = e.Properties
		}
		out = append(out, v)
	}
	out = append(out, out[0]) // the vendor repeats events within a read
	answer(w, http.StatusOK, map[string]any{"requestId": request, "events": out})
}

func (s *Server) unsubscribe(id int64) {
	for _, e := range s.events.List(func(e event) bool { return e.Subscription == id }) {
		s.events.Delete(e.ID)
	}
	s.subs.Delete(id)
}

// DropSubscriptions forgets every subscription with what waits in it, as the
// vendor does with one that was idle for too long.
func (s *Server) DropSubscriptions() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.subs.List(nil) {
		s.unsubscribe(q.ID)
	}
}

// Waiting counts the events that nobody has read yet.
func (s *Server) Waiting() int {
	return len(s.events.List(func(e event) bool { return e.Request == 0 }))
}
