package handlers

import (
	"bytes"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/api"
	"github.com/tributary-hub/tributary/internal/apitoken"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// addDesk adds a purchase order, and a comparison that found the bill to differ.
func (w *restWorld) addDesk(h *restHub) {
	h.t.Helper()
	ctx := context.Background()
	noError(h.t, h.store.InTx(ctx, func(tx *store.Tx) (err error) {
		if err := tx.SavePurchaseOrder(ctx, store.PurchaseOrder{ClientID: w.client.ID, Number: "PO/47 11%", ValidFrom: "2026-01-01"}); err != nil {
			return err
		}
		if w.compared, err = tx.InsertReconciliation(ctx, store.Reconciliation{From: "2026-04-01", To: "2026-04-30", CreatedBy: "finn"}); err != nil {
			return err
		}
		row := store.ReconciliationRow{ReconciliationID: w.compared.ID, BillID: w.placement.ID, Result: store.Different, ERPNumber: "INV-7",
			Differences: store.Doc([]store.FieldDifference{{Field: "amount", Here: "3800", There: "3700"}})}
		if err := tx.SaveReconciliationRow(ctx, row); err != nil {
			return err
		}
		w.compared.State, w.compared.ERP = store.ReconciliationDone, "The books"
		return tx.EndReconciliation(ctx, w.compared)
	}))
}

// post makes the placement one whose first bill is in the ERP.
func (w restWorld) post(h *restHub) {
	h.t.Helper()
	w.approve(h)
	erp := storetest.Connection(h.t, h.store, staffing.RoleERP)
	noError(h.t, h.store.InTx(context.Background(), func(tx *store.Tx) error {
		return tx.SavePosting(context.Background(), w.placement.ID, erp.ID, staffing.Receipt{ID: "7", Number: "INV-7", URL: "https://books.test/7"})
	}))
}

func restDeskCases() map[string]restCase {
	placement := func(w restWorld) uuid.UUID { return w.placement.ID }
	client := func(w restWorld) uuid.UUID { return w.client.ID }
	post := func(h *restHub, w restWorld) { w.post(h) }
	raise := restBody(map[string]any{"kind": "amendment", "effective_from": "2026-07-06", "changes": map[string]any{"bill_rate": "98.80"}, "reason": "Agreed by phone."})
	order := restPath("/clients/{id}/purchase-orders/PO%2F47%2011%25", client)
	return map[string]restCase{
		"listPlacementVersions": {path: restPath("/placements/{id}/versions", placement)},
		"listPlacementBills":    {path: restPath("/placements/{id}/bills", placement)},
		"previewAmendment":      {path: restPath("/placements/{id}/amendments/preview", placement), body: raise, before: post},
		"amendPlacement":        {path: restPath("/placements/{id}/amendments", placement), body: raise, before: post, status: 201, audited: "placement.amended"},
		"listBills":             {},
		"getBill":               {path: restPath("/bills/{id}", placement)},
		"listApprovalLimits":    {},
		"listDelegations":       {},
		"listReconciliations":   {},
		"startReconciliation": {body: restBody(map[string]any{"from": "2026-04-01", "to": "2026-04-30"}), status: 202, audited: "reconciliation.started",
			queued: func(restWorld) string { return "reconcile" }},
		"getReconciliation":   {path: restPath("/reconciliations/{id}", func(w restWorld) uuid.UUID { return w.compared.ID })},
		"listClosedPeriods":   {},
		"getContract":         {path: restPath("/clients/{id}/contract", client)},
		"putContract":         {path: restPath("/clients/{id}/contract", client), body: restBody(map[string]any{"net_days": 30}), audited: "client.contract_changed"},
		"listPurchaseOrders":  {path: restPath("/clients/{id}/purchase-orders", client)},
		"getPurchaseOrder":    {path: order},
		"putPurchaseOrder":    {path: order, body: restBody(map[string]any{"valid_to": "2026-12-31"}), audited: "client.orders_changed"},
		"deletePurchaseOrder": {path: order, status: 204, audited: "client.order_removed"},
	}
}

func TestAPlacementIsToldWithWhatWasHeldAgainstIt(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	ctx := context.Background()
	noError(t, h.store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.LockPlacement(ctx, w.placement.ID)
		if err != nil {
			return err
		}
		p.Provenance = store.Doc(store.Provenance{"bill_rate": {Path: "rate.amount", ProfileVersion: 1}})
		p.Checks = store.Doc([]staffing.Check{{Code: "MARGIN_FLOOR", Result: staffing.CheckWarn, Message: "The margin is 12.", Field: "bill_rate"}})
		p.Findings = store.Doc([]staffing.Finding{{Rule: "MARGIN_FLOOR", Severity: staffing.SeverityWarning, Message: "The margin is 12."}})
		return tx.SaveTerms(ctx, p)
	}))
	token := h.token(apitoken.ScopeRead)
	var got api.Placement
	h.want(h.call("GET", "/placements/"+w.placement.ID.String(), token, nil), http.StatusOK).into(t, &got)
	if got.Provenance["bill_rate"].Path != "rate.amount" || len(got.Checks) != 1 || got.Checks[0].Result != staffing.CheckWarn || len(got.Findings) != 1 {
		t.Errorf("the placement has %+v, %+v, %+v", got.Provenance, got.Checks, got.Findings)
	}
	var bill api.BillRecord
	h.want(h.call("GET", "/bills/"+w.placement.ID.String(), token, nil), http.StatusOK).into(t, &bill)
	if len(bill.Checks) != 1 || bill.Kind != staffing.BillFirst || len(bill.Bill.Lines) != 1 || bill.ContentHash != got.ContentHash {
		t.Errorf("its bill is %+v", bill)
	}
}

func TestATokenProposesAndAPersonOtherThanItsIssuerApproves(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	w.post(h)
	ctx := context.Background()
	issuer := storetest.User(t, h.store, admin, func(u *store.User) { u.Email = "admin@example.com" }) // as restHub issues
	path, token := "/placements/"+w.placement.ID.String(), h.token(apitoken.ScopeRead, apitoken.ScopePlacements)
	raise := map[string]any{"kind": "amendment", "effective_from": "2026-07-06", "changes": map[string]any{"bill_rate": "98.80"}, "reason": "Agreed by phone."}
	var got api.AmendmentResult
	h.want(h.call("POST", path+"/amendments", token, raise), http.StatusCreated).into(t, &got)
	if got.Version.Author != "token:robot" || got.Version.Kind != staffing.VersionAmendment || got.Version.Provenance["bill_rate"].Person != "token:robot" || len(got.Bills) != 1 {
		t.Fatalf("the amendment gives %+v", got)
	}
	var bill api.BillRecord
	h.want(h.call("GET", "/bills/"+got.Bills[0].ID.String(), token, nil), http.StatusOK).into(t, &bill)
	if bill.State != "awaiting_review" || bill.Kind != staffing.BillDelta || bill.Total.String() != "152" || bill.ApproverName != "" {
		t.Errorf("the bill is %+v", bill)
	}
	approve := func(by store.User) error {
		return h.store.InTx(ctx, func(tx *store.Tx) error { return tx.ApproveBill(ctx, bill.ID, by.ID, nil, bill.ContentHash) })
	}
	if err := approve(issuer); staffing.CodeOf(err) != staffing.Forbidden {
		t.Errorf("who issued the token approves what it proposed: %v", err)
	}
	other := storetest.User(t, h.store, finance)
	noError(t, approve(other))
	h.want(h.call("GET", "/bills/"+bill.ID.String(), token, nil), http.StatusOK).into(t, &bill)
	if bill.State != "approved" || bill.ApproverName != other.Name {
		t.Errorf("the bill is %s by %q", bill.State, bill.ApproverName)
	}
	var versions api.PlacementVersionList
	h.want(h.call("GET", path+"/versions", token, nil), http.StatusOK).into(t, &versions)
	if len(versions.Items) != 2 || versions.Items[0].EffectiveFrom != "2026-07-06" || versions.Items[1].Kind != staffing.VersionHire {
		t.Errorf("the versions are %+v", versions.Items)
	}
	var bills api.BillList
	h.want(h.call("GET", path+"/bills", token, nil), http.StatusOK).into(t, &bills)
	if len(bills.Items) != 2 || bills.Items[0].ERPNumber != "INV-7" || bills.Items[0].State != "posted" || bills.Items[1].ID != bill.ID {
		t.Errorf("the bills are %+v", bills.Items)
	}
}

func TestNoOperationMakesABillApproved(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	var all []string
	for _, s := range apitoken.Scopes() {
		all = append(all, s.Name)
	}
	token, path := h.token(all...), "/placements/"+w.placement.ID.String()
	for _, address := range []string{path + "/approve", "/bills/" + w.placement.ID.String() + "/approve", "/bills/" + w.placement.ID.String() + "/refuse", path + "/corrections", path + "/recheck"} {
		h.refused(h.want(h.call("POST", address, token, map[string]any{"hash": w.placement.ContentHash}), http.StatusNotFound), staffing.NotFound, "")
	}
	for address, body := range map[string]any{"/bills/" + w.placement.ID.String(): map[string]any{"state": "approved"}, "/approval-limits": map[string]any{"role": finance}, "/delegations": map[string]any{"to_user": w.client.ID}} {
		for _, method := range []string{"PUT", "PATCH", "POST", "DELETE"} {
			h.want(h.call(method, address, token, body), http.StatusMethodNotAllowed)
		}
	}
	for _, sub := range []string{"/amendments", "/amendments/preview"} {
		for _, body := range []map[string]any{{"kind": "correction"}, {"kind": "hire"}, {"kind": "amendment", "state": "approved"}} {
			body["reason"] = "let me in"
			if a := h.call("POST", path+sub, token, body); a.status != http.StatusUnprocessableEntity {
				t.Errorf("%s %v: %d %s", sub, body, a.status, a.body)
			}
		}
	}
	bills, err := h.store.Bills(context.Background(), w.placement.ID)
	noError(t, err)
	if len(bills) != 1 || bills[0].State != store.BillAwaitingReview || bills[0].ApprovedBy != nil {
		t.Errorf("the bills are %+v", bills)
	}
}

func TestAnAmendmentThatCannotBeSaysWhy(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token, path := h.token(apitoken.ScopePlacements), "/placements/"+w.placement.ID.String()+"/amendments"
	good := map[string]any{"kind": "amendment", "effective_from": "2026-07-06", "changes": map[string]any{"bill_rate": "98.80"}, "reason": "Agreed by phone."}
	for _, at := range []string{path, path + "/preview"} {
		a := h.want(h.call("POST", at, token, good), http.StatusConflict)
		h.refused(a, staffing.Conflict, "")
		if !bytes.Contains(a.body, []byte("a person corrects its terms")) {
			t.Errorf("before the first bill is posted: %s", a.body)
		}
	}
	for name, c := range map[string]struct {
		field, says string
		body        map[string]any
	}{
		"a term that is none":            {"changes.salary", "the terms are end_date, bill_rate", map[string]any{"kind": "amendment", "changes": map[string]any{"salary": "9"}}},
		"a cancellation with changes":    {"changes", "leave them out", map[string]any{"kind": "cancellation", "changes": map[string]any{"bill_rate": "9"}}},
		"an early end without a day":     {"changes.end_date", "needs the last day", map[string]any{"kind": "early_end", "effective_from": "2026-07-06"}},
		"an amendment of nothing":        {"changes", "changes a term", map[string]any{"kind": "amendment"}},
		"a correction":                   {"kind", "one of amendment, early_end", map[string]any{"kind": "correction", "changes": map[string]any{"bill_rate": "9"}}},
		"a change that is no text":       {"changes.bill_rate", "string", map[string]any{"kind": "amendment", "changes": map[string]any{"bill_rate": 9}}},
		"a reason that says nothing":     {"reason", "reason", map[string]any{"kind": "no_show", "reason": "x"}},
		"a member that the API has not ": {"approve", "no such member", map[string]any{"kind": "no_show", "approve": true}},
	} {
		if c.body["reason"] == nil {
			c.body["reason"] = "Agreed by phone."
		}
		a := h.want(h.call("POST", path, token, c.body), http.StatusUnprocessableEntity)
		h.refused(a, staffing.Invalid, c.field)
		if !strings.Contains(a.problem(t).Detail, c.says) {
			t.Errorf("%s: %s", name, a.body)
		}
	}
	w.post(h)
	h.desk.err = &staffing.Error{Code: staffing.Invalid, Field: "bill_rate", Message: "The amount must be more than zero."}
	h.refused(h.want(h.call("POST", path, token, good), http.StatusUnprocessableEntity), staffing.Invalid, "changes.bill_rate")
	h.refused(h.want(h.call("POST", path+"/preview", token, good), http.StatusUnprocessableEntity), staffing.Invalid, "changes.bill_rate")
}

func TestAPlacementThatWasTakenBackTakesNoAmendment(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	ctx := context.Background()
	noError(t, h.store.InTx(ctx, func(tx *store.Tx) error {
		p, err := tx.LockPlacement(ctx, w.placement.ID)
		if err != nil {
			return err
		}
		p.State, p.Change = store.PlacementCancelled, store.Change{Kind: staffing.VersionCancellation}
		return tx.SaveTerms(ctx, p)
	}))
	a := h.want(h.call("POST", "/placements/"+w.placement.ID.String()+"/amendments", h.token(apitoken.ScopePlacements), map[string]any{"kind": "no_show", "reason": "Never came."}), http.StatusConflict)
	h.refused(a, staffing.Conflict, "")
	if !strings.Contains(a.problem(t).Detail, "taken back") || len(h.audited()) != 0 {
		t.Errorf("it says %s", a.body)
	}
}

func TestAPreviewTellsBillsAndWhatBlocks(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	w.post(h)
	h.desk.amended = staffing.Amended{Bills: []staffing.Bill{{Kind: staffing.BillCredit, Currency: "USD", Lines: []staffing.BillLine{{Quantity: decimal.NewFromInt(8), Unit: staffing.Hour}}, Total: decimal.NewFromInt(-760)}},
		Findings: []staffing.Finding{{Rule: "PERIOD_CLOSED", Severity: staffing.SeverityWarning, Message: "April is closed."}}}
	path, token := "/placements/"+w.placement.ID.String()+"/amendments/preview", h.token(apitoken.ScopePlacements)
	body := map[string]any{"kind": "cancellation"}
	var got api.AmendmentPreview
	h.want(h.call("POST", path, token, body), http.StatusOK).into(t, &got)
	if len(got.Bills) != 1 || got.Bills[0].Total.String() != "-760" || got.Blocked || len(got.Findings) != 1 {
		t.Errorf("the preview is %+v", got)
	}
	h.desk.amended.Findings[0].Severity = staffing.SeverityError
	h.want(h.call("POST", path, token, body), http.StatusOK).into(t, &got)
	if !got.Blocked || len(h.audited()) != 0 {
		t.Errorf("the preview is %+v", got)
	}
}

func TestBillsAreNarrowed(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	other := storetest.Placement(t, h.store, storetest.Submission(t, h.store, storetest.Requisition(t, h.store, storetest.Connection(t, h.store, staffing.RoleClient))))
	token := h.token(apitoken.ScopeRead)
	for query, want := range map[string][]uuid.UUID{
		"":                                      {w.placement.ID, other.ID},
		"?limit=1":                              {w.placement.ID},
		"?limit=1&offset=1":                     {other.ID},
		"?client_id=" + w.client.ID.String():    {w.placement.ID},
		"?state=posted":                         nil,
		"?state=posted&state=awaiting_review":   {w.placement.ID, other.ID},
		"?kind=credit":                          nil,
		"?kind=credit&kind=first&q=byron":       {w.placement.ID, other.ID},
		"?q=nobody":                             nil,
		"?client_id=" + store.NewID().String():  nil,
		"?client_id=" + other.ClientID.String(): {other.ID},
	} {
		var page api.BillPage
		h.want(h.call("GET", "/bills"+query, token, nil), http.StatusOK).into(t, &page)
		var got []uuid.UUID
		for _, b := range page.Items {
			got = append(got, b.ID)
		}
		if len(got) != len(want) || (len(want) > 0 && got[0] != want[0]) {
			t.Errorf("%q lists %v, want %v", query, got, want)
		}
	}
	for query, field := range map[string]string{"?state=gone": "state.0", "?kind=all": "kind.0", "?client_id=4711": "client_id", "?limit=0": "limit"} {
		h.refused(h.want(h.call("GET", "/bills"+query, token, nil), http.StatusUnprocessableEntity), staffing.Invalid, field)
	}
}

func TestAContractIsKeptWhole(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token, path := h.token(apitoken.ScopeRead, apitoken.ScopePlacements), "/clients/"+w.client.ID.String()+"/contract"
	var got api.ClientContract
	full := map[string]any{"tax_region": "US-TX", "margin_floor": "17.5", "po_required": true, "billing_contact_name": "Ann Lee", "billing_contact_email": "ap@acme.test", "net_days": 0}
	h.want(h.call("PUT", path, token, full), http.StatusOK)
	h.want(h.call("GET", path, token, nil), http.StatusOK).into(t, &got)
	if got.MarginFloor != "17.5" || !got.PORequired || got.NetDays == nil || *got.NetDays != 0 || got.BillingContactEmail != "ap@acme.test" || got.TaxRegion != "US-TX" {
		t.Errorf("the contract is %+v", got)
	}
	got = api.ClientContract{}
	h.want(h.call("PUT", path, token, map[string]any{"margin_floor": "0"}), http.StatusOK).into(t, &got)
	if got.MarginFloor != "0" || got.PORequired || got.NetDays != nil || got.TaxRegion != "" {
		t.Errorf("what was left out stayed: %+v", got)
	}
	for field, body := range map[string]map[string]any{
		"margin_floor": {"margin_floor": "120"}, "billing_contact_email": {"billing_contact_email": "nobody"}, "net_days": {"net_days": 400}, "po_required": {"po_required": "yes"}, "erp": {"erp": "x"},
		"tax_region": {"tax_region": strings.Repeat("x", 201)},
	} {
		h.refused(h.want(h.call("PUT", path, token, body), http.StatusUnprocessableEntity), staffing.Invalid, field)
	}
}

func TestAPurchaseOrderIsFoundByItsNumberAsTheClientWritesIt(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token, base := h.token(apitoken.ScopeRead, apitoken.ScopePlacements), "/clients/"+w.client.ID.String()+"/purchase-orders"
	whole := map[string]any{"valid_from": "2026-01-01", "valid_to": "2026-12-31", "amount": "12000.50", "currency": "USD"}
	for escaped, number := range map[string]string{"PO-1": "PO-1", "A%2FB%252F": "A/B%2F", "50%25": "50%", "%C3%9C%20b": "Ü b", "a+b": "a+b", "%20PO-2%20": "PO-2"} {
		var got api.PurchaseOrder
		h.want(h.call("PUT", base+"/"+escaped, token, whole), http.StatusOK)
		h.want(h.call("GET", base+"/"+escaped, token, nil), http.StatusOK).into(t, &got)
		if got.Number != number || got.Amount != "12000.5" || got.ValidTo != "2026-12-31" {
			t.Errorf("%s is kept as %+v", escaped, got)
		}
		h.want(h.call("PUT", base+"/"+escaped, token, map[string]any{}), http.StatusOK)
		got = api.PurchaseOrder{}
		h.want(h.call("GET", base+"/"+escaped, token, nil), http.StatusOK).into(t, &got)
		if got.Amount != "" || got.ValidFrom != "" {
			t.Errorf("what was left out stayed: %+v", got)
		}
		h.want(h.call("DELETE", base+"/"+escaped, token, nil), http.StatusNoContent)
		h.refused(h.want(h.call("GET", base+"/"+escaped, token, nil), http.StatusNotFound), staffing.NotFound, "")
		h.refused(h.want(h.call("DELETE", base+"/"+escaped, token, nil), http.StatusNotFound), staffing.NotFound, "")
	}
	for field, body := range map[string]map[string]any{
		"valid_from": {"valid_from": "tomorrow"}, "valid_to": {"valid_from": "2026-02-01", "valid_to": "2026-01-01"}, "amount": {"amount": "many", "currency": "USD"},
		"currency": {"amount": "10"}, "number": {"number": "PO-2"},
	} {
		h.refused(h.want(h.call("PUT", base+"/PO-1", token, body), http.StatusUnprocessableEntity), staffing.Invalid, field)
	}
}

func TestAComparisonIsToldByResultAndPage(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	w := newRestWorld(h)
	token, path := h.token(apitoken.ScopeRead, apitoken.ScopePlacements), "/reconciliations/"+w.compared.ID.String()
	var got api.Reconciliation
	h.want(h.call("GET", path, token, nil), http.StatusOK).into(t, &got)
	if got.State != "done" || got.ERP != "The books" || got.Counts.Different != 1 || got.Counts.Both != 0 || got.Total != 1 || len(got.Rows) != 1 {
		t.Fatalf("the comparison is %+v", got)
	}
	if row := got.Rows[0]; row.BillID != w.placement.ID || row.Result != "different" || row.ERPNumber != "INV-7" || row.Differences[0].There != "3700" || row.Total.String() != "3800" {
		t.Errorf("the row is %+v", row)
	}
	for query, rows := range map[string]int{"?result=both": 0, "?result=both&result=different": 1, "?offset=1": 0, "?offset=5": 0, "?limit=1": 1} {
		h.want(h.call("GET", path+query, token, nil), http.StatusOK).into(t, &got)
		if len(got.Rows) != rows || got.Counts.Different != 1 {
			t.Errorf("%s gives %d rows", query, len(got.Rows))
		}
	}
	sum := decimal.RequireFromString("1200.50")
	for _, x := range []store.ReconciliationStray{{ERPID: "81", ERPNumber: "INV-81", CustomerCode: "NR", CustomerName: "Northfield", Day: "2026-04-09", Currency: "USD", Untaxed: &sum},
		{ERPID: "82", ClientID: &w.client.ID, Day: "2026-04-10"}} {
		x.ReconciliationID = w.compared.ID
		if err := h.store.SaveReconciliationStray(t.Context(), x); err != nil {
			t.Fatal(err)
		}
	}
	got = api.Reconciliation{}
	h.want(h.call("GET", path+"?result=only_there", token, nil), http.StatusOK).into(t, &got)
	if got.Counts.OnlyThere != 2 || got.Total != 2 || got.Rows[0].ERPID != "81" || got.Rows[0].Total.String() != "1200.5" || got.Rows[1].ClientID != w.client.ID || got.Rows[0].Note == "" {
		t.Errorf("what is only there is told as %+v", got)
	}
	h.refused(h.want(h.call("GET", path+"?result=odd", token, nil), http.StatusUnprocessableEntity), staffing.Invalid, "result.0")
	for field, body := range map[string]map[string]any{
		"from": {"from": "2026-02-30", "to": "2026-04-30"}, "to": {"from": "2026-04-30", "to": "2026-04-01"}, "client_id": {"from": "2026-04-01", "to": "2026-04-30", "client_id": store.NewID()},
	} {
		h.refused(h.want(h.call("POST", "/reconciliations", token, body), http.StatusUnprocessableEntity), staffing.Invalid, field)
	}
	h.refused(h.want(h.call("POST", "/reconciliations", token, map[string]any{"from": "2024-01-01", "to": "2026-01-01"}), http.StatusUnprocessableEntity), staffing.Invalid, "to")
	var begun api.ReconciliationSummary
	h.want(h.call("POST", "/reconciliations", token, map[string]any{"from": "2026-04-01", "to": "2026-04-30", "client_id": w.client.ID}), http.StatusAccepted).into(t, &begun)
	var list api.ReconciliationList
	h.want(h.call("GET", "/reconciliations", token, nil), http.StatusOK).into(t, &list)
	if begun.State != "running" || begun.CreatedBy != "token:robot" || begun.ClientID != w.client.ID || len(list.Items) != 2 || list.Items[0].ID != begun.ID {
		t.Errorf("the list is %+v", list.Items)
	}
}

func TestWhoMayApproveIsToldAndNotSet(t *testing.T) {
	t.Parallel()
	h := newRestHub(t)
	ctx := context.Background()
	away, deputy := storetest.User(t, h.store, finance), storetest.User(t, h.store, finance)
	limit := decimal.NewFromInt(5000)
	noError(t, h.store.SetApprovalLimit(ctx, finance, "USD", &limit))
	_, err := h.store.AddDelegation(ctx, store.Delegation{FromUser: away.ID, ToUser: deputy.ID, FromAt: time.Now().Add(-time.Hour), UntilAt: time.Now().Add(time.Hour), CreatedBy: away.Email})
	noError(t, err)
	noError(t, h.store.InTx(ctx, func(tx *store.Tx) error {
		return tx.ClosePeriod(ctx, store.ClosedPeriod{Month: "2026-01-01", Note: "Year end.", ClosedBy: "finn"})
	}))
	token := h.token(apitoken.ScopeRead)
	var limits api.ApprovalLimitList
	h.want(h.call("GET", "/approval-limits", token, nil), http.StatusOK).into(t, &limits)
	var delegations api.DelegationList
	h.want(h.call("GET", "/delegations", token, nil), http.StatusOK).into(t, &delegations)
	var closed api.ClosedPeriodList
	h.want(h.call("GET", "/closed-periods", token, nil), http.StatusOK).into(t, &closed)
	if len(limits.Items) != 1 || limits.Items[0].Role != finance || limits.Items[0].Amount.String() != "5000" {
		t.Errorf("the limits are %+v", limits.Items)
	}
	if len(delegations.Items) != 1 || delegations.Items[0].ToName != deputy.Name || delegations.Items[0].State != "now" {
		t.Errorf("the delegations are %+v", delegations.Items)
	}
	if len(closed.Items) != 1 || closed.Items[0].Month != "2026-01" || closed.Items[0].Note != "Year end." {
		t.Errorf("the closed months are %+v", closed.Items)
	}
}
