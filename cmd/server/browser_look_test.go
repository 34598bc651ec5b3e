package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// size makes the window that wide and high.
func (w *window) size(width, height int64) {
	w.t.Helper()
	w.do("resize the window", chromedp.EmulateViewport(width, height))
}

// theme has the system prefer light or dark, and no motion: a colour that is on its
// way to another is neither.
func (w *window) theme(name string) {
	w.t.Helper()
	w.do("prefer "+name, void(emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: name}, {Name: "prefers-reduced-motion", Value: "reduce"}}}))
}

// void makes a step of a command whose answer does not matter.
func void[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// picture writes the whole page into the folder TRIBUTARY_SCREENSHOTS, if that is
// set, for people to look at.
func (w *window) picture(name string) {
	w.t.Helper()
	dir := os.Getenv("TRIBUTARY_SCREENSHOTS")
	if dir == "" {
		return
	}
	beyond := true
	shot, err := chromedp.Run(w.ctx, call(page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: &beyond}))
	if err != nil {
		w.t.Fatalf("take a picture of %s: %v", w.address(), err)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), shot.Data, 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// finding is one thing that axe does not like.
type finding struct {
	Rule, Impact, Help string
	Where              []string
}

// axeRuns checks the page as it stands and gives what is serious or critical.
const axeRuns = `(async (only) => {
	const options = {resultTypes: ["violations"]};
	if (only) options.runOnly = {type: "rule", values: [only]};
	const result = await axe.run(document, options);
	return result.violations.filter((v) => v.impact === "serious" || v.impact === "critical")
		.map((v) => ({Rule: v.id, Impact: v.impact, Help: v.help, Where: v.nodes.slice(0, 4).map((n) => n.html.slice(0, 160) + " " + (n.any[0]?.message ?? ""))}));
})`

// examine looks at the page that is open in every width and theme.
func (w *window) examine(name string) {
	w.t.Helper()
	w.do("add axe", chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, runtime.Evaluate, runtime.EvaluateParams{Expression: axeSource()})
		return err
	}))
	for _, size := range [][2]int64{{1440, 900}, {390, 844}} {
		w.size(size[0], size[1])
		w.fits(fmt.Sprintf("%s at %d px", name, size[0]))
		for _, theme := range []string{"light", "dark"} {
			w.theme(theme)
			only := `null`
			if theme == "dark" {
				only = `"color-contrast"` // the only rule that sees colours
			}
			w.axe(fmt.Sprintf("%s at %d px, %s", name, size[0], theme), axeRuns+"("+only+")")
			w.picture(fmt.Sprintf("%s-%d-%s", name, size[0], theme))
		}
		w.theme("light")
	}
	w.size(1440, 900)
	for _, text := range w.complaints() {
		w.t.Errorf("%s: the browser complains: %s", name, text)
	}
}

// axeSource reads axe-core, which scripts/setup fetches.
var axeSource = sync.OnceValue(func() string {
	text, err := os.ReadFile(filepath.Join("..", "..", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return `throw new Error("axe-core is not there; run: scripts/setup --tests")`
	}
	return string(text)
})

func (w *window) axe(what, script string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, patience)
	defer cancel()
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]finding](script, chromedp.EvalAwaitPromise))
	if err != nil {
		w.t.Fatalf("%s: axe does not run: %v", what, err)
	}
	for _, f := range found {
		w.t.Errorf("%s: %s (%s): %s\n\t%s", what, f.Rule, f.Impact, f.Help, strings.Join(f.Where, "\n\t"))
	}
}

// fits fails when the page scrolls sideways, and names what is too wide.
func (w *window) fits(name string) {
	w.t.Helper()
	wide, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`(() => {
		const room = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= room && document.body.scrollWidth <= room) return "";
		const out = [...document.body.querySelectorAll("*")].filter((e) => e.getBoundingClientRect().right > room + 1);
		return document.documentElement.scrollWidth + " of " + room + " px: " + out.slice(-3).map((e) => e.outerHTML.slice(0, 120)).join(" | ");
	})()`))
	if err != nil || wide != "" {
		w.t.Errorf("%s scrolls sideways: %s (%v)", name, wide, err)
	}
}
