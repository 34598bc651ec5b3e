package jobs

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/riverqueue/river"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// noConnection stands for all connections in the store's queries.
var noConnection = uuid.Nil

const (
	claimBatch   = 50
	releaseBatch = 200
)

// lease is how long a poll may be silent before another worker takes the feed; a
// poll that lives renews it.
func (h *Hub) lease() time.Duration { return max(h.jobTimeout, 10*time.Second) }

// schedule turns due rows into jobs, in every process that works: the rows'
// locks keep replicas from taking the same one.
func (h *Hub) schedule(ctx context.Context) {
	defer close(h.scheduler)
	tick := time.NewTicker(h.tick)
	defer tick.Stop()
	for {
		switch err := h.scheduleDue(ctx); {
		case err == nil:
			h.read.Store(time.Now().UnixNano())
		case ctx.Err() == nil:
			h.log.Warn("the schedule could not be read; it is read again in a moment", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-h.wake:
		}
	}
}

// aliveWithin is how old the last good reading of the schedule may be.
const aliveWithin = 20 * time.Second

// Alive says whether this process still reads the schedule.
func (h *Hub) Alive() error {
	last := h.read.Load()
	if last == 0 {
		return staffing.Errorf(staffing.Unavailable, "the schedule was not read yet")
	}
	if age := time.Since(time.Unix(0, last)); age > aliveWithin {
		return staffing.Errorf(staffing.Unavailable, "the schedule was last read %s ago", age.Round(time.Second))
	}
	return nil
}

// Wake reads the schedule now.
func (h *Hub) Wake(context.Context) error {
	select {
	case h.wake <- struct{}{}:
	default: // it is about to be read
	}
	return nil
}

func (h *Hub) scheduleDue(ctx context.Context) error {
	return h.store.InTx(ctx, func(tx *store.Tx) error {
		due, err := tx.ClaimDueFeeds(ctx, claimBatch, h.lease())
		if err != nil {
			return err
		}
		for _, f := range due {
			if err := h.enqueuePoll(ctx, tx, f); err != nil {
				return err
			}
		}
		if err := h.scheduleChecks(ctx, tx); err != nil {
			return err
		}
		if err := h.scheduleReadings(ctx, tx); err != nil {
			return err
		}
		if err := h.enqueueVocabularies(ctx, tx); err != nil {
			return err
		}
		return h.releaseWaiting(ctx, tx)
	})
}

// enqueuePoll makes a job that is tried once: the next try of a poll is a row.
func (h *Hub) enqueuePoll(ctx context.Context, tx *store.Tx, f store.Feed) error {
	a := pollArgs{ConnectionID: f.ConnectionID, Feed: f.Feed, Lease: *f.Lease}
	var args river.JobArgs
	switch f.Feed {
	case staffing.FeedRequisitions:
		args = requisitionPoll{a}
	case staffing.FeedStatuses:
		args = statusPoll{a}
	default:
		args = candidatePoll{a}
	}
	_, err := h.river.InsertTx(ctx, tx.SQL(), args, &river.InsertOpts{Queue: queuePoll, MaxAttempts: 1})
	return err
}

// releaseWaiting lets records go on that waited for a connection to work again.
func (h *Hub) releaseWaiting(ctx context.Context, tx *store.Tx) error {
	failures, err := tx.ClaimReleasable(ctx, releaseBatch)
	if err != nil {
		return err
	}
	for _, f := range failures {
		if err := h.enqueueAgain(ctx, tx, f.Step, f.Args.V); err != nil {
			return err
		}
	}
	return nil
}

func (h *Hub) enqueueAgain(ctx context.Context, tx *store.Tx, kind string, args json.RawMessage) error {
	return h.enqueue(ctx, tx, sameAgain{kind, args})
}

func (h *Hub) enqueue(ctx context.Context, tx *store.Tx, args ...river.JobArgs) error {
	if len(args) == 0 {
		return nil
	}
	params := make([]river.InsertManyParams, len(args))
	for i, a := range args {
		params[i] = river.InsertManyParams{Args: a}
	}
	_, err := h.river.InsertManyFastTx(ctx, tx.SQL(), params)
	return err
}
