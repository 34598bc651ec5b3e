package jobadder_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/connectors/jobadder"
	sandbox "github.com/tributary-hub/tributary/sandbox/jobadder"
	"github.com/tributary-hub/tributary/staffing"
)

func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:6])
}

const (
	oldSecret = "the-old-secret-of-the-sandbox-01"
	newSecret = "the-new-secret-of-the-sandbox-02"
	hookURL   = "https://hub.example/hooks/1"
)

func receiver(tb testing.TB, more connectors.Settings) staffing.WebhookReceiver {
	tb.Helper()
	s := settings("https://id.jobadder.com")
	delete(s, "webhook_secret")
	for k, v := range more {
		s[k] = v
	}
	c, err := jobadder.Kind().Open(connectors.Deps{Settings: s})
	if err != nil {
		tb.Fatal(err)
	}
	r, ok := c.(staffing.WebhookReceiver)
	if !ok {
		tb.Fatal("the connector receives no webhooks")
	}
	return r
}

func TestDeliveriesProveThemselvesByTheStoredHeader(t *testing.T) {
	rotating := connectors.Settings{"webhook_secret": newSecret, "webhook_secret_previous": oldSecret}
	for _, tc := range []struct {
		name     string
		settings connectors.Settings
		header   string
		good     bool
	}{
		{"the secret", connectors.Settings{"webhook_secret": newSecret}, "Bearer " + newSecret, true},
		{"the previous secret while it is being changed", rotating, "Bearer " + oldSecret, true},
		{"the new of two", rotating, "Bearer " + newSecret, true},
		{"the previous secret after it was changed", connectors.Settings{"webhook_secret": newSecret}, "Bearer " + oldSecret, false},
		{"a flipped byte", rotating, "Bearer " + strings.Replace(newSecret, "new", "neW", 1), false},
		{"the secret without its scheme", rotating, newSecret, false},
		{"another scheme", rotating, "Basic " + newSecret, false},
		{"no header", rotating, "", false},
		{"no secret is set", nil, "Bearer ", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			h := http.Header{}
			if tc.header != "" {
				h.Set("Authorization", tc.header)
			}
			err := receiver(t, tc.settings).Verify(h, []byte(`{}`), time.Now())
			if (err == nil) != tc.good || err != nil && staffing.CodeOf(err) != staffing.Unauthorized {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestADeliveryMakesTheFeedDueAndNoMore(t *testing.T) {
	r := receiver(t, nil)
	body, err := os.ReadFile(filepath.Join(shared(t), "samples", "jobadder", "webhook-jobapplication_status_changed.shape.json"))
	if err != nil {
		t.Fatal(err)
	}
	events, err := r.Events(nil, body)
	if err != nil || len(events) != 1 || events[0].Feed != staffing.FeedCandidates || events[0].Record != nil {
		t.Errorf("%+v %v", events, err)
	}
	other := []byte(strings.Replace(string(body), "09:00", "09:01", 1)) // the sample's id is all zeros
	if r.DeliveryID(nil, body) == r.DeliveryID(nil, other) {
		t.Error("two deliveries without an id of their own have one")
	}
	if events, err := r.Events(nil, []byte(`{"event":"interview_scheduled"}`)); err != nil || len(events) != 0 {
		t.Errorf("%+v %v", events, err)
	}
}

// drain polls to the end and gives the statuses by application, and the cursor.
func drain(t *testing.T, c *jobadder.Connector, cur staffing.Cursor) (map[string]string, staffing.Cursor) {
	t.Helper()
	out := map[string]string{}
	for {
		page, err := c.CandidateEvents(t.Context(), cur)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page.Records {
			var e staffing.CandidateStatusChanged
			if err := json.Unmarshal(r.Raw, &e); err != nil {
				t.Fatal(err)
			}
			out[e.SubmissionID] = e.Status
		}
		if cur = page.Next; !page.More {
			return out, cur
		}
	}
}

// JobAdder's webhooks come late, twice, in any order, or never. What the hub knows
// in the end is what the account says.
func TestNoStatusIsLostWhileTheWebhookIsSuspended(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	now := time.Now()
	_, d := openDeps(t, account, connectors.Settings{"webhook_url": hookURL})
	d.Now = func() time.Time { return now }
	c := again(t, d)
	_, cur := drain(t, c, nil)
	if hooks := account.Hooks(); len(hooks) != 1 || hooks[0]["url"] != hookURL || hooks[0]["status"] != "Enabled" {
		t.Fatalf("the webhook was not made: %v", hooks)
	}
	heard := 0
	account.Post(func(h http.Header, body []byte) int {
		heard++
		if err := c.Verify(h, body, time.Now()); err != nil {
			t.Errorf("JobAdder sends another header than it was given: %v", err)
		}
		return http.StatusBadGateway // the hub is down
	})
	last := map[string]string{}
	for range 6 {
		id := submitted(account)
		account.Move(id, "Interview")
		account.Move(id, "Offered")
		last[strconv.FormatInt(id, 10)] = "Offered"
	}
	if heard != 10 || account.Hooks()[0]["status"] != "Suspended" {
		t.Fatalf("after %d failures the webhook is %v", heard, account.Hooks()[0]["status"])
	}
	now = now.Add(time.Hour)
	got, _ := drain(t, c, cur)
	for id, status := range last {
		if got[id] != status {
			t.Errorf("application %s is %q for the hub, want %q", id, got[id], status)
		}
	}
	if s := account.Hooks()[0]["status"]; s != "Enabled" {
		t.Errorf("the webhook stays %v", s)
	}
}

func TestTheWebhookIsWatchedEveryQuarterOfAnHourAndTold(t *testing.T) {
	account := sandbox.New(sandbox.Options{})
	asked := 0
	now := time.Now()
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/v2/webhooks") {
			asked++
		}
		account.ServeHTTP(w, r)
	})
	_, d := openDeps(t, handler, connectors.Settings{"webhook_url": hookURL})
	d.Now = func() time.Time { return now }
	_, cur := drain(t, again(t, d), nil)
	made := asked
	_, cur = drain(t, again(t, d), cur)
	if asked != made {
		t.Errorf("the webhook was asked for %d times within a minute", asked)
	}
	d.Settings["webhook_secret"], d.Settings["webhook_secret_previous"] = newSecret, hookSecret
	now = now.Add(16 * time.Minute)
	drain(t, again(t, d), cur)
	account.Post(func(h http.Header, body []byte) int {
		if err := receiver(t, connectors.Settings{"webhook_secret": newSecret}).Verify(h, body, now); err != nil {
			t.Errorf("JobAdder was not told the new secret: %v", err)
		}
		return http.StatusOK
	})
	submitted(account)
	if len(account.Hooks()) != 1 {
		t.Errorf("there are %d webhooks", len(account.Hooks()))
	}
}
