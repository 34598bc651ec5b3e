package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"github.com/tributary-hub/tributary/connectors/all"
	"github.com/tributary-hub/tributary/jobs"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// realBooks starts the real ERP and gives what its script prints.
func realBooks(t *testing.T) map[string]string {
	t.Helper()
	const script = "../../scripts/tryton"
	dir, err := os.MkdirTemp("/var/tmp", "tributary-books-") //nolint:usetesting // root's server runs as another user, who cannot enter t.TempDir
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if out, err := exec.Command(script, "down", dir).CombinedOutput(); err != nil {
			t.Errorf("%s down: %v\n%s", script, err, out)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil { // as root, the server runs as a user of its own
		t.Fatal(err)
	}
	var said bytes.Buffer
	up := exec.Command(script, "up", dir)
	up.Stderr = &said
	out, err := up.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 3 && os.Getenv("CI") == "" {
		t.Skipf("the real ERP is not here and cannot be installed: %s", said.String())
	}
	if err != nil {
		t.Fatalf("%s up: %v\n%s", script, err, said.String())
	}
	facts := map[string]string{}
	for line := range strings.Lines(string(out)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		facts[key] = value
	}
	return facts
}

// ledger is a person at the ERP who looks at it through its own API.
type ledger struct {
	t            *testing.T
	url, session string
}

func (l *ledger) call(out any, method string, params ...any) {
	l.t.Helper()
	body, err := json.Marshal(map[string]any{"id": 1, "method": method, "params": params})
	if err != nil {
		l.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(l.t.Context(), http.MethodPost, l.url, bytes.NewReader(body))
	if err != nil {
		l.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if l.session != "" {
		req.Header.Set("Authorization", "Session "+l.session)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	var said struct{ Result, Error json.RawMessage }
	if err != nil || json.Unmarshal(text, &said) != nil || string(said.Error) != "" && string(said.Error) != "null" {
		l.t.Fatalf("%s: %v %s", method, err, text)
	}
	if err := json.Unmarshal(said.Result, out); err != nil {
		l.t.Fatalf("%s: %v: %s", method, err, said.Result)
	}
}

func openLedger(t *testing.T, facts map[string]string) *ledger {
	t.Helper()
	l := &ledger{t: t, url: facts["URL"] + "/"}
	var who []any
	l.call(&who, "common.db.login", "finance", map[string]any{"password": facts["FINANCE_PASSWORD"]}, "en")
	l.session = base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "finance:%v:%s", who[0], who[1]))
	return l
}

type invoice struct {
	Description string `json:"description"`
	State       string `json:"state"`
	Untaxed     struct {
		Decimal decimal.Decimal `json:"decimal"`
	} `json:"untaxed_amount"`
}

// invoices reads all customer invoices, by our reference.
func (l *ledger) invoices() map[string][]invoice {
	l.t.Helper()
	var list []invoice
	l.call(&list, "model.account.invoice.search_read", []any{[]any{"type", "=", "out"}}, 0, 10_000, nil, []any{"description", "state", "untaxed_amount"}, map[string]any{"company": 1, "language": "en"})
	out := map[string][]invoice{}
	for _, i := range list {
		out[i.Description] = append(out[i.Description], i)
	}
	return out
}

const manyPlacements = 200

// hires puts placements before finance, each with other terms.
func hires(t *testing.T, s *store.Store, n int) []store.Placement {
	t.Helper()
	return hiresOf(t, s, storetest.Connection(t, s, staffing.RoleClient), n, func(i int, p *staffing.Placement) {
		p.BillRate = &staffing.Rate{Amount: decimal.New(int64(5000+137*i), -2), Currency: "USD", Unit: staffing.Hour}
		hours := decimal.New(int64(300+i), -1)
		p.HoursPerWeek = &hours
		p.CostCentres = []staffing.Allocation{{Code: "CC-4100", Percent: decimal.NewFromInt(100)}}
		if i%3 == 0 {
			p.CostCentres = []staffing.Allocation{{Code: "CC-4100", Percent: decimal.NewFromInt(33)}, {Code: "CC-4300", Percent: decimal.NewFromInt(67)}}
		}
	})
}

// hiresOf puts placements at a client before finance, each with the terms that a
// function writes into it.
func hiresOf(t *testing.T, s *store.Store, client store.Connection, n int, terms func(i int, p *staffing.Placement)) (out []store.Placement) {
	t.Helper()
	var req store.Requisition
	for i := range n {
		if i%10 == 0 {
			req = storetest.Requisition(t, s, client)
		}
		sub := storetest.Deliver(t, s, storetest.Submission(t, s, req))
		out = append(out, storetest.Placement(t, s, sub, func(p *staffing.Placement) { terms(i, p) }))
	}
	return out
}

// TestTwoHundredPlacementsInTheRealBooks approves 200 placements on the page, and
// counts the drafts and their amounts through the ERP's own API: once each, to the
// cent, also when all are posted a second time.
func TestTwoHundredPlacementsInTheRealBooks(t *testing.T) {
	t.Parallel()
	facts := realBooks(t)
	in := install(t)
	in.start()
	in.token()
	admin, finance := in.person("admin"), in.person("finance")
	form := url.Values{"kind": {"tryton"}, "name": {"The books"}, "setting.base_url": {facts["URL"]}, "setting.login": {facts["LOGIN"]}, "setting.password": {facts["PASSWORD"]},
		"setting.calls_per_second": {"100"}} // the ERP is on this machine and of nobody else
	if status, body := admin.post("/connections", form); status != http.StatusOK {
		t.Fatalf("the books are not connected: %d\n%s", status, body)
	}
	s := storetest.Replica(t, in.database, nil)
	placed := hires(t, s, manyPlacements)
	for finance.approveAll() > 0 {
	}
	in.eventually(8*time.Minute, "all are posted", func() bool { return posted(t, s) == manyPlacements })
	books := openLedger(t, facts)
	compareBooks(t, placed, books.invoices())

	registry, err := all.Registry()
	if err != nil {
		t.Fatal(err)
	}
	hub, err := jobs.New(jobs.Config{Store: s, Registry: registry}) // it only enqueues
	if err != nil {
		t.Fatal(err)
	}
	if err := s.InTx(t.Context(), func(tx *store.Tx) error {
		for _, p := range placed {
			if err := hub.Post(t.Context(), tx, p.ID); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	in.eventually(4*time.Minute, "the second posting has come to rest", func() bool { return in.unfinished() == 0 })
	compareBooks(t, placed, books.invoices())
	in.reconciled(s, finance)
}

// reconciled lets finance compare the year with the real books: everything is in both.
func (in *installation) reconciled(s *store.Store, finance *browser) {
	in.t.Helper()
	if status, body := finance.post("/reconciliation", url.Values{"from": {"2026-01-01"}, "to": {"2026-12-31"}}); status != http.StatusOK {
		in.t.Fatalf("it is not compared: %d\n%s", status, body)
	}
	var run store.Reconciliation
	in.eventually(4*time.Minute, "the comparison has ended", func() bool {
		all, err := s.Reconciliations(in.t.Context(), 1)
		if err != nil || len(all) != 1 {
			in.t.Fatal(all, err)
		}
		run = all[0]
		return run.State != store.ReconciliationRunning
	})
	lines, err := s.ReconciliationLines(in.t.Context(), run.ID, store.InBoth)
	if err != nil {
		in.t.Fatal(err)
	}
	strays, err := s.ReconciliationStrays(in.t.Context(), run.ID)
	if err != nil || len(lines) != manyPlacements || len(strays) != 0 || !run.CanList || run.CutOff || run.Error != "" {
		in.t.Errorf("%d are in both, %d only there (%v): %+v", len(lines), len(strays), err, run)
	}
}

func posted(t *testing.T, s *store.Store) int {
	t.Helper()
	counts, err := s.PlacementCounts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return counts[store.PlacementPosted]
}

func compareBooks(t *testing.T, placed []store.Placement, books map[string][]invoice) {
	t.Helper()
	total := 0
	for _, list := range books {
		total += len(list)
	}
	if total != manyPlacements {
		t.Errorf("the books hold %d invoices, want %d", total, manyPlacements)
	}
	for _, p := range placed {
		list := books[p.ID.String()]
		if len(list) != 1 {
			t.Errorf("placement %s has %d invoices", p.ID, len(list))
			continue
		}
		if list[0].State != "draft" || !list[0].Untaxed.Decimal.Equal(p.Bill.V.Total) {
			t.Errorf("placement %s: the books say %s %s, the bill says %s", p.ID, list[0].State, list[0].Untaxed.Decimal, p.Bill.V.Total)
		}
	}
}
