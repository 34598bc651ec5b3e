package inbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/tributary-hub/tributary/staffing"
)

const (
	maxRecords = 1000 // of one delivery
	ping       = "ping"
	none       = "-" // in place of a path: there is none
)

// Events implements [staffing.WebhookReceiver]: each event carries its record, because
// nobody can be asked for it. What is neither a requisition nor a status is an error, so
// that nothing vanishes in silence.
func (r *receiver) Events(h http.Header, body []byte) ([]staffing.Event, error) {
	var whole any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&whole); err != nil || dec.More() {
		return nil, wrong("", "is no JSON")
	}
	id := r.DeliveryID(h, body)
	var out []staffing.Event
	for _, envelope := range many(whole) {
		events, err := r.read(envelope, id)
		if err != nil {
			return nil, err
		}
		if out = append(out, events...); len(out) > maxRecords {
			return nil, wrong("", "has more than %d records", maxRecords)
		}
	}
	return out, nil
}

// wrong never quotes the payload: it may hold names.
func wrong(field, format string, args ...any) error {
	subject := "the payload"
	if field != "" {
		subject += "'s " + field
	}
	return &staffing.Error{Code: staffing.Invalid, Field: field, Message: subject + " " + fmt.Sprintf(format, args...)}
}

func many(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

// read turns one envelope into events.
func (r *receiver) read(envelope any, id string) ([]staffing.Event, error) {
	if _, ok := envelope.(map[string]any); !ok {
		return nil, wrong("", "holds something that is no object")
	}
	feed, idPath := staffing.FeedRequisitions, r.s["requisition_id_path"]
	if r.s["type_path"] != none {
		word, ok := text(at(envelope, r.s["type_path"]))
		switch {
		case !ok:
			return nil, wrong(r.s["type_path"], "is missing: it says whether this is a requisition or a status")
		case word == ping:
			return nil, nil
		case slices.Contains(r.stTypes, word):
			feed, idPath = staffing.FeedStatuses, r.s["status_id_path"]
		case !slices.Contains(r.reqTypes, word):
			return nil, wrong(r.s["type_path"], "is a word that the settings of the connection do not have among the types of requisitions or statuses")
		}
	}
	data := envelope
	if r.s["data_path"] != none {
		if data = at(envelope, r.s["data_path"]); data == nil {
			return nil, wrong(r.s["data_path"], "is missing")
		}
	}
	var out []staffing.Event
	for _, v := range many(data) {
		rec, err := r.record(v, idPath)
		if err != nil {
			return nil, err
		}
		out = append(out, staffing.Event{DeliveryID: id, Feed: feed, Record: &rec})
	}
	return out, nil
}

func (r *receiver) record(v any, idPath string) (staffing.Record, error) {
	object, ok := v.(map[string]any)
	if !ok {
		return staffing.Record{}, wrong(r.s["data_path"], "is no object and no list of objects")
	}
	id, ok := text(at(object, idPath))
	if !ok || id == "" || len(id) > 200 {
		return staffing.Record{}, wrong(idPath, "is missing, empty, or longer than 200 bytes; it is to hold the id")
	}
	raw, err := json.Marshal(object)
	if err != nil {
		return staffing.Record{}, wrong("", "cannot be written as JSON")
	}
	rec := staffing.Record{ExternalID: id, Raw: raw}
	if path := r.s["updated_path"]; path != "" {
		word, _ := text(at(object, path))
		if t, ok := moment(word); ok {
			rec.UpdatedAt = t.UTC()
		}
	}
	return rec, nil
}

// at follows a path of names.
func at(v any, path string) any {
	for _, name := range strings.Split(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[name]
	}
	return v
}

func text(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return strings.TrimSpace(x), true
	case json.Number:
		return x.String(), true
	}
	return "", false
}
