package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestPulseFollowsEveryChangeOnTheOverview(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	clock := storetest.NewClock()
	s := storetest.NewAt(t, clock.Now)
	conn := storetest.Connection(t, s, staffing.RoleClient)
	sub := storetest.Submission(t, s, storetest.Requisition(t, s, conn))
	ok(t, s.UpsertFeed(ctx, conn.ID, staffing.FeedStatuses, time.Minute))
	last, err := s.Pulse(ctx)
	ok(t, err)
	if again, err := s.Pulse(ctx); err != nil || again != last {
		t.Fatalf("without a change it went from %s to %s (%v)", last, again, err)
	}
	for _, step := range []struct {
		what string
		do   func() error
	}{
		{"a new client", func() error { storetest.Client(t, s); return nil }},
		{"a stage", func() error {
			return try(s, func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.AddStageEvent(ctx, sub, store.StageEvent{Source: store.SourceClient, Stage: staffing.Interview, RawStatus: "Interview", OccurredAt: s.Now()})
				return err
			})
		}},
		{"a failure", func() error { return s.NoteFailure(ctx, failure(sub.ID.String(), "down", store.FailureOpen)) }},
		{"a failure that a person retries", func() error {
			return try(s, func(ctx context.Context, tx *store.Tx) error {
				return tx.RetryFailure(ctx, live(t, s)[sub.ID.String()].ID)
			})
		}},
		{"a failure that ended", func() error {
			return s.ResolveFailure(ctx, "submission.deliver", staffing.SubjectSubmission, sub.ID.String())
		}},
		{"a gap", func() error { return s.NoteGaps(ctx, conn.ID, []staffing.Gap{{Kind: staffing.GapStatus, Value: "x"}}) }},
		{"a gap that closed", func() error { return s.CloseGaps(ctx, conn.ID) }},
		{"a poll", func() error {
			return try(s, func(ctx context.Context, tx *store.Tx) error {
				due, err := tx.ClaimDueFeeds(ctx, 1, time.Minute)
				if err != nil {
					return err
				}
				return tx.FinishPoll(ctx, due[0], *due[0].Lease, 0, false, 0)
			})
		}},
		{"a paused connection", func() error { return s.SetConnectionState(ctx, conn.ID, staffing.ConnectionPaused, "") }},
		{"a placement", func() error { storetest.Placement(t, s, sub); return nil }},
	} {
		clock.Advance(time.Second)
		ok(t, step.do())
		now, err := s.Pulse(ctx)
		ok(t, err)
		if now == last {
			t.Errorf("%s leaves it at %s", step.what, now)
		}
		last = now
	}
}

func TestOverviewCounts(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	req := storetest.Requisition(t, s, storetest.Connection(t, s, staffing.RoleClient))
	storetest.Submission(t, s, req)
	storetest.Placement(t, s, storetest.Deliver(t, s, storetest.Submission(t, s, req)))
	rows, err := s.Pipeline(ctx)
	if err != nil || len(rows) != 1 || rows[0].Received != 1 || rows[0].Valid != 1 || rows[0].Synced != 0 || rows[0].Open != 1 || rows[0].Submissions != 2 || rows[0].Delivered != 1 || rows[0].AwaitingReview != 1 {
		t.Errorf("the pipeline is %+v (%v)", rows, err)
	}
	if c, err := s.Counts(ctx); err != nil || c.Review != 1 || c.Failed != 0 || c.Gaps != 0 {
		t.Errorf("the navigation counts %+v (%v)", c, err)
	}
	if a, err := s.RecentActivity(ctx, 3); err != nil || len(a) != 3 || a[0].Subject != "placement" {
		t.Errorf("the newest activity is %+v (%v)", a, err)
	}
	if c, err := s.StageCounts(ctx); err != nil || len(c) != 1 || c[0].Count != 2 {
		t.Errorf("the stages count %+v (%v)", c, err)
	}
}

func TestPruneKeepsWhatIsReferred(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	clock := storetest.NewClock()
	s := storetest.NewAt(t, clock.Now)
	conn := storetest.Connection(t, s, staffing.RoleClient)
	req := storetest.Requisition(t, s, conn)
	raw := func(id, doc string) (rawID int64) {
		inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			rawID, _, err = tx.InsertRawIfChanged(ctx, conn.ID, staffing.FeedRequisitions, staffing.Record{ExternalID: id, Raw: []byte(doc)})
			return err
		})
		return rawID
	}
	superseded, latest := raw("X", "1"), raw("X", "2")
	raw(req.ExternalID, "newer, and not validated yet")
	var deliveries [2]int64
	for i, id := range []string{"done", "waits"} {
		inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			deliveries[i], _, err = tx.InsertDelivery(ctx, store.Delivery{ConnectionID: conn.ID, DeliveryID: id})
			return err
		})
	}
	ok(t, s.MarkDeliveryProcessed(ctx, deliveries[0], "ok"))
	waits, err := s.AppendSpool(ctx, conn.ID, staffing.FeedStatuses, []byte("waits"))
	ok(t, err)
	ok(t, s.InsertExchange(ctx, store.Exchange{ConnectionID: conn.ID, At: clock.Now(), Method: "GET", Host: "vendor.test", Path: "/"}))
	ok(t, s.CountRefusal(ctx, uuid.NewString(), "bad signature"))
	sessions := store.Sessions{Store: s}
	ok(t, sessions.CommitCtx(ctx, "ended", []byte("x"), clock.Now().Add(time.Hour)))

	clock.Advance(6 * 24 * time.Hour)
	ok(t, s.Prune(ctx, clock.Now()))
	if calls, err := s.ExchangesWith(ctx, conn.ID, 10); err != nil || len(calls) != 1 {
		t.Errorf("%d calls are left after six days (%v)", len(calls), err)
	}
	ok(t, second(s.RawRecord(ctx, superseded)))

	clock.Advance(30 * 24 * time.Hour)
	ok(t, s.Prune(ctx, clock.Now()))
	if calls, err := s.ExchangesWith(ctx, conn.ID, 10); err != nil || len(calls) != 0 {
		t.Errorf("%d calls are left (%v)", len(calls), err)
	}
	coded(t, second(s.RawRecord(ctx, superseded)), staffing.NotFound)
	coded(t, second(s.Delivery(ctx, deliveries[0])), staffing.NotFound)
	ok(t, second(s.RawRecord(ctx, latest)))
	ok(t, second(s.RawRecord(ctx, req.RawID)))
	ok(t, second(s.Delivery(ctx, deliveries[1])))
	if bodies, err := s.PendingSpool(ctx, conn.ID, staffing.FeedStatuses); err != nil || len(bodies) != 1 || bodies[0].ID != waits.ID {
		t.Errorf("the bodies that wait are %+v (%v)", bodies, err)
	}
	for _, table := range []string{"refusals", "sessions"} {
		var n int
		if err := s.DB().QueryRow(`select count(*) from ` + table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%d %s are left (%v)", n, table, err)
		}
	}
}
