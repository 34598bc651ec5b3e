package bullhorn

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
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

func (r row) bool(name string) bool { return r[name] == true || r.text(name) == "1" }

func (r row) object(name string) row {
	m, _ := r[name].(map[string]any)
	return m
}

// time reads epoch milliseconds; zero when there are none.
func (r row) time(name string) time.Time {
	if n := r.int(name); n > 0 && n < 253402300800000 { // the year 10000
		return time.UnixMilli(n).UTC()
	}
	return time.Time{}
}

// masked is what the vendor gives for a field that the API user may not see.
const masked = "**CONFIDENTIAL**"

// unmask takes masked values out, so that none is ever sent on as if it were one,
// and notes where they stood.
func (r row) unmask() {
	var names []any
	var walk func(path string, v any) any
	walk = func(path string, v any) any {
		switch v := v.(type) {
		case string:
			if strings.TrimSpace(v) == masked {
				names = append(names, path)
				return nil
			}
		case map[string]any:
			for k, e := range v {
				v[k] = walk(strings.TrimPrefix(path+"."+k, "."), e)
			}
		case []any:
			for i, e := range v {
				v[i] = walk(path, e)
			}
		}
		return v
	}
	walk("", map[string]any(r))
	if len(names) > 0 {
		slices.SortFunc(names, func(a, b any) int { return strings.Compare(textOf(a), textOf(b)) })
		r["_confidential"] = names
	}
}

func textOf(v any) string {
	s, _ := v.(string)
	return s
}

// record makes the hub's record of an object.
func (r row) record() (staffing.Record, error) {
	r.unmask()
	raw, err := json.Marshal(r)
	if err != nil {
		return staffing.Record{}, staffing.Errorf(staffing.Internal, "the record cannot be written as JSON: %w", err)
	}
	return staffing.Record{ExternalID: r.text("id"), Version: r.text("dateLastModified"), UpdatedAt: r.time("dateLastModified"), Raw: raw}, nil
}

// withFields adds the fields that a setting names to a fixed list.
func withFields(fixed, more string) string {
	if more = strings.ReplaceAll(more, " ", ""); more != "" {
		return fixed + "," + more
	}
	return fixed
}
