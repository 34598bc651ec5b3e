package store_test

import (
	"context"
	"errors"
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestInTx(t *testing.T) {
	t.Parallel()
	acme := store.Client{Code: "ACME", Name: "Acme", Currency: "USD", Timezone: "UTC"}
	cause := errors.New("the vendor hung up")
	insert := func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.InsertClient(ctx, acme)
		return err
	}
	for name, c := range map[string]struct {
		do   func(s *store.Store) error
		kept int
		is   error
	}{
		"commits when all went well": {kept: 1, do: func(s *store.Store) error { return try(s, insert) }},
		"rolls back on an error and keeps its cause": {is: cause, do: func(s *store.Store) error {
			return try(s, func(ctx context.Context, tx *store.Tx) error { return errors.Join(insert(ctx, tx), cause) })
		}},
		"rolls back on a panic, which goes on": {is: cause, do: func(s *store.Store) (err error) {
			defer func() { err, _ = recover().(error) }()
			return try(s, func(ctx context.Context, tx *store.Tx) error {
				if err := insert(ctx, tx); err != nil {
					return err
				}
				panic(cause)
			})
		}},
		"rolls back when the goroutine ends inside": {is: cause, do: func(s *store.Store) error {
			ended := make(chan error)
			go func() {
				defer func() { ended <- cause }()
				_ = try(s, func(ctx context.Context, tx *store.Tx) error { // it does not return
					if err := insert(ctx, tx); err != nil {
						return err
					}
					runtime.Goexit() // as t.FailNow does
					return nil
				})
			}()
			return <-ended
		}},
		"does not say committed when a query before failed": {do: func(s *store.Store) error {
			err := try(s, func(ctx context.Context, tx *store.Tx) error {
				if err := insert(ctx, tx); err != nil {
					return err
				}
				_, err := tx.InsertClient(ctx, acme)
				if staffing.CodeOf(err) != staffing.Conflict {
					return err
				}
				return nil // forgets the error
			})
			if err == nil {
				return errors.New("the lost transaction counts as committed")
			}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := storetest.New(t)
			if err := c.do(s); !errors.Is(err, c.is) {
				t.Fatalf("the error is %v, want %v", err, c.is)
			}
			clients, err := s.Clients(context.Background())
			if err != nil || len(clients) != c.kept {
				t.Errorf("there are %d clients (%v), want %d", len(clients), err, c.kept)
			}
			if n := s.DB().Stats().InUse; n != 0 {
				t.Errorf("%d connections are still in use", n)
			}
		})
	}
}

func TestErrorsCarryTheirCode(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	acme := storetest.Client(t, s, func(c *store.Client) { c.Code = "ACME" })
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	closed := storetest.New(t)
	ok(t, closed.DB().Close())
	feed := storetest.Connection(t, s, staffing.RoleClient).ID
	for name, c := range map[string]struct {
		err  error
		want staffing.Code
		word string // in the sentence
	}{
		"nothing there":              {second(s.Client(ctx, uuid.New())), staffing.NotFound, "no such client"},
		"a second one of that key":   {second(s.InsertClient(ctx, store.Client{Code: "ACME", Currency: "USD"})), staffing.Conflict, "collides"},
		"a value outside the rules":  {second(s.InsertClient(ctx, store.Client{Code: "no code", Currency: "USD"})), staffing.Invalid, "client"},
		"a parent that is not there": {s.UpsertFeed(ctx, uuid.New(), staffing.FeedStatuses, 1), staffing.Conflict, "feed"},
		"a feed nobody knows":        {s.UpsertFeed(ctx, feed, "weather", 1), staffing.Invalid, "feed"},
		"a value no JSON can hold":   {s.SaveCandidate(ctx, acme.ID, staffing.Candidate{CustomFields: map[string]any{"n": math.NaN()}}), staffing.Internal, "refused"},
		"a pool that is closed":      {second(closed.Clients(ctx)), staffing.Unavailable, "not available"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			coded(t, c.err, c.want)
			if msg := staffing.MessageOf(c.err); !strings.Contains(msg, c.word) {
				t.Errorf("it says %q", msg)
			}
		})
	}
	if _, err := s.Clients(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("a caller who left gets %v", err)
	}
}

func second[T any](_ T, err error) error { return err }
