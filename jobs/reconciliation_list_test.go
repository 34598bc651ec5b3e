package jobs

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// The ERP's own list shows what somebody typed for a client beside the hub, and what
// the hub has forgotten. What is of others is nobody's business here.
func TestAComparisonTellsWhatOnlyTheBooksHave(t *testing.T) {
	b := newBench(t)
	p := b.waitingPlacement()
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	b.placement(p.SubmissionID, store.PlacementPosted)
	client, err := b.store.Client(b.ctx, p.ClientID)
	b.must(err)
	in := func(id, key, customer string) staffing.BillingRecord {
		return staffing.BillingRecord{Receipt: staffing.Receipt{ID: id, Number: "N-" + id, Extra: map[string]string{"untaxed": "100.00", "currency": "USD"}}, Key: key,
			CustomerCode: customer, CustomerName: customer, Date: "2026-04-06"}
	}
	b.erp.mu.Lock()
	ours := b.erp.bills[p.ID.String()]
	b.erp.list = []staffing.BillingRecord{in(ours.ID, p.ID.String(), client.Code), in("90", "", client.Code), in("91", "", "SOMEBODY ELSE"),
		in("92", uuid.NewString(), "SOMEBODY ELSE"), in("93", "an order of theirs", "SOMEBODY ELSE"), in("94", "", strings.ToUpper(client.Name)), in(ours.ID, "its reference was edited", client.Code)}
	b.erp.mu.Unlock()
	rec, found := b.compared()
	if rec.State != store.ReconciliationDone || !rec.CanList || rec.CutOff || found[p.ID.String()].Result != store.InBoth {
		t.Errorf("it ended as %+v with %+v", rec, found)
	}
	strays, err := b.store.ReconciliationStrays(b.ctx, rec.ID)
	b.must(err)
	var ids []string
	for _, s := range strays {
		ids = append(ids, s.ERPID)
	}
	if !slices.Equal(ids, []string{"90", "92", "94"}) {
		t.Errorf("only there are %v", ids)
	}
	if s := strays[0]; s.ClientID == nil || *s.ClientID != p.ClientID || s.Untaxed == nil || s.Untaxed.String() != "100" || s.Day != "2026-04-06" {
		t.Errorf("the one of the client is %+v", s)
	}
	b.erp.next("list bills", refuses(staffing.Forbidden))
	if rec, _ := b.compared(); rec.State != store.ReconciliationFailed || rec.Error == "" {
		t.Errorf("without the right to list: %s %q", rec.State, rec.Error)
	}
}
