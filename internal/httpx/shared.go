package httpx

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Ledger keeps budgets where all processes see them.
type Ledger interface {
	// Budget lets change work on the budget of that key, alone, and keeps what it
	// leaves. now is the ledger's clock, one for all processes.
	Budget(ctx context.Context, key string, change func(b *Budget, now time.Time)) error
}

// Shared is the Limiter of one credential that several processes use: its budget
// is kept in a ledger, its cap on calls in flight in this process.
type Shared struct {
	Ledger    Ledger
	Key       string
	Allowance Allowance
	Log       *slog.Logger
	local     *Pace // seats, and the pace while the ledger is out of reach
}

// NewShared makes a limiter on a ledger's budget. It does no I/O.
func NewShared(ledger Ledger, key string, a Allowance, concurrency int, log *slog.Logger) *Shared {
	return &Shared{Ledger: ledger, Key: key, Allowance: a, Log: log, local: NewLimiter(a.PerSecond, a.Burst, concurrency)}
}

type bulkKey struct{}

// WithBulk says that nobody waits for the calls made with the context: they leave
// a reserve of the budget to others.
func WithBulk(ctx context.Context) context.Context { return context.WithValue(ctx, bulkKey{}, true) }

func isBulk(ctx context.Context) bool {
	bulk, _ := ctx.Value(bulkKey{}).(bool)
	return bulk
}

// Acquire implements [Limiter].
func (s *Shared) Acquire(ctx context.Context) (func(), error) {
	release, err := s.local.seat(ctx)
	if err != nil {
		return nil, err
	}
	var wait time.Duration
	var taken bool
	err = s.Ledger.Budget(ctx, s.Key, func(b *Budget, now time.Time) {
		wait, taken = b.Spend(now, s.Allowance, isBulk(ctx), maxWait)
	})
	if err != nil {
		release()
		if ctx.Err() != nil {
			return nil, ended(ctx)
		}
		s.Log.Warn("the shared budget of calls is out of reach; this process keeps its own pace", "error", err)
		return s.local.Acquire(ctx)
	}
	if !taken {
		release()
		return nil, tooSoon("Calls to this system wait for its pace", wait)
	}
	if err := sleep(ctx, wait); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// learnWithin bounds the note after a call whose caller may be gone.
const learnWithin = 2 * time.Second

// Observe implements [Limiter].
func (s *Shared) Observe(ctx context.Context, status int, h http.Header, retryAfter time.Duration) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), learnWithin)
	defer cancel()
	err := s.Ledger.Budget(ctx, s.Key, func(b *Budget, now time.Time) { b.Learn(now, ReadPace(status, h, retryAfter, now)) })
	if err != nil {
		s.Log.Warn("the vendor's pace was not noted", "error", err)
		s.local.Observe(ctx, status, h, retryAfter)
	}
}
