package ashby

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// Deliveries, rows and cursors are a stranger's text.

func FuzzDelivery(f *testing.F) {
	f.Add("sha256=00", []byte(`{"action":"candidateHire","webhookActionId":"w"}`))
	f.Add("", []byte(`[]`))
	f.Fuzz(func(t *testing.T, signature string, body []byte) {
		c := &Connector{hooks: []string{"secret"}}
		h := http.Header{"Ashby-Signature": {signature}}
		if c.Verify(h, body, time.Now()) == nil {
			t.Fatalf("%q passes without the secret", body)
		}
		if c.DeliveryID(h, body) == "" {
			t.Fatalf("%q has no id", body)
		}
		if events, err := c.Events(h, body); err != nil && len(events) > 0 {
			t.Fatalf("%q gives events and an error", body)
		}
	})
}

func FuzzRows(f *testing.F) {
	f.Add([]byte(`[{"id":"1","customFields":[{"title":"Bill rate (max)","value":1}],"latestVersion":{"jobIds":["j"]},"primaryEmailAddress":{"value":"a"}}]`))
	f.Add([]byte(`null`))
	f.Add([]byte(`[{"id":{"id":1},"customFields":{},"latestVersion":[1],"fileHandles":"x"}]`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, err := rows(reply{Results: raw}, "rows")
		if err != nil {
			return
		}
		cu := &cursor{Openings: map[string]string{}, Postings: map[string]posting{}, Rounds: 1}
		cu.noticeOpenings(list)
		cu.noticePostings(list)
		acceptedOffer(list, "a")
		offerTakenBack(list, "a")
		for _, r := range list {
			hasMail(r, "a")
			attached(r, "a")
			r["_custom"] = r.named()
			if rec, err := bare(r).record(r.text("id"), r.time("updatedAt")); err == nil && !json.Valid(rec.Raw) {
				t.Fatalf("%q gives the record %q", raw, rec.Raw)
			}
		}
	})
}

func FuzzReadCursor(f *testing.F) {
	f.Add([]byte(`{"tokens":{"job.list":"t"},"walk":{"stream":"job.list","cursor":"x"},"postings":{"p":{"job":"j","at":"x"}}}`))
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

func TestTitlesBecomeNamesForExpressions(t *testing.T) {
	for title, want := range map[string]string{"Cost Center": "cost_center", "Bill rate (max)": "bill_rate_max", "  PO # ": "po", "1st shift": "_1st_shift", "–": "", "Größe": "gr_e"} {
		if got := snake(title); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
}
