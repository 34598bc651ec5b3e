package icims

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// Deliveries, records and cursors are a stranger's text.

func FuzzDelivery(f *testing.F) {
	f.Add([]byte(`{"eventType":"WorkflowStatusChangeEvent","links":[]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := &Connector{hooks: []string{"secret"}}
		if c.Verify(http.Header{}, body, time.Now()) == nil {
			t.Fatalf("%q passes without the secret", body)
		}
		if events, err := c.Events(nil, body); err != nil && len(events) > 0 {
			t.Fatalf("%q gives events and an error", body)
		}
	})
}

func FuzzRow(f *testing.F) {
	f.Add([]byte(`{"links":[{"rel":"self","url":"https://x/applicantworkflows/7"}],"status":{"id":"C1","value":"Hired: Hired"},"updateddate":"2026-10-01 02:07 PM"}`))
	f.Add([]byte(`{"links":[1,{}],"status":"x","id":1e9}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r row
		if json.Unmarshal(raw, &r) != nil || r == nil {
			return
		}
		if id := r.self(); id != "" && !digits(id) {
			t.Fatalf("%q has the id %q", raw, id)
		}
		(&Connector{hired: []string{"Hired"}}).isHire(r)
		if rec, err := r.record("1", r.stamp("1", time.UTC)); err == nil && !json.Valid(rec.Raw) {
			t.Fatalf("%q gives the record %q", raw, rec.Raw)
		}
	})
}

func FuzzReadCursor(f *testing.F) {
	f.Add([]byte(`{"since":"2026-11-01T00:00:00Z","last":"12","due":["1"]}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		cu, err := readCursor(raw)
		if err != nil {
			return
		}
		if page, err := cu.page(nil); err == nil && !json.Valid(page.Next) {
			t.Fatalf("%q cannot be saved again", raw)
		}
	})
}
