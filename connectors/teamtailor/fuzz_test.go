package teamtailor

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/staffing"
)

// Deliveries, documents and cursors are a stranger's text.

func FuzzDelivery(f *testing.F) {
	f.Add([]byte(`{"payload":{"event_name":"job.update","data":{"id":"2"}},"signature":"YzU1N2FhOTUwMjlkNTFiMGM5NjIxNTEyODc5NGY5ZjgxZWNkMmNkZTZhNmIxYmI2YmM3NmVmYmQ1ZGZiMDg0Zg=="}`))
	f.Add([]byte(`{"payload":null,"signature":""}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := &Connector{hooks: []string{"a key that nobody knows"}, signed: "payload"}
		if c.Verify(nil, body, time.Time{}) == nil {
			t.Fatalf("%q passes", body)
		}
		if c.DeliveryID(nil, body) == "" {
			t.Fatalf("%q has no id", body)
		}
		if _, err := c.Events(nil, body); err != nil && staffing.CodeOf(err) != staffing.Invalid {
			t.Fatalf("uncoded error %v", err)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte(`{"data":[{"id":"1","type":"jobs","attributes":{"title":"A"},"relationships":{"custom-field-values":{"data":[{"id":"2","type":"custom-field-values"}]}}}],
		"included":[{"id":"2","type":"custom-field-values","attributes":{"value":1},"relationships":{"custom-field":{"data":null}}}]}`))
	f.Add([]byte(`{"data":null}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var a answer
		if json.Unmarshal(raw, &a) != nil {
			return
		}
		list, err := a.many()
		if err != nil {
			return
		}
		for _, r := range list {
			out := r.flat()
			out["_fields"], out["_named"] = fields(r.related("custom-field-values", a.index()), a.index())
			if rec, err := out.record(r.ID, r.changed()); err != nil || !json.Valid(rec.Raw) {
				t.Fatalf("%q gives %q, %v", raw, rec.Raw, err)
			}
		}
	})
}

func FuzzReadCursor(f *testing.F) {
	f.Add([]byte(`{"since":"2026-11-02T09:00:00Z","walk":{"query":"page%5Bnumber%5D=2","count":3,"start":"2026-11-02T09:00:00Z"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		cu, err := readCursor(raw)
		if err == nil {
			_, err = cu.page(nil)
		}
		if err != nil && staffing.CodeOf(err) != staffing.Internal {
			t.Fatalf("uncoded error %v", err)
		}
	})
}
