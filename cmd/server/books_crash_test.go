package main

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/connectors/all"
	"github.com/tributary-hub/tributary/jobs"
	books "github.com/tributary-hub/tributary/sandbox/tryton"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

const (
	manyPosts  = 500
	postKills  = 8
	shareLost  = 0.3
	createBill = `"model.account.invoice.create"`
)

// forgetful is a vendor that now and then does what it is told and drops the answer.
type forgetful struct {
	http.Handler
	mu   sync.Mutex
	dice *rand.Rand
	lost int
}

func (f *forgetful) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	f.mu.Lock()
	drop := bytes.Contains(body, []byte(createBill)) && f.dice.Float64() < shareLost
	if drop {
		f.lost++
	}
	f.mu.Unlock()
	if !drop {
		f.Handler.ServeHTTP(w, r)
		return
	}
	f.Handler.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler) // the connection is cut before any byte
}

// TestFiveHundredPostsThroughLostAnswersAndKills posts 500 bills to books that make
// the invoice and then drop the answer in three of ten calls, while the hub is
// killed again and again: 500 invoices, none twice, none lost.
func TestFiveHundredPostsThroughLostAnswersAndKills(t *testing.T) {
	t.Parallel()
	sim := books.New(nil, books.Options{})
	vendor := &forgetful{Handler: sim, dice: rand.New(rand.NewPCG(7, 1))}
	web := httptest.NewServer(vendor)
	t.Cleanup(web.Close)
	in := install(t, "TRIBUTARY_JOB_TIMEOUT=6s", "TRIBUTARY_WORKERS=16")
	in.start()
	admin := in.person("admin")
	form := url.Values{"kind": {"tryton"}, "name": {"The books"}, "setting.base_url": {web.URL + "/staffing"}, "setting.login": {"hub"}, "setting.password": {"hub-Drafts26"},
		"setting.calls_per_second": {"300"}}
	if status, body := admin.post("/connections", form); status != http.StatusOK {
		t.Fatalf("the books are not connected: %d\n%s", status, body)
	}
	s := storetest.Replica(t, in.database, nil)
	placed := hires(t, s, manyPosts)
	approveDirectly(t, s, placed)
	dice := rand.New(rand.NewPCG(5, 1))
	for range postKills {
		time.Sleep(time.Duration(1000+dice.IntN(3000)) * time.Millisecond) // the random moment is the point
		in.kill()
		in.start()
	}
	in.eventually(4*time.Minute, "all are posted", func() bool { return posted(t, s) == manyPosts })
	made := map[string]int{}
	for _, i := range sim.Invoices() {
		made[i.Reference]++
	}
	if len(made) != manyPosts {
		t.Errorf("the books hold bills of %d placements, want %d", len(made), manyPosts)
	}
	for _, p := range placed {
		if n := made[p.ID.String()]; n != 1 {
			t.Errorf("placement %s has %d invoices", p.ID, n)
		}
	}
	vendor.mu.Lock()
	defer vendor.mu.Unlock()
	if t.Logf("%d answers were lost, the hub was killed %d times", vendor.lost, postKills); vendor.lost < manyPosts/10 {
		t.Error("too few answers were lost to prove anything")
	}
}

// approveDirectly is finance's approval of all, as the desk does it.
func approveDirectly(t *testing.T, s *store.Store, placed []store.Placement) {
	t.Helper()
	registry, err := all.Registry()
	if err != nil {
		t.Fatal(err)
	}
	hub, err := jobs.New(jobs.Config{Store: s, Registry: registry}) // it only enqueues
	if err != nil {
		t.Fatal(err)
	}
	finance := storetest.User(t, s, "finance")
	for _, p := range placed {
		if err := hub.Desk().Approve(t.Context(), finance, p.ID, p.ContentHash); err != nil {
			t.Fatalf("%s: %s", p.ID, staffing.MessageOf(err))
		}
	}
}
