package main

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// window is a browser window of one person: its own cookies, and everything that
// the browser complained about.
type window struct {
	t    *testing.T
	ctx  context.Context
	base string
	mu   sync.Mutex
	bad  []string
}

// patience is how long a page may take until it shows what it should. A busy
// machine needs it; a quiet one never does.
const patience = 60 * time.Second

// openBrowser starts a browser and opens its first window. A missing browser is a
// failure, not a skip: scripts/setup --tests puts one in place.
func openBrowser(t *testing.T, base string) *window {
	t.Helper()
	path := findBrowser()
	if path == "" {
		t.Fatal("no browser is on PATH; run: scripts/setup --tests")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.Flag("disable-dev-shm-usage", true))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	return openWindow(t, ctx, base)
}

// findBrowser looks for the names that scripts/setup looks for.
func findBrowser() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// openWindow opens a window below a browser's context.
func openWindow(t *testing.T, parent context.Context, base string, more ...chromedp.ContextOption) *window { //nolint:revive // the parent is a browser, not the life of this call
	t.Helper()
	w := &window{t: t, base: base}
	ctx, end := chromedp.NewContext(parent, append(more, chromedp.WithListener(w.listen))...)
	t.Cleanup(end)
	w.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // the browser lives as long as the context of its first step
		t.Fatal(err)
	}
	w.size(1440, 900)
	return w
}

// another opens a window in which somebody else may sign in.
func (w *window) another() *window {
	w.t.Helper()
	return openWindow(w.t, w.ctx, w.base, chromedp.WithNewBrowserContext())
}

func (w *window) listen(e any) {
	switch e := e.(type) {
	case *log.EventEntryAdded:
		if e.Entry.Level != "verbose" && e.Entry.Level != "info" { // hints for developers
			w.complain(e.Entry.Text + " " + e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		w.complain("a script failed: " + e.ExceptionDetails.Text)
	case *runtime.EventConsoleAPICalled:
		if e.Type == "error" || e.Type == "warning" {
			w.complain("a script wrote to the console")
		}
	case *network.EventLoadingFailed:
		if !e.Canceled { // a stream is cut when its page is left
			w.complain("a request failed: " + e.ErrorText)
		}
	case *page.EventJavascriptDialogOpening:
		w.complain("a dialog of the browser opened: " + e.Message)
	}
}

func (w *window) complain(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bad = append(w.bad, text)
}

// complaints gives what the browser complained about, and forgets it.
func (w *window) complaints() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.bad
	w.bad = nil
	return out
}

// quiet fails the test for everything that the browser complained about.
func (w *window) quiet() {
	w.t.Helper()
	for _, text := range w.complaints() {
		w.t.Errorf("the browser complains: %s", text)
	}
}

// do runs steps that must work.
func (w *window) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		w.t.Fatalf("%s: %v; the browser says %q", what, err, w.complaints())
	}
}

// open goes to a page of the hub by its address.
func (w *window) open(path string) {
	w.t.Helper()
	w.do("open "+path, chromedp.Navigate(w.base+path))
}

// until waits for a condition of the page. why says what was seen instead.
func (w *window) until(what string, holds func() (ok bool, why string)) {
	w.t.Helper()
	for end := time.Now().Add(patience); ; <-time.After(40 * time.Millisecond) {
		ok, why := holds()
		if ok {
			return
		}
		if time.Now().After(end) {
			w.t.Fatalf("not within %s: %s; %s\nThe page is %s and reads:\n%s\nThe browser says %q", patience, what, why, w.address(), w.text(), w.complaints())
		}
	}
}

// untilAfresh loads the page again until it says all of that: for what the hub
// does meanwhile.
func (w *window) untilAfresh(what string, texts ...string) {
	w.t.Helper()
	w.until(what, func() (bool, string) {
		missing := lacks(w.text(), texts)
		if missing == "" {
			return true, ""
		}
		<-time.After(400 * time.Millisecond) // a person does not press faster
		w.do("load again", chromedp.Reload())
		return false, "it does not say " + missing
	})
}

// says waits until the page reads all of that.
func (w *window) says(texts ...string) {
	w.t.Helper()
	w.until("the page says it", func() (bool, string) {
		missing := lacks(w.text(), texts)
		return missing == "", "it does not say " + missing
	})
}

func lacks(shown string, texts []string) string {
	for _, text := range texts {
		if !strings.Contains(shown, text) {
			return text
		}
	}
	return ""
}

// text is what can be read on the page, blanks made one.
func (w *window) text() string {
	text, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.body?.innerText ?? ""`))
	if err != nil {
		return "" // between two pages
	}
	return strings.Join(strings.Fields(text), " ")
}

func (w *window) address() string {
	path, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`location.pathname + location.search`))
	if err != nil {
		return "not there: " + err.Error()
	}
	return path
}
