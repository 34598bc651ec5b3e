package smartrecruiters

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/tributary-hub/tributary/staffing"
)

// row is one object of an answer. Numbers stay json.Number, so that amounts do not
// pass through a float.
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

func (r row) text(key string) string { return text(r[key]) }

// object gives what stands under key as a row; nil when it is no object.
func (r row) object(key string) row {
	switch v := r[key].(type) {
	case map[string]any:
		return v
	case row:
		return v
	}
	return nil
}

// objects gives the objects of a list.
func (r row) objects(key string) []row {
	list, _ := r[key].([]any) // absent: none
	out := []row{}
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// only keeps the keys that are named.
func (r row) only(keys ...string) row {
	out := row{}
	for _, k := range keys {
		if v, ok := r[k]; ok {
			out[k] = v
		}
	}
	return out
}

// changed is the last change of a row; zero when it does not say.
func (r row) changed() time.Time {
	for _, key := range []string{"updatedOn", "createdOn"} {
		for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05.000-0700"} {
			if at, err := time.Parse(layout, r.text(key)); err == nil {
				return at.UTC()
			}
		}
	}
	return time.Time{}
}

// record wraps the row as a hub record.
func (r row) record(externalID string, at time.Time) (staffing.Record, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return staffing.Record{}, staffing.Errorf(staffing.Internal, "record %s cannot be written as JSON: %w", externalID, err)
	}
	return staffing.Record{ExternalID: externalID, UpdatedAt: at, Raw: raw}, nil
}

func text(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case map[string]any, row, []any:
		return ""
	default:
		return fmt.Sprint(v)
	}
}

// named makes a key of a label: small letters and digits, with underscores between.
func named(label string) string {
	words := strings.FieldsFunc(strings.ToLower(label), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return strings.Join(words, "_")
}
