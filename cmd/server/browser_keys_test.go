package main

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// press types keys at whatever has the focus.
func (w *window) press(keys string) {
	w.t.Helper()
	w.do("press a key", chromedp.KeyEvent(keys))
}

// pressEnter presses Enter as a keyboard does: a page that takes the key for itself
// keeps it from doing anything else.
func (w *window) pressEnter() {
	w.t.Helper()
	key := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "Enter", Code: "Enter", Text: "\r", WindowsVirtualKeyCode: 13}
	up := key
	up.Type, up.Text = input.DispatchKeyEventTypeKeyUp, ""
	w.do("press Enter", void(input.DispatchKeyEvent, key), void(input.DispatchKeyEvent, up))
}

// tabTo presses Tab until the element has the focus, as somebody without a mouse
// does.
func (p place) tabTo(role, name string) {
	p.t.Helper()
	id := p.find(role, name)
	for range 300 {
		p.press(kb.Tab)
		if here, err := on[bool](p, id, `function() { return this === document.activeElement; }`); err == nil && here {
			return
		}
	}
	p.t.Fatalf("Tab never comes to %s", hint{role, name})
}

// enter goes to an element by Tab and follows it by Enter.
func (p place) enter(role, name string) {
	p.t.Helper()
	p.tabTo(role, name)
	p.leads("Enter on "+hint{role, name}.String(), func() { p.pressEnter() })
}

// connectOutside enters the client and both systems by HTTP, and waits for the
// client's requisitions. It gives the client's connection.
func (b *browser) connectOutside(o *outside) string {
	t := b.in.t
	t.Helper()
	b.post("/clients", url.Values{"code": {"NORTHFIELD"}, "name": {"Northfield Robotics"}, "currency": {"USD"}, "timezone": {"America/Chicago"}})
	_, page := b.get("/connections/new?kind=greenhouse")
	form := url.Values{"kind": {"greenhouse"}, "name": {"Northfield ATS"}, "client": {optionOf(t, page, "Northfield Robotics")}, "setting.client_id": {"sandbox-client"},
		"setting.client_secret": {"sandbox-secret"}, "setting.base_url": {o.clientURL + "/v3"}, "setting.token_url": {o.clientURL + "/token"}}
	if status, body := b.post("/connections", form); status != http.StatusOK {
		t.Fatalf("the client's system is not connected: %d\n%s", status, body)
	}
	b.in.eventually(patience, "the requisitions are read", func() bool { return b.in.idOf("/requisitions?limit=100", "NR-1") != "" })
	return b.in.idOf("/connections", "Northfield ATS")
}

// idOf finds a record of a list of the API by its name or number; empty: it is not
// there.
func (in *installation) idOf(path, name string) string {
	var list struct {
		Items []struct{ ID, Name, Number string }
	}
	if in.tryAPI(path, &list) == nil {
		for _, x := range list.Items {
			if x.Name == name || x.Number == name {
				return x.ID
			}
		}
	}
	return ""
}

// TestTheProfileWithoutAMouse maps a status, changes a cell and publishes both with
// the keyboard only.
func TestTheProfileWithoutAMouse(t *testing.T) {
	t.Parallel()
	in, o := install(t), openOutside(t)
	in.start()
	o.open("NR-1", "Controls Engineer", "Contract", "PO-70001")
	profile := "/connections/" + in.person("admin").connectOutside(o) + "/profile"
	w := openBrowser(t, in.base)
	w.signIn("admin")
	w.statusByKeys(profile)
	w.cellByKeys(profile)
	w.publishByKeys()
	w.quiet()
}

func (w *window) statusByKeys(profile string) {
	w.t.Helper()
	p := w.page()
	w.open(profile + "/statuses")
	p.tabTo("link", "Skip to content")
	w.pressEnter()
	p.tabTo("combobox", "Stage of Reference Check")
	p.choose("Stage of Reference Check", "Offer")
	p.enter("button", "Save in the draft")
	w.says("A draft is open")
}

func (w *window) cellByKeys(profile string) {
	w.t.Helper()
	p := w.page()
	w.open(profile)
	p.enter("link", "Department")
	p.tabTo("searchbox", "Search the fields")
	w.press("department name")
	w.pressEnter() // takes the first that is found, and stays on the page
	p.tabTo("combobox", "Transform")
	p.choose("Transform", "CAPITALS")
	p.enter("button", "Try it")
	p.within("region", "Live value").says("AUTOMATION")
	p.enter("button", "Save in the draft")
}

func (w *window) publishByKeys() {
	w.t.Helper()
	p := w.page()
	p.enter("link", "Preview and publish")
	p.enter("button", "Run the preview")
	w.says("1 record was tried", "1 Changed")
	p.tabTo("textbox", "Note")
	w.press("Departments in capitals, as finance wants them")
	p.tabTo("button", "Publish")
	w.pressEnter()
	ask := p.within("dialog", "Put this draft in force?…")
	ask.enter("button", "Publish")
	w.says("Version 2 is in force", "Departments in capitals")
}
