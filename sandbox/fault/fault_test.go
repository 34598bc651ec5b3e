package fault_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/sandbox/fault"
)

const body = `{"title":"Welder","city":"Kiel"}`

// vendor counts what it did, and gives body.
func vendor(t *testing.T) (*fault.Injector, string, *atomic.Int32) {
	t.Helper()
	var acted atomic.Int32
	inj := fault.New(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		acted.Add(1)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, body)
	}))
	srv := httptest.NewServer(inj)
	t.Cleanup(func() { srv.CloseClientConnections(); srv.Close() })
	return inj, srv.URL, &acted
}

// post gives status, header and body, and the error of whichever failed.
func post(ctx context.Context, url string) (int, http.Header, string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("{}"))
	if err != nil {
		return 0, nil, "", err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, nil, "", err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, string(b), err
}

// wrong is what a client sees of a rule.
type wrong struct {
	rule   fault.Rule
	status int // 0: the client gets an error before the header
	acted  int32
	cut    bool
	check  func(h http.Header, got string) bool
}

// patience is how long the client waits: for ever would be too long.
func (w wrong) patience() time.Duration {
	if w.rule.Kind == fault.Hang || w.rule.Kind == fault.SlowBody {
		return 150 * time.Millisecond
	}
	return 10 * time.Second
}

func TestEachKindGoesWrongInItsOwnWay(t *testing.T) {
	t.Parallel()
	for _, c := range []wrong{
		{rule: fault.Rule{Kind: fault.Status429, RetryAfter: 7 * time.Second}, status: 429, check: func(h http.Header, _ string) bool { return h.Get("Retry-After") == "7" }},
		{rule: fault.Rule{Kind: fault.Status429, RetryAfter: time.Millisecond}, status: 429, check: func(h http.Header, _ string) bool { return h.Get("Retry-After") == "1" }},
		{rule: fault.Rule{Kind: fault.Status500}, status: 500, check: func(h http.Header, _ string) bool { return h.Get("Retry-After") == "" }},
		{rule: fault.Rule{Kind: fault.Status401}, status: 401},
		{rule: fault.Rule{Kind: fault.Status403}, status: 403},
		{rule: fault.Rule{Kind: fault.Latency, Delay: time.Millisecond}, status: 201, acted: 1, check: func(_ http.Header, got string) bool { return got == body }},
		{rule: fault.Rule{Kind: fault.LostResponse}, acted: 1, cut: true},
		{rule: fault.Rule{Kind: fault.CutBody}, status: 201, acted: 1, cut: true, check: func(_ http.Header, got string) bool { return got == body[:len(body)/2] }},
		{rule: fault.Rule{Kind: fault.SlowBody, Delay: time.Millisecond}, status: 201, acted: 1, cut: true, check: func(_ http.Header, got string) bool { return strings.HasPrefix(body, got) }},
		{rule: fault.Rule{Kind: fault.TruncatedJSON}, status: 201, acted: 1, check: func(_ http.Header, got string) bool { return got == body[:len(body)/2] && !json.Valid([]byte(got)) }},
		{rule: fault.Rule{Kind: fault.WrongContentType}, status: 200, check: func(h http.Header, got string) bool {
			return strings.HasPrefix(h.Get("Content-Type"), "text/html") && strings.HasPrefix(got, "<!DOCTYPE html>")
		}},
		{rule: fault.Rule{Kind: fault.HugeBody}, status: 200, check: func(_ http.Header, got string) bool { return len(got) > fault.HugeSize && json.Valid([]byte(got)) }},
		{rule: fault.Rule{Kind: fault.Hang}, cut: true},
	} {
		inj, url, acted := vendor(t)
		inj.Add(c.rule)
		ctx, cancel := context.WithTimeout(context.Background(), c.patience())
		status, header, got, err := post(ctx, url)
		cancel()
		if status != c.status || (err != nil) != c.cut || acted.Load() != c.acted {
			t.Errorf("%s: status %d, error %v, the vendor acted %d times", c.rule.Kind, status, err, acted.Load())
		}
		if c.check != nil && !c.check(header, got) {
			t.Errorf("%s: header %v, body of %d bytes", c.rule.Kind, header, len(got))
		}
	}
}

func TestHangEndsWithTheClient(t *testing.T) {
	t.Parallel()
	inj, url, _ := vendor(t)
	inj.Add(fault.Rule{Kind: fault.Hang})
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	if _, _, _, err := post(ctx, url); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the client's end: %v", err)
	}
}

func TestRulesAreFollowedInOrderAndSpent(t *testing.T) {
	t.Parallel()
	inj, url, _ := vendor(t)
	jobs := func(r *http.Request) bool { return r.URL.Path == "/jobs" }
	inj.Add(fault.Rule{Kind: fault.Status500, Match: jobs, Times: 2})
	remove := inj.Add(fault.Rule{Kind: fault.Status403, Match: jobs})
	var got []int
	for _, path := range []string{"/jobs", "/other", "/jobs", "/jobs"} {
		status, _, _, err := post(context.Background(), url+path)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, status)
	}
	remove()
	remove() // once more does no harm
	status, _, _, _ := post(context.Background(), url+"/jobs")
	if want := []int{500, 201, 500, 403}; !slices.Equal(got, want) || status != 201 {
		t.Errorf("statuses %v and %d, want %v and 201", got, status, want)
	}
	inj.Add(fault.Rule{Kind: fault.Status500})
	inj.Clear()
	if status, _, _, _ = post(context.Background(), url+"/jobs"); status != 201 {
		t.Errorf("after Clear: status %d", status)
	}
	log := inj.Log()
	if inj.Calls(jobs) != 5 || inj.Calls(nil) != 6 || len(log) != 6 || log[0].Fault != fault.Status500 || log[1].Fault != "" || log[1].Path != "/other" {
		t.Errorf("the log is %+v", log)
	}
}

func TestChanceIsRepeatable(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) (hits []bool) {
		inj := fault.New(http.NotFoundHandler())
		inj.Add(fault.Rule{Kind: fault.Status500, Chance: 0.5, Seed: seed})
		for range 64 {
			w := httptest.NewRecorder()
			inj.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
			hits = append(hits, w.Code == 500)
		}
		return hits
	}
	a, b, c := run(1), run(1), run(2)
	if !slices.Equal(a, b) || slices.Equal(a, c) {
		t.Error("the seed does not decide")
	}
	n := 0
	for _, hit := range a {
		if hit {
			n++
		}
	}
	if n < 16 || n > 48 {
		t.Errorf("a chance of one half hit %d of 64", n)
	}
}

func TestInjectorIsSafeForManyGoroutines(t *testing.T) {
	t.Parallel()
	inj := fault.New(http.NotFoundHandler())
	inj.Add(fault.Rule{Kind: fault.Status500, Times: 50})
	var wg sync.WaitGroup
	var failed atomic.Int32
	for range 8 {
		wg.Go(func() {
			for range 25 {
				w := httptest.NewRecorder()
				inj.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
				if w.Code == 500 {
					failed.Add(1)
				}
				inj.Add(fault.Rule{Kind: fault.Status401, Match: func(*http.Request) bool { return false }})()
				_ = inj.Calls(nil)
			}
		})
	}
	wg.Wait()
	if failed.Load() != 50 || inj.Calls(nil) != 200 {
		t.Errorf("%d failed of %d", failed.Load(), inj.Calls(nil))
	}
}
