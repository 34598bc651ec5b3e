package store_test

import (
	"context"
	"testing"

	"github.com/pressly/goose/v3"

	"github.com/tributary-hub/tributary/migrations"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// A firm that upgrades finds each placement's bill and terms in the new tables, and
// one that goes back keeps its placements.
func TestPlacementsSurviveTheirMigration(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := newReview(t)
	ok(t, r.edit(r.editor, "PO-2"))
	ok(t, r.approve(r.approver, r.now(t).ContentHash))
	ok(t, r.post("7"))
	before := r.now(t)
	goosed, err := goose.NewProvider(goose.DialectPostgres, r.DB(), migrations.FS)
	ok(t, err)
	_, err = goosed.DownTo(ctx, 6)
	ok(t, err)
	var state string
	ok(t, r.DB().QueryRow(`select state from placements where id = $1`, r.ID).Scan(&state))
	_, err = goosed.Up(ctx)
	ok(t, err)
	p, b := r.now(t), r.bill(t, r.ID)
	if state != store.PlacementPosted || p.ContentHash != before.ContentHash || p.ERPNumber != "INV-7" || p.Version != before.Version {
		t.Errorf("after down (%s) and up it is %+v", state, p)
	}
	if b.State != store.BillPosted || b.Kind != staffing.BillFirst || b.ContentHash != p.ContentHash || b.ERPNumber != "INV-7" || b.PostedAt == nil || *b.ApprovedBy != r.approver {
		t.Errorf("its bill is %+v", b)
	}
	v, err := r.CurrentTerms(ctx, r.ID)
	if err != nil || v.Version != p.Version || v.Terms.V.Purchase != "PO-2" || v.EffectiveFrom != "2026-04-06" {
		t.Errorf("its terms are %+v (%v)", v, err)
	}
}
