package handlers

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"github.com/tributary-hub/tributary/connectors"
	"github.com/tributary-hub/tributary/internal/password"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// hub is a whole server on a database of its own, with fakes behind its ports.
type hub struct {
	t       testing.TB
	store   *store.Store
	server  *Server
	http    *httptest.Server
	systems *fakeSystems
	queue   *fakeQueue
	desk    *fakeDesk
	changes *fakeProfiles
	log     *bytes.Buffer
}

// openHub starts a hub; with changes its configuration.
func openHub(tb testing.TB, with ...func(*Config)) *hub {
	tb.Helper()
	return openHubOn(tb, storetest.New(tb), with...)
}

func openHubOn(tb testing.TB, s *store.Store, with ...func(*Config)) *hub {
	tb.Helper()
	h := &hub{t: tb, store: s, systems: &fakeSystems{open: map[uuid.UUID]staffing.Checker{}}, queue: &fakeQueue{}, desk: &fakeDesk{}, changes: &fakeProfiles{store: s}, log: &bytes.Buffer{}}
	registry, err := connectors.NewRegistry(testKind("test", staffing.RoleClient), testKind("books", staffing.RoleERP))
	if err != nil {
		tb.Fatal(err)
	}
	cfg := Config{Store: s, Registry: registry, Systems: h.systems, Queue: h.queue, Desk: h.desk, Profiles: h.changes, Log: slog.New(slog.NewTextHandler(&lockedWriter{w: h.log}, nil))}
	for _, f := range with {
		f(&cfg)
	}
	if h.server, err = New(cfg); err != nil {
		tb.Fatal(err)
	}
	h.http = httptest.NewServer(h.server)
	tb.Cleanup(func() {
		h.server.Close()
		h.http.Close()
	})
	return h
}

func testKind(name string, role staffing.Role) connectors.Kind {
	return connectors.Kind{Name: name, Label: "Test " + name, Role: role, DocsURL: "https://docs.vendor.test", APIVersion: "v9", Summary: "A system of the tests.",
		WebhookHelp: "Enter it under Settings.", Mapping: []byte("about: x"), Open: func(connectors.Deps) (staffing.Checker, error) { return plainSystem{}, nil },
		Spec: connectors.Spec{{Key: "base_url", Label: "Address", Help: "Where it is.", Required: true, URL: true}, {Key: "api_key", Label: "API key", Help: "Its key.", Required: true, Secret: true},
			{Key: "region", Label: "Region", Help: "Where its data are.", Options: []string{"eu", "us"}}}}
}

type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

const testPassword = "correct horse battery"

var testHash = sync.OnceValue(func() string {
	hash, err := password.Hash(testPassword)
	if err != nil {
		panic(err)
	}
	return hash
})

func withPassword(u *store.User) { u.PasswordHash = testHash() }

// browser is one person's browser. It does not follow redirects.
type browser struct {
	t      testing.TB
	base   string
	client *http.Client
	user   store.User
}

// browser opens one that nobody is signed in with.
func (h *hub) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	return &browser{t: h.t, base: h.http.URL, client: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// as signs a new person of that role in, through the form.
func (h *hub) as(role string) *browser {
	h.t.Helper()
	b := h.browser()
	b.user = storetest.User(h.t, h.store, role, withPassword)
	if a := b.post("/login", url.Values{"email": {b.user.Email}, "password": {testPassword}}); a.status != http.StatusSeeOther {
		h.t.Fatalf("signing in gives %d: %s", a.status, a.text())
	}
	return b
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// page reads the answer as HTML.
func (a answer) page(tb testing.TB) *goquery.Document {
	tb.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

// text gives the words of the page's main part.
func (a answer) text() string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	if err != nil {
		return a.body
	}
	return strings.Join(strings.Fields(doc.Find("main").Text()), " ")
}

func (b *browser) do(r *http.Request) answer {
	b.t.Helper()
	resp, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func (b *browser) request(method, path string, body io.Reader) *http.Request {
	b.t.Helper()
	r, err := http.NewRequest(method, b.base+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	return r
}

func (b *browser) get(path string) answer {
	b.t.Helper()
	return b.do(b.request("GET", path, nil))
}

// post sends a form as the hub's own page does.
func (b *browser) post(path string, form url.Values) answer {
	b.t.Helper()
	r := b.request("POST", path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", b.base)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(r)
}

// must fails the test unless the answer has that status.
func (a answer) must(tb testing.TB, status int) answer {
	tb.Helper()
	if a.status != status {
		tb.Fatalf("got %d, want %d: %s", a.status, status, a.text())
	}
	return a
}

// fakeSystems opens what a test put there.
type fakeSystems struct {
	mu        sync.Mutex
	open      map[uuid.UUID]staffing.Checker
	err       error // of Connector
	tryErr    error
	forgotten []uuid.UUID
	adopted   []uuid.UUID
}

func (f *fakeSystems) put(id uuid.UUID, c staffing.Checker) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open[id] = c
}

func (f *fakeSystems) Connector(_ context.Context, id uuid.UUID) (staffing.Checker, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return nil, f.err
	}
	c, ok := f.open[id]
	if !ok {
		return nil, staffing.Errorf(staffing.NotFound, "there is no such connection")
	}
	return c, nil
}

func (f *fakeSystems) Try(connectors.Kind, connectors.Settings) (staffing.Checker, error) {
	return plainSystem{}, f.tryErr
}

func (f *fakeSystems) Adopt(ctx context.Context, tx *store.Tx, c store.Connection) error {
	f.adopted = append(f.adopted, c.ID)
	return tx.UpsertFeed(ctx, c.ID, staffing.FeedRequisitions, time.Minute)
}

func (f *fakeSystems) Forget(id uuid.UUID) { f.forgotten = append(f.forgotten, id) }

// plainSystem is a system that can only be tested.
type plainSystem struct {
	report staffing.Report
	err    error
}

func (p plainSystem) Check(context.Context) (staffing.Report, error) { return p.report, p.err }

// hookSystem takes webhooks whose header X-Proof says "good".
type hookSystem struct{ plainSystem }

func (hookSystem) Verify(h http.Header, _ []byte, _ time.Time) error {
	if h.Get("X-Proof-Signature") != "good" {
		return staffing.Errorf(staffing.Unauthorized, "no proof")
	}
	return nil
}

func (hookSystem) DeliveryID(h http.Header, body []byte) string {
	if id := h.Get("X-Delivery-Id"); id != "" {
		return id
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

func (hookSystem) Events(http.Header, []byte) ([]staffing.Event, error) { return nil, nil }

// fakeQueue notes what was asked of it, as "step id".
type fakeQueue struct {
	mu    sync.Mutex
	jobs  []string
	err   error
	wakes int
}

func (f *fakeQueue) add(step string, id any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	f.jobs = append(f.jobs, fmt.Sprint(step, " ", id))
	return nil
}

func (f *fakeQueue) list() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.jobs...)
}

func (f *fakeQueue) Received(_ context.Context, _ *store.Tx, id int64) error {
	return f.add("received", id)
}
func (f *fakeQueue) Validate(_ context.Context, _ *store.Tx, id uuid.UUID) error {
	return f.add("validate", id)
}
func (f *fakeQueue) Deliver(_ context.Context, _ *store.Tx, id uuid.UUID) error {
	return f.add("deliver", id)
}
func (f *fakeQueue) Extract(_ context.Context, _ *store.Tx, id uuid.UUID) error {
	return f.add("extract", id)
}
func (f *fakeQueue) Post(_ context.Context, _ *store.Tx, id uuid.UUID) error {
	return f.add("post", id)
}
func (f *fakeQueue) Reconcile(_ context.Context, _ *store.Tx, id uuid.UUID) error {
	return f.add("reconcile", id)
}
func (f *fakeQueue) Retry(ctx context.Context, tx *store.Tx, x store.Failure) error {
	if err := tx.RetryFailure(ctx, x.ID); err != nil {
		return err
	}
	return f.add("retry", x.Step)
}

func (f *fakeQueue) Wake(context.Context) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wakes++
	return nil
}

// fakeDesk notes decisions and refuses with err.
type fakeDesk struct {
	did     []string
	amended staffing.Amended
	found   []staffing.BookEntry
	err     error
}

func (f *fakeDesk) Correct(_ context.Context, by store.User, _ uuid.UUID, field, value, reason string) error {
	f.did = append(f.did, strings.Join([]string{"correct", by.Email, field, value, reason}, " "))
	return f.err
}

func (f *fakeDesk) Approve(_ context.Context, by store.User, _ uuid.UUID, hash string) error {
	f.did = append(f.did, "approve "+by.Email+" "+hash)
	return f.err
}

func (f *fakeDesk) SendBack(_ context.Context, by store.User, _ uuid.UUID, reason string) error {
	f.did = append(f.did, "send back "+by.Email+" "+reason)
	return f.err
}

func (f *fakeDesk) Amend(_ context.Context, by store.User, _ uuid.UUID, a staffing.Amendment) error {
	f.did = append(f.did, fmt.Sprint("amend ", by.Email, " ", a.Kind, " ", a.EffectiveFrom, " ", a.Changes, " ", a.Reason))
	return f.err
}

func (f *fakeDesk) PreviewAmendment(context.Context, store.User, uuid.UUID, staffing.Amendment) (staffing.Amended, error) {
	return f.amended, f.err
}

func (f *fakeDesk) ApproveBill(_ context.Context, by store.User, id uuid.UUID, hash string) error {
	f.did = append(f.did, "approve bill "+by.Email+" "+id.String()+" "+hash)
	return f.err
}

func (f *fakeDesk) RefuseBill(_ context.Context, by store.User, _ uuid.UUID, reason string) error {
	f.did = append(f.did, "refuse bill "+by.Email+" "+reason)
	return f.err
}

func (f *fakeDesk) PreviewBill(context.Context, uuid.UUID) (json.RawMessage, string, error) {
	return json.RawMessage(`{"party":"ACME","lines":[{"quantity":40}]}`), "Finance", nil
}

func (f *fakeDesk) ChooseBooks(_ context.Context, by store.User, _ uuid.UUID, b store.ClientBooks) (int, error) {
	f.did = append(f.did, strings.Join([]string{"books", by.Email, b.ERPCustomer, b.ItemTime, b.ItemFee}, " "))
	return 2, f.err
}

func (f *fakeDesk) SearchBooks(_ context.Context, noun staffing.BookNoun, text string) ([]staffing.BookEntry, error) {
	f.did = append(f.did, "search "+string(noun)+" "+text)
	return f.found, f.err
}

func (f *fakeDesk) Recheck(_ context.Context, by store.User, _ uuid.UUID) error {
	f.did = append(f.did, "recheck "+by.Email)
	return f.err
}

func (f *fakeDesk) Fields() [][2]string {
	return [][2]string{{"start_date", "Start"}, {"bill_rate", "Bill rate"}, {"purchase_order", "Purchase order"}, {"cost_centre", "Cost centre"}}
}
