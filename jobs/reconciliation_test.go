package jobs

import (
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// compared begins a comparison of all days and waits for its end.
func (b *bench) compared() (store.Reconciliation, map[string]store.ReconciliationLine) {
	b.t.Helper()
	var rec store.Reconciliation
	b.tx(func(tx *store.Tx) (err error) {
		if rec, err = tx.InsertReconciliation(b.ctx, store.Reconciliation{From: "2020-01-01", To: "2040-12-31", CreatedBy: "finn"}); err != nil {
			return err
		}
		return b.hub.Reconcile(b.ctx, tx, rec.ID)
	})
	b.eventually("the comparison ends", func() string {
		now, err := b.store.Reconciliation(b.ctx, rec.ID)
		b.must(err)
		rec = now
		return missing(rec.State != store.ReconciliationRunning)
	})
	lines, err := b.store.ReconciliationLines(b.ctx, rec.ID)
	b.must(err)
	out := map[string]store.ReconciliationLine{}
	for _, l := range lines {
		out[l.PlacementID.String()] = l
	}
	return rec, out
}

func TestAComparisonTellsWhatTheBooksSayOtherwise(t *testing.T) {
	b := newBench(t)
	ids := map[string]string{}
	for _, name := range []string{"same", "renumbered", "gone", "cheaper"} {
		p := b.waitingPlacement()
		ids[name] = p.ID.String()
		b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	}
	waiting := b.waitingPlacement()
	b.eventually("all are posted", func() string {
		counts, err := b.store.PlacementCounts(b.ctx)
		b.must(err)
		return missing(counts[store.PlacementPosted] == 4)
	})
	b.erp.mu.Lock()
	for name, change := range map[string]func(*staffing.Receipt){
		"same":       func(rc *staffing.Receipt) { rc.Extra = map[string]string{"untaxed": "3800.00", "currency": "USD"} },
		"renumbered": func(rc *staffing.Receipt) { rc.Number = "INV-9000" },
		"cheaper": func(rc *staffing.Receipt) {
			rc.Extra = map[string]string{"total": decimal.NewFromInt(110).String(), "tax": "10", "currency": "EUR"}
		},
	} {
		rc := b.erp.bills[ids[name]]
		change(&rc)
		b.erp.bills[ids[name]] = rc
	}
	delete(b.erp.bills, ids["gone"])
	b.erp.mu.Unlock()
	rec, found := b.compared()
	if rec.State != store.ReconciliationDone || rec.ERP == "" {
		t.Errorf("it ended as %s (%s) at %q", rec.State, rec.Error, rec.ERP)
	}
	for name, want := range map[string]string{"same": store.InBoth, "renumbered": store.Different, "gone": store.OnlyHere, "cheaper": store.Different} {
		if got := found[ids[name]]; got.Result != want {
			t.Errorf("%s: %q, want %q: %+v %s", name, got.Result, want, got.Differences.V, got.Note)
		}
	}
	if d := found[ids["cheaper"]].Differences.V; len(d) != 2 || d[0].Field != "currency" || d[1].There != "100" {
		t.Errorf("the cheaper one differs in %+v", d)
	}
	if l := found[waiting.ID.String()]; l.Result != store.OnlyHere || l.Note != "It waits for review." {
		t.Errorf("the one that waits: %+v", l)
	}
	if n := len(b.erp.made("bill", ids["gone"])); n != 1 {
		t.Errorf("comparing made a bill: %d", n)
	}
}

func TestAComparisonGoesOnAfterAnOutageAndFailsInWords(t *testing.T) {
	b := newBench(t)
	p := b.waitingPlacement()
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	b.placement(p.SubmissionID, store.PlacementPosted)
	b.erp.next("find bill", refuses(staffing.Unavailable))
	if rec, found := b.compared(); rec.State != store.ReconciliationDone || found[p.ID.String()].Result != store.InBoth {
		t.Errorf("after an outage: %s %s, %+v", rec.State, rec.Error, found)
	}
	b.erp.next("find bill", refuses(staffing.Forbidden))
	if rec, _ := b.compared(); rec.State != store.ReconciliationFailed || rec.Error == "" {
		t.Errorf("without the right to look: %s %q", rec.State, rec.Error)
	}
}
