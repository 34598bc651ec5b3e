package jobs

import (
	"slices"
	"testing"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
)

// Who chooses the customer decides where the money is asked for, so another person
// approves; what waits is worked out anew, what is posted stays.
func TestWhoChoosesTheCustomerApprovesNoneOfItsBills(t *testing.T) {
	b := newBench(t)
	posted := b.waitingPlacement()
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, posted.ID, posted.ContentHash))
	b.placement(posted.SubmissionID, store.PlacementPosted)
	p := b.waitingPlacement()
	n, err := b.hub.Desk().ChooseBooks(b.ctx, b.finance, p.ClientID, store.ClientBooks{ERPCustomer: "NRB-7", ItemTime: "TEMP", ItemFee: "FEE"})
	b.must(err)
	now, err := b.store.Placement(b.ctx, p.ID)
	b.must(err)
	if bill := now.Bill.V; n != 1 || bill.ClientCode != "NRB-7" || bill.Item != "TEMP" || now.ContentHash == p.ContentHash {
		t.Errorf("%d were worked out anew; the bill goes to %s for %q", n, bill.ClientCode, bill.Item)
	}
	if old, err := b.store.Placement(b.ctx, posted.ID); err != nil || old.Bill.V.ClientCode == "NRB-7" || old.State != store.PlacementPosted {
		t.Errorf("the posted one is %s, for %s (%v)", old.State, old.Bill.V.ClientCode, err)
	}
	if !slices.Contains(now.Makers, b.finance.ID.String()) {
		t.Errorf("who chose is not among %v", now.Makers)
	}
	if err := b.hub.Desk().Approve(b.ctx, b.finance, p.ID, now.ContentHash); staffing.CodeOf(err) != staffing.Forbidden {
		t.Errorf("who chose the customer approves: %v", err)
	}
	if err := b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash); err == nil {
		t.Error("what is no more is approved")
	}
}

// Items go by what a line is: time or a fee.
func TestABillNamesTheItemOfItsLines(t *testing.T) {
	t.Parallel()
	c := store.Client{Code: "NR", ClientBooks: store.ClientBooks{ItemTime: "TEMP", ItemFee: "FEE"}}
	for unit, want := range map[staffing.Unit]string{staffing.Hour: "TEMP", staffing.Month: "TEMP", staffing.Flat: "FEE"} {
		bill := staffing.Bill{Lines: []staffing.BillLine{{Unit: unit}}}
		c.Address(&bill)
		if bill.Item != want || bill.ClientCode != "NR" {
			t.Errorf("a line by %s sells %q to %s", unit, bill.Item, bill.ClientCode)
		}
	}
}
