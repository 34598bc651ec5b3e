package handlers

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// compared keeps a finished comparison of this year with one bill that differs.
func (h *hub) compared(worker string) url.Values {
	h.t.Helper()
	c := storetest.Connection(h.t, h.store, staffing.RoleClient)
	p := storetest.Placement(h.t, h.store, storetest.Deliver(h.t, h.store, storetest.Submission(h.t, h.store, storetest.Requisition(h.t, h.store, c))), func(p *staffing.Placement) { p.WorkerName = worker })
	q := url.Values{"from": {"2026-01-01"}, "to": {"2026-12-31"}}
	h.ok(h.store.InTx(h.t.Context(), func(tx *store.Tx) error {
		rec, err := tx.InsertReconciliation(h.t.Context(), store.Reconciliation{From: "2026-01-01", To: "2026-12-31", CreatedBy: "finn"})
		if err != nil {
			return err
		}
		row := store.ReconciliationRow{ReconciliationID: rec.ID, BillID: p.ID, Result: store.Different, ERPNumber: "INV-7",
			Differences: store.Doc([]store.FieldDifference{{Field: "amount", Here: "3800", There: "3700"}})}
		if err := tx.SaveReconciliationRow(h.t.Context(), row); err != nil {
			return err
		}
		sum := decimal.RequireFromString("1200.5")
		stray := store.ReconciliationStray{ReconciliationID: rec.ID, ERPID: "81", ERPNumber: "INV-81", ERPURL: "https://books.test/81", ClientID: &p.ClientID, CustomerCode: "NR",
			CustomerName: "@Northfield", Day: "2026-03-01", Currency: "USD", Untaxed: &sum}
		if err := tx.SaveReconciliationStray(h.t.Context(), stray); err != nil {
			return err
		}
		rec.State, rec.ERP, rec.CanList = store.ReconciliationDone, "The books", true
		return tx.EndReconciliation(h.t.Context(), rec)
	}))
	return q
}

func TestFinanceComparesAPeriodWithTheBooks(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as("finance")
	b.post("/reconciliation", url.Values{"from": {"2026-02-01"}, "to": {"2026-01-01"}}).must(t, http.StatusUnprocessableEntity)
	b.post("/reconciliation", url.Values{"from": {"2026-01-01"}, "to": {"2026-01-31"}}).must(t, http.StatusSeeOther)
	if jobs := h.queue.list(); len(jobs) != 1 || !strings.HasPrefix(jobs[0], "reconcile ") {
		t.Errorf("the queue holds %v", jobs)
	}
	h.as(accountManager).post("/reconciliation", url.Values{"from": {"2026-01-01"}, "to": {"2026-01-31"}}).must(t, http.StatusForbidden)
	q := h.compared("Ada Byron")
	text := plainWords(b.get("/reconciliation?"+q.Encode()).must(t, http.StatusOK).page(t).Text())
	for _, want := range []string{"The books", "Ada Byron", "INV-7", "here 3800, there 3700", "Only there1", "Document INV-81", "@Northfield", "USD 1,200.50", "somebody made it there"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q: %s", want, text)
		}
	}
}

func TestASpreadsheetTakesNoCellForAFormula(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	q := h.compared(`=HYPERLINK("https://evil.test","x")`)
	r := h.as("finance").get("/reconciliation/csv?"+q.Encode()).must(t, http.StatusOK)
	rows, err := csv.NewReader(strings.NewReader(r.body)).ReadAll()
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v\n%s", err, r.body)
	}
	if got := rows[1][2]; !strings.HasPrefix(got, "'=") {
		t.Errorf("the worker's cell is %q", got)
	}
	if got := rows[2]; got[0] != store.OnlyThere || got[1] != "'@Northfield" || got[6] != "1200.5" {
		t.Errorf("what is only there reads %q", got)
	}
	for text, want := range map[string]string{"+1-2": "'+1-2", "@x": "'@x", "-3.50": "-3.50", "-x": "'-x", "\tx": "'\tx", "plain": "plain", "": ""} {
		if got := plainCell(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestAMonthIsClosedOnceAndOpenedByAnAdmin(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	b := h.as("finance")
	for name, form := range map[string]url.Values{
		"no month":         {"month": {"spring"}, "note": {"x"}},
		"a month to come":  {"month": {time.Now().AddDate(0, 2, 0).Format("2006-01")}, "note": {"x"}},
		"without a reason": {"month": {"2026-01"}},
	} {
		if got := b.post("/reconciliation/periods", form).must(t, http.StatusUnprocessableEntity).page(t).Find(".field-error").Text(); got == "" {
			t.Errorf("%s: the page says nothing", name)
		}
	}
	good := url.Values{"month": {"2026-01"}, "note": {"Year end."}}
	b.post("/reconciliation/periods", good).must(t, http.StatusSeeOther)
	b.post("/reconciliation/periods", good).must(t, http.StatusConflict)
	if p, err := h.store.ClosedPeriod(t.Context(), "2026-01-15"); err != nil || p.Note != "Year end." {
		t.Errorf("closed is %+v, %v", p, err)
	}
	b.post("/reconciliation/periods/reopen", good).must(t, http.StatusForbidden)
	h.as("admin").post("/reconciliation/periods/reopen", good).must(t, http.StatusSeeOther)
	if _, err := h.store.ClosedPeriod(t.Context(), "2026-01-15"); staffing.CodeOf(err) != staffing.NotFound {
		t.Errorf("it is still closed: %v", err)
	}
}

func TestTheAuditorTakesTheLogWithItsChain(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	for range 3 {
		h.ok(h.store.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.Audit(t.Context(), "=ada", "placement.approved", "placement", "p-1", nil)
		}))
	}
	b := h.as("admin")
	day := url.Values{"from": {time.Now().UTC().Format(time.DateOnly)}, "to": {time.Now().UTC().Format(time.DateOnly)}}
	rows, err := csv.NewReader(strings.NewReader(b.get("/audit/export?"+day.Encode()).must(t, http.StatusOK).body)).ReadAll()
	if err != nil || len(rows) < 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for i := 2; i < len(rows); i++ {
		if rows[i][7] != rows[i-1][8] {
			t.Errorf("entry %s does not follow on %s", rows[i][0], rows[i-1][0])
		}
	}
	if rows[1][2] != "'=ada" {
		t.Errorf("the actor's cell is %q", rows[1][2])
	}
	day.Set("format", "jsonl")
	if got := strings.Count(b.get("/audit/export?"+day.Encode()).must(t, http.StatusOK).body, "\n"); got < 5 {
		t.Errorf("%d lines", got)
	}
	b.get("/audit/export?from=x&to=y").must(t, http.StatusUnprocessableEntity)
	h.as(accountManager).get("/audit/export?"+day.Encode()).must(t, http.StatusForbidden)
}
