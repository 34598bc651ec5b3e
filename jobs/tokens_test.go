package jobs

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// tokenBench is one connection's tokens as two replicas see them.
func tokenBench(t *testing.T) (one, two *tokens) {
	t.Helper()
	t.Parallel()
	s, dsn := storetest.NewWithDSN(t)
	conn := storetest.Connection(t, s, staffing.RoleInternalATS)
	see := func(s *store.Store) *tokens { return &tokens{store: s, connection: conn.ID, now: time.Now} }
	return see(s), see(storetest.Replica(t, dsn, nil))
}

func TestTwentyCallersFetchOneToken(t *testing.T) {
	one, two := tokenBench(t)
	var fetched atomic.Int32
	fetch := func(context.Context) (connectors.Token, error) {
		n := fetched.Add(1)
		return connectors.Token{Value: string("abc"[n-1]), ExpiresAt: time.Now().Add(time.Hour), Extra: map[string]string{"base": "https://vendor.test"}}, nil
	}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			at := one
			if i%2 == 1 {
				at = two
			}
			tok, err := at.Token(t.Context(), "bearer", fetch)
			if err != nil || tok.Value != "a" || tok.Extra["base"] != "https://vendor.test" {
				t.Errorf("a caller got %v (%v)", tok, err)
			}
		})
	}
	all.Wait()
	if n := fetched.Load(); n != 1 {
		t.Errorf("the token was fetched %d times", n)
	}
	tokenIs := func(want string) {
		t.Helper()
		if tok, err := two.Token(t.Context(), "bearer", fetch); err != nil || tok.Value != want {
			t.Errorf("the token is %q (%v), want %q", tok.Value, err, want)
		}
	}
	if err := one.Drop(t.Context(), "bearer", "z"); err != nil {
		t.Error(err)
	}
	tokenIs("a") // somebody's older token was dropped, not this one
	if err := one.Drop(t.Context(), "bearer", "a"); err != nil {
		t.Error(err)
	}
	tokenIs("b")
	if err := two.Drop(t.Context(), "bearer", "a"); err != nil { // the second who was refused comes late
		t.Error(err)
	}
	tokenIs("b")
}

func TestATokenThatEndsSoonIsFetchedAnew(t *testing.T) {
	one, _ := tokenBench(t)
	lives := func(d time.Duration, value string) func(context.Context) (connectors.Token, error) {
		return func(context.Context) (connectors.Token, error) {
			return connectors.Token{Value: value, ExpiresAt: time.Now().Add(d)}, nil
		}
	}
	for _, c := range []struct {
		fetch func(context.Context) (connectors.Token, error)
		want  string
	}{{lives(30*time.Second, "short"), "short"}, {lives(time.Hour, "long"), "long"}, {lives(time.Hour, "never"), "long"}} {
		if tok, err := one.Token(t.Context(), "bearer", c.fetch); err != nil || tok.Value != c.want {
			t.Errorf("the token is %q (%v), want %q", tok.Value, err, c.want)
		}
	}
}

// A fetch that fails does not keep others waiting.
func TestAFailedFetchFreesTheNext(t *testing.T) {
	one, two := tokenBench(t)
	refused := errors.New("refused")
	if _, err := one.Token(t.Context(), "bearer", func(context.Context) (connectors.Token, error) { return connectors.Token{}, refused }); !errors.Is(err, refused) {
		t.Errorf("the failed fetch gives %v", err)
	}
	began := time.Now()
	tok, err := two.Token(t.Context(), "bearer", func(context.Context) (connectors.Token, error) {
		return connectors.Token{Value: "a", ExpiresAt: time.Now().Add(time.Hour)}, nil
	})
	if err != nil || tok.Value != "a" || time.Since(began) > 10*time.Second {
		t.Errorf("the next caller got %q (%v) after %s", tok.Value, err, time.Since(began))
	}
}

// Who waits for a fetch elsewhere gives up with its own time.
func TestWaitingForATokenEnds(t *testing.T) {
	one, two := tokenBench(t)
	gate, fetching := make(chan struct{}), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		_, err := one.Token(t.Context(), "bearer", func(context.Context) (connectors.Token, error) {
			close(fetching)
			<-gate
			return connectors.Token{Value: "a", ExpiresAt: time.Now().Add(time.Hour)}, nil
		})
		done <- err
	}()
	<-fetching
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, err := two.Token(ctx, "bearer", func(context.Context) (connectors.Token, error) {
		t.Error("two fetch at once")
		return connectors.Token{}, nil
	})
	if staffing.CodeOf(err) != staffing.Unavailable {
		t.Errorf("who waited too long got %v", err)
	}
	close(gate)
	if err := <-done; err != nil {
		t.Error(err)
	}
}
