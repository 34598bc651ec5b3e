package httpx_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
	"github.com/tributary-hub/tributary/staffing"
)

// stopped is a pace whose clock stands still until the test moves it.
func stopped(perSecond float64, burst, concurrency int) (*httpx.Pace, *atomic.Int64) {
	now := &atomic.Int64{}
	now.Store(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC).UnixNano())
	p := httpx.NewLimiter(perSecond, burst, concurrency)
	p.Now = func() time.Time { return time.Unix(0, now.Load()) }
	return p, now
}

func acquire(t *testing.T, p *httpx.Pace) {
	t.Helper()
	release, err := p.Acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	release()
}

func limited(t *testing.T, p *httpx.Pace, wait time.Duration) {
	t.Helper()
	began := time.Now()
	_, err := p.Acquire(context.Background())
	if staffing.CodeOf(err) != staffing.RateLimited || staffing.RetryAfterOf(err) != wait {
		t.Errorf("got %v with RetryAfter %s, want rate_limited with %s", err, staffing.RetryAfterOf(err), wait)
	}
	if time.Since(began) > time.Second {
		t.Errorf("it slept for %s", time.Since(began))
	}
}

func TestPaceSaysHowLongInsteadOfSleeping(t *testing.T) {
	t.Parallel()
	p, now := stopped(0.1, 3, 0)
	for range 3 {
		acquire(t, p)
	}
	limited(t, p, 10*time.Second)
	limited(t, p, 10*time.Second) // a refused call takes no turn
	now.Add(int64(10 * time.Second))
	acquire(t, p)
}

func TestPacePausesWhenTheVendorAsks(t *testing.T) {
	t.Parallel()
	p, now := stopped(0, 0, 0)
	at := p.Now()
	for name, c := range map[string]struct {
		status int
		header http.Header
		after  time.Duration
		want   time.Duration
	}{
		"Retry-After":             {429, nil, 30 * time.Second, 30 * time.Second},
		"reset in seconds":        {200, http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"20"}}, 0, 20 * time.Second},
		"reset as Unix time":      {200, http.Header{"X-Rate-Limit-Remaining": {"0"}, "X-Rate-Limit-Reset": {fmt.Sprint(at.Unix() + 40)}}, 0, 40 * time.Second},
		"reset as milliseconds":   {200, http.Header{"Ratelimit-Remaining": {"0"}, "Ratelimit-Reset": {fmt.Sprint((at.Unix() + 50) * 1000)}}, 0, 50 * time.Second},
		"reset in the far future": {200, http.Header{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"1e300"}}, 0, time.Hour},
	} {
		p, _ := stopped(0, 0, 0)
		p.Observe(t.Context(), c.status, c.header, c.after)
		if _, err := p.Acquire(context.Background()); staffing.RetryAfterOf(err) != c.want {
			t.Errorf("%s: %v, want a wait of %s", name, err, c.want)
		}
	}
	for _, quiet := range []http.Header{nil, {"X-Ratelimit-Remaining": {"1"}, "X-Ratelimit-Reset": {"20"}}, {"X-Ratelimit-Remaining": {"0"}},
		{"X-Ratelimit-Remaining": {"0"}, "X-Ratelimit-Reset": {"-1"}}, {"X-Ratelimit-Remaining": {"none"}, "X-Ratelimit-Reset": {"NaN"}}} {
		p.Observe(t.Context(), 200, quiet, 0)
		acquire(t, p)
	}
	p.Observe(t.Context(), 429, nil, time.Minute)
	p.Observe(t.Context(), 429, nil, time.Second) // a shorter wish does not shorten the longer
	limited(t, p, time.Minute)
	now.Add(int64(time.Minute))
	acquire(t, p)
}

func TestPaceCapsCallsInFlight(t *testing.T) {
	t.Parallel()
	p := httpx.NewLimiter(0, 0, 1)
	release, err := p.Acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	if _, err := p.Acquire(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a second call: %v", err)
	}
	release()
	release() // once more does no harm
	acquire(t, p)
}

func TestAFailedCallGivesItsSeatBack(t *testing.T) {
	t.Parallel()
	cfg := loopback()
	cfg.Limiter = httpx.NewLimiter(0, 0, 1)
	client := httpx.New(cfg)
	for range 3 {
		for _, url := range []string{"http://127.0.0.1:1", "https://10.0.0.1", "nonsense"} {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			if _, err := client.Do(ctx, httpx.Request{Method: "GET", URL: url}); err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", url, err)
			}
			if _, _, err := client.Stream(ctx, httpx.Request{Method: "GET", URL: url}); err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%s: %v", url, err)
			}
			cancel()
		}
	}
}

func TestBreakerOpensAndTriesAgain(t *testing.T) {
	t.Parallel()
	var status, calls atomic.Int32
	url := serve(t, func(w http.ResponseWriter, _ *http.Request) { calls.Add(1); w.WriteHeader(int(status.Load())) })
	cfg := loopback()
	cfg.Breaker = httpx.NewBreaker(5, 50*time.Millisecond)
	client := httpx.New(cfg)
	call := func(code int32) error {
		status.Store(code)
		_, err := client.Do(context.Background(), httpx.Request{Method: "POST", URL: url})
		return err
	}
	for _, code := range []int32{500, 500, 500, 500, 404, 500, 500, 500, 500, 429, 500} { // an answer ends the row; four are not five
		_ = call(code)
	}
	if cfg.Breaker.Open() {
		t.Fatal("it opened although answers came in between")
	}
	for range 5 {
		_ = call(503)
	}
	before := calls.Load()
	err := call(200)
	if !cfg.Breaker.Open() || staffing.CodeOf(err) != staffing.Unavailable || !strings.Contains(err.Error(), "circuit open") ||
		staffing.RetryAfterOf(err) != time.Second || staffing.IsOutcomeUnknown(err) || calls.Load() != before {
		t.Errorf("an open breaker gives %v after %d calls", err, calls.Load()-before)
	}
	for deadline := time.Now().Add(5 * time.Second); call(200) != nil; {
		if time.Now().After(deadline) {
			t.Fatal("it never closed again")
		}
	}
}

func TestOurOwnEndDoesNotOpenTheBreaker(t *testing.T) {
	t.Parallel()
	url := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	cfg := loopback()
	cfg.Breaker = httpx.NewBreaker(2, time.Minute)
	client := httpx.New(cfg)
	for range 6 {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(5*time.Millisecond, cancel)
		_, _ = client.Do(ctx, httpx.Request{Method: "GET", URL: url})
		_, _ = client.Do(context.Background(), httpx.Request{Method: "GET", URL: "https://10.0.0.1"})
	}
	if cfg.Breaker.Open() {
		t.Error("it opened")
	}
}
