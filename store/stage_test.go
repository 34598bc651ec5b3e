package store_test

import (
	"context"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// timeline is a fresh submission whose client speaks of it.
type timeline struct {
	s     *store.Store
	clock *storetest.Clock
	sub   store.Submission
}

func newTimeline(tb testing.TB) timeline {
	tb.Helper()
	clock := storetest.NewClock()
	s := storetest.NewAt(tb, clock.Now)
	return timeline{s, clock, storetest.Submission(tb, s, storetest.Requisition(tb, s, storetest.Connection(tb, s, staffing.RoleClient)))}
}

func (l timeline) add(source, word string, stage staffing.Stage, at time.Time) (move staffing.Move, err error) {
	return move, try(l.s, func(ctx context.Context, tx *store.Tx) error {
		sub, err := tx.LockSubmission(ctx, l.sub.ID)
		if err != nil {
			return err
		}
		move, err = tx.AddStageEvent(ctx, sub, store.StageEvent{Source: source, RawStatus: word, Stage: stage, OccurredAt: at})
		return err
	})
}

// says adds a client's word and checks what it moved and where it left the submission.
func (l timeline) says(t *testing.T, word string, stage staffing.Stage, at time.Time, want staffing.Move, now staffing.Stage) {
	t.Helper()
	move, err := l.add(store.SourceClient, word, stage, at)
	ok(t, err)
	if sub := l.now(t); move != want || sub.Stage != now {
		t.Fatalf("%q moved %q and left it at %s, want %q and %s", word, move, sub.Stage, want, now)
	}
}

func (l timeline) now(tb testing.TB) store.Submission {
	tb.Helper()
	sub, err := l.s.Submission(context.Background(), l.sub.ID)
	ok(tb, err)
	return sub
}

func (l timeline) events(tb testing.TB) []store.StageEvent {
	tb.Helper()
	events, err := l.s.StageEvents(context.Background(), l.sub.ID)
	ok(tb, err)
	return events
}

func TestStageEvents(t *testing.T) {
	t.Parallel()
	t.Run("the client's first word counts, though its clock is behind ours", func(t *testing.T) {
		t.Parallel()
		l := newTimeline(t)
		at := l.clock.Now()
		_, err := l.add(store.SourceHub, "delivered", staffing.ClientSubmitted, at)
		ok(t, err)
		l.says(t, "Screen", staffing.ClientReview, at.Add(-time.Hour), staffing.MoveForward, staffing.ClientReview)
		if sub := l.now(t); !sub.StageAt.Equal(at.Add(-time.Hour)) || sub.RawStatus != "Screen" {
			t.Errorf("it is at %q since %s", sub.RawStatus, sub.StageAt)
		}
		ok(t, l.s.MarkStagesSynced(context.Background(), l.sub.ID, l.now(t).StageAt))
		for _, e := range l.events(t) {
			if e.SyncedAt == nil {
				t.Errorf("%q does not count as shown in the internal ATS", e.RawStatus)
			}
		}
	})
	t.Run("a late event is kept and never moves the candidate back", func(t *testing.T) {
		t.Parallel()
		l := newTimeline(t)
		at := l.clock.Now()
		l.says(t, "Offer", staffing.Offer, at, staffing.MoveForward, staffing.Offer)
		l.says(t, "Interview", staffing.Interview, at.Add(-time.Minute), staffing.MoveLate, staffing.Offer)
		if e := l.events(t); len(e) != 2 || e[0].Stage != staffing.Interview || e[0].Move != staffing.MoveLate {
			t.Errorf("the timeline is %+v", e)
		}
	})
	t.Run("a real step back is an event of its own", func(t *testing.T) {
		t.Parallel()
		l := newTimeline(t)
		at := l.clock.Now()
		l.says(t, "Rejected", staffing.RejectedClient, at, staffing.MoveExit, staffing.RejectedClient)
		l.says(t, "Interview", staffing.Interview, at.Add(time.Minute), staffing.MoveReopened, staffing.Interview)
		l.says(t, "Screen", staffing.ClientReview, at.Add(time.Hour), staffing.MoveBack, staffing.ClientReview)
	})
	t.Run("duplicates and repeats add nothing", func(t *testing.T) {
		t.Parallel()
		l := newTimeline(t)
		at := l.clock.Now()
		l.says(t, "Interview", staffing.Interview, at, staffing.MoveForward, staffing.Interview)
		l.clock.Advance(time.Hour)
		updated := l.now(t).UpdatedAt
		l.says(t, "Interview", staffing.Interview, at, staffing.MoveNone, staffing.Interview)
		l.says(t, "Interview", staffing.Interview, at.Add(time.Minute), staffing.MoveNone, staffing.Interview)
		if sub := l.now(t); len(l.events(t)) != 1 || !sub.StageAt.Equal(at) || !sub.UpdatedAt.Equal(updated) {
			t.Errorf("there are %d events, and it is there since %s, changed at %s", len(l.events(t)), sub.StageAt, sub.UpdatedAt)
		}
	})
	t.Run("a word between two equal ones does not hide the second", func(t *testing.T) {
		t.Parallel()
		l := newTimeline(t)
		at := l.clock.Now()
		l.says(t, "Interview", staffing.Interview, at, staffing.MoveForward, staffing.Interview)
		l.says(t, "Interview", staffing.Interview, at.Add(2*time.Minute), staffing.MoveNone, staffing.Interview)
		l.says(t, "Offer", staffing.Offer, at.Add(time.Minute), staffing.MoveLate, staffing.Interview)
		if sub := l.now(t); len(l.events(t)) != 3 || !sub.StageAt.Equal(at.Add(2*time.Minute)) {
			t.Errorf("there are %d events, and it is there since %s", len(l.events(t)), sub.StageAt)
		}
	})
	t.Run("an unmapped word moves nothing until a profile knows it", func(t *testing.T) {
		t.Parallel()
		l := newTimeline(t)
		at := l.clock.Now()
		l.says(t, "Bar raiser", "", at, staffing.MoveUnmapped, staffing.InternalSubmittal)
		l.says(t, "Bar raiser", "", at.Add(time.Minute), staffing.MoveUnmapped, staffing.InternalSubmittal)
		waiting, err := l.s.SubmissionsWithUnmapped(context.Background(), l.sub.ConnectionID)
		if err != nil || len(waiting) != 1 {
			t.Fatalf("%d submissions wait for a profile (%v)", len(waiting), err)
		}
		l.says(t, "Bar raiser", staffing.Interview, at.Add(time.Minute), staffing.MoveForward, staffing.Interview)
		waiting, err = l.s.SubmissionsWithUnmapped(context.Background(), l.sub.ConnectionID)
		if err != nil || len(waiting) != 0 {
			t.Errorf("%d submissions still wait (%v)", len(waiting), err)
		}
	})
	t.Run("strangers' words are made fit for the database", func(t *testing.T) {
		t.Parallel()
		l := newTimeline(t)
		at := l.clock.Now().Add(789 * time.Nanosecond)
		l.says(t, "Inter\x00view \xff", staffing.Interview, at, staffing.MoveForward, staffing.Interview)
		l.says(t, "Inter\x00view \xff", staffing.Interview, at, staffing.MoveNone, staffing.Interview)
		if word := l.now(t).RawStatus; word != "Interview \uFFFD" {
			t.Errorf("the word is kept as %q", word)
		}
	})
	t.Run("an event without a time happened now", func(t *testing.T) {
		t.Parallel()
		l := newTimeline(t)
		l.says(t, "Interview", staffing.Interview, time.Time{}, staffing.MoveForward, staffing.Interview)
		if at := l.now(t).StageAt; !at.Equal(l.clock.Now()) {
			t.Errorf("it is there since %s", at)
		}
	})
}

// Whatever the order in which the vendor's events reach the hub, the submission
// ends in the same stage, since the same time, and that is where the timeline ends.
func TestStageDoesNotDependOnTheOrderOfArrival(t *testing.T) {
	t.Parallel()
	s := storetest.NewAt(t, storetest.NewClock().Now)
	req := storetest.Requisition(t, s, storetest.Connection(t, s, staffing.RoleClient))
	stages := append(staffing.Stages(), "")
	type event struct {
		source string
		stage  staffing.Stage
		minute int
	}
	draw := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) event {
		return event{rapid.SampledFrom([]string{store.SourceClient, store.SourceClient, store.SourceATS, store.SourceHub}).Draw(t, "source"),
			rapid.SampledFrom(stages).Draw(t, "stage"), rapid.IntRange(-3, 6).Draw(t, "minute")}
	}), 1, 6)
	rapid.Check(t, func(rt *rapid.T) {
		events := draw.Draw(rt, "events")
		ends := make([]store.Submission, 2)
		for i := range ends {
			l := timeline{s: s, sub: storetest.Submission(t, s, req)}
			for _, e := range events {
				_, err := l.add(e.source, "word "+string(e.stage), e.stage, storetest.NewClock().Advance(time.Duration(e.minute)*time.Minute))
				ok(t, err)
			}
			ends[i] = l.now(t)
			last := staffing.InternalSubmittal
			for _, e := range l.events(t) {
				if e.Stage.Known() {
					last = e.Stage
				}
			}
			if last != ends[i].Stage {
				rt.Fatalf("the timeline ends with %s, the submission stands at %s", last, ends[i].Stage)
			}
			events = rapid.Permutation(events).Draw(rt, "arrival")
		}
		if a, b := ends[0], ends[1]; a.Stage != b.Stage || !a.StageAt.Equal(b.StageAt) && a.RawStatus != "" || a.RawStatus != b.RawStatus {
			rt.Fatalf("one order ends at %s since %s, the other at %s since %s", a.Stage, a.StageAt, b.Stage, b.StageAt)
		}
	})
}
