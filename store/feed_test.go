package store_test

import (
	"context"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

const (
	every = 10 * time.Minute
	lease = 2 * time.Minute
)

// feeds is a store with feeds that are due, and a clock.
type feeds struct {
	*store.Store
	clock *storetest.Clock
}

func newFeeds(t *testing.T) feeds {
	t.Helper()
	clock := storetest.NewClock()
	return feeds{storetest.NewAt(t, clock.Now), clock}
}

func (f feeds) connect(t *testing.T) uuid.UUID {
	t.Helper()
	id := storetest.Connection(t, f.Store, staffing.RoleClient).ID
	ok(t, f.UpsertFeed(context.Background(), id, staffing.FeedRequisitions, every))
	return id
}

func (f feeds) claim(limit int) (out []store.Feed, err error) {
	return out, try(f.Store, func(ctx context.Context, tx *store.Tx) error {
		out, err = tx.ClaimDueFeeds(ctx, limit, lease)
		return err
	})
}

func (f feeds) mustClaim(t *testing.T, want int) []store.Feed {
	t.Helper()
	got, err := f.claim(100)
	if err != nil || len(got) != want {
		t.Fatalf("at %s %d feeds are due (%v), want %d", f.clock.Now().Format(time.TimeOnly), len(got), err, want)
	}
	return got
}

func (f feeds) finish(t *testing.T, feed store.Feed, more bool) {
	t.Helper()
	ok(t, f.FinishPoll(context.Background(), feed, *feed.Lease, 3, more, 0))
}

func (f feeds) one(t *testing.T, id uuid.UUID) store.Feed {
	t.Helper()
	all, err := f.Feeds(context.Background(), id)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d feeds (%v)", len(all), err)
	}
	return all[0]
}

func TestTwoClaimersNeverGetTheSameFeed(t *testing.T) {
	t.Parallel()
	f := newFeeds(t)
	for range 30 {
		f.connect(t)
	}
	var mu sync.Mutex
	seen := map[uuid.UUID]bool{}
	for _, err := range together(10, func(int) error {
		for {
			got, err := f.claim(2)
			if err != nil || len(got) == 0 {
				return err
			}
			mu.Lock()
			for _, feed := range got {
				if seen[feed.ConnectionID] || seen[*feed.Lease] {
					t.Errorf("a feed or a lease was given twice")
				}
				seen[feed.ConnectionID], seen[*feed.Lease] = true, true
			}
			mu.Unlock()
		}
	}) {
		ok(t, err)
	}
	if len(seen) != 60 {
		t.Errorf("%d of 30 feeds were claimed", len(seen)/2)
	}
}

func TestClaimDueFeeds(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	t.Run("a lease that ran out is free again", func(t *testing.T) {
		t.Parallel()
		f := newFeeds(t)
		f.connect(t)
		lost := f.mustClaim(t, 1)[0]
		f.clock.Advance(lease - time.Second)
		f.mustClaim(t, 0)
		f.clock.Advance(time.Second)
		taken := f.mustClaim(t, 1)[0]
		f.finish(t, lost, false) // too late: it changes nothing
		if now := f.one(t, taken.ConnectionID); now.Lease == nil || *now.Lease != *taken.Lease || now.LastSuccessAt != nil {
			t.Errorf("the lost poll ended the lease of the next: %+v", now)
		}
	})
	t.Run("connections that are not active are left alone", func(t *testing.T) {
		t.Parallel()
		f := newFeeds(t)
		id := f.connect(t)
		for _, state := range []staffing.ConnectionState{staffing.ConnectionPaused, staffing.ConnectionNeedsAttention} {
			ok(t, f.SetConnectionState(ctx, id, state, "test"))
			f.mustClaim(t, 0)
		}
		ok(t, f.SetConnectionState(ctx, id, staffing.ConnectionActive, ""))
		f.mustClaim(t, 1)
	})
	t.Run("after a downtime a feed is due once", func(t *testing.T) {
		t.Parallel()
		f := newFeeds(t)
		f.connect(t)
		f.clock.Advance(50 * every)
		f.finish(t, f.mustClaim(t, 1)[0], false)
		f.mustClaim(t, 0)
		f.clock.Advance(every)
		f.mustClaim(t, 1)
	})
	t.Run("the longest due comes first", func(t *testing.T) {
		t.Parallel()
		f := newFeeds(t)
		first := f.connect(t)
		f.clock.Advance(time.Second)
		f.connect(t)
		if got, err := f.claim(1); err != nil || len(got) != 1 || got[0].ConnectionID != first {
			t.Errorf("the first is %+v (%v)", got, err)
		}
	})
	t.Run("a shorter interval counts at once", func(t *testing.T) {
		t.Parallel()
		f := newFeeds(t)
		id := f.connect(t)
		ok(t, f.UpsertFeed(ctx, id, staffing.FeedRequisitions, 24*time.Hour))
		f.finish(t, f.mustClaim(t, 1)[0], false)
		ok(t, f.UpsertFeed(ctx, id, staffing.FeedRequisitions, every))
		f.clock.Advance(every)
		f.mustClaim(t, 1)
	})
}

func TestPollsEnd(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, c := range map[string]struct {
		during func(f feeds, feed store.Feed) error
		wait   time.Duration // until it is due again
	}{
		"and come again after the interval": {func(f feeds, feed store.Feed) error { return f.FinishPoll(ctx, feed, *feed.Lease, 1, false, 0) }, every},
		"with jitter": {func(f feeds, feed store.Feed) error {
			return f.FinishPoll(ctx, feed, *feed.Lease, 1, false, 7*time.Second)
		}, every + 7*time.Second},
		"and go on at once when more is there": {func(f feeds, feed store.Feed) error { return f.FinishPoll(ctx, feed, *feed.Lease, 1, true, 0) }, 0},
		"and wait after a failure": {func(f feeds, feed store.Feed) error {
			return f.FailPoll(ctx, feed.ConnectionID, feed.Feed, *feed.Lease, "down\x00", 3*time.Minute)
		}, 3 * time.Minute},
		"and are repeated when a hint came meanwhile": {func(f feeds, feed store.Feed) error {
			f.clock.Advance(time.Second)
			if err := f.WantPoll(ctx, feed.ConnectionID, feed.Feed); err != nil {
				return err
			}
			f.clock.Advance(time.Second)
			return f.FinishPoll(ctx, feed, *feed.Lease, 1, false, 0)
		}, 0},
		"and a hint does not shorten a failure's pause": {func(f feeds, feed store.Feed) error {
			if err := f.FailPoll(ctx, feed.ConnectionID, feed.Feed, *feed.Lease, "down", 3*time.Minute); err != nil {
				return err
			}
			return f.WantPoll(ctx, feed.ConnectionID, feed.Feed)
		}, 3 * time.Minute},
		"and a person does": {func(f feeds, feed store.Feed) error {
			if err := f.FailPoll(ctx, feed.ConnectionID, feed.Feed, *feed.Lease, "down", 3*time.Minute); err != nil {
				return err
			}
			return f.PollNow(ctx, feed.ConnectionID)
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFeeds(t)
			f.connect(t)
			ok(t, c.during(f, f.mustClaim(t, 1)[0]))
			if c.wait > 0 {
				f.clock.Advance(c.wait - time.Second)
				f.mustClaim(t, 0)
				f.clock.Advance(time.Second)
			}
			f.clock.Advance(time.Second)
			f.finish(t, f.mustClaim(t, 1)[0], false)
			f.mustClaim(t, 0) // the hint was honoured once
		})
	}
}

func TestHoldLease(t *testing.T) {
	t.Parallel()
	f := newFeeds(t)
	id := f.connect(t)
	hold := func(lease uuid.UUID, cursor string) error {
		return try(f.Store, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.HoldLease(ctx, id, staffing.FeedRequisitions, lease); err != nil {
				return err
			}
			return tx.SaveCursor(ctx, id, staffing.FeedRequisitions, json.RawMessage(cursor), 2*time.Minute)
		})
	}
	first := f.mustClaim(t, 1)[0]
	ok(t, hold(*first.Lease, `{"page":1}`))
	f.clock.Advance(lease - time.Second)
	ok(t, hold(*first.Lease, "")) // no news from the vendor: the cursor stays
	f.clock.Advance(lease - time.Second)
	f.mustClaim(t, 0) // each page extended the lease
	f.clock.Advance(time.Second)
	next := f.mustClaim(t, 1)[0]
	coded(t, hold(*first.Lease, `{"page":9}`), staffing.Conflict)
	if got := string(f.one(t, id).Cursor.V); got != `{"page": 1}` {
		t.Errorf("the cursor is %s", got)
	}
	ok(t, f.Backfill(context.Background(), id, staffing.FeedRequisitions))
	coded(t, hold(*next.Lease, `{"page":2}`), staffing.Conflict)
	if again := f.mustClaim(t, 1)[0]; len(again.Cursor.V) != 0 {
		t.Errorf("after Backfill the cursor is %s", again.Cursor.V)
	}
}
