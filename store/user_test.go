package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestWrongPasswordsDoubleTheWait(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	clock := storetest.NewClock()
	s := storetest.NewAt(t, clock.Now)
	const free = 3
	fail := func(keys ...string) time.Duration {
		t.Helper()
		ok(t, s.NoteLoginFailure(ctx, free, keys...))
		until, err := s.LoginBlockedUntil(ctx, keys[0])
		ok(t, err)
		if until.IsZero() {
			return 0
		}
		return until.Sub(clock.Now())
	}
	for i, seconds := range []int{0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900} {
		if got := fail("ada"); int(got.Seconds()) != seconds {
			t.Fatalf("after %d wrong passwords the wait is %s, want %ds", i+1, got, seconds)
		}
	}
	if until, err := s.LoginBlockedUntil(ctx, "bob", "ada"); err != nil || until.IsZero() {
		t.Errorf("a blocked address does not block another account's sign-in (%v)", err)
	}
	clock.Advance(61 * time.Minute)
	if got := fail("ada"); got > 0 {
		t.Errorf("the first wrong password after a quiet hour blocks for %s", got)
	}
	fail("ada", "10.0.0.1")
	ok(t, s.ClearLoginFailures(ctx, "ada"))
	if got := fail("ada"); got != 0 {
		t.Errorf("the first wrong password after a right one blocks for %s", got)
	}
	if got := fail("10.0.0.1"); got != 0 {
		t.Errorf("the second of the address blocks for %s", got)
	}
	if got := fail("10.0.0.1"); got != time.Second {
		t.Errorf("a right password of one account cleared the address: the wait is %s", got)
	}
	ok(t, s.NoteLoginFailure(ctx, 1, "strict"))
	if until, err := s.LoginBlockedUntil(ctx, "strict"); err != nil || until.Sub(clock.Now()) != time.Second {
		t.Errorf("with one free try the first wrong password blocks until %s (%v)", until, err)
	}
}

func TestParallelGuessesAreAllCounted(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	clock := storetest.NewClock()
	s := storetest.NewAt(t, clock.Now)
	for _, err := range together(10, func(int) error { return s.NoteLoginFailure(ctx, 5, "ada", "10.0.0.1") }) {
		ok(t, err)
	}
	if until, err := s.LoginBlockedUntil(ctx, "10.0.0.1"); err != nil || until.Sub(clock.Now()) != 32*time.Second {
		t.Errorf("after ten at once it is blocked until %s (%v)", until, err)
	}
}

func TestOneFetchesTheVendorToken(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	clock := storetest.NewClock()
	s := storetest.NewAt(t, clock.Now)
	conn := storetest.Connection(t, s, staffing.RoleClient).ID
	race := func() int {
		var won atomic.Int32
		for _, err := range together(20, func(int) error {
			mine, err := s.ClaimTokenRefresh(ctx, conn, "access", time.Minute)
			if mine {
				won.Add(1)
			}
			return err
		}) {
			ok(t, err)
		}
		return int(won.Load())
	}
	if n := race(); n != 1 {
		t.Fatalf("%d of 20 fetch the first token", n)
	}
	coded(t, second(s.VendorToken(ctx, conn, "access")), staffing.NotFound)
	clock.Advance(time.Minute) // the fetcher died
	if n := race(); n != 1 {
		t.Fatalf("%d of 20 fetch after the claim ran out", n)
	}
	ok(t, s.ReleaseTokenRefresh(ctx, conn, "access"))
	if n := race(); n != 1 {
		t.Fatalf("%d of 20 fetch after one gave up", n)
	}
	want := store.SharedToken{Value: "bearer", ExpiresAt: clock.Now().Add(time.Hour), Extra: map[string]string{"rest_url": "https://vendor.test"}}
	ok(t, s.SaveVendorToken(ctx, conn, "access", want))
	got, err := s.VendorToken(ctx, conn, "access")
	if err != nil || got.Value != want.Value || !got.ExpiresAt.Equal(want.ExpiresAt) || got.Extra["rest_url"] != want.Extra["rest_url"] {
		t.Fatalf("the token is %+v (%v)", got, err)
	}
	ok(t, s.DropVendorToken(ctx, conn, "access", "an older one"))
	ok(t, second(s.VendorToken(ctx, conn, "access")))
	ok(t, s.DropVendorToken(ctx, conn, "access", "bearer"))
	coded(t, second(s.VendorToken(ctx, conn, "access")), staffing.NotFound)
	if n := race(); n != 1 {
		t.Errorf("%d of 20 renew it", n)
	}
}

func TestSecretsAreBoundToTheirRow(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	a, b := storetest.Connection(t, s, staffing.RoleClient), storetest.Connection(t, s, staffing.RoleClient)
	b.Secrets = a.Secrets
	_, err := s.ConnectionSecrets(b)
	coded(t, err, staffing.Internal)
	ok(t, s.UpdateConnectionSettings(ctx, a.ID, "new", map[string]string{"u": "v"}, map[string]string{"api_key": "other"}))
	a, err = s.Connection(ctx, a.ID)
	ok(t, err)
	if secrets, err := s.ConnectionSecrets(a); err != nil || secrets["api_key"] != "other" || a.Settings.V["u"] != "v" {
		t.Errorf("after the change it has %v (%v)", secrets, err)
	}
	coded(t, s.UpdateConnectionSettings(ctx, uuid.New(), "", nil, nil), staffing.NotFound)
}

func TestReplicasAgreeOnANamedSecret(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	one, dsn := storetest.NewWithDSN(t)
	replicas := []*store.Store{one, storetest.Replica(t, dsn, nil)}
	keys := make(chan string, 20)
	for _, err := range together(20, func(i int) error {
		key, err := replicas[i%2].NamedSecret(ctx, "api-token-key", func() ([]byte, error) {
			b := make([]byte, 32)
			_, err := rand.Read(b)
			return b, err
		})
		keys <- fmt.Sprintf("%x", key)
		return err
	}) {
		ok(t, err)
	}
	first := <-keys
	for range 19 {
		if k := <-keys; k != first || len(k) != 64 {
			t.Fatalf("one replica has %s, another %s", first, k)
		}
	}
	if raw, err := one.DB().Query(`select 1 from secrets where position(decode($1, 'hex') in value) > 0`, first); err != nil || raw.Next() {
		t.Errorf("the secret lies open in the database (%v)", err)
	} else {
		ok(t, raw.Close())
	}
}
