package tryton

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/sandbox/state"
)

// What a real server was seen to do is held over both servers in the connector's
// tests; here is what only a simulator has.

// books is a running simulator and a session of the hub's user.
type books struct {
	*Server
	t       *testing.T
	url     string
	session string
}

func open(t *testing.T, j *state.Journal, opts Options) *books {
	t.Helper()
	s := New(j, opts)
	web := httptest.NewServer(s)
	t.Cleanup(web.Close)
	return &books{Server: s, t: t, url: web.URL + "/staffing/"}
}

func (b *books) send(method string, params ...any) (int, string) {
	b.t.Helper()
	body, err := json.Marshal(map[string]any{"id": 1, "method": method, "params": append([]any{}, params...)})
	if err != nil {
		b.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.url, bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Session "+b.session)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return resp.StatusCode, string(said)
}

func (b *books) login(password string) int {
	b.t.Helper()
	status, said := b.send("common.db.login", "hub", map[string]any{"password": password}, "en")
	var a struct{ Result []any }
	if json.Unmarshal([]byte(said), &a) == nil && len(a.Result) == 2 {
		b.session = base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "hub:%v:%s", a.Result[0], a.Result[1]))
	}
	return status
}

func (b *books) model(method string, params ...any) string {
	b.t.Helper()
	_, said := b.send("model."+method, append(params, map[string]any{"company": 1, "language": "en"})...)
	return said
}

type obj = map[string]any

func some(v ...any) []any { return v }

// draft makes an invoice with the hub's reference.
func (b *books) draft(reference string) string {
	b.t.Helper()
	line := obj{"type": "line", "company": 1, "currency": 1, "product": 1, "unit": 2, "account": 2, "quantity": 40, "unit_price": obj{"__class__": "Decimal", "decimal": "95"},
		"description": "<b>Jane</b>", "taxes": some(some("add", some(1))), "analytic_accounts": some(some("create", some(obj{"root": 1, "account": 2})))}
	party := len(b.data["party.party"].List(nil)) + 1
	b.model("party.party.create", some(obj{"name": "Acme", "code": reference, "addresses": some(some("create", some(obj{"invoice": true})))}))
	return b.model("account.invoice.create", some(obj{"type": "out", "company": 1, "party": party, "invoice_address": party, "currency": 1, "journal": 1, "account": 1,
		"payment_term": 1, "reference": "PO-1", "description": reference, "invoice_date": time.Now().Format(time.DateOnly), "lines": some(some("create", some(line)))}))
}

func TestInvoicesAreSeenByTheWorld(t *testing.T) {
	b := open(t, nil, Options{})
	b.login("hub-Drafts26")
	if said := b.draft("TRB-1"); !strings.Contains(said, `"result":[1]`) {
		t.Fatal(said)
	}
	got := b.Invoices()
	if len(got) != 1 || got[0].Reference != "TRB-1" || got[0].PurchaseOrder != "PO-1" || got[0].State != "draft" || got[0].Total.String() != "3800" ||
		len(got[0].Lines) != 1 || got[0].Lines[0].CostCentre != "CC-4100" || got[0].Lines[0].Unit != "Hour" {
		t.Errorf("got %+v", got)
	}
	if err := b.Post(1); err != nil {
		t.Fatal(err)
	}
	if got := b.Invoices()[0]; got.State != "posted" || !strings.HasPrefix(got.Number, "INV-") || got.Total.String() != "4028" {
		t.Errorf("posted: %+v", got)
	}
	if n := b.CountByReference("TRB-1"); n != 1 {
		t.Errorf("%d invoices have the reference", n)
	}
	b.draft("TRB-2")
	if err := b.Cancel(2); err != nil {
		t.Fatal(err)
	}
	if n := b.CountByReference("TRB-2"); n != 0 {
		t.Errorf("%d invoices have the reference of a cancelled one", n)
	}
}

func TestABrowserSeesTheInvoices(t *testing.T) {
	b := open(t, nil, Options{})
	b.login("hub-Drafts26")
	if page := get(t, b.url, 200); !strings.Contains(page, "There are none yet") {
		t.Error(page)
	}
	b.draft("TRB-1")
	if page := get(t, b.url, 200); !strings.Contains(page, `href="invoice/1"`) || !strings.Contains(page, "3800.00 USD") {
		t.Error(page)
	}
	one := strings.TrimSuffix(b.url, "/staffing/") + strings.ReplaceAll(b.InvoicePath(), "{id}", "1")
	if page := get(t, one, 200); !strings.Contains(page, "&lt;b&gt;Jane") || !strings.Contains(page, "CC-4100") {
		t.Error(page)
	}
	get(t, b.url+"invoice/9", 404)
	get(t, b.url+"other", 404)
}

func get(t *testing.T, url string, want int) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != want {
		t.Errorf("%s: %d, want %d; %v", url, resp.StatusCode, want, err)
	}
	return string(page)
}

func TestTheBooksOutliveTheProcess(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	reopen := func() (*books, *state.Journal) {
		j, err := state.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		b := open(t, j, Options{})
		b.login("hub-Drafts26")
		return b, j
	}
	b, j := reopen()
	b.draft("TRB-1")
	before := fmt.Sprint(b.Invoices())
	// a process that dies within a create leaves the invoice marked, with some lines
	half := b.insert("account.invoice", record{"type": "out", "description": "TRB-HALF", "half": true})
	b.insert("account.invoice.line", record{"invoice": half, "quantity": 1, "unit_price": "5"})
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	b, j = reopen()
	if after := fmt.Sprint(b.Invoices()); after != before {
		t.Errorf("before: %s\nafter:  %s", before, after)
	}
	if said := b.draft("TRB-2"); !strings.Contains(said, `"result":[`) || len(b.Invoices()) != 2 || len(b.Invoices()[1].Lines) != 1 {
		t.Errorf("the next: %s, %+v", said, b.Invoices())
	}
	if n := b.data["account.fiscalyear"].Len(); n != 4 {
		t.Errorf("%d fiscal years: they were opened twice", n)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFiveWrongPasswordsLockTheUserForAWhile(t *testing.T) {
	now := time.Now()
	b := open(t, nil, Options{Now: func() time.Time { return now }})
	for range 5 {
		if status := b.login("wrong"); status != http.StatusUnauthorized {
			t.Errorf("status %d", status)
		}
	}
	if status := b.login("hub-Drafts26"); status != http.StatusTooManyRequests {
		t.Errorf("the right password after that: %d", status)
	}
	now = now.Add(lockFor)
	if status := b.login("hub-Drafts26"); status != http.StatusOK {
		t.Errorf("later: %d", status)
	}
}

func TestTheServerFailsAsItIsTold(t *testing.T) {
	b := open(t, nil, Options{UniqueReference: true})
	b.login("hub-Drafts26")
	b.DatabaseDown(true)
	if said := b.draft("TRB-1"); !strings.Contains(said, "connection already closed") {
		t.Error(said)
	}
	b.DatabaseDown(false)
	b.draft("TRB-1")
	if said := b.model("account.invoice.create", some(obj{"type": "out", "company": 1, "party": 1, "invoice_address": 1, "currency": 1, "journal": 1, "account": 1, "description": "TRB-1"})); !strings.Contains(said, "duplicate key value") {
		t.Error(said)
	}
	b.EndSessions()
	if status, _ := b.send("model.account.invoice.read", some(1), some("state"), obj{}); status != http.StatusUnauthorized {
		t.Errorf("an ended session: %d", status)
	}
}
