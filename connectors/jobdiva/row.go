package jobdiva

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// row is one of the vendor's rows with names in one spelling and clean values.
type row map[string]any

// clean brings a row into one form. Reports spell names JOBID, searches "job id";
// texts are padded; nothing is also written "Null".
func clean(in map[string]any) row {
	out := row{}
	for k, v := range in {
		name := strings.ToUpper(strings.NewReplacer(" ", "", "_", "", "#", "").Replace(k))
		if s, ok := v.(string); ok {
			if s = strings.TrimSpace(s); s == "" || strings.EqualFold(s, "null") {
				continue
			}
			v = s
		}
		if v != nil {
			out[name] = v
		}
	}
	return out
}

// text gives a value as text; numbers may come as either.
func (r row) text(names ...string) string {
	for _, n := range names {
		switch v := r[n].(type) {
		case string:
			return v
		case json.Number:
			return v.String()
		}
	}
	return ""
}

// flag reads a yes, which comes as 1, "1", true or a word.
func (r row) flag(name string) bool {
	if b, ok := r[name].(bool); ok {
		return b
	}
	switch strings.ToLower(r.text(name)) {
	case "1", "true", "y", "yes":
		return true
	}
	return false
}

// forms are the ways in which JobDiva writes a moment, without a zone.
func forms() []string {
	return []string{"2006-01-02T15:04:05", "2006-01-02T15:04:05.999", "2006-01-02 15:04:05", "01/02/2006 15:04:05", "2006-01-02", "01/02/2006"}
}

// moment reads a time in the zone of the settings; zero when there is none.
func (c *Connector) moment(r row, names ...string) time.Time {
	text := r.text(names...)
	for _, f := range forms() {
		if t, err := time.ParseInLocation(f, text, c.zone); err == nil && t.Year() > 1 && t.Year() < 9999 {
			return t.UTC()
		}
	}
	return time.Time{}
}

// stamp writes a time as reports ask for it.
func (c *Connector) stamp(t time.Time) string { return t.In(c.zone).Format("01/02/2006 15:04:05") }

// personal tells what a submission does not need of a person.
func personal(name string) bool {
	for _, part := range []string{"SSN", "SOCIALSECURITY", "BIRTH", "GENDER", "ETHNIC", "RACE", "VETERAN", "DISABILITY", "MARITAL"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// record makes the hub's record of a row.
func (r row) record(id string, at time.Time) (staffing.Record, error) {
	for k := range r {
		if personal(k) {
			delete(r, k)
		}
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return staffing.Record{}, staffing.Errorf(staffing.Internal, "the record cannot be written as JSON: %w", err)
	}
	return staffing.Record{ExternalID: id, UpdatedAt: at, Raw: raw}, nil
}
