package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// clean is a placement that nothing is found of.
func (h *hub) clean(name, currency string) store.Placement {
	h.t.Helper()
	sub := storetest.Submission(h.t, h.store, storetest.Requisition(h.t, h.store, storetest.Connection(h.t, h.store, staffing.RoleClient)))
	return storetest.Placement(h.t, h.store, storetest.Deliver(h.t, h.store, sub), func(p *staffing.Placement) {
		p.WorkerName, p.BillRate.Currency = name, currency
	})
}

func TestABatchIsApprovedAfterOneQuestion(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	a, b := h.clean("Ada Byron", "USD"), h.clean("Grace Hopper", "EUR")
	browser := h.as(finance)
	page := browser.get("/placements").page(t)
	if n := page.Find("input[name=pick]").Length(); n != 2 {
		t.Fatalf("%d rows can be chosen", n)
	}
	pick := func(p store.Placement) string { return p.ID.String() + ":" + p.ContentHash }
	question := browser.post("/placements/approve-batch", url.Values{"pick": {pick(a), pick(b)}}).page(t)
	if title := question.Find("h1").Text(); title != "Approve 2 bills of EUR 3,800.00 and USD 3,800.00?" {
		t.Errorf("it asks %q", title)
	}
	if len(h.desk.did) != 0 {
		t.Fatalf("the question approved %q", h.desk.did)
	}
	browser.post("/placements/approve-batch", url.Values{"sure": {"yes"}, "pick": {pick(a), pick(b)}}).must(t, http.StatusOK)
	if len(h.desk.did) != 2 || !strings.HasSuffix(h.desk.did[0], a.ContentHash) || !strings.HasSuffix(h.desk.did[1], b.ContentHash) {
		t.Errorf("the desk heard %q", h.desk.did)
	}
}

func TestABatchLeavesOutWhatChangedAndWhatHasFindings(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	changed, found, edited := h.clean("Changed", "USD"), h.clean("Found", "USD"), h.clean("Edited", "USD")
	browser := h.as(finance)
	save := func(p store.Placement, tune func(*store.Placement)) {
		t.Helper()
		if err := h.store.InTx(context.Background(), func(tx *store.Tx) error {
			p, err := tx.LockPlacement(context.Background(), p.ID)
			if err != nil {
				return err
			}
			tune(&p)
			return tx.SaveTerms(context.Background(), p)
		}); err != nil {
			t.Fatal(err)
		}
	}
	save(changed, func(p *store.Placement) { p.ContentHash = "another" })
	save(found, func(p *store.Placement) {
		p.Findings = store.Doc([]staffing.Finding{{Rule: "X", Severity: staffing.SeverityWarning, Message: "look"}})
	})
	save(edited, func(p *store.Placement) { p.Editors = append(p.Editors, browser.user.ID.String()) })
	var picks []string
	for _, p := range []store.Placement{changed, found, edited} {
		picks = append(picks, p.ID.String()+":"+p.ContentHash)
	}
	text := browser.post("/placements/approve-batch", url.Values{"sure": {"yes"}, "pick": picks}).page(t).Find("main").Text()
	for _, want := range []string{"Nothing was approved", "It changed after you chose it", "It has findings", "You edited it"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if len(h.desk.did) != 0 {
		t.Errorf("the desk heard %q", h.desk.did)
	}
}

func TestTheQueueIsNarrowed(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	h.clean("Ada Byron", "USD")
	sub := storetest.Submission(t, h.store, storetest.Requisition(t, h.store, storetest.Connection(t, h.store, staffing.RoleClient)))
	storetest.Placement(t, h.store, storetest.Deliver(t, h.store, sub), func(p *staffing.Placement) {
		p.WorkerName, p.BillRate.Amount = "Grace Hopper", decimal.NewFromInt(10)
	})
	browser := h.as(finance)
	for query, want := range map[string]string{"max=1,000": "Grace Hopper", "min=1000": "Ada Byron", "sort=lowest": "Grace HopperAda Byron", "sort=highest": "Ada ByronGrace Hopper",
		"findings=blocking": "", "age=3": "", "min=nothing": "Ada ByronGrace Hopper"} {
		if got := browser.get("/placements?" + query).page(t).Find(".row-link").Text(); got != want {
			t.Errorf("?%s shows %q, want %q", query, got, want)
		}
	}
}
