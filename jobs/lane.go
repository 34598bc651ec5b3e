package jobs

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// lane is the way of this process to one connection: so many steps at a time. What
// finds no seat comes back when its turn may be.
type lane struct {
	seats chan struct{}

	mu      sync.Mutex
	taken   []time.Time         // since when each seat is
	usual   time.Duration       // that a step keeps its seat, lately
	cleared time.Time           // when waiting jobs were put off the last time
	line    map[int64]time.Time // jobs that found no seat, and when they come back
}

func newLane(seats int) *lane {
	return &lane{seats: make(chan struct{}, seats), line: map[int64]time.Time{}}
}

// seat is a place in a lane.
type seat struct {
	lane  *lane
	since time.Time
}

// take gives a job a seat, if one is free.
func (l *lane) take(now time.Time, job int64) (seat, bool) {
	select {
	case l.seats <- struct{}{}:
	default:
		return seat{}, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.taken = append(l.taken, now)
	delete(l.line, job)
	return seat{l, now}, true
}

// leave gives the seat back.
func (s seat) leave(now time.Time) {
	l := s.lane
	l.mu.Lock()
	if i := slices.Index(l.taken, s.since); i >= 0 {
		l.taken = slices.Delete(l.taken, i, i+1)
	}
	l.usual = (3*l.usual + now.Sub(s.since)) / 4
	l.mu.Unlock()
	<-l.seats
}

// The bounds of the time after which a step that found no seat comes back.
const (
	soonestTurn = 4 * time.Second
	latestTurn  = 2 * time.Minute
	clearEvery  = time.Second // at most, waiting jobs are put off
)

// turn says how long n waiting steps take to have had their turn.
func (l *lane) turn(now time.Time, n int) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	each := l.usual
	for _, since := range l.taken {
		each = max(each, now.Sub(since)) // one that hangs tells more than those that ended
	}
	return min(max(time.Duration(n)*each/time.Duration(cap(l.seats)), soonestTurn), latestTurn)
}

// mayClear says whether the caller is to put off what waits.
func (l *lane) mayClear(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if now.Sub(l.cleared) < clearEvery {
		return false
	}
	l.cleared = now
	return true
}

// clear puts off the other jobs that wait for the connection and stand before jobs
// for other systems: one step that found no seat has shown that they would find
// none either. A failure leaves them in the queue, where each finds out by itself.
func (h *Hub) clear(ctx context.Context, l *lane, kind string, connection uuid.UUID) {
	now := time.Now()
	if !store.TellsLanes(kind) || !l.mayClear(now) {
		return
	}
	waiting, err := h.store.CountLane(ctx, kind, connection)
	if err == nil && waiting > 0 {
		err = h.store.PutOff(ctx, kind, connection, l.turn(now, int(waiting)))
	}
	if err != nil {
		h.log.Warn("waiting jobs were not put off", "kind", kind, "connection_id", connection, "error", err)
	}
}

// full is what the step of a job gets that finds no seat. It has not called anybody.
// The more wait, the later it comes back: thousands that ask every few seconds would
// keep the queue from its work.
func (l *lane) full(now time.Time, job int64, name string) error {
	waiting := l.wait(now, job, now)
	// Evenly from now on, and twice as densely as the seats become free: whoever
	// missed a free seat would leave it empty.
	wait := time.Second + rand.N(max(l.turn(now, waiting)/2, soonestTurn)) //nolint:gosec // it spreads steps, it guards nothing
	l.wait(now, job, now.Add(wait))
	return &staffing.Error{Code: staffing.RateLimited, RetryAfter: wait, Message: "Enough is under way with " + name + "; this comes next."}
}

// wait puts a job in line until then, and says how many stand there. Who has not come
// back long after their time is another process's, or is given up.
func (l *lane) wait(now time.Time, job int64, until time.Time) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.line[job] = until
	maps.DeleteFunc(l.line, func(_ int64, due time.Time) bool { return now.Sub(due) > latestTurn })
	return len(l.line)
}
