package httpx_test

import (
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/httpx"
)

// strictVendor counts calls as real ones do, and remembers what it refused.
type strictVendor struct {
	window  time.Duration // fixed windows, told in headers
	limit   int
	rate    float64 // a token bucket, told in none
	burst   float64
	began   time.Time
	used    int
	tokens  float64
	at      time.Time
	served  int
	refused int
}

func (v *strictVendor) call(now time.Time) (int, http.Header) {
	if v.window > 0 {
		return v.windowed(now)
	}
	if v.at.IsZero() {
		v.tokens = v.burst
	} else {
		v.tokens = min(v.burst, v.tokens+now.Sub(v.at).Seconds()*v.rate)
	}
	v.at = now
	if v.tokens < 1 {
		v.refused++
		return http.StatusTooManyRequests, nil
	}
	v.tokens--
	v.served++
	return http.StatusOK, nil
}

func (v *strictVendor) windowed(now time.Time) (int, http.Header) {
	if v.began.IsZero() {
		v.began = now.Add(-v.window / 3)
	}
	for !now.Before(v.began.Add(v.window)) {
		v.began, v.used = v.began.Add(v.window), 0
	}
	v.used++
	ends := v.began.Add(v.window)
	h := http.Header{"X-Ratelimit-Limit": {strconv.Itoa(v.limit)}, "X-Ratelimit-Remaining": {strconv.Itoa(max(0, v.limit-v.used))}, "X-Ratelimit-Reset": {strconv.FormatInt(ends.Unix(), 10)}}
	if v.used > v.limit {
		v.refused++
		return http.StatusTooManyRequests, h
	}
	v.served++
	return http.StatusOK, h
}

// drive lets workers call the vendor on one budget for so long, each call with its
// time on the way, in a world whose time the test makes.
func drive(v *strictVendor, a httpx.Allowance, workers int, bulk bool, lasts time.Duration) {
	const patience = 2 * time.Second
	begin := time.Date(2026, 11, 25, 0, 0, 0, 123456789, time.UTC)
	var b httpx.Budget
	random := rand.New(rand.NewPCG(1, 2))
	type event struct {
		at   time.Time
		then func(now time.Time)
	}
	var queue []event
	push := func(at time.Time, then func(time.Time)) { queue = append(queue, event{at: at, then: then}) }
	way := func() time.Duration { return time.Duration(5+random.IntN(60)) * time.Millisecond }
	var work func(now time.Time)
	work = func(now time.Time) {
		wait, taken := b.Spend(now, a, bulk, patience)
		if !taken {
			push(now.Add(wait+time.Duration(random.IntN(300))*time.Millisecond), work)
			return
		}
		push(now.Add(wait+way()), func(now time.Time) {
			status, h := v.call(now)
			push(now.Add(way()), func(now time.Time) {
				b.Learn(now, httpx.ReadPace(status, h, 0, now))
				work(now)
			})
		})
	}
	for range workers {
		push(begin, work)
	}
	for len(queue) > 0 {
		first := 0
		for i := range queue {
			if queue[i].at.Before(queue[first].at) {
				first = i
			}
		}
		e := queue[first]
		queue = append(queue[:first], queue[first+1:]...)
		if e.at.Sub(begin) > lasts {
			return
		}
		e.then(e.at)
	}
}

func TestABudgetUsesWhatTheVendorGivesAndNoMore(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		vendor strictVendor
		allow  httpx.Allowance
		whole  float64 // calls that the vendor gives in the time
	}{
		"a fixed window in headers":      {strictVendor{window: 30 * time.Second, limit: 50}, httpx.Allowance{PerSecond: 2.5, Burst: 20}, 50 * 11},
		"more than is documented":        {strictVendor{window: 30 * time.Second, limit: 300}, httpx.Allowance{PerSecond: 2.5, Burst: 20}, 300 * 11},
		"a short window":                 {strictVendor{window: 10 * time.Second, limit: 10}, httpx.Allowance{PerSecond: 1, Burst: 10}, 10 * 31},
		"a bucket that is not told":      {strictVendor{rate: 10, burst: 20}, httpx.Allowance{PerSecond: 10, Burst: 20}, 20 + 10*300},
		"a slow bucket that is not told": {strictVendor{rate: 1, burst: 5}, httpx.Allowance{PerSecond: 1, Burst: 5}, 5 + 300},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, bulk := range []bool{false, true} {
				v := c.vendor
				drive(&v, c.allow, 12, bulk, 5*time.Minute)
				if used := float64(v.served) / c.whole; v.refused > 1 || used < 0.95 {
					t.Errorf("bulk %t: %d calls were refused, %.1f %% of the allowed ones were made", bulk, v.refused, 100*used)
				}
			}
		})
	}
}

func TestBulkReadingLeavesAReserve(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	spend := func(b *httpx.Budget, a httpx.Allowance, bulk bool) (n int) {
		for {
			if _, taken := b.Spend(now, a, bulk, 0); !taken {
				return n
			}
			n++
		}
	}
	paced, a := httpx.Budget{}, httpx.Allowance{PerSecond: 1, Burst: 20}
	if n, m := spend(&paced, a, true), spend(&paced, a, false); n != 18 || m != 2 {
		t.Errorf("of 20 calls bulk took %d and left %d", n, m)
	}
	told := httpx.Budget{}
	told.Learn(now, httpx.Seen{Told: true, Left: 50, Limit: 50, Reset: 30 * time.Second})
	if n, m := spend(&told, a, true), spend(&told, a, false); n != 45 || m != 5 {
		t.Errorf("of 50 calls bulk took %d and left %d", n, m)
	}
}

func TestABudgetKeepsSilentWhenTheVendorAsks(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	var b httpx.Budget
	b.Learn(now, httpx.ReadPace(http.StatusTooManyRequests, nil, time.Minute, now))
	b.Learn(now, httpx.ReadPace(http.StatusTooManyRequests, nil, time.Second, now))
	if wait, taken := b.Spend(now, httpx.Allowance{}, false, time.Second); taken || wait != time.Minute {
		t.Errorf("taken %t, wait %s", taken, wait)
	}
	if _, taken := b.Spend(now.Add(time.Minute), httpx.Allowance{}, false, 0); !taken {
		t.Error("it is still silent when the pause is over")
	}
}

func TestThePaceIsReadByTheVendorsClock(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	theirs := now.Add(40 * time.Minute)
	s := httpx.ReadPace(200, http.Header{"Date": {theirs.Format(http.TimeFormat)}, "X-Ratelimit-Remaining": {"3"}, "X-Ratelimit-Reset": {strconv.FormatInt(theirs.Add(20*time.Second).Unix(), 10)}}, 0, now)
	if s.Reset != 21*time.Second || s.Left != 3 || !s.Told {
		t.Errorf("%+v", s)
	}
}
