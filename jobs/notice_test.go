package jobs

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tributary-hub/tributary/internal/stdhooks"
	"github.com/tributary-hub/tributary/staffing"
	"github.com/tributary-hub/tributary/store"
	"github.com/tributary-hub/tributary/store/storetest"
)

// letters is a mail server in memory.
type letters struct {
	mu   sync.Mutex
	sent map[string]string // by address: the last text
	fail int               // so many times it takes nothing
}

func (l *letters) Configured() bool { return true }
func (l *letters) Send(_ context.Context, to, subject, text string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fail > 0 {
		l.fail--
		return staffing.Errorf(staffing.Unavailable, "the mail server is busy")
	}
	l.sent[to] = subject + "\n" + text
	return nil
}

func (l *letters) to(address string) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.sent[address]
}

// listener takes signed notices.
type listener struct {
	*httptest.Server
	mu     sync.Mutex
	secret string
	got    map[string]noticeBody // by webhook-id
	refuse int
	forged int
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{got: map[string]noticeBody{}}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		l.mu.Lock()
		defer l.mu.Unlock()
		var n noticeBody
		switch {
		case err != nil || stdhooks.Verify([]string{l.secret}, r.Header, body, time.Now()) != nil || json.Unmarshal(body, &n) != nil:
			l.forged++
			w.WriteHeader(http.StatusUnauthorized)
		case l.refuse > 0:
			l.refuse--
			w.WriteHeader(http.StatusGone)
		default:
			l.got[r.Header.Get("webhook-id")] = n
		}
	}))
	t.Cleanup(l.Close)
	return l
}

// heard gives how many deliveries of that kind and event were taken.
func (l *listener) heard(kind, event string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, b := range l.got {
		if b.Type == kind && b.Data.Event == event {
			n++
		}
	}
	return n
}

func (b *bench) hookTo(l *listener, kinds ...string) store.NoticeHook {
	b.t.Helper()
	l.secret = stdhooks.NewSecret()
	hook, err := b.store.InsertNoticeHook(b.ctx, store.NoticeHook{URL: l.URL, Kinds: kinds, CreatedBy: "ada"}, l.secret)
	b.must(err)
	return hook
}

// look makes the hub look for notices now.
func (b *bench) look() {
	b.t.Helper()
	b.tx(func(tx *store.Tx) error { return b.hub.enqueue(b.ctx, tx, noticesArgs{}) })
}

func noticing(mail *letters) func(*Config) {
	return func(c *Config) {
		c.Mail, c.ReviewDue, c.PublicURL = mail, time.Millisecond, "https://hub.test"
		c.Allow = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}
}

func (b *bench) waitingPlacement() store.Placement {
	b.t.Helper()
	c, err := b.store.Connection(b.ctx, b.clientID)
	b.must(err)
	sub := storetest.Submission(b.t, b.store, storetest.Requisition(b.t, b.store, c))
	return storetest.Placement(b.t, b.store, storetest.Deliver(b.t, b.store, sub))
}

func TestAReviewThatWaitsTooLongIsToldOnceAndEnds(t *testing.T) {
	mail := &letters{sent: map[string]string{}, fail: 1}
	b := newBench(t, noticing(mail))
	l := listen(t)
	l.refuse = 1
	b.hookTo(l, store.NoticeOverdue)
	deaf := listen(t)
	b.hookTo(deaf, store.NoticePosting)
	hourly := storetest.User(t, b.store, "finance")
	b.must(b.store.SetDigest(b.ctx, hourly.ID, "hourly"))
	manager := storetest.User(t, b.store, "account_manager")
	b.must(b.store.SetDigest(b.ctx, manager.ID, "hourly"))
	p := b.waitingPlacement()
	b.look()
	b.look()
	b.eventually("the address takes it at the second try", func() string { return missing(l.heard(store.NoticeOverdue, "opened") == 1) })
	b.eventually("the one who wants mail each hour has it", func() string { return missing(mail.to(hourly.Email) != "") })
	text := mail.to(hourly.Email)
	for _, want := range []string{"one thing waits for you", "Network Engineer", "https://hub.test/placements/" + p.ID.String()} {
		if !strings.Contains(text, want) {
			t.Errorf("the mail lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Ada Byron") {
		t.Error("the mail names the worker")
	}
	b.must(b.hub.Desk().SendBack(b.ctx, b.finance, p.ID, "The rate is wrong."))
	b.look()
	b.eventually("the end is told too", func() string { return missing(l.heard(store.NoticeOverdue, "closed") == 1) })
	b.drained()
	open, err := b.store.Notices(b.ctx, 10)
	b.must(err)
	if len(open) != 1 || open[0].Kind != store.NoticeSentBack || !strings.Contains(open[0].Words, "The rate is wrong.") {
		t.Errorf("open now: %+v", open)
	}
	if n := l.heard(store.NoticeOverdue, "opened"); n != 1 || l.forged > 0 {
		t.Errorf("it was told %d times, %d deliveries were not proven", n, l.forged)
	}
	if len(deaf.got) > 0 {
		t.Error("an address got a kind that it does not want")
	}
	if got := mail.to(manager.Email); got != "" {
		t.Errorf("an account manager got finance's mail: %s", got)
	}
}

func TestAFailedPostingIsTold(t *testing.T) {
	mail := &letters{sent: map[string]string{}}
	b := newBench(t, noticing(mail), func(c *Config) { c.ReviewDue = time.Hour })
	l := listen(t)
	b.hookTo(l, store.NoticeKinds()...)
	p := b.waitingPlacement()
	b.erp.next("bill "+p.ID.String(), refuses(staffing.Forbidden))
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	b.eventually("the posting has failed", func() string {
		_, ok := b.live(kindPost, p.ID.String())
		return missing(ok)
	})
	b.look()
	b.eventually("the address is told", func() string { return missing(l.heard(store.NoticePosting, "opened") == 1) })
	if n := l.heard(store.NoticeOverdue, "opened"); n != 0 {
		t.Errorf("a review in time is told %d times", n)
	}
}

// What the ERP refuses comes back to the desk with its words, and is told.
func TestARefusedPostingIsTold(t *testing.T) {
	b := newBench(t, noticing(&letters{sent: map[string]string{}}), func(c *Config) { c.ReviewDue = time.Hour })
	l := listen(t)
	b.hookTo(l, store.NoticeKinds()...)
	p := b.waitingPlacement()
	b.erp.next("bill "+p.ID.String(), refuses(staffing.Invalid))
	b.must(b.hub.Desk().Approve(b.ctx, b.finance, p.ID, p.ContentHash))
	b.eventually("it is back at the desk", func() string { return missing(b.now(p.ID).ERPError != "") })
	b.look()
	b.eventually("the address is told", func() string { return missing(l.heard(store.NoticePosting, "opened") == 1) })
}

func TestAPingShowsWhetherAnAddressTakesNotices(t *testing.T) {
	b := newBench(t, noticing(&letters{sent: map[string]string{}}))
	l := listen(t)
	hook := b.hookTo(l, store.NoticeOverdue)
	if err := b.hub.TryNoticeHook(b.ctx, hook); err != nil {
		t.Errorf("a good address: %v", err)
	}
	l.mu.Lock()
	l.secret = stdhooks.NewSecret()
	l.mu.Unlock()
	if err := b.hub.TryNoticeHook(b.ctx, hook); err == nil {
		t.Error("an address with another secret takes the ping")
	}
	hook.URL = "http://169.254.169.254/latest"
	if err := b.hub.TryNoticeHook(b.ctx, hook); err == nil {
		t.Error("an inner address is called")
	}
}
