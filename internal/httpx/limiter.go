package httpx

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/tributary-hub/tributary/staffing"
)

// Limiter keeps the calls of one connection to the vendor's pace.
type Limiter interface {
	// Acquire waits for its turn, but not for long: when the wait would be longer, it
	// gives an error with code rate_limited and the wait. The caller calls release
	// when the call has ended.
	Acquire(ctx context.Context) (release func(), err error)
	// Observe learns from the answer to a call that was acquired. retryAfter is what
	// the vendor asked for, or zero; status 0: there was no answer.
	Observe(ctx context.Context, status int, h http.Header, retryAfter time.Duration)
}

// maxWait is the longest wait inside a call; more is the queue's business.
const maxWait = 2 * time.Second

// Pace is the Limiter of one connection: a token bucket, a cap on calls in
// flight, and a pause when the vendor asks for one.
type Pace struct {
	// Quota reads what the vendor's header says of the calls that are left and when
	// more are given; [QuotaHeaders] unless set before the first call.
	Quota func(h http.Header, now time.Time) (left int, reset time.Time, ok bool)
	// Now is the clock; time.Now unless set before the first call.
	Now func() time.Time

	bucket *rate.Limiter
	seats  chan struct{} // nil: no cap
	mu     sync.Mutex
	until  time.Time // paused until then
}

// NewLimiter makes a limiter. Zero perSecond or concurrency: no such limit.
func NewLimiter(perSecond float64, burst, concurrency int) *Pace {
	p := &Pace{Quota: QuotaHeaders, Now: time.Now, bucket: rate.NewLimiter(rate.Inf, 0)}
	if perSecond > 0 {
		p.bucket = rate.NewLimiter(rate.Limit(perSecond), max(burst, 1))
	}
	if concurrency > 0 {
		p.seats = make(chan struct{}, concurrency)
	}
	return p
}

// Acquire implements [Limiter].
func (p *Pace) Acquire(ctx context.Context) (func(), error) {
	release, err := p.seat(ctx)
	if err != nil {
		return nil, err
	}
	wait := p.paused()
	if wait <= maxWait {
		now := p.Now()
		turn := p.bucket.ReserveN(now, 1)
		if wait = max(wait, turn.DelayFrom(now)); wait > maxWait {
			turn.CancelAt(now)
		}
	}
	if wait > maxWait {
		release()
		return nil, tooSoon("Calls to this system wait for its pace", wait)
	}
	if err := sleep(ctx, wait); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

func (p *Pace) seat(ctx context.Context) (func(), error) {
	if p.seats == nil {
		return func() {}, nil
	}
	timer := time.NewTimer(maxWait)
	defer timer.Stop()
	select {
	case p.seats <- struct{}{}:
		return sync.OnceFunc(func() { <-p.seats }), nil
	case <-ctx.Done():
		return nil, ended(ctx)
	case <-timer.C:
		return nil, tooSoon("Too many calls to this system are under way", maxWait)
	}
}

func (p *Pace) paused() time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(0, p.until.Sub(p.Now()))
}

// Observe implements [Limiter].
func (p *Pace) Observe(_ context.Context, status int, h http.Header, retryAfter time.Duration) {
	if status == 0 {
		return
	}
	now := p.Now()
	left, reset, ok := p.Quota(h, now)
	spent := ok && left <= 0 && reset.After(now)
	switch {
	case retryAfter > 0:
		p.pause(now.Add(retryAfter))
	case spent:
		p.pause(now.Add(clampWait(reset.Sub(now))))
	case status == http.StatusTooManyRequests:
		p.pause(now.Add(time.Second))
	}
}

func (p *Pace) pause(until time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if until.After(p.until) {
		p.until = until
	}
}

func tooSoon(what string, wait time.Duration) error {
	wait = clampWait(wait)
	return &staffing.Error{Code: staffing.RateLimited, RetryAfter: wait,
		Message: what + "; next call in " + wait.Round(time.Second).String()}
}

func ended(ctx context.Context) error {
	return &staffing.Error{Code: staffing.Unavailable, Message: "The call was ended by the hub before it was sent", Err: ctx.Err()}
}

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		if ctx.Err() != nil {
			return ended(ctx)
		}
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ended(ctx)
	}
}

// QuotaHeaders reads the customary X-RateLimit-Remaining and -Reset, also as
// X-Rate-Limit-* and RateLimit-*. Reset is seconds from now, or a Unix time.
func QuotaHeaders(h http.Header, now time.Time) (left int, reset time.Time, ok bool) {
	for _, prefix := range []string{"X-RateLimit-", "X-Rate-Limit-", "RateLimit-"} {
		n, err := strconv.Atoi(strings.TrimSpace(h.Get(prefix + "Remaining")))
		if err != nil {
			continue
		}
		s, err := strconv.ParseFloat(strings.TrimSpace(h.Get(prefix+"Reset")), 64)
		switch {
		case err != nil || s < 0:
			return n, time.Time{}, true
		case s > 1e11: // milliseconds since 1970
			return n, time.UnixMilli(int64(min(s, 1e14))), true
		case s > 1e9:
			return n, time.Unix(int64(s), 0), true
		}
		return n, now.Add(time.Duration(s * float64(time.Second))), true
	}
	return 0, time.Time{}, false
}

// quotaLimit reads how many calls the vendor gives in a window; 0: it does not say.
func quotaLimit(h http.Header) int {
	for _, name := range []string{"X-RateLimit-Limit", "X-Rate-Limit-Limit", "RateLimit-Limit"} {
		first, _, _ := strings.Cut(h.Get(name), ",") // a policy may follow
		if n, err := strconv.Atoi(strings.TrimSpace(first)); err == nil && n > 0 {
			return n
		}
	}
	return 0
}
