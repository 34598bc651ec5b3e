package handlers

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/tributary-hub/tributary/store/storetest"
)

// window is a real browser, with what it complained about.
type window struct {
	ctx context.Context
	mu  sync.Mutex
	bad []string
}

// openWindow starts a browser; scripts/setup --tests puts one in place.
func openWindow(t *testing.T) *window {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.Flag("disable-dev-shm-usage", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	w := &window{}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(ctx, chromedp.WithListener(w.listen))
	t.Cleanup(end)
	w.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // the browser lives as long as the context of its first step
		t.Fatal(err)
	}
	return w
}

func (w *window) listen(e any) {
	switch e := e.(type) {
	case *log.EventEntryAdded:
		w.complain(e.Entry.Text + " " + e.Entry.URL)
	case *runtime.EventExceptionThrown:
		w.complain(e.ExceptionDetails.Text)
	case *page.EventJavascriptDialogOpening:
		w.complain("a script of a stranger ran: " + e.Message)
	}
}

func (w *window) complain(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !strings.Contains(text, "favicon") {
		w.bad = append(w.bad, text)
	}
}

// do fails the test when a step cannot be done in time.
func (w *window) do(t *testing.T, steps ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		t.Fatalf("%v; the browser says %q", err, w.complaints())
	}
}

// says waits until an element holds a text. It asks from outside: the page's
// policy lets nobody evaluate strings inside.
func (w *window) says(t *testing.T, selector, text string) {
	t.Helper()
	script := "document.querySelector(`" + selector + "`)?.textContent ?? ''"
	for deadline := time.Now().Add(30 * time.Second); ; <-time.After(20 * time.Millisecond) {
		got, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](script))
		if err == nil && strings.Contains(got, text) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s says %q, want %q (%v); the browser says %q", selector, got, text, err, w.complaints())
		}
	}
}

func (w *window) complaints() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.bad...)
}

func TestPagesInARealBrowser(t *testing.T) {
	t.Parallel()
	h := openHub(t)
	x := h.flow(hostile)
	u := storetest.User(t, h.store, finance, withPassword)
	w := openWindow(t)
	w.do(t, chromedp.Navigate(h.http.URL+"/placements"), chromedp.SendKeys("#email", u.Email), chromedp.SendKeys("#password", testPassword), chromedp.Click("form[action='/login'] button"))
	w.says(t, "#placements", "Ada Byron")

	w.do(t, chromedp.Navigate(h.http.URL+"/"))
	w.says(t, "[data-live-text]", "Live")
	w.says(t, ".river-step:first-child .river-count", "1")
	storetest.Requisition(t, h.store, x.connection)
	w.says(t, ".river-step:first-child .river-count", "2")

	w.do(t, chromedp.Navigate(h.http.URL+"/placements/"+x.placement.ID.String()), chromedp.Click("form[action$='/approve'] button"), chromedp.WaitVisible("#confirm[open]"))
	w.says(t, "#confirm-text", "Post a bill of USD 3,800.00")
	w.do(t, chromedp.Click("[data-confirm-yes]"))
	w.says(t, ".callout[role=status]", "Approved.")
	if len(h.desk.did) != 1 || h.desk.did[0] != "approve "+u.Email+" "+x.placement.ContentHash {
		t.Errorf("the desk heard %q", h.desk.did)
	}
	for _, p := range x.pages() {
		if strings.HasPrefix(p, "/fragments/") || !readable(p) {
			continue
		}
		w.do(t, chromedp.Navigate(h.http.URL+p), chromedp.WaitReady("main h1"))
	}
	for _, text := range w.complaints() {
		t.Errorf("the browser complains: %s", text)
	}
	w.do(t, chromedp.Navigate(h.http.URL+"/nothing"), chromedp.WaitReady("main h1"))
	if len(w.complaints()) == 0 {
		t.Error("the browser does not complain of a page that is not there: this test hears nothing")
	}
}

// readable says that finance may open the page.
func readable(path string) bool {
	return !strings.HasPrefix(path, "/users") && !strings.HasPrefix(path, "/tokens") && !strings.HasPrefix(path, "/connections/new") && !strings.HasSuffix(path, "/edit")
}
