package icims

import (
	"bytes"
	"encoding/json"
	"path"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// row is one record. Numbers stay json.Number, so that no id passes through a float.
type row map[string]any

// UnmarshalJSON keeps numbers as they are written.
func (r *row) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		return err
	}
	*r = m
	return nil
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

func (r row) text(key string) string { return text(r[key]) }

// object gives what stands under key as a row; nil when it is no object.
func (r row) object(key string) row {
	m, _ := r[key].(map[string]any) // no object: nil
	return m
}

// self gives the record's own id, which stands in a link only; empty: nowhere.
func (r row) self() string {
	links, _ := r["links"].([]any) // absent: none
	for _, l := range links {
		m, _ := l.(map[string]any) // no object: nil
		if row(m).text("rel") == "self" {
			if id := path.Base(row(m).text("url")); digits(id) {
				return id
			}
		}
	}
	if id := r.text("id"); digits(id) {
		return id
	}
	return ""
}

// stampLayouts are the forms of a time; iCIMS writes none with a zone.
func stampLayouts() []string {
	return []string{"2006-01-02 03:04 PM", "2006-01-02 3:04 PM", "2006-01-02 15:04", time.DateOnly}
}

// changed is the last change of a record; zero when the user may not see it.
func (r row) changed(zone *time.Location) time.Time {
	for _, layout := range stampLayouts() {
		if t, err := time.ParseInLocation(layout, r.text("updateddate"), zone); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// stamp puts the id and the moment of the last change into a record: iCIMS gives
// neither in a form that a map could read.
func (r row) stamp(id string, zone *time.Location) time.Time {
	at := r.changed(zone)
	r["_id"], r["_updated_at"] = id, nil
	if !at.IsZero() {
		r["_updated_at"] = at.Format(time.RFC3339)
	}
	return at
}

func (r row) record(id string, at time.Time) (staffing.Record, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return staffing.Record{}, staffing.Errorf(staffing.Internal, "record %s cannot be written as JSON: %w", id, err)
	}
	return staffing.Record{ExternalID: id, UpdatedAt: at, Raw: raw}, nil
}
