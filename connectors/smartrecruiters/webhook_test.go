package smartrecruiters_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	sandbox "github.com/tributary-hub/tributary/sandbox/smartrecruiters"
	"github.com/tributary-hub/tributary/staffing"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func signed(body string, at time.Time, secrets ...string) http.Header {
	h := http.Header{}
	for k, v := range map[string]string{"event-id": "e-1", "event-name": "application.status.updated", "event-version": "v201910",
		"link": "<https://api.smartrecruiters.com/x>; rel=self", "smartrecruiters-timestamp": strconv.FormatInt(at.Unix(), 10)} {
		h.Set(k, v)
	}
	h.Set("smartrecruiters-signature", sandbox.Sign(h, []byte(body), secrets...))
	return h
}

func without(h http.Header, name string) http.Header {
	h.Del(name)
	return h
}

func with(h http.Header, name, value string) http.Header {
	h.Set(name, value)
	return h
}

func TestDeliveriesProveThemselves(t *testing.T) {
	const body = `{"job_id":"j","candidate_id":"c"}`
	rotating := connectors.Settings{"webhook_secret": "new", "webhook_secret_previous": "old"}
	for _, tc := range []struct {
		name     string
		settings connectors.Settings
		header   http.Header
		body     string
		good     bool
	}{
		{"signed with the secret", rotating, signed(body, noon, "new"), body, true},
		{"signed with the previous secret", rotating, signed(body, noon, "old"), body, true},
		{"signed with two secrets of which one is ours", rotating, signed(body, noon, "other", "new"), body, true},
		{"signed with another secret", rotating, signed(body, noon, "other"), body, false},
		{"no secret is set", nil, signed(body, noon, ""), body, false},
		{"a flipped byte", rotating, signed(body, noon, "new"), strings.Replace(body, "j\"", "k\"", 1), false},
		{"ten minutes old", rotating, signed(body, noon.Add(-10*time.Minute), "new"), body, false},
		{"ten minutes ahead", rotating, signed(body, noon.Add(10*time.Minute), "new"), body, false},
		{"without the signature", rotating, without(signed(body, noon, "new"), "smartrecruiters-signature"), body, false},
		{"without the time", rotating, without(signed(body, noon, "new"), "smartrecruiters-timestamp"), body, false},
		{"without the event's name, which is signed", rotating, without(signed(body, noon, "new"), "event-name"), body, false},
		{"with another event", rotating, with(signed(body, noon, "new"), "event-name", "job.updated"), body, false},
		{"with another link", rotating, with(signed(body, noon, "new"), "link", "<https://elsewhere.example>"), body, false},
		{"of another version", rotating, with(signed(body, noon, "new"), "smartrecruiters-signature",
			strings.Replace(sandbox.Sign(signed(body, noon), []byte(body), "new"), "v1", "v2", 1)), body, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := connect(t, "https://api.smartrecruiters.com", tc.settings).Verify(tc.header, []byte(tc.body), noon)
			if (err == nil) != tc.good || err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestTheVendorsOwnVectorPasses holds against what SmartRecruiters publishes.
func TestTheVendorsOwnVectorPasses(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join(shared(t), "samples", "smartrecruiters", "webhook-signature-vector.vendor.json"))
	if err != nil {
		t.Fatal(err)
	}
	var v struct {
		SecretKey string
		Headers   map[string]string
		RawBody   string
	}
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	for k, val := range v.Headers {
		h.Set(k, val)
	}
	c := connect(t, "https://api.smartrecruiters.com", connectors.Settings{"webhook_secret": v.SecretKey})
	at := time.Unix(1574080897, 0)
	if err := c.Verify(h, []byte(v.RawBody), at); err != nil {
		t.Errorf("the vendor's own delivery is refused: %v", err)
	}
	if c.Verify(h, []byte(v.RawBody+" "), at) == nil {
		t.Error("a changed body passes")
	}
	events, err := c.Events(h, []byte(v.RawBody))
	if err != nil || len(events) != 1 || events[0].Feed != staffing.FeedStatuses || events[0].DeliveryID != "123" {
		t.Errorf("%+v %v", events, err)
	}
}

func TestEventsMakeTheirFeedDue(t *testing.T) {
	c := connect(t, "https://api.smartrecruiters.com", nil)
	for name, feed := range map[string]staffing.Feed{"application.created": staffing.FeedStatuses, "offer.updated": staffing.FeedStatuses,
		"candidate.deleted": staffing.FeedStatuses, "job.status.updated": staffing.FeedRequisitions, "position.created": staffing.FeedRequisitions, "interview.created": ""} {
		events, err := c.Events(http.Header{"Event-Name": {name}, "Event-Id": {"e"}}, []byte(`{"id":"x"}`))
		if err != nil || feed == "" && len(events) > 0 || feed != "" && (len(events) != 1 || events[0].Feed != feed) {
			t.Errorf("%s: %+v %v", name, events, err)
		}
	}
	if _, err := c.Events(http.Header{}, []byte(`[`)); staffing.CodeOf(err) != staffing.Invalid {
		t.Errorf("got %v", err)
	}
}

// Before a subscription is active, the vendor asks whether its callback listens.
func TestTheQuestionBeforeASubscriptionIsAnswered(t *testing.T) {
	c := connect(t, "https://api.smartrecruiters.com", connectors.Settings{"webhook_secret": "new"})
	if got := c.Greet(http.Header{"X-Hook-Secret": {"abc-123"}}, []byte("{}")); len(got) != 1 || got.Get("X-Hook-Secret") != "abc-123" {
		t.Errorf("it answers %v", got)
	}
	for name, h := range map[string]http.Header{
		"no question":                  {},
		"an empty one":                 {"X-Hook-Secret": {""}},
		"two":                          {"X-Hook-Secret": {"a", "b"}},
		"one that is no plain word":    {"X-Hook-Secret": {"<script>"}},
		"one that is very long":        {"X-Hook-Secret": {strings.Repeat("a", 201)}},
		"a delivery with a wrong sign": with(signed("{}", noon, "other"), "X-Hook-Secret", "abc"),
	} {
		if got := c.Greet(h, nil); got != nil {
			t.Errorf("%s: it answers %v", name, got)
		}
	}
}
