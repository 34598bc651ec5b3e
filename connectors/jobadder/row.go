package jobadder

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// row is one of the vendor's objects; numbers are json.Number.
type row map[string]any

func (r row) text(name string) string {
	switch v := r[name].(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

func (r row) int(name string) int64 {
	n, err := strconv.ParseInt(r.text(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func (r row) bool(name string) bool { return r[name] == true }

func (r row) object(name string) row {
	m, _ := r[name].(map[string]any) // absent or null: nil
	return m
}

// rows gives the objects of a list.
func (r row) rows(name string) (out []row) {
	list, _ := r[name].([]any) // absent or null: none
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// time reads a moment; zero when there is none that can be kept.
func (r row) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, r.text(name))
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC()
}

// changed is when the object was changed last; one that never was has no updatedAt.
func (r row) changed() time.Time {
	if t := r.time("updatedAt"); !t.IsZero() {
		return t
	}
	return r.time("createdAt")
}

// byField puts the values of custom fields under _custom, by the number of the
// field, so that a map can name one.
func (r row) byField() {
	out := map[string]any{}
	for _, f := range r.rows("custom") {
		if id := f.text("fieldId"); id != "" {
			out[id] = f["value"]
		}
	}
	r["_custom"] = out
}

// record makes the hub's record of an object.
func (r row) record(idField string) (staffing.Record, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return staffing.Record{}, staffing.Errorf(staffing.Internal, "the record cannot be written as JSON: %w", err)
	}
	return staffing.Record{ExternalID: r.text(idField), Version: r.text("updatedAt"), UpdatedAt: r.changed(), Raw: raw}, nil
}

// decode reads what a map gave.
func decode(raw []byte) (row, error) {
	var out row
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&out); err != nil || out == nil {
		return nil, staffing.Errorf(staffing.Invalid, "the job map gave no JSON object")
	}
	return out, nil
}
