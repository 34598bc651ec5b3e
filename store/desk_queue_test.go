package store_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// later adds a bill that is not the first.
func (r review) later(t *testing.T, kind staffing.BillKind, state string, total int64) store.Bill {
	t.Helper()
	b := store.NewBill(r.Placement, staffing.Bill{Kind: kind, ClientCode: "c", ClientName: "C", Currency: "USD", Date: "2026-05-01",
		Lines: []staffing.BillLine{{Description: "x", Quantity: decimal.NewFromInt(1), Amount: decimal.NewFromInt(total)}}, Total: decimal.NewFromInt(total)})
	b.Version, b.State, b.ContentHash = r.Version, state, "hash-"+string(kind)
	ok(t, try(r.Store, func(ctx context.Context, tx *store.Tx) error { return tx.InsertBill(ctx, b) }))
	return b
}

func TestTheDeskQueueHoldsPlacementsAndLaterBills(t *testing.T) {
	t.Parallel()
	r := newReview(t)
	credit := r.later(t, staffing.BillCredit, store.BillAwaitingReview, -900)
	r.later(t, staffing.BillRebill, store.BillProposed, 1200)
	ctx := context.Background()
	ids := func(f store.DeskFilter) (out []string) {
		t.Helper()
		rows, total, err := r.DeskQueue(ctx, f)
		ok(t, err)
		if total != len(rows) {
			t.Errorf("%d of %d rows", len(rows), total)
		}
		for _, row := range rows {
			out = append(out, string(row.Kind))
		}
		return out
	}
	limit := decimal.NewFromInt(1000)
	for name, c := range map[string]struct {
		filter store.DeskFilter
		want   []string
	}{
		"the oldest come first":                      {store.DeskFilter{State: store.PlacementAwaitingReview}, []string{"first", "credit"}},
		"a credit is as large as what it takes back": {store.DeskFilter{State: store.PlacementAwaitingReview, Order: store.DeskLowest}, []string{"credit", "first"}},
		"the highest amount first":                   {store.DeskFilter{State: store.PlacementAwaitingReview, Order: store.DeskHighest}, []string{"first", "credit"}},
		"at most an amount":                          {store.DeskFilter{State: store.PlacementAwaitingReview, Max: &limit}, []string{"credit"}},
		"at least an amount":                         {store.DeskFilter{State: store.PlacementAwaitingReview, Min: &limit}, []string{"first"}},
		"by findings":                                {store.DeskFilter{Findings: store.FindingsBlocking}, nil},
		"by age":                                     {store.DeskFilter{Before: time.Now().Add(-time.Hour)}, nil},
		"by client":                                  {store.DeskFilter{ClientID: r.ClientID, State: store.PlacementNeedsAttention}, []string{"rebill"}},
	} {
		if got := ids(c.filter); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	ok(t, try(r.Store, func(ctx context.Context, tx *store.Tx) error { return tx.RefuseBill(ctx, credit.ID, "wrong", "", "") }))
	counts, err := r.DeskCounts(ctx)
	ok(t, err)
	if counts[store.PlacementAwaitingReview] != 1 || counts[store.PlacementNeedsAttention] != 1 {
		t.Errorf("a refused bill stays on the desk: %v", counts)
	}
}
