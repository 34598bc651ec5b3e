package workable_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/sandbox/workable"
)

func call(t *testing.T, s *workable.Server, method, path, token, body string) (int, http.Header, map[string]any) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+token)
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	var out map[string]any
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%s %s gives %d %s", method, path, w.Code, w.Body)
	}
	return w.Code, w.Header(), out
}

func TestListsArePagedBySinceID(t *testing.T) {
	s := workable.New(workable.Options{})
	for i := range 5 {
		s.OpenJob(fmt.Sprintf("Job %d", i))
	}
	seen, path := 0, "/spi/v3/jobs?limit=2"
	for path != "" {
		status, _, out := call(t, s, "GET", path, "sandbox-token", "")
		jobs, _ := out["jobs"].([]any)
		paging, _ := out["paging"].(map[string]any)
		path, _ = paging["next"].(string)
		if seen += len(jobs); status != http.StatusOK || len(jobs) > 2 || path != "" && !strings.Contains(path, "since_id=") {
			t.Fatalf("%d %v", status, out)
		}
	}
	if seen != 5 {
		t.Errorf("%d of 5 jobs came", seen)
	}
}

func TestWrongRequestsAreRefused(t *testing.T) {
	s := workable.New(workable.Options{})
	short := s.OpenJob("Nurse")
	const good = `{"candidate":{"firstname":"Ada","lastname":"Grey","email":"a@b.example"}}`
	for name, tc := range map[string]struct {
		method, path, token, body string
		want                      int
	}{
		"another token":        {"GET", "/spi/v3/jobs", "x", "", 401},
		"an unknown path":      {"GET", "/spi/v3/nope", "sandbox-token", "", 404},
		"another version":      {"GET", "/spi/v2/jobs", "sandbox-token", "", 404},
		"an unknown parameter": {"GET", "/spi/v3/jobs?updated_since=1", "sandbox-token", "", 400},
		"too large a page":     {"GET", "/spi/v3/jobs?limit=101", "sandbox-token", "", 400},
		"a time that is none":  {"GET", "/spi/v3/candidates?updated_after=soon", "sandbox-token", "", 400},
		"an unknown key":       {"POST", "/spi/v3/jobs/" + short + "/candidates", "sandbox-token", `{"candidate":{"first_name":"Ada"}}`, 422},
		"no e-mail":            {"POST", "/spi/v3/jobs/" + short + "/candidates", "sandbox-token", `{"candidate":{"firstname":"Ada","lastname":"Grey"}}`, 422},
		"no such job":          {"POST", "/spi/v3/jobs/NOPE/candidates", "sandbox-token", good, 404},
		"no such candidate":    {"GET", "/spi/v3/candidates/ff", "sandbox-token", "", 404},
	} {
		if status, _, out := call(t, s, tc.method, tc.path, tc.token, tc.body); status != tc.want || out["error"] == nil {
			t.Errorf("%s: %d %v, want %d", name, status, out, tc.want)
		}
	}
	if s.CountCandidates() != 0 {
		t.Error("a refused candidate is there")
	}
}

func TestTheLimitIsToldAndKept(t *testing.T) {
	now := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	s := workable.New(workable.Options{RateLimit: 2, Now: func() time.Time { return now }})
	for _, want := range []int{200, 200, 429} {
		status, h, _ := call(t, s, "GET", "/spi/v3/jobs", "sandbox-token", "")
		if status != want || h.Get("X-Rate-Limit-Limit") != "2" || h.Get("X-Rate-Limit-Reset") != "1793610010" {
			t.Errorf("%d %v, want %d", status, h, want)
		}
	}
	now = now.Add(10 * time.Second)
	if status, _, _ := call(t, s, "GET", "/spi/v3/jobs", "sandbox-token", ""); status != 200 {
		t.Errorf("after the window it gives %d", status)
	}
}

func TestAnOfferThatIsNotThereIsTheCandidateAlone(t *testing.T) {
	s := workable.New(workable.Options{})
	id, err := s.Apply(s.OpenJob("Nurse"), "Ada", "Grey", "a@b.example")
	if err != nil {
		t.Fatal(err)
	}
	if status, _, out := call(t, s, "GET", "/spi/v3/candidates/"+id+"/offer", "sandbox-token", ""); status != 200 || len(out) != 1 || out["candidate"] == nil {
		t.Errorf("%d %v", status, out)
	}
	if err := s.Hire(id, "2026-12-07"); err != nil {
		t.Fatal(err)
	}
	if _, _, out := call(t, s, "GET", "/spi/v3/candidates/"+id+"/offer", "sandbox-token", ""); out["start_date"] != "2026-12-07" {
		t.Errorf("%v", out)
	}
}

func TestMovesAreToldAndDisqualifyingIsNot(t *testing.T) {
	s := workable.New(workable.Options{})
	var bodies []string
	s.SetWebhook(func(h http.Header, body []byte) {
		if h.Get("X-Workable-Signature") != workable.Sign("sandbox-token", body) {
			t.Error("the delivery is not signed")
		}
		bodies = append(bodies, string(body))
	})
	id, err := s.Apply(s.OpenJob("Nurse"), "Ada", "Grey", "a@b.example")
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range []func() error{
		func() error { return s.Move(id, "Interview", "interview") },
		func() error { return s.Disqualify(id, "Withdrew", true) },
	} {
		if err := change(); err != nil {
			t.Fatal(err)
		}
	}
	if len(bodies) != 2 || !strings.Contains(bodies[1], `"candidate_moved"`) {
		t.Errorf("%d deliveries: %v", len(bodies), bodies)
	}
}
