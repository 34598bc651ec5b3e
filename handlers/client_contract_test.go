package handlers

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

func TestFinanceKeepsTheContractOfAClient(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c := storetest.Client(t, h.store)
	path := "/clients/" + c.ID.String()
	browser := h.as(finance)
	h.as(accountManager).post(path+"/contract", url.Values{"net_days": {"30"}}).must(t, http.StatusForbidden)
	bad := browser.post(path+"/contract", url.Values{"margin_floor": {"120"}, "tax_percent": {"VAT"}, "contact_email": {"nobody"}, "net_days": {"soon"}}).must(t, http.StatusUnprocessableEntity).page(t)
	if n := bad.Find(".is-invalid").Length(); n != 4 {
		t.Errorf("%d fields are marked", n)
	}
	browser.post(path+"/contract", url.Values{"margin_floor": {"17.5"}, "po_required": {"yes"}, "contact_email": {"ap@acme.test"}, "net_days": {"30"}, "tax_region": {"US-TX"}, "tax_percent": {"8.25"}}).must(t, http.StatusSeeOther)
	got, err := h.store.Client(context.Background(), c.ID)
	if err != nil || decimalText(got.MarginFloor) != "17.5" || decimalText(got.TaxPercent) != "8.25" || !got.PORequired || value(got.NetDays) != 30 || got.TaxRegion != "US-TX" {
		t.Errorf("the contract is %+v, %v", got.Contract, err)
	}
}

func TestPurchaseOrdersArePastedOrRefusedByLine(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	c := storetest.Client(t, h.store)
	path := "/clients/" + c.ID.String() + "/orders"
	browser := h.as(finance)
	text := browser.post(path+"/csv", url.Values{"csv": {"number,from,to,amount,currency\nPO-1,2026-01-01,2026-12-31,\"12,000\",USD\nPO-2,tomorrow,,,\nPO-3,,,many,USD"}}).must(t, http.StatusUnprocessableEntity).page(t).Find("[role=alert]").Text()
	for _, want := range []string{"Line 3: a date has the form", `Line 4: "many" is no amount`, "Nothing was saved"} {
		if !strings.Contains(text, want) {
			t.Errorf("it says %q, not %q", text, want)
		}
	}
	browser.post(path+"/csv", url.Values{"csv": {"PO-1,2026-01-01,2026-12-31,\"12,000\",USD\nPO-2"}}).must(t, http.StatusSeeOther)
	browser.post(path, url.Values{"number": {"PO-2"}, "amount": {"50"}, "po_currency": {"eur"}}).must(t, http.StatusSeeOther)
	orders, err := h.store.PurchaseOrders(context.Background(), c.ID)
	if err != nil || len(orders) != 2 || orders[0].Amount.String() != "12000" || orders[1].Currency != "EUR" {
		t.Fatalf("the orders are %+v, %v", orders, err)
	}
	browser.post(path+"/"+orders[0].ID.String()+"/drop", nil).must(t, http.StatusSeeOther)
	if text := browser.get("/clients/" + c.ID.String()).page(t).Find("main").Text(); strings.Contains(text, "PO-1") || !strings.Contains(text, "EUR 50.00") {
		t.Error("the page shows other orders")
	}
}

func TestLimitsAreSetByAdminsAndDelegatesByThemselves(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	boss, browser, other := h.as(admin), h.as(finance), h.as(finance)
	browser.post("/approvals/limits", url.Values{"role": {"finance"}, "currency": {"USD"}, "amount": {"5,000"}}).must(t, http.StatusForbidden)
	boss.post("/approvals/limits", url.Values{"role": {"operator"}, "currency": {"USD"}, "amount": {"5,000"}}).must(t, http.StatusUnprocessableEntity)
	boss.post("/approvals/limits", url.Values{"role": {"finance"}, "currency": {"usd"}, "amount": {"5,000"}}).must(t, http.StatusSeeOther)
	form := url.Values{"to": {boss.user.ID.String()}, "from": {"2020-01-01"}, "until": {"2099-12-31"}}
	browser.post("/approvals/delegations", url.Values{"to": {browser.user.ID.String()}, "from": {"2020-01-01"}, "until": {"2099-12-31"}}).must(t, http.StatusUnprocessableEntity)
	browser.post("/approvals/delegations", url.Values{"to": form["to"], "from": {"2020-01-01"}, "until": {"2020-01-31"}}).must(t, http.StatusUnprocessableEntity)
	browser.post("/approvals/delegations", form).must(t, http.StatusSeeOther)
	text := other.get("/approvals").page(t).Find("main").Text()
	if !strings.Contains(text, "5,000.00") || !strings.Contains(text, "Holds now") {
		t.Errorf("the page reads %q", text)
	}
	list, err := h.store.Delegations(context.Background())
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	other.post("/approvals/delegations/"+list[0].ID.String()+"/end", nil).must(t, http.StatusForbidden)
	browser.post("/approvals/delegations/"+list[0].ID.String()+"/end", nil).must(t, http.StatusSeeOther)
	entries, _, err := h.store.AuditLog(context.Background(), store.AuditFilter{Action: "delegation."})
	if err != nil || len(entries) != 2 {
		t.Errorf("the log holds %+v, %v", entries, err)
	}
}
