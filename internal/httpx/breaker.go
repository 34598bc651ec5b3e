package httpx

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"

	"github.com/tributary-hub/tributary/staffing"
)

// Breaker stops calling a system that is down, and tries one call now and then.
// One Breaker belongs to one connection.
type Breaker struct {
	steps    *gobreaker.TwoStepCircuitBreaker[struct{}]
	cooldown time.Duration
	mu       sync.Mutex
	openedAt time.Time
}

// NewBreaker makes a breaker that opens after so many consecutive outcomes with
// code unavailable (0: 5), and lets one call through after cooldown (0: 15 s).
func NewBreaker(failures int, cooldown time.Duration) *Breaker {
	b := &Breaker{cooldown: either(cooldown, 15*time.Second)}
	limit := uint32(min(max(either(failures, 5), 1), 1000))
	b.steps = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		MaxRequests:   1,
		Timeout:       b.cooldown,
		ReadyToTrip:   func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= limit },
		IsSuccessful:  func(err error) bool { return staffing.CodeOf(err) != staffing.Unavailable },
		IsExcluded:    saysNothing,
		OnStateChange: b.changed,
	})
	return b
}

// saysNothing is an outcome that tells nothing about the other system: we ended
// the call, or refused it ourselves.
func saysNothing(err error) bool {
	return errors.Is(err, context.Canceled) || err != nil && StatusOf(err) == 0 && staffing.CodeOf(err) != staffing.Unavailable
}

func (b *Breaker) changed(_ string, _, to gobreaker.State) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if to == gobreaker.StateOpen {
		b.openedAt = time.Now() // the library's own clock
	}
}

// Open says that calls are refused now.
func (b *Breaker) Open() bool { return b.steps.State() == gobreaker.StateOpen }

func (b *Breaker) allow(host string) (func(error), error) {
	done, err := b.steps.Allow()
	if err == nil {
		return done, nil
	}
	b.mu.Lock()
	wait := clampWait(b.cooldown - time.Since(b.openedAt))
	b.mu.Unlock()
	return nil, &staffing.Error{Code: staffing.Unavailable, RetryAfter: wait,
		Message: host + " failed several times in a row: circuit open, next try in " + wait.Round(time.Second).String()}
}
