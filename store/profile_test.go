package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// drafted gives a connection whose version 1 is in force, and a draft of it.
func drafted(t *testing.T, s *store.Store) (uuid.UUID, store.Profile) {
	t.Helper()
	conn := storetest.Connection(t, s, staffing.RoleClient).ID
	var draft store.Profile
	inTx(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		if _, err = tx.PublishProfile(ctx, conn, "about: one", "am@example.com", "first"); err != nil {
			return err
		}
		draft, err = tx.StartDraft(ctx, conn, "am@example.com")
		return err
	})
	return conn, draft
}

func save(s *store.Store, conn uuid.UUID, revision int, document, by string) (p store.Profile, err error) {
	return p, try(s, func(ctx context.Context, tx *store.Tx) (err error) {
		p, err = tx.SaveDraft(ctx, conn, revision, document, by)
		return err
	})
}

func TestADraftIsBegunOnceAndSavedWithoutLostUpdates(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	conn, draft := drafted(t, s)
	if draft.Version != 0 || draft.State != store.ProfileDraft || draft.Document != "about: one" || draft.BaseVersion != 1 || draft.Revision != 1 {
		t.Fatalf("the draft is %+v", draft)
	}
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		same, err := tx.StartDraft(ctx, conn, "else@example.com")
		if same.Revision != draft.Revision || same.Author != "am@example.com" {
			t.Errorf("a second begin gives %+v", same)
		}
		return err
	})
	errs := together(8, func(i int) error {
		_, err := save(s, conn, draft.Revision, fmt.Sprintf("about: %d", i), fmt.Sprintf("p%d@example.com", i))
		return err
	})
	saved := 0
	for _, err := range errs {
		if err == nil {
			saved++
			continue
		}
		coded(t, err, staffing.Conflict)
		if msg := staffing.MessageOf(err); !strings.Contains(msg, "@example.com saved this draft at ") {
			t.Errorf("the conflict does not say who: %s", msg)
		}
	}
	now, err := s.Draft(ctx, conn)
	ok(t, err)
	if saved != 1 || now.Revision != 2 || now.UpdatedBy != "p"+strings.TrimPrefix(now.Document, "about: ")+"@example.com" {
		t.Errorf("%d of 8 saves of one revision went through; the draft is %+v", saved, now)
	}
}

func TestAnOldPageDoesNotFindItsRevisionAgain(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	conn, old := drafted(t, s)
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.DiscardDraft(ctx, conn); err != nil {
			return err
		}
		_, err := tx.StartDraft(ctx, conn, "else@example.com")
		return err
	})
	_, err := save(s, conn, old.Revision, "about: stale", "am@example.com")
	coded(t, err, staffing.Conflict)
	coded(t, try(s, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.PublishDraft(ctx, conn, old.Revision, "am@example.com", "")
		return err
	}), staffing.Conflict)
}

func TestVersionsArePublishedAndRolledBackInOrder(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	conn, draft := drafted(t, s)
	draft, err := save(s, conn, draft.Revision, "about: two", "am@example.com")
	ok(t, err)
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		v, err := tx.PublishDraft(ctx, conn, draft.Revision, "am@example.com", "second")
		if v != 2 {
			t.Errorf("the draft became version %d", v)
		}
		return err
	})
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		v, err := tx.RollBack(ctx, conn, 1, "op@example.com", "two does harm")
		if v != 3 {
			t.Errorf("the roll back became version %d", v)
		}
		return err
	})
	for version, want := range map[int]staffing.Code{3: staffing.Conflict, 9: staffing.NotFound} {
		coded(t, try(s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.RollBack(ctx, conn, version, "x", "")
			return err
		}), want)
	}
	all, err := s.Profiles(ctx, conn)
	ok(t, err)
	var told []string
	for _, p := range all {
		told = append(told, fmt.Sprintf("%d %s %s %s", p.Version, p.State, p.Document, p.Note))
	}
	if got := strings.Join(told, "; "); got != "3 published about: one two does harm; 2 superseded about: two second; 1 superseded about: one first" {
		t.Errorf("the history is %s", got)
	}
}

func TestTheDatabaseRefusesTheRequesterAsSecondPerson(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	conn, draft := drafted(t, s)
	request := func(ctx context.Context, tx *store.Tx) error {
		return tx.RequestPublication(ctx, conn, draft.Revision, "am@example.com", "please")
	}
	publish := func(by string) func(context.Context, *store.Tx) error {
		return func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.PublishDraft(ctx, conn, draft.Revision, by, "")
			return err
		}
	}
	inTx(t, s, request)
	coded(t, try(s, publish("am@example.com")), staffing.Forbidden)
	inTx(t, s, publish("second@example.com"))
	p, err := s.PublishedProfile(context.Background(), conn)
	if err != nil || p.Note != "please" || p.RequestedBy != "am@example.com" || p.PublishedBy != "second@example.com" {
		t.Errorf("in force is %+v (%v)", p, err)
	}
}

func TestASaveEndsTheRequestToPublish(t *testing.T) {
	t.Parallel()
	s := storetest.New(t)
	conn, draft := drafted(t, s)
	inTx(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.RequestPublication(ctx, conn, draft.Revision, "am@example.com", "please")
	})
	p, err := save(s, conn, draft.Revision, "about: other", "am@example.com")
	if err != nil || p.RequestedBy != "" || p.RequestedAt != nil {
		t.Errorf("after the save the draft is %+v (%v)", p, err)
	}
}
