package store_test

import (
	"context"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// ok ends the test when a step of its preparation fails.
func ok(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// coded ends the test unless err carries the code.
func coded(tb testing.TB, err error, want staffing.Code) {
	tb.Helper()
	if got := staffing.CodeOf(err); got != want {
		tb.Fatalf("the error is %v with code %q, want %q", err, got, want)
	}
}

// inTx runs do in a transaction that must succeed.
func inTx(tb testing.TB, s *store.Store, do func(ctx context.Context, tx *store.Tx) error) {
	tb.Helper()
	ok(tb, try(s, do))
}

// try runs do in a transaction.
func try(s *store.Store, do func(ctx context.Context, tx *store.Tx) error) error {
	return s.InTx(context.Background(), func(tx *store.Tx) error { return do(context.Background(), tx) })
}

// together runs do n times at once and gives the errors.
func together(n int, do func(i int) error) []error {
	start, errs := make(chan struct{}), make(chan error, n)
	for i := range n {
		go func() {
			<-start
			errs <- do(i)
		}()
	}
	close(start)
	out := make([]error, 0, n)
	for range n {
		out = append(out, <-errs)
	}
	return out
}
