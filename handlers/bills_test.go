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
)

// credit proposes to take back some of a placement's bill.
func (h *hub) credit(p store.Placement) store.Bill {
	h.t.Helper()
	n := decimal.NewFromInt(-8)
	b := store.NewBill(p, staffing.Bill{Kind: staffing.BillCredit, ClientName: "Acme", Currency: "USD", Date: "2026-05-01", Total: decimal.NewFromInt(-760),
		Lines: []staffing.BillLine{{Description: "Credit: Ada Byron", Quantity: n, Unit: staffing.Hour, UnitPrice: decimal.NewFromInt(95), Amount: decimal.NewFromInt(-760)}}})
	b.Version, b.State, b.ContentHash = p.Version, store.BillAwaitingReview, "credit-hash"
	if err := h.store.InTx(context.Background(), func(tx *store.Tx) error { return tx.InsertBill(context.Background(), b) }); err != nil {
		h.t.Fatal(err)
	}
	return b
}

func TestALaterBillIsDecidedOnThePageOfItsPlacement(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	p := h.clean("Ada Byron", "USD")
	b := h.credit(p)
	browser := h.as(finance)
	path := "/placements/" + p.ID.String()
	if href, _ := browser.get("/placements").page(t).Find(".row-link").Eq(1).Attr("href"); href != path+"#bill-"+b.ID.String() {
		t.Errorf("the queue leads to %q", href)
	}
	page := browser.get(path).page(t)
	card := page.Find("#bill-" + b.ID.String())
	if text := card.Text(); !strings.Contains(text, "Credit of USD -760.00") || !strings.Contains(text, "As Finance gets it") {
		t.Errorf("the bill reads %q", text)
	}
	browser.post(path+"/bills/"+b.ID.String()+"/approve", url.Values{"hash": {"credit-hash"}}).must(t, http.StatusSeeOther)
	browser.post(path+"/bills/"+b.ID.String()+"/refuse", url.Values{"reason": {"no"}}).must(t, http.StatusSeeOther)
	browser.post("/placements/"+h.clean("Else", "USD").ID.String()+"/bills/"+b.ID.String()+"/refuse", url.Values{"reason": {"no"}}).must(t, http.StatusNotFound)
	want := "approve bill " + browser.user.Email + " " + b.ID.String() + " credit-hash|refuse bill " + browser.user.Email + " no"
	if got := strings.Join(h.desk.did, "|"); got != want {
		t.Errorf("the desk heard %q, want %q", got, want)
	}
}

func TestAChangeIsProposedAfterItsAmountsWereShown(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	p := h.clean("Ada Byron", "USD")
	h.desk.amended = staffing.Amended{Bills: []staffing.Bill{{Kind: staffing.BillCredit, Currency: "USD", Total: decimal.NewFromInt(-760)}, {Kind: staffing.BillRebill, Currency: "USD", Total: decimal.NewFromInt(792)}},
		Findings: []staffing.Finding{{Rule: "PERIOD_CLOSED", Severity: staffing.SeverityWarning, Message: "April is closed"}}}
	browser := h.as(accountManager)
	path := "/placements/" + p.ID.String()
	form := url.Values{"what": {"bill_rate"}, "value": {"99"}, "from": {"2026-04-20"}, "reason": {"agreed by mail"}, "do": {"preview"}}
	text := browser.post(path+"/amend", form).page(t).Find("#preview").Text()
	for _, want := range []string{"USD -760.00", "USD 792.00", "Re-bill", "April is closed.", "Propose it"} {
		if !strings.Contains(text, want) {
			t.Errorf("the preview does not say %q", want)
		}
	}
	if len(h.desk.did) != 0 {
		t.Errorf("the preview did %q", h.desk.did)
	}
	form.Set("do", "propose")
	browser.post(path+"/amend", form).must(t, http.StatusSeeOther)
	if got := strings.Join(h.desk.did, "|"); got != "amend "+browser.user.Email+" amendment 2026-04-20 map[bill_rate:99] agreed by mail" {
		t.Errorf("the desk heard %q", got)
	}
	form.Del("reason")
	if text := browser.post(path+"/amend", form).must(t, http.StatusUnprocessableEntity).page(t).Find("[role=alert]").Text(); !strings.Contains(text, "A reason is needed") {
		t.Errorf("without a reason it says %q", text)
	}
}

func TestWhoOfFinanceSawAVersionIsKeptOnce(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	p := h.clean("Ada Byron", "USD")
	browser, other := h.as(finance), h.as(accountManager)
	for range 3 {
		browser.get("/placements/"+p.ID.String()).must(t, http.StatusOK)
		other.get("/placements/"+p.ID.String()).must(t, http.StatusOK)
	}
	entries, _, err := h.store.AuditLog(context.Background(), store.AuditFilter{Action: actionViewed, ID: p.ID.String()})
	if err != nil || len(entries) != 1 || entries[0].Actor != browser.user.Email {
		t.Errorf("the log holds %+v, %v", entries, err)
	}
}
