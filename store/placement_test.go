package store_test

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// review is a placement that waits for finance, and who may decide.
type review struct {
	*store.Store
	store.Placement
	editor, approver, erp uuid.UUID
}

func newReview(t *testing.T) review {
	t.Helper()
	s := storetest.New(t)
	sub := storetest.Deliver(t, s, storetest.Submission(t, s, storetest.Requisition(t, s, storetest.Connection(t, s, staffing.RoleClient))))
	return review{s, storetest.Placement(t, s, sub), storetest.User(t, s, "finance").ID, storetest.User(t, s, "finance").ID, storetest.Connection(t, s, staffing.RoleERP).ID}
}

func (r review) now(t *testing.T) store.Placement {
	t.Helper()
	p, err := r.Store.Placement(context.Background(), r.ID)
	ok(t, err)
	return p
}

// edit corrects the purchase order, as a person does.
func (r review) edit(by uuid.UUID, po string) error {
	return try(r.Store, func(ctx context.Context, tx *store.Tx) error {
		p, err := tx.LockPlacement(ctx, r.ID)
		if err != nil {
			return err
		}
		terms := p.Canonical.V
		terms.Purchase = po
		p.Canonical, p.State, p.Editors = store.Doc(terms), store.PlacementAwaitingReview, append(p.Editors, by.String())
		p.Corrections = store.Doc(map[string]store.Correction{"purchase_order": {Value: json.RawMessage(`"` + po + `"`), By: by.String()}})
		if p.ContentHash, err = store.HashContent(terms, p.Bill.V); err != nil {
			return err
		}
		return tx.SaveTerms(ctx, p)
	})
}

func (r review) approve(by uuid.UUID, hash string) error {
	return try(r.Store, func(ctx context.Context, tx *store.Tx) error { return tx.Approve(ctx, r.ID, by, nil, hash) })
}

func (r review) post(id string) error {
	return try(r.Store, func(ctx context.Context, tx *store.Tx) error {
		return tx.SavePosting(ctx, r.ID, r.erp, staffing.Receipt{ID: id, Number: "INV-\x00" + id, URL: "https://erp.test"})
	})
}

func TestApproval(t *testing.T) {
	t.Parallel()
	t.Run("takes a second pair of eyes, in the database", func(t *testing.T) {
		t.Parallel()
		r := newReview(t)
		ok(t, r.edit(r.editor, "PO-2"))
		hash := r.now(t).ContentHash
		coded(t, r.approve(r.editor, hash), staffing.Forbidden)
		ok(t, r.approve(r.approver, hash))
		_, err := r.DB().Exec(`update placements set editors = array[approved_by] where id = $1`, r.ID)
		if err == nil {
			t.Error("the database lets an approver become an editor behind the store's back")
		}
	})
	t.Run("is of the content that was seen", func(t *testing.T) {
		t.Parallel()
		r := newReview(t)
		seen := r.ContentHash
		ok(t, r.edit(r.editor, "PO-2"))
		coded(t, r.approve(r.approver, seen), staffing.Conflict)
		if p := r.now(t); p.State != store.PlacementAwaitingReview || p.Version != r.Version+1 {
			t.Errorf("it is %s in version %d", p.State, p.Version)
		}
	})
	t.Run("ends when the terms change", func(t *testing.T) {
		t.Parallel()
		r := newReview(t)
		ok(t, r.approve(r.approver, r.ContentHash))
		_, err := r.DB().Exec(`update placements set content_hash = 'x' where id = $1`, r.ID)
		if err == nil {
			t.Error("the database lets approved content change behind the store's back")
		}
		ok(t, r.edit(r.editor, "PO-2"))
		if p := r.now(t); p.State != store.PlacementAwaitingReview || p.ApprovedBy != nil || p.ApprovedHash != nil {
			t.Errorf("it is %s, approved by %v", p.State, p.ApprovedBy)
		}
		coded(t, r.post("1"), staffing.Conflict)
	})
	t.Run("is not given to what was sent back", func(t *testing.T) {
		t.Parallel()
		r := newReview(t)
		inTx(t, r.Store, func(ctx context.Context, tx *store.Tx) error { return tx.SendBack(ctx, r.ID, "the PO is closed\x00") })
		coded(t, r.approve(r.approver, r.ContentHash), staffing.Conflict)
		if p := r.now(t); p.State != store.PlacementSentBack || p.SentBackReason != "the PO is closed" {
			t.Errorf("it is %s for %q", p.State, p.SentBackReason)
		}
		ok(t, r.edit(r.editor, "PO-2"))
		ok(t, r.approve(r.approver, r.now(t).ContentHash))
		coded(t, try(r.Store, func(ctx context.Context, tx *store.Tx) error { return tx.SendBack(ctx, r.ID, "too late") }), staffing.Conflict)
	})
}

func TestPostedPlacementsAreFrozen(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	coded(t, r.post("7"), staffing.Conflict) // nobody approved
	ok(t, r.approve(r.approver, r.ContentHash))
	ok(t, r.post("7\x00"))
	posted := r.now(t)
	ok(t, r.post("7")) // the same receipt again
	coded(t, r.post("8"), staffing.Conflict)
	coded(t, r.edit(r.editor, "PO-2"), staffing.Conflict)
	coded(t, r.approve(r.approver, r.ContentHash), staffing.Conflict)
	coded(t, try(r.Store, func(ctx context.Context, tx *store.Tx) error { return tx.SendBack(ctx, r.ID, "wrong") }), staffing.Conflict)
	p := r.now(t)
	if p.State != store.PlacementPosted || p.ERPID == nil || *p.ERPID != "7" || p.ERPNumber != "INV-7" || !p.PostedAt.Equal(*posted.PostedAt) || p.ContentHash != r.ContentHash {
		t.Errorf("it is now %+v", p)
	}
	inTx(t, r.Store, func(ctx context.Context, tx *store.Tx) error {
		sub, err := tx.Submission(ctx, r.SubmissionID)
		if err != nil {
			return err
		}
		again, err := tx.EnsurePlacement(ctx, sub)
		if again.ID != r.ID || again.State != store.PlacementPosted {
			t.Errorf("a second hire makes %+v", again)
		}
		return err
	})
}

// Twenty people edit and approve at once: whoever wins, what is approved was seen
// by its approver and never touched by them.
func TestApprovalsRaceEdits(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	people := []uuid.UUID{r.editor, r.approver}
	errs := together(20, func(i int) error {
		who := people[i/2%2]
		if i%2 == 0 {
			return r.edit(who, "PO-"+string(rune('A'+i)))
		}
		p, err := r.Store.Placement(context.Background(), r.ID)
		if err != nil {
			return err
		}
		return r.approve(who, p.ContentHash)
	})
	edits := 0
	for _, err := range errs {
		switch staffing.CodeOf(err) {
		case "", staffing.Conflict, staffing.Forbidden:
		default:
			t.Errorf("one got %v", err)
		}
	}
	p := r.now(t)
	for _, by := range p.Editors {
		edits++
		if p.ApprovedBy != nil && p.ApprovedBy.String() == by {
			t.Error("an editor approved")
		}
	}
	if want, err := store.HashContent(p.Canonical.V, p.Bill.V); err != nil || p.ContentHash != want {
		t.Errorf("the hash is of other content (%v)", err)
	}
	if p.State == store.PlacementApproved && *p.ApprovedHash != p.ContentHash {
		t.Error("the approval is of other content")
	}
	if edits != 10 || p.Version != r.Version+10 {
		t.Errorf("%d edits are kept in version %d, want 10 more than %d", edits, p.Version, r.Version)
	}
}
