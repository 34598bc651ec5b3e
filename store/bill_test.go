package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// delta adds a bill of 500 USD to the placement, which that editor made.
func (r review) delta(t *testing.T, editor uuid.UUID) store.Bill {
	t.Helper()
	b := store.NewBill(r.Placement, staffing.Bill{Kind: staffing.BillDelta, Currency: "USD", Date: "2026-05-04", Total: decimal.NewFromInt(500)})
	b.Version, b.State, b.Editors = 2, store.BillAwaitingReview, []string{editor.String()}
	var err error
	b.ContentHash, err = store.HashContent(r.Canonical.V, &b.Bill.V)
	ok(t, err)
	inTx(t, r.Store, func(ctx context.Context, tx *store.Tx) error { return tx.InsertBill(ctx, b) })
	return b
}

func (r review) bill(t *testing.T, id uuid.UUID) store.Bill {
	t.Helper()
	b, err := r.Store.Bill(context.Background(), id)
	ok(t, err)
	return b
}

// The row of the first bill is the placement's bill, whatever becomes of that.
func TestTheFirstBillFollowsItsPlacement(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	is := func(state string) {
		t.Helper()
		b, p := r.bill(t, r.ID), r.now(t)
		if b.State != state || b.Kind != staffing.BillFirst || b.Reference != r.ID.String() || b.ContentHash != p.ContentHash || !b.Bill.V.Total.Equal(p.Bill.V.Total) || len(b.Editors) != len(p.Editors) {
			t.Errorf("the bill is %+v, want %s", b, state)
		}
	}
	is(store.BillAwaitingReview)
	inTx(t, r.Store, func(ctx context.Context, tx *store.Tx) error { return tx.SendBack(ctx, r.ID, "the PO is closed") })
	is(store.BillProposed)
	ok(t, r.edit(r.editor, "PO-2"))
	is(store.BillAwaitingReview)
	ok(t, r.approve(r.approver, r.now(t).ContentHash))
	is(store.BillApproved)
	inTx(t, r.Store, func(ctx context.Context, tx *store.Tx) error {
		return tx.RefusePosting(ctx, r.ID, "no such customer", "customer", nil)
	})
	is(store.BillRefused)
	ok(t, r.approve(r.approver, r.now(t).ContentHash))
	ok(t, r.post("7"))
	is(store.BillPosted)
	if b := r.bill(t, r.ID); b.ERPNumber != "INV-7" || b.PostedAt == nil || b.ERPError != "" {
		t.Errorf("posted it is %+v", b)
	}
	versions, err := r.PlacementVersions(context.Background(), r.ID)
	if err != nil || len(versions) != 2 || versions[0].Kind != staffing.VersionCorrection || versions[0].Terms.V.Purchase != "PO-2" || versions[1].Kind != staffing.VersionHire {
		t.Errorf("the versions are %+v (%v)", versions, err)
	}
}

func TestBillsThatFollow(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	b := r.delta(t, r.editor)
	approve := func(by uuid.UUID, hash string) error {
		return try(r.Store, func(ctx context.Context, tx *store.Tx) error { return tx.ApproveBill(ctx, b.ID, by, nil, hash) })
	}
	coded(t, approve(r.editor, b.ContentHash), staffing.Forbidden)
	coded(t, approve(r.approver, "x"), staffing.Conflict)
	ok(t, approve(r.approver, b.ContentHash))
	coded(t, approve(r.approver, b.ContentHash), staffing.Conflict)
	for _, behind := range []string{`update bills set editors = array[approved_by] where id = $1`, `update bills set content_hash = 'x' where id = $1`,
		`update bills set makers = array[approved_by] where id = $1`} {
		if _, err := r.DB().Exec(behind, b.ID); err == nil {
			t.Errorf("the database lets %s", behind)
		}
	}
	post := func(id string) error {
		return try(r.Store, func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveBillPosting(ctx, b.ID, r.erp, staffing.Receipt{ID: id, Number: "CR-" + id})
		})
	}
	ok(t, post("9"))
	ok(t, post("9"))
	coded(t, post("10"), staffing.Conflict)
	coded(t, try(r.Store, func(ctx context.Context, tx *store.Tx) error { return tx.RefuseBill(ctx, b.ID, "late", "", "") }), staffing.Conflict)
	first := r.bill(t, r.ID)
	coded(t, try(r.Store, func(ctx context.Context, tx *store.Tx) error {
		return tx.ApproveBill(ctx, r.ID, r.approver, nil, first.ContentHash)
	}), staffing.Conflict) // the first one is approved with its placement
	rows, n, err := r.BillQueue(context.Background(), store.BillFilter{ClientID: r.ClientID, States: []string{store.BillPosted}, Kinds: []string{"delta"}, Search: "ada CR"})
	if err != nil || n != 1 || rows[0].WorkerName != "Ada Byron" || rows[0].ID != b.ID {
		t.Errorf("the queue is %+v (%d, %v)", rows, n, err)
	}
}

// The database itself holds limits and delegations, whoever asks it.
func TestTheDatabaseHoldsLimitsAndDelegations(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newReview(t)
	low, high := decimal.NewFromInt(400), decimal.NewFromInt(10000)
	ok(t, r.SetApprovalLimit(ctx, "finance", "USD", &low))
	ok(t, r.SetApprovalLimit(ctx, "admin", "USD", &high))
	boss, stranger := storetest.User(t, r.Store, "admin"), storetest.User(t, r.Store, "account_manager")
	approve := func(by uuid.UUID, instead *uuid.UUID) error {
		return try(r.Store, func(ctx context.Context, tx *store.Tx) error {
			return tx.Approve(ctx, r.ID, by, instead, r.ContentHash)
		})
	}
	b := r.delta(t, r.editor)
	coded(t, approve(r.approver, nil), staffing.Forbidden)
	coded(t, try(r.Store, func(ctx context.Context, tx *store.Tx) error {
		return tx.ApproveBill(ctx, b.ID, r.approver, nil, b.ContentHash)
	}), staffing.Forbidden)
	coded(t, approve(stranger.ID, &boss.ID), staffing.Forbidden) // nobody delegated
	d, err := r.AddDelegation(ctx, store.Delegation{FromUser: boss.ID, ToUser: stranger.ID, FromAt: time.Now().Add(time.Hour), UntilAt: time.Now().Add(2 * time.Hour), CreatedBy: boss.Email})
	ok(t, err)
	coded(t, approve(stranger.ID, &boss.ID), staffing.Forbidden) // not yet
	ok(t, r.EndDelegation(ctx, d.ID))
	_, err = r.AddDelegation(ctx, store.Delegation{FromUser: boss.ID, ToUser: stranger.ID, FromAt: time.Now().Add(-time.Hour), UntilAt: time.Now().Add(time.Hour), CreatedBy: boss.Email})
	ok(t, err)
	if now, err := r.ActiveDelegations(ctx, stranger.ID); err != nil || len(now) != 1 || now[0].FromEmail != boss.Email || now[0].FromRole != "admin" {
		t.Errorf("in force are %+v (%v)", now, err)
	}
	ok(t, approve(stranger.ID, &boss.ID))
	if p := r.now(t); p.ApprovedFor == nil || *p.ApprovedFor != boss.ID {
		t.Errorf("it is approved for %v", p.ApprovedFor)
	}
	ok(t, r.SetApprovalLimit(ctx, "finance", "USD", nil))
	ok(t, try(r.Store, func(ctx context.Context, tx *store.Tx) error {
		return tx.ApproveBill(ctx, b.ID, r.approver, nil, b.ContentHash)
	}))
	all, err := r.Delegations(ctx)
	limits, limitsErr := r.ApprovalLimits(ctx)
	if err != nil || limitsErr != nil || len(all) != 2 || len(limits) != 1 {
		t.Errorf("%+v, %+v (%v, %v)", all, limits, err, limitsErr)
	}
	coded(t, func() error {
		_, err := r.AddDelegation(ctx, store.Delegation{FromUser: boss.ID, ToUser: boss.ID, FromAt: time.Now(), UntilAt: time.Now().Add(time.Hour), CreatedBy: "x"})
		return err
	}(), staffing.Invalid)
}

func TestContractsAndPurchaseOrders(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := storetest.New(t)
	c := storetest.Client(t, s)
	floor, days := decimal.RequireFromString("18.5"), 45
	ok(t, s.SaveContract(ctx, c.ID, store.Contract{TaxRegion: "US-NY", MarginFloor: &floor, PORequired: true, BillingContactName: "Ann", BillingContactEmail: "ann@example.com", NetDays: &days, TaxPercent: &floor}))
	got, err := s.Client(ctx, c.ID)
	if err != nil || got.TaxRegion != "US-NY" || !got.MarginFloor.Equal(floor) || !got.PORequired || got.BillingContactEmail != "ann@example.com" || *got.NetDays != 45 || !got.TaxPercent.Equal(floor) {
		t.Errorf("the contract is %+v (%v)", got.Contract, err)
	}
	budget := decimal.NewFromInt(50000)
	ok(t, s.SavePurchaseOrder(ctx, store.PurchaseOrder{ClientID: c.ID, Number: "PO-1", ValidFrom: "2026-01-01", ValidTo: "2026-12-31", Amount: &budget, Currency: "USD"}))
	ok(t, s.SavePurchaseOrder(ctx, store.PurchaseOrder{ClientID: c.ID, Number: "PO-1", ValidFrom: "2026-01-01", Currency: "EUR"}))
	po, err := s.PurchaseOrder(ctx, c.ID, "PO-1")
	if err != nil || po.ValidFrom != "2026-01-01" || po.ValidTo != "" || po.Amount != nil || po.Currency != "EUR" {
		t.Errorf("the order is %+v (%v)", po, err)
	}
	coded(t, s.SavePurchaseOrder(ctx, store.PurchaseOrder{ClientID: c.ID, Number: "PO-2", ValidFrom: "2026-02-01", ValidTo: "2026-01-01"}), staffing.Invalid)
	coded(t, s.DropPurchaseOrder(ctx, uuid.New(), po.ID), staffing.NotFound)
	ok(t, s.DropPurchaseOrder(ctx, c.ID, po.ID))
	if all, err := s.PurchaseOrders(ctx, c.ID); err != nil || len(all) != 0 {
		t.Errorf("left are %+v (%v)", all, err)
	}
}
