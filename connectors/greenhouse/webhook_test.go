package greenhouse_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/greenhouse"
	sandbox "github.com/tributary-hub/tributary/sandbox/greenhouse"
	"github.com/tributary-hub/tributary/staffing"
)

func receiver(tb testing.TB, settings connectors.Settings) staffing.WebhookReceiver {
	tb.Helper()
	all := connectors.Settings{"client_id": "id", "client_secret": "secret"}
	for k, v := range settings {
		all[k] = v
	}
	c, err := greenhouse.Kind().Open(connectors.Deps{Settings: all, Now: func() time.Time { return time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC) }})
	if err != nil {
		tb.Fatal(err)
	}
	r, ok := c.(staffing.WebhookReceiver)
	if !ok {
		tb.Fatal("the connector receives no web hooks")
	}
	return r
}

func signed(secret string, body []byte) http.Header {
	h := http.Header{}
	h.Set("Signature", sandbox.Sign(secret, body))
	h.Set("Greenhouse-Event-ID", "evt-1")
	return h
}

func TestDeliveriesProveThemselves(t *testing.T) {
	body := []byte(`{"action":"ping","payload":{"note":"\u003cp\u003e"}}`)
	rotating := connectors.Settings{"webhook_secret": "new", "webhook_secret_previous": "old"}
	for _, tc := range []struct {
		name     string
		settings connectors.Settings
		header   http.Header
		good     bool
	}{
		{"signed with the secret", connectors.Settings{"webhook_secret": "new"}, signed("new", body), true},
		{"signed with the previous secret", rotating, signed("old", body), true},
		{"signed with the new of two", rotating, signed("new", body), true},
		{"signed with another secret", rotating, signed("other", body), false},
		{"without a signature", rotating, http.Header{}, false},
		{"no secret is set", nil, signed("", body), false},
		{"another algorithm", rotating, http.Header{"Signature": {strings.Replace(sandbox.Sign("new", body), "sha256", "sha1", 1)}}, false},
		{"no hex", rotating, http.Header{"Signature": {"sha256 zz"}}, false},
		{"an equals sign for the space", rotating, http.Header{"Signature": {strings.Replace(sandbox.Sign("new", body), " ", "=", 1)}}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := receiver(t, tc.settings).Verify(tc.header, body, time.Now())
			if (err == nil) != tc.good || err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
				t.Errorf("got %v", err)
			}
		})
	}
	changed := []byte(strings.Replace(string(body), `\u003c`, "<", 1))
	if receiver(t, rotating).Verify(signed("new", body), changed, time.Now()) == nil {
		t.Error("a body that was written anew passed")
	}
}

// TestSignatureOfAnIndependentTool holds against a value that openssl made:
// printf '%s' BODY | openssl dgst -sha256 -hmac 'key of two words'.
func TestSignatureOfAnIndependentTool(t *testing.T) {
	body := []byte(`{"action":"ping","payload":{"note":"\u003cp\u003e"}}`)
	const made = "sha256 7f48a9e01a6bcd005891d9e1c87d651cb21bd235cc81026a9598166357f84399"
	r := receiver(t, connectors.Settings{"webhook_secret": "key of two words"})
	if err := r.Verify(http.Header{"Signature": {made}}, body, time.Now()); err != nil {
		t.Errorf("a good signature is refused: %v", err)
	}
	for _, word := range []string{"key", "words"} {
		if r.Verify(signed(word, body), body, time.Now()) == nil {
			t.Errorf("a delivery signed with %q, one word of the key, passed", word)
		}
	}
}

func TestDeliveryIDIsTheVendorsElseTheBodys(t *testing.T) {
	r := receiver(t, nil)
	if got := r.DeliveryID(signed("x", nil), []byte("a")); got != "evt-1" {
		t.Errorf("got %q", got)
	}
	if a, b := r.DeliveryID(http.Header{}, []byte("a")), r.DeliveryID(http.Header{}, []byte("b")); a == b || a == "" {
		t.Errorf("got %q and %q", a, b)
	}
}

// TestEveryPublishedSampleIsUnderstood feeds the vendor's own samples.
func TestEveryPublishedSampleIsUnderstood(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(shared(t), "samples", "greenhouse", "webhooks", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	r := receiver(t, nil)
	quiet := map[string]bool{"update_candidate": true, "new_prospect_application": true, "interview_deleted": true, "scorecard_deleted": true}
	for _, f := range files {
		action := strings.TrimSuffix(filepath.Base(f), ".json")
		body, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		events, err := r.Events(signed("x", body), body)
		if err != nil {
			t.Errorf("%s: %v", action, err)
			continue
		}
		want := staffing.FeedStatuses
		if strings.HasPrefix(action, "job_") && action != "job_interview_stage_deleted" || action == "department_deleted" || action == "office_deleted" {
			want = staffing.FeedRequisitions
		}
		switch {
		case quiet[action] && len(events) > 0:
			t.Errorf("%s: made %v due for nothing", action, events)
		case !quiet[action] && (len(events) == 0 || events[0].Feed != want || events[0].DeliveryID != "evt-1"):
			t.Errorf("%s: got %+v, want %s to be due", action, events, want)
		}
	}
}

func TestDeletionsCarryTheirRecord(t *testing.T) {
	r := receiver(t, nil)
	for _, tc := range []struct{ body, ids string }{
		{`{"action":"job_deleted","payload":{"job":{"id":209256,"name":"Project Manager"}}}`, "209256"},
		{`{"action":"delete_application","payload":{"application":{"id":46194062,"candidate_id":37031511,"job_id":371417}}}`, "46194062"},
		{`{"action":"delete_candidate","payload":{"person":{"id":37031511,"deleted_application_ids":[46196263,46196258]}}}`, "46196263 46196258"},
		{`{"action":"delete_candidate","payload":{"person":{"id":37031511,"deleted_application_ids":[]}}}`, ""},
		{`{"action":"candidate_anonymized","payload":{"candidate_id":37031511}}`, ""},
		{`{"action":"merge_candidate","payload":{"person":{"id":1,"new_candidate_id":2}}}`, ""},
	} {
		events, err := r.Events(signed("x", nil), []byte(tc.body))
		if err != nil || len(events) == 0 {
			t.Fatalf("%s: %v %v", tc.body, events, err)
		}
		var ids, deliveries []string
		for _, e := range events {
			deliveries = append(deliveries, e.DeliveryID)
			if e.Record == nil {
				continue
			}
			ids = append(ids, e.Record.ExternalID)
			var raw map[string]any
			if err := json.Unmarshal(e.Record.Raw, &raw); err != nil || raw["status"] != "deleted" {
				t.Errorf("%s: record %s", tc.body, e.Record.Raw)
			}
		}
		if got := strings.Join(ids, " "); got != tc.ids {
			t.Errorf("%s: records of %q, want %q", tc.body, got, tc.ids)
		}
		for i, d := range deliveries {
			for _, other := range deliveries[i+1:] {
				if d == other {
					t.Errorf("%s: two events with the delivery id %s", tc.body, d)
				}
			}
		}
	}
}

func TestUnknownAndBrokenDeliveries(t *testing.T) {
	r := receiver(t, nil)
	for _, body := range []string{`{"action":"ping","payload":{"web_hook_id":1}}`, `{"action":"moon_landed","payload":{}}`, `{}`} {
		if events, err := r.Events(http.Header{}, []byte(body)); err != nil || len(events) != 0 {
			t.Errorf("%s: %v %v, want nothing", body, events, err)
		}
	}
	if _, err := r.Events(http.Header{}, []byte(`<html>`)); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("HTML: %v, want invalid", err)
	}
}

func FuzzEvents(f *testing.F) {
	f.Add([]byte(`{"action":"delete_candidate","payload":{"person":{"id":1,"deleted_application_ids":[2,"x",null,{}]}}}`))
	f.Add([]byte(`{"action":"job_deleted","payload":{"job":{"id":1e99,"custom_fields":[]}}}`))
	f.Add([]byte(`{"action":"job_deleted","payload":[]}`))
	r := receiver(f, connectors.Settings{"webhook_secret": "s"})
	f.Fuzz(func(t *testing.T, body []byte) {
		if r.Verify(http.Header{"Signature": {"sha256 " + string(body)}}, body, time.Now()) == nil {
			t.Fatal("a body signed itself")
		}
		events, err := r.Events(http.Header{}, body)
		if err != nil && staffing.CodeOf(err) != staffing.Invalid {
			t.Fatalf("uncoded error %v", err)
		}
		for _, e := range events {
			if e.DeliveryID == "" || e.Feed == "" || e.Record != nil && (e.Record.ExternalID == "" || !json.Valid(e.Record.Raw)) {
				t.Fatalf("event %+v of %q", e, body)
			}
		}
	})
}

// TestEveryDeliveryOfALivingAccountIsUnderstood takes what the account sends by
// itself, signed, while a job is filled.
func TestEveryDeliveryOfALivingAccountIsUnderstood(t *testing.T) {
	h := newHarness(t)
	r := receiver(t, connectors.Settings{"webhook_secret": hookSecret})
	feeds := map[string]staffing.Feed{}
	h.account.SetWebhook(sandbox.Webhook{URL: "http://hub.example", Secret: hookSecret, Post: func(_ context.Context, _ string, header http.Header, body []byte) (int, error) {
		if err := r.Verify(header, body, time.Now()); err != nil {
			t.Errorf("%v: %s", err, body)
		}
		var in struct{ Action string }
		events, err := r.Events(header, body)
		if err != nil || json.Unmarshal(body, &in) != nil || len(events) == 0 {
			t.Errorf("events %v, %v: %s", events, err, body)
			return http.StatusOK, nil //nolint:nilerr // the test has failed; the sender goes on
		}
		feeds[in.Action] = events[0].Feed
		return http.StatusOK, nil
	}})
	id := h.id(h.openJobs(1)[0])
	h.account.UpdatePost(id, func(p *sandbox.JobPost) { p.Title = "New" })
	app := h.id(h.applyMany(1)[0])
	h.must(h.account.Reject(app, "Rate too high"))
	h.must(h.account.Unreject(app))
	_, err := h.account.Advance(app)
	h.must(err)
	h.must(h.account.OfferTerms(app, sandbox.Terms{BillRate: "90", Currency: "USD"}))
	h.must(h.account.ResolveOffer(app, true))
	h.must(h.account.Hire(app, "2026-12-07"))
	h.account.FlushWebhooks()
	for _, action := range []string{"job_created", "job_post_updated"} {
		if feeds[action] != staffing.FeedRequisitions {
			t.Errorf("%s makes %q due", action, feeds[action])
		}
	}
	for _, action := range []string{"new_candidate_application", "reject_candidate", "unreject_candidate", "candidate_stage_change", "offer_created", "offer_updated", "hire_candidate"} {
		if feeds[action] != staffing.FeedStatuses {
			t.Errorf("%s makes %q due", action, feeds[action])
		}
	}
}
