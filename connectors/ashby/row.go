package ashby

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// row is one object of a list. Numbers stay json.Number, so that no amount
// passes through a float.
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

// time gives the moment under key; zero when there is none.
func (r row) time(key string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, r.text(key)) // no moment: zero
	return t
}

// named gives the custom fields by their title: "Bill rate (max)" is bill_rate_max.
// Of two with the same title the first counts.
func (r row) named() row {
	out := row{}
	for _, f := range r.objects("customFields") {
		name := snake(f.text("title"))
		if _, taken := out[name]; name != "" && !taken {
			out[name] = f["value"]
		}
	}
	return out
}

// snake makes a title into a name that expressions can use.
func snake(title string) string {
	var out strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			out.WriteRune(r)
		case out.Len() > 0 && !strings.HasSuffix(out.String(), "_"):
			out.WriteByte('_')
		}
	}
	name := strings.TrimRight(out.String(), "_")
	if name != "" && name[0] <= '9' {
		return "_" + name
	}
	return name
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
