package jobadder

import (
	"encoding/json"
	"testing"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
)

// FuzzApplications reads what the vendor's list may give: every row is one record at
// most, and each can be saved.
func FuzzApplications(f *testing.F) {
	f.Add([]byte(`{"applicationId":7,"job":{"jobId":5},"candidate":{"candidateId":3},"status":{"statusId":103,"name":"Submitted"},"updatedAt":"2026-11-23T09:00:00Z"}`))
	f.Add([]byte(`{"job":1,"status":[],"updatedAt":"9999-99"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		r, err := decode(body)
		if err != nil {
			return
		}
		got := changed(r)
		if len(got) > 1 {
			t.Fatalf("%d records of one row", len(got))
		}
		for _, rec := range got {
			if rec.ExternalID == "" || !json.Valid(rec.Raw) {
				t.Errorf("%+v", rec)
			}
		}
		r.byField()
		if rec, err := r.record("applicationId"); err != nil || !json.Valid(rec.Raw) {
			t.Errorf("%v %s", err, rec.Raw)
		}
	})
}

// FuzzDelivery reads what anybody may post.
func FuzzDelivery(f *testing.F) {
	f.Add([]byte(`{"apiVersion":2,"event":"jobapplication_status_changed","eventId":"11111111-0000-4000-8000-000000000001"}`))
	c := &Connector{set: connectors.Settings{}}
	f.Fuzz(func(t *testing.T, body []byte) {
		if c.DeliveryID(nil, body) == "" {
			t.Error("no delivery id")
		}
		events, err := c.Events(nil, body)
		if err != nil && staffing.CodeOf(err) != staffing.Invalid || len(events) > 1 {
			t.Errorf("%v %v", events, err)
		}
	})
}
