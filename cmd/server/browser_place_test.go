package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// hint says which element is meant as a screen reader would: by its role and its
// name. A name that ends with … is the beginning of one, and one that begins so the end.
type hint struct{ role, name string }

func (h hint) String() string { return fmt.Sprintf("%s %q", h.role, h.name) }

// fits compares names; the words that fields carry behind their label do not count.
func (h hint) fits(name string) bool {
	if begin, ok := strings.CutSuffix(h.name, "…"); ok {
		return strings.HasPrefix(name, begin)
	}
	if end, ok := strings.CutPrefix(h.name, "…"); ok {
		return strings.HasSuffix(name, end)
	}
	return name == h.name || strings.TrimSuffix(strings.TrimSuffix(name, " secret"), " optional") == h.name
}

// place is a window, or a part of its page.
type place struct {
	*window
	path []hint
}

func (w *window) page() place { return place{window: w} }

// within narrows the look to a part of the page: a region, a dialog, a row.
func (p place) within(role, name string) place {
	return place{window: p.window, path: append(append([]hint(nil), p.path...), hint{role, name})}
}

// look finds the elements with that role and name that can be reached now.
func (p place) look(last hint) (found []cdp.BackendNodeID, why string, err error) {
	root, err := p.document()
	if err != nil {
		return nil, "", err
	}
	q := accessibility.QueryAXTreeParams{ObjectID: root}
	for _, h := range append(append([]hint(nil), p.path...), last) {
		q.Role = h.role
		res, err := chromedp.Run(p.ctx, call(accessibility.QueryAXTree, q))
		if err != nil {
			return nil, "", err
		}
		found = found[:0]
		var names []string
		for _, n := range res.Nodes {
			if name := nameIn(n); !n.Ignored && h.fits(name) {
				found = append(found, n.BackendDOMNodeID)
			} else if !n.Ignored {
				names = append(names, name)
			}
		}
		if len(found) == 0 {
			return nil, fmt.Sprintf("there is no %s, only %q", h, names), nil
		}
		q = accessibility.QueryAXTreeParams{BackendNodeID: found[0]}
	}
	return found, "", nil
}

func nameIn(n *accessibility.Node) string {
	if n.Name == nil {
		return ""
	}
	var text string
	if err := json.Unmarshal(n.Name.Value, &text); err != nil {
		return ""
	}
	return strings.Join(strings.Fields(text), " ")
}

func (p place) document() (runtime.RemoteObjectID, error) {
	o, err := chromedp.Run(p.ctx, chromedp.Evaluate[*runtime.RemoteObject](`document`))
	if err != nil {
		return "", err
	}
	return o.ObjectID, nil
}

// call makes a step of a command of the browser's protocol.
func call[P, R any](c cdp.Command[P, R], params P) chromedp.Action[R] {
	return func(ctx context.Context, t *chromedp.Target) (R, error) { return cdp.Call(ctx, t, c, params) }
}

// find waits for the element.
func (p place) find(role, name string) (id cdp.BackendNodeID) {
	p.t.Helper()
	p.until(hint{role, name}.String()+" is there", func() (bool, string) {
		found, why, err := p.look(hint{role, name})
		if err != nil {
			return false, err.Error()
		}
		if len(found) > 0 {
			id = found[0]
		}
		return len(found) > 0, why
	})
	return id
}

// on calls a JavaScript function with the element as this.
func on[T any](p place, id cdp.BackendNodeID, function string, args ...any) (T, error) {
	var none T
	o, err := chromedp.Run(p.ctx, call(dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: id}))
	if err != nil {
		return none, err
	}
	with := func(c *runtime.CallFunctionOnParams) { c.ObjectID = o.Object.ObjectID }
	return chromedp.Run(p.ctx, chromedp.CallFunctionOn[T](function, with, args...))
}

// spot is the middle of an element, once it is in sight and nothing covers it.
type spot struct {
	X, Y float64
	Free bool
}

const aim = `function() {
	const seen = this.checkVisibility?.({opacityProperty: true, visibilityProperty: true}) && this.getClientRects().length ? this : this.labels?.[0] ?? this;
	seen.scrollIntoView({block: "center", inline: "nearest", behavior: "instant"});
	const r = seen.getClientRects()[0];
	if (!r || this.disabled) return {X: 0, Y: 0, Free: false};
	const x = r.x + r.width / 2, y = r.y + r.height / 2, hit = document.elementFromPoint(x, y);
	const own = [this, ...(this.labels ?? [])];
	this.pressed = false;
	this.addEventListener("click", () => { this.pressed = true; }, {once: true});
	return {X: x, Y: y, Free: Boolean(hit) && own.some((o) => o.contains(hit))};
}`

// click presses an element with the mouse, as soon as it can be pressed.
func (p place) click(role, name string) {
	p.t.Helper()
	p.until(hint{role, name}.String()+" can be pressed", func() (bool, string) {
		found, why, err := p.look(hint{role, name})
		if err != nil || len(found) == 0 {
			return false, fmt.Sprint(why, err)
		}
		at, err := on[spot](p, found[0], aim)
		if err != nil || !at.Free {
			return false, fmt.Sprintf("it is covered or disabled (%v)", err)
		}
		if err := chromedp.Do(p.ctx, chromedp.MouseClickXY(at.X, at.Y)); err != nil {
			return false, err.Error()
		}
		got, err := on[bool](p, found[0], `function() { return this.pressed; }`)
		return got || err != nil, "the press went beside it" // after an error it has led away
	})
}

// follow presses an element that leads to another page, or to this one again, and
// waits until that is loaded.
func (p place) follow(role, name string) {
	p.t.Helper()
	p.leads("press "+hint{role, name}.String(), func() { p.click(role, name) })
}

// leads waits until what is done has loaded a page.
func (p place) leads(what string, do func()) {
	p.t.Helper()
	before := p.loader()
	do()
	p.until(what+" leads to a page", func() (bool, string) {
		after := p.loader()
		state, err := chromedp.Run(p.ctx, chromedp.Evaluate[string](`document.readyState`))
		return after != "" && after != before && err == nil && state == "complete", "the page stays as it is"
	})
}

// loader names the load that made the page.
func (p place) loader() cdp.LoaderID {
	tree, err := chromedp.Run(p.ctx, call(page.GetFrameTree, cdp.Empty{}))
	if err != nil {
		return ""
	}
	return tree.FrameTree.Frame.LoaderID
}

// fill types into the field with that label, in the place of what is there.
func (p place) fill(label, text string) {
	p.t.Helper()
	id := p.field(label)
	_, err := on[bool](p, id, `function() { this.focus(); this.select(); return true; }`)
	if err == nil {
		err = chromedp.Do(p.ctx, chromedp.KeyEvent(kb.Backspace), func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
			_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
			return chromedp.Void{}, err
		})
	}
	if err != nil {
		p.t.Fatalf("type into %q: %v", label, err)
	}
	if got, err := on[string](p, id, `function() { return this.value; }`); err != nil || got != text {
		p.t.Fatalf("the field %q holds %q and not %q (%v)", label, got, text, err)
	}
}

// field waits for the text field with that label.
func (p place) field(label string) (id cdp.BackendNodeID) {
	p.t.Helper()
	p.until(fmt.Sprintf("the field %q is there", label), func() (bool, string) {
		for _, role := range []string{"textbox", "searchbox", "combobox"} {
			found, _, err := p.look(hint{role, label})
			if err == nil && len(found) > 0 {
				id = found[0]
				return true, ""
			}
		}
		return false, "no field has this label"
	})
	return id
}

// choose picks an option of a list with the arrow keys. An option that ends with …
// is the beginning of one.
func (p place) choose(label, option string) {
	p.t.Helper()
	id := p.find("combobox", label)
	const steps = `function(wanted) {
		const begins = wanted.endsWith("…"), text = wanted.replace(/…$/, "");
		const at = [...this.options].findIndex((o) => begins ? o.text.trim().startsWith(text) : o.text.trim() === text);
		this.focus();
		return at < 0 ? 9999 : at - this.selectedIndex;
	}`
	by, err := on[int](p, id, steps, option)
	if err != nil || by == 9999 {
		p.t.Fatalf("the list %q offers no %q (%v): %s", label, option, err, p.options(id))
	}
	key := kb.ArrowDown
	if by < 0 {
		key, by = kb.ArrowUp, -by
	}
	for range by {
		p.do("press an arrow key", chromedp.KeyEvent(key))
	}
	if left, err := on[int](p, id, steps, option); err != nil || left != 0 {
		p.t.Fatalf("the list %q is not at %q (%v)", label, option, err)
	}
}

func (p place) options(id cdp.BackendNodeID) string {
	text, err := on[string](p, id, `function() { return [...this.options].map((o) => o.text.trim()).join(", "); }`)
	if err != nil {
		return err.Error()
	}
	return text
}

// says waits until this part of the page reads all of that.
func (p place) says(texts ...string) {
	p.t.Helper()
	if len(p.path) == 0 {
		p.window.says(texts...)
		return
	}
	last := p.path[len(p.path)-1]
	p.until(last.String()+" says it", func() (bool, string) {
		found, why, err := place{window: p.window, path: p.path[:len(p.path)-1]}.look(last)
		if err != nil || len(found) == 0 {
			return false, fmt.Sprint(why, err)
		}
		text, err := on[string](p, found[0], `function() { return this.innerText; }`)
		missing := lacks(strings.Join(strings.Fields(text), " "), texts)
		return err == nil && missing == "", "it does not say " + missing
	})
}

// unfold opens what stands behind a summary, unless it is open or not there.
func (p place) unfold(summary string) {
	p.t.Helper()
	found, _, err := p.look(hint{"DisclosureTriangle", summary})
	if err != nil || len(found) == 0 {
		return
	}
	if open, err := on[bool](p, found[0], `function() { return this.closest("details").open; }`); err == nil && !open {
		p.click("DisclosureTriangle", summary)
	}
}

// confirm answers the page's question, which must begin so, with that button.
func (p place) confirm(question, button string) {
	p.t.Helper()
	p.within("dialog", question+"…").follow("button", button)
}
