package httpx

import (
	"math"
	"net/http"
	"time"
)

// Budget is what one credential may call, over all processes together. A
// [Ledger] keeps it where they all see it. Its zero value is that of a credential
// that was never used.
type Budget struct {
	// Tokens of the documented pace that were there At. Negative: calls that have
	// their turn later.
	Tokens float64
	At     time.Time
	// What the vendor's own headers said of the window that is open: calls left, of
	// how many, until when.
	Left, Limit int
	Ends        time.Time
	Length      time.Duration // of a window, as far as it is known
	// Paused: the vendor asked for silence until then.
	Paused time.Time
	Flying int // calls that were not answered yet: the vendor may not have counted them
}

// Allowance is the pace that the vendor documents for one credential.
type Allowance struct {
	PerSecond float64 // 0: none is documented
	Burst     int
}

// Trust is the share of the documented pace that is used: what the way takes or
// gives must not add up to more than the vendor counts.
const Trust = 0.98

// reserve is the share that bulk reading leaves to calls that somebody waits for.
const reserve = 0.1

// Spend takes one call out of the budget, unless its turn is more than patience
// away: then nothing is taken. Wait is how far the turn is away. A bulk call leaves
// a reserve to the others, which shrinks to nothing as the vendor's window ends.
func (b *Budget) Spend(now time.Time, a Allowance, bulk bool, patience time.Duration) (wait time.Duration, taken bool) {
	b.refill(now, a)
	wait = max(b.Paused.Sub(now), b.untilToken(a, bulk), b.untilWindow(now, bulk), 0)
	if wait > patience {
		return wait, false
	}
	if b.paced(a) {
		b.Tokens--
	}
	if b.windowed(now) {
		b.Left--
	}
	b.Flying++
	return wait, true
}

// refill gives what time has earned, and opens the next window when one has ended.
func (b *Budget) refill(now time.Time, a Allowance) {
	most := float64(max(a.Burst, 1))
	if now.Sub(b.At) > time.Minute {
		b.Flying = 0 // of processes that died
	}
	if b.At.IsZero() {
		b.Tokens = most
	} else {
		b.Tokens = min(most, b.Tokens+max(0, now.Sub(b.At).Seconds())*a.PerSecond*Trust)
	}
	b.At = now
	if !b.Ends.IsZero() && !now.Before(b.Ends) {
		// Calls that were told to wait for this moment are below zero. What the next
		// answer tells corrects the guess.
		b.Left, b.Ends = b.Limit+min(b.Left, 0), now.Add(b.Length)
	}
}

func (b *Budget) windowed(now time.Time) bool { return now.Before(b.Ends) }

// headersRule is the longest window whose headers stand for the pace alone. A day's
// quota says nothing of the pace within it.
const headersRule = 2 * time.Minute

func (b *Budget) paced(a Allowance) bool {
	return a.PerSecond > 0 && (!b.windowed(b.At) || b.Length > headersRule)
}

func (b *Budget) untilToken(a Allowance, bulk bool) time.Duration {
	if !b.paced(a) {
		return 0
	}
	need := 1.0
	if bulk {
		need += math.Floor(reserve * float64(a.Burst))
	}
	if b.Tokens >= need {
		return 0
	}
	return time.Duration((need - b.Tokens) / (a.PerSecond * Trust) * float64(time.Second))
}

func (b *Budget) untilWindow(now time.Time, bulk bool) time.Duration {
	if !b.windowed(now) {
		return 0
	}
	rest, keep := b.Ends.Sub(now), 0
	if bulk && b.Length > 0 {
		keep = int(reserve * float64(b.Limit) * min(1, float64(rest)/float64(b.Length)))
	}
	switch {
	case b.Left <= 0:
		return rest
	case b.Left <= keep: // the reserve falls under what is left before the window ends
		return rest - time.Duration(float64(b.Left)/(reserve*float64(b.Limit))*float64(b.Length)) + time.Millisecond
	}
	return 0
}

// Seen is what an answer tells of the vendor's pace.
type Seen struct {
	Told        bool // the headers of a window were there
	Left, Limit int  // Limit 0: not said
	Reset       time.Duration
	Pause       time.Duration // the vendor asked for it
}

// sameWindow is how far two tellings of a window's end may be apart: whole seconds,
// and what the way takes.
const sameWindow = 2500 * time.Millisecond

// Learn takes in what an answer told.
func (b *Budget) Learn(now time.Time, s Seen) {
	if s.Pause > 0 {
		if until := now.Add(s.Pause); until.After(b.Paused) {
			b.Paused = until
		}
	}
	b.Flying = max(0, b.Flying-1)
	if !s.Told || s.Reset <= 0 {
		return
	}
	ends := now.Add(clampWait(s.Reset))
	known := b.windowed(now) && !ends.After(b.Ends.Add(sameWindow))
	if known { // answers overtake each other, and calls on their way are taken off already
		b.Left = min(b.Left, s.Left)
	} else {
		b.Left = s.Left - b.Flying
	}
	if !known || ends.After(b.Ends) || ends.Before(b.Ends.Add(-sameWindow)) {
		b.Ends = ends
	}
	b.Limit = s.Limit
	if s.Limit == 0 {
		b.Limit = max(b.Limit, s.Left+1)
	}
	b.Length = max(b.Length, b.Ends.Sub(now))
}

// ReadPace reads what an answer's header tells. Times by the vendor's clock are
// measured against its Date header, so that a wrong clock here or there does no
// harm. Whole seconds are rounded up: the window may end as late as that.
func ReadPace(status int, h http.Header, retryAfter time.Duration, now time.Time) Seen {
	s := Seen{Pause: retryAfter}
	vendor := now
	if d, err := http.ParseTime(h.Get("Date")); err == nil && d.Sub(now).Abs() > sameWindow {
		vendor = d
	}
	left, reset, ok := QuotaHeaders(h, vendor)
	if ok && !reset.IsZero() {
		s.Told, s.Left, s.Reset = true, left, reset.Sub(vendor)+time.Second
		s.Limit = quotaLimit(h)
	}
	if status == http.StatusTooManyRequests && s.Pause == 0 {
		s.Pause = time.Second
		if s.Told && s.Left <= 0 {
			s.Pause = clampWait(s.Reset)
		}
	}
	return s
}
