package lever

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"
)

// Deliveries, rows and cursors are a stranger's text.

func FuzzDelivery(f *testing.F) {
	f.Add([]byte(`{"token":"t","triggeredAt":1431454330072,"signature":"aa","event":"candidateHired"}`))
	f.Add([]byte(`{"token":1,"triggeredAt":"x"}{}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		c := &Connector{hooks: []string{"secret"}}
		if c.Verify(http.Header{}, body, time.UnixMilli(1431454330072)) == nil {
			t.Fatalf("%q passes without the secret", body)
		}
		if c.DeliveryID(nil, body) == "" {
			t.Fatalf("%q has no id", body)
		}
		if events, err := c.Events(nil, body); err != nil && len(events) > 0 {
			t.Fatalf("%q gives events and an error", body)
		}
	})
}

func FuzzRow(f *testing.F) {
	f.Add([]byte(`{"id":"1","archived":{"archivedAt":1,"reason":"r"},"updatedAt":"1417587916150","applications":[{"posting":{"id":"p"}}]}`))
	f.Add([]byte(`null`))
	f.Add([]byte(`{"id":{"id":1},"archived":[1],"requisitionCodes":[{}],"emails":"x"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var r row
		if json.Unmarshal(raw, &r) != nil {
			return
		}
		archived(r)
		codes(r)
		onPosting(r, "p")
		offerFields(r)
		cu := &cursor{Seen: map[string]string{}}
		cu.given([]row{r})
		cu.notice([]row{r})
		if rec, err := r.record(r.text("id"), r.changed()); err == nil && !json.Valid(rec.Raw) {
			t.Fatalf("%q gives the record %q", raw, rec.Raw)
		}
	})
}

func FuzzReadCursor(f *testing.F) {
	f.Add([]byte(`{"marks":{"postings":1},"walk":{"stream":"postings","offset":"x"},"seen":{"a":"b"}}`))
	f.Add([]byte(`[]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		cu, err := readCursor(raw)
		if err != nil {
			return
		}
		if page, err := cu.page(nil); err != nil || !json.Valid(page.Next) {
			t.Fatalf("%q cannot be saved again: %v", raw, err)
		}
	})
}

func TestFormFieldsAreSpelledAsTheVendorSays(t *testing.T) {
	got := fmt.Sprint(formFields("", map[string]any{"name": "Ada", "emails": []any{"a", "b"}, "archived": map[string]any{"reason": "r"},
		"phones": []any{map[string]any{"value": "1"}}, "headline": nil}))
	if want := "[[archived[reason] r] [emails[] a] [emails[] b] [name Ada] [phones[0][value] 1]]"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
