package store_test

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// effect is one intended submission to a client.
type effect struct {
	*store.Store
	conn uuid.UUID
	id   uuid.UUID // of the submission
}

func newEffect(t *testing.T) effect {
	t.Helper()
	s := storetest.New(t)
	sub := storetest.Submission(t, s, storetest.Requisition(t, s, storetest.Connection(t, s, staffing.RoleClient)))
	return effect{s, sub.ConnectionID, sub.ID}
}

func (f effect) intend(t *testing.T, request string) store.Effect {
	t.Helper()
	e, err := f.IntendEffect(context.Background(), store.Effect{ConnectionID: f.conn, Kind: store.EffectSubmission, Key: f.id.String(),
		Subject: staffing.SubjectSubmission, SubjectID: f.id, Request: request})
	ok(t, err)
	return e
}

// is checks the only effect there is.
func (f effect) is(t *testing.T, state string, attempts int) store.Effect {
	t.Helper()
	all, err := f.Effects(context.Background(), staffing.SubjectSubmission, f.id)
	if err != nil || len(all) != 1 || all[0].State != state || all[0].Attempts != attempts {
		t.Fatalf("the effects are %+v (%v), want one that is %s after %d attempts", all, err, state, attempts)
	}
	return all[0]
}

func TestEffects(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	lost := &staffing.Error{Code: staffing.Unavailable, Message: "the answer was \x00lost", OutcomeUnknown: true}
	t.Run("to intend twice is one row", func(t *testing.T) {
		t.Parallel()
		f := newEffect(t)
		first, second := f.intend(t, "one"), f.intend(t, "two\x00")
		if first.ID != second.ID || second.Request != "two" {
			t.Errorf("the second is %+v", second)
		}
		f.is(t, store.EffectIntended, 0)
	})
	t.Run("of many workers one sends", func(t *testing.T) {
		t.Parallel()
		f := newEffect(t)
		id, sent := f.intend(t, "").ID, 0
		for _, err := range together(10, func(int) error { return f.MarkEffectSent(ctx, id) }) {
			if err == nil {
				sent++
				continue
			}
			coded(t, err, staffing.Conflict)
		}
		if sent != 1 {
			t.Errorf("%d workers sent", sent)
		}
		f.is(t, store.EffectSent, 1)
	})
	t.Run("a receipt is the end", func(t *testing.T) {
		t.Parallel()
		f := newEffect(t)
		id := f.intend(t, "sent").ID
		ok(t, f.MarkEffectSent(ctx, id))
		ok(t, f.FailEffect(ctx, id, store.EffectUnknown, lost))
		ok(t, f.SettleEffect(ctx, id, staffing.Receipt{ID: "app-1\x00", Number: "4711", URL: "https://vendor.test/1", Existed: true}))
		ok(t, f.FailEffect(ctx, id, store.EffectRefused, lost))
		coded(t, f.MarkEffectSent(ctx, id), staffing.Conflict)
		coded(t, f.ReopenEffect(ctx, id, 1), staffing.Conflict)
		if again := f.intend(t, "other"); again.State != store.EffectDone || again.Request != "sent" {
			t.Errorf("to intend it again gives %+v", again)
		}
		if e := f.is(t, store.EffectDone, 1); e.VendorID != "app-1" || e.VendorNumber != "4711" || !e.Existed || e.Error != "" || e.SettledAt == nil {
			t.Errorf("the receipt is kept as %+v", e)
		}
	})
	t.Run("an unknown outcome is not sent again before somebody looked", func(t *testing.T) {
		t.Parallel()
		f := newEffect(t)
		id := f.intend(t, "").ID
		ok(t, f.MarkEffectSent(ctx, id))
		ok(t, f.FailEffect(ctx, id, store.EffectUnknown, lost))
		coded(t, f.MarkEffectSent(ctx, id), staffing.Conflict)
		if e := f.is(t, store.EffectUnknown, 1); e.ErrorCode != string(staffing.Unavailable) || e.Error != "the answer was lost" {
			t.Errorf("it is noted as %+v", e)
		}
		if n, err := f.DeliveriesInFlight(ctx, f.conn); err != nil || n != 1 {
			t.Errorf("%d deliveries are in flight (%v)", n, err)
		}
		ok(t, f.ReopenEffect(ctx, id, 1))
		ok(t, f.MarkEffectSent(ctx, id))
		coded(t, f.ReopenEffect(ctx, id, 1), staffing.Conflict) // who looked before the second attempt knows too little
		f.is(t, store.EffectSent, 2)
	})
	t.Run("a refused write may be put right and sent again", func(t *testing.T) {
		t.Parallel()
		f := newEffect(t)
		id := f.intend(t, "").ID
		ok(t, f.MarkEffectSent(ctx, id))
		ok(t, f.FailEffect(ctx, id, store.EffectRefused, staffing.Errorf(staffing.Invalid, "the résumé is missing")))
		if n, err := f.DeliveriesInFlight(ctx, f.conn); err != nil || n != 0 {
			t.Errorf("%d deliveries are in flight (%v)", n, err)
		}
		ok(t, f.MarkEffectSent(ctx, id))
		f.is(t, store.EffectSent, 2)
	})
}
