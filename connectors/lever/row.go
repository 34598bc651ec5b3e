package lever

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// row is one object of a list. Numbers stay json.Number, so that neither times nor
// amounts pass through a float.
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

// ref gives the id of what key refers to, whether it was expanded or not.
func (r row) ref(key string) string {
	if o := r.object(key); o != nil {
		return o.text("id")
	}
	return r.text(key)
}

// texts gives the texts of a list.
func (r row) texts(key string) []string {
	list, _ := r[key].([]any) // absent: none
	out := make([]string, 0, len(list))
	for _, v := range list {
		if s := text(v); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// objects gives the objects of a list.
func (r row) objects(key string) []row {
	list, _ := r[key].([]any) // absent: none
	var out []row
	for _, v := range list {
		if m, ok := v.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// millis gives the moment under key as milliseconds since 1970; 0 when there is
// none. Some examples of the vendor write it as a text.
func (r row) millis(key string) int64 {
	n, _ := strconv.ParseInt(r.text(key), 10, 64) // no moment: 0
	return n
}

// changed is the last change of a row; old rows have no updatedAt.
func (r row) changed() time.Time {
	at := r.millis("updatedAt")
	if at == 0 {
		at = r.millis("createdAt")
	}
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMilli(at).UTC()
}

// record wraps the row as a hub record.
func (r row) record(externalID string, at time.Time) (staffing.Record, error) {
	raw, err := json.Marshal(r)
	if err != nil {
		return staffing.Record{}, staffing.Errorf(staffing.Internal, "record %s cannot be written as JSON: %w", externalID, err)
	}
	return staffing.Record{ExternalID: externalID, UpdatedAt: at, Raw: raw}, nil
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
