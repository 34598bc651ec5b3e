package jobs

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestTheMoreWaitForASystemTheLaterTheyComeBack(t *testing.T) {
	t.Parallel()
	l, now := newLane(2), time.Now()
	for job := range int64(2) {
		if _, ok := l.take(now, job); !ok {
			t.Fatal("a free seat is not given")
		}
	}
	if _, ok := l.take(now, 3); ok {
		t.Fatal("a third of two seats is given")
	}
	now = now.Add(30 * time.Second) // both hang
	if first := staffing.RetryAfterOf(l.full(now, 3, "Acme")); first < time.Second || first > 16*time.Second {
		t.Errorf("the only one that waits comes back after %s; the seats are kept for 30 s", first)
	}
	var sum, soonest time.Duration = 0, time.Hour
	const many = 1000
	for job := range int64(many) {
		wait := staffing.RetryAfterOf(l.full(now, 10+job, "Acme"))
		sum, soonest = sum+wait, min(soonest, wait)
	}
	if sum/many < 25*time.Second || sum/many > 35*time.Second {
		t.Errorf("a thousand come back after %s on average", sum/many)
	}
	if soonest > 3*time.Second {
		t.Errorf("nobody comes back before %s: the seats are empty until then", soonest)
	}
}

// A job that asks often is one job: whoever counted its questions would send the last
// ones away for minutes, from seats that are empty.
func TestAJobThatAsksOftenStandsInLineOnce(t *testing.T) {
	t.Parallel()
	l, now := newLane(1), time.Now()
	s, _ := l.take(now, 1)
	now = now.Add(time.Second)
	for range 500 {
		if wait := staffing.RetryAfterOf(l.full(now, 2, "Acme")); wait > 6*time.Second {
			t.Fatalf("the only one that waits is sent away for %s; a step takes 1 s", wait)
		}
	}
	s.leave(now)
	if _, ok := l.take(now, 2); !ok {
		t.Error("a seat that was given back is not given")
	}
}

// The first step that finds no seat takes what waits for the same system out of the
// way of the others.
func TestABacklogStandsInNobodysWay(t *testing.T) {
	b := newBench(t)
	b.halt(b.hub) // nobody works, so everything waits
	quick := b.connect(staffing.RoleClient, "their-ats")
	for connection, n := range map[uuid.UUID]int{b.clientID: 30, quick: 5} {
		c, err := b.store.Connection(b.ctx, connection)
		b.must(err)
		req := storetest.Requisition(t, b.store, c)
		for range n {
			sub := storetest.Submission(t, b.store, req)
			b.tx(func(tx *store.Tx) error { return b.hub.Deliver(b.ctx, tx, sub.ID) })
		}
	}
	waiting := func(connection uuid.UUID) int64 {
		n, err := b.store.CountLane(b.ctx, kindDeliver, connection)
		b.must(err)
		return n
	}
	if n := waiting(b.clientID); n != 30 {
		t.Fatalf("%d of 30 jobs wait", n)
	}
	b.hub.clear(b.ctx, newLane(2), kindDeliver, b.clientID)
	if busy, free := waiting(b.clientID), waiting(quick); busy != 0 || free != 5 {
		t.Errorf("%d jobs for the busy system and %d of 5 for the other wait in the queue", busy, free)
	}
}
