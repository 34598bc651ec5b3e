package successfactors

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// row is one object of the API. Numbers stay json.Number; dates are turned into texts
// that a map can read.
type row map[string]any

// UnmarshalJSON keeps numbers as they are written.
func (r *row) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		return err
	}
	for k, v := range m {
		m[k] = plain(v)
	}
	*r = m
	return nil
}

var wireDate = regexp.MustCompile(`^/Date\((-?[0-9]{1,15})([+-][0-9]{4})?\)/$`)

// plain turns dates: with an offset they are moments, without one local times of no
// known zone.
func plain(v any) any {
	switch v := v.(type) {
	case string:
		m := wireDate.FindStringSubmatch(v)
		if m == nil {
			return v
		}
		ms, err := strconv.ParseInt(m[1], 10, 64)
		at := time.UnixMilli(ms).UTC()
		if err != nil || at.Year() < 1 || at.Year() > 9999 {
			return v
		}
		if m[2] == "" {
			return at.Format("2006-01-02T15:04:05")
		}
		return at.Format(time.RFC3339)
	case map[string]any:
		for k, e := range v {
			v[k] = plain(e)
		}
	case []any:
		for i, e := range v {
			v[i] = plain(e)
		}
	}
	return v
}

func (r row) text(key string) string {
	switch v := r[key].(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// object gives what stands under key as a row; nil when it is no object, or one that
// was not expanded.
func (r row) object(key string) row {
	m, _ := r[key].(map[string]any) // no object: nil
	if m["__deferred"] != nil {
		return nil
	}
	return m
}

// changed is the last change; zero when the user may not see it.
func (r row) changed() time.Time {
	at, err := time.Parse(time.RFC3339, r.text("lastModifiedDateTime"))
	if err != nil {
		return time.Time{}
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
