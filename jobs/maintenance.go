package jobs

import (
	"context"
	"errors"
	"time"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// restingError says that the vendor is down by plan.
type restingError struct {
	until time.Time
	err   *staffing.Error
}

// Error gives the sentence.
func (e *restingError) Error() string { return e.err.Error() }

// Unwrap gives the coded error.
func (e *restingError) Unwrap() error { return e.err }

// resting gives the error of a step that would call a vendor in its maintenance
// window: it comes back when that ends.
func (s *System) resting(now time.Time) error {
	until, in := s.maintenance.Until(now)
	if !in {
		return nil
	}
	return &restingError{until: until, err: &staffing.Error{Code: staffing.RateLimited, RetryAfter: until.Sub(now),
		Message: s.Connection.Name + " is in its maintenance window until " + until.Format("Mon 15:04 MST") + "; this goes on by itself then."}}
}

// restPoll puts a poll off until the maintenance window ends. It is no failure.
func (h *Hub) restPoll(ctx context.Context, r *run, a pollArgs, cause error) (bool, error) {
	var resting *restingError
	if !errors.As(cause, &resting) {
		return false, nil
	}
	err := h.store.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.RestFeed(ctx, a.ConnectionID, a.Feed, a.Lease, resting.until); err != nil {
			return err
		}
		return r.complete(ctx, tx)
	})
	r.done = err == nil
	return true, err
}
