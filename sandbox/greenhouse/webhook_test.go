package greenhouse

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// inbox collects deliveries.
type inbox struct {
	mu      sync.Mutex
	headers []http.Header
	bodies  [][]byte
	answer  func(n int) int
}

func (in *inbox) post(_ context.Context, _ string, h http.Header, body []byte) (int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	in.headers, in.bodies = append(in.headers, h.Clone()), append(in.bodies, body)
	if in.answer != nil {
		return in.answer(len(in.bodies)), nil
	}
	return http.StatusOK, nil
}

func (in *inbox) actions(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, b := range in.bodies {
		var d struct{ Action string }
		if err := json.Unmarshal(b, &d); err != nil {
			t.Fatal(err)
		}
		out = append(out, d.Action)
	}
	return out
}

func TestEveryChangeIsTold(t *testing.T) {
	a, in := open(t, nil, Options{}), &inbox{}
	a.SetWebhook(Webhook{URL: "http://hub.example", Secret: "s3cret", Post: in.post})
	job, app := busy(t, a.Server)
	a.UpdateJob(job, func(j *Job) { j.Name = "Changed" })
	a.DeleteApplication(app)
	a.DeleteJob(job)
	a.FlushWebhooks()
	want := []string{"job_created", "new_candidate_application", "candidate_stage_change", "offer_created", "hire_candidate",
		"new_candidate_application", "reject_candidate", "job_updated", "delete_application", "job_deleted"}
	if got := in.actions(t); !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	for i, h := range in.headers {
		if h.Get("Signature") != Sign("s3cret", in.bodies[i]) || h.Get("Greenhouse-Event-ID") == "" {
			t.Errorf("delivery %d: %v", i, h)
		}
	}
}

func TestARefusedDeliveryIsSentAgainWithItsID(t *testing.T) {
	in := &inbox{answer: func(n int) int {
		if n < 3 {
			return http.StatusAccepted // not 200: at this vendor that is a failure
		}
		return http.StatusOK
	}}
	a := open(t, nil, Options{RetryDelays: []time.Duration{time.Millisecond, time.Millisecond, time.Millisecond}})
	a.SetWebhook(Webhook{URL: "http://hub.example", Secret: "s", Post: in.post})
	a.Ping()
	a.FlushWebhooks()
	if len(in.headers) != 3 || in.headers[0].Get("Greenhouse-Event-ID") != in.headers[2].Get("Greenhouse-Event-ID") {
		t.Errorf("%d deliveries %v", len(in.headers), in.headers)
	}
}

func TestDeliveriesCanBeDisturbed(t *testing.T) {
	for _, tc := range []struct {
		name    string
		trouble Trouble
		want    []string
	}{
		{"duplicated", Trouble{Duplicate: 2}, []string{"job_created", "job_updated", "job_updated", "job_deleted"}},
		{"dropped", Trouble{Drop: 2}, []string{"job_created", "job_deleted"}},
		{"swapped", Trouble{Swap: 2}, []string{"job_created", "job_deleted", "job_updated"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			a, in := open(t, nil, Options{}), &inbox{}
			a.SetWebhook(Webhook{URL: "http://hub.example", Secret: "s", Post: in.post})
			a.Disturb(tc.trouble)
			job := a.OpenJob(JobSpec{Title: "Nurse"})
			a.UpdateJob(job, func(j *Job) { j.Name = "Changed" })
			a.DeleteJob(job)
			a.FlushWebhooks()
			if got := in.actions(t); !slices.Equal(got, tc.want) {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

// TestPayloadsHaveTheVendorsShape compares every key that is sent with the
// vendor's published sample of the same action.
func TestPayloadsHaveTheVendorsShape(t *testing.T) {
	dir := filepath.Join(shared(t), "samples", "greenhouse", "webhooks")
	a, in := open(t, nil, Options{}), &inbox{}
	a.SetWebhook(Webhook{URL: "http://hub.example", Secret: "s", Post: in.post})
	job, app := busy(t, a.Server)
	a.UpdateJob(job, func(*Job) {})
	a.DeleteApplication(app)
	a.DeleteJob(job)
	a.FlushWebhooks()
	for i, action := range in.actions(t) {
		raw, err := os.ReadFile(filepath.Join(dir, action+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var sample, ours any
		if err := json.Unmarshal(raw, &sample); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(in.bodies[i], &ours); err != nil {
			t.Fatal(err)
		}
		compareShape(t, action, sample, ours)
	}
}

// compareShape reports keys that the vendor does not send. A null on either side
// and custom fields, whose keys are the account's, say nothing.
func compareShape(t *testing.T, at string, sample, ours any) {
	t.Helper()
	switch o := ours.(type) {
	case map[string]any:
		s, ok := sample.(map[string]any)
		if !ok {
			if _, list := sample.([]any); sample != nil && !list {
				t.Errorf("%s: an object where the vendor has %T", at, sample)
			}
			return
		}
		for k, v := range o {
			if _, ok := s[k]; !ok {
				t.Errorf("%s.%s: the vendor sends no such key", at, k)
			} else if k != "custom_fields" {
				compareShape(t, at+"."+k, s[k], v)
			}
		}
	case []any:
		if s, ok := sample.([]any); ok && len(o) > 0 && len(s) > 0 {
			compareShape(t, at+"[]", s[0], o[0])
		}
	case string:
		if _, ok := sample.(string); sample != nil && !ok {
			t.Errorf("%s: a text where the vendor has %T", at, sample)
		}
	case float64:
		if _, ok := sample.(float64); sample != nil && !ok {
			t.Errorf("%s: a number where the vendor has %T", at, sample)
		}
	}
}

func TestDeliveriesReachAHubThatIsDownForAMoment(t *testing.T) {
	var mu sync.Mutex
	var ids []string
	hub := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("Signature") != Sign("s3cret", body) {
			t.Errorf("signature %q, %v", r.Header.Get("Signature"), err)
		}
		if ids = append(ids, r.Header.Get("Greenhouse-Event-ID")); len(ids) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(hub.Close)
	a := open(t, nil, Options{RetryDelays: []time.Duration{time.Millisecond}})
	a.SetWebhook(Webhook{URL: hub.URL, Secret: "s3cret"})
	a.OpenJob(JobSpec{Title: "Nurse"})
	a.OpenJob(JobSpec{Title: "Cook"})
	a.FlushWebhooks()
	mu.Lock()
	defer mu.Unlock()
	if len(ids) != 3 || ids[0] != ids[1] || ids[1] == ids[2] {
		t.Errorf("got %v, want the first event twice and the second once", ids)
	}
}
