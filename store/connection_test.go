package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestConnectionStates(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	_, err := s.ConnectionByRole(ctx, staffing.RoleERP)
	coded(t, err, staffing.NotFound)
	first, second := storetest.Connection(t, s, staffing.RoleERP), storetest.Connection(t, s, staffing.RoleERP)
	is := func(want store.Connection, state staffing.ConnectionState) {
		t.Helper()
		got, err := s.ConnectionByRole(ctx, staffing.RoleERP)
		if err != nil || got.ID != want.ID || got.State != state {
			t.Fatalf("the ERP is %s, %s (%v), want %s, %s", got.Name, got.State, err, want.Name, state)
		}
	}
	is(first, staffing.ConnectionActive)
	ok(t, s.MarkNeedsAttention(ctx, first.ID, "the key was refused"))
	is(first, staffing.ConnectionNeedsAttention)
	ok(t, s.SetConnectionState(ctx, first.ID, staffing.ConnectionPaused, "by ada"))
	ok(t, s.MarkNeedsAttention(ctx, first.ID, "the key was refused"))
	is(second, staffing.ConnectionActive)
	if c, err := s.Connection(ctx, first.ID); err != nil || c.State != staffing.ConnectionPaused || c.StateReason != "by ada" {
		t.Errorf("a paused connection became %s for %q (%v)", c.State, c.StateReason, err)
	}
	coded(t, s.SetConnectionState(ctx, uuid.New(), staffing.ConnectionPaused, ""), staffing.NotFound)
	_, err = s.InsertConnection(ctx, store.Connection{Kind: "test", Role: staffing.RoleClient, Name: "of nobody"}, nil)
	coded(t, err, staffing.Invalid)
}

func TestFailuresAreReleasedWhenTheirConnectionWorksAgain(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	clock := storetest.NewClock()
	s := storetest.NewAt(t, clock.Now)
	conn := storetest.Connection(t, s, staffing.RoleClient).ID
	refused, other := failure("s1", "the key was refused", store.FailureOpen), failure("s2", "no résumé", store.FailureOpen)
	refused.ConnectionID, refused.Code, other.ConnectionID = &conn, staffing.Unauthorized, &conn
	clock.Advance(time.Minute)
	ok(t, s.MarkNeedsAttention(ctx, conn, "the key was refused"))
	ok(t, s.NoteFailure(ctx, refused))
	ok(t, s.NoteFailure(ctx, other))
	released := func(want int) {
		t.Helper()
		var out []store.Failure
		inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			out, err = tx.ClaimReleasable(ctx, 10)
			return err
		})
		if len(out) != want || (want == 1 && (out[0].SubjectID != "s1" || out[0].State != store.FailureRetrying)) {
			t.Fatalf("released are %+v, want %d", out, want)
		}
	}
	released(0)
	clock.Advance(time.Minute)
	ok(t, s.SetConnectionState(ctx, conn, staffing.ConnectionActive, ""))
	released(1)
	released(0)
}

func TestPublishingProfiles(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	conn := storetest.Connection(t, s, staffing.RoleClient).ID
	if n, err := s.PublishedVersion(ctx, conn); err != nil || n != 0 {
		t.Errorf("without a profile the version is %d (%v)", n, err)
	}
	coded(t, second(s.PublishedProfile(ctx, conn)), staffing.NotFound)
	won := 0
	for _, err := range together(10, func(i int) error {
		return try(s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.PublishProfile(ctx, conn, fmt.Sprint("document ", i), "ada", "")
			return err
		})
	}) {
		if err == nil {
			won++
			continue
		}
		coded(t, err, staffing.Conflict)
	}
	n, err := s.PublishedVersion(ctx, conn)
	if err != nil || n != won || won == 0 {
		t.Errorf("%d of 10 at once published, and version %d is in force (%v)", won, n, err)
	}
}

func TestFencedJobs(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	var id int64
	ok(t, s.DB().QueryRow(`insert into river_job (kind, args, max_attempts, state, attempt, attempted_at) values ('x', '{}', 5, 'running', 2, now()) returning id`).Scan(&id))
	fence := func(attempt int) error {
		return try(s, func(ctx context.Context, tx *store.Tx) error { return tx.FenceJob(ctx, id, attempt) })
	}
	coded(t, fence(1), staffing.Conflict)
	ok(t, fence(2))
	if depth, err := s.JobDepths(context.Background()); err != nil || len(depth) != 1 || depth[0] != (store.JobDepth{Kind: "x", State: "running", Count: 1}) {
		t.Errorf("the queue holds %+v (%v)", depth, err)
	}
	_, err := s.DB().Exec(`update river_job set state = 'completed', finalized_at = now() where id = $1`, id)
	ok(t, err)
	coded(t, fence(2), staffing.Conflict)
}

func TestBillingIsOpenFromTheFirstRequestOn(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newReview(t)
	open := func(want bool) {
		t.Helper()
		inTx(t, r.Store, func(ctx context.Context, tx *store.Tx) error {
			got, err := tx.BillingOpen(ctx, r.ID)
			if got != want {
				t.Errorf("open is %v, want %v", got, want)
			}
			return err
		})
	}
	e, err := r.IntendEffect(ctx, store.Effect{ConnectionID: r.erp, Kind: store.EffectBilling, Key: r.ID.String(), Subject: staffing.SubjectPlacement, SubjectID: r.ID})
	ok(t, err)
	open(false)
	ok(t, r.MarkEffectSent(ctx, e.ID))
	open(true)
	ok(t, r.FailEffect(ctx, e.ID, store.EffectRefused, staffing.Errorf(staffing.Invalid, "no such client")))
	open(false)
}

func TestSessionsEnd(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	clock := storetest.NewClock()
	sessions := store.Sessions{Store: storetest.NewAt(t, clock.Now)}
	ok(t, sessions.CommitCtx(ctx, "token", []byte("one"), clock.Now().Add(time.Hour)))
	ok(t, sessions.CommitCtx(ctx, "token", []byte("two"), clock.Now().Add(time.Hour)))
	if b, found, err := sessions.FindCtx(ctx, "token"); err != nil || !found || string(b) != "two" {
		t.Errorf("it holds %q, %v (%v)", b, found, err)
	}
	clock.Advance(time.Hour)
	if _, found, err := sessions.FindCtx(ctx, "token"); err != nil || found {
		t.Errorf("an ended session is found: %v (%v)", found, err)
	}
}

func TestRefusalsAreCountedByDay(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	clock := storetest.NewClock()
	s := storetest.NewAt(t, clock.Now)
	for range 3 {
		ok(t, s.CountRefusal(ctx, "conn\x00", "bad signature"))
	}
	clock.Advance(24 * time.Hour)
	ok(t, s.CountRefusal(ctx, "conn", "bad signature"))
	got, err := s.Refusals(ctx, "conn")
	if err != nil || len(got) != 2 || got[0].Count != 1 || got[1].Count != 3 {
		t.Errorf("refused are %+v (%v)", got, err)
	}
}

func TestNewSettingsEndTheTokensOfTheOld(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	changed, other := storetest.Connection(t, s, staffing.RoleERP), storetest.Connection(t, s, staffing.RoleERP)
	for _, c := range []store.Connection{changed, other} {
		if mine, err := s.ClaimTokenRefresh(ctx, c.ID, "access", time.Minute); err != nil || !mine {
			t.Fatalf("the claim gives %v, %v", mine, err)
		}
		ok(t, s.SaveVendorToken(ctx, c.ID, "access", store.SharedToken{Value: "v", ExpiresAt: s.Now().Add(time.Hour), Extra: map[string]string{"url": "https://old.test"}}))
	}
	ok(t, s.UpdateConnectionSettings(ctx, changed.ID, "new", map[string]string{"base_url": "https://new.test"}, nil))
	_, err := s.VendorToken(ctx, changed.ID, "access")
	coded(t, err, staffing.NotFound)
	_, err = s.VendorToken(ctx, other.ID, "access")
	ok(t, err)
}
