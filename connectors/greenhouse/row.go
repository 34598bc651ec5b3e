package greenhouse

import (
	"bytes"
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// row is one object of a list. Numbers stay json.Number, so that neither ids nor
// amounts pass through a float.
type row map[string]any

// UnmarshalJSON keeps numbers as they are written and turns the empty list that
// Greenhouse sends for "no custom fields" into an empty object.
func (r *row) UnmarshalJSON(b []byte) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var m map[string]any
	if err := dec.Decode(&m); err != nil {
		return err
	}
	if list, ok := m["custom_fields"].([]any); ok && len(list) == 0 {
		m["custom_fields"] = map[string]any{}
	}
	*r = m
	return nil
}

func (r row) text(key string) string { return text(r[key]) }

func (r row) int(key string) int64 { return integer(r[key]) }

func (r row) bool(key string) bool {
	b, _ := r[key].(bool)
	return b
}

// time gives the moment under key; zero when there is none.
func (r row) time(key string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, r.text(key)) // no moment: zero
	return t
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
		return v
	case json.Number:
		return v.String()
	case map[string]any, []any:
		return ""
	default:
		return fmt.Sprint(v)
	}
}

func integer(v any) int64 {
	n, _ := strconv.ParseInt(text(v), 10, 64) // no number: 0
	return n
}

// integers gives the distinct numbers that get finds, sorted.
func integers(rows []row, get func(row) []int64) []int64 {
	seen := map[int64]bool{}
	var out []int64
	for _, r := range rows {
		for _, n := range get(r) {
			if n != 0 && !seen[n] {
				seen[n] = true
				out = append(out, n)
			}
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i] < out[j] })
	return out
}

// column gives the distinct numbers under key.
func column(rows []row, key string) []int64 {
	return integers(rows, func(r row) []int64 { return []int64{r.int(key)} })
}

// groupBy gives the rows by the number under key.
func groupBy(rows []row, key string) map[int64][]row {
	out := map[int64][]row{}
	for _, r := range rows {
		out[r.int(key)] = append(out[r.int(key)], r)
	}
	return out
}

func joinIDs(ids []int64) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = strconv.FormatInt(id, 10)
	}
	return strings.Join(parts, ",")
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// orEmpty makes sure that "none" is an empty JSON list and not null.
func orEmpty(rows []row) []row {
	if rows == nil {
		return []row{}
	}
	return rows
}
