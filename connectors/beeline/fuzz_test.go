package beeline

import (
	"encoding/json"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
)

// FuzzRows reads what a stranger may answer, and what may stand in a stored cursor.
func FuzzRows(f *testing.F) {
	for _, s := range []string{`{"uid":"u","status":"CREATED","modified":"2026-11-02T09:00:00Z"}`, `{"uid":7}`, `[]`, `null`, `{"known":{"u":{"h":"x","t":1,"w":2}},"offset":50}`, `{"offset":-1}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var r row
		if json.Unmarshal(b, &r) == nil && r.text("uid") != "" {
			if rec := record(r.text("uid"), r); !json.Valid(rec.Raw) {
				t.Fatalf("%q gives %q", b, rec.Raw)
			}
		}
		c, err := readCursor(staffing.Cursor(b))
		if err != nil {
			return
		}
		c.advance(0)
		if c.Offset != 0 {
			t.Fatalf("%q: a walk that has ended begins at %d", b, c.Offset)
		}
	})
}
